"""Do sources tell of the same business? Ratio and correlation by month of every two of them, and a plain verdict.

Only months count that both cover. Two flows of money agree or differ by how far their sums are apart (the difference
over the larger, one of the ratios of domain sheet 9.2); electricity and money by how they move together. Between the
limits, or of too few months, nothing is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations

import numpy as np
import polars as pl
import pyarrow as pa

from zhiwei.borrower.quality.flows import SOURCES, Floats, Flow, flows
from zhiwei.borrower.quality.policy import threshold
from zhiwei.borrower.quality.spans import Bools

PAIRS = tuple(combinations(SOURCES, 2))
VERDICTS = {"agrees": ("相符", "agrees"), "differs": ("不符", "differs"), "cannot_say": ("无法判断", "cannot say")}
BECAUSE = {
    "within": ("差异在可接受范围内", "apart by no more than is accepted"),
    "beyond": ("差异超出可解释范围", "apart by more than can be explained"),
    "to_explain": ("差异需要解释", "apart by what wants an explanation"),
    "together": ("变动同步", "they move together"),
    "apart": ("变动不同步", "they do not move together"),
    "loosely": ("变动关联较弱", "they move together loosely"),
    "few_months": ("共同月份不足", "too few months that both cover"),
    "nothing": ("没有可比的金额或用量", "nothing to compare: no sum, or no change from month to month"),
}
"""Why a verdict is what it is."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two sources of one party. `months_used`: of the window's `months`, those both cover; `ratio`: sum of `one` over
    sum of `other` (for electricity thousandths of a kWh a 分); `difference`: of the sums, over the larger, None for
    electricity; `correlation`: Pearson's over the months used. None where it cannot be said.
    """

    party: str
    one: str
    other: str
    months: int
    months_used: int
    ratio: float | None
    difference: float | None
    correlation: float | None
    verdict: str
    because: str


@dataclass(frozen=True)
class Agreements:
    """`table`: a row for each party and pair, in the order of the parties asked for and of PAIRS."""

    table: pl.DataFrame

    @cached_property
    def _places(self) -> dict[str, int]:
        return {party: place for place, party in enumerate(self.table["party"].gather_every(len(PAIRS)))}

    def of(self, party: str) -> tuple[Agreement, ...]:
        """Every pair of one party. KeyError where it was not asked for."""
        rows = self.table.slice(self._places[party] * len(PAIRS), len(PAIRS))
        return tuple(Agreement(**row) for row in rows.iter_rows(named=True))


def agreements(
    tables: Mapping[str, pa.Table],
    parties: Sequence[str],
    as_of: date,
    months: int = 12,
    covered: pa.Table | None = None,
) -> Agreements:
    """Every two sources of each party, over the trailing months to a day; arguments as `quality`."""
    if len(set(parties)) < len(parties) or months < 1:
        raise ValueError("each party is named once, and months are one or more")
    every = flows(tables, parties, as_of, months, covered)
    frames = [_pair(one, other, every, as_of) for one, other in PAIRS]
    order = np.arange(len(parties) * len(PAIRS)).reshape(len(PAIRS), len(parties)).T.ravel()
    table = pl.concat(frames)[order]
    party = pl.Series("party", list(parties), pl.String).gather(np.repeat(np.arange(len(parties)), len(PAIRS)))
    return Agreements(table.with_columns(party).select(*Agreement.__dataclass_fields__))


def _pair(one: str, other: str, every: Mapping[str, Flow], as_of: date) -> pl.DataFrame:
    both = every[one].covers & every[other].covers
    left, right = (np.where(both, every[name].values, 0.0) for name in (one, other))
    used = both.sum(axis=1)
    above, below = left.sum(axis=1), right.sum(axis=1)
    larger = np.maximum(above, below)
    metered = "electricity" in (one, other)
    difference = np.full(len(used), np.nan) if metered else _ratio(np.abs(above - below), larger)
    # one that is below zero, more refunds than sales, is no share of the other
    difference = np.where(np.minimum(above, below) < 0, np.nan, difference)
    correlation = np.where(used >= 3, _correlation(left, right, both), np.nan)
    because = _metered(used, correlation, as_of) if metered else _money(used, difference, as_of)
    return pl.DataFrame(
        {
            "one": pl.repeat(one, len(used), dtype=pl.String, eager=True),
            "other": pl.repeat(other, len(used), dtype=pl.String, eager=True),
            "months": pl.repeat(both.shape[1], len(used), dtype=pl.Int64, eager=True),
            "months_used": used.astype(np.int64),
            "ratio": _ratio(above, below), "difference": difference, "correlation": correlation,
            "because": pl.Series(because, dtype=pl.String),
        }
    ).with_columns(
        pl.col("ratio", "difference", "correlation").fill_nan(None),
        verdict=pl.col("because").replace_strict(_VERDICT_OF, default="cannot_say", return_dtype=pl.String),
    )  # fmt: skip


_VERDICT_OF = {"within": "agrees", "together": "agrees", "beyond": "differs", "apart": "differs"}


def _money(used: Floats, difference: Floats, as_of: date) -> list[str]:
    few = used < threshold("between.fewest_months", as_of)
    within = difference <= threshold("between.accept", as_of)
    beyond = difference > threshold("between.redo", as_of)
    cases = [few, np.isnan(difference), within, beyond]
    return np.select(cases, ["few_months", "nothing", "within", "beyond"], "to_explain").tolist()


def _metered(used: Floats, correlation: Floats, as_of: date) -> list[str]:
    few = used < threshold("between.fewest_months_correlation", as_of)
    together = correlation >= threshold("between.correlated", as_of)
    apart = correlation < threshold("between.uncorrelated", as_of)
    cases = [few, np.isnan(correlation), together, apart]
    return np.select(cases, ["few_months", "nothing", "together", "apart"], "loosely").tolist()


def _correlation(one: Floats, other: Floats, both: Bools) -> Floats:
    """Pearson's over the months used, row by row; NaN where one of the two does not change."""
    many = np.maximum(both.sum(axis=1, keepdims=True), 1)
    # times the number of months, all of it is whole numbers: a flow that never changes has no rounding to correlate
    one, other = (np.where(both, each * many - each.sum(axis=1, keepdims=True), 0.0) for each in (one, other))
    spread = np.sqrt((one * one).sum(axis=1)) * np.sqrt((other * other).sum(axis=1))
    return np.clip(_ratio((one * other).sum(axis=1), spread), -1.0, 1.0)


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
