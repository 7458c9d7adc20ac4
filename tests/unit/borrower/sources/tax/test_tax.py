"""Returns and ratings: rows, problems, and what is odd about them."""

import contextlib
import csv
import io
import json
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.records import TAX_RATINGS, TAX_RETURNS
from zhiwei.borrower.sources.tax import KINDS, read
from zhiwei.borrower.sources.tax.rows import tax_class
from zhiwei.values import BadInput

RETURN = {
    "tax": "增值税",
    "period": "2025-06",
    "filed_on": "2025-07-10",
    "sales": "300000.00",
    "payable": "9000.00",
    "paid": "9000.00",
    "arrears": "0",
    "late_fee": "0",
}
ROW = {
    "party_id": "p1",
    "tax": "vat",
    "period_start": date(2025, 6, 1),
    "period_end": date(2025, 6, 30),
    "filed_on": date(2025, 7, 10),
    "sales": 30_000_000,
    "payable": 900_000,
    "paid": 900_000,
    "arrears": 0,
    "late_fee": 0,
}


def document(
    returns: list[dict[str, Any]] | None = None, ratings: list[dict[str, Any]] | None = None, **facts: Any
) -> bytes:
    return json.dumps({"returns": returns or [], "ratings": ratings or [], **facts}, ensure_ascii=False).encode()


def parsed(content: bytes, name: str = "a.json") -> Parsed:
    found = read(content, name, "p1")
    assert set(found.tables) == set(KINDS)
    assert (found.tables["tax_returns"].schema, found.tables["tax_ratings"].schema) == (TAX_RETURNS, TAX_RATINGS)
    return found


def returns(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    found = parsed(document([RETURN | row for row in rows]))
    assert found.problems == []
    return list(found.tables["tax_returns"].to_pylist())


def warnings(*rows: dict[str, Any]) -> dict[str, int]:
    return dict(parsed(document([RETURN | row for row in rows])).warnings)


def problem(row: dict[str, Any]) -> tuple[str, str]:
    found = parsed(document([RETURN | row]))
    assert found.rows() == 0
    (one,) = found.problems
    return one.column, one.problem


# --- returns


def test_a_return() -> None:
    assert returns({}) == [ROW]
    assert warnings({}) == {}
    assert returns({"period": None, "period_start": "2025-06-01", "period_end": "2025-06-30"}) == [ROW]
    assert returns({"tax": "vat", "period": 202506}) == [ROW]


def test_what_is_not_said_is_null() -> None:
    (row,) = returns({"sales": None, "payable": None, "paid": "", "arrears": None, "late_fee": None})
    assert row == ROW | dict.fromkeys(["sales", "payable", "paid", "arrears", "late_fee"])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("vat", "vat"),
        ("增值税", "vat"),
        ("增值税及附加税费申报表（一般纳税人适用）", "vat"),
        ("企业所得税", "cit"),
        ("CIT", "cit"),
        ("个人所得税（经营所得）", "iit"),
        ("城市维护建设税", "surcharge"),
        ("教育费附加", "surcharge"),
        ("印花税", "other"),
    ],
)
def test_classes(name: str, code: str) -> None:
    assert tax_class(name) == code


def test_taxes_of_one_class_are_added_up() -> None:
    """Surcharges share their base, so that the base is not added; the last of them says when all was known."""
    rows = [
        {"tax": name, "payable": payable, "paid": payable, "filed_on": filed, "sales": "9000.00"}
        for name, payable, filed in (("城市维护建设税", "630.00", "2025-07-10"), ("教育费附加", "270.00", "2025-07-11"))
    ]
    expected = ROW | {
        "tax": "surcharge",
        "sales": 900_000,
        "payable": 90_000,
        "paid": 90_000,
        "filed_on": date(2025, 7, 11),
    }
    assert returns(*rows) == [expected]
    assert warnings(*rows) == {"taxes of one class and period: added up": 1}


def test_repeats() -> None:
    assert returns({}, {}) == [ROW]
    assert warnings({}, {}) == {"repeated row left out": 1}
    surcharges = [{"tax": "城市维护建设税"}, {"tax": "教育费附加"}, {"tax": "教育费附加"}]
    (row,) = returns(*surcharges)
    assert row["payable"] == 2 * 900_000


def test_a_later_filing_replaces() -> None:
    again = {"filed_on": "2025-09-01", "payable": "9500.00", "paid": "9500.00"}
    expected = [ROW | {"filed_on": date(2025, 9, 1), "payable": 950_000, "paid": 950_000}]
    assert returns({}, again) == returns(again, {}) == expected
    assert warnings({}, again) == {"a return filed again: the later filing counts": 1, "filed after it was due": 1}


def test_two_that_contradict() -> None:
    found = parsed(document([RETURN, RETURN | {"payable": "1.00", "paid": "1.00"}]))
    assert found.tables["tax_returns"].num_rows == 1
    assert len(found.problems) == 1
    assert found.problems[0].place == "returns[1]"


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ({"tax": None}, "tax", "missing"),
        ({"filed_on": None}, "filed_on", "missing"),
        ({"filed_on": "10.07.2025"}, "filed_on", "expected a day"),
        ({"period": None}, "period_start", "missing"),
        ({"period": None, "period_start": "2025-06-01"}, "period_end", "missing"),
        ({"period": None, "period_start": "2025-06-30", "period_end": "2025-06-01"}, "period_end", "not before"),
        ({"period": None, "period_start": "2025-06-30", "period_end": "9999-12-31"}, "period_end", "up to the year"),
        ({"period": "9999-01-01至9999-12-31"}, "period_end", "up to the year"),
        ({"period": "2025-07", "period_start": "2025-06-01"}, "period", "differs"),
        ({"period": "June"}, "period", "expected a period"),
        ({"period": True}, "period", "expected"),
        ({"payable": "1.234"}, "payable", "expected an amount"),
        ({"late_fee": "-1"}, "late_fee", "zero or more"),
        ({"arrears": "-1"}, "arrears", "zero or more"),
    ],
)
def test_problems(row: dict[str, Any], column: str, words: str) -> None:
    found, message = problem(row)
    assert found == column
    assert words in message


@pytest.mark.parametrize(
    ("row", "phrase"),
    [
        ({"filed_on": "2025-07-16"}, "filed after it was due"),
        ({"filed_on": "2025-06-20"}, "filed before its period ended"),
        ({"paid": "9000.02"}, "paid more than payable and late fee"),
        ({"arrears": "0.02"}, "arrears are more than what was not paid"),
        ({"paid": "8000.00"}, "less paid than payable, and no arrears"),
        ({"payable": "-5.00", "paid": "0"}, "payable below zero (a refund)"),
        ({"sales": "-5.00"}, "sales below zero"),
        ({"period": "2025-05-15至2025-06-30"}, "a period that is no month, quarter, half or year"),
    ],
)
def test_odd(row: dict[str, Any], phrase: str) -> None:
    """Odd and kept."""
    assert len(returns(row)) == 1
    assert warnings(row) == {phrase: 1}


def test_not_odd() -> None:
    late = {"filed_on": "2025-07-15", "paid": "9010.00", "late_fee": "10.00"}
    owing = {"paid": "4000.00", "arrears": "5000.00"}
    assert (warnings(late), warnings(owing)) == ({}, {})


def test_periods_of_a_tax() -> None:
    months = [{"period": f"2025-{month:02d}", "filed_on": f"2025-{month + 1:02d}-10"} for month in (1, 2, 4)]
    assert warnings(*months) == {"VAT returns have a gap between them": 1}
    quarter = {"period": "2025Q1", "filed_on": "2025-04-10"}
    assert warnings(*months, quarter) == {"periods of vat overlap": 2}
    yearly = [
        {"tax": "企业所得税", "period": "2025Q1", "filed_on": "2025-04-10"},
        {"tax": "企业所得税", "period": "2025", "filed_on": "2026-05-20"},
    ]
    assert warnings(*yearly) == {}


def test_what_taxes_pay_for() -> None:
    """TV 2.6: VAT of 10万 and CIT of 5万 at 7 and 9 times are 115万; at 5 and 7 times 85万."""
    rows = [
        {"period": f"2025Q{k}", "filed_on": f"2025-{3 * k + 1:02d}-10", "payable": "25000", "paid": "25000"}
        for k in (1, 2, 3)
    ]
    rows += [
        {"period": "2025Q4", "filed_on": "2026-01-10", "payable": "25000", "paid": "25000"},
        {"tax": "企业所得税", "period": "2025", "filed_on": "2026-05-20", "payable": "50000", "paid": "50000"},
    ]
    paid = {tax: sum(row["paid"] for row in returns(*rows) if row["tax"] == tax) for tax in ("vat", "cit")}
    assert (7 * paid["vat"] + 9 * paid["cit"], 5 * paid["vat"] + 7 * paid["cit"]) == (115_000_000, 85_000_000)


# --- ratings


def test_ratings() -> None:
    found = parsed(
        document(
            ratings=[{"year": 2024, "rating": "B", "published_on": "2025-04-20"}, {"year": "2023", "rating": "M级"}]
        )
    )
    assert found.tables["tax_ratings"].to_pylist() == [
        {"party_id": "p1", "year": 2024, "rating": "B", "published_on": date(2025, 4, 20)},
        {"party_id": "p1", "year": 2023, "rating": "M", "published_on": date(2024, 4, 30)},
    ]
    assert dict(found.warnings) == {"a rating without a day: taken as published on 30 April after its year": 1}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"rating": "E"}, "rating"),
        ({"rating": None}, "rating"),
        ({"year": 1999}, "year"),
        ({"year": "x"}, "year"),
        ({"year": 10**30}, "year"),
        ({"published_on": "2023-04-01"}, "published_on"),
    ],
)
def test_ratings_that_are_none(row: dict[str, Any], column: str) -> None:
    found = parsed(document(ratings=[{"year": 2024, "rating": "B"} | row]))
    assert (found.rows(), [one.column for one in found.problems]) == (0, [column])


def test_a_rating_of_a_empty_year() -> None:
    """A is barred where VAT payable is zero for three months running."""
    quarter = RETURN | {"period": "2024Q2", "filed_on": "2024-07-10", "payable": "0", "paid": "0"}
    rated = {"year": 2024, "published_on": "2025-04-20"}
    phrase = "rated A in a year of months without VAT to pay"
    assert dict(parsed(document([quarter], [rated | {"rating": "A"}])).warnings) == {phrase: 1}
    assert dict(parsed(document([quarter], [rated | {"rating": "B"}])).warnings) == {}
    assert dict(parsed(document([quarter | {"period": "2024-06"}], [rated | {"rating": "A"}])).warnings) == {}


# --- documents, lines and tables


def test_facts() -> None:
    found = parsed(
        document(
            [RETURN | {"paid": "4000.00", "arrears": "5000.00"}],
            taxpayer_kind="小规模纳税人",
            arrears_balance="5000.01",
            zero_returns_12m=2,
            violations=[{"registered_on": "2024-05-06", "status": "已处理"}],
        )
    )
    assert found.facts == {
        "taxpayer_kind": "small",
        "arrears_balance": "500001",
        "zero_returns_12m": "2",
        "violations": "2024-05-06 已处理",
    }
    assert dict(found.warnings) == {"the balance of arrears differs from the arrears of the returns": 1}


def test_bad_facts_are_problems() -> None:
    found = parsed(document([RETURN], violations="many", zero_returns_12m=-1, taxpayer_kind="large"))
    assert found.tables["tax_returns"].num_rows == 1
    assert {one.column for one in found.problems} == {"violations", "zero_returns_12m", "taxpayer_kind"}


def test_lines() -> None:
    lines = "\n".join(
        json.dumps(one, ensure_ascii=False)
        for one in (
            RETURN | {"record": "returns"},
            {"record": "ratings", "year": 2024, "rating": "A", "published_on": "2025-04-20"},
        )
    )
    found = parsed(lines.encode(), "a.ndjson")
    assert (found.tables["tax_returns"].to_pylist(), found.tables["tax_ratings"].num_rows) == ([ROW], 1)


TABLE = """税种,税款所属期起,税款所属期止,申报日期,应税销售额,应纳税额,已缴税额,欠税余额,滞纳金
增值税,2025-06-01,2025-06-30,2025-07-10,"300,000.00","9,000.00","9,000.00",0.00,0.00
企业所得税,2025-04-01,2025-06-30,2025-07-10,300000.00,1500.00,1500.00,0.00,0.00
印花税,2025-04-01,2025-06-30,2025-07-xx,300000.00,90.00,90.00,0.00,0.00
"""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk", "utf-16"])
def test_a_table_of_returns(encoding: str) -> None:
    found = parsed(TABLE.encode(encoding), "a.csv")
    rows = found.tables["tax_returns"].to_pylist()
    assert rows[0] == ROW
    assert [row["tax"] for row in rows] == ["vat", "cit"]
    assert [(one.place, one.column, one.value) for one in found.problems] == [("row 4", "申报日期", "2025-07-xx")]


def test_a_table_with_one_column_of_periods() -> None:
    text = "税种,税款所属期,申报日期,应纳税额\n增值税,2025-06-01至2025-06-30,2025-07-10,9000.00\n"
    text += "增值税,2025年7月,2025-08-10,9000.00\n"
    rows = parsed(text.encode(), "a.csv").tables["tax_returns"].to_pylist()
    assert [row["period_end"] for row in rows] == [date(2025, 6, 30), date(2025, 7, 31)]


def test_a_table_of_ratings() -> None:
    text = "评价年度,纳税信用级别,评价日期\n2024,B,2025-04-20\n2023,A级,2024-04-20\n2022,Z,2023-04-20\n"
    found = parsed(text.encode(), "a.csv")
    rows = found.tables["tax_ratings"].to_pylist()
    assert [(row["year"], row["rating"]) for row in rows] == [(2024, "B"), (2023, "A")]
    assert [(one.place, one.column) for one in found.problems] == [("row 4", "rating")]


# --- hostile


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"x": 1}',
        b'{"returns": 5}',
        b"\x00\x01",
        b"[" * 100_000,
        b"a,b\n1,2\n",
    ],
)
def test_no_file_of_taxes(content: bytes) -> None:
    with pytest.raises(BadInput):
        read(content, "a.json" if content[:1] in b"{[" else "a.csv", "p1")


def read_or_refused(content: bytes, name: str) -> None:
    with contextlib.suppress(BadInput):
        found = read(content, name, "p1")
        for kind, needed in (
            ("tax_returns", ("tax", "period_start", "period_end", "filed_on")),
            ("tax_ratings", ("year", "published_on")),
        ):
            assert all(found.tables[kind][column].null_count == 0 for column in needed)


def workbook(text: str) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in csv.reader(text.splitlines()):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def test_a_workbook() -> None:
    assert parsed(workbook(TABLE), "a.xlsx").tables["tax_returns"].to_pylist()[0] == ROW


BOOK = workbook(TABLE)
VALID = document(
    [RETURN, RETURN | {"tax": "印花税"}], [{"year": 2024, "rating": "B", "published_on": "2025-04-20"}], tax_no="x"
)


@given(
    st.sampled_from([(VALID, "a.json"), (BOOK, "a.xlsx"), (TABLE.encode(), "a.csv"), (TABLE.encode("gbk"), "a.csv")]),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=5),
    st.integers(0, 30),
)
@settings(max_examples=150, deadline=None)
def test_random_damage(valid: tuple[bytes, str], hits: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(valid[0])
    for place, value in hits:
        damaged[place % len(damaged)] = value
    middle = hits[0][0] % len(damaged) if hits else 0
    del damaged[middle : middle + cut]
    read_or_refused(bytes(damaged), valid[1])


@given(st.binary(max_size=200), st.sampled_from(["a.json", "a.csv", "a.ndjson"]))
@settings(deadline=None)
def test_random_bytes(content: bytes, name: str) -> None:
    read_or_refused(content, name)


ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=2),
    st.dates().map(str),
    st.sampled_from(["2025-06", "2025Q1", "增值税", "vat", "A", "9999-12-31"]),
)


@given(
    st.lists(st.dictionaries(st.sampled_from([*RETURN, "period_start", "period_end"]), ANY), max_size=4),
    st.lists(st.dictionaries(st.sampled_from(["year", "rating", "published_on"]), ANY), max_size=3),
)
@settings(deadline=None)
def test_any_values(rows: list[dict[str, Any]], rated: list[dict[str, Any]]) -> None:
    read_or_refused(document([RETURN | row for row in rows], rated), "a.json")
