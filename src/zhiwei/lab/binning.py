"""One attribute in a few monotone bins, read against an outcome of 0 (paid) and 1 (defaulted), on small samples.

Fifths of the values seen are the candidate bins, their cuts rounded to two digits so that people can read them.
Neighbours are merged where the default rate moves against credit sense and where a bin is small. A cut needs no test
beyond that: its direction was known before the data. Data that contradict the sense leave one bin, and the attribute
is not usable.

Weight of evidence (WOE) is ln(odds of paying in the bin / odds of paying in the sample): positive is safer. Rates are
smoothed with four pseudo-firms at the sample's rate, so that no bin is infinite and small bins lean to the mean.

A missing value is a bin of its own. Its prior is the worst bin (ten pseudo-firms), which missing firms in the sample
may move, but never above the mean less a dated margin: unseen it weighs as the worst bin. Not chosen: neutral, since a
business of which nothing is known would then score as the average one, and hiding a bad fact would pay.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from zhiwei.tables import micro, text

Floats = NDArray[np.float64]

MOST_BINS = 5
MIN_SHARE = 0.08  # of the sample, in each bin
PSEUDO_FIRMS = 4.0
PSEUDO_MISSING = 10.0


@dataclass(frozen=True, slots=True)
class Bins:
    """Half-open bins between `cuts`; counts, defaults and woe have one entry a bin and the missing bin last."""

    cuts: tuple[float, ...]
    counts: tuple[int, ...]
    defaults: tuple[int, ...]
    woe: tuple[float, ...]

    @property
    def usable(self) -> bool:
        return len(self.cuts) > 0

    @property
    def information(self) -> float:
        """Information value: the sum over bins of (share of payers - share of defaulters) x WOE, in nats."""
        defaults = np.array(self.defaults, dtype=np.float64)
        goods = np.array(self.counts) - defaults
        return float(((goods / goods.sum() - defaults / defaults.sum()) * np.array(self.woe)).sum())

    @property
    def cells(self) -> tuple[str, ...]:
        """Tests of a decision table, one a bin, `null` last."""
        if not self.cuts:
            return ("-", "null")
        at = [text(micro(cut)) for cut in self.cuts]
        middle = [f"[{low}..{high})" for low, high in pairwise(at)]
        return (f"< {at[0]}", *middle, f">= {at[-1]}", "null")

    @property
    def spans(self) -> tuple[tuple[float | None, float | None], ...]:
        """(low, high) of each cell, None being unbounded; the missing value is (None, None)."""
        return (*pairwise([None, *self.cuts, None]), (None, None))

    def joined(self, at: int) -> "Bins":
        """The same with bins `at` and `at + 1` as one, weighing as their firms did on average."""
        counts = np.array(self.counts, dtype=np.float64)
        woe = _merged(np.array(self.woe) * counts, at) / np.maximum(_merged(counts, at), 1)
        return Bins(
            cuts=(*self.cuts[:at], *self.cuts[at + 1 :]),
            counts=tuple(int(n) for n in _merged(counts, at)),
            defaults=tuple(int(n) for n in _merged(np.array(self.defaults), at)),
            woe=(*(float(w) for w in woe[:-1]), self.woe[-1]),
        )

    def weigh(self, values: Floats) -> Floats:
        """Values, shape (n,), NaN where missing -> WOE, shape (n,)."""
        place = np.where(np.isfinite(values), np.searchsorted(self.cuts, values, side="right"), len(self.cuts) + 1)
        return np.array(self.woe)[place]


def coarse_bins(values: Floats, label: Floats, direction: int, missing_margin: float) -> Bins:
    """Bins of one attribute.

    `values`, `label`: shape (n,); NaN is missing; label 1 is a default. `direction`: +1 where more is safer, -1 where
    more is riskier. `missing_margin`: log-odds a missing value stays below the sample's mean at least.
    """
    present = np.isfinite(values)
    known, outcome, mean = values[present], label[present], float(label.mean())
    cuts = candidate_cuts(known)
    place = np.searchsorted(cuts, known, side="right")
    counts = np.bincount(place, minlength=len(cuts) + 1).astype(np.float64)
    defaults = np.bincount(place, weights=outcome, minlength=len(cuts) + 1).astype(np.float64)
    while len(cuts) and (at := _next_merge(counts, defaults, direction, mean, len(label))) is not None:
        cuts = np.delete(cuts, at)
        counts, defaults = _merged(counts, at), _merged(defaults, at)
    rates = _smoothed(counts, defaults, mean)
    lost = float(label[~present].sum())
    missing_rate = (lost + PSEUDO_MISSING * rates.max()) / ((~present).sum() + PSEUDO_MISSING)
    woe = _log_odds(mean) - _log_odds(np.append(rates, missing_rate))
    woe[-1] = min(woe[-1], -missing_margin)
    return Bins(
        cuts=tuple(float(cut) for cut in cuts),
        counts=(*(int(n) for n in counts), int((~present).sum())),
        defaults=(*(int(n) for n in defaults), int(lost)),
        woe=tuple(float(w) for w in woe),
    )


def candidate_cuts(known: Floats) -> Floats:
    """Rounded inner quantiles that leave values on both sides, ascending."""
    if not len(known):
        return np.empty(0)
    inner = np.quantile(known, np.arange(1, MOST_BINS) / MOST_BINS)
    rounded = np.unique([readable(edge) for edge in inner])
    if (known == np.rint(known)).all():  # a cut of counts is a count
        rounded = np.unique(np.ceil(rounded))
    return rounded[(rounded > known.min()) & (rounded <= known.max())]


def readable(value: float) -> float:
    """Two significant digits, and no more than the six decimals a table keeps."""
    return round(float(f"{value:.1e}"), 6)


def _next_merge(counts: Floats, defaults: Floats, direction: int, mean: float, sample: int) -> int | None:
    """Which bin to merge with its right neighbour: against the sense first, then small; None when done."""
    cost = _likelihood(counts[:-1], defaults[:-1]) + _likelihood(counts[1:], defaults[1:])
    cost -= _likelihood(counts[:-1] + counts[1:], defaults[:-1] + defaults[1:])
    against = np.diff(_smoothed(counts, defaults, mean)) * direction >= 0
    small = counts < MIN_SHARE * sample
    for wrong in (against, small[:-1] | small[1:]):
        if wrong.any():
            return int(np.where(wrong, cost, np.inf).argmin())
    return None


def _merged(amounts: Floats, at: int) -> Floats:
    return np.concatenate([amounts[:at], [amounts[at] + amounts[at + 1]], amounts[at + 2 :]])


def _smoothed(counts: Floats, defaults: Floats, mean: float) -> Floats:
    return (defaults + PSEUDO_FIRMS * mean) / (counts + PSEUDO_FIRMS)


def _likelihood(counts: Floats, defaults: Floats) -> Floats:
    """Log-likelihood of each bin at its own default rate; 0 ln 0 is 0."""
    goods = counts - defaults
    whole = np.maximum(counts, 1)
    return defaults * np.log(np.maximum(defaults, 1) / whole) + goods * np.log(np.maximum(goods, 1) / whole)


def _log_odds(rate: Floats | float) -> Floats:
    return np.log(rate) - np.log1p(-np.asarray(rate, dtype=np.float64))
