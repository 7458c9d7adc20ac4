"""What a product owes before it is published; what can be wrong with anchors, tables of its own, parts of a limit."""

import re
from pathlib import Path

import pytest

from zhiwei.shelf import check, load, read_folder

SHELF = Path(__file__).parents[3] / "products"
FUSION, TABLES = "underwriting/fusion.csv", "underwriting/tables/"
NUMBERS, MODEL, BORROWER = "underwriting/parameters.toml", "underwriting/calibration.toml", "borrower.toml"


def damaged(file: str, old: str, new: str) -> dict[str, str]:
    files = read_folder(SHELF / "property_line")
    content, changed = re.subn(old, lambda _: new, files.get(file, ""), count=1)
    assert changed == 1
    return {**files, file: content}


def said(files: dict[str, str], file: str) -> list[str]:
    """Problems of one file: golden cases of what is damaged come out otherwise too."""
    return [str(one) for one in check(files)[1] if one.file == file]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (NUMBERS, '"0.80"', '"8"', "ltv_first_tier lies between 0 and 1"),
        (NUMBERS, '"0.25"', '"-0.25"', "loss_given_default lies between 0 and 1"),
        (NUMBERS, '"5"', '"-5"', "capacity_times is not below zero"),
        (NUMBERS, 'value = "0.04"', 'value = "0.16"', "rate_floor is above rate_cap on 2024-01-01"),
        (BORROWER, r'(?s)\[\[silence\]\]\nkind = "pledges".*', "", "not showing pledges may help: rule R11"),
        (BORROWER, 'kind = "pledges"', 'kind = "invoices"', "'invoices' is neither in scopes nor in optional"),
        (BORROWER, 'kind = "pledges"', 'kind = "property"', "not showing property never helps here"),
        (MODEL, "default = .*\n", "", "default is missing"),
        (MODEL, "window_months = 12", "window_months = 0", "1 to 60 months"),
        (MODEL, r"(?s)(?<=\[anchor.owner\]\n).*?even_odds_score = [0-9.]+\n", "", "anchor.owner.even_odds_score"),
        (MODEL, r"\[anchor.owner\]", "[anchor.oner]", "unknown key 'oner'"),
        (FUSION, "(?m)^owner,.*\n", "", "no row says what is done when owner is known"),
        (FUSION, "(?m)^owner,-30,,1", "owner,-30,0.5,1", "an anchor that is not known weighs nothing"),
        (FUSION, "(?m)^owner,-30,,1", "owner,-30,,-1", "a weight is between 0 and 5"),
        (FUSION, "(?m)^owner,-30,,1", "owner,-20000,,1", "a shift is of at most 10,000 points"),
        (FUSION, "(?m)^owner,", "owner+shop,", "'owner+shop' is no set of anchors"),
        ("underwriting/scorecard.csv", "(?m)^owner,card_use", ",card_use", "card_use belongs to one anchor"),
        (TABLES + "lien.csv", "property_lien / property_value", "'much'", "a fact is a number, not a text"),
        (TABLES + "lien.csv", "-> lien_share", "-> property_lien", "'property_lien' is a fact, a parameter or another"),
        (TABLES + "lien.csv", "-> lien_share", "-> pd", "'pd' is a fact, a parameter or another"),
        (TABLES + "lien.csv", r"\A", "# hit: collect\n", "a table that collects gives no single fact"),
        ("underwriting/at_once.csv", "unsecured_cap", "unsecured_cup", "unknown name 'unsecured_cup'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_its_file(file: str, old: str, new: str, told: str) -> None:
    found = said(damaged(file, old, new), file)
    assert any(told in one for one in found), found


def test_what_was_published_before_this_was_asked_can_still_be_read() -> None:
    files = damaged(MODEL, "(?m)^default = .*\n", "")
    files[BORROWER] = files[BORROWER].partition("[[silence]]")[0]
    product, problems = load(files)
    assert (product is not None, problems) == (True, [])


def test_a_fused_score_of_too_many_points_is_refused() -> None:
    files = damaged("underwriting/scorecard.csv", "property_use,1,10", "property_use,1,100000")
    assert any("reach at most 100,000 points" in one for one in said(files, "underwriting/scorecard.csv"))
