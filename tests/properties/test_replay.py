"""Replay against an oracle of its own: a loan lived one day at a time in exact fractions, without `zhiwei.loans`."""

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.funding import Funder, Programme
from zhiwei.funding.postings import share_entries
from zhiwei.loans import LoanState, LoanTerms, Payment, replay
from zhiwei.loans.postings import Accounts, drafts
from zhiwei.values import split

ACCOUNTS = Accounts("cash", "loan_principal", "interest_receivable", "interest_income", "customer_credit")
DAY = timedelta(days=1)


@dataclass
class Oracle:
    """A loan that knows only today."""

    terms: LoanTerms
    today: date = date.min
    principal: int = 0
    pending: Fraction = Fraction(0)  # earned since the last bill, in 分, exactly
    bills: dict[date, int] = field(default_factory=dict)
    billed: int = 0
    repaid: int = 0
    paid_interest: int = 0

    def __post_init__(self) -> None:
        self.today, self.principal = self.terms.drawn_on, self.terms.principal

    def is_due(self, day: date) -> bool:
        due_day = self.terms.due_day
        last = monthrange(day.year, day.month)[1]
        return day == self.terms.matures_on or (due_day > 0 and day.day == min(due_day, last))

    def rounded(self) -> int:
        return floor(self.pending + Fraction(1, 2))

    def sleep(self) -> None:
        """One night: the balance earns a day's interest; in the morning a due date sends its bill."""
        self.today += DAY
        self.pending += self.principal * Fraction(self.terms.annual_rate) / self.terms.day_basis
        if self.is_due(self.today):
            self.bill(self.today)

    def bill(self, due_on: date) -> None:
        if self.principal and (amount := self.rounded()):
            self.bills[due_on] = self.bills.get(due_on, 0) + amount
            self.billed += amount
            self.pending = Fraction(0)

    def next_due(self) -> date:
        if not self.terms.due_day and self.today >= self.terms.matures_on:
            return self.today
        day = self.today + DAY
        while not self.is_due(day):
            day += DAY
        return day

    @property
    def payoff(self) -> int:
        return self.principal + sum(self.bills.values()) + self.rounded()

    def pay(self, amount: int) -> None:
        self.bill(self.next_due())
        for due_on in sorted(self.bills):
            part = min(amount, self.bills[due_on])
            amount -= part
            self.paid_interest += part
            self.bills[due_on] -= part
        self.bills = {due_on: left for due_on, left in self.bills.items() if left}
        self.principal -= amount
        self.repaid += amount
        if not self.principal:
            self.pending = Fraction(0)

    def late(self) -> int:
        dates = [due_on for due_on in self.bills if due_on <= self.today]
        if self.principal and self.terms.matures_on <= self.today:
            dates.append(self.terms.matures_on)
        return (self.today - min(dates)).days if dates else 0


@dataclass
class Life:
    """A loan's terms, the payments of its life, and the oracle of every evening."""

    terms: LoanTerms
    payments: list[Payment]
    evenings: list[tuple[int, int, int, int, int, int, int]]
    visits: list[date]


def evening(loan: Oracle) -> tuple[int, int, int, int, int, int, int]:
    unpaid = sum(loan.bills.values())
    return (loan.principal, unpaid, loan.rounded(), loan.late(), loan.billed, loan.repaid, loan.paid_interest)


def seen(state: LoanState) -> tuple[int, int, int, int, int, int, int]:
    total: defaultdict[tuple[str, str], int] = defaultdict(int)
    for move in state.movements:
        total[move.kind, "principal"] += move.principal
        total[move.kind, "interest"] += move.interest
    return (
        state.principal, state.interest_billed, state.accrued, state.days_past_due(), total["billed", "interest"],
        total["repaid", "principal"], total["repaid", "interest"],
    )  # fmt: skip


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Terms on awkward dates, and payments of any share of the payoff, some of them two a day."""
    drawn_on = draw(
        st.sampled_from([date(2024, 2, 28), date(2024, 2, 29), date(2023, 12, 31), date(2024, 1, 31), date(2023, 2, 1)])
        | st.dates(date(2019, 1, 1), date(2027, 12, 31))
    )
    terms = LoanTerms(
        draw(st.integers(1, 200) | st.integers(1, 10**9)),
        draw(st.decimals(0, Decimal("0.36"), places=6)),
        draw(st.sampled_from([360, 365])),
        drawn_on,
        drawn_on + timedelta(days=draw(st.integers(1, 200))),
        draw(st.sampled_from([0, 1, 20, 21, 28, 29, 30, 31])),
    )
    loan, life = Oracle(terms), Life(terms, [], [], [])
    for gap, percent in draw(st.lists(st.tuples(st.integers(0, 45), st.integers(1, 100)), max_size=9)):
        for _ in range(gap):
            life.evenings.append(evening(loan))
            loan.sleep()
        amount = max(1, loan.payoff * percent // 100)
        if loan.payoff:
            loan.pay(amount)
            life.payments.append(Payment(loan.today, amount))
    for _ in range(draw(st.integers(0, 60))):
        life.evenings.append(evening(loan))
        loan.sleep()
    life.evenings.append(evening(loan))
    offsets = draw(st.lists(st.integers(0, len(life.evenings) - 1), max_size=4))
    life.visits = [drawn_on + timedelta(days=offset) for offset in offsets]
    return life


@given(lives())
def test_every_evening_is_what_the_oracle_says(life: Life) -> None:
    """Principal, unpaid bills, accrued interest, days past due, and all that was ever billed and repaid."""
    for offset, expected in enumerate(life.evenings):
        state = replay(life.terms, life.payments, life.terms.drawn_on + timedelta(days=offset))
        assert seen(state) == expected, state.as_of
        assert min(expected) >= 0
        principal, _, _, _, _, repaid, _ = expected
        assert principal + repaid == life.terms.principal


@given(lives())
def test_a_day_seen_earlier_is_the_beginning_of_the_same_story(life: Life) -> None:
    """Movements to a day are a prefix of movements to any later day: what is posted stays as it is posted."""
    last = life.terms.drawn_on + timedelta(days=len(life.evenings) - 1)
    whole = replay(life.terms, life.payments, last).movements
    for day in life.visits:
        part = replay(life.terms, life.payments, day).movements
        assert whole[: len(part)] == part


@given(lives())
def test_paying_the_payoff_leaves_exactly_nothing(life: Life) -> None:
    last = life.terms.drawn_on + timedelta(days=len(life.evenings) - 1)
    owed = replay(life.terms, life.payments, last).payoff
    final = [*life.payments, Payment(last, owed)] if owed else life.payments
    for later in (0, 1, 400):
        state = replay(life.terms, final, last + timedelta(days=later))
        assert (state.payoff, state.principal, state.bills, state.accrued, state.days_past_due()) == (0, 0, {}, 0, 0)


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    cuts = sorted(draw(st.lists(st.integers(1, 99), min_size=0, max_size=3, unique=True)))
    shares = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    return Programme(tuple(Funder(f"f{n}", "F", "bank", Decimal(share) / 100) for n, share in enumerate(shares)))


@given(lives(), programmes())
@settings(max_examples=60)
def test_every_funder_balances_and_holds_its_share_after_every_entry(life: Life, programme: Programme) -> None:
    """Each entry is zero for each funder; a funder's principal is always its split of the balance; all ends at zero."""
    last = life.terms.drawn_on + timedelta(days=len(life.evenings) - 1)
    state = replay(life.terms, life.payments, last)
    balances: defaultdict[tuple[str, str], int] = defaultdict(int)
    for entry in share_entries(drafts("line", "loan", state.movements, ACCOUNTS), programme):
        change: defaultdict[str, int] = defaultdict(int)
        for posting in entry.postings:
            change[posting.funder] += posting.amount
            balances[posting.account, posting.funder] += posting.amount
        assert not any(change.values())
        for account in ("loan_principal", "interest_receivable"):
            parts = [balances[account, funder.funder_id] for funder in programme.funders]
            assert parts == split(sum(parts), programme.shares)
    assert sum(balances["loan_principal", f.funder_id] for f in programme.funders) == state.principal
    assert sum(balances["interest_receivable", f.funder_id] for f in programme.funders) == state.interest_billed
