"""The demand curve: smoothing keeps means and never falls; acceptance interpolates and never extrapolates."""

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.credit.underwriting.demand import DemandCurve, smooth

RATES = ("0.04", "0.06", "0.08", "0.10")


def test_neighbours_that_fall_become_their_mean() -> None:
    curve = smooth(RATES, {"A": [0.0, 0.5, 0.3, 0.9]})
    assert curve.churn[0] == pytest.approx((0.0, 0.4, 0.4, 0.9))


def test_the_mean_is_weighted() -> None:
    curve = smooth(RATES, {"A": [0.0, 0.5, 0.3, 0.9]}, weights=[1, 3, 1, 1])
    assert curve.churn[0] == pytest.approx((0.0, 0.45, 0.45, 0.9))


def test_each_grade_has_its_own_curve_and_what_rises_stays() -> None:
    curve = smooth(RATES, {"A": [0.0, 0.2, 0.4, 0.8], "C": [0.1, 0.1, 0.2, 0.3]})
    assert curve.churn == ((0.0, 0.2, 0.4, 0.8), (0.1, 0.1, 0.2, 0.3))
    assert curve.acceptance("A", Decimal("0.10")) == pytest.approx(0.2)
    assert curve.acceptance("C", Decimal("0.10")) == pytest.approx(0.7)


@pytest.mark.parametrize(("rate", "expected"), [("0.04", 1.0), ("0.05", 0.9), ("0.06", 0.8), ("0.075", 0.65)])
def test_acceptance_is_linear_between_observed_rates(rate: str, expected: float) -> None:
    curve = smooth(RATES, {"A": [0.0, 0.2, 0.4, 0.8]})
    assert curve.acceptance("A", Decimal(rate)) == pytest.approx(expected)


@pytest.mark.parametrize("rate", ["0.0399", "0.1001", "NaN", "Infinity"])
def test_a_rate_nobody_observed_is_refused(rate: str) -> None:
    with pytest.raises(ValueError, match="outside the observed range"):
        smooth(RATES, {"A": [0.0, 0.2, 0.4, 0.8]}).acceptance("A", Decimal(rate))


def test_an_unknown_grade_is_refused() -> None:
    with pytest.raises(ValueError, match="no demand curve for grade 'D'"):
        smooth(RATES, {"A": [0.0, 0.2, 0.4, 0.8]}).acceptance("D", Decimal("0.05"))


@pytest.mark.parametrize(
    ("rates", "churn", "weights", "says"),
    [
        (["0.04"], [0.1], None, "at least two rates"),
        (["0.06", "0.04"], [0.1, 0.2], None, "ascend strictly"),
        (["0.04", "0.04"], [0.1, 0.2], None, "ascend strictly"),
        (["4", "6"], [0.1, 0.2], None, "fractions between 0 and 1"),
        (["4 %", "6 %"], [0.1, 0.2], None, "is not a number"),
        ([0.04, 0.06], [0.1, 0.2], None, "must be a Decimal or text"),
        (["0.04", "0.06"], [0.1], None, "1 churn values for 2 rates"),
        (["0.04", "0.06"], [0.1, 1.2], None, "between 0 and 1"),
        (["0.04", "0.06"], [0.1, float("nan")], None, "between 0 and 1"),
        (["0.04", "0.06"], [0.1, 0.2], [1.0], "2 positive numbers"),
        (["0.04", "0.06"], [0.1, 0.2], [1.0, 0.0], "2 positive numbers"),
    ],
)
def test_nonsense_is_refused(rates: list[str], churn: list[float], weights: list[float] | None, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        smooth(rates, {"A": churn}, weights)


def test_a_curve_built_by_hand_must_not_fall() -> None:
    with pytest.raises(ValueError, match=r"smooth\(\) it first"):
        DemandCurve((Decimal("0.04"), Decimal("0.06")), ("A",), ((0.5, 0.4),))
    with pytest.raises(ValueError, match="one row of churn per distinct grade"):
        smooth(RATES, {})


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 10)), min_size=2, max_size=30))
def test_smoothing_keeps_the_weighted_mean_and_never_falls(points: list[tuple[float, float]]) -> None:
    churn, weights = zip(*points, strict=True)
    rates = [Decimal(4 + step) / 100 for step in range(len(points))]
    curve = smooth(rates, {"A": churn}, weights)
    assert all(left <= right for left, right in pairwise(curve.churn[0]))
    assert np.average(curve.churn[0], weights=weights) == pytest.approx(np.average(churn, weights=weights))
    accepted = [curve.acceptance("A", rate) for rate in rates]
    assert accepted == pytest.approx([1 - value for value in curve.churn[0]])
