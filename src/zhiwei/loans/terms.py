"""The terms of one loan: what was agreed when it was drawn, and its due dates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhiwei.values import add_months, half_up, monthly


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """A revolving draw (随借随还): interest by the day, billed each month on `due_day`, principal at maturity.

    `annual_rate` is per year; a day costs annual_rate / day_basis (360 or 365) of the balance.
    `due_day` 0 means interest is billed only at repayment and maturity (利随本清).
    """

    principal: int
    annual_rate: Decimal
    day_basis: int
    drawn_on: date
    matures_on: date
    due_day: int

    def __post_init__(self) -> None:
        if self.principal <= 0 or self.matures_on <= self.drawn_on:
            raise ValueError("a loan has a positive principal and matures after it is drawn")
        if self.day_basis not in (360, 365) or not 0 <= self.due_day <= 31 or self.annual_rate < 0:
            raise ValueError("day_basis is 360 or 365, due_day 0 to 31, the rate not negative")

    def due_dates(self, after: date, until: date) -> Iterator[date]:
        """Dates in (after, until] on which interest falls due: each due day, and maturity itself."""
        dates = set(monthly(after, until, self.due_day)) if self.due_day else set()
        if after < self.matures_on <= until:
            dates.add(self.matures_on)
        return iter(sorted(day for day in dates if day > self.drawn_on))

    def next_due(self, after: date) -> date:
        """The first due date after the given day; past maturity without a due day, the day itself counts."""
        dues = [self.matures_on] if after < self.matures_on else []
        if self.due_day:
            start = max(after, self.drawn_on)
            dues.append(next(monthly(start, add_months(start, 2), self.due_day)))
        return min(dues, default=after)

    def interest(self, balance_days: int) -> int:
        """Interest on 积数 (minor units x days), rounded once, half up, to the 分."""
        numerator, denominator = self.annual_rate.as_integer_ratio()
        return half_up(balance_days * numerator, denominator * self.day_basis)
