"""A table of an outsider, as text or workbook -> its cells as text, under the header that names them.

Above the header stand titles ("statement of account ..."), among the rows headers of the next page, below them totals.
All of that is told apart here and kept with its row numbers, so that nothing disappears unseen. What the cells mean
is the affair of `mapping`.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest

import polars as pl

from zhiwei.borrower.reading.tables.layout import Layout, layout_of
from zhiwei.borrower.reading.tables.letters import letters
from zhiwei.borrower.reading.tables.workbook import is_workbook, sheet_rows
from zhiwei.values import BadInput

MOST_ROWS = 5_000_000
MOST_COLUMNS = 500
MOST_CELLS = 100_000_000
LONGEST_CELL = 2_000  # characters; what is longer is cut, and counted in the notes
_SEPARATORS = ",;\t|"
_SNIFFED = 120  # lines
_PART = 50_000  # rows made into columns at a time
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LINES_IN_CELL = 50  # a cell of more lines is a quotation mark that was never closed
_EXCEL_TEXT = r'^=?"(.*)"$'  # ="0012": how some banks keep a spreadsheet from eating zeros
_BLANKS = " \t\r\n\u00a0\u3000\u200b\ufeff"


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of one table. `cells`: a text column per header, in their order, null where empty; `rows`: the number of
    each row in the file, from 1. `above`: rows before the header; `left_out`: rows after it that are no records
    (row number, why, its text). `notes` counts what was odd about the file itself.
    """

    name: str
    cells: pl.DataFrame
    rows: pl.Series
    header_row: int | None = None
    sheet: str = ""
    above: list[tuple[int, str]] = field(default_factory=list)
    left_out: list[tuple[int, str, str]] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    @property
    def header(self) -> list[str]:
        return self.cells.columns


def grid_of(content: bytes, name: str, sheet: str | None = None, separator: str | None = None) -> Grid:
    """CSV, TSV and their like in any encoding, or xlsx/xls (`sheet`, else the one that looks most like a table).

    BadInput where the file is neither, is empty, or larger than a table of records is.
    """
    notes: Counter[str] = Counter()
    if is_workbook(content):
        sheets = [(title, _tidy(frame, notes)) for title, frame in sheet_rows(content, name, sheet)]
        choice = [(layout_of(frame), frame.height, title, frame) for title, frame in sheets]
        layout, _, title, frame = max(choice, key=lambda item: (item[0].score, item[1]))
        if len(choice) > 1:
            notes[f"{len(choice)} sheets, {title!r} read"] = 1
        return _grid(name, frame, layout, notes, title)
    frame = _tidy(_text_rows(letters(content, name), name, separator, notes), notes)
    return _grid(name, frame, layout_of(frame), notes, "")


def _grid(name: str, frame: pl.DataFrame, layout: Layout, notes: Counter[str], sheet: str) -> Grid:
    """Cut the frame into header, records and the rest. Row i of the frame is row i + 1 of the file."""
    if not layout.columns:
        raise BadInput("no_table", f"{name} has no table in it", hint="a table has a header and rows under it")
    numbers = pl.Series("row", range(1, frame.height + 1), dtype=pl.UInt32)
    used = [frame.columns[place] for place in layout.columns]
    start = 0 if layout.header is None else layout.last_header + 1
    out = {row for row, _ in layout.left_out}
    keep = (numbers > start) & frame.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    if out:
        keep &= ~(numbers - 1).is_in(list(out))
    cells = frame.filter(keep).select(used).rename(dict(zip(used, layout.names, strict=True)))
    return Grid(
        name, cells, numbers.filter(keep), None if layout.header is None else layout.header + 1, sheet,
        [(row + 1, _said(frame, row)) for row in range(layout.header or 0) if _said(frame, row)],
        [(row + 1, why, _said(frame, row)) for row, why in layout.left_out], notes,
    )  # fmt: skip


def _said(frame: pl.DataFrame, row: int) -> str:
    return " | ".join(cell for cell in frame.row(row) if cell)


def _tidy(frame: pl.DataFrame, notes: Counter[str]) -> pl.DataFrame:
    """Cells without blanks, spreadsheet armour and apostrophes around them; null where nothing is left."""
    if not frame.width:
        return frame
    plain = (
        pl.all()
        .str.strip_chars(_BLANKS)
        .str.replace(_EXCEL_TEXT, "$1")
        .str.replace(r"^['`](\d)", "$1")
        .str.replace(r"(\d)['`]$", "$1")
    )
    frame = frame.with_columns(plain.str.strip_chars(_BLANKS).replace("", None))
    long = frame.select(pl.sum_horizontal((pl.all().str.len_chars() > LONGEST_CELL).sum())).item()
    if long:
        notes[f"cells cut to {LONGEST_CELL} characters"] = int(long)
        frame = frame.with_columns(pl.all().str.slice(0, LONGEST_CELL))
    return frame


def _text_rows(text: str, name: str, separator: str | None, notes: Counter[str]) -> pl.DataFrame:
    first, _, rest = text.partition("\n")
    if declared := re.fullmatch(r'"?sep=(.)"?\s*', first, re.IGNORECASE):
        separator, text = separator or declared[1], "\n" + rest  # rows keep their numbers
    if text.count("\t,") * 2 > text.count("\t") > 0:  # tabs that keep a spreadsheet from eating digits
        text = text.replace("\t,", ",").replace("\t\n", "\n").replace("\t\r", "\r")
    separator = separator or _separator(text)
    try:
        return _frame(csv.reader(_lines(text), delimiter=separator), name, notes)
    except csv.Error:
        notes["quotation marks do not pair: taken as text"] = 1
    try:
        return _frame(csv.reader(_lines(text), delimiter=separator, quoting=csv.QUOTE_NONE), name, notes)
    except csv.Error as error:
        raise BadInput("not_a_table", f"{name} cannot be read as CSV: {error}", hint="save it as xlsx") from error


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, one after the other: a copy of all of them would be several times the file."""
    return (found[0] for found in _LINE.finditer(text))


def _frame(rows: Iterable[list[str]], name: str, notes: Counter[str]) -> pl.DataFrame:
    """Cells of all rows, null where a row is shorter than others; blank rows at the end are none.

    csv.Error where a cell has so many lines that a quotation mark must have been left open.
    """
    parts: list[pl.DataFrame] = []
    source, height, width = iter(rows), 0, 0
    while part := list(islice(source, _PART)):
        height, wide = height + len(part), max(map(len, part))
        width = max(width, wide)
        if height > MOST_ROWS or width > MOST_COLUMNS or height * width > MOST_CELLS:
            raise BadInput(
                "table_too_large", f"{name} has more than {height - len(part):,} rows of up to {width:,} cells; at "
                f"most {MOST_ROWS:,} rows, {MOST_COLUMNS} columns, {MOST_CELLS:,} cells", hint="split it by months",
            )  # fmt: skip
        if not parts and any("\ufffd" in cell for row in part[:_SNIFFED] for cell in row):
            notes["letters that no encoding explains"] = 1
        cells = list(zip_longest(*part)) if wide else [(None,) * len(part)]
        parts.append(pl.DataFrame({f"c{at}": pl.Series(column, dtype=pl.String) for at, column in enumerate(cells)}))
        lines = parts[-1].select(pl.max_horizontal(pl.all().str.count_matches("\n", literal=True).max())).item()
        if (lines or 0) > _LINES_IN_CELL:
            raise csv.Error("a quotation mark is never closed")
    frame = pl.concat(parts, how="diagonal") if parts else pl.DataFrame()
    return _without_blank_end(frame)


def _without_blank_end(frame: pl.DataFrame) -> pl.DataFrame:
    height = frame.height
    while height and not any(cell and cell.strip() for cell in frame.row(height - 1)):
        height -= 1
    return frame.head(height)


def _separator(text: str) -> str:
    """The character that cuts most lines into the same number of cells."""
    lines = [line for line in text[: _SNIFFED * 2000].splitlines() if line.strip()][:_SNIFFED]
    return max(_SEPARATORS, key=lambda mark: _evenness(lines, mark))


def _evenness(lines: Sequence[str], mark: str) -> float:
    try:
        widths = [len(cells) for cells in csv.reader(lines, delimiter=mark)]
    except csv.Error:
        widths = [line.count(mark) + 1 for line in lines]
    counts = Counter(width for width in widths if width > 1)
    if not counts:
        return 0.0
    width, times = max(counts.items(), key=lambda item: item[1] * min(item[0], 8))
    return times / len(widths) * (min(width, 8) - 1)
