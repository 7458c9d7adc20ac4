"""Validation: nothing of a test firm reaches its own prediction."""

from datetime import date

import numpy as np
import pytest

from zhiwei.lab import DIRECTIONS, Plan, Validation, validate
from zhiwei.lab.binning import Floats
from zhiwei.lab.validation import stratified

AS_OF = date(2020, 3, 1)


@pytest.fixture(scope="module")
def found(facts: dict[str, Floats], label: Floats) -> Validation:
    return validate(facts, label, DIRECTIONS, as_of=AS_OF, plan=Plan(repeats=3))


def test_folds_share_out_both_outcomes(label: Floats) -> None:
    fold_of = stratified(label, 5, np.random.default_rng(0))
    for outcome in (0.0, 1.0):
        sizes = np.bincount(fold_of[label == outcome], minlength=5)
        assert sizes.max() - sizes.min() <= 1
    assert np.ptp(np.bincount(fold_of)) <= 1


def test_a_card_finds_what_is_there(found: Validation) -> None:
    assert found.auc_repeats.value > 0.75
    assert found.auc_firms.low < found.auc_firms.value < found.auc_firms.high
    assert found.slope.value == pytest.approx(1, abs=0.4)
    assert found.brier < found.brier_of_mean
    assert sum(group.firms for group in found.groups) == found.firms
    assert found.chosen["void_share_12m"] == 1


def test_shuffled_outcomes_are_not_predicted() -> None:
    """If a test firm's outcome leaked into bins, choice or weights, this would be about 0.7: noise is fitted easily."""
    areas = []
    for seed in range(16):
        random = np.random.default_rng(seed)
        facts = {name: random.normal(size=120) for name in DIRECTIONS}
        label = random.permutation(np.repeat([1.0, 0.0], [30, 90]))
        areas.append(validate(facts, label, DIRECTIONS, as_of=AS_OF, plan=Plan(repeats=1)).fold_auc_repeats.value)
    assert np.mean(areas) == pytest.approx(0.5, abs=0.06)


def test_the_same_seed_gives_the_same_figures(facts: dict[str, Floats], label: Floats) -> None:
    one, same, other = (
        validate(facts, label, DIRECTIONS, as_of=AS_OF, plan=Plan(folds=3, repeats=1, seed=seed)) for seed in (1, 1, 2)
    )
    assert one.lines() == same.lines()
    assert one.lines() != other.lines()


def test_progress_is_told(facts: dict[str, Floats], label: Floats) -> None:
    told: list[tuple[int, int]] = []
    validate(
        facts, label, DIRECTIONS, as_of=AS_OF, plan=Plan(folds=3, repeats=2), on_progress=lambda *at: told.append(at)
    )
    assert told == [(done, 6) for done in range(1, 7)]


def test_the_lines_say_which_interval_is_which(found: Validation) -> None:
    said = "\n".join(found.lines())
    assert "over repeats: luck of the folds" in said
    assert "over firms: sampling error" in said
    assert "Wilson" in said
