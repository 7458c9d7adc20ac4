"""Sheets of a workbook as text cells, measured before they are opened.

A sheet is stored as its used cells, but held in memory as a rectangle: two cells in far corners would need gigabytes.
So the corners, the rows and the length of shared texts are read from the XML before a library may open it.
"""

import lzma
import re
import struct
import zlib
from collections.abc import Iterator

import fastexcel
import polars as pl

from zhiwei.borrower.reading.files import LARGEST, bounded, open_zip
from zhiwei.values import BadInput

MOST_CELLS = 30_000_000  # of the rectangle around the used cells
MOST_SHEETS = 50
LONGEST_TEXT = 4 * 32_767  # bytes; a cell holds 32,767 characters
LARGEST_TEXTS = 4 * 2**30  # bytes that all cells could come to, if each held the longest text
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
            yield title, frame.rename({column: f"c{place}" for place, column in enumerate(frame.columns)})


def _measure(content: bytes, name: str) -> None:
    try:
        members = open_zip(content, name)
    except (zlib.error, lzma.LZMAError, struct.error) as error:
        raise BadInput("broken_file", f"{name} cannot be unpacked: {error}", hint="deliver it anew") from error
    if not any(member.startswith("xl/") for member in members):
        raise BadInput("not_a_workbook", f"{name} is a zip, no xlsx workbook", hint="unpack it, or save it as xlsx")
    count = 0
    for member, xml in members.items():
        if member.startswith("xl/worksheets/"):
            wide, rows = _corner(xml)
            if wide * rows > MOST_CELLS:
                raise BadInput(
                    "table_too_large", f"{name}, {member}: cells spread over {rows:,} rows and {wide:,} columns",
                    hint="copy the table into a new workbook, or save it as CSV",
                )  # fmt: skip
            count += len(_CELL.findall(xml))
    longest = max((len(text) for text in _TEXTS.split(members.get("xl/sharedStrings.xml", b""))[1:]), default=0)
    if longest > LONGEST_TEXT or longest * count > LARGEST_TEXTS:
        raise BadInput("table_too_large", f"{name} has texts of {longest:,} bytes", hint="save it as CSV")


def _corner(xml: bytes) -> tuple[int, int]:
    """(columns, rows) from A1 to the furthest cell that the XML names."""
    wide = deep = 1
    letters: set[bytes] = set()
    for column, row in _PLACE.findall(xml):
        letters.add(column)
        deep = max(deep, int(row[:9]))
    for column in letters:
        number = 0
        for letter in column.upper()[:6]:
            number = number * 26 + letter - 64
        wide = max(wide, number)
    return wide, deep


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
