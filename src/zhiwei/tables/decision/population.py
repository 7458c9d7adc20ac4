"""A decision table over a population: inputs become segments, and each combination of segments is decided once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhiwei.tables import exact
from zhiwei.tables.cells import Cell, Column, Value
from zhiwei.tables.decision.grid import Grid
from zhiwei.tables.decision.table import DecisionTable, Entry
from zhiwei.tables.decision.tree import Facts, Find
from zhiwei.tables.expressions import Expression
from zhiwei.tables.splits import Split

Ints = NDArray[np.int64]
_MOST_KEYS = 2**22  # combinations counted by marking them; beyond, they are sorted


class Given:
    """What the rows of a table give in one of its outputs, made once. The last place stands for no row."""

    def __init__(self, entries: Sequence[Entry], place: int) -> None:
        outputs = [entry.outputs[place] for entry in entries]
        words = any(output.word is not None for output in outputs)
        fixed: list[Any] = [output.value if output.constant else None for output in outputs]
        blank: Any = "" if words else 0
        kind = object if words or any(abs(value) >= 2**63 for value in fixed if value is not None) else np.int64
        self.there = np.array([value is not None for value in fixed] + [False])
        self.values = np.array([blank if value is None else value for value in fixed] + [blank], dtype=kind)
        self.calculated = [
            (number, output.expression)
            for number, output in enumerate(outputs)
            if output.expression is not None and not output.constant
        ]


@dataclass(frozen=True, slots=True)
class Spread:
    """`kinds` of cases, and the kind of each case; `rows` are the rows (places in order) that hold for a kind.

    `given` keeps what was made of outputs, for all populations of a table.
    """

    table: DecisionTable
    entries: tuple[Entry, ...]
    columns: Mapping[str, Column]
    kind: Ints
    rows: Sequence[tuple[int, ...]]
    given: dict[int, Given]

    def output(self, name: str) -> Column:
        """Values of an output and where they are present; for hit policy collect use `collected`."""
        place = self.table.outputs.index(name)
        if self.table.hit == "sum":
            return self._sum(place)
        if self.table.hit == "collect":
            raise ValueError("a table that collects gives several values each: ask for collected()")
        row = np.array([rows[0] if rows else -1 for rows in self.rows], np.int64).take(self.kind)
        return self._of_rows(place, row)

    def collected(self, name: str) -> list[list[Value]]:
        """Of hit policy collect: the values of an output for each case, in the order of the rows."""
        place = self.table.outputs.index(name)
        found: list[list[Value]] = [[] for _ in range(len(self.kind))]
        most = max((len(rows) for rows in self.rows), default=0)
        for at in range(most):
            row = np.array([rows[at] if at < len(rows) else -1 for rows in self.rows], np.int64).take(self.kind)
            values, present = self._of_rows(place, row)
            for case in np.flatnonzero(row >= 0).tolist():
                found[case].append(values[case] if present[case] else None)
        return [[value.item() if isinstance(value, np.generic) else value for value in one] for one in found]

    def _of_rows(self, place: int, row: Ints) -> Column:
        """The output of a given row for each case; -1 is no row, and missing."""
        if place not in self.given:
            self.given[place] = Given(self.entries, place)
        given = self.given[place]
        there, values = given.there.take(row), given.values.take(row)
        used = np.bincount(row + 1, minlength=len(given.there)) if given.calculated else None
        for number, expression in given.calculated:
            if used is not None and used[number + 1]:
                at = np.flatnonzero(row == number)
                got, present = self._calculated(expression, at)
                values = values.astype(object) if got.dtype == object else values
                values[at], there[at] = got, present
        return values, there

    def _calculated(self, expression: Expression, at: Ints) -> Column:
        chosen = {name: (self.columns[name][0][at], self.columns[name][1][at]) for name in expression.names}
        return expression.over(chosen, len(at))

    def _sum(self, place: int) -> Column:
        total: NDArray[Any] = np.zeros(len(self.kind), np.int64)
        there = np.ones(len(self.kind), dtype=bool)
        holding: dict[int, list[int]] = {}
        for kind, rows in enumerate(self.rows):
            for row in rows:
                holding.setdefault(row, []).append(kind)
        for row, kinds in holding.items():
            output = self.entries[row].outputs[place]
            if output.expression is None:
                continue
            marked = np.zeros(len(self.rows), dtype=bool)
            marked[kinds] = True
            at = np.flatnonzero(marked.take(self.kind))
            got, present = self._calculated(output.expression, at)
            try:
                total[at] = exact.plus(total[at], got)
            except OverflowError:
                total = total.astype(object)
                total[at] += got.astype(object)
            there[at] &= present
        return total, there


def spread(
    table: DecisionTable, entries: tuple[Entry, ...], find: Find | Grid, columns: Mapping[str, Column],
    size: int, given: dict[int, Given],
) -> Spread:  # fmt: skip
    """Sort the cases into kinds on which no test differs, and find the rows of each kind by one case of it.

    Where there is a grid its cells are the kinds.
    """
    if isinstance(find, Grid):
        return Spread(table, entries, columns, find.over(columns, size), find.cells, given)
    key, count = np.zeros(size, np.int64), 1
    for place, name in enumerate(table.inputs):
        cells: list[Cell] = [entry.tests[place] for entry in entries]
        if all(cell.any for cell in cells):
            continue
        split = Split(cells)
        key = key * split.size + split.over(columns[name])
        count *= split.size
        if count > _MOST_KEYS:
            distinct, key = np.unique(key, return_inverse=True)
            count = len(distinct)
    example, kind = _examples(key, count)
    found = tuple(tuple(find(facts)) for facts in _facts(table.inputs, columns, example))
    return Spread(table, entries, columns, kind, found, given)


def _examples(key: Ints, count: int) -> tuple[Ints, Ints]:
    """One case of each kind, and the kind of each case."""
    last = np.full(count, -1, np.int64)
    last[key] = np.arange(len(key))
    there = last >= 0
    return last[there], (np.cumsum(there) - 1).take(key) if len(key) else key


def _facts(inputs: Sequence[str], columns: Mapping[str, Column], example: Ints) -> list[Facts]:
    lists: list[list[Value]] = []
    for name in inputs:
        values, present = columns[name][0][example].tolist(), columns[name][1][example].tolist()
        lists.append([value if here else None for value, here in zip(values, present, strict=True)])
    return [dict(zip(inputs, row, strict=True)) for row in zip(*lists, strict=True)] if lists else []
