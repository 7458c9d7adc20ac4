"""Size class of a business (划型): large, medium, small or micro, by industry, staff, revenue and assets.

Every lower bound of a class must be reached, else the class below is looked at. So the class is the lowest of what
each measure allows alone, and a measure that is not known leaves every class up to that one possible.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from zhiwei.borrower.identity.codes import lists, read_industry
from zhiwei.tables import Document
from zhiwei.tables.shipped import shipped
from zhiwei.values import BadInput, Refusal

CLASSES = ("micro", "small", "medium", "large")
MEASURES = ("staff", "revenue", "assets")
_FEN = {"staff": 1, "revenue": 1_000_000, "assets": 1_000_000}  # 分 in 万元


@dataclass(frozen=True, slots=True)
class Bounds:
    """An industry's lower bounds in people and 分: measure -> (small, medium, large). `since`: in force from then."""

    name: str
    zh: str
    en: str
    since: date
    sure: bool
    codes: tuple[str, ...]
    bounds: Mapping[str, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class SizeClass:
    """`possible`: the classes that what is known leaves open, smallest first. `missing`: measures that would tell.

    `industries`: rows of the standard that were applied, more than one where the code said too little, none where the
    standard has none (`because` says why). `sure` is False where the standard itself must be verified.
    """

    possible: tuple[str, ...]
    industries: tuple[str, ...]
    missing: tuple[str, ...]
    sure: bool
    because: str

    @property
    def known(self) -> str | None:
        """The class where only one is possible."""
        return self.possible[0] if len(self.possible) == 1 else None

    def is_small_or_micro(self) -> bool | None:
        """Is it 小微? None where what is known does not tell."""
        answers = {each in ("micro", "small") for each in self.possible}
        return answers.pop() if len(answers) == 1 else None


def size_class(industry: str, staff: int | None, revenue: int | None, assets: int | None, on: date) -> SizeClass:
    """The class on a day. `industry`: a row of size.toml (wholesale) or a code of GB/T 4754-2017 (51, F5112).

    `revenue` of a year and `assets` in 分; None for what is not known. BadInput for an industry that is none or a
    negative number; Refusal no_size_standard before the standard began.
    """
    given = {"staff": staff, "revenue": revenue, "assets": assets}
    for name, value in given.items():
        if value is not None and value < 0:
            raise BadInput("bad_measure", f"{name} is {value:,}: it cannot be negative")
    rows, reasons = _rows(industry, on)
    if not rows:
        return SizeClass(CLASSES, (), (), False, "; ".join(reasons))
    possible: set[str] = set(CLASSES) if reasons else set()
    missing: set[str] = set()
    for row in rows:
        allowed = {name: _allowed(value, row.bounds[name]) for name in row.bounds if (value := given[name]) is not None}
        highest = min(allowed.values(), default=3)
        unknown = set(row.bounds) - set(allowed) if highest else set()  # nothing lifts who is micro by one measure
        possible |= set(CLASSES[: highest + 1]) if unknown else {CLASSES[highest]}
        missing |= unknown
    return SizeClass(
        possible=tuple(each for each in CLASSES if each in possible),
        industries=tuple(row.name for row in rows),
        missing=tuple(name for name in MEASURES if name in missing),
        sure=not reasons and all(row.sure for row in rows),
        because="; ".join([_source(), *reasons]),
    )


def _allowed(value: int, bounds: tuple[int, int, int]) -> int:
    """Place in CLASSES of the highest class that one measure allows."""
    return sum(value >= bound for bound in bounds)


def year_of(revenue: int, months: int) -> int:
    """Revenue (分) of a business younger than a year, as the VAT relief counts it: by month, times 12 (rounded down).

    ValueError where `months` is not 1 to 12.
    """
    if not 1 <= months <= 12:
        raise ValueError(f"{months} months: one to twelve")
    return revenue * 12 // months


def standards() -> tuple[Bounds, ...]:
    """All rows of the standard, for whoever shows them."""
    return _tables()[0]


def _rows(industry: str, on: date) -> tuple[list[Bounds], list[str]]:
    """Rows in force that an industry falls in, and why it may have none."""
    rows, unclassed = _tables()[0], _tables()[1]
    named = {row.name for row in rows}
    digits = None if industry in named else _digits(industry)
    found: dict[str, Bounds] = {}
    for row in sorted(rows, key=lambda each: each.since):
        fits = row.name == industry if digits is None else _overlap(row.codes, digits)
        if fits and row.since <= on:
            found[row.name] = row
    reasons = [] if digits is None else [why for codes, why in unclassed if _overlap(codes, digits)]
    if not found and not reasons:
        raise Refusal("no_size_standard", f"no row of the size standard for {industry!r} on {on}", hint="see size.toml")
    return list(found.values()), reasons


def _digits(industry: str) -> tuple[str, ...]:
    code = read_industry(industry)
    section = code.section
    return (code.digits,) if code.digits else tuple(f"{each:02d}" for each in range(section.first, section.last + 1))


def _overlap(codes: tuple[str, ...], digits: tuple[str, ...]) -> bool:
    """Is one of the codes in one of the branches, or above it?"""
    return any(code.startswith(each) or each.startswith(code) for code in codes for each in digits)


@cache
def _tables() -> tuple[tuple[Bounds, ...], tuple[tuple[tuple[str, ...], str], ...], str]:
    return shipped("zhiwei.borrower.identity", "size.toml", _read)


def _source() -> str:
    return _tables()[2]


def _read(name: str, content: str, problems: list[Any]) -> tuple[Any, ...]:
    document = Document(name, content, problems)
    rows = tuple(_bounds(row) for row in document.tables("industry"))
    unclassed = tuple((tuple(row["codes"]), row["because"]) for row in document.tables("unclassed"))
    divisions = {code for row in rows for code in row.codes} | {code for codes, _ in unclassed for code in codes}
    for section in lists().sections:
        for division in range(section.first, section.last + 1):
            if not _overlap(tuple(divisions), (f"{division:02d}",)):
                document.problem(("industry",), f"division {division:02d} is in no row")
    return rows, unclassed, document.take(("source", "because"), str)


def _bounds(row: dict[str, Any]) -> Bounds:
    bounds = {
        measure: tuple(row[size][measure] * _FEN[measure] for size in CLASSES[1:])
        for measure in MEASURES
        if measure in row["small"]
    }
    return Bounds(row["name"], row["zh"], row["en"], row["from"], row["sure"], tuple(row["codes"]), bounds)
