"""What journeys about the network need of the store: snapshots, edges, ways between parties, and marks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import pyarrow as pa

from zhiwei.credit.antifraud.typologies.invoicing import Ring
from zhiwei.credit.antifraud.walks import Frontier, Step

EDGES = pa.schema(
    [
        ("from_party", pa.string()), ("kind", pa.string()), ("to_party", pa.string()), ("weight", pa.int64()),
        ("first_on", pa.date32()), ("last_on", pa.date32()), ("out_rank", pa.int32()), ("in_rank", pa.int32()),
    ]
)  # fmt: skip
STANDINGS = pa.schema(
    [
        ("party_id", pa.string()), ("component", pa.string()), ("component_size", pa.int64()),
        ("guarantee_core", pa.int32()), ("guarantee_ring", pa.int64()), ("sold", pa.int64()),
        ("circled", pa.int64()), ("risk", pa.float64()),
    ]
)  # fmt: skip
CIRCLES = pa.schema(
    [("circle", pa.int64()), ("place", pa.int32()), ("party_id", pa.string()), ("amount", pa.int64())]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """What the batch made, as Arrow tables. `left_out`: edges in parts too dense to look for circles in."""

    edges: pa.Table
    standings: pa.Table
    circles: pa.Table
    left_out: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The network as of a day. `left_out`: edges in parts too dense to look for circles in."""

    number: int
    as_of: date
    parties: int
    edges: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A party known to be bad from `since` on; `until` is the first day it is not."""

    mark_id: str
    party: str
    why: str
    evidence: str
    since: date
    until: date | None
    person: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the batch found of a party: amounts in 分, `risk` 0 to 1; `guarantee_ring`: how many are tied up with it."""

    party: str
    component: str
    component_size: int
    guarantee_core: int
    guarantee_ring: int
    sold: int
    circled: int
    risk: float


@dataclass(frozen=True, slots=True)
class Near:
    """A marked party and the way there: `path` from the party asked about, over edges of `kinds`."""

    mark: Mark
    path: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Application:
    """A party asked for a product on a day, by a `channel` or ''; `traces`: (kind, keyed hash) of what it came with."""

    application_id: str
    party: str
    product: str
    on: date
    channel: str
    traces: tuple[tuple[str, str], ...]


class Applications(Protocol):
    def tokens(self, things: Sequence[tuple[str, str]]) -> list[str]: ...
    def add(self, applications: Iterable[Application], person: str) -> int: ...
    def known(self, applications: Sequence[str]) -> dict[str, Application]:
        """By id, without what they came with."""
        ...

    def told(self, parties: Sequence[str], product: str, on: date) -> set[str]: ...
    def around(
        self, parties: Sequence[str], since: date, on: date
    ) -> list[tuple[str, str, date, str | None, str | None]]: ...


class Network(Protocol):
    def snapshot(self) -> Snapshot | None: ...
    def build(self, as_of: date, made: Made, person: str) -> Snapshot: ...
    def links(self, as_of: date) -> list[tuple[str, str, str, date]]: ...
    def shared(self, as_of: date) -> list[tuple[str, list[str], list[date]]]: ...
    def standing(self, snapshot: int, party: str) -> Standing | None: ...
    def circles(self, snapshot: int, party: str) -> list[Ring]: ...
    def hop(self, snapshot: int, kind: str, frontier: Frontier, alike: float, *, into: bool = False) -> list[Step]: ...
    def near(self, snapshot: int, party: str, hops: int, on: date) -> tuple[list[Near], list[str]]: ...
    def group(self, snapshot: int, party: str, kind: str, most: int) -> list[tuple[str, str, int, date]]: ...
    def traces(self, party: str, on: date) -> list[tuple[str, str, str, date]]: ...
    def mark(self, mark: Mark) -> bool: ...
    def marks(self, on: date, parties: Sequence[str] | None = None) -> list[Mark]: ...
