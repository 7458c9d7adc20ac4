"""Invoices -> the operating picture: any number of businesses in, one row per business out.

Segment reductions over Arrow columns; the same function serves one applicant and a bucket of a million. Windows end
on the as-of date and include it: (as_of - 12 months, as_of]. Amounts are 元 before tax, net of red invoices; void
invoices count only in void shares and as records (observation, coverage); repeated rows (occurrence > 1) count
nowhere. What cannot be said is NaN, not 0. Sums are of whole 分, exact in float64: their order changes nothing, and
what a red invoice takes back is gone to the last 分.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from zhiwei.values import add_months

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_EPOCH = date(1970, 1, 1)
_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class _Invoices:
    """Columns of the invoices seen on the as-of date, with `who` = row of the party in the result."""

    who: NDArray[np.int64]
    day: NDArray[np.int64]
    fen: Floats  # whole numbers
    other: NDArray[np.int64]
    sale: Bools
    valid: Bools
    parties: int
    today: int
    edges: NDArray[np.int64]  # days that end each trailing month, newest first: 25 of them

    def total(self, where: Bools, weights: Floats | None = None) -> Floats:
        """Sum of weights (or a count) per party over the rows chosen."""
        chosen = None if weights is None else weights[where]
        return np.bincount(self.who[where], weights=chosen, minlength=self.parties).astype(np.float64)

    def months(self, first: int, last: int) -> Bools:
        """Rows in trailing months first..last-1, 0 being the latest."""
        return (self.day > self.edges[last]) & (self.day <= self.edges[first])


def picture(invoices: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Features by name, each one float64 per party in the order given; NaN where a fact is missing.

    `invoices`: Arrow table of `records.INVOICES`, in any order. Rows of other parties are not looked at.
    """
    rows = _columns(invoices, parties, as_of)
    year = rows.months(0, 12)
    sales = rows.sale & rows.valid
    purchases = ~rows.sale & rows.valid
    facts = _levels(rows, year, sales, purchases)
    facts |= _rhythm(rows, year, sales)
    facts |= _authenticity(rows, year)
    facts |= _partners(rows, year & sales, year & purchases)
    return facts


def _columns(invoices: pa.Table, parties: Sequence[str], as_of: date) -> _Invoices:
    place = pc.index_in(invoices["party_id"], value_set=pa.array(parties, pa.string()))
    who = place.fill_null(-1).to_numpy().astype(np.int64)
    day = invoices["issue_date"].cast(pa.int32()).to_numpy().astype(np.int64)
    today = (as_of - _EPOCH).days
    seen = (who >= 0) & (day <= today) & (invoices["occurrence"].to_numpy() == 1)
    counterparties = invoices["counterparty"].combine_chunks().dictionary_encode()
    edges = np.array([(add_months(as_of, -k) - _EPOCH).days for k in range(25)], dtype=np.int64)
    return _Invoices(
        who=who[seen],
        day=day[seen],
        fen=invoices["amount"].to_numpy()[seen].astype(np.float64),
        other=counterparties.indices.to_numpy(zero_copy_only=False)[seen].astype(np.int64),
        sale=_equals(invoices["direction"], "sale")[seen],
        valid=_equals(invoices["status"], "valid")[seen],
        parties=len(parties),
        today=today,
        edges=edges,
    )


def _equals(column: pa.ChunkedArray, word: str) -> Bools:
    return pc.equal(column, word).to_numpy().astype(bool)


def _ratio(above: Floats, below: Floats) -> Floats:
    """above / below, NaN where below is not positive: a share of nothing is unknown, not zero."""
    return np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)


def _last_day(rows: _Invoices, where: Bools, start: int, reduce: np.ufunc) -> Floats:
    found = np.full(rows.parties, start, dtype=np.int64)
    reduce.at(found, rows.who[where], rows.day[where])
    return np.where(found == start, np.nan, found.astype(np.float64))


def _levels(rows: _Invoices, year: Bools, sales: Bools, purchases: Bools) -> dict[str, Floats]:
    everything = np.ones(len(rows.day), dtype=bool)
    sales_12m = rows.total(year & sales, rows.fen)
    before = rows.total(rows.months(12, 24) & sales, rows.fen)
    half, earlier = (rows.total(rows.months(a, b) & sales, rows.fen) for a, b in ((0, 6), (6, 12)))
    bought = rows.total(year & purchases, rows.fen)
    first = _last_day(rows, everything, 2**40, np.minimum)
    known = ~np.isnan(first)
    return {
        "months_observed": (rows.today - first) / _MONTH,
        "days_since_record": rows.today - _last_day(rows, everything, -1, np.maximum),
        "sales_total": np.where(known, rows.total(sales, rows.fen) / 100, np.nan),
        "sales_12m": np.where(known, sales_12m / 100, np.nan),
        "purchases_12m": np.where(known, bought / 100, np.nan),
        "purchase_ratio_12m": _ratio(bought, sales_12m),
        "sales_growth_12m": _ratio(sales_12m, before) - 1,
        "sales_growth_6m": _ratio(half, earlier) - 1,
        "invoices_12m": np.where(known, rows.total(year & sales & (rows.fen > 0)), np.nan),
    }


def _rhythm(rows: _Invoices, year: Bools, sales: Bools) -> dict[str, Floats]:
    # one row per party: along a row, numpy adds in the same order however many parties there are
    monthly = np.stack([rows.total(rows.months(k, k + 1) & sales, rows.fen) for k in range(12)], axis=1)
    any_record = np.stack([rows.total(rows.months(k, k + 1)) > 0 for k in range(12)], axis=1)
    mean = monthly.mean(axis=1)
    blue = sales & (rows.fen > 0)
    last = _last_day(rows, blue, -1, np.maximum)
    known = rows.total(np.ones(len(rows.day), dtype=bool)) > 0
    return {
        "coverage_12m": np.where(known, any_record.mean(axis=1), np.nan),
        "active_months_12m": np.where(known, (monthly > 0).sum(axis=1), np.nan),
        "sales_variation_12m": _ratio(monthly.std(axis=1), mean),
        "days_since_sale": rows.today - last,
        "longest_gap_12m": np.where(known, _longest_gap(rows, year & blue), np.nan),
    }


def _longest_gap(rows: _Invoices, where: Bools) -> Floats:
    """Longest run of days without a row, the window's own ends counted as neighbours; a year where there is none."""
    start, end = rows.edges[12], rows.edges[0]
    everyone = np.arange(rows.parties)
    who = np.concatenate([rows.who[where], everyone, everyone])
    day = np.concatenate([rows.day[where], np.full(rows.parties, start), np.full(rows.parties, end)])
    order = np.lexsort((day, who))
    who, day = who[order], day[order]
    gaps = np.where(who[1:] == who[:-1], np.diff(day), 0)
    longest = np.zeros(rows.parties)
    np.maximum.at(longest, who[1:], gaps)
    return longest


def _authenticity(rows: _Invoices, year: Bools) -> dict[str, Floats]:
    issued, voided = rows.sale, rows.sale & ~rows.valid
    red = rows.sale & rows.valid & (rows.fen < 0)
    return {
        "void_share_12m": _ratio(rows.total(year & voided), rows.total(year & issued)),
        "void_share_total": _ratio(rows.total(voided), rows.total(issued)),
        "red_share_12m": _ratio(rows.total(year & red), rows.total(year & issued & rows.valid)),
    }


def _partners(rows: _Invoices, sold: Bools, bought: Bools) -> dict[str, Floats]:
    customers, suppliers = _Trade.of(rows, sold), _Trade.of(rows, bought)
    both = np.isin(customers.pair, suppliers.pair)
    positive = np.maximum(customers.fen, 0)
    known = rows.total(np.ones(len(rows.day), dtype=bool)) > 0
    mutual = np.bincount(customers.who[both], positive[both], rows.parties).astype(np.float64)
    return {
        "customers_12m": np.where(known, customers.count(), np.nan),
        "suppliers_12m": np.where(known, suppliers.count(), np.nan),
        "top_customer_share_12m": customers.top(1),
        "top5_customer_share_12m": customers.top(5),
        "top_supplier_share_12m": suppliers.top(1),
        "mutual_share_12m": _ratio(mutual, customers.whole()),
    }


@dataclass(frozen=True, slots=True)
class _Trade:
    """Net trade of each (party, counterparty) pair, largest first within a party."""

    pair: NDArray[np.int64]
    who: NDArray[np.int64]
    fen: Floats
    parties: int

    @classmethod
    def of(cls, rows: _Invoices, where: Bools) -> "_Trade":
        width = int(rows.other.max(initial=0)) + 1
        pair, inverse = np.unique(rows.who[where] * width + rows.other[where], return_inverse=True)
        fen = np.bincount(inverse, weights=rows.fen[where], minlength=len(pair)).astype(np.float64)
        who = pair // width
        order = np.lexsort((-fen, who))
        return cls(pair[order], who[order], fen[order], rows.parties)

    def whole(self) -> Floats:
        return np.bincount(self.who, weights=np.maximum(self.fen, 0), minlength=self.parties).astype(np.float64)

    def count(self) -> Floats:
        return np.bincount(self.who[self.fen > 0], minlength=self.parties).astype(np.float64)

    def top(self, many: int) -> Floats:
        """Share of the largest `many` partners; partners with net returns count as nothing."""
        first = np.searchsorted(self.who, self.who, side="left")
        leading = np.arange(len(self.who)) - first < many
        weights = np.maximum(self.fen, 0)
        largest = np.bincount(self.who[leading], weights=weights[leading], minlength=self.parties)
        return _ratio(largest.astype(np.float64), self.whole())
