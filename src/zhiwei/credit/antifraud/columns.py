"""Rows of one kind as columns, each made when a check first asks for it and shared by all that look at the same rows.

Checks ask many small questions of few rows: numpy answers each in a microsecond or two, a query over a frame in fifty.
Rows are chosen by their numbers, and become Python values only where there is something to tell.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Made = TypeVar("Made")
Row = TypeVar("Row", bound=tuple[Any, ...])
_EPOCH = date(1970, 1, 1)
_NEVER = 2**40  # later than all days, and no day of anything


def ordinal(day: date) -> int:
    """Days since 1970."""
    return (day - _EPOCH).days


class Columns:
    """A table; `rows` that are asked about are numbers of its rows."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self._made: dict[tuple[str, ...], Any] = {}

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def days(self, name: str) -> Ints:
        """Days since 1970 of days or times; null is later than all."""
        return self._once(("days", name), lambda: self._days(name))

    def whole(self, name: str) -> Ints:
        """Whole numbers; null is 0."""
        return self._once(("whole", name), lambda: _filled(self._table[name], 0))

    def real(self, name: str) -> Floats:
        """Numbers, NaN for null."""
        return self._once(("real", name), lambda: np.asarray(self._table[name]).astype(np.float64, copy=False))

    def said(self, name: str) -> Bools:
        column = self._table[name]
        if not column.null_count:
            return np.ones(len(self), dtype=bool)
        return self._once(("said", name), lambda: np.asarray(column.is_valid()))

    def named(self, name: str) -> Bools:
        """Rows that say something, be it not the empty word."""
        return self.said(name) & ~self.equals(name, "")

    def equals(self, name: str, word: str) -> Bools:
        return self._once(("equals", name, word), lambda: _flags(pc.equal(self._table[name], word)))

    def holds(self, name: str, pattern: str) -> Bools:
        """Rows whose text a regular expression is found in."""
        return _flags(pc.match_substring_regex(self._table[name], pattern))

    def codes(self, name: str) -> Ints:
        """A number for each word, the same for equal words; -1 for null."""
        return self._encoded(name)[0]

    def words(self, name: str) -> list[str]:
        """The word of each number."""
        return self._encoded(name)[1]

    def ranks(self, name: str) -> Ints:
        """The place of each row's word in the order of words; null comes last."""
        return self._once(("ranks", name), lambda: self._ranked(name))

    def values(self, rows: Ints, *names: str) -> list[tuple[Any, ...]]:
        """Python values of some rows."""
        few = pa.array(rows)
        return list(zip(*(_plain(self._table[name].take(few)) for name in names), strict=True))

    def every(self, *names: str) -> list[tuple[Any, ...]]:
        """Python values of all rows, for kinds of which a party has few."""
        return list(zip(*(self._once(("plain", name), partial(_plain, self._table[name])) for name in names),
                        strict=True))  # fmt: skip

    def by_party(self, rows: Ints) -> Iterator[tuple[str, Ints]]:
        """Each party's rows of these, in their order; parties in the order of their first row."""
        if not len(rows):
            return
        whose, parties = self.codes("party_id")[rows], self.words("party_id")
        if (whose == whose[0]).all():
            yield parties[whose[0]], rows
            return
        order = np.argsort(whose, kind="stable")
        groups = np.split(order, np.flatnonzero(np.diff(whose[order])) + 1)
        for group in sorted(groups, key=lambda one: int(one[0])):
            yield parties[whose[group[0]]], rows[group]

    def _once(self, key: tuple[str, ...], make: Callable[[], Made]) -> Made:
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made

    def _days(self, name: str) -> Ints:
        column = self._table[name]
        if pa.types.is_date32(column.type):
            return _filled(column.cast(pa.int32()), _NEVER)
        return _filled(column.cast(pa.int64()), _NEVER * 86_400) // 86_400

    def _encoded(self, name: str) -> tuple[Ints, list[str]]:
        def encode() -> tuple[Ints, list[str]]:
            found = self._table[name].combine_chunks().dictionary_encode()
            return _filled(found.indices, -1), found.dictionary.to_pylist()

        return self._once(("codes", name), encode)

    def _ranked(self, name: str) -> Ints:
        codes, words = self._encoded(name)
        rank = np.full(len(words) + 1, len(words), dtype=np.int64)  # the last is that of null, whose code is -1
        rank[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
        return rank[codes]


def following(rows: Sequence[Row], *places: int) -> list[Row]:
    """Rows in the order of some of their values; what is not said comes first."""
    return sorted(rows, key=lambda row: [(row[place] is not None, row[place]) for place in places])


def grouped_by(rows: Sequence[Row], place: int = 0) -> dict[str, list[Row]]:
    """Rows by one of their values, in their order; those that say nothing there are left out."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row[place] not in (None, ""):
            found.setdefault(row[place], []).append(row)
    return found


def _plain(column: pa.ChunkedArray) -> list[Any]:
    """By way of numpy where that knows the type: one call for each value takes far longer."""
    if pa.types.is_temporal(column.type):
        return list(column.to_numpy().tolist())
    return list(column.to_pylist())


def _filled(column: pa.Array | pa.ChunkedArray, missing: int) -> Ints:
    if column.null_count:
        column = column.cast(pa.int64()).fill_null(missing)
    return np.asarray(column).astype(np.int64, copy=False)


def _flags(found: pa.ChunkedArray) -> Bools:
    return np.asarray(found.fill_null(False)).astype(bool, copy=False)
