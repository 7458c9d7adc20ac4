"""From facts to the rows that hold, in a time that does not grow with the table.

Rows are sorted into a tree: at each branch one input is looked up, by its value where all tests name values, among cut
points where they are ranges. A few rows that are left are tested one by one.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from zhiwei.tables.cells import Cell, Value
from zhiwei.tables.splits import Split

Facts = Mapping[str, Value]
Find = Callable[[Facts], Sequence[int]]
_FEW = 3  # rows that are faster tested than looked up
_SPREAD = 4  # how many times a row may be repeated in the branches, on the average

Test = tuple[str, Callable[[Value], bool]]
Rows = Sequence[tuple[int, tuple[Cell, ...]]]


class _Branch(NamedTuple):
    place: int
    split: Split
    parts: list[list[int]]  # rows by segment


def grow(rows: Rows, inputs: Sequence[str], *, all_of_them: bool) -> Find:
    """A function from facts to the rows that hold, ascending: all of them, or only the first."""
    return _Tree(rows, inputs, all_of_them).grown(list(range(len(rows))), frozenset(range(len(inputs))))


class _Tree:
    def __init__(self, rows: Rows, inputs: Sequence[str], all_of_them: bool) -> None:
        self.rows, self.inputs, self.all = rows, inputs, all_of_them

    def grown(self, rows: list[int], places: frozenset[int]) -> Find:
        branch = self._branch(rows, places) if len(rows) > _FEW else None
        if branch is None:
            return self._leaf(rows, places)
        left = places - {branch.place}
        made: dict[tuple[int, ...], Find] = {}
        children = []
        for part in branch.parts:
            key = tuple(part)
            if key not in made:
                made[key] = self.grown(part, left)
            children.append(made[key])
        name, cuts, split = self.inputs[branch.place], branch.split.cuts, branch.split
        if self._points(rows, branch.place):
            return _by_value(name, split, children)
        if split.words:
            return lambda facts: children[split.segment(facts[name])](facts)

        def by_range(facts: Facts) -> Sequence[int]:
            value = facts[name]
            return children[0 if value is None else bisect_right(cuts, value) + 1](facts)

        return by_range

    def _points(self, rows: list[int], place: int) -> bool:
        """Do all tests name single numbers?"""
        cells = (self.rows[row][1][place] for row in rows)
        return all(cell.any or all(span.low == span.high for span in cell.spans) for cell in cells)

    def _branch(self, rows: list[int], places: frozenset[int]) -> _Branch | None:
        """The input after which the fewest rows are left in the worst branch, if that is any help."""
        best: tuple[int, int] | None = None
        splits: dict[int, Split] = {}
        for place in sorted(places):
            cells = [self.rows[row][1][place] for row in rows]
            if all(cell.any for cell in cells):
                continue
            split = splits[place] = Split(cells)
            counts = [0] * (split.size + 1)
            repeated = 0
            for cell in cells:
                segments = split.segments(cell)
                repeated += len(segments)
                if repeated > _SPREAD * len(rows) + 64:
                    break
                for segment in segments:
                    counts[segment] += 1
            else:
                worst = max(counts)
                if worst < len(rows) and (best is None or worst < best[0]):
                    best = (worst, place)
        if best is None:
            return None
        place = best[1]
        parts: list[list[int]] = [[] for _ in range(splits[place].size)]
        for row in rows:
            for segment in splits[place].segments(self.rows[row][1][place]):
                parts[segment].append(row)
        return _Branch(place, splits[place], parts)

    def _leaf(self, rows: list[int], places: frozenset[int]) -> Find:
        tested: list[tuple[int, tuple[Test, ...]]] = []
        for row in rows:
            cells = self.rows[row][1]
            tests = tuple((self.inputs[place], cells[place].holds) for place in sorted(places) if not cells[place].any)
            tested.append((row, tests))
            if not tests and not self.all:
                break
        if all(not tests for _, tests in tested):
            known = tuple(row for row, _ in tested)
            return lambda facts: known
        return _every(tested) if self.all else _first(tested)


def _by_value(name: str, split: Split, children: list[Find]) -> Find:
    by_value: dict[Value, Find] = {None: children[0]}
    for word, segment in split.words.items():
        by_value[word] = children[segment]
    for place, cut in enumerate(split.cuts):
        by_value[cut] = children[place + 2]
    other, number = children[split.other], children[1]

    def found(facts: Facts) -> Sequence[int]:
        value = facts[name]
        child = by_value.get(value)
        if child is None:
            child = other if isinstance(value, str) else number
        return child(facts)

    return found


def _first(tested: list[tuple[int, tuple[Test, ...]]]) -> Find:
    def found(facts: Facts) -> Sequence[int]:
        for row, tests in tested:
            for name, holds in tests:
                if not holds(facts[name]):
                    break
            else:
                return (row,)
        return ()

    return found


def _every(tested: list[tuple[int, tuple[Test, ...]]]) -> Find:
    def found(facts: Facts) -> Sequence[int]:
        return [row for row, tests in tested if all(holds(facts[name]) for name, holds in tests)]

    return found
