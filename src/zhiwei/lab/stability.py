"""Population stability: does a score still meet the firms it was made for?"""

from dataclasses import dataclass

import numpy as np

from zhiwei.lab.binning import Floats

PSEUDO_FIRMS = 0.5  # added to each group's count, so that an empty one is not infinitely far


@dataclass(frozen=True, slots=True)
class Stability:
    """PSI in nats, the inner edges of the groups in points, and the share of either sample in each group."""

    psi: float
    edges: tuple[float, ...]
    expected: tuple[float, ...]
    actual: tuple[float, ...]

    @property
    def verdict(self) -> str:
        """By the field's rule of thumb: below 0.1 stable, below 0.25 moved, else shifted. Small samples move by chance:
        about (groups - 1) x (1/n + 1/m) is expected where nothing changed."""
        return "stable" if self.psi < 0.1 else "moved" if self.psi < 0.25 else "shifted"


def stability(expected: Floats, actual: Floats, groups: int = 10) -> Stability:
    """PSI = sum of (actual - expected share) x ln(actual / expected share) over tenths of the expected scores.

    `expected`, `actual`: scores, shapes (n,) and (m,). Tied scores make fewer groups; an edge belongs to the group
    above it.
    """
    if not len(expected) or not len(actual):
        raise ValueError("stability compares two samples; one is empty")
    edges = np.unique(np.quantile(expected, np.arange(1, groups) / groups, method="higher"))
    edges = edges[edges > expected.min()]
    was, is_now = (_shares(scores, edges) for scores in (expected, actual))
    psi = float(((is_now - was) * np.log(is_now / was)).sum())
    return Stability(psi, tuple(edges.tolist()), tuple(was.tolist()), tuple(is_now.tolist()))


def _shares(scores: Floats, edges: Floats) -> Floats:
    place = np.searchsorted(edges, scores, side="right")
    counts = np.bincount(place, minlength=len(edges) + 1) + PSEUDO_FIRMS
    return counts / counts.sum()
