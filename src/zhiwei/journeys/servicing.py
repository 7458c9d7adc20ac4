"""What follows from a loan's events, done in one place: new movements posted, what is stored brought up to date."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from zhiwei.funding.postings import share_entries
from zhiwei.journeys.ports import Books, Loan, Unit
from zhiwei.loans import FROZEN, OPEN, Line, LoanState, Payment, replay
from zhiwei.loans.postings import Entry, drafts
from zhiwei.shelf import Product
from zhiwei.values import DAY, Breach, NotFound, Refusal


def check_day(books: Books, unit: Unit, on: date) -> None:
    """Money moves on open days only: after the last closed day and not after today. None is closed meanwhile."""
    if on > books.today():
        raise Refusal("future_date", f"{on} is in the future", hint=f"today is {books.today()}")
    unit.days.hold()
    closed = unit.days.last_closed()
    if closed and on <= closed:
        raise Refusal("day_closed", f"{on} is closed; the first open day is {closed + DAY}")


def locked_line(unit: Unit, line_id: str, on: date) -> Line:
    """The line, locked until the transaction ends; Refusal where something later already happened on it."""
    line = unit.lines.lock([line_id]).get(line_id)
    if line is None:
        raise _no_line(unit, line_id)
    latest = unit.days.latest_event(line_id)
    if latest and on < latest:
        raise Refusal("out_of_order", f"line {line_id} already has an event on {latest}, after {on}")
    return line


def _no_line(unit: Unit, named: str) -> Refusal:
    """Why there is no such line: people also name the business or the decision."""
    decision = unit.decisions.get(named) or unit.decisions.latest(named)
    if decision is None:
        return NotFound("no_such_line", f"no line {named}")
    what = f"{decision.party} was decided on as of {decision.as_of}: {decision.outcome} ({decision.decision_id})"
    if decision.outcome != "approve":
        return Refusal("not_approved", f"{what}; it has no line")
    return NotFound("no_such_line", f"{named} is no line; {what}", hint="accept the decision, and name its line")


def states_of(unit: Unit, loans: Iterable[Loan], on: date) -> list[tuple[Loan, LoanState]]:
    """The loans drawn by `on`, each with its state at the end of that day."""
    drawn = [loan for loan in loans if loan.terms.drawn_on <= on]
    payments = unit.loans.payments([loan.loan_id for loan in drawn])
    return [(loan, replay(loan.terms, payments.get(loan.loan_id, ()), on)) for loan in drawn]


def entries_of(loan: Loan, state: LoanState, product: Product) -> list[Entry]:
    """Every journal entry of a loan's life so far, in order: a pure function of its events."""
    return list(
        share_entries(drafts(loan.line, loan.loan_id, state.movements, product.line.accounts), product.programme)
    )


def service(
    unit: Unit, product: Product, loans: Iterable[Loan], payments: Mapping[str, list[Payment]], on: date
) -> list[tuple[Loan, LoanState]]:
    """Replay each loan to `on`, post the movements that are new, and store what was derived."""
    done, entries = [], []
    for loan in loans:
        state = replay(loan.terms, payments.get(loan.loan_id, ()), on)
        if len(state.movements) < loan.posted:
            raise Breach(f"INV-02: loan {loan.loan_id} has {loan.posted} movements posted, its events give fewer")
        entries += entries_of(loan, state, product)[loan.posted :]
        fresh = refreshed(loan, state, product, on)
        if fresh.asset_class != loan.asset_class:
            unit.loans.record_class(loan.loan_id, on, fresh.asset_class)
        done.append((fresh, state))
    unit.journal.write(entries, on)
    unit.loans.save(loan for loan, _ in done)
    return done


def refreshed(loan: Loan, state: LoanState, product: Product, on: date) -> Loan:
    """The loan with everything that follows from its state at the end of `on`."""
    oldest, late = state.oldest_due(), state.days_past_due()
    return replace(
        loan, principal=state.principal, posted=len(state.movements), oldest_due=oldest,
        asset_class=product.watch.rules(on).classify(late), next_on=_next(state, product, on),
    )  # fmt: skip


def _next(state: LoanState, product: Product, on: date) -> date | None:
    """The next day that changes something without anyone acting: a due date, a worse class, a freeze."""
    if not state.principal and not state.bills:
        return None
    days = [state.terms.next_due(on)] if state.principal else []
    if state.bills or state.terms.matures_on <= on:
        late = state.days_past_due()
        worse = product.watch.rules(on).next_change(late)
        freeze = product.watch.freeze_above_days + 1 - late
        days += [on + timedelta(days=ahead) for ahead in (worse, freeze) if ahead is not None and ahead > 0]
    return max(min(days), on + DAY) if days else on + DAY


def watched(line: Line, loans: Iterable[tuple[Loan, LoanState]], product: Product, *, whole_line: bool) -> Line:
    """Freeze a late payer's line; free it when nothing of the line is past due (seen only with all its loans)."""
    late = max((state.days_past_due() for _, state in loans), default=0)
    if line.status == OPEN and late > product.watch.freeze_above_days:
        return replace(line, status=FROZEN)
    if line.status == FROZEN and late == 0 and whole_line:
        return replace(line, status=OPEN)
    return line
