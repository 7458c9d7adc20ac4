"""Read: what screens and statements show, gathered in one transaction; the tables themselves are made in `reports`."""

from dataclasses import replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from zhiwei.borrower.features import picture
from zhiwei.journeys.ports import Books, Loan
from zhiwei.journeys.products import by_hash
from zhiwei.journeys.servicing import states_of
from zhiwei.loans import FROZEN, OPEN, Line, LoanState
from zhiwei.loans.postings import Entry
from zhiwei.reports.statement import Statement, line_statement
from zhiwei.shelf import Product
from zhiwei.values import EARLIEST, Actor, BadInput, NotFound, add_months


def statement(*, books: Books, by: Actor, line: str, on: date) -> Statement:
    """A line's statement at the end of `on`: what happened, what is owed, what it costs."""
    with books.unit(by.tenant) as unit:
        found = unit.lines.get(line)
        if found is None:
            raise NotFound("no_such_line", f"no line {line}")
        product = by_hash(unit, found.product, found.product_hash)
        if on < found.opened_on:
            raise BadInput("line_not_open_yet", f"line {line} opened on {found.opened_on}, after {on}")
        states = [state for _, state in states_of(unit, unit.loans.of_lines([line]), on)]
        entries = [entry for entry in unit.journal.entries(line=line) if entry.value_date <= on]
        on_their_way = unit.lines.payouts(status="ordered", line=line)
    held = sum(payout.amount for payout in on_their_way if payout.value_date <= on)
    return line_statement(at(found, product, states, held, entries), product, states, entries, on)


def at(line: Line, product: Product, states: list[LoanState], held: int, entries: list[Entry]) -> Line:
    """The line as it was: what is used, held and kept of the borrower follows from events up to then.

    Its status is frozen where its loans were late enough then, else as it is stored unless that is frozen and nothing
    was past due.
    """
    credit = -sum(
        posting.amount
        for entry in entries
        for posting in entry.postings
        if posting.account == product.line.accounts.credit
    )
    late = max((state.days_past_due() for state in states), default=0)
    frozen = late > product.watch.freeze_above_days or (line.status == FROZEN and late > 0)
    status = FROZEN if frozen else OPEN if line.status == FROZEN else line.status
    used = sum(state.principal for state in states)
    return replace(line, used=used, held=held, credit=credit, status=status)


def portfolio(*, books: Books, by: Actor, on: date) -> list[tuple[Line, Product, list[tuple[Loan, LoanState]]]]:
    """Every line with its product and the state of its loans at the end of `on`."""
    with books.unit(by.tenant) as unit:
        lines = unit.lines.all()
        states: dict[str, list[tuple[Loan, LoanState]]] = {line.line_id: [] for line in lines}
        for loan, state in states_of(unit, unit.loans.all(), on):
            states[loan.line].append((loan, state))
        return [(line, by_hash(unit, line.product, line.product_hash), states[line.line_id]) for line in lines]


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
