"""What classification asks about a loan, its debtor and what became of its contract."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhiwei.credit.monitoring.classes import CLASSES
from zhiwei.values import add_months

SECURITIES = ("credit", "guarantee", "mortgage", "pledge")  # 信用, 保证, 抵押, 质押


@dataclass(frozen=True, slots=True)
class Debtor:
    """A non-retail debtor beyond this loan, in 分: what is bad of all it owes here, and more than 90 days late of all
    it owes anywhere. Retail loans (individuals, cards, 小微) are classified one by one and do not ask.
    """

    owed_here: int = 0
    bad_here: int = 0
    owed_everywhere: int = 0
    over_90_everywhere: int = 0
    bad_elsewhere: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.bad_here <= self.owed_here or not 0 <= self.over_90_everywhere <= self.owed_everywhere:
            raise ValueError("what is bad is part of what is owed")


@dataclass(frozen=True, slots=True)
class Wait:
    """So many months and so many periods, whichever is longer."""

    months: int
    periods: int

    def over(self, start: date, periods: int, on: date) -> bool:
        return periods >= self.periods and on >= add_months(start, self.months)


@dataclass(frozen=True, slots=True)
class Restructuring:
    """A contract changed because its debtor is in difficulty, or refinanced for that; observed from `first_due` on.

    `met` are the due dates since then that were paid in full and in time. `restarts` are days from which observation
    runs anew: a due date missed, an end at which the difficulty was not over. `again`: changed while observed.
    """

    first_due: date
    met: tuple[date, ...] = ()
    restarts: tuple[date, ...] = ()
    recovered: bool = False
    again: bool = False

    def observed(self, wait: Wait, on: date) -> bool:
        """Is observation over: long enough, enough due dates met in it, and the difficulty past?"""
        start = max((self.first_due, *self.restarts))
        return self.recovered and wait.over(start, sum(start <= day <= on for day in self.met), on)


@dataclass(frozen=True, slots=True)
class Cure:
    """Since `since` a bad loan's arrears and costs are paid, and `periods` in a row were paid when due.

    `able`: assessed as able to go on so; `other_impaired`: another asset of the debtor here is credit-impaired.
    """

    since: date
    periods: int
    able: bool = False
    other_impaired: bool = False

    def complete(self, wait: Wait, on: date) -> bool:
        """It lasted, and nothing else stands against an upgrade."""
        return self.able and not self.other_impaired and wait.over(self.since, self.periods, on)


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """A loan on the day it is classified.

    `technical`: overdue for an operational or technical reason alone. `retail`: classified by itself. `refinanced`:
    repaid, or to be, by new borrowing; `qualifying_renewal`: a 续贷 that meets 金规〔2024〕13号. `expected_loss` is the
    share of the book value, asked for once a loan is `impaired`. `before` is the class it had.
    """

    days_past_due: int = 0
    technical: bool = False
    retail: bool = True
    security: str = "credit"
    use_changed: bool = False
    refinanced: bool = False
    qualifying_renewal: bool = False
    evading: bool = False
    unlawful: bool = False
    interest_off_book: bool = False
    rating_cut: bool = False
    impaired: bool = False
    expected_loss: Decimal = Decimal(0)
    bankrupt: bool = False
    debtor: Debtor | None = None
    restructuring: Restructuring | None = None
    before: str = CLASSES[0]
    cure: Cure | None = None

    def __post_init__(self) -> None:
        if self.days_past_due < 0 or not 0 <= self.expected_loss <= 1:
            raise ValueError("days past due are 0 or more, an expected loss is a share of the book value")
        if self.security not in SECURITIES or self.before not in CLASSES:
            raise ValueError(f"security is one of {', '.join(SECURITIES)}; before is one of {', '.join(CLASSES)}")
