"""Pledges: numbers are read in one form, so that the same thing is the same wherever it is written."""

import json
from datetime import date
from typing import Any

import pytest

from zhiwei.borrower.covers import Cover
from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.records import PLEDGES
from zhiwei.borrower.sources import pledges
from zhiwei.values import EARLIEST, BadInput

ONE = {
    "pledge_id": "R 1", "lender": "bank 7", "registered_on": "2025-11-03", "invoice_no": "2533-2000 0000 0001 2345",
    "debtor": "甲公司", "contract": "ht-77", "amount": "200000.00", "dated_on": "2025-10-28",
}  # fmt: skip
ROW = {
    "party_id": "P1", "pledge_id": "R1", "lender": "bank 7", "registered_on": date(2025, 11, 3),
    "invoice_no": "25332000000000012345", "vin": None, "receipt_no": None, "debtor": "甲公司", "contract": "HT77",
    "amount": 20_000_000, "dated_on": date(2025, 10, 28), "released_on": None,
}  # fmt: skip


def read(*rows: Any, **above: Any) -> Parsed:
    return pledges.read(json.dumps({"pledges": rows} | above).encode(), "p.json", "P1")


def test_a_pledge() -> None:
    parsed = read(ONE)
    assert parsed.tables["pledges"].schema == PLEDGES
    assert parsed.tables["pledges"].to_pylist() == [ROW]
    assert (parsed.problems, parsed.warnings, parsed.covered) == ([], {}, [])


def test_a_table_says_the_same() -> None:
    content = (
        "登记证明编号,担保权人,登记日期,发票号码,债务人,合同编号,担保债权金额,开票日期\n"
        "R1,bank 7,2025-11-03,25332000000000012345,甲公司,HT-77,200000.00,2025-10-28\n"
    )
    parsed = pledges.read(content.encode("gb18030"), "p.csv", "P1")
    assert parsed.tables["pledges"].to_pylist() == [ROW]


def test_a_registration_of_many_things_has_a_row_for_each() -> None:
    parsed = read(ONE, {**ONE, "invoice_no": "25332000000000012346"}, ONE | {"invoice_no": None, "receipt_no": "w-1"})
    assert (parsed.rows(), parsed.problems) == (3, [])


def test_a_search_covers_the_party_and_one_of_later_registrations_is_odd() -> None:
    assert read(report_on="2025-12-01").covered == [Cover("pledges", "P1", EARLIEST, date(2025, 12, 1))]
    assert read(ONE, report_on="2025-11-02").warnings == {"registered after the day of the search": 1}


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"pledge_id": None}, "pledge_id", "missing"), ({"lender": ""}, "lender", "missing"),
        ({"registered_on": "11/03"}, "registered_on", "such as 2024-03-01"), ({"vin": "1M8GDM9AXKP04278"}, "vin", "17"),
        ({"vin": "1M8GDM9AXKP04278O"}, "vin", "without I, O and Q"), ({"amount": "-1"}, "amount", "zero or more"),
        ({"released_on": "2025-11-02"}, "released_on", "not before registered_on"),
        ({"invoice_no": 5}, "invoice_no", "in quotes"),
    ],
)  # fmt: skip
def test_a_bad_pledge_is_named(change: dict[str, Any], column: str, said: str) -> None:
    parsed = read(ONE, {**ONE, **change})
    [problem] = parsed.problems
    assert (problem.place, problem.column) == ("pledges[1]", column)
    assert said in problem.problem


@pytest.mark.parametrize(
    "change",
    [{"invoice_no": None, "contract": None}, {"invoice_no": "00012345"}, {"vin": "1M8GDM9AXKP042789"}],
)
def test_what_cannot_well_be_compared_is_kept_and_said(change: dict[str, Any]) -> None:
    parsed = read({**ONE, **change})
    assert (parsed.rows(), len(parsed.warnings)) == (1, 1)


@pytest.mark.parametrize("content", [b"", b"{", b'{"pledges": 1}', b"a,b\n1,2\n", b"\x00\xff", b"[]", b"PK\x03\x04"])
def test_what_is_no_file_of_pledges(content: bytes) -> None:
    with pytest.raises(BadInput):
        pledges.read(content, "pledges", "P1")
