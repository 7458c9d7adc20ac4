"""Cells and expressions as zen evaluates them to our result, missing values included, and back.

To zen a missing value cannot be compared or calculated with (docs/decisions/0004). So a comparison is written with a
value that stands in where there is none, `$ ?? 7 < 5`, and an expression first asks whether all it needs is there.
"""

import re

from zhiwei.tables.cells import Cell, Span, parse_cell, parts
from zhiwei.tables.decision.table import Output, parse_output
from zhiwei.tables.expressions import FUNCTIONS, Expression, Node, parse_expression, written
from zhiwei.tables.scale import text

_STANDS_IN = re.compile(r"\$ \?\? (-?[0-9.]+) (.+)")
_OTHERWISE = " ? null : "
_PLAIN = re.compile(r'"[^"]*"|\'[^\']*\'|null|-?[0-9.]+|==.*')
_ANY_NUMBER = "$ != null"


def jdm_cell(cell: Cell) -> str:
    """A unary test that means the same to zen, on a missing value too."""
    if cell.any:
        return ""
    tests = parts(cell.source)
    if all(_PLAIN.fullmatch(test) for test in tests):
        return ", ".join(tests)
    stand_in = _inside(cell.spans) if cell.null else _outside(cell.spans)
    if stand_in is None:
        return _ANY_NUMBER
    guard = f"$ ?? {text(stand_in)}"
    return " or ".join(f"{guard} {_operator(test)}" for test in tests if test != "null")


def _operator(test: str) -> str:
    if test[0] in "[(":
        return f"in {test}"
    if test[0] in "<>!=":
        return re.sub(r"^([<>!=]+)\s*", r"\1 ", test)
    return f"== {test}"


def _inside(spans: tuple[Span, ...]) -> int:
    return next(end for end in (spans[0].low, spans[0].high, 0) if end is not None)


def _outside(spans: tuple[Span, ...]) -> int | None:
    """A number that no span holds; None where they hold all."""
    ends = [end for span in spans for end in (span.low and span.low - 1, span.high and span.high + 1)]
    every = [0, -1, 1, *(end for end in ends if end is not None)]
    return next((value for value in every if not any(span.holds(value) for span in spans)), None)


def read_jdm_cell(source: str) -> Cell:
    """Our cell for a unary test. ValueError where it is of a kind that our tables do not have."""
    stripped = source.strip()
    if stripped == _ANY_NUMBER:
        return parse_cell("< 0, >= 0")
    if "$" not in re.sub(r"""(["']).*?\1""", "", stripped):
        if stripped.startswith("not "):
            raise ValueError(f"{stripped!r} has no place in a table; write the tests it leaves")
        return parse_cell(stripped)
    tests, values = [], set()
    for part in stripped.split(" or "):
        found = _STANDS_IN.fullmatch(part.strip())
        if found is None:
            raise ValueError(f"{stripped!r} has no place in a table: an expression, where a test such as > 5 is meant")
        values.add(found[1])
        tests.append(found[2].removeprefix("in ").strip())
    cell = parse_cell(", ".join(tests))
    if len(values) == 1 and cell.holds(parse_cell(values.copy().pop()).spans[0].low):
        return parse_cell(", ".join(["null", *tests]))
    return cell


def jdm_output(output: Output) -> str:
    if output.expression is not None:
        return jdm_expression(output.expression)
    return output.source


def read_jdm_output(source: str) -> Output:
    """Our output for a JDM cell. ValueError where it is of a kind that our tables do not have."""
    stripped = source.strip()
    if stripped in ("", "null"):
        return parse_output("")
    if stripped in ("true", "false"):
        raise ValueError(f"{stripped} has no place in a table; write 1 and 0, or a text")
    if stripped[0] in "\"'":
        return parse_output(stripped)
    tree = read_jdm_expression(stripped).tree
    return parse_output(text(tree.number) if tree.kind == "number" else written(tree))


def jdm_expression(expression: Expression) -> str:
    """zen's expression for the same value: rounded at the sixth place, null where a name or a quotient is missing."""
    if expression.tree.kind == "number":
        return text(expression.tree.number)
    asked = [f"{name} == null" for name in sorted(expression.names)]
    asked += [f"{_rendered(divisor)} == 0" for divisor in _divisors(expression.tree)]
    body = _rendered(expression.tree)
    return f"{' or '.join(asked)}{_OTHERWISE}{body}" if asked else body


def read_jdm_expression(source: str) -> Expression:
    """Our expression for zen's. ValueError where it has something that ours have not."""
    asked, otherwise, body = source.partition(_OTHERWISE)
    plain = (body if otherwise else source).replace("round(", "(").replace(", 6)", ")")
    plain = re.sub(r"\b(min|max)\(\[", r"\1(", plain).replace("])", ")")
    found = parse_expression(plain).bound({})
    if otherwise and jdm_expression(found) != source:
        raise ValueError(f"{source!r} has no place in a table: our expressions ask by themselves, and not {asked!r}")
    return found


def _divisors(tree: Node) -> list[Node]:
    """Those that may be zero, the innermost first: only after them can the outer ones be calculated."""
    found = [divisor for part in tree.parts for divisor in _divisors(part)]
    return [*found, tree.parts[1]] if tree.kind == "/" else found


def _rendered(tree: Node) -> str:
    if tree.kind == "number":
        return text(tree.number) if tree.number >= 0 else f"(0 - {text(-tree.number)})"
    if tree.kind == "name":
        return tree.name
    each = [_rendered(part) for part in tree.parts]
    if tree.kind in FUNCTIONS:
        return f"abs({each[0]})" if tree.kind == "abs" else f"{tree.kind}([{', '.join(each)}])"
    for place, part in enumerate(tree.parts):
        if part.kind in ("+", "-") and (place or tree.kind in "*/"):
            each[place] = f"({each[place]})"
    both = f" {tree.kind} ".join(each)
    return f"round({both}, 6)" if tree.kind in "*/" else both
