"""What the borrowers of a sandbox do by themselves: their records come in, and they pay, late or not, what is due."""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from zhiwei.borrower import Party
from zhiwei.borrower.delivery import BAD_ROW, Delivery
from zhiwei.economy.sandbox.people import BEFORE, BORROWERS, GOOD, LATE, PEOPLE, SILENT, SLOW, invoices
from zhiwei.economy.sandbox.source import DOWN, SOURCE
from zhiwei.journeys import Wanted, build_network, portfolio, pull_records, receive, repay
from zhiwei.journeys.ports import Books
from zhiwei.journeys.sandboxes import Borrower
from zhiwei.loans import LoanState
from zhiwei.values import DAY, Actor, Outage, add_months, digest

LATENESS = 40  # days past due at which the late one pays
CONSENT = "A made-up business of a sandbox allows its invoices to be read to decide on its applications."
"""The slow one's too: it lets us see what its source has, which does not answer at first."""


class Script:
    """See `journeys.partners.sandboxes.Scene`."""

    def borrowers(self) -> Sequence[Borrower]:
        return BORROWERS

    def begin(self, books: Books, by: Actor) -> None:
        today = books.today()
        since = add_months(today, -BEFORE)
        names = {one.party_id: one.name for one in PEOPLE}
        others = [party for party in names if party != SLOW]
        silent = today - timedelta(days=SILENT)
        known = [_delivery(names, today, others, since, today), _delivery(names, today, [SLOW], since, silent)]
        receive(books=books, by=by, deliveries=known, folder="")
        _look_around(books, by, today)

    def act(self, books: Books, by: Actor, on: date) -> None:
        with books.unit(by.tenant) as unit:
            found = unit.sandboxes.days()
        assert found is not None
        first = found[0]
        if on.day == 1 and on > first:
            names = {one.party_id: one.name for one in PEOPLE if one.party_id != SLOW}
            receive(
                books=books, by=by, deliveries=[_delivery(names, first, list(names), add_months(on, -1), on)], folder=""
            )
            _look_around(books, by, on)
        if on <= first + timedelta(days=DOWN) or on.day == 1:
            _ask_source(books, by, first, on)
        _pay(books, by, on)


def _delivery(names: dict[str, str], first: date, parties: Sequence[str], since: date, until: date) -> Delivery:
    rows = invoices(first, parties, since, until)
    known = [Party(party, names[party], "sandbox") for party in parties]
    name, bad = f"sandbox {since} to {until}", pl.DataFrame(schema=BAD_ROW)
    sha256 = digest([name, sorted(parties), rows.num_rows])
    return Delivery("sandbox", name, sha256, known, rows, bad, "credit_assessment", CONSENT)


def _look_around(books: Books, by: Actor, on: date) -> None:
    """The network of who trades with whom, in which circles are seen: once a month, of all who are there by then."""
    with books.unit(by.tenant) as unit:
        last = unit.network.snapshot()
    if last is None or last.as_of < on:
        build_network(books=books, by=by, as_of=on)


def _ask_source(books: Books, by: Actor, first: date, on: date) -> None:
    """A day without an answer is in the table of calls, and the next one asks again."""
    wanted = Wanted(SOURCE, SLOW, first - timedelta(days=SILENT), on + DAY)
    try:
        pull_records(books=books, by=by, key=f"script {on}", wanted=wanted)
    except Outage:
        return


def _pay(books: Books, by: Actor, on: date) -> None:
    for line, _, loans in portfolio(books=books, by=by, on=on):
        due = sum(_pays(line.party, state, on) for _, state in loans)
        if due:
            repay(books=books, by=by, key=f"script {line.line_id} {on}", line=line.line_id, amount=due, on=on)


def _pays(party: str, state: LoanState, on: date) -> int:
    if party == GOOD or (party == LATE and state.days_past_due() >= LATENESS):
        return state.due(on)
    return 0
