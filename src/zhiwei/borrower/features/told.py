"""What files of a kind say they speak for, per party: so that 0 is told from not known where there is no row."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from zhiwei.borrower.covers import seen_covers
from zhiwei.values import add_months, lazy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_EPOCH = date(1970, 1, 1)
_NONE: Ints = np.zeros(0, dtype=np.int64)
_DAYS = 24  # bits of a day in a (party, day) key


def ordinal(day: date) -> int:
    """Days since 1970, as Arrow counts them."""
    return (day - _EPOCH).days


class Told:
    """Periods up to the as-of date, a row each; `part` is the feed, "" where the file does not say."""

    def __init__(self, covered: pa.Table | None, kind: str, parties: Sequence[str], as_of: date) -> None:
        self.parties, self.as_of, self.part = len(parties), as_of, list[str]()
        self.who = self.first = self.last = _NONE
        if covered is None or not covered.num_rows:
            return
        frame = seen_covers(covered, kind, parties, as_of)
        self.part = frame["_part"].to_list()
        self.who, self.first, self.last = (
            frame[name].to_numpy().astype(np.int64) for name in ("_who", "_first", "_last")
        )

    @lazy
    def has(self) -> Bools:
        """Parties of whom some file says what it covers."""
        return np.bincount(self.who, minlength=self.parties) > 0

    def of(self, parts: tuple[str, ...] | None) -> Bools:
        """Periods of some parts; of all for None."""
        return np.array([parts is None or part in parts for part in self.part], dtype=bool)

    def since(self) -> Floats:
        """The first day spoken for, NaN where there is none."""
        first = np.full(self.parties, np.inf)
        np.minimum.at(first, self.who, self.first)
        return np.where(np.isfinite(first), first, np.nan)

    def reach(self, parts: tuple[str, ...] | None = None) -> tuple[Floats, Floats]:
        """First and last day of the latest unbroken run of days spoken for; inf and -inf where there is none."""
        chosen = self.of(parts)
        who, first, last = self.who[chosen], self.first[chosen], self.last[chosen]
        order = np.lexsort((last, first, who))
        who, first, above = who[order], first[order], who[order] << _DAYS
        ends = np.maximum.accumulate(above + last[order]) if len(who) else above
        begins = np.ones(len(who), dtype=bool)
        begins[1:] = above[1:] + first[1:] > ends[:-1] + 1
        run, until = np.full(self.parties, np.inf), np.full(self.parties, -np.inf)
        run[who[begins]] = first[begins]  # the last one written stays, and runs are in order
        until[who] = ends - above
        return run, until

    def speaks_for(self, window: str, parts: tuple[str, ...] | None = None) -> Bools:
        """Parties of whom files speak for a window (12m, 45d, all, now) from its first day on, and into it."""
        first, last = self.reach(parts)
        if window in ("all", "now"):
            return np.isfinite(first)
        return (first <= start_of(window, self.as_of) + 1) & (last > start_of(window, self.as_of))

    def months(self, edges: Ints) -> Bools:
        """(parties, months) that files speak for: from the first day on, and for most of them. The last column, all
        that is older, is never spoken for.
        """
        first, last = self.reach()
        starts, most = edges[1:] + 1, edges[:-1] - (edges[:-1] - edges[1:]) // 2
        spoken = (first[:, None] <= starts) & (last[:, None] >= most)
        return np.column_stack([spoken, np.zeros(self.parties, dtype=bool)])


@lru_cache(maxsize=1024)
def start_of(window: str, as_of: date) -> int:
    """The day before the first one of a window such as 12m or 45d."""
    many = int(window[:-1])
    return ordinal(as_of) - many if window.endswith("d") else ordinal(add_months(as_of, -many))
