"""Read: what screens and statements show, gathered in one transaction; the tables themselves are made in `reports`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from zhiwei.borrower.features import picture
from zhiwei.journeys.ports import Books, Loan
from zhiwei.journeys.products import by_hash
from zhiwei.loans import FROZEN, OPEN, Account, Line, LoanState, replay
from zhiwei.loans.changes import prepayment_fee
from zhiwei.loans.events import Event
from zhiwei.loans.line import LATE
from zhiwei.reports.statement import Statement, line_statement
from zhiwei.shelf import Product
from zhiwei.values import DAY, EARLIEST, Actor, BadInput, NotFound, add_months, yuan


@dataclass(frozen=True, slots=True)
class Quote:
    """What settles one loan on a day, in 元 as text; `prepayment_fee` is what repaying early costs."""

    loan: str
    on: str
    principal: str
    interest: str
    penalty: str
    fee: str
    prepayment_fee: str
    total: str


@dataclass(frozen=True, slots=True)
class Due:
    """What a loan asks for on a day, in 分: as it stands for what fell due before, else as planned if all is paid."""

    due_on: date
    loan: str
    principal: int
    interest: int
    penalty: int
    fee: int

    @property
    def total(self) -> int:
        return self.principal + self.interest + self.penalty + self.fee


def account(line_loans: Iterable[Loan], events: Iterable[Event], on: date) -> Account:
    """A line's loans at the end of a day."""
    return replay([(loan.loan_id, loan.terms) for loan in line_loans], events, on)


def statement(*, books: Books, by: Actor, line: str, on: date) -> Statement:
    """A line's statement at the end of `on`: what happened, what is owed, what it costs."""
    with books.unit(by.tenant) as unit:
        found = unit.lines.get(line)
        if found is None:
            raise NotFound("no_such_line", f"no line {line}")
        product = by_hash(unit, found.product, found.product_hash)
        if on < found.opened_on:
            raise BadInput("line_not_open_yet", f"line {line} opened on {found.opened_on}, after {on}")
        loans, events = unit.loans.of_lines([line]), unit.loans.events([line]).get(line, [])
        on_their_way = unit.lines.payouts(status="ordered", line=line)
    state = account(loans, events, on)
    held = sum(payout.amount for payout in on_their_way if payout.value_date <= on)
    return line_statement(at(found, product, state, held), product, state, on)


def at(line: Line, product: Product, state: Account, held: int) -> Line:
    """The line as it was: what is used, held and kept of the borrower follows from events up to then.

    Its status is frozen where its loans were late enough then, else as it is stored unless lateness alone froze it and
    nothing was past due.
    """
    late = max((loan.days_past_due() for loan in state.loans.values()), default=0)
    by_lateness = line.status == FROZEN and line.frozen_because == LATE
    frozen = late > product.watch.freeze_above_days or (by_lateness and late > 0)
    status = FROZEN if frozen and line.status in (OPEN, FROZEN) else OPEN if by_lateness else line.status
    used = sum(loan.principal for loan in state.loans.values())
    return replace(line, used=used, held=held, credit=state.credit, status=status)


def portfolio(*, books: Books, by: Actor, on: date) -> list[tuple[Line, Product, list[tuple[Loan, LoanState]]]]:
    """Every line with its product and the state of its loans at the end of `on`."""
    with books.unit(by.tenant) as unit:
        lines = unit.lines.all()
        loans: dict[str, list[Loan]] = {line.line_id: [] for line in lines}
        for loan in unit.loans.all():
            loans[loan.line].append(loan)
        events = unit.loans.events(list(loans))
        found = []
        for line in lines:
            state = account(loans[line.line_id], events.get(line.line_id, []), on)
            states = [(loan, state.loans[loan.loan_id]) for loan in loans[line.line_id] if loan.loan_id in state.loans]
            found.append((line, by_hash(unit, line.product, line.product_hash), states))
        return found


def quote(*, books: Books, by: Actor, line: str, on: date) -> list[Quote]:
    """What settles each loan of a line on a day, also one to come if nothing else happens until then."""
    with books.unit(by.tenant) as unit:
        if unit.lines.get(line) is None:
            raise NotFound("no_such_line", f"no line {line}")
        loans, events = unit.loans.of_lines([line]), unit.loans.events([line]).get(line, [])
    state = account(loans, events, on)
    return [_quote(name, loan, on) for name, loan in state.loans.items() if not loan.settled]


def dues(*, books: Books, by: Actor, line: str, on: date) -> list[Due]:
    """What a line's loans have yet to be paid, by the day it falls due; the borrower's own money is taken off."""
    with books.unit(by.tenant) as unit:
        if unit.lines.get(line) is None:
            raise NotFound("no_such_line", f"no line {line}")
        loans = [loan for loan in unit.loans.of_lines([line]) if loan.terms.drawn_on <= on]
        events = [event for event in unit.loans.events([line]).get(line, []) if event.value_date <= on]
    now = account(loans, events, on)
    ends = [state.matures_on for state in now.loans.values()]
    found = _dues(now, date.min, on)
    if ends and max(ends) > on:
        found += _dues(account(loans, events, max(ends)), on + DAY, max(ends))
    return sorted(found, key=lambda due: (due.due_on, due.loan))


def _dues(state: Account, first: date, last: date) -> list[Due]:
    """Claims that fall due on some days; what lateness costs is counted only for what is due already."""
    found = []
    for name, loan in state.loans.items():
        for claim in loan.claims:
            if first <= claim.due_on <= last:
                penalty = sum(loan.penalties(claim, state.as_of)) if first == date.min else 0
                found.append(Due(claim.due_on, name, claim.principal, claim.interest, penalty, claim.fee))
    return found


def _quote(name: str, loan: LoanState, on: date) -> Quote:
    owed, charge = loan.balances, prepayment_fee(loan, loan.regular)
    return Quote(
        name, on.isoformat(), yuan(owed.principal), yuan(owed.interest), yuan(owed.penalty), yuan(owed.fee),
        yuan(charge), yuan(owed.total + charge),
    )  # fmt: skip


def sample(
    *, books: Books, by: Actor, label: str, as_of: date | None
) -> tuple[list[str], dict[str, NDArray[np.float64]], NDArray[np.float64], date]:
    """Parties with an observed outcome: (parties, facts by name, outcome 0/1, as-of date), rows in the same order.

    Without a date: the first of the month after the latest record, so that all of it is seen.
    """
    with books.unit(by.tenant) as unit:
        outcomes = unit.records.labels(label)
        parties = [party for party in unit.parties.ids() if party in outcomes]
        if not parties:
            raise NotFound(
                "no_sample", f"no party has an outcome {label!r}", hint="import a source that brings outcomes"
            )
        invoices = unit.records.invoices(parties, EARLIEST, as_of or date.max)
    on = as_of or add_months(max(invoices["issue_date"].to_pylist()), 1, 1)
    outcome = np.array([float(outcomes[party]) for party in parties])
    return parties, picture(invoices, parties, on), outcome, on
