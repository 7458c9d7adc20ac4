"""The scorecard at run time: a table of attributes, bins and points; several anchors' cards are one, fused."""

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from zhiwei.credit.underwriting.scoring.calibration import Calibration
from zhiwei.credit.underwriting.scoring.fusion import Fusion
from zhiwei.tables import MICRO, Cell, Problem, Row, Split, did_you_mean, parse_cell, read_rows, text, uncovered
from zhiwei.values import Breach, Reason, Refusal

COLUMNS = ("attribute", "bin", "points", "reason", "zh", "en")
ANCHOR = "anchor"  # a column more, where several cards are fused
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
class Scorecard:
    """`calibration` is of the score; where several anchors are fused, each has one of its own too."""

    bins: Mapping[str, tuple[Bin, ...]]
    calibration: Calibration
    fusion: Fusion | None = None
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

    def score(self, matched: list[Bin], facts: Facts) -> int:
        base = self.calibration.base_points
        if self.fusion is None:
            return base + sum(bin_.points for bin_ in matched)
        scores = self.fusion.scores({bin_.attribute: bin_.points for bin_ in matched})
        return int(self.fusion.fused(base, self.fusion.known(facts), scores))

    def reasons(self, matched: list[Bin], facts: Facts, most: int) -> list[Reason]:
        """What held the score down: at most so many attributes short of their best bin, the most points lost first."""
        lost = [(self._lost(bin_, facts), bin_) for bin_ in matched]
        short = sorted((pair for pair in lost if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].reason))
        return [self._reason(points, bin_, facts[bin_.attribute]) for points, bin_ in short[:most]]

    def _lost(self, bin_: Bin, facts: Facts) -> float:
        """Points of the score, so that of a fused one by weight: nothing is lost by a card that does not count."""
        lost = self.best[bin_.attribute] - bin_.points
        if self.fusion is None:
            return lost
        weights = self.fusion.weights[self.fusion.known(facts)]
        return lost * weights.of[self.fusion.attributes[bin_.attribute]] / MICRO

    def _reason(self, lost: float, bin_: Bin, value: int | None) -> Reason:
        shown = None if value is None else text(value)
        return Reason(
            bin_.reason, "score", bin_.zh, bin_.en, bin_.attribute, shown, bin_.cell.source, weight=float(lost)
        )


def possible_scores(card: Scorecard, most: int) -> list[int]:
    """Every score that a card can give, the highest first: all sums of points, one bin of each attribute; of fused
    cards every whole number within their reach. Refusal where they are more than `most`.
    """
    sums = {card.calibration.base_points} if card.fusion is None else _reached(card, card.fusion, most)
    for bins in card.bins.values() if card.fusion is None else ():
        sums = {total + points for total in sums for points in {bin_.points for bin_ in bins}}
        if len(sums) > most:
            break
    if len(sums) > most:
        said = f"the card can give more than {most:,} scores, too many for a table of them"
        raise Refusal("too_many_scores", said, hint="use rounder points")
    return sorted(sums, reverse=True)


def _reached(card: Scorecard, fusion: Fusion, most: int) -> set[int]:
    ends = [
        fusion.scores({name: best(one.points for one in bins) for name, bins in card.bins.items()})
        for best in (min, max)
    ]
    base = card.calibration.base_points
    reach = [fusion.fused(base, known, end) for known in range(len(fusion.weights)) for end in ends]
    return set(range(min(reach), min(max(reach), min(reach) + most) + 1))


def placed(split: Split, bins: tuple[Bin, ...]) -> list[Bin | None]:
    """The first bin that holds on each segment of a split: of the missing value, then of the numbers."""
    found: list[Bin | None] = [None] * (len(split.cuts) + 2)
    for bin_ in reversed(bins):
        for segment in split.segments(bin_.cell):
            if segment < len(found):
                found[segment] = bin_
    return found


def read_anchors(file: str, content: str) -> dict[str, str]:
    """Attribute -> the anchor whose card asks it, in the order of the rows; what is wrong `read_scorecard` tells."""
    return {row["attribute"]: row[ANCHOR] for row in read_rows(file, content, (ANCHOR, *COLUMNS), [])}


def read_scorecard(
    file: str, content: str, known: Collection[str], problems: list[Problem], *, anchored: bool = False
) -> dict[str, tuple[Bin, ...]]:
    """Bins by attribute. Each attribute's bins must split all numbers, and say what a missing value gets.

    `anchored`: each row names the anchor whose card it belongs to.
    """
    bins: dict[str, list[tuple[Row, Bin]]] = {}
    anchors: dict[str, str] = {}
    for row in read_rows(file, content, (ANCHOR, *COLUMNS) if anchored else COLUMNS, problems):
        if anchored and (not row[ANCHOR] or anchors.setdefault(row["attribute"], row[ANCHOR]) != row[ANCHOR]):
            message = f"{row['attribute']} belongs to one anchor, and that has a name"
            problems.append(Problem(file, row.line, ANCHOR, message))
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
