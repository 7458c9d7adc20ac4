"""Days: periods are half-open (算头不算尾), months keep their day where they can, business days are a calendar's.

`none` knows no holidays, `weekends` closes Saturdays and Sundays, `china` follows the holiday notices of 国务院办公厅:
holidays close weekdays and make-up workdays open weekends. A notice covers one calendar year and comes out late in the
year before, so that a loan usually outlives what is known. Outside the known years `china` is `weekends`, and `alarm`
says so for whoever shows the dates.
"""

from calendar import monthrange
from collections.abc import Container, Iterator
from datetime import date, timedelta
from functools import cache

EARLIEST = date(1990, 1, 1)  # before tax-control invoices existed; an earlier date in a record is a mistake
DAY = timedelta(days=1)
CALENDARS = ("none", "weekends", "china")


def add_months(start: date, months: int, day: int | None = None) -> date:
    """The date `months` later on `day` of the month (default: the start's own), or that month's last day."""
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    wanted = day or start.day
    return date(year, month + 1, wanted if wanted <= 28 else min(wanted, monthrange(year, month + 1)[1]))


def monthly(after: date, until: date, day: int) -> Iterator[date]:
    """The dates on `day` of each month with after < date <= until."""
    months = 0
    while (due := add_months(after.replace(day=1), months, day)) <= until:
        if due > after:
            yield due
        months += 1


def days(first: date, last: date) -> Iterator[date]:
    """Every day of the closed range first..last."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


@cache
def _china() -> tuple[Container[date], Container[date], date, date]:
    """Holidays, make-up workdays, and the first and last day of the years that notices cover."""
    from chinese_calendar import holidays, workdays  # noqa: PLC0415 - a twentieth of a second that few commands need

    return holidays, workdays, date(min(holidays).year, 1, 1), date(max(holidays).year, 12, 31)


def is_business_day(calendar: str, day: date) -> bool:
    """ValueError where there is no such calendar."""
    if calendar not in CALENDARS:
        raise ValueError(f"no calendar {calendar!r}; one of {', '.join(CALENDARS)}")
    if calendar == "none":
        return True
    if calendar == "china":
        holidays, workdays, _, _ = _china()
        if day in holidays or day in workdays:
            return day in workdays
    return day.weekday() < 5


def business_day(calendar: str, day: date) -> date:
    """`day` itself or the next business day after it."""
    while not is_business_day(calendar, day):
        day += DAY
    return day


def known_days(calendar: str) -> tuple[date, date] | None:
    """First and last day whose holidays the calendar knows; None where it needs no notice."""
    return _china()[2:] if calendar == "china" else None


def alarm(calendar: str, first: date, last: date) -> str | None:
    """What a person must be told before relying on dates of first..last, or None where the calendar knows them all."""
    known = known_days(calendar)
    if known is None or (known[0] <= first and last <= known[1]):
        return None
    return (
        f"the holidays of China are known from {known[0]} to {known[1]}; outside those years only weekends move a due "
        "date: compute again when the next notice is out"
    )
