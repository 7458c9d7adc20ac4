"""Finance lease (融资租赁): a down payment, level rents, a residual; and is the thing still worth the debt? (TV 5.7)"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from zhiwei.loans.instruments.policy import policy
from zhiwei.loans.schedule import Row, plan
from zhiwei.loans.terms import Interest, Repayment
from zhiwei.values import half_up, quantized

YEAR = 12


@dataclass(frozen=True, slots=True)
class Lease:
    """A thing bought for `price` 分; the lessee pays `down` at once, `months` rents, and `residual` with the last."""

    price: int
    down: int
    months: int
    starts_on: date
    interest: Interest
    residual: int = 0
    first_due: date | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.down < self.price or self.months <= 0 or not 0 <= self.residual <= self.financed:
            raise ValueError("a lease finances what the down payment leaves of a price; the residual is part of it")

    @property
    def financed(self) -> int:
        return self.price - self.down


def lease_plan(lease: Lease) -> tuple[Row, ...]:
    """The rents; the residual is principal of the last row."""
    method = "balloon" if lease.residual else "annuity"
    repayment = Repayment(method, lease.months, first_due=lease.first_due, balloon=lease.residual)
    return plan(lease.financed, lease.starts_on, repayment, lease.interest)


def usual_worth(price: int, months: int, on: date) -> int:
    """lease_worth by the residuals in force on a day."""
    return lease_worth(price, months, policy("lease.first_year", on), policy("lease.yearly", on))


def lease_worth(price: int, months: int, first_year: Decimal, yearly: Decimal) -> int:
    """分 that a thing of `price` new is worth after `months`: `first_year` of it after one, `yearly` less each later.

    Straight lines in between, never below nothing.
    """
    if months < 0 or not 0 <= first_year <= 1 or not 0 <= yearly <= 1:
        raise ValueError("residuals are shares of the price, after 0 or more months")
    lost = (1 - Fraction(first_year)) * min(months, YEAR) + Fraction(yearly) * max(months - YEAR, 0)
    worth = price * max(1 - lost / YEAR, Fraction(0))
    return half_up(worth.numerator, worth.denominator)


@dataclass(frozen=True, slots=True)
class LeaseTest:
    """What is owed against what the thing is worth, in 分; `ltv` at four places, None where it is worth nothing."""

    balance: int
    worth: int
    ltv: Decimal | None

    @property
    def uncovered(self) -> int:
        """What selling the thing would leave unpaid."""
        return max(0, self.balance - self.worth)


def lease_test(balance: int, worth: int) -> LeaseTest:
    """The exposure test of a month."""
    return LeaseTest(balance, worth, quantized(Decimal(balance) / worth, "0.0001") if worth else None)
