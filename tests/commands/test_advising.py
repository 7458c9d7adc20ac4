"""zhiwei advise: each question alone, of a file without a database, and of a business on record."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SHELF = Path(__file__).parents[2] / "products"
CASE = SHELF / "owner_loan" / "cases" / "served_for_years.toml"


def alone(tmp_path: Path, *arguments: str | Path, told: str = "", code: int = 0) -> Any:
    """`zhiwei ARGS --json` where there is no database at all: one that is asked for would be a failure."""
    environment = {**os.environ, "ZHIWEI_DATA": str(tmp_path / "none"), "COLUMNS": "200"}
    environment["ZHIWEI_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:9/none"
    command = [sys.executable, "-m", "zhiwei", "advise", *map(str, arguments)]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False, input=told
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert not (tmp_path / "none").exists()
    return done


def answer(tmp_path: Path, *arguments: str | Path, told: str = "") -> Any:
    return json.loads(alone(tmp_path, *arguments, "--json", told=told).stdout)


def test_four_questions_of_a_file_are_the_golden_case(tmp_path: Path) -> None:
    of = ("--product", "owner_loan", "--facts", CASE)
    assert answer(tmp_path, "admission", *of)["outcome"] == "approve"
    assessed = answer(tmp_path, "assessment", *of)
    assert (assessed["grade"], assessed["as_of"]) == ("A", "2026-11-01")
    limit = answer(tmp_path, "limit", *of)
    assert (limit["limit"], limit["binding"]) == ("240000", "room")
    assert limit["terms"]["cap"] == "300000"
    priced = answer(tmp_path, "price", *of)
    assert (priced["annual_rate"], priced["floor"], priced["cap"]) == ("0.0555", "0.04", "0.15")


def test_an_institution_has_a_folder_of_its_own(tmp_path: Path) -> None:
    """The same facts, another cap: the folder is the configuration."""
    folder = tmp_path / "ours"
    for path in (SHELF / "owner_loan").rglob("*.*"):
        target = folder / path.relative_to(SHELF / "owner_loan")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text(encoding="utf-8").replace('"300000"', '"50000"'), encoding="utf-8")
    of = ("--facts", CASE, "--as-of", "2026-11-01")
    assert answer(tmp_path, "limit", "--product", "owner_loan", *of)["limit"] == "240000"
    ours = answer(tmp_path, "limit", "--product", "./ours", *of)
    assert (ours["limit"], ours["binding"]) == ("40000", "risk")


def test_somebody_elses_probability_prices_without_any_fact(tmp_path: Path) -> None:
    priced = answer(tmp_path, "price", "--product", "owner_loan", "--pd", "0.02")
    assert (priced["annual_rate"], priced["terms"]["loss"]) == ("0.062", "0.012")
    dear = answer(tmp_path, "price", "--product", "owner_loan", "--pd", "0.2")
    assert (dear["outcome"], dear["annual_rate"], dear["reasons"][0]["code"]) == ("decline", None, "P02")
    limit = answer(tmp_path, "limit", "--product", "owner_loan", "--pd", "0.02", "--facts", CASE)
    assert limit["limit"] == "240000"
    assert answer(tmp_path, "limit", "--product", "owner_loan", "--pd", "0.12", "--facts", CASE)["limit"] == "60000"


def test_a_file_with_earlier_facts_is_warned_of(tmp_path: Path) -> None:
    told = json.dumps({"facts": {"card_use": "0.95", "overdue_now": 100}, "before": {"card_use": 0.5}})
    found = answer(tmp_path, "warning", "--product", "owner_loan", "--facts", "-", told=told)
    assert [(one["action"], one["code"]) for one in found["warnings"]] == [("visit", "W03"), ("call", "W06")]
    assert "owner_lenders" in found["unknown"]
    shown = alone(tmp_path, "warning", "--product", "owner_loan", "--facts", "-", told=told).stdout
    assert "card_use 0.5 -> 0.95" in shown


@pytest.mark.parametrize(
    ("arguments", "told", "said"),
    [
        (("limit", "--product", "owner_loan"), "", "--party or --facts"),
        (("limit", "--product", "owner_laon", "--facts", "-"), "{}", "no_such_product"),
        (("limit", "--product", "owner_loan", "--facts", "-"), '{"facts": {"card_used": 1}}', "'card_use'?"),
        (("limit", "--product", "owner_loan", "--facts", "gone.toml"), "", "gone.toml"),
        (("price", "--product", "owner_loan", "--pd", "2"), "", "bad_pd"),
        (("price", "--product", "owner_loan", "--pd", "a lot"), "", "not a number"),
        (("admission", "--product", "owner_loan", "--facts", "-"), "\x00", "bad_facts"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, arguments: tuple[str, ...], told: str, said: str) -> None:
    assert said in alone(tmp_path, *arguments, told=told, code=2).stderr


def test_what_people_read_says_which_term_binds(tmp_path: Path) -> None:
    shown = alone(tmp_path, "limit", "--product", "owner_loan", "--facts", CASE).stdout
    assert "额度 240,000.00 元" in shown
    [bound] = [line for line in shown.splitlines() if line.startswith("*")]
    assert bound.split()[1:3] == ["room", "240,000.00"]


def test_of_a_business_on_record_its_consent_is_asked(zhiwei) -> None:
    shop = "92330106MA0000015G"
    told = ["--name", "某甲商行", "--id", f"uscc={shop}", "--role", "borrower", "--since", "2025-01-01"]
    zhiwei("party", "add", *told)
    assert "no_consent" in zhiwei("advise", "limit", "--product", "owner_loan", "--party", shop, code=1).stderr
    assert json.loads(zhiwei("advise", "warning", "--product", "owner_loan", "--json").stdout)["lines"] == []


def test_what_a_decision_saw_can_be_asked_again(zhiwei, good_firm: str, open_line, tmp_path: Path) -> None:
    """By party and day, and from the inputs that --explain shows: the limit is the decision's. Then its line warns."""
    of = ("--product", "tax_credit", "--party", good_firm, "--as-of", "2024-03-01", "--json")
    decided = json.loads(zhiwei("decide", *of, "--explain").stdout)
    limit = json.loads(zhiwei("advise", "limit", *of).stdout)
    assert f"{limit['limit']}.00" == decided["limit"]
    again = answer(tmp_path, "limit", "--product", "tax_credit", "--facts", "-", told=json.dumps(decided["inputs"]))
    assert {**again, "party": good_firm} == limit
    line = open_line()
    watched = json.loads(zhiwei("advise", "warning", *of[:4], "--as-of", "2024-12-31", "--json").stdout)
    assert [one["line"] for one in watched["lines"]] == [line]
    shown = zhiwei("advise", "warning", *of[:4], "--as-of", "2024-12-31").stdout
    assert "建议冻结 freeze" in shown


def test_a_letter_is_printed_in_both_languages(zhiwei, good_firm: str) -> None:
    of = ("--product", "tax_credit", "--party", good_firm, "--as-of", "2024-03-01", "--json")
    decision = json.loads(zhiwei("decide", *of).stdout)["decision"]
    shown = zhiwei("letter", decision).stdout
    assert "年利率（单利）：5.23 %" in shown
    assert "Rate per year (simple): 5.23 %" in shown
    told = json.loads(zhiwei("letter", decision, "--json").stdout)
    assert shown == f"{told['zh']}\n\n{told['en']}\n"
    assert told["offer"]["annual_rate"] == "0.0523"
    assert "no_such_decision" in zhiwei("letter", "dec_0", code=1).stderr


def test_a_persons_ruling_is_replayed_for_people_too(zhiwei, good_firm: str) -> None:
    """Its reason holds a word where others hold a number; and a rate that is none is said, not thrown."""
    of = ("--product", "tax_credit", "--party", good_firm, "--as-of", "2024-03-01", "--json")
    decision = json.loads(zhiwei("decide", *of).stdout)["decision"]
    told = zhiwei("rule", decision, "approve", "--because", "seen", "--rate", "six", code=2).stderr
    assert "not a rate: 'six'" in told
    word = ("approve", "--because", "seen", "--limit", "200000", "--json")
    settled = json.loads(zhiwei("rule", decision, *word).stdout)
    shown = zhiwei("decide", "--replay", settled["decision"], "--explain").stdout
    assert "人工批准 · Approved by a person" in shown
    assert "ruling approve, test officer: seen" in shown
