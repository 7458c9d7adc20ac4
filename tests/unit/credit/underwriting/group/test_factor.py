"""The one-factor sums against closed forms, a multivariate normal, and draws made by somebody else's code."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import binom, multivariate_normal

from zhiwei.credit.underwriting.group.factor import (
    both_default,
    count_defaults,
    failing,
    in_year,
    patterns,
    years,
)

PDS = (0.01, 0.03, 0.2)


@pytest.mark.parametrize("correlation", [0.0, 0.05, 0.25, 0.6, 0.9])
@pytest.mark.parametrize(("one", "other"), [(0.0005, 0.0005), (0.02, 0.1), (0.3, 0.01)])
def test_two_defaults_are_the_bivariate_normal(one: float, other: float, correlation: float) -> None:
    cov = [[1, correlation], [correlation, 1]]
    told = multivariate_normal.cdf([ndtri(one), ndtri(other)], mean=[0, 0], cov=cov, abseps=1e-14, releps=1e-14)
    assert both_default(one, other, correlation) == pytest.approx(told, rel=1e-6)


def test_unrelated_members_default_by_the_binomial() -> None:
    assert count_defaults([0.07] * 9, [0.0] * 9) == pytest.approx(binom.pmf(range(10), 9, 0.07), abs=1e-12)


def test_members_who_are_all_one_default_in_the_order_of_their_lines() -> None:
    """One year decides all: with 1 %, 3 % and 20 % three fail in the worst 1 %, two in 2 % more, one in 17 % more."""
    assert count_defaults(PDS, [1.0] * 3) == pytest.approx([0.8, 0.17, 0.02, 0.01])
    assert count_defaults([0.05] * 4, [1.0] * 4) == pytest.approx([0.95, 0, 0, 0, 0.05])
    assert list(in_year(PDS, [1.0] * 3, -2.0)) == [0, 1, 1]


def test_a_large_group_is_vasiceks_formula() -> None:
    """The share that defaults in the year of which one in a thousand is worse.

    By a table of the normal distribution: (-1.8808 + 0.3873 x 3.0902) / 0.9220 = -0.7418, below which lie 22.91 %.
    """
    year = float(ndtri(0.001))
    told = math.erfc(-((ndtri(0.03) - math.sqrt(0.15) * year) / math.sqrt(0.85)) / math.sqrt(2)) / 2
    assert in_year([0.03], [math.sqrt(0.15)], year) == pytest.approx([told], rel=1e-12)
    assert told == pytest.approx(0.2291, abs=0.0001)


def test_unequal_members_are_the_multivariate_normal() -> None:
    """Every pattern of four members, each probability by inclusion and exclusion of orthants."""
    pds, loads = (0.02, 0.08, 0.15, 0.3), (0.7, 0.2, 0.5, 0.4)
    cov = np.outer(loads, loads) + np.diag([1 - load * load for load in loads])
    lines = ndtri(pds)

    def all_of(those: tuple[int, ...]) -> float:
        """All of these fail, whatever the others do."""
        if not those:
            return 1.0
        some = np.ix_(those, those)
        return float(multivariate_normal.cdf(lines[list(those)], mean=np.zeros(len(those)), cov=cov[some],
                                             abseps=1e-10, releps=1e-10, maxpts=400_000, rng=1))  # fmt: skip

    def exactly(those: frozenset[int]) -> float:
        rest = [one for one in range(4) if one not in those]
        return sum(
            (-1) ** size * all_of(tuple(sorted({*those, *more})))
            for size in range(len(rest) + 1)
            for more in itertools.combinations(rest, size)
        )

    weights, given_years = years(pds, loads)
    found = patterns(given_years) @ weights
    for row, fails in enumerate(failing(4)):
        assert found[row] == pytest.approx(exactly(frozenset(np.flatnonzero(fails).tolist())), abs=2e-7)


def test_draws_of_somebody_else_agree() -> None:
    """Two hundred thousand years of seven members, drawn by NumPy: each frequency within four standard errors."""
    pds, loads = np.array([0.02, 0.03, 0.05, 0.05, 0.1, 0.2, 0.4]), np.array([0.6, 0.1, 0.5, 0.3, 0.8, 0.2, 0.4])
    rng, size = np.random.default_rng(20260301), 200_000
    worth = loads * rng.standard_normal((size, 1)) + np.sqrt(1 - loads**2) * rng.standard_normal((size, 7))
    drawn = np.bincount((worth < ndtri(pds)).sum(axis=1), minlength=8) / size
    exact = count_defaults(pds.tolist(), loads.tolist())
    assert (np.abs(drawn - exact) <= 4 * np.sqrt(exact * (1 - exact) / size) + 1e-9).all()


members = st.lists(st.tuples(st.floats(0.0005, 0.6), st.floats(0, 0.9)), min_size=1, max_size=8)


@given(members)
@settings(max_examples=50, deadline=None)
def test_counts_are_a_distribution_with_the_right_mean(those: list[tuple[float, float]]) -> None:
    pds, loads = [pd for pd, _ in those], [load for _, load in those]
    counts = count_defaults(pds, loads)
    assert counts.sum() == pytest.approx(1)
    assert (counts >= 0).all()
    assert counts @ np.arange(len(counts)) == pytest.approx(sum(pds), rel=1e-6)
    weights, by_year = years(pds, loads)
    whole = patterns(by_year) @ weights
    sizes = failing(len(pds)).sum(axis=1)
    assert np.bincount(sizes, weights=whole) == pytest.approx(counts, abs=1e-12)


@given(st.floats(0.0005, 0.6), st.floats(0, 0.85), st.floats(0.001, 0.05))
@settings(max_examples=50, deadline=None)
def test_the_more_alike_the_more_often_both(pd: float, correlation: float, more: float) -> None:
    assert both_default(pd, pd, correlation + more) > both_default(pd, pd, correlation)


@pytest.mark.parametrize("loads", [[0.5, 0.96], [1.0, 0.5], [-0.1, 0.2]])
def test_what_the_sum_cannot_see_is_refused(loads: list[float]) -> None:
    with pytest.raises(ValueError, match="loadings"):
        years([0.1, 0.1], loads)
