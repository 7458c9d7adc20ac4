"""Limit, price and grade tables: named terms whose smallest is the limit, whose sum is the price."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhiwei.tables import MICRO, Cell, Expression, Problem, did_you_mean, parse_cell, parse_expression, read_rows, text

TERM_COLUMNS = ("term", "value", "zh", "en")
GRADE_COLUMNS = ("grade", "pd", "zh", "en")
OTHERS = "others"
"""In the value of one term: the least of all other terms of its table."""
_OTHERS = re.compile(rf"\b{OTHERS}\b")
RATE_STEP = 100  # rates are whole hundredths of a percent: 0.0001 = 100 micro-units
Facts = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Term:
    name: str
    expression: Expression
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Grade:
    name: str
    cell: Cell


def read_terms(file: str, content: str, known: Collection[str], problems: list[Problem]) -> tuple[Term, ...]:
    """Rows of limit.csv or price.csv; every name in an expression must be a fact, a parameter, pd or score.

    One of them may name `others`.
    """
    terms: list[Term] = []
    rows = read_rows(file, content, TERM_COLUMNS, problems)
    plain = [row["value"] for row in rows if not _OTHERS.search(row["value"])]
    alone = 0 < len(plain) == len(rows) - 1
    for row in rows:
        try:
            expression = parse_expression(_OTHERS.sub(_least(plain), row["value"]) if alone else row["value"])
        except ValueError as error:
            problems.append(Problem(file, row.line, "value", str(error)))
            continue
        for name in sorted(expression.names - set(known)):
            problems.append(Problem(file, row.line, "value", f"unknown name {name!r}", did_you_mean(name, known)))
        if row["term"] in {term.name for term in terms}:
            problems.append(Problem(file, row.line, "term", f"term {row['term']!r} stands twice"))
        terms.append(Term(row["term"], expression, row["zh"], row["en"]))
    if not terms:
        problems.append(Problem(file, 1, "", "the table has no usable rows"))
    return tuple(terms)


def folded(values: Sequence[str]) -> list[str]:
    """The values of a table's terms with `others` where one of them names the least of all others."""
    for place, value in enumerate(values if len(values) > 2 else ()):  # one other may be anybody's words
        before, after = values[:place], values[place + 1 :]
        if (least := _least([*before, *after])) in value:
            return [*before, value.replace(least, OTHERS), *after]
    return list(values)


def _least(values: Sequence[str]) -> str:
    return f"min({', '.join(values)})" if len(values) > 1 else f"({values[0]})"


def read_grades(file: str, content: str, problems: list[Problem]) -> tuple[Grade, ...]:
    """Grades by probability of default, best first; the first that holds is the grade."""
    grades, line = [], 1
    for row in read_rows(file, content, GRADE_COLUMNS, problems):
        try:
            grades.append(Grade(row["grade"], parse_cell(row["pd"])))
        except ValueError as error:
            problems.append(Problem(file, row.line, "pd", str(error)))
            continue
        line = row.line
    if (pd := _ungraded(grades)) is not None:
        problems.append(Problem(file, line, "pd", f"no grade takes the probability {text(pd)}"))
    return tuple(grades)


def _ungraded(grades: list[Grade]) -> int | None:
    """The smallest probability, in micro-units, that no grade takes."""
    if any(grade.cell.any for grade in grades):
        return None
    spans = [span for grade in grades for span in grade.cell.spans]
    at = 1
    while at < MICRO:
        ends = [MICRO if span.high is None else span.high for span in spans if span.holds(at)]
        if not ends:
            return at
        at = max(ends) + 1
    return None


def values(terms: tuple[Term, ...], facts: Facts) -> dict[str, int | None]:
    """Each term's value in micro-units; None where a fact it needs is missing."""
    return {term.name: term.expression.value(facts) for term in terms}


def annual_rate(total: int, floor: int) -> int:
    """The sum of the price terms, half up to 0.01 %, not below the floor."""
    return max(int(whole_steps(total)), floor)


def whole_steps(total: Any) -> Any:
    """Half up to 0.01 %: of one sum, or of an array of them."""
    return (total + RATE_STEP // 2) // RATE_STEP * RATE_STEP
