"""Rows -> spans of days that they can speak for, and what a window is: trailing months that end on its last day.

A span has a party's place, the place of its part (an account, a meter) and its first and last day, both in it. All of
it is whole days since 1970 in columns of one length; no order of rows changes anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from zhiwei.borrower.quality.policy import Speech
from zhiwei.values import DAY, add_months

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
_EPOCH = date(1970, 1, 1)
_FARTHEST = 2**22  # days from 1970: beyond the year 9999, so that any day fits
_BITS = 24  # of a day in a (who, day) key
_SHIFT = 2**23  # so that days before 1970 sort before those after


@dataclass(frozen=True, slots=True)
class Window:
    """Trailing months as days: month k is (edges[k + 1], edges[k]], 0 being the latest."""

    edges: Ints

    @property
    def start(self) -> int:
        """The day before the first one."""
        return int(self.edges[-1])

    @property
    def end(self) -> int:
        return int(self.edges[0])

    @property
    def months(self) -> int:
        return len(self.edges) - 1


@dataclass(frozen=True, slots=True)
class Spans:
    """Columns of one length; `part` is a number that no two parties share."""

    who: Ints
    part: Ints
    first: Ints
    last: Ints

    def within(self, window: Window) -> "Spans":
        """What of them lies in the window."""
        first, last = np.maximum(self.first, window.start + 1), np.minimum(self.last, window.end)
        kept = first <= last
        return Spans(self.who[kept], self.part[kept], first[kept], last[kept])

    def merged(self) -> "Spans":
        """The days of each party, as spans that neither overlap nor touch; parts are forgotten (part = who)."""
        return _merged(self.who, self.first, self.last)

    def by_part(self) -> "Spans":
        """The same for each part: `who` is then the part."""
        return _merged(self.part, self.first, self.last)


def ordinal(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def window_of(speech: Speech, as_of: date, months: int) -> Window:
    """The months that end on the as-of date; for what is filed by quarter, with the last quarter that had to be."""
    if not speech.closes_days:
        return Window(np.array([ordinal(add_months(as_of, -k)) for k in range(months + 1)], dtype=np.int64))
    following = as_of - DAY * speech.closes_days  # a quarter that ended before this day had to be filed
    following = date(following.year, (following.month - 1) // 3 * 3 + 1, 1)
    return Window(np.array([ordinal(add_months(following, -k)) - 1 for k in range(months + 1)], dtype=np.int64))


def seen(table: pa.Table, day: str, parties: Sequence[str], as_of: date) -> pl.DataFrame:
    """Rows of these parties known on the as-of date, with `_who` (place of the party) and `_day`."""
    found = pc.index_in(table["party_id"], value_set=pa.array(parties, pa.string())).fill_null(-1)
    who, days = found.to_numpy().astype(np.int64), _days_of(table[day])
    kept = (who >= 0) & (days <= ordinal(as_of))
    told = table.append_column("_day", pa.array(days)).append_column("_who", pa.array(who))
    return pl.DataFrame(pl.from_arrow(told if kept.all() else told.filter(pa.array(kept))))


def _days_of(column: pa.ChunkedArray) -> Ints:
    """Days since 1970 of a column of days or times; a day beyond all days for null."""
    if pa.types.is_date32(column.type):
        days = column.cast(pa.int32()).fill_null(_FARTHEST).to_numpy()
        return days.astype(np.int64)
    return column.cast(pa.int64()).fill_null(_FARTHEST * 86_400).to_numpy() // 86_400


def parts(frame: pl.DataFrame, speech: Speech) -> pl.DataFrame:
    """With `_part`: what its columns say, joined by " / "; CNY, and what is not said, are left out."""
    columns = [pl.col(name).cast(pl.String).replace("CNY" if name == "currency" else "", None) for name in speech.part]
    joined = pl.concat_str(columns, separator=" / ", ignore_nulls=True) if columns else pl.lit("")
    return frame.with_columns(_part=joined.fill_null(""))


_SAME = ((pl.col("_who") == pl.col("_who").shift(1)) & (pl.col("_part") == pl.col("_part").shift(1))).fill_null(False)
_OFF = pl.col("balance") - pl.col("balance").shift(1) - pl.col("amount")
_STATEMENT = {"_same": _SAME, "_off": pl.when(_SAME).then(_OFF)}


def followed(frame: pl.DataFrame, ties: Sequence[str]) -> pl.DataFrame:
    """Rows by party, part, day and `ties`, with `_same`: whether the row before is of the same part."""
    return frame.sort("_who", "_part", "_day", *ties).with_columns(_same=_SAME)


def statement(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of accounts in order, with `_same`, and `_off`: by how much a balance is not the one before plus the row's
    amount. What is a statement already stays as it is.

    Null where there is no row before or one of the balances is not said.
    """
    if "_off" in frame.columns:
        return frame
    # Two rows in one place of one day: nothing says which was first, so their amounts do, and order changes nothing.
    ties = ("sequence", "second", "amount", "balance", "counterparty", "text", "reference")
    return frame.sort("_who", "_part", "_day", *ties).with_columns(**_STATEMENT)


def spans_of(frame: pl.DataFrame, covered: pl.DataFrame, speech: Speech, *, by_part: bool = True) -> Spans:
    """What rows and the periods told for them speak for. `frame` has `_who`, `_day` and `_part`, as has `covered`.

    Without `by_part` the parts are not told apart (part = who), which takes less time.
    """
    if speech.speaks == "periods":
        # other taxes are declared for whole years too: a yearly return would cover months of which no VAT was declared
        frame = frame.filter(_DECLARED)
        first, last = (_whole(frame[name]) for name in ("period_start", "period_end"))
    elif speech.bridge_days:
        frame = statement(frame) if speech.speaks == "chain" else followed(frame, ())
        first, last = _whole(frame["_day"]), _bridged(frame, speech)
    else:
        first = last = _whole(frame["_day"])
    first, last = (np.append(days, _whole(covered[name])) for days, name in ((first, "_first"), (last, "_last")))
    who = np.append(_whole(frame["_who"]), _whole(covered["_who"]))
    kept = first <= last
    who, first, last = who[kept], *(np.clip(days[kept], -_FARTHEST, _FARTHEST) for days in (first, last))
    if not by_part or not len(who):
        return Spans(who, who, first, last)
    every = pl.concat([one.select("_who", "_part") for one in (frame, covered)]).filter(kept)
    part = every.select(pl.struct("_who", "_part").rank("dense").cast(pl.Int64) - 1)
    return Spans(who, _whole(part.to_series()), first, last)


_DECLARED = (pl.col("tax") == "vat") & pl.col("period_start").is_not_null() & pl.col("period_end").is_not_null()


def _bridged(ordered: pl.DataFrame, speech: Speech) -> Ints:
    """The last day of each row: its own, or that of the next row of its part where nothing can lie between."""
    day = _whole(ordered["_day"])
    near = np.diff(day) <= speech.bridge_days
    if speech.speaks == "chain":
        near |= ordered["_off"].to_numpy()[1:] == 0  # null is no number, and no zero
    return np.append(np.where(ordered["_same"].to_numpy()[1:] & near, day[1:], day[:-1]), day[-1:])


def _whole(column: pl.Series) -> Ints:
    """Days or whole numbers, none of them null."""
    return column.to_numpy().astype(np.int64)


def _merged(who: Ints, first: Ints, last: Ints) -> Spans:
    order = np.lexsort((last, first, who))
    # a key holds who above the day, so that one running maximum serves all parties
    above = who[order] << _BITS
    begin, until = above + first[order] + _SHIFT, above + last[order] + _SHIFT
    reach = np.maximum.accumulate(until) if len(until) else until
    new = np.ones(len(begin), dtype=bool)
    new[1:] = (begin[1:] > reach[:-1] + 1) | (above[1:] != above[:-1])
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(begin))[: len(starts)] - 1
    whose = who[order][starts]
    return Spans(whose, whose, first[order][starts], reach[ends] - above[ends] - _SHIFT)
