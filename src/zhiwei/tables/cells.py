"""Cells of a decision table in the syntax of JDM unary tests, compiled to closures and to array expressions.

A cell is empty or `-` (any value), `null`, a comparison `< 5`, `>= 0.3`, `== 1`, `!= 1`, an interval `[1..5)`, a value
`12`, `"A"` or `'A'`, or several of these with commas (any of them). A missing value meets no test but `null` and `-`:
where zen answers otherwise or raises, docs/decisions/0004 says why.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhiwei.tables.scale import micro, text

Value = int | str | None
Column = tuple[NDArray[Any], NDArray[np.bool_]]  # micro-units (or words, as objects), and where they are present

_NUMBER = r"-?[0-9]+(?:\.[0-9]{1,6})?"
_COMPARISON = re.compile(rf"(<=|>=|==|!=|<|>)\s*({_NUMBER})")
_INTERVAL = re.compile(rf"([\[(])\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*([\])])")
_PART = re.compile(r"""\s*("[^"]*"|'[^']*'|[^,"']+?)\s*(,|\Z)""")
_EXPECTED = 'expected for example: < 5, [1..5), "A", null or -, with at most six decimals'


@dataclass(frozen=True, slots=True)
class Span:
    """An interval of micro-units, both ends included; None is unbounded. Open ends move by one micro-unit."""

    low: int | None
    high: int | None

    def holds(self, value: int) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Cell:
    """A parsed cell: `any`, or a union of spans, words and (if `null`) the missing value.

    `holds` is the compiled test: value -> does it hold; numbers come as micro-units, a missing value as None.
    """

    source: str
    spans: tuple[Span, ...] = ()
    words: tuple[str, ...] = ()
    null: bool = False
    any: bool = False
    holds: Callable[[Value], bool] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "holds", self._compiled())

    def _compiled(self) -> Callable[[Value], bool]:
        """One span alone, as most cells are, becomes a comparison or two; the rest walks through its parts."""
        if self.any:
            return lambda value: True
        if len(self.spans) != 1 or self.words or self.null:
            return self._general
        low, high = self.spans[0].low, self.spans[0].high
        if low is None and high is not None:
            return lambda value: isinstance(value, int) and value <= high
        if high is None and low is not None:
            return lambda value: isinstance(value, int) and value >= low
        return lambda value: isinstance(value, int) and (low or 0) <= value <= (high or 0)

    def _general(self, value: Value) -> bool:
        if value is None:
            return self.null
        if isinstance(value, str):
            return value in self.words
        return any(span.holds(value) for span in self.spans)

    def over(self, column: Column) -> NDArray[np.bool_]:
        """The same test over a population: one boolean per row."""
        values, present = column
        if self.any:
            return np.ones(len(values), dtype=bool)
        if values.dtype.kind in "OU":
            return np.where(present, np.isin(values.astype(str), self.words), self.null)
        met = np.zeros(len(values), dtype=bool)
        for span in self.spans:
            hit = np.ones(len(values), dtype=bool)
            if span.low is not None:
                hit &= values >= span.low
            if span.high is not None:
                hit &= values <= span.high
            met |= hit
        return np.where(present, met, self.null)


def parse_cell(source: str) -> Cell:
    """A cell from its text. ValueError says what is wrong with it."""
    stripped = source.strip()
    if stripped in ("", "-"):
        return Cell(stripped, any=True)
    spans: list[Span] = []
    words: list[str] = []
    null = False
    for part in parts(stripped):
        if part == "null":
            null = True
        elif part[0] in "\"'":
            words.append(part[1:-1])
        else:
            spans.extend(_spans(part, source))
    return Cell(stripped, tuple(spans), tuple(words), null)


def parts(source: str) -> list[str]:
    """The tests of a cell, which commas part, as they are written."""
    found: list[str] = []
    stripped, at, more = source.strip(), 0, ","
    while more:
        match = _PART.match(stripped, at)
        if match is None:
            raise ValueError(f"cannot read {stripped[at:]!r} in test {source!r}; {_EXPECTED}")
        at, more = match.end(), match[2]
        found.append(match[1])
    return found


def _spans(part: str, source: str) -> list[Span]:
    if interval := _INTERVAL.fullmatch(part):
        left, low, high, right = interval.groups()
        span = Span(micro(low) + (left == "("), micro(high) - (right == ")"))
        if span.low is not None and span.high is not None and span.low > span.high:
            raise ValueError(f"empty interval {part!r}")
        return [span]
    if comparison := _COMPARISON.fullmatch(part):
        operator, number = comparison.groups()
        at = micro(number)
        return {
            "<": [Span(None, at - 1)],
            "<=": [Span(None, at)],
            ">": [Span(at + 1, None)],
            ">=": [Span(at, None)],
            "==": [Span(at, at)],
            "!=": [Span(None, at - 1), Span(at + 1, None)],
        }[operator]
    if re.fullmatch(_NUMBER, part):
        return [Span(micro(part), micro(part))]
    raise ValueError(f"cannot read {part!r} in test {source!r}; {_EXPECTED}")


def uncovered(cells: list[Cell]) -> list[str]:
    """What is wrong with cells that should split the numbers: gaps and overlaps, in words; [] when they split them."""
    if any(cell.any for cell in cells):
        return []
    spans = sorted((span for cell in cells for span in cell.spans), key=lambda s: -(10**30) if s.low is None else s.low)
    if not spans:
        return ["nothing covers any number"]
    problems = []
    if spans[0].low is not None:
        problems.append(f"nothing covers values below {text(spans[0].low)}")
    reach = spans[0].high  # None: without end
    for span in spans[1:]:
        if reach is None or span.low is None or span.low <= reach:
            ends = [end for end in (span.low, reach, span.high) if end is not None]
            problems.append(f"bins overlap at {text(ends[0] if ends else 0)}")
        elif span.low > reach + 1:
            problems.append(f"nothing covers values between {text(reach)} and {text(span.low)}")
        reach = None if reach is None or span.high is None else max(reach, span.high)
    if reach is not None:
        problems.append(f"nothing covers values above {text(reach)}")
    return problems
