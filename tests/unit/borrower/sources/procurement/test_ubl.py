"""UBL 2.1: four types of document, alone and in a zip, and whose side the party is on."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.records import PROCUREMENT
from zhiwei.borrower.sources import procurement
from zhiwei.values import BadInput

SUPPLIER, BUYER = "91110000600037341L", "91110108551385082Q"
Make = Callable[..., bytes]


def read(content: bytes, party: str = SUPPLIER, **more: Any) -> Parsed:
    return procurement.read(content, "d.xml", party, **more)


def row(parsed: Parsed) -> dict[str, Any]:
    assert not parsed.problems
    [found] = parsed.tables["procurement"].to_pylist()
    return found


def packed(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("kind", "document", "order", "amount"),
    [
        ("Order", "order", "D1", 11_300), ("DespatchAdvice", "receipt", "O1", None),
        ("Invoice", "invoice", "O1", 11_300),
        ("CreditNote", "invoice", "O1", -11_300),
    ],
)  # fmt: skip
def test_each_type(ubl: Make, kind: str, document: str, order: str, amount: int | None) -> None:
    parsed = read(ubl(kind))
    assert parsed.tables["procurement"].schema == PROCUREMENT
    assert row(parsed) == {
        "party_id": SUPPLIER, "role": "supplier", "document": document, "document_no": "D1", "order_no": order,
        "counterparty": BUYER, "dated_on": date(2024, 3, 1), "due_on": None, "paid_on": None, "amount": amount,
        "rejected": None,
    }  # fmt: skip
    assert parsed.warnings == ({"despatch advice states no amount": 1} if amount is None else {})


def test_the_other_side(ubl: Make) -> None:
    found = row(read(ubl("Invoice"), BUYER))
    assert (found["role"], found["counterparty"]) == ("buyer", SUPPLIER)


def test_the_caller_may_say_the_side_where_the_document_does_not(ubl: Make) -> None:
    found = row(read(ubl("Invoice"), "E1", role="buyer"))
    assert (found["party_id"], found["role"], found["counterparty"]) == ("E1", "buyer", SUPPLIER)
    named = row(read(ubl("Invoice"), "E1", party_tax_no=BUYER))
    assert named == found
    assert "say the role" in read(ubl("Invoice"), "E1").problems[0].problem
    assert "is the supplier of this document" in read(ubl("Invoice"), role="buyer").problems[0].problem
    both = ubl("Invoice").replace(BUYER.encode(), SUPPLIER.encode())
    assert "both supplier and buyer" in read(both).problems[0].problem
    with pytest.raises(BadInput, match="neither supplier nor buyer"):
        read(ubl("Invoice"), role="friend")


def test_a_name_where_there_is_no_identifier(ubl: Make) -> None:
    content = ubl("Invoice").replace(f"<cbc:CompanyID>{BUYER}</cbc:CompanyID>".encode(), b"")
    assert row(read(content))["counterparty"] == "AccountingCustomerParty"
    nobody = content.replace(b"<cbc:Name>AccountingCustomerParty</cbc:Name>", b"<cbc:Name> </cbc:Name>")
    assert "no identifier and no name" in read(nobody).problems[0].problem


@pytest.mark.parametrize(
    "more",
    [
        "<cbc:DueDate>2024-04-30</cbc:DueDate>",
        "<cac:PaymentMeans><cbc:PaymentDueDate>2024-04-30</cbc:PaymentDueDate></cac:PaymentMeans>",
    ],
)
def test_the_day_it_is_due(ubl: Make, more: str) -> None:
    assert row(read(ubl("Invoice", more=more)))["due_on"] == date(2024, 4, 30)
    [problem] = read(ubl("Invoice", more=more.replace("04-30", "02-01"))).problems
    assert (problem.column, problem.problem) == ("due_on", "expected a day not before IssueDate, 2024-03-01")


def test_what_was_prepaid_is_part_of_the_amount(ubl: Make) -> None:
    """PayableAmount, what is left to pay, counts only where nothing else is said."""
    content = ubl("Invoice").replace(b'<cbc:TaxInclusiveAmount currencyID="CNY">113.00</cbc:TaxInclusiveAmount>', b"")
    assert row(read(content))["amount"] == 1300


@pytest.mark.parametrize(
    ("old", "new", "column", "said"),
    [
        ("<cbc:ID>D1</cbc:ID>", "", "ID", "missing"), ("2024-03-01", "01/03/2024", "IssueDate", "expected a day"),
        ("<cbc:IssueDate>2024-03-01</cbc:IssueDate>", "", "IssueDate", "missing"),
        ("113.00", "113.001", "LegalMonetaryTotal/TaxInclusiveAmount", "two decimals"),
        ("113.00", "1e9", "LegalMonetaryTotal/TaxInclusiveAmount", "two decimals"),
        ('currencyID="CNY">113', 'currencyID="EUR">113', "LegalMonetaryTotal/TaxInclusiveAmount", "in CNY"),
        ('currencyID="CNY">113', ">113", "LegalMonetaryTotal/TaxInclusiveAmount", "in CNY"),
        ("LegalMonetaryTotal", "OtherTotal", "LegalMonetaryTotal/PayableAmount", "missing"),
        ("<cbc:ID>D1", "<cbc:ID>" + "9" * 300, "ID", "at most 200"),
    ],
)  # fmt: skip
def test_a_bad_element_is_named(ubl: Make, old: str, new: str, column: str, said: str) -> None:
    content = ubl("Invoice").replace(old.encode(), new.encode())
    [problem] = read(content).problems
    assert (problem.place, problem.column) == ("d.xml", column)
    assert said in problem.problem
    assert read(content).rows() == 0


def test_a_credit_note_is_above_zero_and_an_invoice_may_be_below(ubl: Make) -> None:
    assert "zero or more" in read(ubl("CreditNote", total="-5.00")).problems[0].problem
    assert row(read(ubl("Invoice", total="-5.00")))["amount"] == -500


def test_lines_that_do_not_add_up_are_odd(ubl: Make) -> None:
    assert read(ubl("Invoice", line="49.99")).warnings == {"lines do not add up to their total": 1}
    assert read(ubl("Order", line="x")).warnings == {"lines do not add up to their total": 1}


def test_a_zip_holds_many_and_a_bad_one_leaves_the_others(ubl: Make) -> None:
    content = packed(a_xml=ubl("Order"), b_xml=ubl("Invoice", "D2"), c_xml=b"<x", d_xml=b"<x/>", e_txt=b"hello")
    parsed = read(content)
    assert parsed.tables["procurement"]["document_no"].to_pylist() == ["D1", "D2"]
    assert [problem.place for problem in parsed.problems] == ["c.xml", "d.xml", "e.txt"]
    assert read(packed(a_xml=ubl("Order"), b_xml=ubl("Order"))).warnings == {"repeated row left out": 1}


def test_utf_16(ubl: Make) -> None:
    content = ubl("Invoice").decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert row(read(content))["amount"] == 11_300


@pytest.mark.parametrize(
    "content",
    [
        b"<", b"<x/>", b"<?xml version='1.0'?><Invoice/>", b"PK\x03\x04",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>', b"<a>" * 200_000,
    ],
    ids=range(7),
)  # fmt: skip
def test_what_is_no_ubl_or_is_hostile(content: bytes) -> None:
    with pytest.raises(BadInput):
        read(content)


def test_a_cut_document_is_refused(ubl: Make) -> None:
    whole = ubl("Invoice")
    for at in range(0, len(whole), 97):
        with pytest.raises(BadInput):
            read(whole[:at])


@settings(max_examples=200)
@given(st.data())
def test_mutations_are_read_or_refused(ubl: Make, data: st.DataObject) -> None:
    whole = bytearray(ubl(data.draw(st.sampled_from(["Order", "DespatchAdvice", "Invoice", "CreditNote"]))))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    try:
        parsed = read(bytes(whole))
    except BadInput:
        return
    assert parsed.rows() == (0 if parsed.problems else 1)
