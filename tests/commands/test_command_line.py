"""The command line as a user meets it: a process of its own, exit codes, JSON, clear errors."""

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

pytestmark = pytest.mark.usefixtures("template")  # the server stays up between commands, which makes them quick
Row = list[object]


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """附件1 in small: one good firm with three years of invoices."""
    book = openpyxl.Workbook()
    firms = book.active
    firms.title = "企业信息"
    firms.append(["企业代号", "企业名称", "信誉评级", "是否违约"])
    firms.append(["E1", "***商行", "A", "否"])
    for title, other, prefix in (("进项发票信息", "销方单位代号", "A"), ("销项发票信息", "购方单位代号", "B")):
        sheet = book.create_sheet(title)
        sheet.append(["企业代号", "发票号码", "开票日期", other, "金额", "税额", "价税合计", "发票状态"])
        for row in _invoices(prefix):
            sheet.append(row)
    path = tmp_path / "附件1.xlsx"
    book.save(path)
    return path


def _invoices(prefix: str) -> list[Row]:
    from datetime import datetime

    rows: list[Row] = []
    for month in range(36):
        for number in range(6):
            issued = datetime(2017 + (month + 2) // 12, (month + 2) % 12 + 1, 2 + 4 * number)  # noqa: DTZ001
            share = 1 if prefix == "B" else 0.7
            amount = round(120000 * share + 1000 * number, 2)
            tax = round(amount * 0.13, 2)
            rows.append(
                ["E1", 1000 + month * 10 + number, issued, f"{prefix}{number}", amount, tax, amount + tax, "有效发票"]
            )
    return rows


def test_a_firm_walks_from_its_invoices_to_books_that_balance(zhiwei, workbook: Path) -> None:  # type: ignore[no-untyped-def]
    zhiwei("import", "cumcm2020c", workbook)
    again = zhiwei("import", "cumcm2020c", workbook, "--json")
    assert json.loads(again.stdout)["new_invoices"] == 0

    args = ("decide", "--product", "tax_credit", "--party", "E1", "--as-of", "2020-03-01", "--json")
    first = zhiwei(*args).stdout
    decision = json.loads(first)
    assert list(decision) == [
        "decision", "party", "product", "as_of", "outcome", "limit", "annual_rate", "score", "pd", "reasons",
        "versions", "inputs_hash",
    ]  # fmt: skip
    assert decision["outcome"] == "approve"
    assert zhiwei("decide", "--replay", decision["decision"], "--json").stdout == first
    assert zhiwei(*args).stdout == first

    line = json.loads(zhiwei("accept", decision["decision"], "--on", "2020-03-01", "--json").stdout)["line"]
    assert "over_limit" in zhiwei("draw", line, "9000000", "--on", "2020-03-01", code=1).stderr
    assert "future_date" in zhiwei("draw", line, "5000", "--on", "2999-01-01", code=1).stderr
    zhiwei("draw", line, "300000", "--on", "2020-03-01", "--key", "d1")
    reused = zhiwei("draw", line, "300001", "--on", "2020-03-01", "--key", "d1", "--json", code=1)
    assert json.loads(reused.stderr)["error"] == "key_reused"
    zhiwei("close-day", "--since", "2020-03-01", "--to", "2020-03-31")
    paid = json.loads(zhiwei("repay", line, "100000", "--on", "2020-04-01", "--json").stdout)
    shown = json.loads(zhiwei("statement", line, "--on", "2020-04-01", "--json").stdout)
    assert shown["payoff"] == paid["outstanding"]
    assert [row["kind"] for row in shown["rows"]] == ["drawn", "billed", "billed", "repaid"]

    funders = [json.loads(row) for row in zhiwei("funders", "--json").stdout.splitlines()]
    assert sum(_fen(row["principal"]) for row in funders) == _fen(shown["principal"])
    days = [json.loads(row) for row in zhiwei("funders", "partner_bank", "--json").stdout.splitlines()]
    partner = next(row for row in funders if row["funder"] == "partner_bank")
    assert days[-1]["balance"] == partner["principal"]
    assert sum(_fen(row["earned"]) for row in days) == _fen(partner["earned"])
    assert sum(_fen(row["cash"]) for row in days) == -_fen(partner["net_funding"])
    accounts = [json.loads(row) for row in zhiwei("books", "--json").stdout.splitlines()]
    assert sum(_fen(row["balance"]) for row in accounts) == 0
    zhiwei("doctor")
    assert zhiwei("close-day", "--to", "2020-03-31").stdout.startswith("nothing to close")


def _fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


def test_a_declined_business_has_nothing_to_accept(zhiwei, workbook: Path) -> None:  # type: ignore[no-untyped-def]
    """As of 2018-01-01 the firm has less than a year on record; a decision before its records is declined too."""
    zhiwei("import", "cumcm2020c", workbook)
    args = ("decide", "--product", "tax_credit", "--party", "E1", "--as-of", "2018-01-01", "--json")
    declined = json.loads(zhiwei(*args).stdout)
    assert declined["outcome"] == "decline"
    assert declined["limit"] == "0.00"
    assert declined["annual_rate"] is None
    assert 0 < float(declined["pd"]) < 1
    assert "A01" in [reason["code"] for reason in declined["reasons"]]
    assert "not_approved" in zhiwei("accept", declined["decision"], "--on", "2018-01-01", code=1).stderr
    assert "not_approved" in zhiwei("draw", "E1", "10000", "--on", "2018-01-01", code=1).stderr


def test_a_damaged_workbook_is_refused_whole_or_its_bad_rows_left_out(zhiwei, workbook: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    book = openpyxl.load_workbook(workbook)
    book["销项发票信息"]["E5"] = "一百"
    damaged = tmp_path / "damaged.xlsx"
    book.save(damaged)
    refused = zhiwei("import", "cumcm2020c", workbook, damaged, code=2)
    assert "damaged.xlsx, sheet 销项发票信息, row 5, column 金额: '一百'" in refused.stderr
    unknown = zhiwei("decide", "--product", "tax_credit", "--party", "E1", "--as-of", "2020-03-01", code=1)
    assert "no_such_party" in unknown.stderr, "nothing of either file may be imported"

    done = zhiwei("import", "cumcm2020c", damaged, "--skip-bad-rows", "--json")
    assert json.loads(done.stdout)["invoices"] == 2 * 36 * 6 - 1
    assert "销项发票信息,5,金额,一百" in (tmp_path / "bad_rows.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import", "cumcm2020c", "nowhere.xlsx"], "no_such_file"),
        (["decide", "--product", "tax_credit"], "--as-of"),
        (["decide", "--product", "tax_credit", "--party", "E1", "--as-of", "yesterday"], "2020-03-01"),
        (["draw", "line_x", "12.345"], "two decimals"),
        (["check", "nowhere"], "no_such_product"),
        (["lend", "cumcm2020c", "--budget", "1000000"], "no_demand_curve"),
    ],
)
def test_bad_input_says_what_to_do_and_exits_2(zhiwei, arguments: list[str], words: str) -> None:  # type: ignore[no-untyped-def]
    assert words in zhiwei(*arguments, code=2).stderr


def test_a_product_needs_two_people(zhiwei, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "tax_credit"
    zhiwei("product", "export", "tax_credit", folder)
    rules = folder / "monitoring.toml"
    rules.write_text(
        rules.read_text(encoding="utf-8").replace("freeze_above_days = 3", "freeze_above_days = 5"), encoding="utf-8"
    )
    proposed = zhiwei("product", "propose", folder, "--by", "one").stdout
    hash_prefix = proposed.split()[1].rstrip(":")
    assert "four_eyes" in zhiwei("product", "approve", "tax_credit", hash_prefix, "--by", "one", code=1).stderr
    zhiwei("product", "approve", "tax_credit", hash_prefix, "--by", "other")
    assert f"{hash_prefix}  published" in zhiwei("product", "list").stdout


def test_the_demo_tells_the_same_story_twice(data_folder: Path, tmp_path: Path) -> None:
    """A small town: same seed, same report; the books balance; another seed, another report."""
    given = os.environ.get("ZHIWEI_TEST_DATABASE_URL", "")
    environment = {**os.environ, "ZHIWEI_DATA": str(data_folder), "COLUMNS": "120", "ZHIWEI_DATABASE_URL": given}

    def report(*arguments: str) -> str:
        command = [sys.executable, "-m", "zhiwei", "demo", "--no-serve", "--businesses", "40", *arguments]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout

    first = report("--seed", "7")
    assert first == report("--seed", "7")
    assert first != report("--seed", "8")
    story = json.loads(report("--seed", "7", "--json"))
    assert all(story["invariants"].values())
    assert story["draws"] > 0
    assert story["applications"]["approve"] > story["applications"]["decline"]
