"""How many customers a rate drives away, as a product tells it: dated curves by grade, exact to their last digit."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from zhiwei.tables import MICRO, Document, Problem, Row, did_you_mean, micro, read_rows

KEYS = {"from", "because", "checked_on", "sure", "lost"}


@dataclass(frozen=True, slots=True)
class Curve:
    """From one day on: `lost[i][j]` of the customers of grades[i] do not take the loan at rates[j]; micro-units.

    Rates rise strictly and `lost` never falls with them. `sure` False marks what must be verified.
    """

    since: date
    rates: tuple[int, ...]
    grades: tuple[str, ...]
    lost: tuple[tuple[int, ...], ...]
    because: str = ""
    sure: bool = False

    def taken(self, grade: str, rate: int) -> Fraction | None:
        """Share of customers of a grade who take the loan at a rate, linear between the rates that were asked.

        None for a grade that was not asked, and for a rate outside those that were: any number would be invented.
        """
        if grade not in self.grades or not self.rates[0] <= rate <= self.rates[-1]:
            return None
        row = self.lost[self.grades.index(grade)]
        left = max(place for place, known in enumerate(self.rates[:-1]) if known <= rate)
        (low, high), (few, many) = self.rates[left : left + 2], row[left : left + 2]
        return 1 - (few + (many - few) * Fraction(rate - low, high - low)) / MICRO


@dataclass(frozen=True, slots=True)
class Demand:
    """The curves of a product, oldest first."""

    curves: tuple[Curve, ...]

    def on(self, day: date) -> Curve | None:
        """The curve in force; None before the first."""
        return next((curve for curve in reversed(self.curves) if curve.since <= day), None)


def read_demand(document: Document, grades: Collection[str]) -> Demand:
    """All [[curve]] blocks of demand.toml. `lost` is a table in three quotes: rate, then a column for each grade."""
    document.only((), {"curve"})
    found: list[Curve] = []
    for index in range(len(document.tables("curve"))):
        path = ("curve", index)
        document.only(path, KEYS)
        because, sure = document.take((*path, "because"), str), document.take((*path, "sure"), bool)
        since, checked = (document.day((*path, key)) for key in ("from", "checked_on"))
        written = document.take((*path, "lost"), str)
        if any(curve.since == since for curve in found):
            document.problem((*path, "from"), f"there are two curves from {since}")
        if since and checked and written:
            line = document.line((*path, "lost")) + 1  # the table begins below its opening quotes
            table = _table(document.file, written, line, grades, document.problems)
            if table:
                found.append(Curve(since, *table, because, sure))
    if not document.tables("curve"):
        document.problem((), "demand.toml has a dated [[curve]] block, or the product goes without the file")
    return Demand(tuple(sorted(found, key=lambda curve: curve.since)))


Table = tuple[tuple[int, ...], tuple[str, ...], tuple[tuple[int, ...], ...]]


def _table(file: str, written: str, line: int, known: Collection[str], problems: list[Problem]) -> Table | None:
    """Rates, grades, and the shares lost by grade, of a table that begins on a line; None where anything is wrong."""
    mine: list[Problem] = []
    header = [name.strip() for name in written.partition("\n")[0].split(",")]
    grades = tuple(header[1:])
    if header[0] != "rate" or not grades or len(set(header)) != len(header):
        mine.append(Problem(file, 1, header[0], f"columns are {header}", "rate first, then each grade once"))
    for grade in grades:
        if grade not in known:
            hint = did_you_mean(grade, known) or f"one of {', '.join(known)}"
            mine.append(Problem(file, 1, grade, f"no grade {grade!r} in grades.csv", hint))
    rows = [] if mine else read_rows(file, written, header, mine)
    values = [[_share(file, row, name, mine) for name in header] for row in rows]
    if not mine and len(rows) < 2:
        mine.append(Problem(file, 1, "rate", "a curve has at least two rates"))
    for (last, row), (before, now) in zip(pairwise(rows), pairwise(values), strict=True):
        for name, was, value in zip(header, before, now, strict=True):
            if value < was or (name == "rate" and value == was):
                mine.append(Problem(file, row.line, name, *_fallen(name, last["rate"], row["rate"])))
    problems += [replace(problem, line=problem.line + line - 1) for problem in mine]
    if mine:
        return None
    rates, *lost = zip(*values, strict=True)
    return rates, grades, tuple(lost)


def _share(file: str, row: Row, name: str, problems: list[Problem]) -> int:
    try:
        value = micro(row[name])
    except ValueError as error:
        problems.append(Problem(file, row.line, name, str(error)))
        return 0
    if not 0 <= value <= MICRO:
        problems.append(Problem(file, row.line, name, f"{row[name]} is not between 0 and 1: 0.05 is 5 %"))
    return value


def _fallen(name: str, before: str, rate: str) -> tuple[str, str]:
    if name == "rate":
        return f"rates rise from row to row: {rate} comes after {before}", ""
    return f"fewer {name} customers are lost at {rate} than at {before}", "smooth the observations first"
