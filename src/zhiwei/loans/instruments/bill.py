"""Discount of a bill (票据贴现): bought today for its face less the interest to maturity (TV 5.14, 5.15).

Interest = face x rate x days / 360, from the day of discount (counted) to maturity (not counted), maturity moved to
the next business day; electronic bills know no extra days for another town. The interest is income day by day.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from zhiwei.loans.instruments.policy import policy
from zhiwei.values import Refusal, Rounding, add_months, business_day

PAPER, ELECTRONIC = "paper", "electronic"


@dataclass(frozen=True, slots=True)
class Bill:
    """A commercial bill of `face` 分, drawn and maturing on nominal days; `calendar` moves the day it is paid."""

    face: int
    drawn_on: date
    matures_on: date
    form: str = ELECTRONIC
    calendar: str = "china"

    def __post_init__(self) -> None:
        if self.face <= 0 or self.matures_on <= self.drawn_on or self.form not in (PAPER, ELECTRONIC):
            raise ValueError("a bill has a face, matures after it is drawn, and is paper or electronic")

    @property
    def paid_on(self) -> date:
        return business_day(self.calendar, self.matures_on)

    def check_tenor(self) -> None:
        """Refusal tenor_too_long for a bill that runs longer than bills of its day may."""
        months = tenor_months(self.form, self.drawn_on)
        if self.matures_on > add_months(self.drawn_on, months):
            raise Refusal(
                "tenor_too_long", f"a bill drawn on {self.drawn_on} runs for {months} months at most",
                hint=f"it matures on {self.matures_on}",
            )  # fmt: skip


def tenor_months(form: str, drawn_on: date) -> int:
    """How long a bill drawn on a day may run."""
    return int(policy(f"bill.{form}_months", drawn_on))


@dataclass(frozen=True, slots=True)
class Discount:
    """A bill bought on a day at a yearly `rate`; all amounts are functions of the day, in 分."""

    bill: Bill
    on: date
    rate: Decimal
    day_basis: int = 360
    rounding: Rounding = Rounding.HALF_UP

    def __post_init__(self) -> None:
        if not self.bill.drawn_on <= self.on < self.bill.paid_on:
            raise ValueError("a bill is discounted after it is drawn and before it is paid")
        if not 0 <= self.rate <= 1 or self.day_basis not in (360, 365) or self.net <= 0:
            raise ValueError("a discount has a yearly rate between 0 and 1 on 360 or 365 days, and leaves something")

    @property
    def days(self) -> int:
        return (self.bill.paid_on - self.on).days

    @property
    def interest(self) -> int:
        exact = self.bill.face * Fraction(self.rate) * self.days / self.day_basis
        return self.rounding.divide(exact.numerator, exact.denominator)

    @property
    def net(self) -> int:
        """What the seller gets."""
        return self.bill.face - self.interest

    def earned(self, until: date) -> int:
        """Interest earned from the discount to a day: rounded as a whole, so that days add up to the interest."""
        elapsed = min(max((until - self.on).days, 0), self.days)
        return self.rounding.divide(self.interest * elapsed, self.days)

    def unearned(self, until: date) -> int:
        """What is still a liability (递延收益) on a day."""
        return self.interest - self.earned(until)
