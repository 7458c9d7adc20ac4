"""Doctor: every numbered truth recomputed from events and journal; what is stored must agree to the 分."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from zhiwei.journeys.decide import replayed
from zhiwei.journeys.ports import Books, Loan, Unit
from zhiwei.journeys.products import by_hash
from zhiwei.journeys.servicing import entries_of, refreshed
from zhiwei.loans import FROZEN, Line, LoanState, Payment, replay
from zhiwei.loans.postings import Entry
from zhiwei.shelf import Product
from zhiwei.values import Actor, Breach, add_months, split

TRUTHS = {
    "INV-01": ("分录借贷平衡,各资金方亦然", "every journal entry sums to zero, in all and for each funder"),
    "INV-02": ("账簿等于事件重放", "the journal is exactly what the loans' events give when replayed"),
    "INV-03": ("贷款余额三处一致", "a loan's stored principal equals its events and its postings"),
    "INV-04": ("额度占用等于贷款本金", "a line's used, held and credit equal its loans, open payouts and postings"),
    "INV-05": ("占用不超过额度", "used + held does not exceed the limit"),
    "INV-06": ("资金方份额精确到分", "each funder's part of each loan is its share, and the parts are the whole"),
    "INV-07": ("决策可重放", "every decision replays from its inputs byte for byte"),
    "INV-08": ("营业日连续", "closed days follow each other without gaps"),
    "INV-09": ("日终不漏贷款", "no open loan is forgotten: class, oldest due date and next look are as its events say"),
    "INV-10": (
        "额度、借款与放款一致",
        "a line keeps its decision's terms, its loans keep the line's, each paid payout is one loan",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`checked` things were looked at; `wrong` names those that failed (the first twenty)."""

    invariant: str
    zh: str
    en: str
    checked: int
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Book:
    """All that the checks look at, read once."""

    unit: Unit
    lines: dict[str, Line]
    loans: list[Loan]
    payments: dict[str, list[Payment]]
    entries: list[Entry]
    closed: date | None
    latest: dict[str, date | None]  # line -> its latest event

    @classmethod
    def of(cls, unit: Unit) -> "_Book":
        lines, loans = unit.lines.all(), unit.loans.all()
        return cls(
            unit,
            {line.line_id: line for line in lines},
            loans,
            unit.loans.payments([loan.loan_id for loan in loans]),
            list(unit.journal.entries()),
            unit.days.last_closed(),
            {line.line_id: unit.days.latest_event(line.line_id) for line in lines},
        )

    def product(self, line_id: str) -> Product:
        line = self.lines[line_id]
        return by_hash(self.unit, line.product, line.product_hash)

    def replayed(self, loan: Loan, on: date) -> LoanState:
        return replay(loan.terms, self.payments.get(loan.loan_id, ()), on)

    def balances(self, account: str, of: Callable[[Entry], str]) -> defaultdict[str, int]:
        """Σ of postings to an account by what `of` names of an entry: its line or its loan."""
        sums: defaultdict[str, int] = defaultdict(int)
        for entry in self.entries:
            for posting in entry.postings:
                if posting.account == account:
                    sums[of(entry)] += posting.amount
        return sums


def examine(*, books: Books, by: Actor) -> list[Finding]:
    """Check every invariant of a tenant. Reads all of its book: minutes for a large one, seconds for a town."""
    with books.unit(by.tenant) as unit:
        book = _Book.of(unit)
        checks = [
            ("INV-01", _balanced(book)),
            ("INV-02", _replayed(book)),
            ("INV-03", _principals(book)),
            ("INV-04", _lines(book)),
            ("INV-05", ((line.line_id, line.used + line.held <= line.limit) for line in book.lines.values())),
            ("INV-06", _shares(book)),
            ("INV-07", _decisions(book)),
            ("INV-08", unit.days.gaps()),
            ("INV-09", _remembered(book)),
            ("INV-10", _terms_kept(book)),
        ]
        return [_finding(name, _until_breach(results)) for name, results in checks]


def _until_breach(results: Iterable[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """What a check found; where the book is too broken to go on, that is its last finding."""
    found = []
    try:
        for result in results:
            found.append(result)
    except Breach as breach:
        found.append((str(breach), False))
    return found


def _finding(name: str, results: list[tuple[str, bool]]) -> Finding:
    return Finding(name, *TRUTHS[name], len(results), tuple(what for what, right in results if not right)[:20])


def _balanced(book: _Book) -> Iterator[tuple[str, bool]]:
    for entry_id, funder, total in book.unit.journal.sums():
        yield f"{entry_id} {funder}", total == 0


def _replayed(book: _Book) -> Iterator[tuple[str, bool]]:
    """Each loan's entries rebuilt from terms and payments; also no entry may belong to no event."""
    written: defaultdict[str, dict[str, object]] = defaultdict(dict)
    for entry in book.entries:
        written[entry.loan][entry.entry_id] = (entry.kind, entry.value_date, frozenset(entry.postings))
    until = max((entry.value_date for entry in book.entries), default=None)
    for loan in book.loans:
        if until is None:
            yield loan.loan_id, loan.posted == 0
            continue
        try:
            state = book.replayed(loan, max(until, loan.terms.drawn_on))
            due = entries_of(loan, state, book.product(loan.line))[: loan.posted]
        except Breach:
            yield loan.loan_id, False
            continue
        expected = {entry.entry_id: (entry.kind, entry.value_date, frozenset(entry.postings)) for entry in due}
        yield loan.loan_id, expected == written[loan.loan_id]
    known = {loan.loan_id for loan in book.loans} | {""}
    yield from ((loan_id, False) for loan_id in written.keys() - known)


def _principals(book: _Book) -> Iterator[tuple[str, bool]]:
    posted = book.balances("loan_principal", lambda entry: entry.loan)
    for loan in book.loans:
        dates = [payment.value_date for payment in book.payments.get(loan.loan_id, ())]
        state = book.replayed(loan, max([loan.terms.drawn_on, *dates]))
        yield loan.loan_id, loan.principal == state.principal == posted[loan.loan_id]


def _lines(book: _Book) -> Iterator[tuple[str, bool]]:
    used: defaultdict[str, int] = defaultdict(int)
    held: defaultdict[str, int] = defaultdict(int)
    credit = book.balances("customer_credit", lambda entry: entry.line)
    for loan in book.loans:
        used[loan.line] += loan.principal
    for payout in book.unit.lines.payouts(status="ordered"):
        held[payout.line] += payout.amount
    for name, line in book.lines.items():
        yield name, (line.used, line.held, line.credit) == (used[name], held[name], -credit[name])


def _shares(book: _Book) -> Iterator[tuple[str, bool]]:
    parts: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for entry in book.entries:
        for posting in entry.postings:
            parts[entry.loan, posting.account, posting.funder] += posting.amount
    for loan in book.loans:
        product = book.product(loan.line)
        account, programme = product.line.accounts.principal, product.programme
        found = [parts[loan.loan_id, account, funder.funder_id] for funder in programme.funders]
        yield loan.loan_id, found == split(loan.principal, programme.shares)


def _terms_kept(book: _Book) -> Iterator[tuple[str, bool]]:
    """Also that no business has two running lines of one product, and that a late line is frozen."""
    closed, lines = book.closed, book.lines.values()
    running = Counter((line.party, line.product) for line in lines if closed and line.expires_on > closed)
    for line in lines:
        decision = book.unit.decisions.get(line.decision)
        kept = (
            decision is not None
            and (decision.party, decision.product, decision.outcome) == (line.party, line.product, "approve")
            and line.limit <= decision.limit
            and line.expires_on == add_months(line.opened_on, book.product(line.line_id).line.months)
            and running[line.party, line.product] <= 1
        )
        yield line.line_id, kept
    for loan in book.loans:
        line = book.lines[loan.line]
        terms = (loan.party, loan.terms.annual_rate, loan.terms.matures_on)
        late = (closed - loan.oldest_due).days if closed and loan.oldest_due else 0
        seen = closed is not None and (book.latest[loan.line] or closed) <= closed
        frozen = not seen or late <= book.product(loan.line).watch.freeze_above_days or line.status == FROZEN
        yield loan.loan_id, terms == (line.party, line.annual_rate, line.expires_on) and frozen
    paid = {(p.loan, p.line, p.amount, p.value_date) for p in book.unit.lines.payouts(status="paid")}
    lent = {(loan.loan_id, loan.line, loan.terms.principal, loan.terms.drawn_on) for loan in book.loans}
    yield from ((loan, False) for loan, *_ in paid ^ lent)


def _remembered(book: _Book) -> Iterator[tuple[str, bool]]:
    """Looked at on the last closed day; on a line where something happened since, only that a look is still to come."""
    for loan in book.loans:
        event = book.latest[loan.line] or loan.terms.drawn_on
        on = max(event, book.closed or event)
        fresh = refreshed(loan, book.replayed(loan, on), book.product(loan.line), on)
        forgotten = (loan.next_on is None) != (fresh.next_on is None) or (
            fresh.next_on is not None and loan.next_on is not None and loan.next_on > max(fresh.next_on, on)
        )
        agrees = (loan.oldest_due, loan.asset_class) == (fresh.oldest_due, fresh.asset_class)
        yield loan.loan_id, not forgotten and (agrees or event == on != book.closed)


def _decisions(book: _Book) -> Iterator[tuple[str, bool]]:
    for stored in book.unit.decisions.all():
        yield stored.decision_id, replayed(book.unit, stored) == stored
