"""What happened, whom it is told, and how telling went: protocols that `store.partners` and `adapters` implement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from zhiwei.values.happenings import KINDS, Happening
from zhiwei.values.secrets import Secret

ACTIVE, PAUSED, DISABLED, DELETED = "active", "paused", "disabled", "deleted"
WAITING, DELIVERED, GIVEN_UP = "waiting", "delivered", "given_up"


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it is told. `number`: its place among those of one client; the next one's is greater."""

    number: int
    event_id: str
    type: str
    party: str
    line: str
    business_date: date
    recorded_at: datetime
    data: dict[str, Any]

    def envelope(self, tenant: str) -> dict[str, Any]:
        """As a CloudEvent (1.0); `businessdate` is an extension."""
        return {
            "specversion": "1.0", "id": self.event_id, "source": f"zhiwei/{tenant}", "type": self.type,
            "subject": self.line or self.party, "time": self.recorded_at.astimezone(UTC).isoformat(),
            "datacontenttype": "application/json", "dataschema": KINDS[self.type].urn,
            "businessdate": self.business_date.isoformat(), "data": self.data,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a client is told, of which types (none: of all). `because`: why it is not active."""

    webhook: str
    client: str
    url: str = field(repr=False)
    types: tuple[str, ...]
    description: str
    status: str = ACTIVE
    because: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one webhook, and how it went last; `answer` is a status of HTTP, if one came back."""

    number: int
    webhook: str
    event: str
    type: str
    status: str
    attempts: int
    due_at: datetime
    settled_at: datetime | None
    answer: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is one worker's until `leased_until`: this is its attempt number `attempt`."""

    number: int
    attempt: int
    begun_at: datetime
    webhook: Webhook
    told: Told
    secrets: tuple[Secret, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: the body, signed with each of the secrets."""

    url: str = field(repr=False)
    id: str
    at: datetime
    body: bytes
    secrets: tuple[Secret, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` of HTTP; None where none came back: then `error` says why in a word. `later`: seconds it asks for."""

    status: int | None
    error: str = ""
    later: int | None = None
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt went: `status` of the delivery after it, and when it is due again."""

    status: str
    due_at: datetime
    at: datetime
    answer: Answer


class Outbox(Protocol):
    def tell(self, happenings: Iterable[Happening]) -> int:
        """In the transaction of what happened; what was told before is not told again. Counts what is new."""
        ...

    def fan_out(self, most: int) -> int:
        """Give what waits to the clients whom it concerns and to their webhooks; counts what was waiting."""
        ...

    def of_client(self, client: str, after: int, most: int, types: Sequence[str] = ()) -> list[Told]: ...


class Webhooks(Protocol):
    def add(self, webhook: Webhook, person: str) -> bool: ...
    def set(self, webhook: Webhook, person: str) -> None:
        """Its terms from now on. Where it is not active nothing waits for it."""
        ...

    def get(self, webhook: str) -> Webhook | None: ...
    def of_client(self, client: str) -> list[Webhook]: ...
    def add_secret(self, webhook: str, secret: Secret, overlap: timedelta) -> None:
        """The one before it signs too for this long."""
        ...

    def secrets(self, webhook: str, at: datetime | None = None) -> list[Secret]:
        """Those that sign, the newest first."""
        ...

    def deliveries(self, webhook: str, before: int, most: int, status: str = "") -> list[Delivery]: ...
    def replay(self, webhook: Webhook, event: str, since: datetime | None, delivered_too: bool) -> int: ...
    def claim(self, now: datetime, until: datetime) -> Claimed | None: ...
    def record(self, claimed: Claimed, outcome: Outcome) -> bool:
        """False where the lease ran out and another worker has it."""
        ...

    def delivered_since(self, webhook: str, since: datetime) -> bool: ...


class Messenger(Protocol):
    """Who calls webhooks."""

    def check(self, url: str) -> None:
        """BadInput where no webhook may be there."""
        ...

    def send(self, message: Message) -> Answer: ...
