"""From facts to the rows that hold by one look-up: every combination of what tests can tell apart has a cell.

Where that takes not many more cells than there are rows, as in a price list by region and industry. Values on which no
test of an input differs share a class, and the classes of all inputs number the cells. So a look-up touches a small
dictionary an input and one cell, however many rows there are; a tree of thousands of rows has thousands of leaves all
over memory, and a processor waits for each.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from math import gcd, prod

import numpy as np
from numpy.typing import NDArray

from zhiwei.tables.cells import Cell, Column, Value
from zhiwei.tables.splits import Split

Facts = Mapping[str, Value]
Rows = Sequence[tuple[int, tuple[Cell, ...]]]
_SPREAD, _LEAST = 4, 4_096  # cells for each row, and those that any table may have


class Classes:
    """One input: segments on which the same rows hold are one class; `of` gives each row its classes."""

    def __init__(self, name: str, cells: Sequence[Cell]) -> None:
        self.name, self.split = name, Split(cells)
        holding: list[list[int]] = [[] for _ in range(self.split.size)]
        segments = [self.split.segments(cell) for cell in cells]
        for row, some in enumerate(segments):
            for segment in some:
                holding[segment].append(row)
        numbered: dict[tuple[int, ...], int] = {}
        self.classes = [numbered.setdefault(tuple(rows), len(numbered)) for rows in holding]
        self.size = len(numbered)
        self.of = [sorted({self.classes[segment] for segment in some}) for some in segments]
        self.points = all(span.low == span.high for cell in cells for span in cell.spans)
        self.ruler = self._ruler() if self.points and self.split.cuts else None

    def _ruler(self) -> tuple[int, int, NDArray[np.int64]] | None:
        """Lowest number, step, and a class for each step: single numbers on a short ruler need not be searched."""
        cuts = self.split.cuts
        numbers = cuts[::2]
        if cuts != [cut for number in numbers for cut in (number, number + 1)]:
            return None  # two of them are next to each other
        step = gcd(*(number - numbers[0] for number in numbers)) or 1
        if (numbers[-1] - numbers[0]) // step >= _SPREAD * len(numbers) + _LEAST:
            return None
        marks = range(numbers[0], numbers[-1] + 1, step)
        return numbers[0], step, np.array([self.classes[self.split.segment(mark)] for mark in marks])

    def code(self, stride: int) -> Callable[[Value], int]:
        """A value's class times the stride."""
        coded, split = [place * stride for place in self.classes], self.split
        other, number, missing = coded[split.other], coded[1], coded[0]
        known: dict[Value, int] = {word: coded[segment] for word, segment in split.words.items()}
        cuts = split.cuts
        if self.points:
            known |= {cut: coded[place + 2] for place, cut in enumerate(cuts)}
            known[None] = missing

            def by_value(value: Value) -> int:
                found = known.get(value)
                return found if found is not None else other if isinstance(value, str) else number

            return by_value

        def by_range(value: Value) -> int:
            if value is None:
                return missing
            if isinstance(value, str):
                return known.get(value, other)
            return coded[bisect_right(cuts, value) + 1]

        return by_range

    def over(self, column: Column) -> NDArray[np.int64]:
        """The class of each row of a population."""
        values, present = column
        if self.ruler is None or values.dtype != np.int64:
            return np.asarray(self.classes, np.int64).take(self.split.over(column))
        low, step, marked = self.ruler
        place, rest = np.divmod(values - low, step)
        on = (rest == 0) & (place >= 0) & (place < len(marked))
        found = np.where(on, marked.take(place, mode="clip"), self.classes[1])
        return np.where(present, found, self.classes[0])


class Grid:
    """`cells[index(facts)]` are the rows that hold, ascending: all of them, or only the first."""

    def __init__(self, inputs: Sequence[Classes], cells: list[tuple[int, ...]]) -> None:
        self.inputs, self.cells = inputs, cells
        self.index = _index(inputs)

    def rows(self, facts: Facts) -> Sequence[int]:
        return self.cells[self.index(facts)]

    def over(self, columns: Mapping[str, Column], size: int) -> NDArray[np.int64]:
        """The cell of each row of a population."""
        found = np.zeros(size, np.int64)
        for one in self.inputs:
            found = found * one.size + one.over(columns[one.name])
        return found


def lay(rows: Rows, inputs: Sequence[str], *, all_of_them: bool) -> Grid | None:
    """None where it would take too many cells, or too long to fill them."""
    places = [place for place in range(len(inputs)) if not all(tests[place].any for _, tests in rows)]
    most = _SPREAD * len(rows) + _LEAST
    found: list[Classes] = []
    for place in places:
        found.append(Classes(inputs[place], [tests[place] for _, tests in rows]))
        if prod(one.size for one in found) > most:
            return None
    if sum(prod(len(one.of[row]) for one in found) for row in range(len(rows))) > most:
        return None
    cells: list[tuple[int, ...]] = [()] * prod(one.size for one in found)
    for row, (number, _) in enumerate(rows):
        mine = (number,)
        for combined in product(*(one.of[row] for one in found)):
            at = 0
            for one, place in zip(found, combined, strict=True):
                at = at * one.size + place
            if all_of_them or not cells[at]:
                cells[at] = (*cells[at], number) if cells[at] else mine
    return Grid(found, cells)


def _index(inputs: Sequence[Classes]) -> Callable[[Facts], int]:
    coded, stride = list[tuple[str, Callable[[Value], int]]](), 1
    for one in reversed(inputs):
        coded.append((one.name, one.code(stride)))
        stride *= one.size
    if len(coded) == 2:  # without the loop, which costs as much as a look-up
        (one_name, one_code), (other_name, other_code) = coded
        return lambda facts: one_code(facts[one_name]) + other_code(facts[other_name])

    def index(facts: Facts) -> int:
        total = 0
        for name, code in coded:
            total += code(facts[name])
        return total

    return index
