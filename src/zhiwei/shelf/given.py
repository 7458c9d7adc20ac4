"""Facts that somebody writes down: the [facts] table of a golden case, or of a file with a question to a product."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from zhiwei.tables import Document, Problem, did_you_mean, micro
from zhiwei.values import BadInput

_LARGEST = 10**13  # more than any table holds: said before it is written out digit by digit
Facts = dict[str, int | None]
Report = Callable[[str, str, str], None]  # fact, message, hint


@dataclass(frozen=True, slots=True)
class Given:
    """`facts` in micro-units, those alone that were written; `before`: the same of an earlier day, for warnings."""

    facts: Facts
    before: Facts = field(default_factory=dict)
    as_of: date | None = None


def read_given(file: str, content: str, known: Collection[str], every: Collection[str]) -> Given:
    """A TOML file as golden cases are, or a JSON object with the same keys; what else a case says is not looked at.

    `known`: what the product looks at; `every`: all there is. In JSON a number may stand in quotes, and null is not
    known: the `inputs` of `zhiwei decide --explain --json` can be given. BadInput names what is wrong, and where.
    """
    problems: list[Problem] = []
    if content.lstrip().startswith("{"):
        given = _from_json(file, content, known, every, problems)
    else:
        document = Document(file, content, problems)
        document.only((), {"about", "as_of", "facts", "before", "expect"})
        if document.sound and document.find(("facts",)) is None:
            document.problem((), "[facts] is missing")
        facts, before = (facts_of_table(document, name, known, every) for name in ("facts", "before"))
        given = Given(facts, before, document.day(("as_of",)) if document.find(("as_of",)) is not None else None)
    if problems:
        raise BadInput("bad_facts", "; ".join(map(str, problems[:10])), hint="see `zhiwei features` for their names")
    return given


def facts_of_table(document: Document, name: str, known: Collection[str], every: Collection[str]) -> Facts:
    """The facts of a [table] in micro-units; what is wrong is a problem at its line."""

    def report(fact: str, message: str, hint: str) -> None:
        document.problem((name, fact), message, hint)

    return _numbers(document.table(name).items(), known, every, report)


def _from_json(
    file: str, content: str, known: Collection[str], every: Collection[str], problems: list[Problem]
) -> Given:
    try:
        told = json.loads(content, parse_float=Decimal, parse_constant=_refuse)
    except ValueError as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", "")
        problems.append(Problem(file, line, str(column), f"not JSON: {getattr(error, 'msg', error)}"))
        return Given({})
    except RecursionError:
        problems.append(Problem(file, 1, "", "not JSON: nested too deeply"))
        return Given({})

    def report(fact: str, message: str, hint: str) -> None:
        problems.append(Problem(file, 1, fact, message, hint))

    tables: list[Facts] = []
    for name in ("facts", "before"):
        found = told.get(name, {} if name == "before" else None)
        if not isinstance(found, dict):
            report(name, f"{name} is an object of facts and numbers", 'write {"facts": {"card_use": 0.25}}')
            found = {}
        plain = {fact: _decimal(value) for fact, value in found.items() if value is not None}
        tables.append(_numbers(plain.items(), known, every, report))
    as_of = None
    try:
        as_of = date.fromisoformat(told["as_of"]) if told.get("as_of") is not None else None
    except (TypeError, ValueError):
        report("as_of", "as_of is a date such as 2026-01-31", "")
    return Given(tables[0], tables[1], as_of)


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _decimal(value: Any) -> Any:
    """A number in quotes as a number; what is none, as it is."""
    try:
        return Decimal(value) if isinstance(value, str) else value
    except ArithmeticError:
        return value


def _numbers(told: Iterable[tuple[str, Any]], known: Collection[str], every: Collection[str], report: Report) -> Facts:
    facts: Facts = {}
    for fact, value in told:
        if fact not in known:
            said = "this product does not look at" if fact in every else "unknown"
            report(fact, f"{said} fact {fact!r}", did_you_mean(fact, known))
        elif isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not Decimal(value).is_finite():
            report(fact, f"{fact} must be a number", "")
        elif not -_LARGEST < Decimal(value) < _LARGEST:
            report(fact, f"{fact} is out of all reason", "")
        else:
            try:
                facts[fact] = micro(value)
            except ValueError as error:
                report(fact, str(error), "")
    return facts
