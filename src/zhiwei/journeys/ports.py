"""What every journey stands on: small protocols that `store` and `adapters` implement, and the step that runs once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import pyarrow as pa

from zhiwei.borrower import Consent, Party
from zhiwei.borrower.delivery import Delivery
from zhiwei.loans import Line, LoanTerms, Payment
from zhiwei.loans.postings import Entry
from zhiwei.values import Actor, BadInput, canonical, digest


@dataclass(frozen=True, slots=True)
class ProductVersion:
    """`content` is the canonical JSON of the folder's files; `state` checked | published | retired."""

    product_id: str
    hash: str
    content: str
    state: str
    proposed_by: str
    approved_by: str | None


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """`document` and `inputs` are canonical JSON; `limit` 分."""

    decision_id: str
    party: str
    product: str
    product_hash: str
    as_of: date
    outcome: str
    limit: int
    annual_rate: Decimal | None
    pd: Decimal
    grade: str
    document: str
    inputs: str


@dataclass(frozen=True, slots=True)
class Payout:
    """Money on its way out. `status` ordered | paid | failed; ordered means nobody knows yet."""

    payout_id: str
    line: str
    loan: str
    amount: int
    value_date: date
    status: str = "ordered"
    bank_ref: str | None = None


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan as stored: its terms, and what was derived from its events when it was last touched."""

    loan_id: str
    line: str
    party: str
    terms: LoanTerms
    principal: int
    posted: int
    oldest_due: date | None
    asset_class: str
    next_on: date | None


class Parties(Protocol):
    def add(self, parties: Iterable[Party]) -> int: ...
    def ids(self, source: str | None = None) -> list[str]: ...
    def sources(self, parties: Sequence[str]) -> dict[str, str]: ...
    def add_consents(self, consents: Iterable[Consent]) -> int: ...
    def consents(self, parties: Sequence[str]) -> list[Consent]: ...


class Records(Protocol):
    def add(self, delivery: Delivery, delivery_id: str, folder: str) -> Iterator[tuple[int, int]]: ...
    def invoices(self, parties: Sequence[str], since: date, until: date) -> pa.Table: ...
    def sales(self, since: date, until: date) -> list[tuple[str, str, int]]: ...
    def latest(self, parties: Sequence[str]) -> date | None: ...
    def labels(self, name: str) -> dict[str, str]: ...
    def add_demand(self, source: str, curve: Iterable[tuple[str, Mapping[str, str]]]) -> int: ...
    def demand(self, source: str) -> list[tuple[str, str, str]]: ...
    def folders(self, source: str) -> list[str]: ...


class Products(Protocol):
    def add(self, version: ProductVersion) -> None: ...
    def find(self, product: str, hash_prefix: str) -> ProductVersion | None: ...
    def published(self, product: str) -> ProductVersion | None: ...
    def versions(self) -> list[ProductVersion]: ...
    def publish(self, version: ProductVersion, approved_by: str) -> None: ...


class Decisions(Protocol):
    def add(self, decisions: Iterable[StoredDecision]) -> int: ...
    def get(self, decision_id: str) -> StoredDecision | None: ...
    def latest(self, party: str) -> StoredDecision | None: ...
    def all(self) -> Iterator[StoredDecision]: ...


class Lines(Protocol):
    def add(self, line: Line) -> bool: ...
    def get(self, line_id: str) -> Line | None: ...
    def lock(self, line_ids: Sequence[str]) -> dict[str, Line]: ...
    def save(self, line: Line) -> None: ...
    def of_party(self, party: str) -> list[Line]: ...
    def all(self) -> list[Line]: ...
    def order(self, payout: Payout) -> None: ...
    def payouts(self, *, status: str | None = None, line: str | None = None) -> list[Payout]: ...
    def payout(self, payout_id: str) -> Payout | None: ...
    def finish(self, payout: Payout) -> None: ...


class Loans(Protocol):
    def add(self, loan: Loan) -> None: ...
    def of_lines(self, line_ids: Sequence[str]) -> list[Loan]: ...
    def awaiting(self, on: date) -> list[Loan]: ...
    def save(self, loans: Iterable[Loan]) -> None: ...
    def payments(self, loan_ids: Sequence[str]) -> dict[str, list[Payment]]: ...
    def pay(self, payments: Iterable[tuple[str, int, Payment]]) -> None: ...
    def record_class(self, loan_id: str, since: date, asset_class: str) -> None: ...
    def all(self) -> list[Loan]: ...


class Journal(Protocol):
    def write(self, entries: Iterable[Entry], business_date: date) -> int: ...
    def entries(self, *, line: str | None = None) -> Iterator[Entry]: ...
    def sums(self) -> Iterator[tuple[str, str, int]]: ...
    def totals(self) -> list[tuple[str, str, int]]: ...
    def of_funder(self, funder: str) -> list[tuple[date, str, str, int]]: ...


class Days(Protocol):
    def last_closed(self) -> date | None: ...
    def close(self, on: date, loans_touched: int) -> None: ...
    def gaps(self) -> list[tuple[str, bool]]: ...
    def latest_event(self, line: str) -> date | None: ...


class Steps(Protocol):
    def claim(self, key: str, verb: str, request_hash: str) -> dict[str, Any] | None: ...
    def finish(self, key: str, result: Mapping[str, Any]) -> None: ...
    def audit(self, by: Actor, verb: str, request: str) -> None: ...


class Unit(Protocol):
    """One transaction of one tenant: everything in it happens, or nothing does."""

    @property
    def parties(self) -> Parties: ...
    @property
    def records(self) -> Records: ...
    @property
    def products(self) -> Products: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def lines(self) -> Lines: ...
    @property
    def loans(self) -> Loans: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def days(self) -> Days: ...
    @property
    def steps(self) -> Steps: ...


class Payments(Protocol):
    """The bank that pays out. Asked twice for one payout it pays once and answers the same."""

    def pay(self, payout: Payout) -> tuple[str, str | None]:
        """-> (paid | failed | unknown, the bank's reference)."""
        ...


class Books(Protocol):
    """A tenant's platform: transactions, today's date (the only clock), and the bank."""

    @property
    def payments(self) -> Payments: ...
    def today(self) -> date: ...
    def unit(self, tenant: str) -> AbstractContextManager[Unit]: ...


@dataclass(slots=True)
class Step:
    """`earlier` is the answer already given to this key, or None; then set `result` (plain JSON values)."""

    unit: Unit
    earlier: dict[str, Any] | None
    result: dict[str, Any] = field(default_factory=dict)


LONGEST_KEY = 200
_CLIENTS = ("accept", "draw", "repay")  # verbs whose keys clients choose; the platform's own keys are kept apart


@contextmanager
def step(books: Books, by: Actor, verb: str, key: str, request: Mapping[str, Any]) -> Iterator[Step]:
    """Open the transaction of a journey, claim its key, keep its result and its audit row with what it changed."""
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadInput("bad_key", f"a key has 1 to {LONGEST_KEY} characters, not {len(key)}")
    own = f"{'client' if verb in _CLIENTS else 'platform'}:{key}"
    with books.unit(by.tenant) as unit:
        earlier = unit.steps.claim(own, verb, digest([verb, request]))
        current = Step(unit, earlier)
        yield current
        if earlier is None:
            unit.steps.finish(own, current.result)
            unit.steps.audit(by, verb, canonical({**request, "key": key}))
