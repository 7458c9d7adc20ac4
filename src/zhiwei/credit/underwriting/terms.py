"""Limit, price and grade tables: named terms whose smallest is the limit, whose sum is the price."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from zhiwei.tables import Cell, Expression, Problem, did_you_mean, parse_cell, parse_expression, read_rows

TERM_COLUMNS = ("term", "value", "zh", "en")
GRADE_COLUMNS = ("grade", "pd", "zh", "en")
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
    """Rows of limit.csv or price.csv; every name in an expression must be a fact, a parameter, pd or score."""
    terms = []
    for row in read_rows(file, content, TERM_COLUMNS, problems):
        try:
            expression = parse_expression(row["value"])
        except ValueError as error:
            problems.append(Problem(file, row.line, "value", str(error)))
            continue
        for name in sorted(expression.names - set(known)):
            problems.append(Problem(file, row.line, "value", f"unknown name {name!r}", did_you_mean(name, known)))
        terms.append(Term(row["term"], expression, row["zh"], row["en"]))
    if not terms:
        problems.append(Problem(file, 1, "", "the table has no usable rows"))
    return tuple(terms)


def read_grades(file: str, content: str, problems: list[Problem]) -> tuple[Grade, ...]:
    """Grades by probability of default, best first; the first that holds is the grade."""
    grades = []
    for row in read_rows(file, content, GRADE_COLUMNS, problems):
        try:
            grades.append(Grade(row["grade"], parse_cell(row["pd"])))
        except ValueError as error:
            problems.append(Problem(file, row.line, "pd", str(error)))
    if not grades or not (grades[-1].cell.any or grades[-1].cell.closure()(999_999)):
        problems.append(Problem(file, 1, "pd", "the last grade must take every remaining probability"))
    return tuple(grades)


def values(terms: tuple[Term, ...], facts: Facts) -> dict[str, int | None]:
    """Each term's value in micro-units; None where a fact it needs is missing."""
    return {term.name: term.expression.value(facts) for term in terms}
