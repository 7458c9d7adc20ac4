"""Measures of a score, computed by hand; and the stability of one."""

import math

import numpy as np
import pytest

from zhiwei.lab.measures import auc, brier, calibration_line, ks, roc, weighted_auc, wilson
from zhiwei.lab.stability import stability

RISK = np.array([0.9, 0.8, 0.8, 0.4, 0.3, 0.1])
LABEL = np.array([1.0, 1.0, 0.0, 0.0, 1.0, 0.0])


def test_auc_counts_pairs() -> None:
    """Pairs won by the defaulters at 0.9, 0.8, 0.3 over payers at 0.8, 0.4, 0.1: 3 + 2.5 + 1 of 9."""
    assert auc(RISK, LABEL) == pytest.approx(6.5 / 9)


def test_weighted_auc_is_that_of_the_drawn_firms() -> None:
    draws = np.array([[1, 1, 1, 1, 1, 1], [2, 0, 1, 3, 1, 1]], dtype=np.float64)
    chosen = np.repeat(np.arange(6), draws[1].astype(int))
    assert weighted_auc(RISK, LABEL, draws) == pytest.approx([auc(RISK, LABEL), auc(RISK[chosen], LABEL[chosen])])


def test_a_draw_without_payers_has_no_auc() -> None:
    assert np.isnan(weighted_auc(RISK, LABEL, np.array([[3.0, 3.0, 0, 0, 0, 0]]))).all()


def test_ks_is_the_widest_gap() -> None:
    """After 0.9: 1/3 and 0; after 0.8: 2/3 and 1/3; after 0.4: 2/3 and 2/3; after 0.3: 1 and 2/3."""
    assert ks(RISK, LABEL) == pytest.approx(1 / 3)
    assert ks(LABEL, LABEL) == 1.0
    assert ks(np.ones(6), LABEL) == 0.0


def test_roc_goes_from_corner_to_corner_and_its_area_is_the_auc() -> None:
    at = np.linspace(0, 1, 10001)
    curve = roc(RISK, LABEL, at)
    assert curve[-1] == 1.0
    assert (np.diff(curve) >= 0).all()
    assert np.trapezoid(curve, at) == pytest.approx(auc(RISK, LABEL), abs=1e-3)


def test_brier_by_hand() -> None:
    assert brier(np.array([0.8, 0.4]), np.array([1.0, 0.0])) == pytest.approx((0.04 + 0.16) / 2)


def test_a_calibrated_score_has_slope_one_and_intercept_zero() -> None:
    """Four groups whose outcomes are exactly as predicted."""
    rates = np.array([0.1, 0.2, 0.5, 0.8])
    label = np.concatenate([(np.arange(10) < rate * 10).astype(float) for rate in rates])
    log_odds = np.repeat(np.log(rates / (1 - rates)), 10)
    assert calibration_line(log_odds, label) == pytest.approx((1, 0), abs=1e-4)
    assert calibration_line(2 * log_odds, label)[0] == pytest.approx(0.5, abs=1e-4)
    assert calibration_line(log_odds + 1, label)[1] == pytest.approx(-1, abs=1e-4)


def test_wilson_interval_of_one_in_ten() -> None:
    """Newcombe (1998): 1 of 10 gives about 0.018 to 0.404."""
    found = wilson(1, 10)
    assert (found.value, found.low, found.high) == pytest.approx((0.1, 0.0179, 0.4042), abs=1e-4)
    assert wilson(0, 25).low == pytest.approx(0)


def test_psi_by_hand() -> None:
    """Halves of 50 and 50 against 30 and 70, with half a firm added to each count."""
    expected, actual = np.repeat([1.0, 2.0], 50), np.repeat([1.0, 2.0], [30, 70])
    found = stability(expected, actual, groups=2)
    low, high = 30.5 / 101, 70.5 / 101
    assert found.edges == (2.0,)
    assert found.psi == pytest.approx((low - 0.5) * math.log(low / 0.5) + (high - 0.5) * math.log(high / 0.5))
    assert found.verdict == "moved"


def test_psi_of_the_same_scores_is_nothing() -> None:
    scores = np.random.default_rng(3).normal(size=500)
    same = stability(scores, scores)
    assert same.psi == pytest.approx(0)
    assert len(same.expected) == 10
    assert stability(scores, scores + 2).verdict == "shifted"


def test_an_empty_sample_is_not_compared() -> None:
    with pytest.raises(ValueError, match="empty"):
        stability(np.array([]), np.ones(3))
