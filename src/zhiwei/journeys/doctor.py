"""Doctor: every numbered truth recomputed from events and journal; what is stored must agree to the 分."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zhiwei.journeys.decide import replayed
from zhiwei.journeys.ports import Books, Loan, Unit
from zhiwei.journeys.products import by_hash
from zhiwei.journeys.servicing import entries_of, refreshed
from zhiwei.loans import FROZEN, Line, replay
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


def examine(*, books: Books, by: Actor) -> list[Finding]:
    """Check every invariant of a tenant. Reads all of its book: minutes for a large one, seconds for a town."""
    with books.unit(by.tenant) as unit:
        postings = _postings(unit)
        lines, loans = unit.lines.all(), unit.loans.all()
        checks = [
            ("INV-01", _balanced(unit)),
            ("INV-02", _replayed(unit, loans)),
            ("INV-03", _principals(unit, loans, postings)),
            ("INV-04", _lines(unit, lines, loans, postings)),
            ("INV-05", ((line.line_id, line.used + line.held <= line.limit) for line in lines)),
            ("INV-06", _shares(unit, lines, loans, postings)),
            ("INV-07", _decisions(unit)),
            ("INV-08", unit.days.gaps()),
            ("INV-09", _remembered(unit, lines, loans)),
            ("INV-10", _terms_kept(unit, lines, loans)),
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


Postings = dict[tuple[str, str, str, str], int]  # (line, loan, account, funder) -> balance


def _postings(unit: Unit) -> Postings:
    balances: defaultdict[tuple[str, str, str, str], int] = defaultdict(int)
    for entry in unit.journal.entries():
        for posting in entry.postings:
            balances[entry.line, entry.loan, posting.account, posting.funder] += posting.amount
    return dict(balances)


def _balanced(unit: Unit) -> Iterator[tuple[str, bool]]:
    for entry_id, funder, total in unit.journal.sums():
        yield f"{entry_id} {funder}", total == 0


def _replayed(unit: Unit, loans: list[Loan]) -> Iterator[tuple[str, bool]]:
    """Each loan's entries rebuilt from terms and payments; also no entry may belong to no event."""
    payments = unit.loans.payments([loan.loan_id for loan in loans])
    lines = {line.line_id: line for line in unit.lines.all()}
    written: defaultdict[str, dict[str, object]] = defaultdict(dict)
    entries = list(unit.journal.entries())
    for entry in entries:
        written[entry.loan][entry.entry_id] = (entry.kind, entry.value_date, frozenset(entry.postings))
    until = max((entry.value_date for entry in entries), default=None)
    for loan in loans:
        if until is None:
            yield loan.loan_id, loan.posted == 0
            continue
        try:
            state = replay(loan.terms, payments.get(loan.loan_id, ()), max(until, loan.terms.drawn_on))
            due = entries_of(loan, state, _product(unit, lines[loan.line]))[: loan.posted]
        except Breach:
            yield loan.loan_id, False
            continue
        expected = {entry.entry_id: (entry.kind, entry.value_date, frozenset(entry.postings)) for entry in due}
        yield loan.loan_id, expected == written[loan.loan_id]
    known = {loan.loan_id for loan in loans} | {""}
    yield from ((loan_id, False) for loan_id in written.keys() - known)


def _product(unit: Unit, line: Line) -> Product:
    return by_hash(unit, line.product, line.product_hash)


def _balance(postings: Postings, account: str) -> dict[str, int]:
    balances: defaultdict[str, int] = defaultdict(int)
    for (_, loan, posted_to, _), amount in postings.items():
        if posted_to == account:
            balances[loan] += amount
    return balances


def _principals(unit: Unit, loans: list[Loan], postings: Postings) -> Iterator[tuple[str, bool]]:
    payments = unit.loans.payments([loan.loan_id for loan in loans])
    posted = _balance(postings, "loan_principal")
    for loan in loans:
        paid = payments.get(loan.loan_id, [])
        state = replay(loan.terms, paid, max([loan.terms.drawn_on, *(payment.value_date for payment in paid)]))
        yield loan.loan_id, loan.principal == state.principal == posted.get(loan.loan_id, 0)


def _lines(unit: Unit, lines: list[Line], loans: list[Loan], postings: Postings) -> Iterator[tuple[str, bool]]:
    used: defaultdict[str, int] = defaultdict(int)
    held: defaultdict[str, int] = defaultdict(int)
    credit: defaultdict[str, int] = defaultdict(int)
    for loan in loans:
        used[loan.line] += loan.principal
    for payout in unit.lines.payouts(status="ordered"):
        held[payout.line] += payout.amount
    for (line_id, _, account, _), amount in postings.items():
        if account == "customer_credit":
            credit[line_id] -= amount
    for line in lines:
        yield line.line_id, (line.used, line.held, line.credit) == (
            used[line.line_id], held[line.line_id], credit[line.line_id]
        )  # fmt: skip


def _shares(unit: Unit, lines: list[Line], loans: list[Loan], postings: Postings) -> Iterator[tuple[str, bool]]:
    by_id = {line.line_id: line for line in lines}
    for loan in loans:
        product = _product(unit, by_id[loan.line])
        funders = product.programme.funders
        account = product.line.accounts.principal
        parts = [postings.get((loan.line, loan.loan_id, account, funder.funder_id), 0) for funder in funders]
        yield loan.loan_id, parts == split(loan.principal, product.programme.shares)


def _terms_kept(unit: Unit, lines: list[Line], loans: list[Loan]) -> Iterator[tuple[str, bool]]:
    """Also that no business has two running lines of one product, and that a late line is frozen."""
    closed = unit.days.last_closed()
    by_id = {line.line_id: line for line in lines}
    running = Counter((line.party, line.product) for line in lines if closed and line.expires_on > closed)
    latest = {line.line_id: unit.days.latest_event(line.line_id) for line in lines}
    for line in lines:
        decision = unit.decisions.get(line.decision)
        product = _product(unit, line)
        kept = (
            decision is not None
            and (decision.party, decision.product, decision.outcome) == (line.party, line.product, "approve")
            and line.limit <= decision.limit
            and line.expires_on == add_months(line.opened_on, product.line.months)
            and running[line.party, line.product] <= 1
        )
        yield line.line_id, kept
    for loan in loans:
        line = by_id[loan.line]
        terms = (loan.party, loan.terms.annual_rate, loan.terms.matures_on)
        late = (closed - loan.oldest_due).days if closed and loan.oldest_due else 0
        seen = closed is not None and (latest[loan.line] or closed) <= closed
        frozen = not seen or late <= _product(unit, line).watch.freeze_above_days or line.status == FROZEN
        yield loan.loan_id, terms == (line.party, line.annual_rate, line.expires_on) and frozen
    paid = {(p.loan, p.line, p.amount, p.value_date) for p in unit.lines.payouts(status="paid")}
    lent = {(loan.loan_id, loan.line, loan.terms.principal, loan.terms.drawn_on) for loan in loans}
    yield from ((loan, False) for loan, *_ in paid ^ lent)


def _remembered(unit: Unit, lines: list[Line], loans: list[Loan]) -> Iterator[tuple[str, bool]]:
    """Looked at on the last closed day; on a line where something happened since, only that a look is still to come."""
    closed = unit.days.last_closed()
    payments = unit.loans.payments([loan.loan_id for loan in loans])
    by_id = {line.line_id: line for line in lines}
    latest = {line.line_id: unit.days.latest_event(line.line_id) for line in lines}
    for loan in loans:
        event = latest[loan.line] or loan.terms.drawn_on
        on = max(event, closed or event)
        state = replay(loan.terms, payments.get(loan.loan_id, ()), on)
        fresh = refreshed(loan, state, _product(unit, by_id[loan.line]), on)
        forgotten = (loan.next_on is None) != (fresh.next_on is None) or (
            fresh.next_on is not None and loan.next_on is not None and loan.next_on > max(fresh.next_on, on)
        )
        agrees = (loan.oldest_due, loan.asset_class) == (fresh.oldest_due, fresh.asset_class)
        yield loan.loan_id, not forgotten and (agrees or event == on != closed)


def _decisions(unit: Unit) -> Iterator[tuple[str, bool]]:
    for stored in unit.decisions.all():
        yield stored.decision_id, replayed(unit, stored) == stored
