"""Arithmetic of limit and price tables: `min(cap, sales_12m * 0.12) - 5000`, compiled to a closure and to arrays.

Numbers are micro-units (six decimals); + and - are exact, * and / round half up at the sixth place. A missing fact
makes the whole value missing: it is never taken for zero.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from zhiwei.tables import exact
from zhiwei.tables.cells import Column
from zhiwei.tables.scale import MICRO, micro, text
from zhiwei.values import half_up

Facts = Mapping[str, int | None]
Compiled = Callable[[Facts], int | None]

_TOKEN = re.compile(r"\s*(?:([0-9]+(?:\.[0-9]+)?)|([a-z_][a-z0-9_]*)|(.))", re.IGNORECASE)
LONGEST = 100  # words and signs: a term is read by people
FUNCTIONS = ("min", "max", "abs")


class Node(NamedTuple):
    """A number, a name, or an operation (+ - * / min max abs) on its parts."""

    kind: str
    number: int = 0
    name: str = ""
    parts: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """`names` are the facts it needs; call `value(facts)` for micro-units or None."""

    source: str
    tree: Node = field(repr=False)
    names: frozenset[str]
    value: Compiled = field(repr=False, compare=False)

    def bound(self, numbers: Mapping[str, int]) -> "Expression":
        """The same with these names replaced by their values, and what then is constant computed once."""
        return _expression(self.source, _folded(self.tree, numbers))

    def over(self, columns: Mapping[str, Column], size: int) -> Column:
        """Micro-units of a population, and where present; of `dtype` object only where one does not fit 64 bits."""
        try:
            values, present = _over(self.tree, columns)
        except OverflowError:
            return self._row_by_row(columns, size)
        return np.broadcast_to(values, size), np.broadcast_to(present, size)

    def _row_by_row(self, columns: Mapping[str, Column], size: int) -> Column:
        lists = {name: (columns[name][0].tolist(), columns[name][1].tolist()) for name in self.names}
        found = [
            self.value({name: values[row] if present[row] else None for name, (values, present) in lists.items()})
            for row in range(size)
        ]
        present = np.array([value is not None for value in found], dtype=bool)
        values = np.array([0 if value is None else value for value in found], dtype=object)
        fits = all(abs(value) < 2**63 for value in values)
        return (values.astype(np.int64) if fits else values), present


def parse_expression(source: str) -> Expression:
    """ValueError names the place (1-based character) of what cannot be read."""
    parser = _Parser(source)
    tree = parser.sum()
    parser.expect_end()
    return _expression(source, tree)


def _expression(source: str, tree: Node) -> Expression:
    return Expression(source, tree, frozenset(_names(tree)), _compiled(tree))


def _names(tree: Node) -> set[str]:
    return {tree.name} if tree.kind == "name" else {name for part in tree.parts for name in _names(part)}


def written(tree: Node) -> str:
    """A tree as text, with brackets only where precedence asks for them; parsing it gives the tree."""
    if tree.kind == "number":
        return text(tree.number) if tree.number >= 0 else f"(0 - {text(-tree.number)})"
    if tree.kind == "name":
        return tree.name
    parts = [written(part) for part in tree.parts]
    if tree.kind in FUNCTIONS:
        return f"{tree.kind}({', '.join(parts)})"
    for place, part in enumerate(tree.parts):
        if part.kind in ("+-*/" if place and tree.kind in "*/" else "+-" if place or tree.kind in "*/" else ""):
            parts[place] = f"({parts[place]})"
    return f" {tree.kind} ".join(parts)


class _Parser:
    """Precedence climbing over two levels; each method returns a tree."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = [(m.start(m.lastindex or 0), m.lastindex, m.group(m.lastindex or 0)) for m in self._scan()]
        self.at = 0
        if len(self.tokens) > LONGEST:
            place = self.tokens[LONGEST][0] + 1
            raise ValueError(f"longer than {LONGEST} words and signs (from character {place} of {source!r})")

    def _scan(self) -> list[re.Match[str]]:
        return [m for m in _TOKEN.finditer(self.source.rstrip()) if m.lastindex]

    def sum(self) -> Node:
        return self._chain("+-", self.product)

    def product(self) -> Node:
        return self._chain("*/", self.factor)

    def _chain(self, operators: str, operand: Callable[[], Node]) -> Node:
        left = operand()
        while (operator := self._peek()) and operator in operators:
            self.at += 1
            left = Node(operator, parts=(left, operand()))
        return left

    def factor(self) -> Node:
        if self.at >= len(self.tokens):
            raise ValueError(f"{self.source!r} ends at character {self._place()} where a value is expected")
        place, kind, word = self.tokens[self.at]
        self.at += 1
        if kind == 1:
            if len(word.partition(".")[2]) > 6:
                raise ValueError(f"more than six decimals at character {place + 1} of {self.source!r}")
            return Node("number", micro(word))
        if kind == 2 and self._peek() == "(":
            return self._call(word, place)
        if kind == 2:
            return Node("name", name=word)
        if word == "-":
            return Node("-", parts=(Node("number"), self.factor()))
        if word == "(":
            inner = self.sum()
            self._take(")")
            return inner
        raise ValueError(f"unexpected {word!r} at character {place + 1} of {self.source!r}")

    def _call(self, word: str, place: int) -> Node:
        if word not in FUNCTIONS:
            raise ValueError(f"no function {word!r} (character {place + 1}); there are {', '.join(FUNCTIONS)}")
        self._take("(")
        arguments = [self.sum()]
        while self._peek() == ",":
            self.at += 1
            arguments.append(self.sum())
        self._take(")")
        if (word == "abs") != (len(arguments) == 1):
            many = "one value" if word == "abs" else "two values or more"
            raise ValueError(f"{word}() takes {many} (character {place + 1} of {self.source!r})")
        return Node(word, parts=tuple(arguments))

    def _peek(self) -> str | None:
        return self.tokens[self.at][2] if self.at < len(self.tokens) else None

    def _take(self, word: str) -> None:
        if self._peek() != word:
            raise ValueError(f"expected {word!r} at character {self._place()} of {self.source!r}")
        self.at += 1

    def _place(self) -> int:
        """1-based character of what comes next."""
        return self.tokens[self.at][0] + 1 if self.at < len(self.tokens) else len(self.source.rstrip()) + 1

    def expect_end(self) -> None:
        if self.at < len(self.tokens):
            place, _, word = self.tokens[self.at]
            raise ValueError(f"unexpected {word!r} at character {place + 1} of {self.source!r}")


# --- one by one -------------------------------------------------------------------------------------------------------

_OPERATIONS: dict[str, Callable[..., int | None]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: half_up(a * b, MICRO),
    "/": lambda a, b: half_up(a * MICRO, b) if b else None,
    "min": min,
    "max": max,
    "abs": abs,
}


def _compiled(tree: Node) -> Compiled:
    if tree.kind == "number":
        number = tree.number
        return lambda facts: number
    if tree.kind == "name":
        name = tree.name
        return lambda facts: facts[name]
    operation, parts = _OPERATIONS[tree.kind], [_compiled(part) for part in tree.parts]
    if len(parts) == 2:
        return _pair(operation, parts[0], parts[1])

    def compiled(facts: Facts) -> int | None:
        values = [part(facts) for part in parts]
        return None if None in values else operation(*values)

    return compiled


def _pair(operation: Callable[..., int | None], left: Compiled, right: Compiled) -> Compiled:
    def compiled(facts: Facts) -> int | None:
        first, second = left(facts), right(facts)
        return None if first is None or second is None else operation(first, second)

    return compiled


def _folded(tree: Node, numbers: Mapping[str, int]) -> Node:
    if tree.kind == "name":
        return Node("number", numbers[tree.name]) if tree.name in numbers else tree
    parts = tuple(_folded(part, numbers) for part in tree.parts)
    if parts and all(part.kind == "number" for part in parts):
        found = _OPERATIONS[tree.kind](*(part.number for part in parts))
        if found is not None:
            return Node("number", found)
    return tree._replace(parts=parts)


# --- over a population ------------------------------------------------------------------------------------------------


def _over(tree: Node, columns: Mapping[str, Column]) -> Column:
    if tree.kind == "number":
        if abs(tree.number) >= 2**63:
            raise OverflowError
        return np.array(tree.number, dtype=np.int64), np.array(True)
    if tree.kind == "name":
        return columns[tree.name]
    values, present = _over(tree.parts[0], columns)
    if tree.kind == "abs":
        return np.abs(exact.plus(values, np.zeros(1, np.int64))), present
    for part in tree.parts[1:]:
        right, there = _over(part, columns)
        present = present & there
        if tree.kind == "/":
            present = present & (right != 0)
            right = np.where(right == 0, 1, right)
        values = exact.OPERATIONS[tree.kind](values, right)
    return values, present
