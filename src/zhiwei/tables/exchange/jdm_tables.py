"""Decision tables as the content of JDM nodes, and back; what our tables cannot say is a problem with its place."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from zhiwei.tables.decision.table import DecisionTable, Entry
from zhiwei.tables.exchange.jdm import jdm_cell, jdm_output, read_jdm_cell, read_jdm_output
from zhiwei.tables.table import Problem

Json = dict[str, Any]
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DOTTED = re.compile(r"\$root\['([A-Za-z0-9_.]+)'\]")
_HALF = re.compile("[\ud800-\udfff]")
MOST_NODES, LARGEST_FILE = 200, 10_000_000  # of a graph; characters of a file
ROWS = "rows"  # where a table that adds up puts the rows that hold
T = TypeVar("T")


def jdm_field(name: str) -> str:
    """Where zen finds a fact: facts lie side by side, and a dot in a name is no path."""
    return f"$root['{name}']" if "." in name else name


def jdm_table(table: DecisionTable) -> Json:
    """The content of a decisionTableNode."""
    nothing = "0" if table.hit == "sum" else "null"
    rules = []
    for row, entry in enumerate(table.ordered()):
        tests = {f"i{place}": jdm_cell(cell) for place, cell in enumerate(entry.tests)}
        outputs = {f"o{place}": jdm_output(output) or nothing for place, output in enumerate(entry.outputs)}
        rules.append({"_id": f"r{row}", "_description": entry.note, **tests, **outputs})
    return {
        "hitPolicy": "first" if table.hit in ("first", "priority") else "collect",
        "inputs": [{"id": f"i{n}", "name": name, "field": jdm_field(name)} for n, name in enumerate(table.inputs)],
        "outputs": [{"id": f"o{n}", "name": name, "field": name} for n, name in enumerate(table.outputs)],
        "rules": rules,
    }


def read_jdm_table(file: str, name: str, content: Json, problems: list[Problem]) -> DecisionTable | None:
    """A table from the content of a decisionTableNode; lines of problems are its rules, counted from 1."""
    reader = _Reader(file, name, problems)
    before = len(problems)
    hit = content.get("hitPolicy", "first")
    if hit not in ("first", "collect"):
        reader.problem(1, "", f"unknown hit policy {hit!r}", "first or collect")
    inputs, outputs = reader.columns(content, "inputs"), reader.columns(content, "outputs")
    entries = [reader.entry(line, rule, inputs, outputs) for line, rule in enumerate(_rows(content, "rules"), start=1)]
    if len(problems) > before:
        return None
    titles = tuple(inputs.values()), tuple(outputs.values())
    return DecisionTable(name, hit, *titles, tuple(entry for entry in entries if entry))


def read_jdm_graph(file: str, content: str, problems: list[Problem]) -> list[tuple[str, str, Json]]:
    """Name, type and content of each node of a graph, as they stand in the file."""
    try:
        if len(content) > LARGEST_FILE:
            raise ValueError(f"longer than {LARGEST_FILE:,} characters")
        graph = json.loads(content)
        if _HALF.search(json.dumps(graph, ensure_ascii=False)):
            raise ValueError("half of a character (a lone surrogate), which no file can hold")
        nodes = graph["nodes"]
        return [(str(node["name"]), str(node["type"]), dict(node.get("content") or {})) for node in nodes[:MOST_NODES]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        said = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        problems.append(Problem(file, getattr(error, "lineno", 1), "", f"no JDM graph: {said}"))
        return []


def read_jdm_decision(file: str, content: str, problems: list[Problem]) -> DecisionTable | None:
    """The one table of a graph, with the hit policy that `table_graph` wrote it with."""
    nodes = read_jdm_graph(file, content, problems)
    tables = [(name, body) for name, kind, body in nodes if kind == "decisionTableNode"]
    others = [
        (name, body) for name, kind, body in nodes if kind not in ("decisionTableNode", "inputNode", "outputNode")
    ]
    if len(tables) != 1:
        if nodes:
            problems.append(Problem(file, 1, "", f"the graph has {len(tables)} tables, and one is read"))
        return None
    table = read_jdm_table(file, *tables[0], problems)
    if table is None or not others:
        return table
    keys = {str(row.get("key")): row.get("value") for _, body in others for row in _rows(body, "expressions")}
    if len(others) == 1 and table.hit == "collect" and keys == sums(table.outputs):
        # What adds up writes 0 where nothing is to be added.
        return replace(table, hit="sum")
    problems.append(Problem(file, 1, others[0][0], "only the table of the graph is read, and this node would be lost"))
    return None


def sums(outputs: Sequence[str]) -> dict[str, str]:
    """Expressions that add up what a table has collected; one missing value makes the sum missing."""
    return {name: f"some({ROWS}, #.{name} == null) ? null : sum(map({ROWS}, #.{name}))" for name in outputs}


class _Reader:
    def __init__(self, file: str, name: str, problems: list[Problem]) -> None:
        self.file, self.name, self.problems = file, name, problems

    def problem(self, line: int, column: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.file, line, column, f"table {self.name}: {message}", hint))

    def columns(self, content: Json, side: str) -> dict[str, str]:
        """id of a column -> the name of its fact or output."""
        found: dict[str, str] = {}
        for column in _rows(content, side):
            field, key = column.get("field"), column.get("id")
            dotted = _DOTTED.fullmatch(field) if isinstance(field, str) else None
            name = dotted[1] if dotted else field
            if not isinstance(name, str) or not isinstance(key, str) or not (dotted or _NAME.fullmatch(name)):
                hint = "a column tests one fact, named in its field"
                self.problem(1, str(column.get("name")), f"{side}: {field!r} is no name", hint)
            elif name in found.values():
                self.problem(1, name, f"{side}: {name} stands twice")
            else:
                found[key] = name
        if not found:
            self.problem(1, "", f"there are no {side}")
        return found

    def entry(self, line: int, rule: Json, inputs: dict[str, str], outputs: dict[str, str]) -> Entry | None:
        tests = [self.cell(line, rule, key, title, read_jdm_cell) for key, title in inputs.items()]
        given = [self.cell(line, rule, key, title, read_jdm_output) for key, title in outputs.items()]
        known, values = [test for test in tests if test], [output for output in given if output]
        if len(known) < len(tests) or len(values) < len(given):
            return None
        return Entry(tuple(known), tuple(values), note=str(rule.get("_description") or ""), line=line)

    def cell(self, line: int, rule: Json, key: str, title: str, read: Callable[[str], T]) -> T | None:
        cell = rule.get(key) or ""
        try:
            if not isinstance(cell, str):
                raise ValueError(f"a cell is text, not {cell!r}")
            return read(cell)
        except ValueError as error:
            self.problem(line, title, str(error))
            return None


def _rows(content: Json, name: str) -> list[Json]:
    found = content.get(name)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
