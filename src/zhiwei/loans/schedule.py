"""The plan of a loan: when what falls due, from its terms alone. Exact integers, each amount rounded once.

Three rules hold for every method (docs/decisions/0011-schedules.md). The principal of the rows adds up to the amount
lent, because the last row takes what rounding left. The level payment is solved exactly over the nominal dates, so
that a holiday notice never changes it. Interest runs between the dates on which money really falls due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import gcd, lcm
from typing import NamedTuple

from zhiwei.loans.terms import MOST_PERIODS, RATE_SCALE, Interest, Repayment, Unit
from zhiwei.values import DAY, add_months, business_day

LEVEL = ("annuity", "balloon")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a plan; money in 分, `balance` is the principal left after it.

    `full`: its interest was counted in whole months (rate x months / 12), not by days.
    """

    n: int
    starts_on: date
    due_on: date
    principal: int
    interest: int
    balance: int
    full: bool
    fee: int = 0

    @property
    def payment(self) -> int:
        return self.principal + self.interest + self.fee


class _Period(NamedTuple):
    """A stretch between due dates; `nominal` and `actual` are its parts of a year before and after holidays."""

    starts_on: date
    due_on: date
    full: bool
    nominal: int
    actual: int


def plan(
    principal: int, start: date, repayment: Repayment, interest: Interest, matures_on: date | None = None
) -> tuple[Row, ...]:
    """The rows that repay `principal` 分 lent on `start`.

    It may also be called in mid-life: for the balance at the start of the current period, with the periods left and
    `first_due` the next due date, moved by a holiday or not, provided `due_day` still says the day of the month.
    ValueError where the dates make no plan.
    """
    if principal < 0:
        raise ValueError("a plan repays a principal that is not negative")
    if (matures_on is None) == (repayment.method == "revolving"):
        raise ValueError("a revolving plan ends on the day it matures, any other with its last row")
    parts = lcm(12, interest.day_count.denominator)
    try:
        periods = _periods(start, _nominal_dates(start, repayment, interest, matures_on), repayment, interest)
    except OverflowError:
        raise ValueError("the plan runs past the year 9999") from None
    rate, whole = int(interest.annual_rate * RATE_SCALE), RATE_SCALE * parts
    grace, level, shares = _principals(principal, repayment, interest, [rate * p.nominal for p in periods], whole)

    rows: list[Row] = []
    balance, last, divide = principal, len(periods), interest.rounding.divide
    for n, (starts_on, due_on, full, _, years) in enumerate(periods, 1):
        due = divide(balance * rate * years, whole)
        part = level - due if level is not None else shares[n - 1]
        part = balance if n == last else 0 if n <= grace else min(max(part, 0), balance)
        balance -= part
        rows.append(Row(n, starts_on, due_on, part, due, balance, full))
    return tuple(rows)


def instalment(principal: int, steps: Sequence[int], whole: int, balloon: int = 0) -> tuple[int, int]:
    """The level payment that repays `principal` and leaves `balloon`, exactly, as numerator and denominator.

    Row k costs steps[k] / whole of the balance. Discounting everything to the start,
    payment = (principal - balloon x v_n) / (v_1 + ... + v_n) with v_k = product of whole / (whole + step) up to k.
    """
    common = gcd(whole, *steps)
    whole //= common
    if steps and steps[0] and steps.count(steps[0]) == len(steps):  # the same sum in closed form
        step = steps[0] // common
        grown, power = (whole + step) ** len(steps), whole ** len(steps)
        return (principal * grown - balloon * power) * step, (grown - power) * whole
    grown, discounted, power = 1, 0, 1
    for step in steps:
        growth = whole + step // common
        power *= whole
        grown *= growth
        discounted = discounted * growth + power
    return principal * grown - balloon * power, discounted


def _principals(
    principal: int, repayment: Repayment, interest: Interest, steps: list[int], whole: int
) -> tuple[int, int | None, list[int]]:
    """Rows of interest alone at the head, then either the level payment or each row's principal."""
    divide, grace, rows = interest.rounding.divide, repayment.grace, len(steps)
    if repayment.method in LEVEL:
        level = instalment(principal, steps[grace:], whole, repayment.balloon)
        if grace + 1 < rows and level[0] * whole < level[1] * principal * steps[grace]:
            grace += 1  # a first period so long that its interest exceeds the level payment: pay that, level the rest
            level = instalment(principal, steps[grace:], whole, repayment.balloon)
        return grace, divide(*level), []
    if repayment.method == "equal-principal":
        return grace, None, [divide(principal, rows - grace)] * rows
    if repayment.method == "seasonal":
        shares = [share.as_integer_ratio() for _, share in repayment.seasons]
        return 0, None, [divide(principal * top, bottom) for top, bottom in shares]
    return rows, None, [0] * rows


def _nominal_dates(start: date, repayment: Repayment, interest: Interest, matures_on: date | None) -> list[date]:
    """Due dates as agreed, before holidays."""
    every, day = repayment.every, repayment.due_day
    if repayment.method == "seasonal":
        return [due for due, _ in repayment.seasons]
    if repayment.method == "bullet":
        return [_agreed(start, repayment, interest) or every.after(start, repayment.periods, day)]
    if repayment.method != "revolving":
        first = _agreed(start, repayment, interest) or every.after(start, 1, day)
        anchor = day or (repayment.first_due or start).day
        return [first, *(every.after(first, times, anchor) for times in range(1, repayment.periods))]

    assert matures_on is not None  # plan has looked
    settled = _agreed(start, repayment, interest)
    if settled is None and not day:
        return [matures_on]
    first = settled or _next_due_day(start, repayment)
    dates, due = [], first
    while due < matures_on:
        dates.append(due)
        if len(dates) >= MOST_PERIODS:
            raise ValueError(f"a plan has at most {MOST_PERIODS} rows; pay less often or mature earlier")
        due = every.after(first, len(dates), day or first.day)
    return [*dates, matures_on]


def _next_due_day(start: date, repayment: Repayment) -> date:
    """Where interest alone is settled, the first period lasts until the first due day, however near that is."""
    if repayment.every.unit is not Unit.MONTH:
        return repayment.every.after(start, 1)
    due = add_months(start, 0, repayment.due_day)
    return due if due > start else add_months(start, 1, repayment.due_day)


def _agreed(start: date, repayment: Repayment, interest: Interest) -> date | None:
    """`first_due` before holidays: the due day after `start` that moved to it, where one did."""
    first, day = repayment.first_due, repayment.due_day
    if first is None or not day or interest.calendar == "none" or repayment.every.unit is not Unit.MONTH:
        return first
    for months in (0, -1):
        due = add_months(first, months, day)
        if start < due <= first and business_day(interest.calendar, due) == first:
            return due
    return first


def _periods(start: date, dates: list[date], repayment: Repayment, interest: Interest) -> list[_Period]:
    """The stretches between due dates, holidays applied."""
    if dates[0] <= start:
        raise ValueError(f"the first due date, {dates[0]}, is not after the start, {start}")
    count, calendar = interest.day_count.parts, interest.calendar
    parts = lcm(12, interest.day_count.denominator)
    month, unit = parts // 12, parts // interest.day_count.denominator
    whole_months = interest.full_months and repayment.every.unit is Unit.MONTH
    agreed_start = _agreed_start(start, dates[0], repayment, calendar)
    periods = []
    for due in dates:
        moved = due if calendar == "none" else business_day(calendar, due)
        months = _months(agreed_start, due) if whole_months else 0
        nominal = actual = months * month or count(agreed_start, due) * unit
        if moved != due or start != agreed_start:
            days = (count(due, moved) - count(agreed_start, start)) * unit
            actual = nominal + days if months else count(start, moved) * unit
        periods.append(_Period(start, moved, months > 0, nominal, actual))
        start, agreed_start = moved, due
    return periods


def _agreed_start(start: date, first: date, repayment: Repayment, calendar: str) -> date:
    """`start` before holidays: in mid-life it may be the day to which the due date before `first` moved."""
    by_day = repayment.due_day or repayment.every.unit is not Unit.MONTH
    if not by_day or calendar == "none" or business_day(calendar, start - DAY) != start:
        return start
    before = repayment.every.after(first, -1, repayment.due_day or first.day)
    return before if before <= start and business_day(calendar, before) == start else start


def _months(first: date, last: date) -> int:
    """Whole months between two dates, a month's last day standing for the days it lacks; 0 where they are not whole."""
    months = (last.year - first.year) * 12 + last.month - first.month
    if first.day == last.day:
        return months
    return months if add_months(first, months) == last or add_months(last, -months) == first else 0
