"""Planted fraud: what the checks find of it, and what they say of a town in which nobody cheats."""

from datetime import date

import pytest

from zhiwei.economy.fraud import PLANTS, STRENGTHS
from zhiwei.economy.trial import Share, Trials, try_checks, try_honest

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


def test_no_check_cries_wolf_over_an_honest_town() -> None:
    """The bench proves less than 1 % on twenty times as many; here no check finds more than 2 % and a mishap."""
    many, alarms = try_honest(seed=77, towns=1, businesses=250, on=ON)
    assert many > 220
    assert {name: share for name, share in alarms.items() if share.hits > 2 + 0.02 * share.tries} == {}
    looked = {name for name, share in alarms.items() if share.tries}
    assert looked == {plant.check for plant in PLANTS} | {"early_defaults"}


def test_a_check_counts_only_whom_it_can_look_at(found: Trials) -> None:
    """A third of the town sells by platform; the others say nothing of checks on orders."""
    alarms = found.false_alarms
    assert 0 < alarms["wash_signing"].tries < alarms["mutual_trade"].tries


def test_the_upper_end_of_a_share_is_exact() -> None:
    """Clopper-Pearson, as tables print it: none of 1,500 leaves up to 0.25 %."""
    assert round(Share(0, 1500).ends[1], 4) == 0.0025


def test_the_same_seed_gives_the_same_figures() -> None:
    few = [try_checks(seed=9, businesses=12, on=ON, planted=2) for _ in range(2)]
    assert few[0] == few[1]
