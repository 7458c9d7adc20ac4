"""A teller for stories: one line, every journey under a key of its own unless the story gives one."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import Offer, accept, close_days, decide, draw, examine, repay, statement
from zhiwei.journeys.money.draw import Drawn
from zhiwei.journeys.money.repay import Repaid
from zhiwei.journeys.ports import Payout
from zhiwei.values import fen

FIRST = date(2024, 3, 1)


class Bank:
    """Answers what the story says (paid where it says nothing) and remembers whom it really paid, once each."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.asked: list[str] = []
        self.paid: dict[str, int] = {}

    def pay(self, payout: Payout) -> tuple[str, str | None]:
        self.asked.append(payout.payout_id)
        answer = self.answers.pop(0) if self.answers else "paid"
        if answer == "paid":
            self.paid[payout.payout_id] = payout.amount
        return answer, f"ref {payout.payout_id}" if answer == "paid" else None


@dataclass
class Teller:
    """Amounts are 元 as text; days are of 2024 as (month, day) or dates."""

    platform: Platform
    line: str
    bank: Bank
    keys: Any

    def draw(self, amount: str, on: tuple[int, int] | date, key: str | None = None) -> Drawn:
        key = key or f"draw {next(self.keys)}"
        return draw(
            books=self.platform, by=self.platform.actor, key=key, line=self.line, amount=fen(amount), on=day(on)
        )

    def repay(self, amount: str, on: tuple[int, int] | date, key: str | None = None) -> Repaid:
        key = key or f"repay {next(self.keys)}"
        return repay(
            books=self.platform, by=self.platform.actor, key=key, line=self.line, amount=fen(amount), on=day(on)
        )

    def close(self, until: tuple[int, int] | date) -> None:
        close_days(books=self.platform, by=self.platform.actor, since=FIRST, until=day(until))

    def head(self, on: tuple[int, int] | date) -> dict[str, Any]:
        return statement(books=self.platform, by=self.platform.actor, line=self.line, on=day(on)).head

    def rows(self, on: tuple[int, int] | date) -> list[tuple[str, str, str, str]]:
        """(date, kind, principal, interest) of the statement."""
        found = statement(books=self.platform, by=self.platform.actor, line=self.line, on=day(on)).rows
        return [(row["date"], row["kind"], row["principal"], row["interest"]) for row in found]

    def sound(self) -> bool:
        return not [finding for finding in examine(books=self.platform, by=self.platform.actor) if finding.wrong]


def day(on: tuple[int, int] | date) -> date:
    return on if isinstance(on, date) else date(2024, *on)


@pytest.fixture
def teller(platform: Platform, good_firm: str) -> Teller:
    """A teller of a line of 1,000,000 at 5.35 %, open 2024-03-01, due the 21st; 360,000 cost 53.50 a day (Act/360)."""
    bank, by = Bank(), platform.actor
    decided = decide(books=platform, by=by, product="tax_credit", parties=[good_firm], as_of=FIRST)[0]
    offer = Offer(decided.decision_id, 100_000_000, Decimal("0.0535"))
    line = accept(books=platform, by=by, key="accept", offer=offer, on=FIRST).line
    return Teller(replace(platform, payments=bank), line, bank, count())
