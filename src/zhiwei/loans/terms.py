"""The terms of one loan: what was agreed when it was drawn. All of it is data; nothing here computes money."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from zhiwei.loans.waterfall import LEGAL, Allocation
from zhiwei.values import CALENDARS, DayCount, Rounding, add_months

METHODS = ("annuity", "equal-principal", "interest-only", "bullet", "revolving", "seasonal", "balloon")
MOST_PERIODS = 1200
RATE_SCALE = 10**8  # numerators of interest carry rates as whole hundred-millionths of a year


class Unit(StrEnum):
    DAY = "d"
    WEEK = "w"
    MONTH = "m"


@dataclass(frozen=True, slots=True)
class Every:
    """A frequency: every `count` days, weeks or months; written 1m, 2w, 30d."""

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> "Every":
        """ValueError where the text is no frequency."""
        number, unit = text[:-1], text[-1:]
        if not number.isascii() or not number.isdigit() or not 0 < int(number) <= 3660 or unit not in list(Unit):
            raise ValueError(f"not a frequency: {text!r}; write a number and d, w or m, such as 1m, 2w or 30d")
        return cls(int(number), Unit(unit))

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    def after(self, start: date, times: int, day: int = 0) -> date:
        """The date `times` periods after `start`; months keep `day` (0: the start's own) or end with the month."""
        if self.unit is Unit.MONTH:
            return add_months(start, self.count * times, day or start.day)
        return start + timedelta(days=self.count * times * (7 if self.unit is Unit.WEEK else 1))


MONTHLY = Every(1, Unit.MONTH)


@dataclass(frozen=True, slots=True)
class Repayment:
    """How principal and interest come back.

    `periods` counts rows of the plan (0 for revolving: as many as fit before maturity; a bullet has one row after that
    many periods, or on `first_due`); `due_day` 0 keeps the day of `first_due` or of the start (a revolving loan without
    either pays interest at maturity); `grace` is a number of first periods in which only interest falls due; `balloon`
    is principal (分) left to the last row; `seasons` are (due date, share of principal), shares adding to 1.
    """

    method: str
    periods: int = 1
    every: Every = MONTHLY
    first_due: date | None = None
    due_day: int = 0
    grace: int = 0
    balloon: int = 0
    seasons: tuple[tuple[date, Decimal], ...] = ()

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"no method {self.method!r}; one of {', '.join(METHODS)}")
        if not 0 <= self.periods <= MOST_PERIODS or (self.periods == 0) != (self.method == "revolving"):
            raise ValueError(f"a plan has 1 to {MOST_PERIODS} periods; revolving has none")
        if not 0 <= self.due_day <= 31 or not 0 <= self.grace < max(self.periods, 1) or self.balloon < 0:
            raise ValueError("due_day is 0 to 31; grace is shorter than the plan; a balloon is not negative")
        if self.grace and self.method not in ("annuity", "equal-principal", "balloon"):
            raise ValueError(f"grace puts principal off; {self.method} has no instalments of principal to put off")
        if (self.method == "seasonal") != bool(self.seasons) or (self.method == "balloon") != bool(self.balloon):
            raise ValueError("a seasonal plan has seasons, a balloon plan a balloon, and no other has")
        if self.seasons and (
            sum(share for _, share in self.seasons) != 1
            or len(self.seasons) != self.periods
            or sorted({day for day, _ in self.seasons}) != [day for day, _ in self.seasons]
            or min(share for _, share in self.seasons) < 0
        ):
            raise ValueError("seasons are rising dates, as many as periods, with shares of 0 or more that add to 1")


@dataclass(frozen=True, slots=True)
class Interest:
    """How interest is counted. `annual_rate` is per year.

    `full_months`: a period of whole months on its nominal dates costs rate x months / 12; anything else, and any day
    inside it, is counted by `day_count`. `calendar` names the holidays by which due dates move to the next business
    day (none, weekends, china); interest runs to the day it moved to.
    """

    annual_rate: Decimal
    day_count: DayCount = DayCount.ACT_360
    full_months: bool = False
    rounding: Rounding = Rounding.HALF_UP
    calendar: str = "none"

    def __post_init__(self) -> None:
        if not 0 <= self.annual_rate <= 1 or self.annual_rate * 10**6 % 1:
            raise ValueError("a yearly rate is between 0 and 1 with at most six places")
        if self.calendar not in CALENDARS:
            raise ValueError(f"no calendar {self.calendar!r}; one of {', '.join(CALENDARS)}")


@dataclass(frozen=True, slots=True)
class Late:
    """What lateness costs: overdue principal earns `penalty` x the contract rate instead of it, from the due date.

    `compound`: unpaid contract interest earns it too (复利; never the penalty itself). Nothing of it is asked for
    what is paid within `grace_days`. `misuse` replaces `penalty` when money went elsewhere: the higher, never both.
    Past `off_balance` days the interest of a loan leaves the balance sheet.
    """

    penalty: Decimal = Decimal(1)
    misuse: Decimal = Decimal(2)
    compound: bool = False
    grace_days: int = 0
    off_balance: int = 90

    def __post_init__(self) -> None:
        if not 1 <= self.penalty <= self.misuse <= 3 or self.penalty * 100 % 1 or self.misuse * 100 % 1:
            raise ValueError("penalty and misuse multiply the rate: 1 <= penalty <= misuse <= 3, two places at most")
        if not 0 <= self.grace_days <= 31 or self.off_balance < 0:
            raise ValueError("grace is 0 to 31 days, off_balance not negative")


@dataclass(frozen=True, slots=True)
class Prepayment:
    """Early repayment of an instalment plan: `fee` of the principal paid early, none after `free_after` rows.

    `then` says what becomes of the plan: smaller payments over the same term, or the same payments and a shorter one.
    """

    fee: Decimal = Decimal(0)
    free_after: int = 0
    then: str = "reduce-payment"

    def __post_init__(self) -> None:
        if not 0 <= self.fee <= Decimal("0.1") or self.then not in ("reduce-payment", "shorten-term"):
            raise ValueError("a prepayment fee is 0 to 10 %; then reduce-payment or shorten-term")


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """One loan: `principal` 分 drawn on a day, how it comes back, what it costs, what lateness costs.

    `matures_on` ends a revolving loan; other methods mature with the last row of their plan. `funded` is cash, or
    renewal where the loan repays an older one (无还本续贷).
    """

    principal: int
    drawn_on: date
    repayment: Repayment
    interest: Interest
    late: Late = field(default_factory=Late)
    prepayment: Prepayment = field(default_factory=Prepayment)
    matures_on: date | None = None
    allocation: Allocation = LEGAL
    funded: str = "cash"

    def __post_init__(self) -> None:
        if self.principal <= 0:
            raise ValueError("a loan has a positive principal")
        if self.principal * int(self.interest.annual_rate * RATE_SCALE) * 3 >= 2**63:
            raise ValueError("principal x rate is out of reason")
        if (self.repayment.method == "revolving") != (self.matures_on is not None):
            raise ValueError("a revolving loan names the day it matures; other plans end with their last row")
        if self.matures_on and self.matures_on <= self.drawn_on:
            raise ValueError("a loan matures after it is drawn")
        if self.repayment.balloon > self.principal:
            raise ValueError("a balloon is part of the principal")


def revolving(principal: int, annual_rate: Decimal, drawn_on: date, matures_on: date, due_day: int = 0) -> LoanTerms:
    """随借随还, Act/360: interest each month on `due_day` (0: with the principal only), principal at maturity."""
    repayment = Repayment("revolving", periods=0, due_day=due_day)
    return LoanTerms(principal, drawn_on, repayment, Interest(annual_rate), matures_on=matures_on)
