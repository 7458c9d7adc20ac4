"""Group lending from the command line: from a file, and of parties that were decided on."""

import json
from datetime import date
from pathlib import Path

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.borrower.told import Profile, Told
from zhiwei.commands.deciding.group import read_group
from zhiwei.journeys import Merging, Tie, approve_merge, decide, know_party, link_parties, propose_merge, receive
from zhiwei.values import Actor, BadInput, fen

from ..conftest import delivery_of, invoice_rows

ON = date(2024, 3, 1)
HEAD = "member,pd,limit,industry,region,capacity,linked\n"
FILE = HEAD + "G1,0.03,300000,F5112,330106,,\nG2,0.05,200000.50,51,330106,80000,G3\nG3,0.02,500000,,330108,,\n"


def test_a_group_in_a_file(zhiwei, tmp_path: Path) -> None:
    file = tmp_path / "group.csv"
    file.write_text(FILE, "utf-8-sig")
    told = json.loads(zhiwei("group", "advise", "--file", file, "--on", "2026-03-01", "--json").stdout)
    assert told["asked"] == "1000000.50"
    assert sum(fen(one["limit"]) for one in told["members"]) == fen(told["limit"])
    assert 0 < fen(told["limit"]) < fen("1000000")
    assert [one["capacity"] for one in told["members"]] == ["90000.00", "80000.00", "150000.00"]
    pairs = {(one["one"], one["other"]): one for one in told["pairs"]}
    assert pairs["G2", "G3"]["shared"] == ["same_trade", "same_city", "linked"]
    assert pairs["G2", "G3"]["assumed"] == ["same_trade"]
    assert sum(told["defaults"]) == pytest.approx(1)
    assert float(told["average"]["value"]) > 0
    assert 0 < told["kept"] < 1
    page = zhiwei("group", "advise", "--file", file, "--on", "2026-03-01").stdout
    for word in ("联保额度", "Members 成员", "担保价值", "低迷年", "同一行业 the same trade?", "1,000,000.50"):
        assert word in page


def test_limits_of_a_group_are_whole_steps(zhiwei, tmp_path: Path) -> None:
    file = tmp_path / "group.csv"
    file.write_text("member,pd,limit,step\nG1,0.03,300000,10000\nG2,0.05,200000,\n", "utf-8")
    one, other = json.loads(zhiwei("group", "advise", "--file", file, "--json").stdout)["members"]
    assert 0 < fen(one["limit"]) < fen("300000")
    assert fen(one["limit"]) % fen("10000") == 0
    assert fen(other["limit"]) % fen("10000")


def test_the_parameters_of_a_day_to_come_are_not_known(zhiwei, tmp_path: Path) -> None:
    file = tmp_path / "group.csv"
    file.write_text(FILE, "utf-8")
    said = zhiwei("group", "advise", "--file", file, "--on", "2999-01-01", code=2).stderr
    assert "future_date" in said
    assert "2999-01-01 is in the future" in said.replace("\n", " ")


def test_another_pd_for_one_or_for_all(zhiwei, tmp_path: Path) -> None:
    file = tmp_path / "group.csv"
    file.write_text(FILE, "utf-8")
    told = json.loads(
        zhiwei("group", "advise", "--file", file, "--pd", "0.1", "--pd", "G3=0.2", "--json").stdout
    )  # fmt: skip
    assert [one["pd"] for one in told["members"]] == [0.1, 0.1, 0.2]
    assert "G4 is no member" in zhiwei("group", "advise", "--file", file, "--pd", "G4=0.2", code=2).stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("member,pd\nG1,0.1\n", "bad_columns"),
        ("member,pd,limit,mood\nG1,0.1,100,fine\n", "bad_columns"),
        ("member,pd,limit\nG1,1,100\nG2,0.1\nG3,0.1,0.001\n", "row 2: '1' is no probability of default; row 3"),
        ("member,pd,limit\nG1,0.1,100,7\nG2,0.1,100\n", "row 2: it has too many cells"),
        ("member,pd,limit\n,0.1,100\n", "row 2: a member has a name"),
        ("member,pd,limit,industry\nG1,0.1,100,Z9\n", "row 2: an industry is a code"),
        ("member,pd,limit,step\nG1,0.1,100,x\nG2,0.1,100,\n", "row 2"),
        ("member,pd,limit,linked\nG1,0.1,100,G7\nG2,0.1,100,\n", "G1 is linked to G7"),
        ("member,pd,limit\n" + "G,0.1,100\n" * 99, "more than 12 rows"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "group.csv"
    file.write_text(content, "utf-8")
    with pytest.raises(BadInput) as bad:
        read_group(file)
    assert said in f"{bad.value.code}: {bad.value.message}"


@pytest.fixture
def three(platform: Platform) -> Platform:
    """G1 to G3 decided on; G1 and G2 of one trade and county, of G3 nothing is known; G1 supplies G3."""
    rows = [row for party in ("G1", "G2", "G3") for row in invoice_rows(party, ON)]
    receive(books=platform, by=platform.actor, deliveries=[delivery_of(rows)], folder="")
    for party in ("G1", "G2"):
        profile = Profile(region="330106", industry="F5112")
        told = Told(party, ON, kind="company", party=party, profile=profile)
        know_party(books=platform, by=platform.actor, told=told)
    for kind in ("supplies", "guarantees"):
        link_parties(books=platform, by=platform.actor, tie=Tie("G1", kind, "G3" if kind == "supplies" else "G2", ON))
    decide(books=platform, by=platform.actor, product="tax_credit", parties=["G1", "G2"], as_of=ON)
    return platform


def test_parties_count_as_they_were_decided_on_and_are_known(three: Platform, zhiwei) -> None:
    assert "G3 was never decided on" in zhiwei("group", "advise", "G1", "G2", "G3", code=1).stderr
    [third] = decide(books=three, by=three.actor, product="tax_credit", parties=["G3"], as_of=ON)
    told = json.loads(zhiwei("group", "advise", "G1", "G2", "G3", "--pd", "G2=0.08", "--json").stdout)
    assert [one["member"] for one in told["members"]] == ["G1", "G2", "G3"]
    assert told["members"][2]["asked"] == f"{third.limit / 100:.2f}"
    assert (told["members"][1]["pd"], told["members"][2]["pd"]) == (0.08, pytest.approx(float(third.pd)))
    pairs = {(one["one"], one["other"]): (one["shared"], one["assumed"]) for one in told["pairs"]}
    assert pairs["G1", "G2"] == (["same_trade", "same_county"], [])  # that they answer for each other is no likeness
    assert pairs["G1", "G3"] == (["same_trade", "same_county", "linked"], ["same_trade", "same_county"])


def test_who_cannot_be_in_a_group_is_told_why(three: Platform, zhiwei) -> None:
    assert "no_such_party" in zhiwei("group", "advise", "G1", "G7", code=1).stderr
    decide(books=three, by=three.actor, product="tax_credit", parties=["G2"], as_of=date(2025, 6, 1))
    assert "G2 was declined on 2025-06-01" in zhiwei("group", "advise", "G1", "G2", code=1).stderr
    merging = Merging("G1", "G3", "one shop")
    asked = propose_merge(books=three, by=Actor("local", "maker"), key="m", merging=merging)
    approve_merge(books=three, by=Actor("local", "checker"), proposal=asked.proposal)
    assert "G1 is in the group twice" in zhiwei("group", "advise", "G1", "G3", code=2).stderr
    assert "give members, or a --file" in zhiwei("group", "advise", code=2).stderr.replace("\n", " ")
