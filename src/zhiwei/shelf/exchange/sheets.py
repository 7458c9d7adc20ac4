"""Sheets of text cells written as a workbook and read from one; formulas are refused, and nothing is ever evaluated."""

import csv
import html
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import xlsxwriter  # type: ignore[import-untyped]

from zhiwei.borrower.reading import open_zip
from zhiwei.borrower.reading.tables.workbook import sheet_rows
from zhiwei.tables import DecisionTable, Problem, read_table, write_table
from zhiwei.values import BadInput

LONGEST_CELL = 32_767  # characters that a cell of a workbook holds
MOST_TOLD = 5  # formulas of a sheet that are told
_ROWS_WITH_CHOICES = 2_000
_CELL_OR_FORMULA = re.compile(rb"""<(?:\w+:)?(?:c\s[^>]*?\br\s*=\s*["']([A-Z]+)([0-9]+)|(f)[\s/>])""")
_HIT_LINE = re.compile(r"#\s*hit\s*:")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*["']([^"']*)["']""")


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` of text under a `header`; `notes` and `choices` by the name of a column."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)


def write_sheets(sheets: Sequence[Sheet]) -> bytes:
    """An xlsx of text cells only: a number keeps the decimals it was written with, and `=` begins no formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        plain = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        bold = book.add_format({"num_format": "@", "bold": True, "bottom": 1})
        for sheet in sheets:
            page = book.add_worksheet(sheet.title)
            page.freeze_panes(1, 0)
            for column, name in enumerate(sheet.header):
                width = max([len(name), *(len(row[column]) for row in sheet.rows[:200])], default=10)
                page.set_column(column, column, min(width + 3, 60), plain)
                page.write_string(0, column, name, bold)
                if name in sheet.notes:
                    page.write_comment(0, column, sheet.notes[name])
                if name in sheet.choices:
                    chosen = {"validate": "list", "source": list(sheet.choices[name])}
                    page.data_validation(1, column, _ROWS_WITH_CHOICES, column, chosen)
            for line, row in enumerate(sheet.rows, start=1):
                for column, cell in enumerate(row):
                    if len(cell) > LONGEST_CELL:
                        said = f"sheet {sheet.title}, row {line + 1}: more than {LONGEST_CELL:,} characters in a cell"
                        raise BadInput("cell_too_long", said)
                    if cell:
                        page.write_string(line, column, cell, plain)
    return out.getvalue()


def read_sheets(file: str, content: bytes, problems: list[Problem]) -> dict[str, list[list[str]]]:
    """Rows of text by title of sheet, the header first; a row's place in its list is its row in the sheet less one."""
    try:
        formulas = _formulas(content, file)
        found = {
            title: [[cell or "" for cell in row] for row in frame.iter_rows()]
            for title, frame in sheet_rows(content, file)
        }
    except BadInput as error:
        problems.append(Problem(file, 1, "", error.message, error.hint or ""))
        return {}
    for title, cell, row in formulas:
        hint = "copy the column and insert its values in its place"
        problems.append(Problem(f"{file}[{title}]", row, cell, f"cell {cell}{row} is a formula", hint))
    return {} if formulas else found


def _formulas(content: bytes, file: str) -> list[tuple[str, str, int]]:
    """(sheet, column letters, row) of the first formulas of each sheet."""
    members = open_zip(content, file)
    targets = {
        relation.get("Id", ""): relation.get("Target", "").rpartition("/")[2]
        for relation in map(_attributes, _RELATION.findall(members.get("xl/_rels/workbook.xml.rels", b"")))
    }
    titles = {
        targets.get(sheet.get("r:id", ""), ""): html.unescape(sheet.get("name", ""))
        for sheet in map(_attributes, _SHEET.findall(members.get("xl/workbook.xml", b"")))
    }
    found = []
    for member, xml in members.items():
        if member.startswith("xl/worksheets/") and member.endswith(".xml"):
            name = member.rpartition("/")[2]
            found += [(titles.get(name, name), column, row) for column, row in islice(_places(xml), MOST_TOLD)]
    return found


def _places(xml: bytes) -> Iterator[tuple[str, int]]:
    """Column letters and row of each cell of a sheet that holds a formula."""
    column, row = "", 1
    for match in _CELL_OR_FORMULA.finditer(xml):
        if match[3]:
            yield column, row
        else:
            column, row = match[1].decode(), int(match[2][:9])


def _attributes(tag: bytes) -> dict[str, str]:
    pairs = _ATTRIBUTE.findall(tag)
    return {name.decode("utf-8", "replace"): value.decode("utf-8", "replace") for name, value in pairs}


def table_sheet(table: DecisionTable) -> Sheet:
    """A decision table as a sheet, row by row as in its CSV."""
    rows = list(csv.reader(io.StringIO(write_table(table))))
    width = max(len(row) for row in rows)
    padded = [row + [""] * (width - len(row)) for row in rows]
    return Sheet(table.name, padded[0], padded[1:])


def table_from_sheet(
    place: str, rows: Sequence[Sequence[str]], known: Mapping[str, str] | Collection[str], problems: list[Problem]
) -> DecisionTable | None:
    """The table of a sheet's rows as `read_sheets` gives them; lines of problems are rows of the sheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    width = max((len(row) for row in rows), default=0)
    while width and not any(row[width - 1 :] and row[width - 1] for row in rows):
        width -= 1
    for row in rows:
        # A line break in a cell would shift the lines of what follows; no test and no output has one.
        cells = [re.sub(r"\s+", " ", cell) for cell in row[:width]]
        writer.writerow(cells[:1] if cells and _HIT_LINE.match(cells[0]) else cells)
    return read_table(place, out.getvalue(), known, problems)
