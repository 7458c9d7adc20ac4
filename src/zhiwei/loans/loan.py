"""A loan's state is a pure function of its terms and its ordered payments: replaying them is the only arithmetic.

Interest is exact by balance-days: 积数 = Σ balance x days is an integer, and money is rounded once, when interest is
billed: on a due date or when a payment arrives. A bill keeps its due date until it is paid; days past due count from
the oldest unpaid one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from zhiwei.loans.terms import LoanTerms
from zhiwei.loans.waterfall import allocate
from zhiwei.values import Breach

CASH = "cash"
CREDIT = "credit"  # paid from the borrower's own earlier overpayment


@dataclass(frozen=True, slots=True)
class Payment:
    """Money towards one loan; what exceeds its pay-off never reaches the loan (see `journeys.repay`)."""

    value_date: date
    amount: int
    source: str = CASH


@dataclass(frozen=True, slots=True)
class Movement:
    """What happened in money, in order; each becomes one journal entry."""

    kind: str  # drawn | billed | repaid
    value_date: date
    principal: int = 0
    interest: int = 0
    source: str = CASH


@dataclass(slots=True)
class LoanState:
    """State at the end of `as_of`. `bills` maps due date -> unpaid interest; `balance_days` is not yet billed."""

    terms: LoanTerms
    as_of: date
    principal: int
    balance_days: int = 0
    bills: dict[date, int] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)

    @property
    def accrued(self) -> int:
        """Interest earned since the last bill, as it would be billed today."""
        return self.terms.interest(self.balance_days)

    @property
    def interest_billed(self) -> int:
        return sum(self.bills.values())

    @property
    def payoff(self) -> int:
        """What settles the loan today: principal, unpaid bills and interest to date."""
        return self.principal + self.interest_billed + self.accrued

    def due(self, on: date) -> int:
        """What is payable by the end of `on`: bills due; once matured, everything."""
        if self.terms.matures_on <= on:
            return self.payoff
        return sum(amount for due_on, amount in self.bills.items() if due_on <= on)

    def oldest_due(self) -> date | None:
        """Due date of the oldest unpaid amount that has fallen due, if any."""
        dates = [due_on for due_on in self.bills if due_on <= self.as_of]
        if self.principal and self.terms.matures_on <= self.as_of:
            dates.append(self.terms.matures_on)
        return min(dates, default=None)

    def days_past_due(self) -> int:
        """0 on the due date itself; 1 on the next day."""
        oldest = self.oldest_due()
        return (self.as_of - oldest).days if oldest else 0


def replay(terms: LoanTerms, payments: Iterable[Payment], as_of: date) -> LoanState:
    """The state at the end of `as_of`. Payments must be in order of value date; later ones are not seen."""
    state = LoanState(terms, terms.drawn_on, terms.principal)
    state.movements.append(Movement("drawn", terms.drawn_on, principal=terms.principal))
    for payment in payments:
        if payment.value_date > as_of:
            break
        if payment.value_date < state.as_of:
            raise Breach(f"payments out of order: {payment.value_date} after {state.as_of}")
        _advance(state, payment.value_date)
        _pay(state, payment)
    _advance(state, as_of)
    return state


def _advance(state: LoanState, to: date) -> None:
    """Let days pass: accrue, and bill on every due date on the way."""
    if not state.principal:
        state.as_of = max(state.as_of, to)
        return
    for due_on in state.terms.due_dates(state.as_of, to):
        _accrue(state, due_on)
        _bill(state, due_on)
    _accrue(state, to)


def _accrue(state: LoanState, to: date) -> None:
    if to > state.as_of:
        state.balance_days += state.principal * (to - state.as_of).days
        state.as_of = to


def _bill(state: LoanState, due_on: date) -> None:
    """Round what has accrued into a bill; a bill of nothing (all below half a 分) leaves the balance-days waiting."""
    if interest := state.accrued:
        state.bills[due_on] = state.bills.get(due_on, 0) + interest
        state.movements.append(Movement("billed", state.as_of, interest=interest))
        state.balance_days = 0


def _pay(state: LoanState, payment: Payment) -> None:
    # Interest asked for before its due date stays payable on that date: an early payer is never made late.
    _bill(state, state.terms.next_due(state.as_of))
    if payment.amount <= 0 or payment.amount > state.principal + state.interest_billed:
        raise Breach(f"a payment of {payment.amount} does not fit a loan that owes {state.payoff}")
    interest, principal = allocate(payment.amount, (state.interest_billed, state.principal))
    left = interest
    for due_on in sorted(state.bills):
        paid = min(left, state.bills[due_on])
        left -= paid
        state.bills[due_on] -= paid
        if not state.bills[due_on]:
            del state.bills[due_on]
    state.principal -= principal
    if not state.principal:
        state.balance_days = 0  # less than half a 分 remained; it is forgiven, not carried into a closed loan
    state.movements.append(Movement("repaid", state.as_of, principal, interest, payment.source))
