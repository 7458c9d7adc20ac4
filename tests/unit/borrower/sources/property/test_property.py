"""Property: what may be said of a title on a day, as an object and as a table; what makes no sense is named."""

import json
from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from zhiwei.borrower.covers import Cover
from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.records import PROPERTY
from zhiwei.borrower.sources import property as source
from zhiwei.values import EARLIEST, BadInput

TITLE = "浙（2019）杭州市不动产权第0012345号"
HOME = {
    "title_no": TITLE, "said_on": "2026-03-02", "city": "330106", "use": "住宅", "area": "89.5", "built_year": 2008,
    "purchase_price": "5000000.00", "appraisal_1": 4700000, "appraisal_2": "4800000", "appraisal_3": "5100000",
    "first_lien_balance": "1500000", "first_lien_maximum": "2100000", "seized": "否", "co_owners_consent": "同意",
}  # fmt: skip
ROW = {
    "party_id": "P1", "title_no": TITLE, "said_on": date(2026, 3, 2), "city": 330106, "use": "residential",
    "area": 89.5, "built_year": 2008, "purchase_price": 500_000_000, "appraisal_1": 470_000_000,
    "appraisal_2": 480_000_000, "appraisal_3": 510_000_000, "first_lien_balance": 150_000_000,
    "first_lien_maximum": 210_000_000, "seized": "no", "co_owners_consent": "given", "mortgage_registered_on": None,
}  # fmt: skip


def read(*rows: Any, **above: Any) -> Parsed:
    return source.read(json.dumps({"properties": rows} | above).encode(), "p.json", "P1")


def test_a_property() -> None:
    parsed = read(HOME)
    assert parsed.tables["property"].schema == PROPERTY
    assert parsed.tables["property"].to_pylist() == [ROW]
    assert (parsed.problems, parsed.warnings, parsed.covered) == ([], {}, [])


def test_a_table_says_the_same() -> None:
    header = (
        "不动产权证号,评估日期,行政区划代码,房屋用途,建筑面积,建成年份,购买价,评估价1,评估价2,评估价3,在先抵押余额,"
        "最高债权额,查封限售,共有人意见"
    )
    cells = f"{TITLE},2026-03-02,330106,住宅,89.5,2008,5000000.00,4700000,4800000,5100000,1500000,2100000,无,同意"
    parsed = source.read(f"{header}\n{cells}\n".encode(), "p.csv", "P1")
    assert parsed.tables["property"].to_pylist() == [ROW]
    assert (parsed.problems, parsed.warnings) == ([], {})


def test_a_workbook_says_the_same_as_its_table() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["不动产权证号", "评估日期", "城市代码", "建成年份", "评估价", "查封情况"])
    sheet.append([TITLE, date(2026, 3, 2), 330106, 2008, 4_700_000.5, "查封"])
    content = BytesIO()
    book.save(content)
    parsed = source.read(content.getvalue(), "p.xlsx", "P1")
    [row] = parsed.tables["property"].to_pylist()
    assert (row["said_on"], row["city"], row["built_year"]) == (date(2026, 3, 2), 330106, 2008)
    assert (row["appraisal_1"], row["seized"]) == (470_000_050, "seized")


def test_what_the_rows_do_not_say_may_be_given() -> None:
    table = f"产权证号,评估价\n{TITLE},4700000\n".encode()
    with pytest.raises(BadInput, match="no column for said_on"):
        source.read(table, "p.csv", "P1")
    parsed = source.read(table, "p.csv", "P1", given={"said_on": "2026-03-02", "seized": "no"})
    [row] = parsed.tables["property"].to_pylist()
    assert (row["said_on"], row["seized"], row["appraisal_1"]) == (date(2026, 3, 2), "no", 470_000_000)
    assert not parsed.warnings
    silent = source.read(table, "p.csv", "P1", given={"said_on": "2026-03-02"})
    assert silent.warnings == {source.NOT_SAID: 1}


@pytest.mark.parametrize("given", [{"said_on": "yesterday"}, {"seized": "seized"}, {"city": "330100"}])
def test_what_cannot_be_given(given: dict[str, str]) -> None:
    with pytest.raises(BadInput) as refused:
        source.read(b'{"properties": []}', "p.json", "P1", given=given)
    assert refused.value.code == "bad_given"


def test_a_search_that_finds_nothing_covers_the_party() -> None:
    assert read(report_on="2026-03-02").covered == [Cover("property", "P1", EARLIEST, date(2026, 3, 2))]
    assert read().covered == []


def test_a_later_day_says_only_what_is_new() -> None:
    parsed = read(HOME, {"title_no": TITLE, "said_on": "2026-04-01", "mortgage_registered_on": "2026-03-30"})
    assert parsed.rows() == 2
    assert not parsed.warnings


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"title_no": None}, "title_no", "missing"), ({"said_on": None}, "said_on", "missing"),
        ({"city": "33010"}, "city", "six digits"), ({"city": 330.5}, "city", "in quotes"),
        ({"city": True}, "city", "in quotes"), ({"city": "３３０１０６"}, "city", "whole number"),
        ({"use": "castle"}, "use", "one of residential"), ({"area": "0"}, "area", "more than zero"),
        ({"built_year": 2027}, "built_year", "1900 to 2026"), ({"built_year": 1066}, "built_year", "1900 to 2026"),
        ({"appraisal_2": "0"}, "appraisal_2", "more than zero"), ({"appraisal_1": "-1"}, "appraisal_1", "zero or more"),
        ({"purchase_price": 0}, "purchase_price", "more than zero"),
        ({"first_lien_maximum": "-5"}, "first_lien_maximum", "zero or more"),
        ({"seized": "perhaps"}, "seized", "one of no"),
        ({"co_owners_consent": "?"}, "co_owners_consent", "one of sole"),
        ({"mortgage_registered_on": "2026-03-03"}, "mortgage_registered_on", "not after said_on"),
        ({"title_no": "6222020200112345679"}, "title_no", "a full card number"),
    ],
)  # fmt: skip
def test_a_bad_property_is_named(change: dict[str, Any], column: str, said: str) -> None:
    parsed = read({**HOME, "title_no": "T0"}, {**HOME, **change})
    [problem] = parsed.problems
    assert (problem.place, problem.column) == ("properties[1]", column)
    assert said in problem.problem
    assert parsed.rows() == 1


def test_what_is_odd_is_kept_and_said() -> None:
    parsed = read({**HOME, "first_lien_balance": "2200000", "appraisal_3": "9900000"})
    assert parsed.rows() == 1
    assert len(parsed.warnings) == 2


@pytest.mark.parametrize("content", [b"", b"{", b'{"properties": 1}', b"a,b\n1,2\n", b"\x00\xff", b"[]", b"PK\x03\x04"])
def test_what_is_no_property_file(content: bytes) -> None:
    with pytest.raises(BadInput):
        source.read(content, "property", "P1")
