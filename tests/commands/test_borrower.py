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
    assert (first["rows"], first["new"], first["facts"]["account"]) == ({"bank_flow": 3}, True, "6222020200112345679")
    assert not json.loads(zhiwei(*receive, "--json").stdout)["new"]

    show = ["features", "--party", "F1", "--as-of", "2025-04-30", "--json"]
    values = json.loads(zhiwei(*show).stdout)["values"]
    assert (values["bank_in_3m"], values["bank_out_3m"], values["bank_balance"]) == (15000.0, 7500.5, 107499.5)
    [worth] = json.loads(zhiwei("quality", "F1", "--as-of", "2025-04-30", "--json").stdout)["kinds"]
    assert (worth["kind"], worth["rows"], worth["held"], worth["tried"]) == ("bank_flow", 3, 2, 2)

    assert "ended" in zhiwei("consent", "withdraw", "F1", "--because", "they asked").stdout
    assert set(json.loads(zhiwei(*show).stdout)["values"].values()) == {None}
    [proof] = json.loads(zhiwei("consent", "prove", "F1", "--json").stdout)["consents"]
    assert (proof["scope"], len(proof["received"]), bool(proof["withdrawn_on"])) == ("bank_flow", 1, True)


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
