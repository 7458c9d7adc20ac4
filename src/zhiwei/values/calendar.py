"""Business days: which days a due date may fall on, by a named calendar.

`none` knows no holidays, `weekends` closes Saturdays and Sundays, `china` follows the holiday notices of 国务院办公厅:
holidays close weekdays and make-up workdays open weekends. A notice covers one calendar year and comes out late in the
year before, so that a loan usually outlives what is known. Outside the known years `china` is `weekends`, and `alarm`
says so for whoever shows the dates.
"""

from collections.abc import Container
from datetime import date
from functools import cache

from zhiwei.values.dates import DAY

CALENDARS = ("none", "weekends", "china")


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
