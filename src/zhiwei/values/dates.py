"""Dates: periods are half-open (算头不算尾), months keep their day where they can, and nobody here asks the clock."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

EARLIEST = date(1990, 1, 1)  # before tax-control invoices existed; an earlier date in a record is a mistake
DAY = timedelta(days=1)


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
