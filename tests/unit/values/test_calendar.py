"""Business days: the calendar of China against QuantLib's interbank calendar, and what is said where it ends."""

from datetime import date

import pytest
import QuantLib

from zhiwei.values import CALENDARS, alarm, business_day, days, is_business_day, known_days

FIRST, LAST = known_days("china")


def test_every_day_is_what_the_interbank_market_says() -> None:
    """From 2008, when the holidays of today began; QuantLib gives the years before the holidays of after."""
    theirs = QuantLib.China(QuantLib.China.IB)
    differ = [
        day
        for day in days(date(2008, 1, 1), date(2026, 12, 31))
        if theirs.isBusinessDay(QuantLib.Date(day.day, day.month, day.year)) != is_business_day("china", day)
    ]
    assert differ == []


@pytest.mark.parametrize(
    ("calendar", "agreed", "moved"),
    [
        ("china", date(2019, 10, 5), date(2019, 10, 8)),  # the golden week
        ("china", date(2019, 10, 12), date(2019, 10, 12)),  # a Saturday that makes up for it
        ("weekends", date(2019, 10, 12), date(2019, 10, 14)),
        ("weekends", date(2019, 10, 1), date(2019, 10, 1)),
        ("none", date(2019, 10, 5), date(2019, 10, 5)),
        ("china", date(2027, 10, 1), date(2027, 10, 1)),  # a Friday that no notice has closed yet
        ("china", date(2027, 10, 2), date(2027, 10, 4)),
    ],
)
def test_a_due_date_moves_to_the_next_business_day(calendar: str, agreed: date, moved: date) -> None:
    assert business_day(calendar, agreed) == moved


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [(FIRST, LAST, False), (date(2020, 1, 1), date(2100, 1, 1), True), (date(1999, 12, 31), date(2020, 1, 1), True)],
)
def test_who_asks_past_the_notices_is_told(first: date, last: date, told: bool) -> None:
    found = alarm("china", first, last)
    assert (found is not None) == told
    assert found is None or (str(FIRST) in found and str(LAST) in found)


@pytest.mark.parametrize("calendar", ["none", "weekends"])
def test_a_calendar_without_notices_never_ends(calendar: str) -> None:
    assert alarm(calendar, date(1990, 1, 1), date(9000, 1, 1)) is None


def test_a_calendar_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=", ".join(CALENDARS)):
        is_business_day("mars", date(2024, 1, 1))
