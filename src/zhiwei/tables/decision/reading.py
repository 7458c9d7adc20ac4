"""A decision table as CSV: `region,industry,-> limit,-> note` under an optional first line `# hit: first`.

Inputs are names of facts, outputs stand behind an arrow. `priority` is a column of its own where that is the hit
policy; a column `# note` is for people. Tests are cells, outputs are `"text"`, numbers, expressions or nothing.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping

from zhiwei.tables.cells import Cell, parse_cell
from zhiwei.tables.decision.checking import check_table
from zhiwei.tables.decision.table import HITS, MOST_COLUMNS, MOST_ROWS, DecisionTable, Entry, parse_output
from zhiwei.tables.table import Problem, did_you_mean

ARROW = "->"
NOTE = "# note"
_HIT = re.compile(r"#\s*hit\s*:\s*(\S+)\s*")
Known = Mapping[str, str] | Collection[str]


def read_table(
    file: str, content: str, known: Known, problems: list[Problem], *, complete: bool = True
) -> DecisionTable | None:
    """The table; None where anything is wrong with it, and `problems` say what.

    `known`: names of facts that may be used, or name -> "number" or "text" where their kind is known too.
    `complete` False leaves out `check_table`: gaps and unreachable rows are then let be.
    """
    mine: list[Problem] = []
    lines = _lines(file, content, mine)
    hit, (at, header) = _head(file, lines, mine)
    inputs = [name for name in header if not name.startswith((ARROW, "#")) and name != "priority"]
    outputs = [name.removeprefix(ARROW).strip() for name in header if name.startswith(ARROW)]
    _check_header(file, at, header, hit, mine)
    entries = [] if mine else [_entry(file, line, header, cells, mine) for line, cells in lines]
    table = DecisionTable(
        file.rpartition("/")[2].removesuffix(".csv"), hit, tuple(inputs), tuple(outputs), tuple(filter(None, entries))
    )
    if not mine:
        _check_names(file, at, table, known, mine)
        _check_kinds(file, table, known, mine)
    if complete and not mine:
        mine += check_table(file, table)
    problems += mine
    return None if mine else table


def write_table(table: DecisionTable) -> str:
    """The CSV of a table; reading it gives the table again."""
    out = io.StringIO()
    if table.hit != "first":
        out.write(f"# hit: {table.hit}\n")
    writer = csv.writer(out, lineterminator="\n")
    ranked = ["priority"] if table.hit == "priority" else []
    noted = [NOTE] if any(entry.note for entry in table.entries) else []
    writer.writerow([*table.inputs, *ranked, *(f"{ARROW} {name}" for name in table.outputs), *noted])
    for entry in table.entries:
        # An empty first cell would be fine, but a line of nothing but commas is hard to see: `-` says any value.
        tests = [cell.source or "-" for cell in entry.tests]
        priority = [str(entry.priority)] if ranked else []
        note = [entry.note] if noted else []
        writer.writerow([*tests, *priority, *(output.source for output in entry.outputs), *note])
    return out.getvalue()


Line = tuple[int, list[str]]


def _lines(file: str, content: str, problems: list[Problem]) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(content), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cells):
                yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
            if line > MOST_ROWS:
                problems.append(Problem(file, line, "", f"more than {MOST_ROWS:,} lines"))
                return
    except csv.Error as error:
        problems.append(Problem(file, line, "", f"not a CSV: {error}"))


def _head(file: str, lines: Iterator[Line], problems: list[Problem]) -> tuple[str, Line]:
    """The hit policy and the header."""
    hit = "first"
    for line, cells in lines:
        if not cells[0].startswith("#"):
            return hit, (line, cells)
        if found := _HIT.fullmatch(cells[0]):
            hit = found[1]
            if hit not in HITS:
                hint = did_you_mean(hit, HITS) or f"one of {', '.join(HITS)}"
                problems.append(Problem(file, line, "", f"unknown hit policy {hit!r}", hint))
    problems.append(Problem(file, 1, "", "the table has no header"))
    return hit, (1, [])


def _check_header(file: str, line: int, header: list[str], hit: str, problems: list[Problem]) -> None:
    def problem(column: str, message: str, hint: str = "") -> None:
        problems.append(Problem(file, line, column, message, hint))

    if not header:
        return
    if len(header) > MOST_COLUMNS:
        problem("", f"{len(header)} columns, at most {MOST_COLUMNS}")
    if not any(name.startswith(ARROW) for name in header):
        problem("", "the table has no output", "write an output's name behind an arrow, such as `-> limit`")
    if all(name.startswith((ARROW, "#")) or name == "priority" for name in header):
        problem("", "the table has no input", "write the name of a fact as a column")
    if ("priority" in header) != (hit == "priority"):
        said = "has no column `priority`" if hit == "priority" else "has a column `priority`, and its hit policy is not"
        problem("priority", f"the table {said}", "the first line `# hit: priority` and that column go together")
    for place, name in enumerate(header):
        plain = name.removeprefix(ARROW).strip()
        if not plain or (not name.startswith("#") and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", plain)):
            problem(name or str(place + 1), f"{name!r} is no name of a column")
        elif name in header[:place]:
            problem(name, f"column {name} stands twice")
        elif name.startswith("#") and name != NOTE:
            problem(name, f"unknown column {name!r}", f"notes for people stand under {NOTE!r}")


def _entry(file: str, line: int, header: list[str], cells: list[str], problems: list[Problem]) -> Entry | None:
    if cells[0].startswith("#"):
        return None
    if len(cells) != len(header):
        message = f"{len(cells)} cells where the header has {len(header)}"
        problems.append(Problem(file, line, header[min(len(cells), len(header)) - 1], message))
        return None
    tests, outputs, priority, note, sound = [], [], 0, "", True
    for name, cell in zip(header, cells, strict=True):
        try:
            if name == NOTE:
                note = cell
            elif name == "priority":
                priority = _whole(cell)
            elif name.startswith(ARROW):
                outputs.append(parse_output(cell))
            else:
                tests.append(parse_cell(cell))
        except ValueError as error:
            problems.append(Problem(file, line, name, str(error)))
            sound = False
    return Entry(tuple(tests), tuple(outputs), priority, note, line) if sound else None


def _whole(cell: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", cell):
        raise ValueError(f"priority is a whole number, not {cell!r}")
    return int(cell)


def _check_names(file: str, header: int, table: DecisionTable, known: Known, problems: list[Problem]) -> None:
    for name in table.inputs:
        if name not in known:
            problems.append(Problem(file, header, name, f"unknown fact {name!r}", did_you_mean(name, known)))
    for entry in table.entries:
        for column, output in zip(table.outputs, entry.outputs, strict=True):
            for name in sorted(output.expression.names) if output.expression else ():
                if name not in known:
                    message = f"unknown name {name!r}"
                    problems.append(Problem(file, entry.line, f"{ARROW} {column}", message, did_you_mean(name, known)))
                elif _kind(known, name) == "text":
                    message = f"{name} is text, and cannot be calculated with"
                    problems.append(Problem(file, entry.line, f"{ARROW} {column}", message))


def _kind(known: Known, name: str) -> str:
    return known.get(name, "") if isinstance(known, Mapping) else ""


def _check_kinds(file: str, table: DecisionTable, known: Known, problems: list[Problem]) -> None:
    """A column is of one kind: of its fact's where that is known, of its first cell's otherwise."""
    for place, name in enumerate(table.inputs):
        kind = _kind(known, name)
        for entry in table.entries:
            cell = entry.tests[place]
            for own in _kinds(cell):
                kind = kind or own
                if own != kind:
                    message = f"{cell.source} tests {own}, and {name} is {kind}"
                    hint = "texts stand in quotes" if kind == "text" else "numbers stand without quotes"
                    problems.append(Problem(file, entry.line, name, message, hint))
    for place, name in enumerate(table.outputs):
        kind = "number" if table.hit == "sum" else ""
        for entry in table.entries:
            output = entry.outputs[place]
            if output.source:
                own = "number" if output.expression else "text"
                kind = kind or own
                if own != kind:
                    message = f"{output.source} is {own}, and {name} is {kind}"
                    problems.append(Problem(file, entry.line, f"{ARROW} {name}", message))


def _kinds(cell: Cell) -> list[str]:
    return [kind for kind, parts in (("number", cell.spans), ("text", cell.words)) if parts]
