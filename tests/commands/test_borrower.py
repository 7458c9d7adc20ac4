"""What a business lets us know, from the command line: consent, a stranger's file, what it is worth, what it shows."""

import json
from pathlib import Path

import pytest

FLOW = """某某银行对账单
账号：6222020200112345679

交易日期,摘要,收入金额,支出金额,余额,对方户名
2025-03-03,货款,"12,000.00",,"112,000.00",甲公司
2025-03-20,采购,,"7,500.50","104,499.50",乙公司
2025-04-02,货款,"3,000.00",,"107,499.50",甲公司
合计,,"15,000.00","7,500.50",,
"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    found = {"flow": tmp_path / "flow.csv", "words": tmp_path / "words.txt"}
    found["flow"].write_bytes(FLOW.encode("gb18030"))
    found["words"].write_text("我同意贵行查询我的银行流水", "utf-8")
    return found


def test_a_statement_under_consent(zhiwei, files: dict[str, Path]) -> None:
    receive = ["receive", files["flow"], "--source", "bank_flow", "--party", "F1"]
    assert "no_consent" in zhiwei(*receive, code=1).stderr
    give = ["consent", "give", "F1", "--scope", "bank_flow", "--text", files["words"], "--evidence", "page 3"]
    given = json.loads(zhiwei(*give, "--json").stdout)
    assert json.loads(zhiwei(*give, "--json").stdout) == given, "the same words again are the same consent"

    first = json.loads(zhiwei(*receive, "--json").stdout)
    assert (first["rows"], first["new"], first["facts"]["account"]) == ({"bank_flow": 3}, True, "*" * 15 + "5679")
    assert not json.loads(zhiwei(*receive, "--json").stdout)["new"]

    show = ["features", "--party", "F1", "--as-of", "2025-04-30", "--json"]
    values = json.loads(zhiwei(*show).stdout)["values"]
    assert (values["bank_in_3m"], values["bank_out_3m"], values["bank_balance"]) == (15000.0, 7500.5, 107499.5)
    [worth] = json.loads(zhiwei("quality", "F1", "--as-of", "2025-04-30", "--json").stdout)["kinds"]
    assert (worth["kind"], worth["rows"], worth["held"], worth["tried"]) == ("bank_flow", 3, 2, 2)

    assert "ended" in zhiwei("consent", "withdraw", "F1", "--because", "they asked").stdout
    gone = json.loads(zhiwei(*show).stdout)
    assert set(gone["values"].values()) == {None}
    [withheld] = gone["withheld"]
    assert (withheld["kind"], withheld["because"]) == ("bank_flow", "withdrawn")
    told = zhiwei(*show[:-1]).stdout
    assert f"bank_flow: consent withdrawn on {withheld['ended_on']}" in told
    assert f"deleted by {withheld['delete_by']}" in told
    assert "consent withdrawn" in zhiwei("quality", "F1").stdout
    [proof] = json.loads(zhiwei("consent", "prove", "F1", "--json").stdout)["consents"]
    assert (proof["scope"], len(proof["received"]), bool(proof["withdrawn_on"])) == ("bank_flow", 1, True)


def give(zhiwei, files: dict[str, Path], *kinds: str) -> None:
    scopes = [part for kind in kinds for part in ("--scope", kind)]
    zhiwei("consent", "give", "F1", *scopes, "--text", files["words"], "--evidence", "page 3")


def test_what_a_file_covers_is_said_by_it_or_by_a_person(zhiwei, files: dict[str, Path], tmp_path: Path) -> None:
    give(zhiwei, files, "bank_flow", "courts")
    clean, header = tmp_path / "courts.json", tmp_path / "empty.csv"
    clean.write_text('{"subject": "firm", "report_on": "2025-04-20", "cases": []}')
    header.write_text("交易日期,摘要,收入金额,支出金额,余额\n", "utf-8")
    told = zhiwei("receive", clean, "--source", "courts", "--party", "F1").stdout
    assert "courts.json covers courts from 1990-01-01 to 2025-04-20" in told

    take = ["receive", header, "--source", "bank_flow", "--party", "F1"]
    assert "empty_table" in zhiwei(*take, code=2).stderr
    assert "period_to_come" in zhiwei(*take, "--covers", "2024-05-01..2999-04-30", code=2).stderr
    assert "bad_period" in zhiwei(*take, "--covers", "2024-05-01..2024-04-30", code=2).stderr
    said = json.loads(zhiwei(*take, "--covers", "2024-05-01..2025-04-30", "--json").stdout)
    assert (said["rows"], said["covered"]) == ({}, [["bank_flow", "2024-05-01", "2025-04-30"]])

    values = json.loads(zhiwei("features", "--party", "F1", "--as-of", "2025-04-30", "--json").stdout)["values"]
    assert (values["dishonest_open"], values["bank_in_12m"], values["owner_dishonest_open"]) == (0, 0, None)
    kinds = json.loads(zhiwei("quality", "F1", "--as-of", "2025-04-30", "--json").stdout)["kinds"]
    assert {one["kind"]: one["coverage"] for one in kinds} == {"bank_flow": 1.0, "courts": 1.0}
    assert "2024-05-01..2025-04-30" in zhiwei("consent", "prove", "F1").stdout


def test_what_a_file_does_not_say_a_person_can(zhiwei, files: dict[str, Path], tmp_path: Path) -> None:
    give(zhiwei, files, "meters")
    table = tmp_path / "meters.csv"
    table.write_text("户号,抄表日期,本期示数,用量,事件\n8,2025-03-01,900,\n8,2025-04-01,12,80,换表\n", "utf-8")
    take = ["receive", table, "--source", "meters", "--party", "F1", "--given", "utility=power"]
    assert "reader=feed|staff" in zhiwei(*take, "--given", "reader=robot", code=2).stderr
    assert "bad_given" in zhiwei(*take, "--given", "colour=red", code=2).stderr
    zhiwei(*take, "--given", "reader=staff")
    values = json.loads(zhiwei("features", "--party", "F1", "--as-of", "2025-04-30", "--json").stdout)["values"]
    assert (values["staff_reading_share_12m"], values["meter_breaks_12m"], values["power_usage_12m"]) == (1, 0, 80)


def test_a_currency_is_asked_for_and_its_money_waits_for_a_rate(zhiwei, files: dict[str, Path], tmp_path: Path) -> None:
    give(zhiwei, files, "bank_flow")
    table = tmp_path / "abroad.csv"
    table.write_text("Date,Description,Amount,Balance\n2025-03-03,SALE,100.00,100.00\n2025-04-02,SALE,50.00,150.00\n")
    take = ["receive", table, "--source", "bank_flow", "--party", "F1"]
    refused = zhiwei(*take, code=2).stderr
    assert "no_currency" in refused
    assert "--currency" in refused
    assert "bad_currency" in zhiwei(*take, "--currency", "dollars", code=2).stderr
    zhiwei(*take, "--currency", "USD")
    show = ["features", "--party", "F1", "--as-of", "2025-04-30", "--json"]
    assert json.loads(zhiwei(*show).stdout)["values"]["bank_in_3m"] is None
    assert json.loads(zhiwei(*show, "--rate", "USD=7.1").stdout)["values"]["bank_in_3m"] == 1065
    assert "bad_rate" in zhiwei(*show, "--rate", "USD=-1", code=2).stderr
    assert "2 rows are not in CNY" in zhiwei("quality", "F1", "--as-of", "2025-04-30").stdout


def test_what_is_wrong_is_said(zhiwei, files: dict[str, Path], tmp_path: Path) -> None:
    assert "einvoice" in zhiwei("receive", files["flow"], "--source", "telepathy", "--party", "F1", code=2).stderr
    assert "no_party" in zhiwei("receive", files["flow"], "--source", "bank_flow", code=2).stderr
    gone = ["receive", tmp_path / "none.csv", "--source", "bank_flow", "--party", "F1"]
    assert "no_such_file" in zhiwei(*gone, code=2).stderr
    assert "no_such_party" in zhiwei("quality", "nobody", code=1).stderr
    assert "no_such_kind" in zhiwei("features", "--kind", "dreams", code=2).stderr


def test_the_catalogue_names_every_fact_in_both_languages(zhiwei) -> None:
    rows = json.loads(zhiwei("features", "--json").stdout)
    assert len(rows) >= 150
    assert len({row["name"] for row in rows}) == len(rows)
    assert all(row["zh"] and row["en"] and row["unit"] and row["kind"] for row in rows)


def test_property_and_pledges_from_tables(zhiwei, files: dict[str, Path], tmp_path: Path) -> None:
    """A valuation and a search of the register become facts, and a double pledge a finding."""
    give(zhiwei, files, "property", "pledges")
    home, search = tmp_path / "home.csv", tmp_path / "search.csv"
    home.write_text(
        "不动产权证号,评估日期,行政区划代码,房屋用途,购买价,评估价1,评估价2,最高债权额\n"
        "T-0012345,2025-03-02,330106,住宅,5000000,4800000,4900000,2100000\n",
        "utf-8",
    )
    take = ["receive", home, "--source", "property", "--party", "F1"]
    taken = json.loads(zhiwei(*take, "--set", "seized=no", "--json").stdout)
    assert (taken["rows"], taken["new"], taken["warnings"]) == ({"property": 1}, True, {})
    assert "bad_given" in zhiwei(*take, "--set", "seized=yes", code=2).stderr

    search.write_text(
        "登记证明编号,担保权人,登记日期,发票号码,担保债权金额\n"
        "R1,bank 7,2025-01-03,25332000000000012345,200000\nR2,bank 9,2025-02-03,2533 2000000000012345,200000\n",
        "utf-8",
    )
    told = ["receive", search, "--source", "pledges", "--party", "F1", "--covers", "1990-01-01..2025-03-02", "--json"]
    assert json.loads(zhiwei(*told).stdout)["covered"] == [["pledges", "1990-01-01", "2025-03-02"]]

    values = json.loads(zhiwei("features", "--party", "F1", "--as-of", "2025-04-01", "--json").stdout)["values"]
    assert (values["property_value"], values["property_lien"]) == (4_800_000, 2_100_000)
    assert (values["pledges_open"], values["pledged_amount"], values["pledge_lenders"]) == (2, 400_000, 2)
    found = json.loads(zhiwei("findings", "F1", "--as-of", "2025-04-01", "--json").stdout)["findings"]
    [one] = [one for one in found if one["check"] == "double_pledge"]
    assert one["evidence"][0]["ids"] == ["R1", "R2"]
