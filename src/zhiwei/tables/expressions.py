"""Arithmetic of limit and price tables: `min(cap, sales_12m * 0.12) - 5000`, compiled once to a closure.

Numbers are micro-units (six decimals); + and - are exact, * and / round half up at the sixth place. A missing fact
makes the whole value missing: it is never taken for zero.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zhiwei.tables.scale import MICRO, micro
from zhiwei.values import half_up

Facts = Mapping[str, int | None]
Compiled = Callable[[Facts], int | None]

_TOKEN = re.compile(r"\s*(?:([0-9]+(?:\.[0-9]+)?)|([a-z_][a-z0-9_]*)|(.))", re.IGNORECASE)
LONGEST = 100  # words and signs: a term is read by people
_FUNCTIONS: dict[str, Callable[..., int]] = {"min": min, "max": max, "abs": abs}
_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: half_up(a * b, MICRO),
    "/": lambda a, b: half_up(a * MICRO, b),
}


@dataclass(frozen=True, slots=True)
class Expression:
    """`names` are the facts it needs; call `value(facts)` for micro-units or None."""

    source: str
    names: frozenset[str]
    value: Compiled


def parse_expression(source: str) -> Expression:
    """ValueError names the place (1-based character) of what cannot be read."""
    parser = _Parser(source)
    compiled = parser.sum()
    parser.expect_end()
    return Expression(source, frozenset(parser.names), compiled)


class _Parser:
    """Precedence climbing over two levels; each method returns a closure."""

    def __init__(self, source: str) -> None:
        self.source, self.names = source, set[str]()
        self.tokens = [(m.start(m.lastindex or 0), m.lastindex, m.group(m.lastindex or 0)) for m in self._scan()]
        self.at = 0
        if len(self.tokens) > LONGEST:
            place = self.tokens[LONGEST][0] + 1
            raise ValueError(f"longer than {LONGEST} words and signs (from character {place} of {source!r})")

    def _scan(self) -> list[re.Match[str]]:
        return [m for m in _TOKEN.finditer(self.source.rstrip()) if m.lastindex]

    def sum(self) -> Compiled:
        return self._chain("+-", self.product)

    def product(self) -> Compiled:
        return self._chain("*/", self.factor)

    def _chain(self, operators: str, operand: Callable[[], Compiled]) -> Compiled:
        left = operand()
        while (operator := self._peek()) and operator in operators:
            self.at += 1
            left = _apply(_OPERATIONS[operator], left, operand())
        return left

    def factor(self) -> Compiled:
        if self.at >= len(self.tokens):
            raise ValueError(f"{self.source!r} ends at character {self._place()} where a value is expected")
        place, kind, word = self.tokens[self.at]
        self.at += 1
        if kind == 1:
            if len(word.partition(".")[2]) > 6:
                raise ValueError(f"more than six decimals at character {place + 1} of {self.source!r}")
            number = micro(word)
            return lambda facts: number
        if kind == 2 and self._peek() == "(":
            return self._call(word, place)
        if kind == 2:
            self.names.add(word)
            return lambda facts: facts[word]
        if word == "-":
            inner = self.factor()
            return _apply(lambda a, b: a - b, lambda facts: 0, inner)
        if word == "(":
            inner = self.sum()
            self._take(")")
            return inner
        raise ValueError(f"unexpected {word!r} at character {place + 1} of {self.source!r}")

    def _call(self, word: str, place: int) -> Compiled:
        if word not in _FUNCTIONS:
            raise ValueError(f"no function {word!r} (character {place + 1}); there are {', '.join(_FUNCTIONS)}")
        self._take("(")
        arguments = [self.sum()]
        while self._peek() == ",":
            self.at += 1
            arguments.append(self.sum())
        self._take(")")
        if (word == "abs") != (len(arguments) == 1):
            many = "one value" if word == "abs" else "two values or more"
            raise ValueError(f"{word}() takes {many} (character {place + 1} of {self.source!r})")
        return _apply_all(_FUNCTIONS[word], arguments)

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


def _apply(operation: Callable[[int, int], int], left: Compiled, right: Compiled) -> Compiled:
    return _apply_all(operation, [left, right])


def _apply_all(operation: Callable[..., int], arguments: list[Compiled]) -> Compiled:
    def compiled(facts: Facts) -> int | None:
        values = [argument(facts) for argument in arguments]
        if any(value is None for value in values):
            return None
        try:
            return operation(*values)
        except ZeroDivisionError:
            return None

    return compiled
