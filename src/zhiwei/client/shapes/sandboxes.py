"""A sandbox: where nothing is real, four borrowers follow a script, and time passes when it is told to."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Sandbox:
    """`test_key` is told once: `Client(url, test_key=...)`; None where this was answered before."""

    sandbox: str
    client: str
    today: date
    test_key: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Scripted:
    """`product`: what it is to apply for; `zh` and `en`: what it will do."""

    party: str
    product: str
    records: tuple[str, ...]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class SandboxSeen:
    """Days before `today` are closed."""

    sandbox: str
    starts_on: date
    today: date
    borrowers: tuple[Scripted, ...]


@dataclass(frozen=True, slots=True)
class TimePassed:
    """`days` were lived and closed."""

    sandbox: str
    was: date
    today: date
    days: int
