"""What journeys about outside companies need: companies that can be asked, and every call as it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.records import KINDS
from zhiwei.values import BadInput, Outage, Refusal

LONGEST = 100  # characters of an identifier


@dataclass(frozen=True, slots=True)
class Request:
    """`party` is what the company knows the business by: a credit code, a merchant number. The window is half-open:
    since <= day < until. `consents` are the ids of those under which it is asked. BadInput where one says nothing.
    """

    kinds: tuple[str, ...]
    party: str = field(repr=False)
    since: date
    until: date
    consents: tuple[str, ...]

    def __post_init__(self) -> None:
        unknown = [kind for kind in self.kinds if kind not in KINDS]
        if unknown or not self.kinds or len(set(self.kinds)) < len(self.kinds):
            raise BadInput(
                "bad_request", f"kinds of record are asked for, each once, not {', '.join(self.kinds) or 'none'}",
                hint=f"known are {', '.join(KINDS)}",
            )  # fmt: skip
        for what, said in (("party", self.party), *(("consent", one) for one in self.consents or ("",))):
            if not said or said != said.strip() or len(said) > LONGEST or not said.isprintable():
                raise BadInput("bad_request", f"the {what} is empty, not one line or too long")
        if self.since >= self.until:
            raise BadInput("bad_request", f"no day lies in {self.since} to {self.until}", hint="`until` comes after")

    @property
    def label(self) -> str:
        """The kinds as one word: bureau_accounts+bureau_queries."""
        return "+".join(self.kinds)


@dataclass(frozen=True, slots=True)
class Reply:
    """How asking went. `outcome` hit | empty | failed | refused; `tries` calls were made, for `cost` 分.

    `trouble` is why there is no content; with `empty` it may say that the company does not know the party.
    """

    outcome: str
    asked_at: datetime
    answered_at: datetime
    tries: int
    cost: int
    content: bytes = field(default=b"", repr=False)
    trouble: Refusal | Outage | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """A source that can be asked: kinds of record, the kind of identifier it knows parties by ('' their id here), and
    the name under which its answers are read; `fallback` is the source asked where this one is down, or ''.
    """

    source: str
    kinds: tuple[str, ...]
    identifier: str
    file: str
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class Failing:
    """Calls that failed in a row until now, by all processes, and the seconds since the last of them."""

    calls: int = 0
    ago: float = 0.0


class Providers(Protocol):
    """Outside companies by source. NotFound where nothing is set up for one."""

    def sources(self) -> Sequence[str]: ...
    def offered(self, source: str) -> Offered:
        """Refusal where it cannot be asked as set up: what opens its door is missing."""
        ...

    def ask(self, source: str, request: Request, failing: Failing) -> Reply:
        """Asks the company, as often as it is set up to be. What goes wrong is in the reply, and names no party."""
        ...

    def read(self, source: str, content: bytes, party: str) -> Parsed: ...
    def state(self, source: str, failing: Failing) -> str:
        """closed | open | half_open: of the breaker."""
        ...


@dataclass(frozen=True, slots=True)
class Asking:
    """A call that goes out: written before it does, so that one that is cut off is seen. `instead_of`: the source that
    was down, for which this one is asked; else ''.
    """

    key: str
    source: str
    party: str
    kinds: tuple[str, ...]
    consents: tuple[str, ...]
    person: str
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended. `delivery` '' where it brought none; `error` a stable code, '' where nothing went wrong."""

    pull_id: str
    source: str
    party: str
    kinds: tuple[str, ...]
    asked_at: datetime
    answered_at: datetime
    outcome: str
    cost: int
    tries: int
    delivery: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What asking a source came to. `unended`: calls cut off before their end was written. `p50` is the median time of
    those that went out, in milliseconds. `stood_in`: pulls made because another company was down.
    """

    source: str
    pulls: int
    hits: int
    empties: int
    failures: int
    refusals: int
    unended: int
    calls: int
    cost: int
    p50: float | None
    last_error: str
    stood_in: int = 0


class Pulls(Protocol):
    def begin(self, asking: Asking) -> str: ...
    def end(self, ended: Ended) -> None: ...
    def spent(self, party: str, consents: Sequence[str], key: str) -> set[str]: ...
    def failing(self, source: str) -> Failing: ...
    def counted(self) -> list[Counted]: ...
