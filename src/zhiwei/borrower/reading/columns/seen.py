"""What is seen in a table before anybody says what it means: its days, its amounts, and rows that moved nothing."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from zhiwei.borrower.reading import headers
from zhiwei.borrower.reading.columns import cells as understood
from zhiwei.borrower.reading.columns import looks
from zhiwei.borrower.reading.columns.chain import BALANCE_ONLY
from zhiwei.borrower.reading.tables.grid import Grid
from zhiwei.borrower.records import KINDS
from zhiwei.values import BadInput

SAMPLE = 2_000  # rows looked at
MOST_WORDS = 12  # a column that says in or out, or whether money moved, has few different words
_MOST_COLUMNS = 60  # columns looked at
_MOVEMENTS = ("amount", "in", "out", "balance", "less")
_LONGEST_WORD = 40


@dataclass(slots=True)
class Seen:
    """`sample`: the rows that are looked at; `dates` and `money` (minor units): columns by header; `leave_out`: header
    -> words of rows that moved no money; `taken`: headers that mean something already; `told`: what a person said, as
    the parts of a mapping's file; `reasons`: what was decided, and why.
    """

    grid: Grid
    kind: str
    sample: pl.DataFrame
    told: Mapping[str, dict[str, object]]
    decimal: str = "."
    unit: str = "元"
    dates: dict[str, looks.Dates] = field(default_factory=dict)
    money: dict[str, pl.Series] = field(default_factory=dict)
    leave_out: dict[str, tuple[str, ...]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    reasons: list[str] = field(default_factory=list)
    few: dict[str, list[str]] = field(default_factory=dict)  # what `words` found

    def best(self, target: str, among: Iterable[str]) -> str | None:
        free = [header for header in among if header not in self.taken]
        found = headers.ranked(self.kind, target, free)
        return found[0][1] if found else None

    def words(self, header: str) -> list[str]:
        """The different words of a whole column in lower case; [] where there are many, or many cells are empty."""
        if header not in self.few:
            self.few[header] = self._words(header)
        return self.few[header]

    def _words(self, header: str) -> list[str]:
        cells = self.sample[header]
        if cells.count() < looks.ENOUGH * self.sample.height or header in self.dates:
            return []
        if cells.n_unique() > 2 * MOST_WORDS:
            return []
        found = self.grid.cells[header].drop_nulls().unique().str.strip_chars().str.to_lowercase().unique().sort()
        short = found.len() <= MOST_WORDS and (found.str.len_chars() <= _LONGEST_WORD).all()
        return found.to_list() if short else []

    def of_owners(self, owner: str) -> "Seen":
        """The same, looking at all rows of some of those whom a column tells apart, one after the other."""
        counts = self.grid.cells[owner].drop_nulls().value_counts(sort=True)
        enough = int((counts["count"].cum_sum() < SAMPLE).sum()) + 1
        rows = self.grid.cells.filter(pl.col(owner).is_in(counts[owner].head(enough).to_list()))
        other = replace(
            self,
            sample=_settled(rows, self).head(2 * SAMPLE).sort(owner, maintain_order=True),
            money={},
            few=dict(self.few),
        )
        for header in self.money:
            other.money[header] = _amounts(other, header)
        return other


def look(grid: Grid, kind: str, told: Mapping[str, dict[str, object]]) -> Seen:
    """BadInput where there is no row."""
    formats = told.get("formats", {})
    seen = Seen(grid, kind, grid.cells.head(2 * SAMPLE).select(grid.header[:_MOST_COLUMNS]), told)
    if not seen.sample.height:
        raise BadInput("empty_table", f"{grid.name} has a header and no rows")
    if kind == "bank_flow":
        seen.leave_out = _states(seen)
        seen.sample = _settled(seen.sample, seen)
    seen.sample = seen.sample.head(SAMPLE)
    forms = formats.get("dates")
    for header in seen.sample.columns:
        named = headers.score(kind, KINDS[kind].day, header) > 0
        among = tuple(forms) if isinstance(forms, list | tuple) else (*looks.FORMATS, *(looks.NAMED if named else ()))
        found = looks.dates_of(grid.cells[header], among)
        if found.forms:
            seen.dates[header] = found
    _agree(seen)
    others = [header for header in seen.sample.columns if header not in seen.dates]
    seen.decimal = str(formats.get("decimal") or looks.decimal_of([seen.sample[header] for header in others]))
    titles = " ".join([*(text for _, text in grid.above), *grid.header])
    if unit := re.search(r"单位\s*[:：]?\s*(亿元|万元|千元)|[(（](万元|千元)[)）]", titles):
        seen.unit = unit[1] or unit[2]
    for header in seen.sample.columns:
        if _is_money(seen, header):
            seen.money[header] = _amounts(seen, header)
    return seen


def _is_money(seen: Seen, header: str) -> bool:
    cells = seen.sample[header]
    if header in seen.dates and not all(form.isalpha() for form in seen.dates[header].forms):
        return False
    if not cells.count():  # nothing went that way yet
        return _one_way(seen, header)
    if looks.counted(cells) and max(headers.score(seen.kind, word, header) for word in _MOVEMENTS) <= 0:
        return False
    return looks.amount_share(cells, seen.decimal) >= looks.ENOUGH


def _one_way(seen: Seen, header: str) -> bool:
    """Does a header name money that comes in, or goes out, in a column of its own?"""
    return seen.kind == "bank_flow" and max(headers.score(seen.kind, word, header) for word in ("in", "out")) >= 50


def _amounts(seen: Seen, header: str) -> pl.Series:
    cells = seen.sample[header]
    empty = cells.str.contains(r"^[-–—/]+$").fill_null(False)
    return understood.amounts(cells.set(empty, None), seen.decimal, seen.unit)


def _agree(seen: Seen) -> None:
    """What one column of days leaves open, another of the same shape may have decided."""
    for header, found in seen.dates.items():
        for other in seen.dates.values():
            if found.swapped and not other.swapped and other.why and other.forms[0] in (found.forms[0], *found.swapped):
                why = f"read as {other.forms[0]}: another column of days can be nothing else"
                seen.dates[header] = replace(found, forms=(other.forms[0], *found.forms[1:]), swapped=(), why=why)
                break


def _states(seen: Seen) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for header in seen.sample.columns:
        words = [word for word in seen.words(header) if word in headers.unsettled()]
        if words and len(words) < len(seen.words(header)):
            found[header] = tuple(words)
    return found


def _settled(rows: pl.DataFrame, seen: Seen) -> pl.DataFrame:
    """Without rows that moved nothing: by their state, or because they only tell a balance."""
    for header, words in seen.leave_out.items():
        rows = rows.filter(~rows[header].str.strip_chars().str.to_lowercase().is_in(list(words)).fill_null(False))
    idle = rows.select(pl.any_horizontal(pl.all().str.contains(BALANCE_ONLY)).fill_null(False)).to_series()
    return rows.filter(~idle) if idle.sum() * 2 < rows.height else rows
