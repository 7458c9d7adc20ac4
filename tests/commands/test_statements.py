"""A stranger's bank export, from a first look to records: previewed, mapped, allowed, received, by commands alone."""

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter

from zhiwei.journeys import Source
from zhiwei.journeys.borrower.records import Contents, delivery_of
from zhiwei.values import identifier

ACCOUNTS = range(101, 121)


def berka() -> str:
    """Twenty accounts through each other, day by day, as the Czech bank of 1993 wrote them."""
    into = io.StringIO()
    lines = csv.writer(into, delimiter=";", quoting=csv.QUOTE_NONNUMERIC)
    lines.writerow(
        ["trans_id", "account_id", "date", "type", "operation", "amount", "balance", "k_symbol", "bank", "account"]
    )
    left = dict.fromkeys(ACCOUNTS, 0)
    for step in range(12):
        day = (date(1993, 1, 1) + timedelta(days=17 * step)).strftime("%y%m%d")
        for account in ACCOUNTS:
            kind, amount = ("PRIJEM", 10_000 + account) if step % 3 == 0 else (("VYDAJ", "VYBER")[step % 2], 100 * step)
            left[account] += amount if kind == "PRIJEM" else -amount
            money = [f"{minor / 10:.1f}" for minor in (amount, left[account])]
            into.write(f'{step * 100 + account};{account};{day};"{kind}";"VKLAD";{money[0]};{money[1]};"";"";""\r\n')
    return into.getvalue()


@pytest.fixture
def words(tmp_path: Path) -> Path:
    file = tmp_path / "words.txt"
    file.write_text("We agree that our statements are looked at.", "utf-8")
    return file


def test_a_file_of_many_accounts_becomes_records_of_many_parties(zhiwei, tmp_path: Path, words: Path) -> None:
    file, mapping = tmp_path / "trans.csv", tmp_path / "berka.toml"
    file.write_text(berka(), "ascii")
    shown = json.loads(zhiwei("mapping", "preview", file, "--json").stdout)
    assert (shown["rows"], shown["good"], shown["accounts"]) == (240, 240, 20)
    assert (shown["links"], shown["held"], shown["days"]) == (220, 220, ["1993-01-01", "1993-07-07"])
    assert {question["about"] for question in shown["open"]} == {"currency", "party"}
    assert any("vyber vydaj" in reason for reason in shown["decided"])
    columns = ["--party-column", "berka-{account_id}"]
    assert "parties: 20" in zhiwei("mapping", "preview", file, *columns).stdout
    zhiwei("mapping", "save", file, "--to", mapping, *columns, "--set", "currency=CZK")

    receive = ["receive", file, "--source", "bank_flow", "--mapping", mapping]
    assert "no_consent" in zhiwei(*receive, code=1).stderr
    parties = tmp_path / "parties.txt"
    assert "20 parties: berka-101, berka-102" in zhiwei("mapping", "parties", file, *columns, "--to", parties).stdout
    assert json.loads(zhiwei("mapping", "parties", file, "--mapping", mapping, "--json").stdout)["parties"] == 20
    give = ["consent", "give", f"@{parties}", "--scope", "bank_flow"]
    given = json.loads(zhiwei(*give, "--text", words, "--evidence", "page 1", "--json").stdout)
    assert given == {"parties": 20, "consents": 20}
    got = json.loads(zhiwei(*receive, "--json").stdout)
    assert (got["rows"], got["new"]) == ({"bank_flow": 240}, True)
    assert not json.loads(zhiwei(*receive, "--json").stdout)["new"]
    assert "two_owners" in zhiwei(*receive, "--party", "F1", code=2).stderr
    [worth] = json.loads(zhiwei("quality", "berka-101", "--as-of", "1993-08-01", "--json").stdout)["kinds"]
    assert (worth["rows"], worth["held"], worth["tried"]) == (12, 11, 11)


def test_only_the_accounts_of_a_table_are_taken(zhiwei, tmp_path: Path, words: Path) -> None:
    file, table = tmp_path / "trans.csv", tmp_path / "who.csv"
    file.write_text(berka(), "ascii")
    table.write_text("account,party\n101,F1\n102,F1\n103,F2\n", "utf-8")
    parties = tmp_path / "parties.txt"
    parties.write_text("party_id,name\nF1,\nF2,\n", "utf-8")
    give = ["consent", "give", f"@{parties}", "--scope", "bank_flow", "--text", words, "--evidence", "p 1"]
    assert "2 parties allow bank_flow" in zhiwei(*give).stdout
    receive = ["receive", file, "--source", "bank_flow", "--set", f"parties={table}", "--currency", "CZK"]
    assert "no_party_column" in zhiwei(*receive, code=2).stderr
    got = json.loads(zhiwei(*receive, "--party-column", "account_id", "--json").stdout)
    assert got["rows"] == {"bank_flow": 36}
    assert got["warnings"]["left out: of accounts that the table of parties does not have"] == 204
    assert "accounts" in got["facts"]


def test_a_workbook_of_an_indian_bank(zhiwei, tmp_path: Path, words: Path) -> None:
    file = tmp_path / "bank.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        sheet, form = book.add_worksheet(), book.add_format({"num_format": "dd-mmm-yy"})
        sheet.write_row(0, 0, ["Account No", "DATE", "TRANSACTION DETAILS", "CHQ.NO.", "VALUE DATE", " WITHDRAWAL AMT ",
                               " DEPOSIT AMT ", "BALANCE AMT", "."])  # fmt: skip
        row = 0
        for account in ("409000611074'", "409000493201'"):
            left = 0.0
            for step in range(1, 31):
                row += 1
                amount = 1_000_000.35 * step if step % 2 else -250_000.1 * step
                left += amount
                on = date(2017, 6, 1) + timedelta(days=3 * step)
                sheet.write(row, 0, account)
                sheet.write_datetime(row, 1, on, form)
                sheet.write(row, 2, "TRF FROM  Indiaforensic SERVICES")
                sheet.write_datetime(row, 4, on, form)
                sheet.write(row, 5 if amount < 0 else 6, abs(amount))
                sheet.write(row, 7, left)
                sheet.write(row, 8, ".")
    shown = json.loads(zhiwei("mapping", "preview", file, "--set", "currency=INR", "--json").stdout)
    assert (shown["rows"], shown["good"], shown["links"], shown["held"], shown["accounts"]) == (60, 60, 58, 58, 2)
    assert shown["total_in"] == {"INR": 2 * sum(100_000_035 * step for step in range(1, 31, 2))}
    give = ["consent", "give", "F9", "--scope", "bank_flow", "--text", words, "--evidence", "page 2"]
    zhiwei(*give)
    receive = ["receive", file, "--source", "bank_flow", "--party", "F9", "--set", "currency=INR", "--json"]
    got = json.loads(zhiwei(*receive).stdout)
    assert (got["rows"], got["warnings"]) == ({"bank_flow": 60}, {})
    assert got["facts"]["accounts"] == "********3201, ********1074"


OPEN = "Date,Payee,Amount\n03/04/2024,G1,5.00\n05/04/2024,G2,7.00\n06/04/2024,G3,1.00\n"


def test_what_a_file_leaves_open_is_asked_and_nothing_is_kept_before(zhiwei, tmp_path: Path, words: Path) -> None:
    file, mapping = tmp_path / "card.csv", tmp_path / "m.toml"
    file.write_text(OPEN, "utf-8")
    text = zhiwei("mapping", "preview", file).stdout
    assert "open: Date: its days could be DD/MM/YYYY or MM/DD/YYYY" in text
    assert "--set dates=MM/DD/YYYY" in text
    assert "--set sign=negated" in text
    save = ["mapping", "save", file, "--to", mapping]
    assert "--set dates=DD/MM/YYYY" in zhiwei(*save, code=2).stderr
    assert not mapping.exists()
    receive = ["receive", file, "--source", "bank_flow", "--party", "F1"]
    assert "undecided" in zhiwei(*receive, code=2).stderr
    zhiwei(*save, "--set", "dates=DD/MM/YYYY", "--set", "sign=negated", "--set", "currency=GBP")
    zhiwei("consent", "give", "F1", "--scope", "bank_flow", "--text", words, "--evidence", "page 3")
    got = json.loads(zhiwei(*receive, "--mapping", mapping, "--json").stdout)
    assert (got["rows"], got["facts"]["to"]) == ({"bank_flow": 3}, "2024-04-06")
    shown = json.loads(zhiwei("mapping", "preview", file, "--mapping", mapping, "--json").stdout)
    assert (shown["total_out"], shown["open"]) == ({"GBP": -1300}, [])


def test_the_same_file_read_by_other_settings_is_another_delivery(zhiwei, tmp_path: Path, words: Path) -> None:
    """Received with day and month the wrong way round, then as they are: what was read last is what the file says."""
    file = tmp_path / "card.csv"
    file.write_text(OPEN, "utf-8")
    zhiwei("consent", "give", "F1", "--scope", "bank_flow", "--text", words, "--evidence", "page 3")
    receive = ["receive", file, "--source", "bank_flow", "--party", "F1", "--json", "--set", "currency=CNY"]
    receive += ["--set", "sign=signed", "--set"]

    def got(dates: str) -> dict[str, Any]:
        return json.loads(zhiwei(*receive, f"dates={dates}").stdout)

    def worth(as_of: str) -> tuple[int, int]:
        [one] = json.loads(zhiwei("quality", "F1", "--as-of", as_of, "--json").stdout)["kinds"]
        return one["rows"], one["freshness_days"]

    first = got("MM/DD/YYYY")
    assert (first["new"], got("MM/DD/YYYY")["new"]) == (True, False)
    assert worth("2024-07-01") == (3, (date(2024, 7, 1) - date(2024, 6, 4)).days)
    second = got("DD/MM/YYYY")
    assert (second["new"], second["rows"]) == (True, first["rows"])
    assert second["delivery"] != first["delivery"]
    assert worth("2024-07-01") == (3, (date(2024, 7, 1) - date(2024, 4, 6)).days)


def test_without_settings_a_delivery_has_the_id_it_always_had() -> None:
    """Those that were received before settings counted are known again."""
    contents = Contents({"bank_flow": pa.table({"party_id": ["F1"]})})
    source = Source("bank_flow", "a.csv", "5" * 64)
    assert delivery_of(source, contents) == identifier("del", "bank_flow", "5" * 64, ("bank_flow", 1))
    assert delivery_of(replace(source, settings="x"), contents) != delivery_of(source, contents)


def test_a_wrong_answer_is_told_how_to_be_right(zhiwei, tmp_path: Path) -> None:
    file = tmp_path / "card.csv"
    file.write_text(OPEN, "utf-8")
    for said, code in (("dates", "bad_setting"), ("colour=red", "bad_setting"), ("dates=DD", "bad_mapping"),
                       ("amount=Betrag", "missing_column"), ("sign=perhaps", "bad_mapping")):  # fmt: skip
        told = zhiwei("mapping", "preview", file, "--set", said, code=2).stderr
        assert code in told, told
    file.write_text("a,b\nx,y\nz,w\n", "utf-8")
    assert "--set dates=DD/MM/YYYY" in zhiwei("mapping", "preview", file, code=2).stderr
    assert "no_such_file" in zhiwei("mapping", "preview", tmp_path / "none.csv", code=2).stderr
    assert "no_party_column" in zhiwei("mapping", "parties", file, code=2).stderr
