"""Three anchors, one probability: the cards of collateral, owner and business weighed together, whichever are known.

Decided: what each card says is its distance from the score at which it says nothing, in points of the fused score, and
which weights count depends on which anchors are known: one row of fusion.csv for each set of them, as a model fitted
without the missing anchor would have it (reduced models, Saar-Tsechansky and Provost 2007). Others average the
probabilities, or put an average where a card is missing. Not chosen: an average of probabilities lets no card weigh
more than another, and an unknown owner is no average owner; `shift` says what not knowing costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from zhiwei.credit.underwriting.scoring.calibration import Calibration
from zhiwei.tables import MICRO, Problem, Row, did_you_mean, micro, read_rows

NONE = "none"
MOST_ANCHORS = 4
LARGEST_WEIGHT, LARGEST_SHIFT = 5 * MICRO, 10_000 * MICRO


@dataclass(frozen=True, slots=True)
class Anchor:
    """A card of its own; `neutral`: its score, in micro-points, that says nothing."""

    name: str
    calibration: Calibration
    neutral: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "neutral", self.calibration.neutral)


@dataclass(frozen=True, slots=True)
class Weights:
    """Of a set of known anchors, in micro-units: points that are added, and what a point of each card counts."""

    shift: int
    of: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fusion:
    """`attributes` -> the place of its anchor; `weights` by the set of known anchors, a bit for each place."""

    anchors: tuple[Anchor, ...]
    attributes: Mapping[str, int]
    weights: tuple[Weights, ...]

    def known(self, facts: Mapping[str, int | None]) -> int:
        """An anchor is known where anything that its card asks is."""
        found = 0
        for name, place in self.attributes.items():
            if facts[name] is not None:
                found |= 1 << place
        return found

    def scores(self, points: Mapping[str, int]) -> list[int]:
        """Each anchor's own score, of the points of its attributes."""
        found = [anchor.calibration.base_points for anchor in self.anchors]
        for name, place in self.attributes.items():
            found[place] += points[name]
        return found

    def fused(self, base_points: int, known: int, scores: Sequence[Any]) -> Any:
        """The fused score, a whole number of points, halves up; of one case, or of arrays of scores that know alike."""
        weights = self.weights[known]
        total = weights.shift * MICRO + sum(
            weight * (score * MICRO - anchor.neutral)
            for weight, score, anchor in zip(weights.of, scores, self.anchors, strict=True)
            if weight
        )
        return base_points + (2 * total + MICRO * MICRO) // (2 * MICRO * MICRO)

    def named(self, known: int) -> str:
        return "+".join(a.name for place, a in enumerate(self.anchors) if known >> place & 1) or NONE


def read_fusion(
    file: str, content: str, cards: Mapping[str, Calibration], attributes: Mapping[str, str], problems: list[Problem]
) -> Fusion | None:
    """fusion.csv: a row for every set of anchors that may be known; `attributes` -> anchor. None where not sound."""
    mine: list[Problem] = []
    names = list(cards)
    if not 2 <= len(names) <= MOST_ANCHORS:
        mine.append(Problem(file, 1, "", f"{len(names)} anchors in scorecard.csv, 2 to {MOST_ANCHORS} can be fused"))
    found: dict[int, Weights] = {}
    sets = {"+".join(some) or NONE: some for size in range(len(names) + 1) for some in combinations(names, size)}
    for row in [] if mine else read_rows(file, content, ("known", "shift", *names, "because"), mine):
        known = sets.get(row["known"])
        if known is None or (bits := sum(1 << names.index(name) for name in known)) in found:
            said = f"{row['known']!r} is no set of anchors, or stands twice"
            mine.append(Problem(file, row.line, "known", said, did_you_mean(row["known"], sets)))
        else:
            found[bits] = _weights(file, row, names, known, mine)
    missing = [said for said, some in sets.items() if sum(1 << names.index(name) for name in some) not in found]
    if missing and not mine:
        mine.append(Problem(file, 1, "known", f"no row says what is done when {missing[0]} is known"))
    problems += mine
    if mine:
        return None
    places = {name: names.index(anchor) for name, anchor in attributes.items()}
    anchors = tuple(Anchor(name, calibration) for name, calibration in cards.items())
    return Fusion(anchors, places, tuple(found[bits] for bits in range(1 << len(names))))


def _weights(file: str, row: Row, names: Sequence[str], known: Sequence[str], problems: list[Problem]) -> Weights:
    def number(column: str) -> int:
        try:
            return micro(row[column] or "0")
        except ValueError as error:
            problems.append(Problem(file, row.line, column, str(error)))
            return 0

    of = tuple(number(name) for name in names)
    for name, weight in zip(names, of, strict=True):
        if name not in known and weight:
            problems.append(Problem(file, row.line, name, "an anchor that is not known weighs nothing here"))
        if not 0 <= weight <= LARGEST_WEIGHT:
            problems.append(Problem(file, row.line, name, "a weight is between 0 and 5"))
    shift = number("shift")
    if abs(shift) > LARGEST_SHIFT:
        problems.append(Problem(file, row.line, "shift", "a shift is of at most 10,000 points"))
    return Weights(shift, of)
