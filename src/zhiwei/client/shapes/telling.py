"""What a client is told of what happened, and where; and what it is allowed."""

from dataclasses import dataclass
from typing import Any

from zhiwei.client.webhooks import Event


@dataclass(frozen=True, slots=True)
class Events:
    """`next`: read on from here, now or later; nothing is ever put in before it. `more`: there is more already."""

    items: tuple[Event, ...]
    next: str
    more: bool


@dataclass(frozen=True, slots=True)
class Webhook:
    """`status`: active, paused (by you, or because it took nothing for days) or disabled (it answered 410)."""

    webhook: str
    url: str
    types: tuple[str, ...]
    description: str
    status: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class WebhookStatus:
    webhook: str
    status: str


@dataclass(frozen=True, slots=True, repr=False)
class WebhookSecret:
    """What `verify_webhook` is given. It does not show itself."""

    secret: str


@dataclass(frozen=True, slots=True)
class SecretRotated:
    """Both secrets sign for so many seconds."""

    webhook: str
    overlap_seconds: int


@dataclass(frozen=True, slots=True)
class Replayed:
    webhook: str
    events: int


@dataclass(frozen=True, slots=True)
class ClientTerms:
    """What you are allowed. `number` grows with every change; `keys` are public."""

    client: str
    status: str
    scopes: tuple[str, ...]
    keys: tuple[dict[str, Any], ...]
    certificates: tuple[str, ...]
    per_minute: int
    per_day: int
    number: int


@dataclass(frozen=True, slots=True)
class KeysSet:
    """`number` is that of the terms with these keys, `kids` name them."""

    client: str
    number: int
    kids: tuple[str, ...]
