"""Dates: months keep their day where they can, periods are half-open, and nobody asks the clock."""

from datetime import date

import pytest

from zhiwei.values import add_months, days, monthly


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        ("2024-01-31", 1, "2024-02-29"), ("2023-01-31", 1, "2023-02-28"), ("2024-02-29", 12, "2025-02-28"),
        ("2024-12-31", 1, "2025-01-31"), ("2024-01-15", -1, "2023-12-15"), ("2024-03-31", -13, "2023-02-28"),
    ],
)  # fmt: skip
def test_a_month_later_is_the_same_day_or_the_last(start: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(expected)


def test_the_day_comes_back_after_february() -> None:
    """31 January, 29 February, 31 March: the short month is no new rule for the next."""
    found = list(monthly(date(2023, 12, 31), date(2024, 4, 30), 31))
    assert found == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]


def test_the_first_bound_is_out_and_the_last_is_in() -> None:
    assert list(monthly(date(2024, 3, 20), date(2024, 4, 20), 20)) == [date(2024, 4, 20)]
    assert list(monthly(date(2024, 3, 19), date(2024, 3, 20), 20)) == [date(2024, 3, 20)]
    assert list(monthly(date(2024, 3, 20), date(2024, 3, 20), 20)) == []


def test_a_range_of_days_is_closed() -> None:
    assert list(days(date(2024, 2, 28), date(2024, 3, 1))) == [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]
    assert list(days(date(2024, 3, 1), date(2024, 2, 28))) == []
