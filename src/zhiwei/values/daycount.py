"""Day counts: how many of a year's parts lie between two dates, as whole numbers over one denominator.

Sources: ISDA 2006 definitions 4.16 (b), (d), (e), (g); 30/360 is the American rule, whose months may end in February,
which (f) lacks; Act/360 for Chinese loans by 银发〔2005〕129号.
"""

from calendar import isleap
from datetime import date
from enum import StrEnum


class DayCount(StrEnum):
    """The year between two dates is `parts(first, last) / denominator`, exactly; the last day does not count."""

    ACT_360 = "act/360"
    ACT_365 = "act/365f"
    THIRTY_US = "30/360"
    THIRTY_EU = "30e/360"
    ACT_ACT = "act/act"

    @property
    def denominator(self) -> int:
        return _DENOMINATOR[self]

    def parts(self, first: date, last: date) -> int:
        """Parts of a year in [first, last); additive for the Act conventions, not always for the 30/360 ones."""
        if self is DayCount.ACT_360 or self is DayCount.ACT_365:
            return last.toordinal() - first.toordinal()
        if self is DayCount.ACT_ACT:
            return _act_act(first, last)
        return _thirty(first, last, us=self is DayCount.THIRTY_US)


_DENOMINATOR = {
    DayCount.ACT_360: 360, DayCount.ACT_365: 365, DayCount.THIRTY_US: 360, DayCount.THIRTY_EU: 360,
    DayCount.ACT_ACT: 365 * 366,
}  # fmt: skip


def _act_act(first: date, last: date) -> int:
    """Days in leap years weigh 365, days in other years 366, over 365 x 366."""
    if last < first:
        return -_act_act(last, first)
    parts, start = 0, first
    while start < last:
        stop = min(last, date(start.year + 1, 1, 1))
        parts += (stop - start).days * (365 if isleap(start.year) else 366)
        start = stop
    return parts


def _thirty(first: date, last: date, *, us: bool) -> int:
    d1, d2 = first.day, last.day
    if us:
        if _ends_february(first):
            d2 = 30 if _ends_february(last) else d2
            d1 = 30
        if d2 == 31 and d1 >= 30:
            d2 = 30
        d1 = min(d1, 30)
    else:
        d1, d2 = min(d1, 30), min(d2, 30)
    return 360 * (last.year - first.year) + 30 * (last.month - first.month) + d2 - d1


def _ends_february(day: date) -> bool:
    return day.month == 2 and day.day == (29 if isleap(day.year) else 28)
