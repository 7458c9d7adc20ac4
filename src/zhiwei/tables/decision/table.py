"""What a decision table is: inputs with tests, outputs with values, and what follows when several rows hold.

first     the first row that holds gives the outputs
priority  of the rows that hold, the one of the highest priority does; among equals, the first
collect   every row that holds gives its outputs, in the order of the rows
sum       the outputs of all rows that hold are added up; an empty output adds nothing

An output is a text in quotes ('single' ones need no doubling in a CSV), a number, an expression over facts, or empty:
then it is missing.
"""

import re
from dataclasses import dataclass, field

from zhiwei.tables.cells import Cell
from zhiwei.tables.expressions import Expression, parse_expression

HITS = ("first", "priority", "collect", "sum")
MOST_ROWS, MOST_COLUMNS = 100_000, 60
_WORD = re.compile(r"""(["'])((?:(?!\1)[^\n])*)\1""")


@dataclass(frozen=True, slots=True)
class Output:
    """`word` or `expression`, or neither: the value is missing."""

    source: str
    word: str | None = None
    expression: Expression | None = None

    @property
    def constant(self) -> bool:
        return self.expression is None or self.expression.tree.kind == "number"

    @property
    def value(self) -> int | str | None:
        """Of a constant one: a number in micro-units, a text, or missing."""
        return self.expression.tree.number if self.expression else self.word


def parse_output(source: str) -> Output:
    """ValueError says what is wrong with it."""
    stripped = source.strip()
    if not stripped:
        return Output("")
    if found := _WORD.fullmatch(stripped):
        return Output(stripped, word=found[2])
    if stripped[0] in "\"'":
        raise ValueError(f"cannot read the text {stripped}")
    # A plain negative number is that number; bound() folds `0 - 5` into one.
    return Output(stripped, expression=parse_expression(stripped).bound({}))


@dataclass(frozen=True, slots=True)
class Entry:
    """A row: a test per input, an output per output column. `line` is where it stands in its file."""

    tests: tuple[Cell, ...]
    outputs: tuple[Output, ...]
    priority: int = 0
    note: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class DecisionTable:
    name: str
    hit: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    entries: tuple[Entry, ...]

    def names(self) -> set[str]:
        """The facts it looks at, in tests and in expressions."""
        used = {
            name
            for entry in self.entries
            for output in entry.outputs
            if output.expression
            for name in output.expression.names
        }
        return {*self.inputs, *used}

    def ordered(self) -> tuple[Entry, ...]:
        """The entries in the order in which they win."""
        if self.hit != "priority":
            return self.entries
        return tuple(sorted(self.entries, key=lambda entry: -entry.priority))

    def column(self, place: int) -> list[Cell]:
        return [entry.tests[place] for entry in self.entries]

    def kind(self, place: int) -> str:
        """`text` or `number`, by the tests of an input; empty where they say neither."""
        cells = self.column(place)
        return "text" if any(cell.words for cell in cells) else "number" if any(cell.spans for cell in cells) else ""
