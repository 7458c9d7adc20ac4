"""zhiwei price as a user meets it: the ladder, one risk, a file of facts, a folder, a picture, and what is refused."""

import json
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
pytestmark = pytest.mark.usefixtures("template")
SHELF = Path(__file__).parents[2] / "products"
CASE = SHELF / "merchant_line/cases/noodle_shop.toml"


def test_the_whole_ladder_rises_with_the_risk(zhiwei: Run) -> None:
    told = json.loads(zhiwei("price", "merchant_line", "--as-of", "2026-11-01", "--json").stdout)
    assert (told["floor"], told["cap"], told["demand"]["sure"]) == ("0.04", "0.15", False)
    rows = told["prices"]
    assert len(rows) == 75
    pds, rates = ([float(row[name]) for row in rows] for name in ("pd", "charged"))
    assert pds == sorted(pds)
    assert rates == sorted(rates)
    assert all(float(row["break_even"]) <= rate <= 0.15 for row, rate in zip(rows, rates, strict=True))
    assert [row["grade"] for row in rows if row["moved"]] == ["D", "D", "D", "D"]


def test_one_risk_for_people(zhiwei: Run) -> None:
    """Grade D was not asked: it pays what the riskiest of grade C does."""
    said = zhiwei("price", "merchant_line", "--pd", "0.11", "--as-of", "2026-11-01").stdout
    assert "NOT SURE" in said
    assert "13.95 % ↑" in said


def test_a_golden_case_is_priced_as_it_says(zhiwei: Run, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra zhiwei[lab]")
    arguments = ("--facts", CASE, "--as-of", "2026-11-01", "--plot", tmp_path / "p.png", "--json")
    [row] = json.loads(zhiwei("price", SHELF / "merchant_line", *arguments).stdout)["prices"]
    assert (row["score"], row["pd"], row["charged"]) == (636, "0.008051", "0.0843")
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")


def test_without_demand_it_says_so_and_prints_break_even(zhiwei: Run) -> None:
    said = zhiwei("price", "tax_credit", "--pd", "0.02").stdout
    assert "no demand is known" in said
    assert said.count("6.20 %") == 2  # 3 + 0.6 x 2 + 1 + 1: break-even is the price


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("tax_credit", "--plot", "x.gif"), "unknown_picture"),
        (("merchant_line", "--pd", "0.2", "--plot", "x.png"), "no_demand"),
        ((SHELF / "merchant_line", "--party", "E1"), "not_published"),
    ],
)
def test_what_cannot_be_priced_is_refused(zhiwei: Run, arguments: tuple[str, ...], error: str) -> None:
    assert json.loads(zhiwei("price", *arguments, "--json", code=2).stderr)["error"] == error


def test_a_price_may_rest_on_what_the_products_tables_give(zhiwei: Run, tmp_path: Path) -> None:
    """property_line with a price term on its table lien.csv: 210 of 480万 go before us, so 0.44 % more."""
    folder = tmp_path / "property_line"
    shutil.copytree(SHELF / "property_line", folder)
    terms = folder / "underwriting/price.csv"
    terms.write_text(terms.read_text("utf-8") + "lien,lien_share * 0.01,在先抵押,Liens before ours\n", "utf-8")
    case = folder / "cases/flat_in_guilin.toml"
    [row] = json.loads(zhiwei("price", folder, "--facts", case, "--as-of", "2026-11-01", "--json").stdout)["prices"]
    alone = zhiwei("advise", "price", "--product", folder, "--facts", case, "--json").stdout
    assert row["charged"] == json.loads(alone)["annual_rate"] == "0.0552"


def test_facts_are_read_as_they_are_for_advice(zhiwei: Run, tmp_path: Path) -> None:
    """TOML or JSON, for a folder or what is published; a fact that the product does not look at is named."""
    toml, plain = tmp_path / "f.toml", tmp_path / "f.json"
    toml.write_text((SHELF / "tax_credit/cases/good_trader.toml").read_text("utf-8"), "utf-8")
    facts = tomllib.loads(toml.read_text("utf-8"))["facts"]
    plain.write_text(json.dumps({"facts": {**{name: str(value) for name, value in facts.items()}, "sales_6m": None}}))
    charged = [
        json.loads(zhiwei("price", product, "--facts", file, "--as-of", "2020-03-01", "--json").stdout)["prices"][0]
        for product in ("tax_credit", SHELF / "tax_credit")
        for file in (toml, plain)
    ]
    assert {one["charged"] for one in charged} == {"0.0523"}
    plain.write_text('{"facts": {"sales_13m": 1, "card_use": 0.5}}')
    for question in (("price", "tax_credit"), ("advise", "price", "--product", "tax_credit")):
        said = zhiwei(*question, "--facts", plain, code=2).stderr
        assert "unknown fact 'sales_13m'" in said
        assert "this product does not look at fact 'card_use'" in said


def test_a_file_that_is_no_text_is_refused(zhiwei: Run, tmp_path: Path) -> None:
    (tmp_path / "facts.toml").write_bytes(b"\xff\xfe")
    assert "not_utf8" in zhiwei("price", "tax_credit", "--facts", "facts.toml", code=2).stderr
