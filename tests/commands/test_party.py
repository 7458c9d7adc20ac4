"""Parties from the command line: known, shown masked or in full, found, tied, ended, and many from a file."""

import json
from pathlib import Path
from typing import Any

SHOP, CARD, MOBILE = "92330106MA0000015G", "11010519491231002X", "13912345678"
SINCE = ["--since", "2025-01-01"]
ADD = ["party", "add", "--name", "某甲商行", "--id", f"uscc={SHOP}", "--id", f"id_card={CARD}", "--role", "borrower",
       "--profile", "industry=51", "--profile", "staff=6", "--profile", "revenue=9000000",
       "--source", "registry", *SINCE, "--json"]  # fmt: skip


def told(done: Any) -> Any:
    return json.loads(done.stdout)


def test_a_shop_its_guarantor_and_the_day_he_left(zhiwei) -> None:
    first = told(zhiwei(*ADD))
    assert (first["party"], first["new"]) == (SHOP, True)
    assert told(zhiwei(*ADD)) == first
    more = ["--id", f"mobile={MOBILE}", *SINCE]
    husband = told(zhiwei("party", "add", "--name", "某乙", "--kind", "person", *more, "--json"))["party"]
    zhiwei("party", "role", husband, "guarantor", *SINCE)
    assert [one["party"] for one in told(zhiwei("party", "list", "--role", "guarantor", "--json"))] == [husband]
    link = told(zhiwei("party", "link", husband, "guarantees", SHOP, *SINCE, "--json"))["id"]
    zhiwei("party", "link", husband, "owns", SHOP, "--share", "60%", *SINCE)

    assert told(zhiwei("party", "end", link, "--on", "2025-06-01", "--because", "divorced", "--json"))["ended"] == 1
    sheet = told(zhiwei("party", "show", SHOP, "--on", "2025-06-01", "--json"))
    assert [one["kind"] for one in sheet["links"]] == ["owns"]
    assert (sheet["size"]["class"], sheet["group"]["people"]) == ("micro", [[husband, "0.6"]])
    masked = zhiwei("party", "show", SHOP, "--on", "2025-05-31").stdout
    assert (CARD in masked, "110***********002X" in masked, "营业执照核验" in masked) == (False, True, True)
    assert masked.count(husband) == 4, "two links, the group, and who is behind it"
    assert CARD in zhiwei("party", "show", SHOP, "--reveal").stdout

    for typed in ("１１０１０５ 19491231 002x", "某甲 商行"):
        assert {one["party"] for one in told(zhiwei("party", "find", typed, "--json"))} == {SHOP}


def test_what_is_wrong_is_said_without_the_number(zhiwei) -> None:
    add = ["party", "add", "--name", "某甲", "--kind", "person", "--id"]
    for wrong, code in ((f"id_card={CARD[:17]}7", "bad_id_digit"), (CARD, "bad_option")):
        error = zhiwei(*add, wrong, code=2).stderr
        assert code in error
        assert CARD[:17] not in error
    assert "no_such_party" in zhiwei("party", "show", "nobody", code=1).stderr
    assert "linked_to_itself" in zhiwei("party", "link", SHOP, "owns", SHOP, code=1).stderr
    assert "unknown_field" in zhiwei("party", "add", "--name", "某甲", "--profile", "mood=3", code=2).stderr


def test_many_from_a_file(zhiwei, tmp_path: Path) -> None:
    file = tmp_path / "parties.csv"
    head = "name,kind,since,roles,id_card,mobile,uscc,industry,revenue\n"
    shop = f"某甲商行,,2025-01-01,borrower;dealer,,,{SHOP},F51,9000000.00"
    good = [shop, f"某乙,person,,guarantor,{CARD},{MOBILE},,,"]
    file.write_text(head + "\n".join([*good, f"某丙,person,2025-13-01,,{CARD},,,,", "某丁,person"]), "utf-8-sig")
    assert "row 4: since is no date; row 5: 2 cells, not 9" in zhiwei("party", "add", "--file", file, code=2).stderr
    file.write_text(head + "\n".join([*good, f"某丙,person,,,{CARD[:17]}1,,,,"]), "utf-8")
    error = zhiwei("party", "add", "--file", file, code=2).stderr
    assert "row 4" in error
    assert CARD[:17] not in error
    assert told(zhiwei("party", "list", "--json")) == [], "nothing was taken"

    file.write_text(head + "\n".join(good), "utf-8")
    one, other = told(zhiwei("party", "add", "--file", file, "--json"))["parties"]
    assert (one["party"], one["roles"], other["identifiers"]) == (SHOP, 2, 2)
    zhiwei("party", "add", "--file", file)
    assert len(told(zhiwei("party", "list", "--json"))) == 2
