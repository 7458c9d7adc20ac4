"""Periods as people write them, the days their returns are due, and how they fit together."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.sources.tax.periods import due_on, gaps, months_in, overlaps, period_of

Q1 = (date(2026, 1, 1), date(2026, 3, 31))


@pytest.mark.parametrize(
    "text",
    [
        "2026Q1",
        "2026-Q1",
        "2026q1",
        "2026年第1季度",
        "2026年第一季度",
        "2026-01-01至2026-03-31",
        "20260101-20260331",
        "2026年01月01日 至 2026年03月31日",
        "2026/01/01~2026/03/31",
    ],
)
def test_a_quarter(text: str) -> None:
    assert period_of(text) == Q1
    assert months_in(Q1) == 3


@pytest.mark.parametrize("text", ["2024-02", "202402", "2024年2月", "2024/2", "2024.02"])
def test_a_month(text: str) -> None:
    assert period_of(text) == (date(2024, 2, 1), date(2024, 2, 29))


@pytest.mark.parametrize("text", ["2025", "2025年", "2025年度"])
def test_a_year(text: str) -> None:
    assert period_of(text) == (date(2025, 1, 1), date(2025, 12, 31))
    assert months_in(period_of(text)) == 12


@pytest.mark.parametrize(
    "text",
    ["", "2026Q5", "2026-13", "1980", "26Q1", "2026-03-31至2026-01-01", "9999", "第一季度", "2026-02-30至2026-03-01"],
)
def test_no_period(text: str) -> None:
    with pytest.raises(ValueError, match="expected a period"):
        period_of(text)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 1, 1), date(2026, 1, 31), 1),
        (date(2026, 7, 1), date(2026, 12, 31), 6),
        (date(2026, 2, 1), date(2026, 4, 30), 0),
        (date(2026, 1, 2), date(2026, 1, 31), 0),
        (date(2026, 1, 1), date(2026, 1, 30), 0),
    ],
)
def test_whole_months(first: date, last: date, months: int) -> None:
    assert months_in((first, last)) == months


@pytest.mark.parametrize(
    ("tax", "period", "due"),
    [
        ("vat", "2025-06", date(2025, 7, 15)),
        ("vat", "2025-10", date(2025, 11, 17)),  # the 15th is a Saturday
        ("vat", "2024-03", date(2024, 4, 18)),  # 清明: three days off
        ("vat", "2025Q2", date(2025, 7, 15)),
        ("cit", "2024", date(2025, 6, 3)),  # 31 May is in a holiday
        ("iit", "2023", date(2024, 4, 1)),
        ("cit", "2025Q2", date(2025, 7, 15)),
    ],
)
def test_due(tax: str, period: str, due: date) -> None:
    assert due_on(tax, period_of(period)) == due


def test_no_day_is_known_for_other_taxes() -> None:
    assert due_on("other", Q1) is None


def test_overlaps_and_gaps() -> None:
    months = [period_of(f"2025-{month:02d}") for month in (1, 2, 4)]
    assert overlaps(months, yearly_apart=False) == 0
    assert list(gaps(months)) == [(date(2025, 3, 1), date(2025, 3, 31))]
    assert overlaps([*months, period_of("2025Q1")], yearly_apart=False) == 2
    assert overlaps([*months, period_of("2025")], yearly_apart=True) == 0
    assert overlaps([*months, period_of("2025")], yearly_apart=False) == 3


@given(st.text("0123456789-/.年月日至Qq第一二三四季度~ ", max_size=30))
def test_any_text_is_a_period_or_a_value_error(text: str) -> None:
    try:
        first, last = period_of(text)
    except ValueError:
        return
    assert first <= last
    due = due_on("vat", (first, last))
    assert due is None or (due > last and (due - last).days < 45)
