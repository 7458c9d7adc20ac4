"""What reading a file gave: tables of typed records, and every row that could not be understood, by its place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from zhiwei.borrower.covers import Cover
from zhiwei.borrower.records import KINDS

MOST_PROBLEMS = 1000  # of a file; a file with more is of another kind than one thought


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell or element that says nothing usable. `place` is in the file's own terms: row 12, Entry[7]."""

    place: str
    column: str
    value: str
    problem: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """`tables`: kind of record -> rows of that kind's schema. Rows with a problem are in no table.

    `warnings` counts what was understood and is odd (a total that differs from its parts). `facts` are what the file
    says of itself: opening balance, account, period. `covered`: the days that the file says it speaks for, whatever
    rows it has; empty where it does not say, as a plain table.
    """

    tables: dict[str, pa.Table] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    facts: dict[str, str] = field(default_factory=dict)
    covered: list[Cover] = field(default_factory=list)

    def rows(self) -> int:
        return sum(table.num_rows for table in self.tables.values())


def table_of(kind: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table of their kind; a column that a row does not name is null."""
    return pa.Table.from_pylist(list(rows), schema=KINDS[kind].schema)
