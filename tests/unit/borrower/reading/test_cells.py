"""Text cells -> amounts, days and times: what people write, and what must not be taken for something else."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.reading.columns.cells import amounts, clock, date_pattern, numbers, times
from zhiwei.values import BadInput


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1,234.50", 123450), ("-¥12", -1200), ("(3.00)", -300), ("10.00 Dr", -1000), ("5 Cr", 500),
        ("￥１２．３４", 1234),
        ("12.340000", 1234), ("CNY 7", 700), ("7-", -700), ("+5", 500), (".5", 50), ("5.", 500), ("- 5", -500),
        ("1,00,000.00", 10000000), ("−5.00", -500), ("1 234.50", 123450), ("1'000.05", 100005), ("12.5元", 1250),
        ("10000000000000.00", 10**15), ("US$3", 300),
        ("1,5", None), ("1.234", None), ("--", None), ("", None), ("1e5", None), ("1.2.3", None), ("12,34,5", None),
        ("5%", None), ("第3笔", None), ("10000000000000.01", None), ("9" * 30, None), ("abc", None), ("1-2", None),
    ],
)  # fmt: skip
def test_amounts_with_a_point(text: str, minor: int | None) -> None:
    assert amounts(pl.Series([text]))[0] == minor


@pytest.mark.parametrize(
    ("text", "minor"),
    [("1.234,50", 123450), ("1'000,5-", -100050), ("€ 7,--", 700), ("1 234,5", 123450), ("12,50 €", 1250),
     ("12,", 1200),     ("-1.234,56 EUR", -123456), ("1\u202f250,50", 125050), ("1234.5", None), ("1,234.50", None)],
)  # fmt: skip
def test_amounts_with_a_comma(text: str, minor: int | None) -> None:
    assert amounts(pl.Series([text]), ",")[0] == minor


def test_units_and_currencies() -> None:
    assert amounts(pl.Series(["1.2345", "0.00001"]), unit="万元").to_list() == [1234500, 10]
    assert amounts(pl.Series(["100", "5.5"]), unit="分").to_list() == [100, None]
    found = amounts(pl.Series(["100", "5.5", "1.234", "1.234"]), currency=pl.Series(["JPY", "JPY", "KWD", "CNY"]))
    assert found.to_list() == [100, None, 1234, None]


@given(st.integers(-(10**15), 10**15), st.booleans())
def test_an_amount_comes_back(minor: int, comma: bool) -> None:
    text = f"{Decimal(minor) / 100:,.2f}"
    text = text.translate(str.maketrans(",.", ".,")) if comma else text
    assert amounts(pl.Series([text]), "," if comma else ".")[0] == minor


@pytest.mark.parametrize(
    ("text", "form", "when"),
    [
        ("2024-03-01", "YYYY-MM-DD", "2024-03-01T00:00:00"), ("2024-3-1 12:03", "YYYY-MM-DD", "2024-03-01T12:03:00"),
        ("20240301", "YYYYMMDD", "2024-03-01T00:00:00"), ("20240301153005", "YYYYMMDD", "2024-03-01T15:30:05"),
        ("2024年3月1日", "YYYY年MM月DD日", "2024-03-01T00:00:00"), ("01.02.24", "DD.MM.YY", "2024-02-01T00:00:00"),
        ("31.12.99", "DD.MM.YY", "1999-12-31T00:00:00"), ("1. März 2024", "DD. MON YYYY", "2024-03-01T00:00:00"),
        ("1 févr. 2024", "DD MON YYYY", "2024-02-01T00:00:00"),
        ("Mo, 01.02.2024", "DD.MM.YYYY", "2024-02-01T00:00:00"),
        ("2024-03-01T10:00:00+01:00", "YYYY-MM-DD", "2024-03-01T10:00:00"),
        ("03/01/2024 3:05:06 PM", "MM/DD/YYYY", "2024-03-01T15:05:06"),
        ("03/01/2024 12:00 AM", "MM/DD/YYYY", "2024-03-01T00:00:00"),
        ("２０２４－０３－０１", "YYYY-MM-DD", "2024-03-01T00:00:00"),
        ("2024-02-30", "YYYY-MM-DD", None), ("31/12/2024", "MM/DD/YYYY", None), ("2024-03-01x", "YYYY-MM-DD", None),
        ("1066-10-14", "YYYY-MM-DD", None), ("9999-12-31", "YYYY-MM-DD", None), ("2024031", "YYYYMMDD", None),
        ("2024-03-01 25:00", "YYYY-MM-DD", None), ("1 foo 2024", "DD MON YYYY", None),
    ],
)  # fmt: skip
def test_times(text: str, form: str, when: str | None) -> None:
    found = times(pl.Series([text]), [form])[0]
    assert (found and found.isoformat()) == when


@given(st.dates(date(1990, 1, 1), date(2089, 12, 31)), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d"]))
def test_a_day_comes_back(day: date, form: str) -> None:
    name = form.replace("%Y", "YYYY").replace("%m", "MM").replace("%d", "DD")
    assert times(pl.Series([day.strftime(form)]), [name]).dt.date()[0] == day


@pytest.mark.parametrize("form", ["", "YYYY", "YYYY-MM", "YYYY-YY-DD", "DD.MM.DD", "YYYY-MM-DD" + "x" * 50])
def test_a_format_that_names_no_day_is_refused(form: str) -> None:
    with pytest.raises(BadInput, match="bad_mapping"):
        date_pattern(form)


def test_clocks_and_numbers() -> None:
    texts = ["15:30", "153005", "2024-01-01 10:00:01", "20240101 101500", "20240101101500", "25:00", "x", None]
    assert clock(pl.Series(texts)).to_list() == [55800, 55805, 36001, 36900, 36900, None, None, None]
    assert numbers(pl.Series(["12.5%", "7", "1,000.5", "x"])).to_list() == [0.125, 7.0, 1000.5, None]


@given(st.lists(st.one_of(st.none(), st.text(max_size=25)), max_size=20))
def test_any_text_gives_a_value_or_nothing(texts: list[str | None]) -> None:
    cells = pl.Series(texts, dtype=pl.String)
    for found in (
        amounts(cells),
        amounts(cells, ","),
        numbers(cells),
        clock(cells),
        times(cells, ["DD MON YY", "YYYYMMDD"]),
    ):
        assert found.len() == len(texts)
