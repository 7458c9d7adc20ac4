"""Periods of returns: how they are written, when their returns are due, and how those of one tax fit together."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from zhiwei.values import DAY, EARLIEST, add_months, business_day, is_business_day

Period = tuple[date, date]
"""First and last day."""

_MONTH = re.compile(r"([0-9]{4})[-/.年]?([0-9]{1,2})月?")
_QUARTER = re.compile(r"([0-9]{4})年?(?:-?[Qq]|第)([1-4一二三四])(?:季度|季)?")
_YEAR = re.compile(r"([0-9]{4})(?:年度|年)?")
_BOTH = re.compile(
    r"([0-9]{4})[-/.年]?([0-9]{2})[-/.月]?([0-9]{2})日?(?:至|到|~|-|—|－|,)+([0-9]{4})[-/.年]?([0-9]{2})[-/.月]?([0-9]{2})日?"
)
_WORDS = {"一": 1, "二": 2, "三": 3, "四": 4}


def period_of(written: str) -> Period:
    """`2026-03`, `2026年3月`, `202603`, `2026Q1`, `2026年第1季度`, `2026`, `2026-01-01至2026-03-31`; ValueError."""
    plain = "".join(written.split())
    try:
        found = _period(plain)
    except ValueError:
        found = None
    if found is None or found[0] < EARLIEST or found[1] < found[0]:
        raise ValueError("expected a period such as 2026-03, 2026Q1, 2026 or 2026-01-01至2026-03-31")
    return found


def _period(plain: str) -> Period | None:
    if both := _BOTH.fullmatch(plain):
        numbers = [int(part) for part in both.groups()]
        return date(*numbers[:3]), date(*numbers[3:])
    if quarter := _QUARTER.fullmatch(plain):
        number = _WORDS.get(quarter[2]) or int(quarter[2])
        return _months(int(quarter[1]), 3 * number - 2, 3)
    if year := _YEAR.fullmatch(plain):
        return _months(int(year[1]), 1, 12)
    if month := _MONTH.fullmatch(plain):
        return _months(int(month[1]), int(month[2]), 1)
    return None


def _months(year: int, month: int, many: int) -> Period:
    first = date(year, month, 1)
    return first, add_months(first, many) - DAY


def months_in(period: Period) -> int:
    """1, 3, 6 or 12 for a whole month, quarter, half or year; 0 for anything else."""
    first, last = period
    many = (last.year - first.year) * 12 + last.month - first.month + 1
    whole = first.day == 1 and (last + DAY).day == 1
    return many if whole and many in (1, 3, 6, 12) and (first.month - 1) % many == 0 else 0


def due_on(tax: str, period: Period) -> date | None:
    """Last day to file; None for taxes whose days differ from one to another (property, land, stamps).

    The 15th of the month after the period; yearly returns until 31 May (企业所得税) or 31 March (个人所得税), these two
    from memory. Holidays in between move it: days off of three or more in a row within the term are added (unsure, and
    notices of single months differ). The later of two readings (days, working days) counts, so that late means late.
    """
    if tax == "other" or period[1].year >= date.max.year - 1:
        return None
    if months_in(period) == 12 and tax in ("cit", "iit"):
        return business_day("china", date(period[1].year + 1, 5 if tax == "cit" else 3, 31))
    start = add_months(period[1].replace(day=1), 1)
    last = start.replace(day=15)
    extra = _days_off(start, last)
    by_days = business_day("china", last + extra * DAY)
    by_work = business_day("china", last)
    for _ in range(extra):
        by_work = business_day("china", by_work + DAY)
    return max(by_days, by_work)


def _days_off(first: date, last: date) -> int:
    """Days of the runs of three and more days off that begin by `last`."""
    total, run, day = 0, 0, first
    while day <= last or run:
        if is_business_day("china", day):
            total += run if run >= 3 else 0
            run = 0
        else:
            run += 1
        day += DAY
    return total


def overlaps(periods: Sequence[Period], yearly_apart: bool) -> int:
    """How many periods begin before an earlier one has ended. `yearly_apart`: whole years are returns of their own
    (the settlement of a year beside its quarters) and are compared only among themselves.
    """
    groups = [[one for one in periods if (months_in(one) == 12) is yearly] for yearly in (True, False)]
    found = 0
    for group in groups if yearly_apart else [list(periods)]:
        until = date.min
        for first, last in sorted(group):
            found += first <= until
            until = max(until, last)
    return found


def gaps(periods: Sequence[Period]) -> Iterator[Period]:
    """Days between the first and the last period that are in none."""
    until: date | None = None
    for first, last in sorted(periods):
        if until is not None and first > until + DAY:
            yield until + DAY, first - DAY
        until = last if until is None else max(until, last)
