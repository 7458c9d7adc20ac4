"""A decision table compiled once: for one case with or without a trace, and for a population by arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from zhiwei.tables.cells import Column, Value
from zhiwei.tables.decision.grid import lay
from zhiwei.tables.decision.population import Given, Spread, spread
from zhiwei.tables.decision.table import DecisionTable, Entry
from zhiwei.tables.decision.tree import Facts, grow
from zhiwei.tables.scale import text

Found = Mapping[str, Value]  # an output's name -> its value; None is missing


@dataclass(frozen=True, slots=True)
class Spoken:
    """A row that held: where it stands, what it tested (input, value, test), and what it gave."""

    line: int
    note: str
    tests: tuple[tuple[str, str | None, str], ...]
    outputs: Found


@dataclass(frozen=True, slots=True)
class Explained:
    """`unknown`: inputs without a value, on which tests were neither true nor false."""

    found: tuple[Found, ...]
    rows: tuple[Spoken, ...]
    unknown: tuple[str, ...]


class CompiledTable:
    """`decide(facts)`: one mapping of outputs for each row that speaks (first, priority: none or one; sum: always one).

    Facts are micro-units, words, or None where missing; every input and every name in an expression is there.
    """

    def __init__(self, table: DecisionTable) -> None:
        self.table, self.entries = table, table.ordered()
        self.all = table.hit in ("collect", "sum")
        rows = [(row, entry.tests) for row, entry in enumerate(self.entries)]
        self.grid = lay(rows, table.inputs, all_of_them=self.all)
        self.rows = self.grid.rows if self.grid else grow(rows, table.inputs, all_of_them=self.all)
        self._constant = [self._fixed(entry) for entry in self.entries]
        self._single = [None if found is None else (found,) for found in self._constant]
        self._given: dict[int, Given] = {}
        self._answers = self._known(self.grid.cells) if self.grid else None

    def decide(self, facts: Facts) -> tuple[Found, ...]:
        if self.grid and self._answers:
            return self._answers[self.grid.index(facts)]
        rows = self.rows(facts)
        if self.table.hit == "sum":
            return (self._sum(rows, facts),)
        if len(rows) == 1:
            single = self._single[rows[0]]
            return (self._outputs(rows[0], facts),) if single is None else single
        return tuple([self._outputs(row, facts) for row in rows])

    def explain(self, facts: Facts) -> Explained:
        rows = self.rows(facts)
        told = tuple(self._spoken(row, facts) for row in rows)
        found = (self._sum(rows, facts),) if self.table.hit == "sum" else tuple(one.outputs for one in told)
        unknown = tuple(
            name for place, name in enumerate(self.table.inputs)
            if facts[name] is None and any(not (one.tests[place].any or one.tests[place].null) for one in self.entries)
        )  # fmt: skip
        return Explained(found, told, unknown)

    def over(self, columns: Mapping[str, Column], size: int) -> Spread:
        """The same for a population of `size`; a column of words is an array of objects."""
        return spread(self.table, self.entries, self.grid or self.rows, columns, size, self._given)

    def _spoken(self, row: int, facts: Facts) -> Spoken:
        entry = self.entries[row]
        tests = tuple(
            (name, _shown(facts[name]), cell.source)
            for name, cell in zip(self.table.inputs, entry.tests, strict=True)
            if not cell.any
        )
        return Spoken(entry.line, entry.note, tests, self._outputs(row, facts))

    def _outputs(self, row: int, facts: Facts) -> Found:
        fixed = self._constant[row]
        if fixed is not None:
            return fixed
        return {
            name: output.value if output.constant or output.expression is None
            else output.expression.value(facts)  # type: ignore[arg-type]
            for name, output in zip(self.table.outputs, self.entries[row].outputs, strict=True)
        }  # fmt: skip

    def _known(self, cells: Sequence[Sequence[int]]) -> list[tuple[Found, ...]] | None:
        """The answer of every cell, where none has to be calculated; those of one row are one object."""
        single = self._single
        if self.table.hit == "sum" or None in single:
            return None
        every = [found for found in self._constant if found is not None]
        return [(single[rows[0]] or ()) if len(rows) == 1 else tuple(every[row] for row in rows) for rows in cells]

    def _fixed(self, entry: Entry) -> Found | None:
        if not all(output.constant for output in entry.outputs):
            return None
        pairs = zip(self.table.outputs, entry.outputs, strict=True)
        return MappingProxyType({name: output.value for name, output in pairs})

    def _sum(self, rows: Sequence[int], facts: Facts) -> Found:
        total: dict[str, Value] = dict.fromkeys(self.table.outputs, 0)
        for row in rows:
            outputs = self._outputs(row, facts)
            for name, output in zip(self.table.outputs, self.entries[row].outputs, strict=True):
                if output.source:
                    sofar, value = total[name], outputs[name]
                    total[name] = sofar + value if isinstance(sofar, int) and isinstance(value, int) else None
        return total


def compile_table(table: DecisionTable) -> CompiledTable:
    return CompiledTable(table)


def _shown(value: Value) -> str | None:
    return text(value) if isinstance(value, int) else value
