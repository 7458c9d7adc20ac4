"""Doctor: every numbered truth recomputed from events and journal; what is stored must agree to the 分."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from zhiwei.funding.postings import accrual
from zhiwei.journeys.day.shard import TROUBLE, readable, results
from zhiwei.journeys.deciding.decide import replayed
from zhiwei.journeys.money.touch import BY_DAYS, REVERSED, Held, expected, in_journal, line_entries, refreshed
from zhiwei.journeys.ports import Books, Loan, Unit
from zhiwei.loans import FROZEN, Account, replay
from zhiwei.loans.accrual import Receivable, running
from zhiwei.loans.postings import Entry
from zhiwei.values import DAY, Actor, add_months, split

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
    "INV-11": (
        "利息总账等于分户之和",
        "interest in the ledger is the sum over loans of what each owes, funder by funder",
    ),
    "INV-12": ("日终封存", "every closed day has its seal, and the entries it covers have not changed"),
    "INV-13": ("日终无遗留", "no line was set aside by the last close"),
    "INV-14": ("密文可开且无明文", "every sealed name and identifier opens and is found, and none stands in plain"),
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
    """All that the checks look at, read once; `unread` are lines whose data cannot even be read."""

    unit: Unit
    held: dict[str, Held]
    entries: list[Entry]
    closed: date | None
    unread: list[str]

    @classmethod
    def of(cls, unit: Unit) -> "_Book":
        unread: list[str] = []
        lines = {line.line_id: line for line in unit.lines.all()}
        held = dict(readable(unit, lines, lambda name, _: unread.append(name)))
        return cls(unit, held, list(unit.journal.entries()), unit.days.last_closed(), unread)

    @property
    def loans(self) -> Iterator[tuple[Held, Loan]]:
        return ((held, loan) for held in self.held.values() for loan in held.loans.values())

    def balances(self, role: str, of: Callable[[Entry], str]) -> defaultdict[str, int]:
        """Σ of postings to a product's account by what `of` names of an entry: its line or its loan."""
        sums: defaultdict[str, int] = defaultdict(int)
        for entry in self.entries:
            held = self.held.get(entry.line)
            for posting in entry.postings:
                if held and posting.account == getattr(held.product.line.accounts, role):
                    sums[of(entry)] += posting.amount
        return sums


def _account(held: Held, on: date) -> Account:
    return replay([(name, loan.terms) for name, loan in held.loans.items()], held.events, on)


def _touched(held: Held) -> date:
    """The day to which the line's journal goes: its last touch, or the last close if that is later."""
    days = [loan.running.as_of for loan in held.loans.values()] + [event.value_date for event in held.events]
    return max([*days, *([held.closed] if held.closed else [])], default=held.line.opened_on)


def examine(*, books: Books, by: Actor) -> list[Finding]:
    """Check every invariant of a tenant. Reads all of its book: minutes for a large one, seconds for a town."""
    with books.unit(by.tenant) as unit:
        book = _Book.of(unit)
        checks = [
            ("INV-01", _balanced(book)),
            ("INV-02", _replayed(book)),
            ("INV-03", _principals(book)),
            ("INV-04", _lines(book)),
            ("INV-05", _within(book)),
            ("INV-06", _shares(book)),
            ("INV-07", _decisions(book)),
            ("INV-08", unit.days.gaps()),
            ("INV-09", _remembered(book)),
            ("INV-10", _terms_kept(book)),
            ("INV-11", _receivables(book)),
            ("INV-12", unit.seals.check()),
            ("INV-13", ((f"{line} {on}: {reason}", False) for line, on, reason in unit.days.aside())),
            ("INV-14", unit.sealed.check()),
        ]
        return [_finding(name, _until_breach(results)) for name, results in checks]


def _until_breach(results: Iterable[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """What a check found; where the book is too broken to go on, that is its last finding."""
    found = []
    try:
        for result in results:
            found.append(result)
    except TROUBLE as trouble:
        found.append((str(trouble), False))
    return found


def _finding(name: str, results: list[tuple[str, bool]]) -> Finding:
    return Finding(name, *TRUTHS[name], len(results), tuple(what for what, right in results if not right)[:20])


def _balanced(book: _Book) -> Iterator[tuple[str, bool]]:
    for entry_id, funder, total in book.unit.journal.sums():
        yield f"{entry_id} {funder}", total == 0


def _replayed(book: _Book) -> Iterator[tuple[str, bool]]:
    """Each line's entries rebuilt from terms and events; also no entry may belong to no event.

    Accruals are not here: they depend on which days were closed. INV-11 has their sums.
    """
    gone = {entry.reverses for entry in book.entries}
    written: defaultdict[str, Counter[object]] = defaultdict(Counter)
    for entry in book.entries:
        if entry.kind not in (*BY_DAYS, REVERSED, "provided") and entry.entry_id not in gone:
            written[entry.line][_content(entry)] += 1
    for name, held in book.held.items():
        try:
            account = _account(held, _touched(held))
        except TROUBLE:
            yield name, False
            continue
        due = [entry for loan in held.loans for entry in expected(held, account, loan)]
        yield name, Counter(_content(entry) for entry in [*due, *line_entries(held, account)]) == written[name]
    yield from ((name, False) for name in {*book.unread, *written.keys() - book.held.keys()})


def _content(entry: Entry) -> object:
    """An entry by its totals. Whose part is whose, INV-06 and INV-11 say: 0.1 shared interest by another rule."""
    totals: defaultdict[str, int] = defaultdict(int)
    for posting in entry.postings:
        totals[posting.account] += posting.amount
    return entry.loan, entry.kind, entry.value_date, frozenset(item for item in totals.items() if item[1])


def _principals(book: _Book) -> Iterator[tuple[str, bool]]:
    posted = book.balances("principal", lambda entry: entry.loan)
    for held in book.held.values():
        account = _account(held, _touched(held))
        for name, loan in held.loans.items():
            state = account.loans.get(name)
            owed = (state.principal, 0 if state.written_off else state.principal) if state else (0, 0)
            yield name, (loan.principal, loan.book) == owed and loan.book == posted[name]


def _lines(book: _Book) -> Iterator[tuple[str, bool]]:
    on_their_way: defaultdict[str, int] = defaultdict(int)
    credit = book.balances("credit", lambda entry: entry.line)
    for payout in book.unit.lines.payouts(status="ordered"):
        on_their_way[payout.line] += payout.amount
    for name, held in book.held.items():
        line, used = held.line, sum(loan.principal for loan in held.loans.values())
        yield name, (line.used, line.held, line.credit) == (used, on_their_way[name], -credit[name])


def _within(book: _Book) -> Iterator[tuple[str, bool]]:
    """A person may cut a limit below what is used, and interest that is capitalised comes on top of it.

    A payout that the bank confirms late was owed all along: payments since then paid its interest first, and less of
    the principal whose return had made room for another draw. So where entries were reversed, interest paid is room.
    """
    before_cuts = book.unit.lines.limits_before_cuts()
    added: defaultdict[str, int] = defaultdict(int)
    reversed_in = {entry.line for entry in book.entries if entry.kind == REVERSED}
    for entry in book.entries:
        accounts = book.held[entry.line].product.line.accounts if entry.line in book.held else None
        if accounts and entry.kind == "capitalised":
            added[entry.line] += sum(one.amount for one in entry.postings if one.account == accounts.principal)
        if accounts and entry.kind == "repaid" and entry.line in reversed_in:
            interest = (accounts.interest, accounts.penalty, accounts.fee)
            added[entry.line] -= sum(one.amount for one in entry.postings if one.account in interest)
    for name, held in book.held.items():
        line = held.line
        yield name, line.used + line.held <= max(line.limit, before_cuts.get(name, 0)) + added[name]


def _shares(book: _Book) -> Iterator[tuple[str, bool]]:
    parts: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for entry in book.entries:
        for posting in entry.postings:
            parts[entry.loan, posting.account, posting.funder] += posting.amount
    for held, loan in book.loans:
        account, programme = held.product.line.accounts.principal, held.product.programme
        found = [parts[loan.loan_id, account, funder.funder_id] for funder in programme.funders]
        yield loan.loan_id, found == split(loan.book, programme.shares)


def _receivables(book: _Book) -> Iterator[tuple[str, bool]]:
    """By product, account and funder: the journal, and what closed shards of an open day still have to post."""
    due: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    found: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    subjects: set[str] = set()
    for held in book.held.values():
        accounts = held.product.line.accounts
        subjects |= {accounts.interest, accounts.penalty, accounts.off_balance}
        for _, owes in _owed_interest(held):
            for (account, funder), amount in accrual(Receivable(), owes, {}, accounts, held.product.programme).items():
                due[held.line.product, account, funder] += amount
    for entry in book.entries:
        product = entry.product or book.held[entry.line].line.product
        for posting in entry.postings:
            found[product, posting.account, posting.funder] += posting.amount
    begun = [held.closed for held in book.held.values() if held.closed]
    open_day = book.closed + DAY if book.closed else max(begun, default=None)
    for shard in results(book.unit.days.shards(open_day)) if open_day else []:
        for product, account, funder, amount in shard.accrued:
            found[product, account, funder] += amount
    for place in sorted(due.keys() | found.keys()):
        if place[1] in subjects:
            yield " ".join(place), due[place] == found[place]


def _owed_interest(held: Held) -> Iterator[tuple[str, Receivable]]:
    """Loan by loan, by replaying its events to the day to which its interest is in the books."""
    accounts: dict[date, Account] = {}
    for name, loan in held.loans.items():
        on = max(loan.running.as_of, held.closed) if held.closed else loan.running.as_of
        if on not in accounts:
            accounts[on] = _account(held, on)
        state = accounts[on].loans.get(name)
        owes = running(state).receivable(on) if state else Receivable()
        # A book taken over from 0.1 stands still until the first close looks at every loan.
        still = on == loan.running.as_of and state and state.regular * state.rate and not loan.running.interest.slope
        yield name, in_journal(loan, held.closed) if still else owes


def _terms_kept(book: _Book) -> Iterator[tuple[str, bool]]:
    """Also that no business has two running lines of one product, and that a late line is frozen."""
    closed, lines = book.closed, [held.line for held in book.held.values()]
    running_lines = Counter((line.party, line.product) for line in lines if closed and line.expires_on > closed)
    for held in book.held.values():
        line = held.line
        decision = book.unit.decisions.get(line.decision)
        kept = (
            decision is not None
            and (decision.party, decision.product, decision.outcome) == (line.party, line.product, "approve")
            and line.limit <= decision.limit
            and line.expires_on == add_months(line.opened_on, held.product.line.months)
            and running_lines[line.party, line.product] <= 1
        )
        yield line.line_id, kept
    for held, loan in book.loans:
        line = held.line
        terms = (loan.party, loan.terms.interest.annual_rate)
        late = (closed - loan.oldest_due).days if closed and loan.oldest_due else 0
        seen = closed is not None and (line.last_event or closed) <= closed
        shut = not seen or late <= held.product.watch.freeze_above_days or line.status == FROZEN
        shut = shut or line.status not in ("open", FROZEN)
        yield loan.loan_id, terms == (line.party, line.annual_rate) and shut
    paid = {(p.loan, p.line, p.amount, p.value_date) for p in book.unit.lines.payouts(status="paid")}
    lent = {
        (loan.loan_id, loan.line, loan.terms.principal, loan.terms.drawn_on)
        for _, loan in book.loans
        if loan.terms.funded == "cash"
    }
    yield from ((loan, False) for loan, *_ in paid ^ lent)


def _remembered(book: _Book) -> Iterator[tuple[str, bool]]:
    """Looked at on the last closed day, or later: class, oldest due date and the day of the next look."""
    for held in book.held.values():
        on = _touched(held)
        account = _account(held, on)
        for name, loan in held.loans.items():
            state = account.loans.get(name)
            fresh = refreshed(loan, state, running(state) if state else None, held.product, on)
            forgotten = (loan.next_on is None) != (fresh.next_on is None) or (
                fresh.next_on is not None and loan.next_on is not None and loan.next_on > max(fresh.next_on, on)
            )
            agrees = (loan.oldest_due, loan.asset_class) == (fresh.oldest_due, fresh.asset_class)
            due = held.closed is None or (loan.next_on is not None and loan.next_on <= on and held.closed < on)
            yield name, not forgotten and (agrees or due)


def _decisions(book: _Book) -> Iterator[tuple[str, bool]]:
    for stored in book.unit.decisions.all():
        yield stored.decision_id, replayed(book.unit, stored) == stored
