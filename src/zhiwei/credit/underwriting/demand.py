"""How many customers a rate drives away: a churn curve per grade, smoothed so that a dearer loan never wins more."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
from scipy.optimize import isotonic_regression


@dataclass(frozen=True, slots=True)
class DemandCurve:
    """Churn (客户流失率) by annual rate, one ascending row per grade (信誉评级).

    rates   strictly ascending annual rates as fractions (0.0425 = 4.25 %), at least two
    grades  names of the rows of `churn`, e.g. ("A", "B", "C")
    churn   share of customers lost, in [0, 1]: churn[i][j] belongs to grades[i] and rates[j]; never falls with the rate

    ValueError where the above does not hold. Tuples all the way down: hashable, and safe to send to another process.
    """

    rates: tuple[Decimal, ...]
    grades: tuple[str, ...]
    churn: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        _check_rates(self.rates)
        if not self.grades or len(set(self.grades)) != len(self.grades) or len(self.churn) != len(self.grades):
            raise ValueError(f"a demand curve needs one row of churn per distinct grade, got grades {self.grades}")
        for grade, row in zip(self.grades, self.churn, strict=True):
            _check_churn(grade, row, len(self.rates))
            if any(left > right for left, right in pairwise(row)):
                raise ValueError(f"churn of grade {grade} falls as the rate rises: smooth() it first")

    def acceptance(self, grade: str, rate: Decimal) -> float:
        """Share of customers of `grade` who take an offer at annual `rate`: 1 - churn, linear between observed rates.

        ValueError for a grade without a row, and for a rate outside the observed range: beyond it nobody was asked,
        so any number would be invented (not chosen: carrying the last value on, or the last slope).
        """
        if grade not in self.grades:
            raise ValueError(f"no demand curve for grade {grade!r}; known: {', '.join(self.grades)}")
        if not (rate.is_finite() and self.rates[0] <= rate <= self.rates[-1]):
            raise ValueError(f"rate {rate} is outside the observed range {self.rates[0]} to {self.rates[-1]}")
        row = self.churn[self.grades.index(grade)]
        right = max(1, bisect_left(self.rates, rate))
        left = right - 1
        # The share of the way is taken in Decimal, so that an observed rate gives its observed churn to the last bit.
        way = float((rate - self.rates[left]) / (self.rates[right] - self.rates[left]))
        return 1.0 - ((1.0 - way) * row[left] + way * row[right])


def smooth(
    rates: Sequence[Decimal | str],
    churn_by_grade: Mapping[str, Sequence[float]],
    weights: Sequence[float] | None = None,
) -> DemandCurve:
    """The nearest (least squares) curves on which churn never falls as the rate rises.

    rates           n annual rates, strictly ascending, as Decimal or text (a binary float is not an exact rate)
    churn_by_grade  grade -> n observed shares in [0, 1]
    weights         n positive weights of the observations (customers asked); None weighs all alike

    Pool adjacent violators (Ayer et al. 1955, through scipy): neighbours that fall are replaced by their weighted
    mean, so each grade's weighted mean churn is kept. Not chosen: a fitted polynomial or logistic, which bends what
    was observed everywhere to mend a few points; a running maximum, which only ever raises churn and so biases it.
    """
    exact = tuple(_exact(rate) for rate in rates)
    _check_rates(exact)
    weighed = [1.0] * len(exact) if weights is None else weights
    if len(weighed) != len(exact) or not all(np.isfinite(weight) and weight > 0 for weight in weighed):
        raise ValueError(f"weights must be {len(exact)} positive numbers, one per rate")
    rows: list[tuple[float, ...]] = []
    for grade, row in churn_by_grade.items():
        _check_churn(grade, row, len(exact))
        fitted = isotonic_regression(np.asarray(row, np.float64), weights=weighed, increasing=True).x
        # A mean of shares is a share; the clip only removes a last bit that division may leave above 1.
        rows.append(tuple(np.clip(fitted, 0.0, 1.0).tolist()))
    return DemandCurve(exact, tuple(churn_by_grade), tuple(rows))


def _exact(rate: Decimal | str) -> Decimal:
    if not isinstance(rate, Decimal | str):
        raise ValueError(f"rate {rate!r} must be a Decimal or text, not {type(rate).__name__}")
    try:
        return Decimal(rate)
    except ArithmeticError as error:
        raise ValueError(f"rate {rate!r} is not a number") from error


def _check_rates(rates: Sequence[Decimal]) -> None:
    if len(rates) < 2:
        raise ValueError("a demand curve needs at least two rates")
    if not all(rate.is_finite() and 0 <= rate <= 1 for rate in rates):
        raise ValueError("annual rates must be fractions between 0 and 1 (0.0425 is 4.25 %)")
    if any(left >= right for left, right in pairwise(rates)):
        raise ValueError("rates of a demand curve must ascend strictly")


def _check_churn(grade: str, row: Sequence[float], expected: int) -> None:
    if len(row) != expected:
        raise ValueError(f"grade {grade} has {len(row)} churn values for {expected} rates")
    if not all(0.0 <= value <= 1.0 for value in row):  # also refuses NaN
        raise ValueError(f"churn of grade {grade} must lie between 0 and 1")
