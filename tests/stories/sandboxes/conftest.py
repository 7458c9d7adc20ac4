"""A sandbox that tenant `local` made, and a partner in it."""

from dataclasses import dataclass, field
from datetime import date

import pytest

from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.journeys import Offer, accept, decide, draw, portfolio
from zhiwei.journeys.ports import StoredDecision
from zhiwei.journeys.sandboxes import ClockMoved, NewSandbox, SandboxMade, make_sandbox, move_clock
from zhiwei.loans import Line, LoanState
from zhiwei.values import Actor


@dataclass
class Inside:
    """A partner in a sandbox, who does one thing after the other."""

    tenants: Tenancy
    made: SandboxMade
    by: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.by = Actor(self.made.sandbox, self.made.client, "client")

    @property
    def books(self) -> Platform:
        return self.tenants.of(self.made.sandbox)

    def decide(self, party: str) -> StoredDecision:
        books = self.books
        [one] = decide(books=books, by=self.by, product="tax_credit", parties=[party], as_of=books.today())
        return one

    def lend(self, party: str, amount: int) -> str:
        """-> the line"""
        books, offer = self.books, Offer(self.decide(party).decision_id)
        line = accept(books=books, by=self.by, key=f"accept {party}", offer=offer, on=books.today()).line
        draw(books=books, by=self.by, key=f"draw {party}", line=line, amount=amount, on=books.today())
        return line

    def until(self, day: str) -> ClockMoved:
        return move_clock(books=self.books, by=self.by, grounds=self.tenants, to=date.fromisoformat(day))

    def of(self, line: str) -> tuple[Line, LoanState]:
        books = self.books
        [(found, [(_, state)])] = [
            (one, loans)
            for one, _, loans in portfolio(books=books, by=self.by, on=books.today())
            if one.line_id == line
        ]
        return found, state


@pytest.fixture
def tenants(platform: Platform) -> Tenancy:
    return Tenancy(platform)


@pytest.fixture
def inside(platform: Platform, tenants: Tenancy) -> Inside:
    wanted = NewSandbox("shop", ("draws:write",))
    return Inside(tenants, make_sandbox(books=platform, by=platform.actor, key="1", grounds=tenants, wanted=wanted))
