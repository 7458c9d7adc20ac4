"""Orders, receipts and invoices as JSON and as tables."""

import json
from datetime import date
from typing import Any

import pytest

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.sources import procurement
from zhiwei.values import BadInput

INVOICE = {
    "document": "invoice", "document_no": "I1", "order_no": "O1", "counterparty": "91110000600037341L",
    "dated_on": "2024-03-01", "due_on": "2024-04-30", "amount": "11300.00", "rejected": "0",
}  # fmt: skip
RECEIPT = {**INVOICE, "document": "receipt", "document_no": "R1", "due_on": None, "amount": None, "rejected": None}
CSV = """单据类型,单据编号,订单编号,对方统一社会信用代码,单据日期,应付日期,付款日期,价税合计,拒收金额
发票,I1,O1,91110000600037341L,2024-03-01,2024-04-30,,"11,300.00",0
入库单,R1,O1,91110000600037341L,2024-03-01,,,,
"""


def read(*documents: Any) -> Parsed:
    content = json.dumps({"role": "supplier", "documents": documents}).encode()
    return procurement.read(content, "documents.json", "P1")


def test_an_invoice_and_a_receipt() -> None:
    parsed = read(INVOICE, RECEIPT)
    assert parsed.tables["procurement"].to_pylist()[0] == {
        "party_id": "P1", "role": "supplier", "document": "invoice", "document_no": "I1", "order_no": "O1",
        "counterparty": "91110000600037341L", "dated_on": date(2024, 3, 1), "due_on": date(2024, 4, 30),
        "paid_on": None, "amount": 1_130_000, "rejected": 0,
    }  # fmt: skip
    assert not parsed.problems


def test_a_table_says_the_same_where_the_caller_says_the_side() -> None:
    parsed = procurement.read(CSV.encode("gb18030"), "documents.csv", "P1", role="supplier")
    assert parsed.tables == read(INVOICE, RECEIPT).tables
    unsaid = procurement.read(CSV.encode(), "documents.csv", "P1")
    assert [(p.place, p.column, p.problem) for p in unsaid.problems] == [
        ("row 2", "role", "missing"), ("row 3", "role", "missing"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"due_on": "2024-02-29"}, "due_on", "not before dated_on"), ({"amount": None}, "amount", "an invoice has one"),
        ({"rejected": "11300.01"}, "rejected", "no more than the amount"),
        ({"rejected": "-1"}, "rejected", "zero or more"),
        ({"document": "note"}, "document", "one of order"), ({"counterparty": None}, "counterparty", "missing"),
        ({"role": "friend"}, "role", "one of supplier"), ({"dated_on": 20240301}, "dated_on", "expected a day"),
    ],
)  # fmt: skip
def test_a_bad_document_is_named(change: dict[str, Any], column: str, said: str) -> None:
    parsed = read(RECEIPT, {**INVOICE, **change})
    [problem] = parsed.problems
    assert (problem.place, problem.column) == ("documents[1]", column)
    assert said in problem.problem
    assert parsed.rows() == 1


def test_what_is_odd_is_kept() -> None:
    parsed = read({**INVOICE, "paid_on": "2024-02-01"}, {**INVOICE, "document": "order", "amount": "-5"})
    assert parsed.rows() == 2
    assert parsed.warnings == {"paid before it was written": 1, "order of a negative amount": 1}


def test_a_credit_note_is_an_invoice_below_zero() -> None:
    parsed = read({**INVOICE, "amount": "-500", "rejected": None})
    assert parsed.tables["procurement"]["amount"].to_pylist() == [-50_000]
    assert not parsed.warnings


@pytest.mark.parametrize("content", [b"", b"{", b'{"documents": 1}', b"\x00\xff", b"a,b\n1,2\n", b"[]"])
def test_what_is_no_file_of_documents(content: bytes) -> None:
    with pytest.raises(BadInput):
        procurement.read(content, "documents", "P1")
