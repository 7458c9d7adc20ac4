"""Invoices, bills and customs declarations."""

from datetime import date

import pytest

from zhiwei.borrower.identity import read_bill, read_declaration, read_e_invoice, read_invoice, read_uscc
from zhiwei.values import BadInput


def test_an_e_invoice_agrees_with_its_seller() -> None:
    """TV 2.3: year 26, province 53 as in the seller's USCC."""
    found = read_e_invoice("2653 7912 5702 0005 5449")
    assert found.facts == {"year": 2026, "province": "53", "channel": "7"}
    assert found.facts["province"] == read_uscc("9153000077859986X2").facts["province"]


def test_a_province_of_an_e_invoice_outside_the_list_is_a_warning() -> None:
    assert read_e_invoice("24952000000012345678").warnings == ("unknown_place",)


@pytest.mark.parametrize("text", ["", "2653791257020005544", "20537912570200055449", "2653791257020005544A"])
def test_what_is_no_e_invoice(text: str) -> None:
    with pytest.raises(BadInput):
        read_e_invoice(text)


@pytest.mark.parametrize(
    ("code", "province", "year"),
    [("4403042140", "44", 2004), ("033001800104", "33", 2018), ("144031809110", "44", 2018)],
)
def test_a_legacy_invoice_has_a_code_and_a_number(code: str, province: str, year: int) -> None:
    found = read_invoice("01234567", code)
    assert found.facts == {"code": code, "number": "01234567", "province": province, "year": year}
    assert found == read_invoice(code + "01234567")


def test_a_year_to_come_is_odd() -> None:
    assert read_invoice("01234567", "4403902140").warnings == ("odd_year",)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("01234567", ""),
        ("0123456", "4403042140"),
        ("01234567", "44030421401"),
        ("01234567", "944031809110"),
        ("0440304214001234567", "4"),
    ],
)
def test_what_is_no_invoice(number: str, code: str) -> None:
    with pytest.raises(BadInput):
        read_invoice(number, code)


BILL = "1" + "313331000014" + "20190430" + "12345678" + "9"


def test_a_bill_of_the_old_system() -> None:
    found = read_bill(BILL)
    assert found.facts == {
        "type": "banker", "system": "ecds", "bank": "313331000014", "registered_on": date(2019, 4, 30),
    }  # fmt: skip
    assert found.warnings == ("unchecked",)


@pytest.mark.parametrize("written", ["1,100000", "1-100000", "1，100000", " 1 － 100000 "])
def test_sub_bills_are_worth_a_fen_each(written: str) -> None:
    found = read_bill("6" + BILL[1:], written)
    assert (found.facts["type"], found.facts["sub_bills"], found.facts["amount"]) == ("commercial", "1,100000", 100_000)
    assert found.warnings == ("unchecked", "unsure_form")


def test_a_bill_that_is_not_to_be_split() -> None:
    facts = read_bill("5" + BILL[1:], "0").facts
    assert facts["sub_bills"] == "0"
    assert "amount" not in facts


@pytest.mark.parametrize(
    ("number", "sub"),
    [
        ("3" + BILL[1:], ""),
        (BILL[:13] + "20190431" + BILL[21:], ""),
        (BILL[:29], ""),
        (BILL, "1,2"),
        ("5" + BILL[1:], "2,1"),
        ("5" + BILL[1:], "0,1"),
        ("5" + BILL[1:], "1"),
        ("", ""),
    ],
)
def test_what_is_no_bill(number: str, sub: str) -> None:
    with pytest.raises(BadInput):
        read_bill(number, sub)


@pytest.mark.parametrize(("text", "direction"), [("222920191123456789", "import"), ("222920190123456789", "export")])
def test_a_declaration_says_its_direction(text: str, direction: str) -> None:
    assert read_declaration(text).facts == {"customs": "2229", "year": 2019, "direction": direction}


@pytest.mark.parametrize("text", ["", "222918991123456789", "222920192123456789", "22292019112345678"])
def test_what_is_no_declaration(text: str) -> None:
    with pytest.raises(BadInput):
        read_declaration(text)
