"""Day counts against QuantLib and pyxirr, on pairs of dates around month ends, leap days and year ends."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations

import pytest
import pyxirr
import QuantLib

from zhiwei.values import DayCount, days

THEIRS = {
    DayCount.ACT_360: (QuantLib.Actual360(), pyxirr.DayCount.ACT_360),
    DayCount.ACT_365: (QuantLib.Actual365Fixed(), pyxirr.DayCount.ACT_365F),
    DayCount.THIRTY_US: (QuantLib.Thirty360(QuantLib.Thirty360.USA), pyxirr.DayCount.THIRTY_U_360),
    DayCount.THIRTY_EU: (QuantLib.Thirty360(QuantLib.Thirty360.European), pyxirr.DayCount.THIRTY_E_360),
    DayCount.ACT_ACT: (QuantLib.ActualActual(QuantLib.ActualActual.ISDA), pyxirr.DayCount.ACT_ACT_ISDA),
}
EDGES = [
    *(date(year, month, 1) + timedelta(days=n) for year in (2023, 2024) for month in (1, 2, 3) for n in (-2, -1, 0, 1)),
    *(date(2024, 2, n) for n in (15, 27, 28, 29)),
    date(2021, 8, 31),
    date(2028, 2, 29),
    date(2025, 2, 28),
    date(2026, 5, 30),
]


def _quantlib(day: date) -> QuantLib.Date:
    return QuantLib.Date(day.day, day.month, day.year)


@pytest.mark.parametrize("day_count", DayCount)
def test_a_year_has_the_parts_that_others_count(day_count: DayCount) -> None:
    quantlib, other = THEIRS[day_count]
    for first, last in combinations(sorted(set(EDGES)), 2):
        ours = day_count.parts(first, last) / day_count.denominator
        assert ours == pytest.approx(quantlib.yearFraction(_quantlib(first), _quantlib(last)), abs=1e-12), (first, last)
        assert ours == pytest.approx(pyxirr.year_fraction(first, last, other), abs=1e-12), (first, last)


@pytest.mark.parametrize("day_count", [DayCount.ACT_360, DayCount.ACT_365, DayCount.ACT_ACT])
def test_the_parts_of_a_split_period_add_up(day_count: DayCount) -> None:
    first, last = date(2023, 11, 15), date(2025, 2, 15)
    whole = day_count.parts(first, last)
    assert all(day_count.parts(first, day) + day_count.parts(day, last) == whole for day in days(first, last))


def test_a_leap_year_is_one_year_by_act_act() -> None:
    for year in (2023, 2024):
        count = DayCount.ACT_ACT.parts(date(year, 1, 1), date(year + 1, 1, 1))
        assert Fraction(count, DayCount.ACT_ACT.denominator) == 1
