"""What a sandbox stands on: who lives in each, and where they are laid out; `bootstrap` brings both together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from zhiwei.journeys.ports import Books
from zhiwei.values import Actor


@dataclass(frozen=True, slots=True)
class Borrower:
    """One who follows a script. `product`: what it is to apply for; `records`: kinds of record it lets us see."""

    party: str
    product: str
    records: tuple[str, ...]
    zh: str
    en: str


class Scene(Protocol):
    """Who lives in every sandbox, and what they do by themselves."""

    def borrowers(self) -> Sequence[Borrower]: ...
    def begin(self, books: Books, by: Actor) -> None:
        """Parties, consents and records as of the first day; again changes nothing."""
        ...

    def act(self, books: Books, by: Actor, on: date) -> None:
        """What happens on a day before it is closed; again changes nothing."""
        ...


class Grounds(Protocol):
    """Where sandboxes are laid out."""

    @property
    def scene(self) -> Scene: ...
    def lay(self, tenant: str, made_by: str, today: date, person: str) -> bool:
        """The tenant with its keys and the shipped shelf; False where it is there and not a sandbox of `made_by`."""
        ...

    def of(self, tenant: str) -> Books: ...
    def at(self, tenant: str, today: date) -> Books:
        """A sandbox as of a day."""
        ...
