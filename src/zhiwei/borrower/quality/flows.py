"""Records of different sources as months of one business: what was sold, paid in, taken, ordered and used.

A matrix has a row for each party and a column for each trailing month, newest first. Money is 分 with tax; electricity
is thousandths of a kWh, and a reading's usage is spread evenly over the days since the reading before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from zhiwei.borrower.covers import seen_covers
from zhiwei.borrower.quality.policy import speeches, threshold, words_on
from zhiwei.borrower.quality.spans import (
    Bools,
    Ints,
    Spans,
    Window,
    followed,
    parts,
    seen,
    spans_of,
    window_of,
)
from zhiwei.borrower.records import KINDS

Floats = NDArray[np.float64]
_LONGEST = 100  # days between two readings, so that usage is still of its months


@dataclass(frozen=True, slots=True)
class Flow:
    """`values` by party and month; `covers`: the months that the source's records speak for."""

    values: Floats
    covers: Bools


def flows(
    tables: Mapping[str, pa.Table], parties: Sequence[str], as_of: date, months: int, covered: pa.Table | None
) -> dict[str, Flow]:
    """Name of a source -> its months; a source without records covers none."""
    found = {}
    for name, (kind, chosen) in _SOURCES.items():
        speech = speeches()[kind]
        window = window_of(speech, as_of, months)
        table = tables[kind] if kind in tables else KINDS[kind].schema.empty_table()
        rows = chosen(parts(seen(table, KINDS[kind].day, parties, as_of), speech))
        told = seen_covers(covered, kind, parties, as_of)
        if name == "invoiced_sales":
            told = told.filter(pl.col("_part").is_in(["", "sale"]))  # a list of purchases says nothing of sales
        spans = _metered(rows) if kind == "meters" else spans_of(rows, told, speech)
        values = _spread(rows, window, len(parties)) if kind == "meters" else _summed(rows, as_of, window, parties)
        share = 0.0 if speech.grain == "month" and kind != "meters" else threshold("between.month_share", as_of)
        covers = _covers(spans, window, share, len(parties))
        found[name] = Flow(values, covers & ~_foreign(rows, window, len(parties)))
    return found


def _foreign(rows: pl.DataFrame, window: Window, parties: int) -> Bools:
    """Months of which a row is in another currency: what came in is then not known in 元."""
    found = np.zeros((parties, window.months), dtype=bool)
    if "currency" in rows.columns:
        few = rows.filter((pl.col("currency") != "CNY").fill_null(False) & (pl.col("_day") > window.start))
        who, day = (few[name].to_numpy().astype(np.int64) for name in ("_who", "_day"))
        found[who, _month(day, window)] = True
    return found


def business_inflow(rows: pl.DataFrame, as_of: date) -> pl.Expr:
    """Rows of a statement that may be income: in, in CNY, from no account of the party's own, and not by words a
    transfer between own accounts, a loan, interest, capital or something that came back. The words are those of a day.
    """
    said = pl.lit(False)
    for topic in words_on(as_of):
        for column in topic.where:
            said |= pl.col(column).str.contains_any(list(topic.words)).fill_null(False)
    domestic = (pl.col("currency") == "CNY").fill_null(True)
    return (pl.col("amount") > 0) & domestic & ~pl.col("_own") & ~said


def _sales(rows: pl.DataFrame) -> pl.DataFrame:
    # months without a sale are not covered: a file of purchases alone says nothing of sales
    total = pl.coalesce("total", pl.col("amount") + pl.col("tax"), "amount")
    counted = (pl.col("status") == "valid") & (pl.col("occurrence").fill_null(1) == 1)
    return rows.filter(pl.col("direction") == "sale").with_columns(_value=pl.when(counted).then(total))


def _inflow(rows: pl.DataFrame) -> pl.DataFrame:
    own = rows.select("_who", counterparty_account="account").drop_nulls().unique().with_columns(_own=pl.lit(True))
    marked = rows.join(own, on=["_who", "counterparty_account"], how="left", maintain_order="left")
    return marked.with_columns(pl.col("_own").fill_null(False), _value=pl.col("amount"))


def _takings(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(_value=pl.col("amount"))


def _orders(rows: pl.DataFrame) -> pl.DataFrame:
    kept = (pl.col("status") != "cancelled").fill_null(True)
    net = pl.col("amount") - pl.col("refund").fill_null(0)
    return rows.with_columns(_value=pl.when(kept).then(net))


def _power(rows: pl.DataFrame) -> pl.DataFrame:
    """Usage since the reading before, `_since` that day; the dial's own move for a meter whose usage nobody says."""
    ordered = followed(rows.filter(pl.col("utility") == "power"), ("reading", "usage"))
    before = pl.when(pl.col("_same")).then(pl.col("_day").shift(1))
    anew = (pl.col("event") != "estimated").fill_null(False)  # its dial says nothing of what was used
    moved = pl.when(pl.col("_same") & ~anew).then(pl.col("reading") - pl.col("reading").shift(1))
    silent = pl.col("usage").is_null().all().over("_who", "_part")
    used = pl.when(silent).then(moved).otherwise(pl.col("usage"))
    milli = (pl.when(used.is_finite() & (used >= 0) & (used < 1e9)).then(used) * 1000).round().cast(pl.Int64)
    days = pl.col("_day") - before
    return ordered.with_columns(_since=before, _value=pl.when((days > 0) & (days <= _LONGEST)).then(milli))


_SOURCES: dict[str, tuple[str, Callable[[pl.DataFrame], pl.DataFrame]]] = {
    "invoiced_sales": ("invoices", _sales),
    "bank_inflow": ("bank_flow", _inflow),
    "takings": ("acquiring", _takings),
    "orders": ("orders", _orders),
    "electricity": ("meters", _power),
}
SOURCES = tuple(_SOURCES)


def _summed(rows: pl.DataFrame, as_of: date, window: Window, parties: Sequence[str]) -> Floats:
    chosen = pl.col("_value").is_not_null() & (pl.col("_day") > window.start)
    if "_own" in rows.columns:
        chosen &= business_inflow(rows, as_of)
    few = rows.filter(chosen).select("_who", "_day", "_value")
    who, day, value = (few[name].to_numpy().astype(np.int64) for name in few.columns)
    cells = who * window.months + _month(day, window)
    return np.bincount(cells, value, len(parties) * window.months).astype(np.float64).reshape(-1, window.months)


def _spread(rows: pl.DataFrame, window: Window, parties: int) -> Floats:
    few = rows.filter(pl.col("_value").is_not_null()).select("_who", "_since", "_day", "_value")
    who, since, day, value = (few[name].to_numpy().astype(np.int64) for name in few.columns)
    piece, first, last, month = _by_month(since + 1, day, window)

    def used(until: Ints) -> Ints:
        """Of the reading's usage, what was used by the end of a day: whole, so that the pieces add up to it."""
        return value[piece] * (until - since[piece]) // (day - since)[piece]

    cells = who[piece] * window.months + month
    pieces = used(last) - used(first - 1)
    return np.bincount(cells, pieces, parties * window.months).astype(np.float64).reshape(-1, window.months)


def _metered(rows: pl.DataFrame) -> Spans:
    few = rows.filter(pl.col("_value").is_not_null()).select("_who", "_since", "_day")
    who, since, day = (few[name].to_numpy().astype(np.int64) for name in few.columns)
    return Spans(who, who, since + 1, day)


def _covers(spans: Spans, window: Window, share: float, parties: int) -> Bools:
    """Months of which more than no day, or at least a share of all days, is spoken for."""
    merged = spans.merged()
    piece, first, last, month = _by_month(merged.first, merged.last, window)
    cells = merged.who[piece] * window.months + month
    spoken = np.bincount(cells, last - first + 1, parties * window.months).reshape(-1, window.months)
    return (spoken > 0) & (spoken >= share * (window.edges[:-1] - window.edges[1:]))


def _by_month(first: Ints, last: Ints, window: Window) -> tuple[Ints, Ints, Ints, Ints]:
    """Spans cut at the edges of months and to the window: (place of the span, first day, last day, month) of each."""
    begin, end = np.maximum(first, window.start + 1), np.minimum(last, window.end)
    kept = np.flatnonzero(begin <= end)
    oldest, newest = _month(begin[kept], window), _month(end[kept], window)
    many = oldest - newest + 1
    piece = np.repeat(kept, many)
    nth = np.arange(len(piece)) - np.repeat(np.cumsum(many) - many, many)
    month = np.repeat(oldest, many) - nth
    return (
        piece,
        np.maximum(begin[piece], window.edges[month + 1] + 1),
        np.minimum(end[piece], window.edges[month]),
        month,
    )


def _month(day: Ints, window: Window) -> Ints:
    """Trailing month of each day of the window, 0 being the latest."""
    return window.months - np.searchsorted(window.edges[::-1], day, side="left")
