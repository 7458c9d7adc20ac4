"""The scorecard at run time: a table of attributes, bins and points, and the calibration of score to probability."""

import math
import re
from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from zhiwei.tables import (
    MICRO,
    Cell,
    Document,
    Problem,
    Row,
    Split,
    did_you_mean,
    micro,
    parse_cell,
    read_rows,
    text,
    uncovered,
    unscaled,
)
from zhiwei.values import Breach, Reason

COLUMNS = ("attribute", "bin", "points", "reason", "zh", "en")
Facts = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Bin:
    attribute: str
    cell: Cell
    points: int
    reason: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Calibration:
    """Score -> odds in the development sample; the prior is then moved to a dated base rate."""

    base_points: int
    even_odds_score: Decimal
    points_to_double_odds: Decimal
    sample_default_rate: Decimal

    def probability(self, score: int, base_rate: int) -> int:
        """12-month probability of default in micro-units, never quite 0 or 1.

        logit(pd) = -(score - even) ln2 / pdo + logit(base) - logit(sample): the sample's own share of defaults is
        replaced by the base rate of the population lent to. Rounded at six places, where all machines agree.
        """
        sample, base = float(self.sample_default_rate), base_rate / MICRO
        shift = math.log(base / (1 - base)) - math.log(sample / (1 - sample))
        steps = float((score - self.even_odds_score) / self.points_to_double_odds)
        logit = min(max(steps * math.log(2) - shift, -50.0), 50.0)  # beyond, six places no longer change
        pd = 1 / (1 + math.exp(logit))
        return min(max(round(pd * MICRO), 1), MICRO - 1)


@dataclass(frozen=True, slots=True)
class Scorecard:
    bins: Mapping[str, tuple[Bin, ...]]
    calibration: Calibration
    best: Mapping[str, int] = field(init=False, repr=False, compare=False)  # the most points of each attribute
    places: Mapping[str, tuple[list[int], list[Bin | None]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        best = {name: max(bin_.points for bin_ in bins) for name, bins in self.bins.items()}
        object.__setattr__(self, "best", best)
        splits = {name: Split(bin_.cell for bin_ in bins) for name, bins in self.bins.items()}
        places = {name: (split.cuts, placed(split, self.bins[name])) for name, split in splits.items()}
        object.__setattr__(self, "places", places)

    def matches(self, facts: Facts) -> list[Bin]:
        """The one bin of each attribute that holds."""
        found = []
        for name, (cuts, bins) in self.places.items():
            value = facts[name]
            bin_ = bins[0] if value is None else bins[bisect_right(cuts, value) + 1]
            if bin_ is None:
                raise Breach(f"no bin of {name} takes {value}")
            found.append(bin_)
        return found

    def score(self, matched: list[Bin]) -> int:
        return self.calibration.base_points + sum(bin_.points for bin_ in matched)

    def reasons(self, matched: list[Bin], facts: Facts, most: int) -> list[Reason]:
        """What held the score down: at most so many attributes short of their best bin, the most points lost first."""
        lost = [(self.best[bin_.attribute] - bin_.points, bin_) for bin_ in matched]
        short = sorted((pair for pair in lost if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].reason))
        return [self._reason(points, bin_, facts[bin_.attribute]) for points, bin_ in short[:most]]

    def _reason(self, lost: int, bin_: Bin, value: int | None) -> Reason:
        shown = None if value is None else text(value)
        return Reason(
            bin_.reason, "score", bin_.zh, bin_.en, bin_.attribute, shown, bin_.cell.source, weight=float(lost)
        )


def placed(split: Split, bins: tuple[Bin, ...]) -> list[Bin | None]:
    """The first bin that holds on each segment of a split: of the missing value, then of the numbers."""
    found: list[Bin | None] = [None] * (len(split.cuts) + 2)
    for bin_ in reversed(bins):
        for segment in split.segments(bin_.cell):
            if segment < len(found):
                found[segment] = bin_
    return found


def read_scorecard(
    file: str, content: str, known: Collection[str], problems: list[Problem]
) -> dict[str, tuple[Bin, ...]]:
    """Bins by attribute. Each attribute's bins must split all numbers, and say what a missing value gets."""
    bins: dict[str, list[tuple[Row, Bin]]] = {}
    for row in read_rows(file, content, COLUMNS, problems):
        if row["attribute"] not in known:
            message = f"unknown fact {row['attribute']!r}"
            problems.append(Problem(file, row.line, "attribute", message, did_you_mean(row["attribute"], known)))
            continue
        try:
            column = "bin"
            cell = parse_cell(row["bin"])
            if cell.any:
                raise ValueError("a bin of any value would take the missing ones too; say which numbers, or null")
            column = "points"
            points = _points(row["points"])
            found = Bin(row["attribute"], cell, points, row["reason"], row["zh"], row["en"])
        except ValueError as error:
            problems.append(Problem(file, row.line, column, str(error)))
            continue
        bins.setdefault(found.attribute, []).append((row, found))
    for attribute, rows in bins.items():
        cells = [bin_.cell for _, bin_ in rows]
        for message in uncovered(cells):
            problems.append(Problem(file, rows[0][0].line, "bin", f"{attribute}: {message}"))
        if sum(cell.null for cell in cells) != 1:
            message = f"{attribute}: exactly one bin must take null, so that a missing value is never scored as zero"
            problems.append(Problem(file, rows[0][0].line, "bin", message))
    if not bins and not problems:
        problems.append(Problem(file, 1, "", "the scorecard has no rows"))
    return {attribute: tuple(bin_ for _, bin_ in rows) for attribute, rows in bins.items()}


def _points(written: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,6}", written):
        raise ValueError(f"points are a whole number, not {written!r}")
    return int(written)


CALIBRATION_KEYS = {
    "base_points", "even_odds_score", "points_to_double_odds", "sample_default_rate", "sample", "as_of", "attributes"
}  # fmt: skip


def read_calibration(document: Document) -> Calibration:
    document.only((), CALIBRATION_KEYS)
    numbers = {}
    for key in ("even_odds_score", "points_to_double_odds", "sample_default_rate"):
        try:
            numbers[key] = unscaled(micro(document.number((key,))))
        except ValueError as error:
            document.problem((key,), str(error))
            numbers[key] = Decimal("0.5")
    if not 0 < numbers["sample_default_rate"] < 1 or numbers["points_to_double_odds"] <= 0:
        document.problem(
            ("sample_default_rate",), "the sample's default rate is in (0, 1), points to double odds above 0"
        )
    return Calibration(document.take(("base_points",), int), *numbers.values())
