"""Planted fraud: what the checks find of it, and what they say of a town in which nobody cheats."""

from datetime import date

import pytest

from zhiwei.economy.fraud import PLANTS, STRENGTHS
from zhiwei.economy.trial import Trials, try_checks

ON = date(2024, 3, 1)


@pytest.fixture(scope="module")
def found() -> Trials:
    return try_checks(seed=4, businesses=70, on=ON, planted=12)


def test_everything_is_tried_at_every_strength(found: Trials) -> None:
    tried = {(one.check, one.strength) for one in found.trials}
    assert len(tried) == (len(PLANTS) + 1) * len(STRENGTHS)


def test_strong_fraud_is_found(found: Trials) -> None:
    """Three quarters of it at the least: some plants fall on businesses too small to be looked at."""
    missed = {
        one.check: one.recall
        for one in found.trials
        if one.strength == "strong" and one.recall.hits * 4 < one.recall.tries * 3
    }
    assert not missed


def test_what_is_found_was_planted(found: Trials) -> None:
    """Strong plants are loud; beside them at most a fifth of what a check finds is honest."""
    wrong = {
        one.check: one.precision
        for one in found.trials
        if one.strength == "strong" and one.precision.hits * 5 < one.precision.tries * 4
    }
    assert not wrong


def test_weak_fraud_slips_by_where_it_stays_below_a_threshold(found: Trials) -> None:
    """Else strengths would mean nothing: forgers with a spreadsheet break no chain of balances."""
    recall = {one.check: one.recall.hits for one in found.trials if one.strength == "weak"}
    assert (recall["balance_break"], recall["double_pledge"], recall["identity_takeover"]) == (0, 0, 0)


def test_an_honest_town_is_left_alone(found: Trials) -> None:
    """A single alarm is 1.5 % of so small a town; two of one check would be a check that cries wolf."""
    assert {name: share.hits for name, share in found.false_alarms.items() if share.hits > 1} == {}


def test_the_same_seed_gives_the_same_figures() -> None:
    few = [try_checks(seed=9, businesses=12, on=ON, planted=2) for _ in range(2)]
    assert few[0] == few[1]
