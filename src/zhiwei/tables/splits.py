"""One column of tests, split where any of them changes: a value is looked up once for all tests on it.

Segments are numbered: 0 is the missing value, then the numbers from the lowest up, then any word that no cell names,
then each word that one does. Every test of the column is constant on a segment.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhiwei.tables.cells import Cell, Column, Value
from zhiwei.tables.scale import text

_FEW = 12  # cuts up to which comparing with each is faster than searching


class Split:
    """Where the tests of a column change, and what holds between."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        numbers: set[int] = set()
        words: dict[str, int] = {}
        for cell in cells:
            for span in cell.spans:
                if span.low is not None:
                    numbers.add(span.low)
                if span.high is not None:
                    numbers.add(span.high + 1)
            words.update(dict.fromkeys(cell.words, 0))
        self.cuts = sorted(numbers)
        self.other = len(self.cuts) + 2
        self.words = {word: self.other + 1 + place for place, word in enumerate(words)}
        self.size = self.other + 1 + len(words)

    def segment(self, value: Value) -> int:
        if value is None:
            return 0
        if isinstance(value, str):
            return self.words.get(value, self.other)
        return bisect_right(self.cuts, value) + 1

    def segments(self, cell: Cell) -> Sequence[int]:
        """Those on which a cell holds, ascending."""
        if cell.any:
            return range(self.size)
        spans = sorted(
            (0 if span.low is None else bisect_right(self.cuts, span.low),
             len(self.cuts) if span.high is None else bisect_right(self.cuts, span.high))
            for span in cell.spans
        )  # fmt: skip
        numbers = chain.from_iterable(range(low + 1, high + 2) for low, high in spans)
        words = (self.words[word] for word in cell.words)
        found = [*([0] if cell.null else []), *numbers, *words]
        return found if len(cell.spans) + len(cell.words) < 2 else sorted(set(found))

    def over(self, column: Column) -> NDArray[Any]:
        """The segment of each row of a population."""
        values, present = column
        if values.dtype.kind in "OU":
            known, segment = self.words.get, self.segment
            listed = [known(value) or segment(value) for value in values.tolist()]  # a word's segment is never 0
            return np.array(listed, dtype=np.int64) * present
        if len(self.cuts) > _FEW:
            found = np.searchsorted(np.asarray(self.cuts, np.int64), values, side="right") + 1
            return found * present
        small = np.ones(len(values), dtype=np.uint8)
        for cut in self.cuts:
            small += values >= cut
        return small * present

    def said(self, segment: int) -> str:
        """A segment in the words of a cell."""
        if segment == 0:
            return "null"
        if segment == self.other:
            return "any other word" if self.words else "any word"
        if segment > self.other:
            return next(f'"{word}"' for word, place in self.words.items() if place == segment)
        low = self.cuts[segment - 2] if segment > 1 else None
        high = self.cuts[segment - 1] if segment - 1 < len(self.cuts) else None
        if low is None or high is None:
            return "any number" if low is high else f"< {text(high or 0)}" if low is None else f">= {text(low)}"
        return text(low) if high == low + 1 else f"[{text(low)}..{text(high)})"
