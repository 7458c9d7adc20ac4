"""A year of loans on real firms whose behaviour is simulated: who takes the offer, who pays, who stops paying."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from zhiwei.journeys import Offer, accept, close_day, close_days, draw, portfolio, repay
from zhiwei.journeys.ports import Books
from zhiwei.loans import LoanState
from zhiwei.values import DAY, Actor

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Made:
    """An offer made to a firm; its simulated answers are drawn from the probabilities `acceptance` and `pd`."""

    party: str
    offer: Offer
    acceptance: float
    pd: float


@dataclass(frozen=True, slots=True)
class Year:
    """What happened; amounts in 分. `defaults` stopped paying within the year."""

    taken: int
    lent: int
    defaults: int
    interest: int
    unpaid: int
    balance_days: int
    closed: int


def take_up(offers: Sequence[Made], seed: int) -> list[tuple[Made, int | None]]:
    """Who accepts, each with the due date (1..12) from which it pays nothing, or None: drawn from acceptance and PD."""
    dice = np.random.Generator(np.random.PCG64(seed))
    answers = []
    for made in sorted(offers, key=lambda made: made.party):
        accepts, fails, month = dice.random(), dice.random(), int(dice.integers(1, MONTHS + 1))
        if accepts < made.acceptance:
            answers.append((made, month if fails < made.pd else None))
    return answers


def live_year(
    *, books: Books, by: Actor, answers: Sequence[tuple[Made, int | None]], start: date,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Year:  # fmt: skip
    """Open a line for each who accepts, draw all of it, pay each due date (or stop), close every day of the year."""
    stops: dict[str, int | None] = {}
    for made, stop in answers:
        opened = accept(books=books, by=by, key=f"accept:{made.offer.decision}", offer=made.offer, on=start).line
        limit = made.offer.limit or 0
        draw(books=books, by=by, key=f"draw:{opened}", line=opened, amount=limit, on=start)
        stops[opened] = stop
    if not stops:
        return Year(0, 0, 0, 0, 0, 0, 0)
    rows = portfolio(books=books, by=by, on=start)
    plan = next(loans[0][1].rows for line, _, loans in rows if line.line_id in stops)
    dues = [row.due_on for row in plan]
    interest = 0
    for number, due_on in enumerate(dues, start=1):
        close_days(books=books, by=by, since=start, until=due_on - DAY)
        for line, _, loans in portfolio(books=books, by=by, on=due_on):
            owed = sum(state.due(due_on) for _, state in loans)
            stop = stops.get(line.line_id)
            if line.line_id in stops and owed and (stop is None or number < stop):
                key = f"repay:{line.line_id}:{due_on}"
                repay(books=books, by=by, key=key, line=line.line_id, amount=owed, on=due_on)
                interest += sum(state.interest_billed for _, state in loans)
        close_day(books=books, by=by, on=due_on)
        on_progress(number, len(dues))
    return _summary(books, by, stops, interest, dues[-1])


def _summary(books: Books, by: Actor, stops: dict[str, int | None], interest: int, on: date) -> Year:
    states: list[LoanState] = [
        state for line, _, loans in portfolio(books=books, by=by, on=on) if line.line_id in stops for _, state in loans
    ]
    balance_days = sum(state.terms.principal * (state.matures_on - state.terms.drawn_on).days for state in states)
    return Year(
        taken=len(stops),
        lent=sum(state.terms.principal for state in states),
        defaults=sum(stop is not None for stop in stops.values()),
        interest=interest,
        unpaid=sum(state.principal for state in states),
        balance_days=balance_days,
        closed=sum(not state.principal for state in states),
    )
