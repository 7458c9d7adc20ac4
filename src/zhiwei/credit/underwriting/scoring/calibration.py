"""From score to probability of default, and what the model was made from: its sample, its default, its window."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from zhiwei.tables import MICRO, Document, micro, unscaled

_NUMBERS = ("even_odds_score", "points_to_double_odds", "sample_default_rate")
_WORDS = ("sample", "default")
KEYS = {"base_points", *_NUMBERS, *_WORDS, "window_months", "as_of", "attributes"}


@dataclass(frozen=True, slots=True)
class Calibration:
    """Score -> odds in the development sample; the prior is then moved to a dated base rate."""

    base_points: int
    even_odds_score: Decimal
    points_to_double_odds: Decimal
    sample_default_rate: Decimal

    def probability(self, score: int, base_rate: int) -> int:
        """Probability of default in micro-units, over the window of the sample, never quite 0 or 1.

        logit(pd) = -(score - even) ln2 / pdo + logit(base) - logit(sample): the sample's own share of defaults is
        replaced by the base rate of the population lent to. Rounded at six places, where all machines agree.
        """
        base = base_rate / MICRO
        shift = math.log(base / (1 - base)) - self._sample_odds()
        steps = float((score - self.even_odds_score) / self.points_to_double_odds)
        logit = min(max(steps * math.log(2) - shift, -50.0), 50.0)  # beyond, six places no longer change
        pd = 1 / (1 + math.exp(logit))
        return min(max(round(pd * MICRO), 1), MICRO - 1)

    @property
    def neutral(self) -> int:
        """The score, in micro-points, at which the card says nothing: its probability is the base rate itself."""
        steps = -self._sample_odds() / math.log(2)
        return round((float(self.even_odds_score) + steps * float(self.points_to_double_odds)) * MICRO)

    def _sample_odds(self) -> float:
        sample = float(self.sample_default_rate)
        return math.log(sample) - math.log(1 - sample)


def read_calibration(document: Document, anchors: Iterable[str] = ()) -> tuple[Calibration, dict[str, Calibration]]:
    """That of the score, and of each anchor's own card: tables [anchor.NAME]."""
    names = list(anchors)
    document.only((), KEYS | ({"anchor"} if names else set()))
    if names:
        document.only(("anchor",), set(names))
    return _read(document, ()), {name: _read(document, ("anchor", name)) for name in names}


def _read(document: Document, path: tuple[str, ...]) -> Calibration:
    if path:
        document.only(path, KEYS)
    numbers = {}
    for key in _NUMBERS:
        try:
            numbers[key] = unscaled(micro(document.number((*path, key))))
        except ValueError as error:
            document.problem((*path, key), str(error))
            numbers[key] = Decimal("0.5")
    if not 0 < numbers["sample_default_rate"] < 1 or numbers["points_to_double_odds"] <= 0:
        message = "the sample's default rate is in (0, 1), points to double odds above 0"
        document.problem((*path, "sample_default_rate"), message)
        numbers["sample_default_rate"] = numbers["points_to_double_odds"] = Decimal("0.5")
    return Calibration(document.take((*path, "base_points"), int), *numbers.values())


def check_origin(document: Document) -> None:
    """Each model says what it was made from: sample, default, window, day. Asked before publication: what was published
    before this was asked stays readable.
    """
    for path in ((), *(("anchor", name) for name in document.table("anchor"))):
        for key in _WORDS:
            document.take((*path, key), str)
        document.day((*path, "as_of"))
        if not 1 <= document.take((*path, "window_months"), int) <= 60:
            message = "window_months is what a default was looked for in: 1 to 60 months"
            document.problem((*path, "window_months"), message)
