"""Rows of one kind as seen on a day, and what features do with them: trailing months, sums, gaps, runs, trends.

Windows end on the as-of date and include it: month k of a party is (as_of - (k+1) months, as_of - k months], 0 being
the latest. Everything is a segment reduction over Arrow columns, the same for one party and for thousands. Money is
whole 分 in float64, so that sums are exact and no order of rows changes a bit; what is divided is divided last.

A file may say what days it speaks for: a party of whom nothing but that is there has nothing to show in those days, and
of days before and after them nothing is known.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from zhiwei.borrower.features.facts import Fact
from zhiwei.borrower.features.told import Told, ordinal
from zhiwei.borrower.records import KINDS
from zhiwei.values import DAY, add_months, is_business_day, lazy

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MONTH = 365.25 / 12  # days
MONTHS = 36  # trailing months that are told apart; what is older is one more column
_DAYS = 20  # bits of a day in a (party, day) key
_NEVER = 2**40
_NOT_SAID = np.iinfo(np.int64).min  # how numpy writes a day that is null


@lru_cache(maxsize=64)
def edges(as_of: date) -> Ints:
    """Days that end each trailing month, newest first: MONTHS + 1 of them."""
    days = np.array([ordinal(add_months(as_of, -k)) for k in range(MONTHS + 1)], dtype=np.int64)
    days.setflags(write=False)
    return days


@lru_cache(maxsize=64)
def closed_days(as_of: date) -> Bools:
    """Which days of the 12 months before, from its first day on, China does not work: weekends and holidays."""
    first = add_months(as_of, -12)
    days = np.array([not is_business_day("china", first + DAY * k) for k in range((as_of - first).days + 1)])
    days.setflags(write=False)
    return days


class Codes:
    """A column of words as whole numbers: `code` per row (-1 = null), all below `width`; several columns share them."""

    def __init__(self, code: Ints, words: pa.Array, width: int = 0) -> None:
        self.code, self.words, self.width = code, words, width or max(len(words), 1)

    @lazy
    def place(self) -> dict[str, int]:
        """The number of each word."""
        return {word: number for number, word in enumerate(self.words.to_pylist())}


class Rows:
    """Rows of a kind that are known on the as-of date, of the parties asked for; rows without a day are left out.

    `who` is the row of the party in the result. A column that says nothing of a party makes NaN of its sums, by name.
    """

    kind = ""

    def __init__(self, table: pa.Table, parties: Sequence[str], as_of: date, covered: pa.Table | None = None) -> None:
        self.parties, self.as_of, self.today, self.edges = len(parties), as_of, ordinal(as_of), edges(as_of)
        self.told = Told(covered, self.kind, parties, as_of)
        self._table, self._names = table, parties
        self._seen: Bools | None = None
        self._cache: dict[Any, Any] = {}
        place = pc.index_in(table["party_id"], value_set=pa.array(parties, pa.string()))
        who = _plain(place, -1)
        day = self._day_of(KINDS[self.kind].day)
        seen = (who >= 0) & (day <= self.today) & self.kept(table)
        if not seen.all():
            self._seen = seen
            who, day = who[seen], day[seen]
        self.who, self.day, self.size = who, day, len(who)

    def kept(self, table: pa.Table) -> Bools:
        """Which rows count at all; a kind may say so."""
        return np.ones(table.num_rows, dtype=bool)

    # --- columns

    def fen(self, name: str) -> Floats:
        """A column of numbers; null is 0 here, and `said` tells who says nothing."""
        return self.raw(name)

    def raw(self, name: str) -> Floats:
        """As `fen`, in the row's own unit."""
        whole = pa.types.is_integer(self._table[name].type) and not self._table[name].null_count
        return self._once(("fen", name), lambda: self.real(name) if whole else np.nan_to_num(self.real(name)))

    def real(self, name: str) -> Floats:
        """A column of numbers, NaN for null."""
        column = self._table[name]
        values = column.to_numpy() if column.null_count else column.to_numpy().astype(np.float64)
        return self._mine(values.astype(np.float64, copy=False))

    def has(self, name: str) -> Bools:
        """Which rows say something in a column."""
        column = self._table[name]
        if not column.null_count:
            return np.ones(self.size, dtype=bool)
        return self._once(("has", name), lambda: self._mine(column.is_valid().to_numpy()))

    def days(self, name: str) -> Floats:
        """A column of days or times as days since 1970, NaN for null and for what is later than the as-of date."""
        days = self._mine(self._day_of(name, missing=_NEVER)).astype(np.float64)
        return np.where(days <= self.today, days, np.nan)

    def promised(self, name: str) -> Floats:
        """A column of days that may well be later than the as-of date (a due day), NaN for null."""
        days = self._mine(self._day_of(name, missing=_NEVER)).astype(np.float64)
        return np.where(days < _NEVER, days, np.nan)

    def seconds(self, name: str) -> Floats:
        """A column of times in seconds since 1970, NaN for null and for what is later than the as-of date."""
        times = self._mine(self._table[name].to_numpy().astype("datetime64[s]").astype(np.int64))
        known = (times != _NOT_SAID) & (times < (self.today + 1) * 86_400)
        return np.where(known, times.astype(np.float64), np.nan)

    def equals(self, name: str, *words: str) -> Bools:
        """Rows whose column is one of the words; null is none of them."""
        column = self.codes(name)[0]
        found = [column.code == column.place[word] for word in words if word in column.place]
        return np.logical_or.reduce(found) if found else np.zeros(self.size, dtype=bool)

    def codes(self, *names: str) -> tuple[Codes, ...]:
        """Columns of words as numbers of one dictionary, so that equal words of two columns are equal."""
        return self._once(names, lambda: self._encoded(names))

    def words(self, name: str) -> pa.Array:
        """A column as it is, for what only a few rows need."""
        column = self._table[name].combine_chunks()
        return column if self._seen is None else column.filter(pa.array(self._seen))

    # --- per party

    @lazy
    def month(self) -> Ints:
        """Trailing month of each row; MONTHS for all that is older."""
        return MONTHS - np.searchsorted(self.edges[::-1], self.day, side="left")

    @lazy
    def known(self) -> Bools:
        """Parties of whom there is a row, or a file that says that there is none."""
        return (self.count() > 0) | self.told.has

    @lazy
    def empty(self) -> Bools:
        """Parties of whom files say what they cover, and there is no row."""
        return self.told.has & (self.count() == 0)

    def said(self, name: str) -> Bools:
        """Parties of whom some row says something in the column, or of whom there is nothing to say."""
        if not self._table[name].null_count:
            return self.known
        return self._once(("said", name), lambda: (self.count(self.has(name)) > 0) | self.empty)

    def believed(self, fact: Fact, values: Floats) -> Floats:
        """Values of a fact, NaN where it cannot be said: nothing came, and no file speaks for all of the window."""
        if not self._once("some empty", self.empty.any):
            return values
        return np.where(self.empty & ~self.told.speaks_for(fact.window), np.nan, values)

    @lazy
    def unknown_months(self) -> Bools:
        """(parties, MONTHS + 1): months of which nothing can be said, of parties that have no row."""
        return self.empty[:, None] & ~self.told.months(self.edges)

    def came(self, name: str) -> Bools:
        """Parties for whom the day or time of a column has come in some row: what is later has not happened yet."""
        return self._once(("came", name), lambda: self.count(self.days(name) <= self.today) > 0)

    def within(self, first: int, last: int) -> Bools:
        """Rows in trailing months first..last-1."""
        return (self.month >= first) & (self.month < last)

    @lazy
    def year(self) -> Bools:
        return self.month < 12

    def count(self, where: Bools | None = None) -> Floats:
        """Rows per party."""
        who = self.who if where is None else self.who[where]
        return np.bincount(who, minlength=self.parties).astype(np.float64)

    def total(self, where: Bools, name: str) -> Floats:
        """Sum of a column per party, NaN for a party of whom the column says nothing."""
        return self._unsaid(self.sums(where, self.fen(name)), name)

    def sums(self, where: Bools, weights: Floats) -> Floats:
        """Sum of weights, whole numbers, per party."""
        return np.bincount(self.who[where], weights[where], self.parties).astype(np.float64)

    def monthly(self, where: Bools, name: str) -> Floats:
        """Sums of a column by party and trailing month, (parties, MONTHS + 1); NaN as `total`."""
        return self._unsaid(self.months_of(where, self.fen(name)), name)

    def months_of(self, where: Bools, weights: Floats | None = None) -> Floats:
        """Sums of weights, or counts, by party and trailing month, newest first; the last column is all before."""
        chosen = None if weights is None else weights[where]
        cells = self.who[where] * (MONTHS + 1) + self.month[where]
        summed = np.bincount(cells, chosen, self.parties * (MONTHS + 1)).astype(np.float64)
        return summed.reshape(self.parties, MONTHS + 1)

    def first_day(self, where: Bools | None = None) -> Floats:
        """Earliest day per party, NaN where there is no row."""
        return self._extreme(where, _NEVER, np.minimum)

    def observed_since(self) -> Floats:
        """Earliest day per party that a row or a file speaks for, NaN where there is none."""
        return np.fmin(self.first_day(), self.told.since())

    def last_day(self, where: Bools | None = None) -> Floats:
        """Latest day per party, NaN where there is no row."""
        return self._extreme(where, -_NEVER, np.maximum)

    @lazy
    def reach(self) -> Floats:
        """Trailing month of the first row of a party, or of the first day that a file speaks for; -1 where there is
        none: what the records can speak of.
        """
        reach = np.full(self.parties, -1, dtype=np.int64)
        np.maximum.at(reach, self.who, self.month)
        np.maximum.at(reach, self.told.who, MONTHS - np.searchsorted(self.edges[::-1], self.told.first, side="left"))
        return reach.astype(np.float64)

    def mean(self, where: Bools, values: Floats) -> Floats:
        """Mean of values, whole numbers, over the rows chosen that have one."""
        chosen = where & ~np.isnan(values)
        return ratio(self.sums(chosen, values), self.count(chosen))

    def latest(self, where: Bools, values: Floats) -> Floats:
        """Value of the latest row chosen that has one, NaN where none; of one day's rows, the largest value."""
        chosen = np.flatnonzero(where & ~np.isnan(values))
        order = chosen[np.lexsort((values[chosen], self.day[chosen]))]
        found = np.full(self.parties, np.nan)
        found[self.who[order]] = values[order]  # the last one written stays
        return found

    def largest(self, where: Bools, weights: Floats) -> Floats:
        """Largest weight per party, 0 where there is none."""
        largest = np.zeros(self.parties)
        np.maximum.at(largest, self.who[where], weights[where])
        return largest

    def busy_days(self, where: Bools) -> Floats:
        """Different days with a row, per party."""
        keys = np.unique((self.who[where] << _DAYS) + self.day[where])
        return np.bincount(keys >> _DAYS, minlength=self.parties).astype(np.float64)

    def longest_gap(self, where: Bools, months: int = 12) -> Floats:
        """Longest run of days without a row among `where` (rows within the window), both ends counted as neighbours."""
        everyone = np.arange(self.parties, dtype=np.int64) << _DAYS
        stops = [(self.who[where] << _DAYS) + self.day[where], everyone + self.edges[months], everyone + self.today]
        keys = np.sort(np.concatenate(stops))
        gaps = np.diff(keys)
        longest = np.zeros(self.parties)
        # between two parties there is a step of the key's upper half, which is no gap
        same = (keys[1:] >> _DAYS) == (keys[:-1] >> _DAYS)
        np.maximum.at(longest, keys[1:][same] >> _DAYS, gaps[same])
        return longest

    @lazy
    def closed(self) -> Bools:
        """Rows of the last 12 months that fall on a day on which China does not work."""
        days = closed_days(self.as_of)
        return self.year & days[np.clip(self.day - self.edges[12], 0, len(days) - 1)]

    # --- inside

    def _day_of(self, name: str, missing: int = _NEVER) -> Ints:
        days = self._table[name].to_numpy().astype("datetime64[D]").astype(np.int64)
        days[days == _NOT_SAID] = missing
        return days

    def _mine(self, values):
        return values if self._seen is None else values[self._seen]

    def _once(self, key, make):
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def _encoded(self, names: tuple[str, ...]) -> tuple[Codes, ...]:
        columns = [self._table[name] for name in names]
        chunks = [chunk for column in columns for chunk in column.chunks]
        every = chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks) if chunks else pa.array([], pa.string())
        encoded = every.dictionary_encode()
        code = _plain(encoded.indices, -1)
        size = self._table.num_rows
        parts = (code[at * size : (at + 1) * size] for at in range(len(names)))
        return tuple(Codes(self._mine(part), encoded.dictionary) for part in parts)

    def _unsaid(self, values: Floats, name: str) -> Floats:
        if self._table[name].null_count:
            values[~self.said(name)] = np.nan
        return values

    def _extreme(self, where: Bools | None, start: int, reduce: np.ufunc) -> Floats:
        found = np.full(self.parties, start, dtype=np.int64)
        who, day = (self.who, self.day) if where is None else (self.who[where], self.day[where])
        reduce.at(found, who, day)
        return np.where(found == start, np.nan, found.astype(np.float64))


def _plain(column: pa.Array | pa.ChunkedArray, missing: int) -> Ints:
    """Whole numbers of a column, `missing` for null."""
    values = column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()
    return (np.nan_to_num(values, nan=missing) if column.null_count else values).astype(np.int64)


def day_of_month(day: Ints) -> Ints:
    """Place of each day in its month, from 0."""
    days = day.astype("datetime64[D]")
    return (days - days.astype("datetime64[M]")).astype(np.int64)


def at_night(second: Floats) -> Bools:
    """Which seconds of a day are between 22:00 and 06:00; NaN is not."""
    return (second >= 22 * 3600) | (second < 6 * 3600)


# --- over (parties, months) matrices, newest month first


def over(monthly: Floats, first: int, last: int) -> Floats:
    """Sum of trailing months first..last-1."""
    return monthly[:, first:last].sum(axis=1)


def ratio(above: Floats, below: Floats) -> Floats:
    """above / below, NaN where below is not positive: a share of nothing is unknown, not zero."""
    return np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)


def growth(monthly: Floats, months: int, reach: Floats) -> Floats:
    """The last `months` over those before, less 1; NaN where records do not reach into the window's first month."""
    grown = ratio(over(monthly, 0, months), over(monthly, months, 2 * months)) - 1
    return np.where(reach >= 2 * months - 1, grown, np.nan)


def variation(monthly: Floats, months: int = 12) -> Floats:
    """Standard deviation over mean of the last months."""
    window = np.ascontiguousarray(monthly[:, :months])
    return ratio(window.std(axis=1), window.mean(axis=1))


def slope(monthly: Floats, months: int = 12) -> Floats:
    """Least-squares change a month, as a share of the mean month."""
    # twice the centred place of a month, so that the sum stays one of whole numbers
    place = (months - 1) - 2.0 * np.arange(months)
    steps = (np.ascontiguousarray(monthly[:, :months]) * place).sum(axis=1)
    return ratio(2 * months * steps, over(monthly, 0, months) * (place**2).sum())


def peak(monthly: Floats, months: int = 12) -> Floats:
    """The largest month, as a share of all."""
    return ratio(monthly[:, :months].max(axis=1), over(monthly, 0, months))


def season(monthly: Floats, reach: Floats) -> Floats:
    """Correlation of the last 12 months with the 12 before: how much a year repeats itself."""
    return np.where(reach >= 23, correlation(monthly[:, :12], monthly[:, 12:24]), np.nan)


def correlation(one: Floats, other: Floats) -> Floats:
    """Pearson's, row by row; NaN where one of them does not vary."""
    one, other = np.ascontiguousarray(one), np.ascontiguousarray(other)
    one, other = one - one.mean(axis=1, keepdims=True), other - other.mean(axis=1, keepdims=True)
    spread = np.sqrt((one * one).sum(axis=1) * (other * other).sum(axis=1))
    return ratio((one * other).sum(axis=1), spread)


def longest_run(hits: Bools) -> Floats:
    """Longest run of True along each row."""
    run = best = np.zeros(len(hits))
    for column in hits.T:
        run = (run + 1) * column
        best = np.maximum(best, run)
    return best
