"""What follows from a line's events, done in one place: the state replayed, what is new posted, what is derived kept.

In order, movements only grow at the end, and what is not yet posted is posted. After something backdated or reversed
the whole life is replayed, and the journal receives the difference: reversals of what is no longer so, and new entries.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from zhiwei.funding.postings import Shares, accrual, negated, of_draft, of_loan
from zhiwei.journeys.lines.news import WRITTEN_OFF, amendment_news, line_news, loan_news
from zhiwei.journeys.ports import Changes, Loan, Opened, Unit
from zhiwei.loans import Account, Balances, Line, LoanState, LoanTerms, replay
from zhiwei.loans.accrual import Receivable, Running, running
from zhiwei.loans.events import Event, Reversal, order
from zhiwei.loans.line import CLOSED, EXPIRED, FROZEN, LATE, OPEN
from zhiwei.loans.postings import Entry, drafts, line_entry
from zhiwei.shelf import Product
from zhiwei.values import DAY, Breach, identifier

ACCRUED, REVERSED = "accrued", "reversed"
# Entries that follow from days passing, not from an event; in 0.1 interest was entered when it was billed.
BY_DAYS = (ACCRUED, "billed")


@dataclass(slots=True)
class Held:
    """One line, locked, with all that its state follows from. `closed` is the last closed day of its bucket.

    `stored` is what the database has of its loans; a loan that is not in it is new. `was` is the line as it was opened.
    """

    line: Line
    product: Product
    loans: dict[str, Loan]
    events: list[Event]
    closed: date | None
    stored: dict[str, Loan] = field(default_factory=dict)
    was: Line = field(init=False)

    def __post_init__(self) -> None:
        self.was = self.line


@dataclass(slots=True)
class Touched:
    """What one journey did to a line: entries with their loans' accrual apart, and the classes that changed."""

    account: Account
    business_date: date
    key: str
    entries: list[Entry] = field(default_factory=list)
    accrued: dict[str, Shares] = field(default_factory=dict)  # loan -> postings that bring its receivables up to date
    classes: list[tuple[str, date, str]] = field(default_factory=list)

    def with_accruals(self, line: str, key: str, on: date) -> list[Entry]:
        """All entries, each loan's accrual as one of its own."""
        accruals = [
            of_loan(identifier("ent", key, loan), ACCRUED, line, loan, on, sums)
            for loan, sums in self.accrued.items()
            if any(sums.values())
        ]
        return self.entries + accruals

    def write_into(self, changes: Changes, held: Held, new: Sequence[Event], entries: Iterable[Entry]) -> None:
        """Add to a transaction's changes what happened to a line: its events, entries, and what is derived."""
        changes.events += [(held.line.line_id, event) for event in new]
        changes.entries += [(one, self.business_date) for one in entries]
        changes.classes += self.classes
        line, on = held.line, self.business_date
        changes.told += line_news(changes.lines.get(line.line_id) or held.was, line, self.key, on)
        changes.lines[line.line_id] = line
        for name, loan in held.loans.items():
            if loan != (before := changes.loans.get(name) or held.stored.get(name)):
                state = self.account.loans.get(name)
                changes.told += loan_news(before, loan, bool(state and state.settled), self.key, on)
                changes.loans[name] = loan


def hold(unit: Unit, lines: dict[str, Line], product: Callable[[Line], Product]) -> dict[str, Held]:
    """Everything about some locked lines whose days are held open, or being closed by this transaction."""
    closed = unit.days.closed_to([line.bucket for line in lines.values()])
    loans: defaultdict[str, dict[str, Loan]] = defaultdict(dict)
    for loan in unit.loans.of_lines(list(lines)):
        loans[loan.line][loan.loan_id] = loan
    events = unit.loans.events(list(lines))
    return {
        name: Held(line, product(line), loans[name], events.get(name, []), closed[line.bucket], dict(loans[name]))
        for name, line in lines.items()
    }


def held_of(opened: Opened, product: Callable[[Line], Product]) -> dict[str, Held]:
    """The same of lines that were opened with their loans."""
    return {
        name: Held(
            line,
            product(line),
            opened.loans.get(name, {}),
            opened.events.get(name, []),
            opened.closed[line.bucket],
            dict(opened.loans.get(name, {})),
        )
        for name, line in opened.lines.items()
    }


def touch(held: Held, new: Sequence[Event], on: date, key: str, live: Callable[[], Iterable[Entry]]) -> Touched:
    """Let events happen and days pass up to `on`; `held` is brought up to date. `key` names the entries.

    `live` reads the line's entries that nothing reversed; it is asked only after something backdated or reversed.
    """
    events = [*held.events, *new]
    as_of = _as_of(held, on)
    account = replay(_contracts(held), events, as_of)
    done = Touched(account, business_day(held.closed, on), key)
    if _appends(held, new):
        _post_new(done, held, key)
    else:
        _post_difference(done, held, key, live())
    run = {name: running(state) for name, state in account.loans.items()}
    _accrue(done, held, run)
    for name, loan in held.loans.items():
        fresh = refreshed(loan, account.loans.get(name), run.get(name), held.product, as_of)
        if fresh.asset_class != loan.asset_class:
            done.classes.append((name, as_of, fresh.asset_class))
        held.loans[name] = fresh
    held.events = events
    held.line = _derived(held, account)
    return done


def paid_before(held: Held, on: date) -> Balances:
    """What the line's payments had paid of its debts so far, seen from the day to which it is about to be touched."""
    return replay(_contracts(held), held.events, _as_of(held, on)).paid()


def _as_of(held: Held, on: date) -> date:
    """Journals only go forward: the day asked for, or the last that the line was brought to or heard of."""
    known = [loan.running.as_of for loan in held.loans.values()]
    return max([on, *known, *(day for day in (held.closed, held.line.last_event) if day)])


def happened(unit: Unit, held: Held, new: Sequence[Event], on: date, key: str) -> Touched:
    """`touch` for one line, and everything that follows from it written."""
    changes, line = Changes(), held.line.line_id
    done = touch(held, new, on, key, live_entries(unit, line))
    done.write_into(changes, held, new, done.with_accruals(line, key, on))
    changes.told += [amendment_news(line, one, owed(done.account).total, done.business_date) for one in new]
    unit.desk.write(changes)
    return done


def business_day(closed: date | None, on: date) -> date:
    """The first open day: what is heard of after its day was closed is booked on it."""
    return max(on, closed + DAY) if closed else on


def live_entries(unit: Unit, line: str) -> Callable[[], list[Entry]]:
    """A line's entries that nothing has reversed."""

    def read() -> list[Entry]:
        entries = list(unit.journal.entries(line=line))
        gone = {one.reverses for one in entries}
        return [one for one in entries if one.kind != REVERSED and one.entry_id not in gone]

    return read


def live_with(unit: Unit, line: str, changes: Changes) -> Callable[[], list[Entry]]:
    """A line's live entries, those of this transaction among them: they are not stored yet."""

    def read() -> list[Entry]:
        mine = [entry for entry, _ in changes.entries if entry.line == line]
        gone = {entry.reverses for entry in mine}
        known = [entry for entry in live_entries(unit, line)() if entry.entry_id not in gone]
        return known + [entry for entry in mine if entry.kind != REVERSED and entry.entry_id not in gone]

    return read


# --- the journal ------------------------------------------------------------------------------------------------------


def _appends(held: Held, new: Sequence[Event]) -> bool:
    """Whether new events, and loans not known before, only continue the story, so that nothing posted can change."""
    begun = [loan.terms.drawn_on for name, loan in held.loans.items() if name not in held.stored]
    if begun and any(event.value_date >= min(begun) for event in held.events):
        return False
    if not new:
        return True
    first = min(new, key=order)
    if any(type(event) is Reversal for event in new):
        return False
    if any(loan.running.as_of > first.value_date for loan in held.loans.values() if loan.posted):
        return False
    return not held.events or order(first) > max(map(order, held.events))


def expected(held: Held, account: Account, loan: str) -> list[Entry]:
    """A loan's entries, with no ids yet: a pure function of its line's events."""
    state, product = account.loans.get(loan), held.product
    if state is None:
        return []
    return [
        of_draft(draft, "", number, held.line.line_id, product.programme)
        for number, draft in enumerate(drafts(loan, state.movements, product.line.accounts))
    ]


def line_entries(held: Held, account: Account) -> list[Entry]:
    """Entries of the line itself."""
    return [
        line_entry("", number, held.line.line_id, movement, held.product.line.accounts)
        for number, movement in enumerate(account.movements)
    ]


def _post_new(done: Touched, held: Held, key: str) -> None:
    for name, loan in held.loans.items():
        state = done.account.loans.get(name)
        moved = [move for move in state.movements if move.kind != "billed"] if state else []
        if len(moved) < loan.posted:
            raise Breach(f"INV-02: loan {name} has {loan.posted} movements posted, its events give fewer")
        made = drafts(name, moved[loan.posted :], held.product.line.accounts)
        for number, draft in enumerate(made, loan.posted):
            entry_id = identifier("ent", key, name, number)
            done.entries.append(of_draft(draft, entry_id, number, held.line.line_id, held.product.programme))
    for number, move in enumerate(done.account.movements[held.line.posted :], held.line.posted):
        entry_id = identifier("ent", key, number)
        done.entries.append(line_entry(entry_id, number, held.line.line_id, move, held.product.line.accounts))


def _post_difference(done: Touched, held: Held, key: str, live: Iterable[Entry]) -> None:
    """Reversals of entries that the events no longer give, and the entries they give now."""
    posted: defaultdict[object, list[Entry]] = defaultdict(list)
    for one in live:
        if one.kind not in BY_DAYS:
            posted[_content(one)].append(one)
    due = [one for name in held.loans for one in expected(held, done.account, name)]
    fresh = []
    for one in [*due, *line_entries(held, done.account)]:
        same = posted[_content(one)]
        if same:
            same.pop()
        else:
            fresh.append(one)
    wrong = [one for same in posted.values() for one in same]
    done.entries += [negated(one, identifier("ent", key, "reversed", one.entry_id)) for one in wrong]
    done.entries += [
        replace(one, entry_id=identifier("ent", key, one.loan, number)) for number, one in enumerate(fresh)
    ]


def _content(one: Entry) -> object:
    return one.loan, one.kind, one.value_date, frozenset((p.account, p.funder, p.amount) for p in one.postings)


def _accrue(done: Touched, held: Held, run: Mapping[str, Running]) -> None:
    """Each loan's receivables from what the journal has of them to what they are at the end of the replay."""
    accounts, programme = held.product.line.accounts, held.product.programme
    posted: defaultdict[str, Shares] = defaultdict(lambda: defaultdict(int))
    for one in done.entries:
        for posting in one.postings:
            posted[one.loan][posting.account, posting.funder] += posting.amount
    for name, loan in held.loans.items():
        after = run[name].receivable(done.account.as_of) if name in run else Receivable()
        sums = accrual(in_journal(loan, held.closed), after, posted[name], accounts, programme)
        if sums:
            done.accrued[name] = sums


def in_journal(loan: Loan, closed: date | None) -> Receivable:
    """What the journal holds of a loan's interest: to the day it was last touched, and to each day closed since."""
    if not loan.posted:
        return Receivable()
    on = loan.running.as_of
    return loan.running.receivable(max(on, closed) if closed else on)


# --- what is derived --------------------------------------------------------------------------------------------------


def _contracts(held: Held) -> list[tuple[str, LoanTerms]]:
    return [(name, loan.terms) for name, loan in held.loans.items()]


def refreshed(loan: Loan, state: LoanState | None, run: Running | None, product: Product, as_of: date) -> Loan:
    """The loan with everything that follows from its state at the end of `as_of`; no state: it was called off."""
    if state is None or run is None:
        still = replace(loan.running, as_of=as_of, billed=0, penal=(), off_balance=False)
        still = replace(still, interest=replace(still.interest, n=0, slope=0))
        return replace(loan, principal=0, book=0, posted=0, late=0, oldest_due=None, next_on=None, running=still)
    late = state.days_past_due()
    return replace(
        loan, principal=state.principal, book=0 if state.written_off else state.principal, late=late,
        posted=sum(move.kind != "billed" for move in state.movements), oldest_due=state.oldest_due(),
        asset_class=product.watch.rules(as_of).classify(late, technical=state.technical),
        next_on=_next(state, product, as_of), running=run,
    )  # fmt: skip


def _next(state: LoanState, product: Product, on: date) -> date | None:
    """The next day that changes something by itself: a due date, the first day late, penalty, a rate that ends, a worse
    class, a freeze.
    """
    if state.settled:
        return None
    late, rules = state.terms.late, product.watch.rules(on)
    days = [due] if (due := state.next_due()) else []
    days += [until for until, _ in state.rates if until]
    for claim in state.claims:
        if claim.due_on > on:
            days.append(claim.due_on)
        elif late.grace_days:
            days.append(claim.due_on + DAY * (late.grace_days + 1))
    if oldest := state.oldest_due():
        past = (on - oldest).days
        limits = [1, product.watch.freeze_above_days + 1, late.off_balance + 1, past + (rules.next_change(past) or 0)]
        if state.technical:
            limits.append(rules.technical + 1)
        days += [oldest + DAY * limit for limit in limits]
    if product.line.repricing and state.regular:
        days.append(product.line.repricing.after(state.terms.drawn_on, on))
    ahead = [day for day in days if day > on]
    return min(ahead) if ahead else None


def _derived(held: Held, account: Account) -> Line:
    """The line with everything that follows from its events."""
    states = [state for state in account.loans.values() if not state.settled]
    line, freeze = held.line, held.product.watch.freeze_above_days + 1
    dues = [due for state in states if (due := state.oldest_due() or state.next_due())]
    happened = [event.value_date for event in held.events] + [loan.terms.drawn_on for loan in held.loans.values()]
    fresh = replace(
        line, used=sum(state.principal for state in states), credit=account.credit, posted=len(account.movements),
        last_event=max(happened, default=None), late_from=min(dues) + DAY * freeze if dues else None,
    )  # fmt: skip
    return watched(fresh, states, held.product)


def watched(line: Line, states: Iterable[LoanState], product: Product) -> Line:
    """Freeze a late payer's line; free it when nothing of it is past due. A person's freeze only a person ends."""
    states = list(states)
    late = max((state.days_past_due() for state in states), default=0)
    if line.status in (OPEN, FROZEN) and any(state.written_off for state in states):
        return replace(line, status=FROZEN, frozen_because=WRITTEN_OFF)
    if line.status == OPEN and late > product.watch.freeze_above_days:
        return replace(line, status=FROZEN, frozen_because=LATE)
    if line.status == FROZEN and line.frozen_because == LATE and late == 0:
        return replace(line, status=OPEN, frozen_because="")
    if line.status == EXPIRED and not line.used and not line.held:
        return replace(line, status=CLOSED, frozen_because="")
    return line


def owed(account: Account) -> Balances:
    """What the whole line owes."""
    found = [state.balances for state in account.loans.values()]
    return Balances(
        sum(one.principal for one in found), sum(one.interest for one in found), sum(one.penalty for one in found),
        sum(one.fee for one in found),
    )  # fmt: skip
