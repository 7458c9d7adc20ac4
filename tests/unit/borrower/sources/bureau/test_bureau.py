"""A credit report: accounts and queries of one day, with the letters of each month."""

import json
from datetime import date
from typing import Any

import pytest

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.records import BUREAU_ACCOUNTS, BUREAU_QUERIES
from zhiwei.borrower.sources import bureau
from zhiwei.borrower.sources.bureau.rules import LETTERS
from zhiwei.values import BadInput

ACCOUNT = {
    "account": "A1", "lender": "bank_7", "kind": "loan", "opened_on": "2021-05-01", "due_on": "2024-05-01",
    "limit": "300000.00", "balance": "80000.00", "overdue": "0", "class": "正常", "months": "N" * 22 + "1N",
}  # fmt: skip
QUERY = {"queried_on": "2024-02-11", "lender": "bank_9", "reason": "贷款审批"}
ABOVE = {"report_no": "R1", "report_on": "2024-03-01", "subject": "owner"}


def read(accounts: list[Any], queries: list[Any], **above: Any) -> Parsed:
    content = {**ABOVE, **above, "accounts": accounts, "queries": queries}
    return bureau.read(json.dumps(content).encode(), "report.json", "P1")


def test_a_report() -> None:
    parsed = read([ACCOUNT], [QUERY])
    assert parsed.tables["bureau_accounts"].schema == BUREAU_ACCOUNTS
    assert parsed.tables["bureau_queries"].schema == BUREAU_QUERIES
    assert parsed.tables["bureau_accounts"].to_pylist() == [
        {
            "party_id": "P1", "subject": "owner", "report_on": date(2024, 3, 1), "account": "A1", "lender": "bank_7",
            "kind": "loan", "opened_on": date(2021, 5, 1), "due_on": date(2024, 5, 1), "limit": 30_000_000,
            "balance": 8_000_000, "overdue": 0, "class": "normal", "months": "N" * 22 + "1N",
        }
    ]  # fmt: skip
    assert parsed.tables["bureau_queries"].to_pylist() == [
        {
            "party_id": "P1", "subject": "owner", "report_on": date(2024, 3, 1), "queried_on": date(2024, 2, 11),
            "lender": "bank_9", "reason": "loan",
        }
    ]  # fmt: skip
    assert parsed.facts == {"report_no": "R1"}
    assert not parsed.problems
    assert not parsed.warnings


def test_lines_say_the_same() -> None:
    above = {"report_on": "2024-03-01", "subject": "owner"}
    rows = [{"record": "queries", **above, **QUERY}, {"record": "accounts", **above, **ACCOUNT}]
    lines = "\n".join(map(json.dumps, rows)).encode()
    assert bureau.read(lines, "report.jsonl", "P1").tables == read([ACCOUNT], [QUERY]).tables


def test_a_report_without_accounts_is_a_report() -> None:
    parsed = bureau.read(json.dumps({**ABOVE, "queries": [QUERY]}).encode(), "report.json", "P1")
    assert [table.num_rows for table in parsed.tables.values()] == [0, 1]


@pytest.mark.parametrize("months", ["N" * 24, "/" * 30 + "N" * 30, "".join(LETTERS) + "N" * 10, None])
def test_months_that_a_report_may_have(months: str | None) -> None:
    parsed = read([{**ACCOUNT, "months": months}], [])
    assert parsed.tables["bureau_accounts"]["months"].to_pylist() == [months]


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"months": "N" * 23}, "months", "24 to 60 months, not 23"), ({"months": "N" * 61}, "months", "not 61"),
        ({"months": "N" * 23 + "8"}, "months", "month 24 is '8'"), ({"months": "n" * 24}, "months", "month 1 is 'n'"),
        ({"months": ["N"] * 24}, "months", "in quotes"), ({"class": "fine"}, "class", "one of normal"),
        ({"kind": "mortgage"}, "kind", "one of loan"), ({"balance": "-1"}, "balance", "zero or more"),
        ({"opened_on": "2024-03-02"}, "opened_on", "not after the report's, 2024-03-01"),
        ({"due_on": "2021-04-30"}, "due_on", "not before opened_on"), ({"account": None}, "account", "missing"),
        ({"account": "6228480012345678903"}, "account", "a full card number"),
    ],
)  # fmt: skip
def test_a_bad_account_is_named(change: dict[str, Any], column: str, said: str) -> None:
    parsed = read([ACCOUNT, {**ACCOUNT, "account": "A2", **change}], [QUERY])
    [problem] = parsed.problems
    assert (problem.place, problem.column) == ("accounts[1]", column)
    assert said in problem.problem
    assert parsed.rows() == 2


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"queried_on": "2024-03-02"}, "queried_on", "not after the report's"), ({"lender": ""}, "lender", "missing"),
        ({"reason": "curiosity"}, "reason", "one of loan"),
    ],
)  # fmt: skip
def test_a_bad_query_is_named(change: dict[str, Any], column: str, said: str) -> None:
    [problem] = read([], [QUERY, {**QUERY, **change}]).problems
    assert (problem.place, problem.column) == ("queries[1]", column)
    assert said in problem.problem


def test_a_query_listed_twice_is_one() -> None:
    parsed = read([], [QUERY, QUERY, {**QUERY, "lender": "bank_1"}])
    assert parsed.rows() == 2
    assert parsed.warnings == {"repeated row left out": 1}


def test_what_is_odd_is_kept() -> None:
    parsed = read(
        [
            {**ACCOUNT, "overdue": "90000"}, {**ACCOUNT, "account": "A2", "months": "N" * 23 + "2"},
        ], [],
    )  # fmt: skip
    assert parsed.rows() == 2
    assert parsed.warnings == {
        "overdue above the balance": 1, "an overdue amount in a month that is not overdue": 1,
        "last month overdue without an amount": 1,
    }  # fmt: skip


@pytest.mark.parametrize("above", [{"report_on": "tomorrow"}, {"subject": "cousin"}])
def test_what_holds_for_every_row_must_be_understood(above: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="it holds for every row"):
        read([ACCOUNT], [], **above)


@pytest.mark.parametrize("content", [b"", b"{", b'{"accounts": 1}', b"a,b\n1,2\n", b"\x00\xff", b"[]"])
def test_what_is_no_report(content: bytes) -> None:
    with pytest.raises(BadInput):
        bureau.read(content, "report", "P1")
