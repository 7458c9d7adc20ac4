"""A scorecard from facts and outcomes: bins, selection, weights, whole points, and the table the platform reads.

Selection goes by credit sense more than by search, as 27 defaults allow little search: every attribute whose bins hold
up is ranked by information value; one that says nearly the same as a better one (correlation of WOE over 0.9) is left
out; at most eight remain. A logistic regression on WOE with a ridge and with no negative weight shares the evidence
among them; what then moves the score by fewer than eight points is dropped and the rest fitted again. Bins that got
the same points become one.
"""

import csv
import io
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from zhiwei.lab.binning import Bins, Floats, coarse_bins
from zhiwei.lab.words import bin_words
from zhiwei.tables import micro, parse_cell

Facts = Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a card is made. Points are whole; `penalty` is the ridge on weights, in units of log-likelihood.

    `default` says what label 1 means and `window_months` what it was looked for in: both stay with the card.

    Four attributes on 27 defaults are some seven defaults each: what a logistic fit is commonly said to need.
    """

    max_attributes: int = 4
    max_correlation: float = 0.9
    penalty: float = 8.0
    min_points: int = 8
    base_points: int = 600
    points_to_double_odds: int = 20
    default: str = "是否违约 as CUMCM 2020 C labels it: the source defines neither the default nor its window"
    window_months: int = 12


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a card: its bins and the points of each, the missing bin last."""

    name: str
    code: str
    bins: Bins
    points: tuple[int, ...]

    def score(self, values: Floats) -> Floats:
        """Points, shape (n,), by the very cells the platform reads, in whole micro-units."""
        present = np.isfinite(values)
        whole = np.array([micro(v) if here else 0 for v, here in zip(values, present, strict=True)], dtype=np.int64)
        hits = [parse_cell(cell).over((whole, present)) for cell in self.bins.cells]
        return np.array(self.points, dtype=np.float64) @ np.array(hits, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Card:
    """Score = base_points + points of the matching bin of each attribute; 600 is a firm of average evidence."""

    attributes: tuple[Attribute, ...]
    base_points: int
    even_odds_score: float
    points_to_double_odds: int
    sample_size: int
    sample_defaults: int
    as_of: date
    default: str
    window_months: int

    def score(self, facts: Facts) -> Floats:
        """Scores, shape (n,), in points; more is safer. `facts`: arrays of shape (n,), NaN where missing."""
        start = np.full(len(next(iter(facts.values()))), float(self.base_points))
        return sum((attribute.score(facts[attribute.name]) for attribute in self.attributes), start)

    def pd(self, facts: Facts) -> Floats:
        """Probability of default as in the sample, shape (n,): its level is the sample's, see `calibrated`."""
        return expit((self.even_odds_score - self.score(facts)) * math.log(2) / self.points_to_double_odds)

    def csv(self) -> str:
        """scorecard.csv: attribute,bin,points,reason,zh,en."""
        out = io.StringIO()
        write = csv.writer(out, lineterminator="\n").writerow
        write(["attribute", "bin", "points", "reason", "zh", "en"])
        for item in self.attributes:
            for cell, points, (low, high) in zip(item.bins.cells, item.points, item.bins.spans, strict=True):
                write([item.name, cell, points, item.code, *bin_words(item.name, low, high)])
        return out.getvalue()

    def calibration(self) -> str:
        """calibration.toml: from score to the sample's probability of default, and what the sample was."""
        names = "".join(f'    "{item.name}",\n' for item in self.attributes)
        return (
            "# Made by `zhiwei lab` together with scorecard.csv.\n"
            "# Sample PD = 1 / (1 + exp((score - even_odds_score) x ln 2 / points_to_double_odds)).\n"
            f"base_points = {self.base_points}\n"
            f"even_odds_score = {self.even_odds_score}\n"
            f"points_to_double_odds = {self.points_to_double_odds}\n"
            f"sample_default_rate = {self.sample_defaults / self.sample_size:.6f}\n"
            f'default = "{self.default}"\n'
            f"window_months = {self.window_months}\n"
            f'sample = "n = {self.sample_size}, defaults = {self.sample_defaults}"\n'
            f"as_of = {self.as_of.isoformat()}\n"
            f"attributes = [\n{names}]\n"
        )


def develop(
    facts: Facts, label: Floats, directions: Mapping[str, int], *, as_of: date, recipe: Recipe | None = None
) -> Card:
    """A card from a sample.

    `facts`: arrays of shape (n,), NaN where missing. `label`: shape (n,), 1 where the firm defaulted, 0 where it paid.
    `directions`: +1 safer as it rises, -1 riskier; facts without a direction are not candidates. ValueError where the
    sample lacks defaulters or payers.
    """
    recipe = recipe or Recipe()
    label = np.asarray(label, dtype=np.float64)
    if not 0 < label.sum() < len(label):
        raise ValueError("a scorecard needs firms that defaulted and firms that paid")
    margin = missing_margin(as_of)
    bins = {name: coarse_bins(facts[name], label, way, margin) for name, way in directions.items() if name in facts}
    weights = {name: found.weigh(facts[name]) for name, found in bins.items() if found.usable}
    chosen = _select(bins, weights, recipe)
    factor = recipe.points_to_double_odds / math.log(2)
    while True:
        intercept, slopes = _fit([weights[name] for name in chosen], label, recipe.penalty)
        points = {name: _points(bins[name], slope * factor) for name, slope in zip(chosen, slopes, strict=True)}
        kept = [name for name in chosen if max(points[name][:-1]) - min(points[name][:-1]) >= recipe.min_points]
        if kept == chosen:
            break
        chosen = kept
    codes = {name: f"S{number:02d}_{name.upper()}" for number, name in enumerate(directions, 1)}
    return Card(
        attributes=tuple(_attribute(name, codes[name], bins[name], points[name]) for name in chosen),
        base_points=recipe.base_points,
        even_odds_score=round(recipe.base_points - intercept * factor, 2),
        points_to_double_odds=recipe.points_to_double_odds,
        sample_size=len(label),
        sample_defaults=int(label.sum()),
        as_of=as_of,
        default=recipe.default,
        window_months=recipe.window_months,
    )


def calibrated(pd: Floats, sample_rate: float, base_rate: float) -> Floats:
    """PD moved from the sample's default rate to a base rate by a shift of log-odds (odds ratios stay)."""
    return expit(logit(pd) + logit(base_rate) - logit(sample_rate))


def missing_margin(on: date) -> float:
    """Log-odds that a missing value stays below the sample's mean: the dated number of lab/policy.toml in force."""
    policy = tomllib.loads(files("zhiwei.lab").joinpath("policy.toml").read_text(encoding="utf-8"))
    in_force = [entry for entry in policy["missing_margin"] if entry["from"] <= on]
    if not in_force:
        raise ValueError(f"lab/policy.toml has no missing_margin in force on {on}")
    return float(max(in_force, key=lambda entry: entry["from"])["value"])


def _select(bins: Mapping[str, Bins], weights: Facts, recipe: Recipe) -> list[str]:
    """Best information value first; one nearly the same as a better one is left out."""
    chosen: list[str] = []
    for name in sorted(weights, key=lambda name: -bins[name].information):  # a tie keeps the order of directions
        near = [abs(np.corrcoef(weights[name], weights[other])[0, 1]) for other in chosen]
        if len(chosen) < recipe.max_attributes and max(near, default=0.0) <= recipe.max_correlation:
            chosen.append(name)
    return chosen


def _fit(columns: list[Floats], label: Floats, penalty: float) -> tuple[float, Floats]:
    """Intercept and non-negative weights of WOE in the log-odds of paying, with a ridge on the weights only."""
    design = np.column_stack([np.ones(len(label)), *columns])
    ridge = np.array([0.0, *[penalty] * len(columns)])
    sign = 1 - 2 * label

    def loss(beta: Floats) -> tuple[float, Floats]:
        margin = sign * (design @ beta)
        gradient = -design.T @ (sign * expit(-margin)) + ridge * beta
        return float(np.logaddexp(0, -margin).sum() + (ridge * beta**2).sum() / 2), gradient

    start = np.array([-logit(label.mean()), *[0.3] * len(columns)])
    bounds = [(None, None), *[(0, None)] * len(columns)]
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B")
    return float(found.x[0]), found.x[1:]


def _attribute(name: str, code: str, bins: Bins, points: tuple[int, ...]) -> Attribute:
    at = 0
    while at < len(bins.cuts):
        if points[at] == points[at + 1]:
            bins, points = bins.joined(at), points[:at] + points[at + 1 :]
        else:
            at += 1
    return Attribute(name, code, bins, points)


def _points(bins: Bins, factor: float) -> tuple[int, ...]:
    return tuple(round(factor * woe) for woe in bins.woe)
