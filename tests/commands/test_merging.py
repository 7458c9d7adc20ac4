"""Two ids of one business from the command line: found, proposed, approved by another person, read as one, undone."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import Merging, propose_merge
from zhiwei.values import Actor

FLOW = """账号：{account}

交易日期,摘要,收入金额,支出金额,余额,对方户名
2025-03-03,货款,"{amount}.00",,"112,000.00",甲公司
2025-04-02,货款,"3,000.00",,"115,000.00",甲公司
"""


@pytest.fixture
def shops(zhiwei: Callable, tmp_path: Path) -> None:
    """F1 and F2 under one name, each with a bank statement of its own."""
    words = tmp_path / "words.txt"
    words.write_text("我同意贵行查询我的银行流水", "utf-8")
    for party, amount in (("F1", 12_000), ("F2", 500)):
        give = ["consent", "give", party, "--scope", "bank_flow", "--text", words, "--evidence", "page 3"]
        zhiwei(*give, "--name", "某某日用杂货店")
        flow = tmp_path / f"{party}.csv"
        flow.write_bytes(FLOW.format(account=f"62220202001123456{amount}", amount=amount).encode("gb18030"))
        zhiwei("receive", flow, "--source", "bank_flow", "--party", party)


def income(zhiwei: Callable, party: str) -> float:
    shown = zhiwei("features", "--party", party, "--as-of", "2025-04-30", "--json").stdout
    return json.loads(shown)["values"]["bank_in_3m"]


def test_found_proposed_approved_read_as_one_and_undone(zhiwei: Callable, platform: Platform, shops: None) -> None:
    [found] = json.loads(zhiwei("party", "duplicates", "--json").stdout)["found"]
    assert (found["one"], found["other"], found["values"]) == ("F1", "F2", [["company_name", "某******"]])
    shown = zhiwei("party", "duplicates", "--party", "F2", "--least", "0.3").stdout
    assert "same company_name, shared by 2" in shown
    assert "杂货店" not in shown

    asked = Merging("F1", "F2", "one owner")
    proposal = propose_merge(books=platform, by=Actor("local", "officer"), key="p", merging=asked).proposal
    done = json.loads(zhiwei("party", "approve-merge", proposal, "--json").stdout)
    assert (done["kept"], done["gone"], done["approved_by"]) == ("F1", "F2", "tester")
    assert income(zhiwei, "F1") == income(zhiwei, "F2") == 18_500.0
    [told] = json.loads(zhiwei("party", "merges", "--party", "F2", "--json").stdout)
    assert (told["merge_id"], told["because"], told["undone_at"]) == (done["merge"], "one owner", None)

    zhiwei("party", "unmerge", done["merge"], "--because", "two licences")
    assert (income(zhiwei, "F1"), income(zhiwei, "F2")) == (15_000.0, 3_500.0)
    assert "two licences" in zhiwei("party", "merges").stdout
    assert "already_undone" in zhiwei("party", "unmerge", done["merge"], "--because", "again", code=1).stderr


def test_proposed_rejected_and_found_no_more(zhiwei: Callable, shops: None) -> None:
    merge = ["party", "merge", "F1", "F2", "--because", "same name"]
    proposal = json.loads(zhiwei(*merge, "--json").stdout)["proposal"]
    assert "four_eyes" in zhiwei("party", "approve-merge", proposal, code=1).stderr
    assert proposal in zhiwei("proposals").stdout
    assert "already_proposed" in zhiwei(*merge, code=1).stderr
    said = json.loads(zhiwei("party", "reject", proposal, "--because", "two brothers", "--json").stdout)
    assert (said["one"], said["other"], said["proposals"]) == ("F1", "F2", [proposal])
    assert json.loads(zhiwei("party", "duplicates", "--json").stdout)["rejected"] == 1
    assert "1 pairs were rejected" in zhiwei("party", "duplicates").stdout
    assert "rejected_before" in zhiwei(*merge, code=1).stderr
    assert "proposal" in zhiwei(*merge, "--again").stdout


def test_what_is_wrong_is_said(zhiwei: Callable, shops: None) -> None:
    assert "no_such_party" in zhiwei("party", "duplicates", "--party", "nobody", code=1).stderr
    assert "same_party" in zhiwei("party", "merge", "F1", "F1", "--because", "x", code=2).stderr
    assert "no_reason" in zhiwei("party", "reject", "F1", "F2", "--because", " ", code=2).stderr
    assert "too_many" in zhiwei("party", "reject", "F1", "F2", "F3", "--because", "x", code=2).stderr
    assert "no_such_merge" in zhiwei("party", "unmerge", "mrg_1", "--because", "x", code=1).stderr
    assert "no_such_proposal" in zhiwei("party", "approve-merge", "prop_1", code=1).stderr
