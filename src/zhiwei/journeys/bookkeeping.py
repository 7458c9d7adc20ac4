"""What keeps the book: protocols that `store.books` implements, and what they hand over."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from zhiwei.ledger import Account, Chart
from zhiwei.ledger.reconcile import BankRow, BookItem, Reference, Result, Statement
from zhiwei.ledger.seal import Seal
from zhiwei.reports import Posted, Turnover


@dataclass(frozen=True, slots=True)
class Work:
    """What `ledger.reconcile.reconcile` is to be asked with."""

    rows: list[BankRow]
    items: list[BookItem]
    since: date
    until: date
    used: set[Reference]


@dataclass(frozen=True, slots=True)
class OpenDifference:
    """As the queue shows it; `facts` as of `Difference.facts`."""

    difference_id: str
    kind: str
    facts: dict[str, Any]
    file: str
    since: date


class Seals(Protocol):
    def seal(self, on: date) -> Seal: ...
    def check(self) -> Iterator[tuple[str, bool]]: ...


class GeneralLedger(Protocol):
    def turnovers(self, until: date, since: date | None = None) -> list[Turnover]: ...
    def account(self, account: str, currency: str, since: date, until: date) -> tuple[int, list[Posted]]: ...


class Charts(Protocol):
    def chart(self) -> Chart: ...
    def adopt(self, accounts: Iterable[Account], person: str) -> int: ...


class Reconciliation(Protocol):
    def work(self, account: str, statement: Statement) -> Work: ...
    def keep(self, account: str, statement: Statement, result: Result, person: str) -> tuple[int, int]: ...
    def queue(self) -> list[OpenDifference]: ...
    def resolve(self, difference_id: str, person: str, because: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class ShardDay:
    """A part of the book, by bucket, whose day is closed; `result` is JSON."""

    business_date: date
    first: int
    last: int
    result: str


class Days(Protocol):
    def seize(self, first: int, last: int) -> None: ...
    def last_closed(self) -> date | None: ...
    def closed_to(self, buckets: Sequence[int]) -> dict[int, date | None]: ...
    def shards(self, on: date) -> list[ShardDay]: ...
    def close_shard(self, shard: ShardDay) -> None: ...
    def set_aside(self, line: str, on: date, reason: str) -> None: ...
    def aside(self) -> list[tuple[str, date, str]]: ...
    def close(self, on: date, loans_touched: int) -> None: ...
    def gaps(self) -> list[tuple[str, bool]]: ...
