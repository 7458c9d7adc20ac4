"""What every journey stands on: small protocols that `store` and `adapters` implement."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from zhiwei.borrower import Consent, Party
from zhiwei.borrower.delivery import Delivery
from zhiwei.journeys.bookkeeping import Charts, Days, GeneralLedger, Reconciliation, Seals
from zhiwei.journeys.filing import Batches, Keyring, Sealed
from zhiwei.journeys.network import Applications, Network
from zhiwei.journeys.partners.ports import Clients, Sandboxes
from zhiwei.journeys.partners.telling import Messenger, Outbox, Webhooks
from zhiwei.journeys.providers import Providers, Pulls
from zhiwei.journeys.referred import Proposal, Tasks
from zhiwei.journeys.relations import Merges, Relations
from zhiwei.loans import Line, LoanTerms
from zhiwei.loans.accrual import Column, Growths, Running
from zhiwei.loans.events import Event, Payment
from zhiwei.loans.postings import Entry
from zhiwei.values import Actor, DayCount, Refusal, Rounding
from zhiwei.values.happenings import Happening

T = TypeVar("T")


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
    sub_limit: str = ""


@dataclass(frozen=True, slots=True)
class Loan:
    """A loan as stored: its terms, and what was derived from its line's events when it was last touched.

    `principal` is what is owed, `book` what of it is on the books (nothing once it is written off). `posted` counts its
    movements in the journal; `late` is days past due; `running` says what it earns from then on. What was agreed
    of a `known` one is stored and not written again.
    """

    loan_id: str
    line: str
    party: str
    product: str
    product_hash: str
    sub_limit: str
    terms: LoanTerms
    principal: int
    book: int
    posted: int
    late: int
    oldest_due: date | None
    asset_class: str
    next_on: date | None
    running: Running
    known: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """A payment on a line; `taken_back` where it was reversed since: it bounced, or was a mistake."""

    line: str
    payment: Payment
    taken_back: bool


@dataclass(frozen=True, slots=True)
class Book:
    """Loans as columns, one row each, of one product version, day count and rounding.

    `penal` holds late claims, any number a loan; `penal_of` is the row of the loan that each belongs to.
    """

    product: str
    product_hash: str
    count: DayCount
    rounding: Rounding
    off_balance: bool
    as_of: Column
    billed: Column
    interest: Growths
    penal: Growths
    penal_of: Column


@dataclass(frozen=True, slots=True)
class Opened:
    """Some lines, locked: what their keys were answered before, the last closed day by bucket, and what was asked.

    `latest` is the day of each line's latest event, of lines whose payouts were asked for.
    """

    earlier: dict[str, dict[str, Any] | Refusal]
    lines: dict[str, Line]
    closed: dict[int, date | None]
    payouts: dict[str, Payout] = field(default_factory=dict)
    latest: dict[str, date] = field(default_factory=dict)
    loans: dict[str, dict[str, Loan]] = field(default_factory=dict)
    events: dict[str, list[Event]] = field(default_factory=dict)


@dataclass(slots=True)
class Changes:
    """Everything a transaction writes about money; it is written once, at the end, in one statement.

    Loans, lines and payouts are new or changed; `entries` come with their business date; `answers`
    (verb, request hash, answer) have their keys.
    """

    lines: dict[str, Line] = field(default_factory=dict)
    loans: dict[str, Loan] = field(default_factory=dict)
    payouts: list[Payout] = field(default_factory=list)
    events: list[tuple[str, Event]] = field(default_factory=list)
    entries: list[tuple[Entry, date]] = field(default_factory=list)
    classes: list[tuple[str, date, str]] = field(default_factory=list)
    answers: dict[str, tuple[str, str, Mapping[str, Any]]] = field(default_factory=dict)
    audits: list[tuple[Actor, str, str]] = field(default_factory=list)
    told: list[Happening] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LineChange:
    """What a person changed of a line, and why."""

    change_id: str
    line: str
    on: date
    what: str
    was: str
    becomes: str
    because: str
    person: str


class Parties(Protocol):
    def is_tenant(self) -> bool: ...
    def add(self, parties: Iterable[Party]) -> int: ...
    def ids(self, source: str | None = None) -> list[str]: ...
    def sources(self, parties: Sequence[str]) -> dict[str, str]: ...
    def known_since(self, parties: Sequence[str]) -> dict[str, datetime]: ...
    def names(self, parties: Sequence[str]) -> dict[str, str]: ...
    def named(self, name: str) -> list[str]: ...
    def add_consents(self, consents: Iterable[Consent]) -> int: ...
    def consents(self, parties: Sequence[str]) -> list[Consent]: ...


class Records(Protocol):
    def add(self, delivery: Delivery, delivery_id: str, folder: str) -> Iterator[tuple[int, int]]: ...
    def invoices(self, parties: Sequence[str], since: date, until: date) -> pa.Table: ...
    def sales(self, sellers: Sequence[str], since: date, until: date) -> list[tuple[str, str, int]]: ...
    def sold_to(self, buyers: Sequence[str], since: date, until: date) -> list[tuple[str, str, int]]: ...
    def latest(self, parties: Sequence[str]) -> date | None: ...
    def labels(self, name: str) -> dict[str, str]: ...
    def add_demand(self, source: str, curve: Iterable[tuple[str, Mapping[str, str]]]) -> int: ...
    def demand(self, source: str) -> list[tuple[str, str, str]]: ...
    def folders(self, source: str) -> list[str]: ...


class Products(Protocol):
    def add(self, version: ProductVersion) -> None: ...
    def find(self, product: str, hash_prefix: str) -> ProductVersion | None: ...
    def published(self, product: str) -> ProductVersion | None: ...
    def in_force(self, product: str) -> str | None:
        """The hash of what is published."""
        ...

    def versions(self) -> list[ProductVersion]: ...
    def publish(self, version: ProductVersion, approved_by: str) -> None: ...


class Decisions(Protocol):
    def add(self, decisions: Iterable[StoredDecision]) -> int: ...
    def get(self, decision_id: str) -> StoredDecision | None: ...
    def latest(self, party: str, until: date | None = None) -> StoredDecision | None: ...
    def seen_by(
        self, client: str, asked: Sequence[tuple[str, str, date]]
    ) -> dict[tuple[str, str, date], tuple[str, str]]: ...
    def counts(self) -> dict[str, int]: ...
    def all(self) -> Iterator[StoredDecision]: ...


class Overtaken(Exception):
    """Another transaction was first with something this one wrote: nothing was written, and it may be tried again."""


class Desk(Protocol):
    def open(
        self, keys: Sequence[tuple[str, str]], lines: Sequence[str], *, payouts: Sequence[str] = (), loans: bool = False
    ) -> Opened: ...
    def write(self, changes: Changes) -> None: ...


class Lines(Protocol):
    def add(self, line: Line) -> int: ...
    def get(self, line_id: str) -> Line | None: ...
    def known(self, line_ids: Sequence[str]) -> dict[str, Line]: ...
    def lock(self, line_ids: Sequence[str]) -> dict[str, Line]: ...
    def of_party(self, party: str) -> list[Line]: ...
    def of_parties(self, parties: Sequence[str]) -> list[Line]: ...
    def hold(self, parties: Sequence[str]) -> None: ...
    def changes(self, line_ids: Sequence[str]) -> list[LineChange]: ...
    def all(self) -> list[Line]: ...
    def expired(self, on: date, first: int, last: int) -> list[str]: ...
    def sub_limit(self, line_id: str, name: str) -> tuple[int, int] | None: ...
    def set_sub_limit(self, line_id: str, name: str, limit: int) -> None: ...
    def sub_limits(self, line_id: str) -> list[tuple[str, int]]: ...
    def limits_before_cuts(self) -> dict[str, int]: ...
    def record(self, change: LineChange) -> None: ...
    def payouts(self, *, status: str | None = None, line: str | None = None) -> list[Payout]: ...
    def payouts_of(self, payout_ids: Sequence[str]) -> dict[str, Payout]: ...


class Loans(Protocol):
    def get(self, loan_id: str) -> Loan | None: ...
    def of_lines(self, line_ids: Sequence[str]) -> list[Loan]: ...
    def lines_awaiting(self, on: date | None, first: int, last: int) -> list[str]: ...
    def count(self) -> int: ...
    def all(self) -> list[Loan]: ...
    def by_class(self) -> list[tuple[str, str, str, int]]: ...
    def events(self, line_ids: Sequence[str]) -> dict[str, list[Event]]: ...
    def event(self, event_id: str) -> tuple[str, Event] | None: ...
    def payments(self, line_id: str, skip: int, most: int) -> list[Received]: ...
    def payment(self, event_id: str) -> Received | None: ...
    def books(self, on: date, first: int, last: int) -> Iterator[Book]: ...


class Journal(Protocol):
    def entries(self, *, line: str | None = None) -> Iterator[Entry]: ...
    def sums(self) -> Iterator[tuple[str, str, int]]: ...
    def totals(self) -> list[tuple[str, str, int]]: ...
    def balances(self, account: str) -> list[tuple[str, str, int]]: ...
    def of_funder(self, funder: str) -> list[tuple[date, str, str, int]]: ...


class Steps(Protocol):
    def claim(self, keys: Sequence[tuple[str, str, str]]) -> dict[str, dict[str, Any] | Refusal]: ...
    def answer(self, key: str) -> dict[str, Any] | None: ...
    def finish(self, results: Mapping[str, Mapping[str, Any]]) -> None: ...
    def audit(self, by: Actor, verb: str, requests: Sequence[str]) -> None: ...
    def propose(self, proposal: Proposal) -> None: ...
    def proposal(self, proposal_id: str) -> Proposal | None: ...
    def proposals(self) -> list[Proposal]: ...
    def approve(self, proposal_id: str, person: str) -> None: ...


class Unit(Protocol):
    """One transaction of one tenant: everything in it happens, or nothing does."""

    @property
    def tenant(self) -> str: ...
    @property
    def parties(self) -> Parties: ...
    @property
    def relations(self) -> Relations: ...
    @property
    def merges(self) -> Merges: ...
    @property
    def network(self) -> Network: ...
    @property
    def applications(self) -> Applications: ...
    @property
    def records(self) -> Records: ...
    @property
    def products(self) -> Products: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def batches(self) -> Batches: ...
    @property
    def pulls(self) -> Pulls: ...
    @property
    def sealed(self) -> Sealed: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def lines(self) -> Lines: ...
    @property
    def loans(self) -> Loans: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def days(self) -> Days: ...
    @property
    def seals(self) -> Seals: ...
    @property
    def general_ledger(self) -> GeneralLedger: ...
    @property
    def charts(self) -> Charts: ...
    @property
    def reconciliation(self) -> Reconciliation: ...
    @property
    def steps(self) -> Steps: ...
    @property
    def clients(self) -> Clients: ...
    @property
    def sandboxes(self) -> Sandboxes: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def webhooks(self) -> Webhooks: ...


class Payments(Protocol):
    """The bank that pays out. Asked twice for one payout it pays once and answers the same."""

    def pay(self, payout: Payout) -> tuple[str, str | None]:
        """-> (paid | failed | unknown, the bank's reference)."""
        ...


class Books(Protocol):
    """A tenant's platform: transactions, today's date (the only clock), the bank, outside companies, keys, webhooks."""

    @property
    def payments(self) -> Payments: ...
    @property
    def providers(self) -> Providers: ...
    @property
    def keys(self) -> Keyring: ...
    @property
    def messenger(self) -> Messenger: ...
    def today(self) -> date: ...
    def spread(self, work: Callable[[int], T], items: Sequence[int]) -> Iterator[T]:
        """`work` on each item, in any order and perhaps in several processes at once; answers as they come."""
        ...

    def unit(self, tenant: str, *, pipelined: bool = False) -> AbstractContextManager[Unit]: ...
