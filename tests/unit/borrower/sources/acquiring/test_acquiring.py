"""Takings: lines, a document and tables say the same; no card number gets in; refunds are below zero."""

import io
import json
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter

from zhiwei.borrower.reading import Problem
from zhiwei.borrower.records import ACQUIRING
from zhiwei.borrower.sources import acquiring
from zhiwei.values import BadInput

SALE = {
    "reference": "T1", "paid_at": "2024-03-01T12:30:05", "amount": "58.00", "fee": "0.22", "terminal": "00010001",
    "payer": "tok_9f2c", "channel": "card",
}  # fmt: skip
REFUND = {**SALE, "reference": "T2", "paid_at": "2024-03-02T09:00:00", "amount": -58, "fee": "-0.22"}
HEAD = "商户号,终端号,交易日期,交易时间,交易类型,交易金额,手续费,卡号,支付渠道,交易流水号"
CSV = f"""{HEAD}
898310148160001,00010001,2024-03-01,12:30:05,消费,58.00,0.22,tok_9f2c,银行卡,T1
898310148160001,00010001,2024-03-02,09:00:00,退货,58.00,-0.22,tok_9f2c,银行卡,T2
"""


def document(*rows: Any) -> bytes:
    return json.dumps({"merchant": "898310148160001", "transactions": rows}).encode()


def workbook(text: str) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("流水")
        for number, line in enumerate(text.splitlines()):
            sheet.write_row(number, 0, line.split(","))
    return file.getvalue()


def test_a_sale_and_its_refund() -> None:
    parsed = acquiring.read(document(SALE, REFUND), "takings.json", "P1")
    table = parsed.tables["acquiring"]
    assert table.schema == ACQUIRING
    assert table.to_pylist()[0] == {
        "party_id": "P1", "merchant": "898310148160001", "terminal": "00010001",
        "paid_at": datetime(2024, 3, 1, 12, 30, 5),  # noqa: DTZ001 - records have no zone
        "amount": 5800, "fee": 22, "payer": "tok_9f2c", "channel": "card", "reference": "T1",
    }  # fmt: skip
    assert table["amount"].to_pylist() == [5800, -5800]
    assert not parsed.problems
    assert not parsed.warnings


def test_lines_and_tables_say_the_same() -> None:
    wanted = acquiring.read(document(SALE, REFUND), "t.json", "P1").tables
    rows = [{**row, "merchant": "898310148160001"} for row in (SALE, REFUND)]
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    assert acquiring.read(lines, "t.ndjson", "P1").tables == wanted
    for content, name in ((CSV.encode(), "t.csv"), (CSV.encode("gb18030"), "t.csv"), (workbook(CSV), "t.xlsx")):
        parsed = acquiring.read(content, name, "P1")
        assert parsed.tables == wanted
        assert not parsed.problems


def test_a_table_whose_amounts_carry_their_sign() -> None:
    head = "商户号,交易时间,金额,流水号"
    text = f"{head}\nM1,2024-03-01 12:30:05,58.00,T1\nM1,2024-03-02 12:30:05,-8.00,T2\n"
    assert acquiring.read(text.encode(), "t.csv", "P1").tables["acquiring"]["amount"].to_pylist() == [5800, -800]


def test_days_without_a_time_are_said() -> None:
    """Midnight would count as the night."""
    text = "商户号,交易时间,金额,流水号\nM1,2024-03-01,58.00,T1\nM1,2024-03-02,8.00,T2\n"
    assert acquiring.read(text.encode(), "t.csv", "P1").warnings == {"paid_at has no time of day": 1}
    text = text.replace("02,8", "02 00:00:01,8")
    assert not acquiring.read(text.encode(), "t.csv", "P1").warnings


CARD = "6222020200112345679"


def test_a_card_number_is_refused_and_not_repeated() -> None:
    said = "looks like a full card number: it must be tokenised before it is sent"
    parsed = acquiring.read(document(SALE, {**REFUND, "payer": CARD}), "t.json", "P1")
    assert parsed.problems == [Problem("transactions[1]", "payer", "*" * 15 + "5679", said)]
    assert parsed.rows() == 1
    table = acquiring.read(CSV.replace("退货,58.00,-0.22,tok_9f2c", f"退货,58.00,-0.22,{CARD}").encode(), "t.csv", "P1")
    assert table.problems == [Problem("row 3", "payer", "*" * 15 + "5679", said)]
    assert table.rows() == 1
    for row in (SALE, REFUND):
        citizen = acquiring.read(document({**row, "payer": "11010519491231002X"}), "t.json", "P1")
        assert "a citizen's ID" in citizen.problems[0].problem


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"amount": "0.00"}, "amount", "above zero"), ({"amount": "1.005"}, "amount", "two decimals"),
        ({"amount": True}, "amount", "two decimals"), ({"amount": None}, "amount", "missing"),
        ({"paid_at": "2024-03-01"}, "paid_at", "such as 2024-03-01T08:30:00"),
        ({"reference": ""}, "reference", "missing"),
        ({"reference": 17}, "reference", "in quotes"), ({"channel": "cash"}, "channel", "one of card, wechat"),
        ({"merchant": []}, "merchant", "in quotes"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named(change: dict[str, Any], column: str, said: str) -> None:
    parsed = acquiring.read(document(SALE, {**REFUND, **change}), "t.json", "P1")
    [problem] = parsed.problems
    assert (problem.place, problem.column) == ("transactions[1]", column)
    assert said in problem.problem
    assert parsed.tables["acquiring"]["reference"].to_pylist() == ["T1"]


def test_a_bad_row_of_a_table_is_named_by_its_number() -> None:
    text = CSV + "898310148160001,00010001,2024-03-03,09:00:00,消费,abc,0,tok,银行卡,T3\n" + (
        "898310148160001,00010001,2024-03-03,09:00:00,消费,0.00,0,tok,现金,T4\n"
        "898310148160001,00010001,2024-03-04,09:00:00,消费,3.00,0,tok,微信,T5\n"
    )  # fmt: skip
    parsed = acquiring.read(text.encode(), "t.csv", "P1")
    assert [(p.place, p.column[:4]) for p in parsed.problems] == [("row 4", "交易金额"), ("row 5", "chan")]
    assert parsed.tables["acquiring"]["reference"].to_pylist() == ["T1", "T2", "T5"]


def test_rows_that_are_odd_are_kept() -> None:
    odd = {**SALE, "merchant": "short", "terminal": "7", "fee": "60"}
    parsed = acquiring.read(document(odd), "t.json", "P1")
    assert parsed.rows() == 1
    assert parsed.warnings == {
        "fee above the amount": 1, "merchant of a card taking without 15 characters": 1,
        "terminal of a card taking without 8 characters": 1,
    }  # fmt: skip


def test_a_file_sent_twice_in_one_counts_once() -> None:
    parsed = acquiring.read(document(SALE, SALE, {**SALE, "fee": None}), "t.json", "P1")
    assert parsed.rows() == 1
    assert parsed.warnings == {"repeated row left out": 1}
    assert "the same record as transactions[0] with another fee" in parsed.problems[0].problem


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"PK\x03\x04", b"%PDF-1.7", b"{", b"[]", b"just words"])
def test_what_is_no_file_of_takings(content: bytes) -> None:
    with pytest.raises(BadInput):
        acquiring.read(content, "t", "P1")


def test_a_missing_column_is_named() -> None:
    with pytest.raises(BadInput, match="交易金额"):
        acquiring.read(CSV.replace("交易金额", "数").encode(), "t.csv", "P1")


def test_many_rows() -> None:
    rows = [{**SALE, "reference": f"T{at}", "amount": f"{at + 1}.0{at % 10}"} for at in range(20_000)]
    parsed = acquiring.read(document(*rows), "t.json", "P1")
    assert parsed.rows() == 20_000
    assert sum(parsed.tables["acquiring"]["amount"].to_pylist()) == sum(
        100 * (at + 1) + at % 10 for at in range(20_000)
    )
