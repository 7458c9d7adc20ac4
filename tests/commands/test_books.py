"""The book on the command line: the bank's statement, any day's balances, an account line by line, a chart."""

import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import close_days, draw

Run = Callable[..., subprocess.CompletedProcess[str]]
FIRST, LAST = date(2024, 3, 1), date(2024, 3, 31)


@pytest.fixture
def line(platform: Platform, open_line: Callable[..., str]) -> str:
    """300,000 drawn on the first day; March is closed."""
    line = open_line(FIRST)
    draw(books=platform, by=platform.actor, key="d", line=line, amount=30_000_000, on=FIRST)
    close_days(books=platform, by=platform.actor, since=FIRST, until=LAST)
    return line


@pytest.fixture
def statement(platform: Platform, line: str, tmp_path: Path) -> Path:
    """The payout and a repayment by the bank's numbers, and money from nobody we know."""
    with platform.unit("local") as unit:
        [payout] = unit.lines.payouts(line=line)
    path = tmp_path / "bank.csv"
    path.write_text(
        "date,direction,amount,currency,reference,counterparty,text\n"
        f"2024-03-01,out,300000,CNY,{payout.bank_ref},,\n"
        "2024-04-02,in,50000,CNY,R-1,,\n"
        "2024-04-02,in,12.34,CNY,,Somebody,\n",
        encoding="utf-8",
    )
    return path


def rows(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    return [json.loads(row) for row in done.stdout.splitlines()]


def fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


def test_a_bank_statement_is_reconciled_and_what_differs_waits_for_a_person(
    zhiwei: Run, line: str, statement: Path
) -> None:
    """The repayment pairs by the bank's number, given with it; the same file again changes nothing."""
    zhiwei("repay", line, "50000", "--on", "2024-04-01", "--reference", "R-1")
    first = rows(zhiwei("reconcile", statement, "--json"))
    assert [{name: one[name] for name in ("rows", "matched", "new", "waiting")} for one in first] == [
        {"rows": 3, "matched": 2, "new": 1, "waiting": 0}
    ]
    assert rows(zhiwei("reconcile", statement, "--account", "1002", "--json")) == first
    [open_one] = rows(zhiwei("differences", "--json"))
    assert (open_one["kind"], open_one["facts"]["bank"][0]["amount"]) == ("only_in_bank", "12.34")
    assert "S*******" in zhiwei("differences").stdout, "lists mask names"

    name = open_one["difference_id"]
    assert "no_reason" in zhiwei("resolve", name, "--because", " ", code=2).stderr
    zhiwei("resolve", name, "--because", "sent back")
    assert rows(zhiwei("differences", "--json")) == []
    assert "no_such_difference" in zhiwei("resolve", name, "--because", "again", code=1).stderr


def test_a_file_that_is_no_statement_is_named_by_line(zhiwei: Run, line: str, statement: Path) -> None:
    assert "no_such_account" in zhiwei("reconcile", statement, "--account", "cahs", code=1).stderr
    statement.write_text(statement.read_text(encoding="utf-8").replace("out", "away"), encoding="utf-8")
    assert "bank.csv:2: direction 'a***'" in zhiwei("reconcile", statement, code=2).stderr
    assert "cannot_use_file" in zhiwei("reconcile", "nowhere.csv", code=2).stderr


def test_any_days_balances_and_an_account_behind_them(zhiwei: Run, line: str) -> None:
    """What a closed day said it says still; the last line of an account is its balance."""
    before = rows(zhiwei("books", "--on", "2024-03-31", "--json"))
    zhiwei("repay", line, "50000", "--on", "2024-03-20")  # heard of after the day was closed
    assert rows(zhiwei("books", "--on", "2024-03-31", "--json")) == before
    now = {row["name"]: row for row in rows(zhiwei("books", "--since", "2024-04-01", "--json"))}
    assert sum(fen(row["balance"]) for row in now.values()) == sum(fen(row["opening"]) for row in now.values()) == 0
    assert (now["cash"]["opening"], now["cash"]["debit"], now["cash"]["balance"]) == (
        "-300000.00", "50000.00", "-250000.00",
    )  # fmt: skip
    lines = rows(zhiwei("account", "cash", "--since", "2024-04-01", "--json"))
    assert sum(fen(one["amount"]) for one in lines) == 5_000_000
    assert lines[-1]["balance"] == now["cash"]["balance"]
    assert {one["value_date"] for one in lines} == {"2024-03-20"}
    shown = zhiwei("account", "1303", "--until", "2024-03-31").stdout
    assert "opening" in shown
    assert "300,000.00" in shown
    assert "did you mean 'cash'" in zhiwei("account", "cahs", code=1).stderr


def test_a_tenants_own_chart(zhiwei: Run, line: str, tmp_path: Path) -> None:
    """Another number for cash and an account beside it; a chart that moves an account to another side is refused."""
    own = tmp_path / "chart.toml"
    own.write_text(
        '[cash]\nnumber = "1003"\nzh = "存放中央银行款项"\n\n'
        '[cash_ccb]\nnumber = "100201"\nzh = "建行"\nen = "Cash at CCB"\nside = "asset"\n',
        encoding="utf-8",
    )
    adopted = {row["name"]: row for row in rows(zhiwei("chart", own, "--json"))}
    assert (adopted["cash"]["number"], adopted["cash_ccb"]["side"]) == ("1003", "asset")
    assert "0 accounts changed" in zhiwei("chart", own).stdout
    [cash] = [row for row in rows(zhiwei("books", "--json")) if row["name"] == "cash"]
    assert (cash["account"], cash["zh"]) == ("1003", "存放中央银行款项")
    own.write_text('[cash]\nside = "income"\n', encoding="utf-8")
    assert "chart.toml" in zhiwei("chart", own, code=2).stderr


def test_funders_balance_and_the_day_close_answers_to_both_names(zhiwei: Run, line: str) -> None:
    zhiwei("close-day", "--to", "2024-04-01")
    assert zhiwei("close-days", "--until", "2024-04-01").stdout.startswith("nothing to close")
    found = {row["funder"]: row for row in rows(zhiwei("funders", "--json"))}
    assert [row["balances"] for row in found.values()] == [True, True]
    assert fen(found["lead_bank"]["provisions"]) == fen(found["lead_bank"]["allowance"]) > 0  # of the month's end
    days = rows(zhiwei("funders", "lead_bank", "--json"))
    assert sum(fen(row["earned"]) for row in days) == fen(found["lead_bank"]["earned"])
