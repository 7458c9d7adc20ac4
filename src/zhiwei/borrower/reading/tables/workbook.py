"""Sheets of a workbook as text cells, measured before they are opened.

A sheet is stored as its used cells, but held in memory as a rectangle: two cells in far corners would need gigabytes.
So the corners, the rows and the length of shared texts are read from the XML before a library may open it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import fastexcel
import polars as pl

from zhiwei.borrower.reading.files import LARGEST, bounded, walk_zip
from zhiwei.values import BadInput

MOST_CELLS = 30_000_000  # of the rectangle around the used cells
LARGEST_SHEETS = 2**30  # bytes of a workbook unpacked: a sheet of a million rows and ten columns
_LONGEST_TAG = 1_000
MOST_SHEETS = 50
LONGEST_TEXT = 4 * 32_767  # bytes; a cell holds 32,767 characters
LARGEST_TEXTS = 4 * 2**30  # bytes that all cells could come to, if each held the longest text
_DIGITS = 15  # of a number, as many as a spreadsheet keeps
_NOISE = r"^-?\d{1,12}\.\d*(?:0{3}|9{3})\d+$"
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)(\d+)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_TEXTS = re.compile(rb"<(?:\w+:)?si[\s>]")


def is_workbook(content: bytes) -> bool:
    """xlsx (a zip) or xls (an OLE file), by content, whatever the name says."""
    return content[:4] == b"PK\x03\x04" or content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sheet_rows(content: bytes, name: str, sheet: str | None = None) -> list[tuple[str, pl.DataFrame]]:
    """Title and cells (text, null where empty; first row of the frame = row 1) of `sheet`, or of all that have any."""
    bounded(content, name, LARGEST)
    if content[:2] == b"PK":
        _measure(content, name)
    try:
        book = fastexcel.read_excel(content)
        titles = book.sheet_names
    except (fastexcel.FastExcelError, OSError, ValueError) as error:
        raise BadInput(
            "broken_file", f"{name} is no readable workbook: {_first_line(error)}", hint="save it anew or as CSV"
        ) from error
    if sheet is not None and sheet not in titles:
        raise BadInput("missing_sheet", f"{name} has no sheet {sheet!r}; it has {'、'.join(titles)}")
    found = list(_frames(book, [sheet] if sheet is not None else titles[:MOST_SHEETS], name))
    if not found:
        raise BadInput("empty_file", f"{name} has no cells in {sheet or 'any of its sheets'}")
    return found


def _frames(book: fastexcel.ExcelReader, titles: list[str], name: str) -> Iterator[tuple[str, pl.DataFrame]]:
    for title in titles:
        try:
            # header_row=None with skip_rows=0 keeps blank rows at the top: without them row numbers would be wrong
            frame = book.load_sheet(title, header_row=None, skip_rows=0, dtypes="string").to_polars()
        except (fastexcel.FastExcelError, pl.exceptions.PolarsError, ValueError) as error:
            raise BadInput("broken_file", f"{name}, sheet {title}: cannot be read: {_first_line(error)}") from error
        if frame.width and frame.height:
            named = frame.rename({column: f"c{place}" for place, column in enumerate(frame.columns)})
            yield title, named.with_columns([_exact(named[column]) for column in named.columns])


def _exact(cells: pl.Series) -> pl.Series:
    """Numbers as a spreadsheet shows them, in 15 digits: -8560886.63, where the file has -8560886.630000001."""
    if cells.dtype != pl.String:
        return cells
    noisy = cells.filter(cells.str.contains(_NOISE).fill_null(False)).unique()
    shown = {text: f"{float(text):.15g}" for text in noisy if sum(char.isdigit() for char in text) > _DIGITS}
    return cells.replace(shown) if shown else cells


@dataclass(slots=True)
class _Measured:
    """Of a member, block by block. `rest`: what follows the last tag that began, for the next block."""

    rest: bytes = b""
    cells: int = 0
    letters: set[bytes] = field(default_factory=set)
    rows: int = 1
    longest: int = 0
    in_row: int = 0
    widest: int = 0  # most cells of a row

    def sheet(self, block: bytes) -> None:
        whole, mark, rest = (self.rest + block).rpartition(b"<")
        self.rest = (mark + rest)[:_LONGEST_TAG]
        for number, part in enumerate(whole.split(b"<row")):  # cells that name no place stand one after the other
            cells = len(_CELL.findall(part))
            self.in_row = cells if number else self.in_row + cells
            self.widest, self.cells = max(self.widest, self.in_row), self.cells + cells
        places = _PLACE.findall(whole)
        self.letters.update(column.upper()[:6] for column, _ in places)
        self.rows = max([self.rows, *(int(row[:9]) for _, row in places)])

    def texts(self, block: bytes) -> None:
        parts = _TEXTS.split(self.rest + block)
        self.longest = max([self.longest, *map(len, parts)])
        self.rest = parts[-1][-2 * LONGEST_TEXT :]

    def columns(self) -> int:
        """From A to the furthest column that a cell names, or that so many cells in a row reach."""
        wide = max(1, self.widest)
        for letters in self.letters:
            number = 0
            for letter in letters:
                number = number * 26 + letter - 64
            wide = max(wide, number)
        return wide


def _measure(content: bytes, name: str) -> None:
    """BadInput where the workbook would take more memory than a table of records does."""
    found: dict[str, _Measured] = {}
    for member, block in walk_zip(content, name, LARGEST_SHEETS):
        one = found.setdefault(member, _Measured())
        if member.startswith("xl/worksheets/"):
            one.sheet(block)
        elif member == "xl/sharedStrings.xml":
            one.texts(block)
    if not any(member.startswith("xl/") for member in found):
        raise BadInput("not_a_workbook", f"{name} is a zip, no xlsx workbook", hint="unpack it, or save it as xlsx")
    for member, one in found.items():
        one.sheet(b"<")
        if one.columns() * one.rows > MOST_CELLS:
            raise BadInput(
                "table_too_large",
                f"{name}, {member}: cells spread over {one.rows:,} rows and {one.columns():,} columns",
                hint="copy the table into a new workbook, or save it as CSV",
            )  # fmt: skip
    longest, count = max(one.longest for one in found.values()), sum(one.cells for one in found.values())
    if longest > LONGEST_TEXT or longest * count > LARGEST_TEXTS:
        raise BadInput("table_too_large", f"{name} has texts of {longest:,} bytes", hint="save it as CSV")


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
