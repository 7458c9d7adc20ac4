"""Who calls the API: clients, the terms they call under, what each may see, and what it asked for already."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from zhiwei.values.secrets import Secret

ACTIVE, SUSPENDED = "active", "suspended"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a client may do from now on. `jwks`: its public keys (RFC 7517). `thumbprints`: of its certificates.

    `number` grows with every change; the latest holds.
    """

    client: str
    status: str
    scopes: tuple[str, ...]
    jwks: Mapping[str, Any] = field(default_factory=lambda: {"keys": []})
    thumbprints: tuple[str, ...] = ()
    per_minute: int = 600
    per_day: int = 100_000
    because: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Signature:
    """A signed request, as it is kept: `jws` is detached, over the bytes of the body."""

    method: str
    path: str
    body_sha256: str
    jws: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call that comes in. `proof` is what may be used once, until `good_until`; '' for a test key.

    `key` is what the client calls a write by, '' for a read; `request_hash` what it asked for.
    """

    client: str
    request_id: str
    proof: str = ""
    good_until: datetime | None = None
    key: str = ""
    request_hash: str = ""
    signature: Signature | None = None
    about: tuple[str, str] = ("", "")  # (kind, id) of what it is about, as its address says


@dataclass(frozen=True, slots=True)
class Admitted:
    """How a call stands. `fresh`: its proof was not used before. `in_minute`, `in_day`: calls counted, this one too.

    `claimed`: the key is this call's to use; else `earlier` says how the call that has it stands: (hash of what it
    asked for, status, answer), status None while it runs.
    """

    terms: int
    fresh: bool
    in_minute: int
    in_day: int
    claimed: bool
    earlier: tuple[str, int | None, str | None] | None
    holds: bool = False  # what the call is about is the client's


@dataclass(frozen=True, slots=True)
class Holding:
    """Something of a client's, in the order in which it came."""

    id: str
    number: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox as the tenant that made it knows it. `client` made it for itself; '' where a person did."""

    sandbox: str
    client: str
    person: str
    since: datetime
    ended: bool


class Sandboxes(Protocol):
    """`register`, `end` and `made` are of the tenant that makes sandboxes; all else of the tenant that is one."""

    def hold(self) -> None:
        """Nobody else registers one meanwhile."""
        ...

    def register(self, sandbox: str, client: str, person: str) -> int: ...
    def end(self, sandbox: str, person: str) -> int: ...
    def made(self) -> list[Sandbox]: ...
    def found(self, made_by: str, today: date, person: str) -> bool:
        """The tenant, where it is not there yet; False where it is there and not a sandbox of `made_by`."""
        ...

    def made_by(self) -> str | None: ...
    def days(self) -> tuple[date, date] | None:
        """Its first day and its today; None where this tenant is no sandbox."""
        ...

    def today(self) -> date | None: ...
    def move(self, to: date, person: str) -> int: ...
    def seize(self) -> bool:
        """Its clock is this connection's to move until `release`, or its end; False where it is another's."""
        ...

    def release(self) -> None: ...


class Clients(Protocol):
    def add(self, client: str, name: str, person: str) -> int: ...
    def set_terms(self, terms: Terms, person: str, approved_by: str) -> int:
        """-> the number of these terms."""
        ...

    def lock(self, client: str) -> None:
        """Until the end of the transaction nobody else changes its terms."""
        ...

    def terms(self, client: str) -> Terms | None: ...
    def all(self) -> list[tuple[str, str, datetime, Terms]]:
        """(client, name, since, terms) of each."""
        ...

    def hold(self, client: str, held: Sequence[tuple[str, str]]) -> int:
        """(kind, id) that the client may see from now on; counts what is new."""
        ...

    def holds(self, client: str, kind: str, id: str) -> bool: ...
    def held(self, client: str, kind: str, ids: Collection[str]) -> set[str]:
        """Which of these the client may see."""
        ...

    def holdings(self, client: str, kind: str, after: int, most: int) -> list[Holding]: ...
    def counted(self, client: str) -> dict[str, int]:
        """Kind -> how many a client holds."""
        ...

    def holders(self, kind: str, id: str) -> list[str]: ...
    def token_keys(self) -> dict[str, Secret]:
        """Key id -> secret that signs access tokens, the newest last."""
        ...

    def admit(self, call: Call, on: date) -> Callable[[], Admitted]:
        """How the call stands: to be asked when the unit of work has ended."""
        ...

    def answered(self, client: str, key: str, status: int, answer: str) -> None: ...
    def released(self, client: str, key: str) -> None: ...
    def add_test_key(self, client: str, key_hash: str) -> None: ...
    def client_of(self, key_hash: str) -> str | None: ...
    def test_keys(self, client: str) -> int:
        """How many open the door."""
        ...

    def revoke_test_keys(self, client: str) -> int:
        """Counts them."""
        ...

    def sweep(self, before: datetime, most: int = 10_000) -> int:
        """Forget proofs that are no longer good, and answers from before this instant; counts them.

        At most so many of each, and none of a call that runs.
        """
        ...
