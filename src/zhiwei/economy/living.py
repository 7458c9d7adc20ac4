"""The town lives: its businesses are decided on, draw, repay or do not, and every day is closed."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl
import pyarrow as pa

from zhiwei.borrower import Party
from zhiwei.borrower.delivery import BAD_ROW, Delivery
from zhiwei.economy.behaviour import Draw, LineView, acts
from zhiwei.economy.town import Town
from zhiwei.journeys import close_day, draw, portfolio, repay
from zhiwei.journeys.ports import Books
from zhiwei.loans import FROZEN, Line, LoanState
from zhiwei.values import Actor, Refusal, digest

SOURCE = "town"
CONSENT = "A simulated business of a simulated town allows its invoices to be read to decide on its application."


@dataclass(slots=True)
class Life:
    """What happened: counts and amounts (分) by act, and refusals by code."""

    acts: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    frozen: int = 0
    freed: int = 0


def delivery(town: Town, on: date) -> Delivery:
    """What the town's businesses let the platform see before a day."""
    invoices: pa.Table = town.known_on(on)
    parties = [Party(business.party_id, business.name, SOURCE) for business in town.businesses]
    name = f"town {town.seed} before {on}"
    bad = pl.DataFrame(schema=BAD_ROW)
    return Delivery(
        SOURCE, name, digest([name, invoices.num_rows]), parties, invoices, bad, "credit_assessment", CONSENT
    )


def live(
    *, books: Books, by: Actor, town: Town, since: date, days: int,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Life:  # fmt: skip
    """Let days pass: each morning every borrower acts, each night the day is closed. Same town, same life."""
    life = Life()
    businesses = {business.party_id: business for business in town.businesses}
    for number in range(days):
        on = since + timedelta(days=number)
        for line, _, loans in portfolio(books=books, by=by, on=on):
            view = _view(line, [state for _, state in loans], on)
            for act in acts(businesses[line.party], view, on, town.seed):
                verb = "draw" if isinstance(act, Draw) else "repay"
                journey = draw if isinstance(act, Draw) else repay
                key = f"{line.line_id}:{on}"
                try:
                    done = journey(books=books, by=by, key=key, line=line.line_id, amount=act.amount, on=on)
                except Refusal as refusal:
                    life.refusals[refusal.code] += 1
                else:
                    life.acts[verb] += 1
                    life.amounts[verb] += act.amount
                    life.freed += line.status == FROZEN != done.status and verb == "repay"
        closed = close_day(books=books, by=by, on=on)
        life.frozen += closed.frozen
        life.freed += closed.freed
        on_progress(number + 1, days)
    return life


def _view(line: Line, states: list[LoanState], on: date) -> LineView:
    late = max((state.days_past_due() for state in states), default=0)
    dues = [due for state in states if (due := state.next_due())]
    missed = [oldest for state in states if (oldest := state.oldest_due())]
    principal_due = sum(state.principal for state in states if state.matures_on <= on)
    return LineView(
        limit=line.limit,
        available=line.available,
        principal=sum(state.principal for state in states),
        interest_due=sum(state.due(on) for state in states) - principal_due,
        payoff=sum(state.payoff for state in states),
        due_on=min(missed or dues, default=None),
        days_past_due=late,
        frozen=line.status == FROZEN,
        principal_due=principal_due,
    )
