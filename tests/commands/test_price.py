"""zhiwei price as a user meets it: the ladder, one risk, a file of facts, a folder, a picture, and what is refused."""

import json
import subprocess
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
    said = zhiwei("price", "merchant_line", "--as-of", "2026-11-01").stdout
    assert "NOT SURE" in said
    assert "13.95 % ↑" in said


def test_a_golden_case_is_priced_as_it_says(zhiwei: Run, tmp_path: Path) -> None:
    for product in ("merchant_line", SHELF / "merchant_line"):
        told = json.loads(zhiwei("price", product, "--facts", CASE, "--as-of", "2026-11-01", "--json").stdout)
        [row] = told["prices"]
        assert (row["score"], row["pd"], row["charged"]) == (636, "0.008051", "0.0843")
    pytest.importorskip("matplotlib", reason="the extra zhiwei[lab]")
    zhiwei("price", "merchant_line", "--facts", CASE, "--plot", tmp_path / "p.png")
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")


def test_without_demand_it_says_so_and_prints_break_even(zhiwei: Run) -> None:
    said = zhiwei("price", "tax_credit", "--pd", "0.02").stdout
    assert "no demand is known" in said
    assert said.count("6.20 %") == 2  # 3 + 0.6 x 2 + 1 + 1: break-even is the price


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("nothing",), 1, "product_not_published"),
        (("tax_credit", "--as-of", "2015-01-01"), 1, "product_not_in_force"),
        (("tax_credit", "--pd", "2"), 2, "bad_pd"),
        (("tax_credit", "--party", "E1"), 1, "not_decided"),
        (("tax_credit", "--facts", CASE), 2, "unknown_fact"),
        (("tax_credit", "--facts", SHELF / "README"), 2, "cannot_use_file"),
        (("tax_credit", "--plot", "x.gif"), 2, "unknown_picture"),
        (("tax_credit", "--plot", "x.png"), 2, "no_demand"),
        (("merchant_line", "--pd", "0.2", "--plot", "x.png"), 2, "no_demand"),
        ((SHELF / "merchant_line", "--party", "E1"), 2, "not_published"),
    ],
)
def test_what_cannot_be_priced_is_refused(zhiwei: Run, arguments: tuple[str, ...], code: int, error: str) -> None:
    assert json.loads(zhiwei("price", *arguments, "--json", code=code).stderr)["error"] == error
