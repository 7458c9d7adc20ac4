"""Counterparties: net trade by pair of party and counterparty, and how it is spread over them."""

import numpy as np

from zhiwei.borrower.features.windows import Bools, Codes, Floats, Ints, Rows, ratio
from zhiwei.values import lazy


class Trade:
    """Net trade of each (party, counterparty), the largest first within a party; rows without a name are left out.

    `pair` tells a party's counterparty apart and compares with another Trade of the same codes.
    """

    def __init__(self, rows: Rows, where: Bools, names: Codes, weights: Floats) -> None:
        where = where & (names.code >= 0)
        keys = rows.who[where] * names.width + names.code[where]
        pair, inverse = np.unique(keys, return_inverse=True)
        fen = np.bincount(inverse, weights[where], len(pair)).astype(np.float64)
        who = pair // names.width
        order = np.lexsort((-fen, who))
        self.pair: Ints = pair[order]
        self.who: Ints = who[order]
        self.fen: Floats = fen[order]
        self.parties = rows.parties

    @lazy
    def positive(self) -> Floats:
        """A partner with net returns counts as nothing."""
        return np.maximum(self.fen, 0)

    @lazy
    def whole(self) -> Floats:
        return self._sum(self.positive)

    def count(self, where: Bools | None = None) -> Floats:
        """Partners with net trade, per party."""
        chosen = self.fen > 0 if where is None else (self.fen > 0) & where
        return np.bincount(self.who[chosen], minlength=self.parties).astype(np.float64)

    def share(self, where: Bools) -> Floats:
        """Share of trade with the partners chosen."""
        return ratio(self._sum(np.where(where, self.positive, 0)), self.whole)

    def top(self, many: int) -> Floats:
        """Share of the largest `many` partners."""
        return ratio(self._sum(np.where(self._rank < many, self.positive, 0)), self.whole)

    def hhi(self) -> Floats:
        """Herfindahl-Hirschman index: the sum of squared shares, 1 for a single partner."""
        # squares are not exact, but a party's are always added largest first
        share = self.positive / np.where(self.whole > 0, self.whole, np.nan)[self.who]
        return np.where(self.whole > 0, self._sum(np.nan_to_num(share * share)), np.nan)

    def among(self, other: "Trade") -> Bools:
        """Partners that are also partners of the other trade."""
        return self._is_in(np.sort(other.pair))

    def active_among(self, other: "Trade") -> Bools:
        """Partners with net trade here that have net trade there."""
        return (self.fen > 0) & self._is_in(np.sort(other.pair[other.fen > 0]))

    def back(self, other: "Trade") -> Floats:
        """Money that goes both ways: over partners of both trades, the smaller of the two, per party."""
        _, here, there = np.intersect1d(self.pair, other.pair, assume_unique=True, return_indices=True)
        smaller = np.minimum(self.positive[here], other.positive[there])
        return np.bincount(self.who[here], smaller, self.parties).astype(np.float64)

    def _is_in(self, pairs: Ints) -> Bools:
        """Partners that are among these, which are in order."""
        place = np.searchsorted(pairs, self.pair)
        return pairs.take(place, mode="clip") == self.pair if len(pairs) else np.zeros(len(self.pair), dtype=bool)

    @lazy
    def _rank(self) -> Ints:
        return np.arange(len(self.who)) - np.searchsorted(self.who, self.who, side="left")

    def _sum(self, weights: Floats) -> Floats:
        return np.bincount(self.who, weights, self.parties).astype(np.float64)


def repeats(rows: Rows, where: Bools, names: Codes, day: Ints) -> Floats:
    """Rows of a counterparty that has another row on the same day, per party."""
    keys = ((rows.who * names.width + names.code) << 20)[where] + day[where]
    found, many = np.unique(keys, return_counts=True)
    who = (found >> 20) // names.width
    return np.bincount(who, np.where(many > 1, many, 0), rows.parties).astype(np.float64)
