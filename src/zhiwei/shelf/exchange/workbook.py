"""A product as a workbook: each of its tables is a sheet that people edit, and its other files go along as they are.

A table is a CSV file, or a TOML file of nothing but blocks of one kind (parameters, checks, admission). What was not
changed comes back byte for byte; a sheet that was changed comes back as a new file with the same values.
"""

import csv
import io
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from zhiwei.borrower.features import CATALOGUE
from zhiwei.shelf.exchange.sheets import Sheet, read_sheets, write_sheets
from zhiwei.shelf.load import FILE_NAME
from zhiwei.tables import Problem, did_you_mean
from zhiwei.tables.rules import EFFECTS

FILES, FACTS = "files", "facts"  # sheets beside the tables
_PART = 30_000  # characters of a file in one cell, which holds 32,767
_CHOICES = {"effect": EFFECTS, "if_missing": ("pass", *EFFECTS)}
_NOTES = {
    "code": "A reason code, once in the product. 原因代码",
    "fact": "A name from the sheet `facts`. 指标",
    "test": "In the unit of the fact (sheet `facts`): > 0.3, [1..5), 1, null. Shares are fractions: 0.3 is 30 %. 条件",
    "bin": "In the unit of the attribute (sheet `facts`); each value in one bin, and one bin takes null. 分箱",
    "points": "Whole points, more is better. 分值",
    "pd": "Probability of default in 12 months as a fraction: 0.03 is 3 %. 违约概率",
    "value": "CNY for a limit, a fraction a year for a price, with names of facts and parameters. 取值",
    "from": "In force from this day: 2026-01-31. 生效日",
    "checked_on": "When somebody last looked it up: 2026-01-31. 核对日",
    "because": "Where the number comes from. 依据",
}


def product_workbook(files: Mapping[str, str]) -> bytes:
    """An xlsx of a product's files."""
    tables = {
        title: table for name in sorted(files) if (table := _table(name, files[name])) for title in [_title(name)]
    }
    sheets = [
        Sheet(title, header, rows, {name: _NOTES[name] for name in header if name in _NOTES},
              {name: _CHOICES[name] for name in header if name in _CHOICES})
        for title, (header, rows) in tables.items()
    ]  # fmt: skip
    facts = [[fact.name, fact.unit, fact.zh, fact.en] for fact in CATALOGUE.values()]
    parts = [
        [name, str(place + 1), content[place * _PART : (place + 1) * _PART]]
        for name, content in sorted(files.items())
        for place in range(max(1, -(-len(content) // _PART)))
    ]
    return write_sheets([
        *sheets, Sheet(FACTS, ("fact", "unit", "zh", "en"), facts),
        Sheet(FILES, ("file", "part", "content"), parts, {"content": "As exported; edit the tables' sheets. 原文"}),
    ])  # fmt: skip


def product_from_workbook(file: str, content: bytes, problems: list[Problem]) -> dict[str, str]:
    """The files of a product; {} where anything is wrong, and problems name sheet, row and column."""
    mine: list[Problem] = []
    sheets = read_sheets(file, content, mine)
    originals = _originals(file, sheets, mine) if not mine else {}
    files = dict(originals)
    if not mine:
        titles = {_title(name): name for name in originals if _table(name, originals[name])}
        for title, rows in sheets.items():
            if title in titles:
                name = titles[title]
                files[name] = _file(f"{file}[{title}]", name, originals[name], rows, mine)
            elif title not in (FILES, FACTS):
                mine.append(Problem(f"{file}[{title}]", 1, "", "no such table", did_you_mean(title, titles)))
        for title in sorted(titles.keys() - sheets.keys()):
            mine.append(Problem(file, 1, title, f"the sheet {title} is missing", "leave the sheet, and empty its rows"))
    problems += mine
    return {} if mine else files


Table = tuple[Sequence[str], list[list[str]]]


def _title(name: str) -> str:
    return name.removeprefix("underwriting/").rpartition(".")[0].replace("/", "-")[:31]


def _table(name: str, content: str) -> Table | None:
    """Header and rows of a file that is a table."""
    if name.endswith(".csv"):
        rows = _csv_rows(content)
        return (rows[0], rows[1:]) if rows else None
    blocks = _blocks(content) if name.endswith(".toml") and not name.startswith("cases/") else None
    if blocks is None:
        return None
    header = list(dict.fromkeys(key for block in blocks[1] for key in block))
    return header, [[_shown(block[key]) if key in block else "" for key in header] for block in blocks[1]]


def _csv_rows(content: str) -> list[list[str]]:
    """Without comments and empty lines; every row as wide as the header."""
    rows = [row for row in csv.reader(io.StringIO(content)) if row and not row[0].startswith("#")]
    return [(row + [""] * len(rows[0]))[: len(rows[0])] for row in rows]


def _blocks(content: str) -> tuple[str, list[dict[str, Any]]] | None:
    """The name and the blocks of a TOML file that has nothing but [[name]] blocks of plain values."""
    try:
        values = tomllib.loads(content)
    except tomllib.TOMLDecodeError:
        return None
    if len(values) != 1:
        return None
    name, blocks = next(iter(values.items()))
    plain = isinstance(blocks, list) and all(
        isinstance(block, dict) and all(isinstance(value, str | bool | int | float | date) for value in block.values())
        for block in blocks
    )
    return (name, blocks) if plain and blocks else None


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _originals(file: str, sheets: Mapping[str, list[list[str]]], problems: list[Problem]) -> dict[str, str]:
    """The product's files as they were exported."""
    found: dict[str, str] = {}
    rows = sheets.get(FILES, [])
    for line, row in enumerate(rows[1:], start=2):
        name, part, content = (*row, "", "", "")[:3]
        if name and not FILE_NAME.fullmatch(name):
            problems.append(Problem(f"{file}[{FILES}]", line, "file", f"{name!r} is no file of a product"))
        elif name:
            before = found.get(name, "")
            if part != str(len(before) // _PART + 1):
                problems.append(Problem(f"{file}[{FILES}]", line, "part", f"{name}: parts are missing or out of order"))
            found[name] = before + content
    if not found and not problems:
        hint = "export the product as xlsx and edit that"
        problems.append(Problem(file, 1, FILES, f"the workbook has no sheet {FILES} with a product's files", hint))
    return found


def _file(place: str, name: str, original: str, rows: list[list[str]], problems: list[Problem]) -> str:
    """A table's file: the original where the sheet says the same."""
    header, old = _table(name, original) or ((), [])
    found = [cell.strip() for cell in rows[0]] if rows else []
    while found and not found[-1]:
        found.pop()
    if sorted(found) != sorted(header):
        problems.append(Problem(place, 1, "", f"columns are {found}", f"expected {list(header)}"))
        return original
    body: list[tuple[int, list[str]]] = []
    for line, row in enumerate(rows[1:], start=2):
        cells = dict(zip(found, row, strict=False))
        if any(row[len(found) :]):
            problems.append(Problem(place, line, "", f"a cell to the right of the last column {found[-1]}"))
        if any(row):
            body.append((line, [cells.get(key, "") for key in header]))
    if [row for _, row in body] == old:
        return original
    if name.endswith(".csv"):
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([header, *(row for _, row in body)])
        return out.getvalue()
    return _toml(place, original, header, body, problems)


def _toml(
    place: str, original: str, header: Sequence[str], body: list[tuple[int, list[str]]], problems: list[Problem]
) -> str:
    """The same blocks with new values, each of the kind that its key had before."""
    array, blocks = _blocks(original) or ("", [])
    kinds: dict[str, type] = {key: type(value) for block in reversed(blocks) for key, value in block.items()}
    written = [original.partition("[[")[0].rstrip("\n")] if original.startswith("#") else []
    for line, row in body:
        rows = [f"[[{array}]]"]
        for key, cell in zip(header, row, strict=True):
            if cell:
                try:
                    rows.append(f"{key} = {_literal(cell, kinds[key])}")
                except ValueError as error:
                    problems.append(Problem(place, line, key, str(error)))
        written.append("\n".join(rows))
    return "\n\n".join(written) + "\n"


def _literal(cell: str, kind: type) -> str:
    """A cell as a TOML value. ValueError where it is none of its kind."""
    if kind is bool:
        if cell.lower() not in ("true", "false"):
            raise ValueError(f"{cell!r} is neither true nor false")
        return cell.lower()
    if kind is date:
        day = cell.removesuffix(" 00:00:00")
        try:
            return date.fromisoformat(day).isoformat()
        except ValueError:
            raise ValueError(f"{cell!r} is no date such as 2026-01-31") from None
    if kind in (int, float):
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell):
            raise ValueError(f"{cell!r} is no number")
        return cell
    return json.dumps(cell, ensure_ascii=False)
