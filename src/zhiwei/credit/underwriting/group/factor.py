"""One-factor model of defaults (Vasicek): a member fails where a x year + sqrt(1 - a^2) x own luck is below its line.

The `year` is standard normal, low in a downturn; a is a member's loading, and two members hang together by the product
of theirs. Given the year everybody fails alone, so that everything else is one sum over years, without drawing any.
"""

import math
from collections.abc import Sequence
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NODES = 128  # of Gauss-Hermite: errors below 1e-7 of a probability up to a correlation of 0.9
HIGHEST = 0.9
_NORMAL = NormalDist()


def line_of(pd: float) -> float:
    """Below which a member fails: the quantile of its probability of default."""
    return _NORMAL.inv_cdf(pd)


def in_year(pds: Sequence[float], loadings: Sequence[float], year: float) -> Floats:
    """Each member's probability of default in a given year."""
    return np.array([_given(pd, loading, year) for pd, loading in zip(pds, loadings, strict=True)])


def years(pds: Sequence[float], loadings: Sequence[float]) -> tuple[Floats, Floats]:
    """(weights of years, probability of default by member and year): a sum over them is an expectation over all years.

    Loadings are at most the root of HIGHEST, or all 1: then members fail in the order of their lines. ValueError else.
    """
    if loadings and min(loadings) == 1:
        shares = np.unique([0.0, 1.0, *pds])  # of years, worst first: between two lines nothing changes
        return np.diff(shares), np.array([(shares[1:] <= pd).astype(float) for pd in pds])
    if any(not 0 <= loading <= math.sqrt(HIGHEST) + 1e-12 for loading in loadings):
        raise ValueError(f"loadings are from 0 to the root of {HIGHEST}, or all 1")
    nodes, weights = _nodes()
    found = [[_given(pd, loading, float(year)) for year in nodes] for pd, loading in zip(pds, loadings, strict=True)]
    return weights, np.array(found).reshape(len(pds), NODES)


def both_default(one: float, other: float, correlation: float) -> float:
    """Probability that two members default, who hang together by this correlation."""
    loading = math.sqrt(correlation)
    weights, given = years((one, other), (loading, loading))
    return float(weights @ (given[0] * given[1]))


def count_defaults(pds: Sequence[float], loadings: Sequence[float]) -> Floats:
    """Probability of 0, 1, ... n defaults, over all years."""
    weights, given = years(pds, loadings)
    counts = np.zeros((len(pds) + 1, len(weights)))
    counts[0] = 1
    for mine in given:
        counts[1:] = counts[1:] * (1 - mine) + counts[:-1] * mine
        counts[0] *= 1 - mine
    return np.asarray(counts @ weights)


def patterns(given: Floats) -> Floats:
    """Probability of who fails and who does not, for each column of `given`: row b is the pattern of the bits of b."""
    found = np.ones((1, given.shape[1]))
    for mine in given:
        found = np.concatenate([found * (1 - mine), found * mine])
    return found


def failing(members: int) -> NDArray[np.bool_]:
    """Who fails in each pattern: one row a pattern, one column a member."""
    return (np.arange(2**members)[:, None] >> np.arange(members) & 1).astype(bool)


@cache
def _nodes() -> tuple[Floats, Floats]:
    """Years and their weights, which sum to 1."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return nodes, weights / weights.sum()


def _given(pd: float, loading: float, year: float) -> float:
    if loading == 1:
        return float(year <= line_of(pd))
    distance = (line_of(pd) - loading * year) / math.sqrt(1 - loading * loading)
    return 0.5 * math.erfc(-distance / math.sqrt(2))
