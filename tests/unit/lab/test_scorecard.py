"""A card: its points, its table, and that the platform reading the table computes the same."""

import csv
import io
import math
import tomllib
from datetime import date

import numpy as np
import pytest

from zhiwei.lab import DIRECTIONS, Card, Recipe, calibrated, develop
from zhiwei.lab.binning import Floats
from zhiwei.lab.scorecard import missing_margin
from zhiwei.lab.words import bin_words
from zhiwei.tables import micro, parse_cell, uncovered

AS_OF = date(2020, 3, 1)


@pytest.fixture(scope="module")
def card(facts: dict[str, Floats], label: Floats) -> Card:
    return develop(facts, label, DIRECTIONS, as_of=AS_OF)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_scores_as_the_card_does(card: Card, facts: dict[str, Floats]) -> None:
    """One firm at a time, as the platform decides: exactly one row an attribute matches."""
    rows, settings = read(card.csv()), tomllib.loads(card.calibration())
    facts = {name: np.append(values, np.nan) for name, values in facts.items()}
    scores, pds = card.score(facts), card.pd(facts)
    for firm in range(len(scores)):
        total, hits = settings["base_points"], []
        for row in rows:
            value = facts[row["attribute"]][firm]
            if parse_cell(row["bin"]).holds(None if math.isnan(value) else micro(value)):
                total += int(row["points"])
                hits.append(row["attribute"])
        assert hits == settings["attributes"]
        assert total == scores[firm]
        power = (total - settings["even_odds_score"]) * math.log(2) / settings["points_to_double_odds"]
        assert pds[firm] == pytest.approx(1 / (1 + math.exp(power)))


def test_the_table_is_whole(card: Card) -> None:
    rows = read(card.csv())
    assert list(rows[0]) == ["attribute", "bin", "points", "reason", "zh", "en"]
    for item in card.attributes:
        own = [row for row in rows if row["attribute"] == item.name]
        assert [row["bin"] for row in own].count("null") == 1
        assert uncovered([parse_cell(row["bin"]) for row in own]) == []
        assert {row["reason"] for row in own} == {item.code}
        assert item.code.endswith(item.name.upper())
        assert all(row["zh"] and row["en"] for row in own)


def test_points_follow_credit_sense_and_differ(card: Card) -> None:
    for item in card.attributes:
        steps = np.diff(item.points[:-1]) * DIRECTIONS[item.name]
        assert (steps > 0).all(), item
        assert item.points[-1] < 0, "a missing value is never as good as the average"


def test_what_tells_is_taken_and_noise_is_not(card: Card) -> None:
    names = [item.name for item in card.attributes]
    assert "void_share_12m" in names
    assert len({"sales_total", "sales_12m"} & set(names)) == 1, "two that say the same: one stays"
    assert "sales_growth_12m" not in names


def test_predictions_add_up_to_the_defaults(card: Card, facts: dict[str, Floats], label: Floats) -> None:
    assert card.pd(facts).mean() == pytest.approx(label.mean(), abs=0.01)  # but for the rounding of points


def test_twenty_points_double_the_odds(card: Card, facts: dict[str, Floats]) -> None:
    score, pd = card.score(facts), card.pd(facts)
    odds = (1 - pd) / pd
    assert odds / odds[0] == pytest.approx(2 ** ((score - score[0]) / 20))


def test_the_calibration_says_what_the_sample_was(card: Card, label: Floats) -> None:
    settings = tomllib.loads(card.calibration())
    assert settings["sample"] == f"n = {len(label)}, defaults = {int(label.sum())}"
    assert settings["sample_default_rate"] == pytest.approx(label.mean(), abs=1e-6)
    assert settings["as_of"] == AS_OF


def test_a_base_rate_moves_the_level_only() -> None:
    """Odds 1:1 at a sample rate of 20 % (odds 1:4) are odds 4:99 at a base rate of 1 % (odds 1:99)."""
    assert calibrated(np.array([0.5, 0.2]), 0.2, 0.01) == pytest.approx([4 / 103, 0.01])
    assert calibrated(np.array([0.3]), 0.2, 0.2) == pytest.approx([0.3])


def test_a_recipe_may_ask_for_fewer(facts: dict[str, Floats], label: Floats) -> None:
    assert len(develop(facts, label, DIRECTIONS, as_of=AS_OF, recipe=Recipe(max_attributes=1)).attributes) == 1


def test_a_card_of_nothing_gives_everyone_the_sample_rate(label: Floats) -> None:
    nothing = {"sales_total": np.ones(len(label))}
    card = develop(nothing, label, DIRECTIONS, as_of=AS_OF)
    assert card.attributes == ()
    assert card.pd(nothing) == pytest.approx(np.full(len(label), label.mean()), abs=1e-3)


@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_one_outcome_makes_no_card(facts: dict[str, Floats], label: Floats, outcome: float) -> None:
    with pytest.raises(ValueError, match="defaulted and firms that paid"):
        develop(facts, np.full(len(label), outcome), DIRECTIONS, as_of=AS_OF)


def test_the_margin_is_dated() -> None:
    assert missing_margin(AS_OF) == 0.25
    with pytest.raises(ValueError, match="in force"):
        missing_margin(date(2015, 12, 31))


@pytest.mark.parametrize(
    ("attribute", "span", "zh", "en"),
    [
        ("sales_total", (1.5e6, 4.2e6), "150万元至420万元（不含）", "CNY 1.5 million to under 4.2 million"),
        ("sales_total", (None, 9000.0), "低于9000元", "under CNY 9,000"),
        ("sales_12m", (2e8, None), "2亿元及以上", "CNY 200 million or more"),
        ("void_share_12m", (0.05, 0.1), "5%至10%（不含）", "5 to under 10%"),
        ("active_months_12m", (None, 6.0), "低于6个月", "under 6 months"),
        ("longest_gap_12m", (None, None), "无数据", "no data"),
    ],
)
def test_words_an_owner_can_read(attribute: str, span: tuple[float | None, float | None], zh: str, en: str) -> None:
    said = bin_words(attribute, *span)
    assert said[0].endswith(f"：{zh}")
    assert said[1].endswith(f": {en}")
