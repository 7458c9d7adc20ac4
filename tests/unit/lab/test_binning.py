"""Coarse bins: small tables computed by hand, and what holds for any data."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.lab.binning import MIN_SHARE, MOST_BINS, Bins, candidate_cuts, coarse_bins, readable
from zhiwei.tables import micro, parse_cell, uncovered

MARGIN = 0.25
NAN = float("nan")


def test_weight_of_evidence_by_hand() -> None:
    """Ten firms at 1 of which six defaulted, ten at 2 of which two: the sample's rate is 0.4.

    Smoothed with four firms at 0.4: (6 + 1.6) / 14 and (2 + 1.6) / 14, so odds of paying 6.4 / 7.6 and 10.4 / 3.6,
    against 1.5 in the sample.
    """
    values = np.repeat([1.0, 2.0], 10)
    label = np.array([1.0] * 6 + [0.0] * 4 + [1.0] * 2 + [0.0] * 8)
    bins = coarse_bins(values, label, 1, MARGIN)
    assert bins.cuts == (2.0,)
    assert bins.cells == ("< 2", ">= 2", "null")
    assert bins.counts == (10, 10, 0)
    assert bins.defaults == (6, 2, 0)
    assert bins.woe[:2] == pytest.approx((math.log(6.4 / 7.6 / 1.5), math.log(10.4 / 3.6 / 1.5)))
    payers, defaulters = np.array([4, 8]) / 12, np.array([6, 2]) / 8
    assert bins.information == pytest.approx(float(((payers - defaulters) * bins.woe[:2]).sum()))


def test_data_against_credit_sense_leave_one_bin() -> None:
    values = np.repeat([1.0, 2.0], 10)
    label = np.array([1.0] * 6 + [0.0] * 4 + [1.0] * 2 + [0.0] * 8)
    bins = coarse_bins(values, label, -1, MARGIN)
    assert not bins.usable
    assert bins.cells == ("-", "null")


def test_missing_unseen_weighs_as_the_worst_bin() -> None:
    label = np.array([1.0] * 6 + [0.0] * 4 + [1.0] * 2 + [0.0] * 8)
    bins = coarse_bins(np.repeat([1.0, 2.0], 10), label, 1, MARGIN)
    assert bins.woe[-1] == pytest.approx(bins.woe[0])
    assert bins.weigh(np.array([NAN, 0.0, 9.0])).tolist() == [bins.woe[2], bins.woe[0], bins.woe[1]]


def test_missing_firms_that_all_paid_stay_below_the_mean() -> None:
    label = np.array([1.0] * 9 + [0.0] + [1.0] + [0.0] * 9 + [0.0] * 40)
    bins = coarse_bins(np.array([1.0] * 10 + [2.0] * 10 + [NAN] * 40), label, 1, MARGIN)
    assert bins.counts[-1] == 40
    assert bins.woe[-1] == -MARGIN


def test_missing_is_not_a_zero() -> None:
    """Where zero is the safest value, a firm with nothing to show is still not safe."""
    share = np.array([0.0] * 20 + [0.5] * 20)
    label = np.array([0.0] * 20 + [1.0] * 10 + [0.0] * 10)
    bins = coarse_bins(share, label, -1, MARGIN)
    zero, missing = bins.weigh(np.array([0.0, NAN]))
    assert zero > 0 > -MARGIN >= missing


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(1234567.0, 1200000.0), (0.30499, 0.3), (0.0, 0.0), (-57.3, -57.0), (37.9, 38.0), (0.0000004, 0.0)],
)
def test_cuts_are_readable(value: float, rounded: float) -> None:
    assert readable(value) == rounded


def test_a_cut_of_counts_is_a_count() -> None:
    cuts = candidate_cuts(np.array([0, 1, 1, 2, 3, 4, 7, 11], dtype=np.float64))
    assert (cuts == np.rint(cuts)).all()


def test_nothing_known_makes_no_bins() -> None:
    assert not coarse_bins(np.full(10, NAN), np.arange(10) % 2.0, 1, MARGIN).usable


FIRMS = st.lists(
    st.tuples(
        st.one_of(st.floats(-1e6, 1e9), st.integers(0, 12).map(float), st.just(NAN)),
        st.integers(0, 1).map(float),
    ),
    min_size=5,
    max_size=150,
).filter(lambda firms: len({outcome for _, outcome in firms}) == 2)


@settings(deadline=None)
@given(FIRMS, st.sampled_from([1, -1]))
def test_bins_are_monotone_few_full_and_finite(firms: list[tuple[float, float]], direction: int) -> None:
    values, label = (np.array(column) for column in zip(*firms, strict=True))
    bins = coarse_bins(values, label, direction, MARGIN)
    woe = np.array(bins.woe)
    assert np.isfinite(woe).all()
    assert (np.diff(woe[:-1]) * direction > 0).all()
    assert len(bins.cuts) < MOST_BINS
    assert list(bins.cuts) == sorted(set(bins.cuts))
    if bins.usable:
        assert min(bins.counts[:-1]) >= MIN_SHARE * len(label)
    assert sum(bins.counts) == len(label)
    assert sum(bins.defaults) == label.sum()
    assert woe[-1] <= -MARGIN


@settings(deadline=None)
@given(FIRMS)
def test_cells_split_the_numbers_and_agree_with_the_weights(firms: list[tuple[float, float]]) -> None:
    values, label = (np.array(column) for column in zip(*firms, strict=True))
    bins = coarse_bins(values, label, 1, MARGIN)
    cells = [parse_cell(source) for source in bins.cells]
    assert uncovered(cells) == []
    if bins.usable:
        known = np.array(bins.cuts)
        column = (np.array([micro(cut) for cut in known]), np.ones(len(known), dtype=bool))
        by_cell = np.array([cell.over(column) for cell in cells]).T @ np.array(bins.woe)
        assert by_cell == pytest.approx(bins.weigh(known))


def test_joined_bins_keep_their_firms() -> None:
    bins = Bins(cuts=(1.0, 2.0), counts=(10, 30, 20, 5), defaults=(5, 3, 1, 2), woe=(-1.0, 1.0, 2.0, -1.5))
    joined = bins.joined(0)
    assert joined == Bins(cuts=(2.0,), counts=(40, 20, 5), defaults=(8, 1, 2), woe=(0.5, 2.0, -1.5))
    assert joined.spans == ((None, 2.0), (2.0, None), (None, None))
