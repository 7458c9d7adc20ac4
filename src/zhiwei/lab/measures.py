"""Measures of a score against outcomes: AUC, KS, Brier, calibration line, Wilson interval. Label 1 is a default."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, ndtri
from scipy.stats import rankdata

from zhiwei.lab.binning import Floats

Z95 = float(ndtri(0.975))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with the ends of its 95 % interval; what varies in the interval is said where it is made."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def middle(value: float, draws: Floats) -> Estimate:
    """A value with the 2.5-97.5 % range of its draws, shape (m,)."""
    low, high = np.nanquantile(draws, [0.025, 0.975])
    return Estimate(float(value), float(low), float(high))


def auc(risk: Floats, label: Floats) -> float:
    """Chance that a defaulter has the higher risk than a payer, ties counted half (Mann-Whitney)."""
    bad = label > 0.5
    defaults, goods = int(bad.sum()), int((~bad).sum())
    return (float(rankdata(risk)[bad].sum()) - defaults * (defaults + 1) / 2) / (defaults * goods)


def weighted_auc(risk: Floats, label: Floats, weights: Floats) -> Floats:
    """AUC for each row of `weights`, shape (m, n): how often each firm was drawn in a bootstrap."""
    bad = label > 0.5
    wins = (np.sign(risk[bad][:, None] - risk[~bad][None, :]) + 1) / 2
    above = ((weights[:, bad] @ wins) * weights[:, ~bad]).sum(axis=1)
    pairs = weights[:, bad].sum(axis=1) * weights[:, ~bad].sum(axis=1)
    return np.divide(above, pairs, out=np.full(len(weights), np.nan), where=pairs > 0)


def roc(risk: Floats, label: Floats, at: Floats) -> Floats:
    """Share of defaulters caught when the riskiest `at` of payers is refused; `at` ascending in 0..1."""
    order = np.argsort(-risk, kind="stable")
    ends = np.append(np.diff(risk[order]) != 0, True)  # tied firms are refused together
    caught = np.concatenate([[0.0], np.cumsum(label[order])[ends] / label.sum()])
    refused = np.concatenate([[0.0], np.cumsum(1 - label[order])[ends] / (1 - label).sum()])
    return np.interp(at, refused, caught)


def ks(risk: Floats, label: Floats) -> float:
    """Kolmogorov-Smirnov: widest gap between the cumulative shares of defaulters and payers, 0..1."""
    order = np.argsort(-risk, kind="stable")
    ends = np.append(np.diff(risk[order]) != 0, True)
    caught = np.cumsum(label[order])[ends] / label.sum()
    refused = np.cumsum(1 - label[order])[ends] / (1 - label).sum()
    return float(np.abs(caught - refused).max())


def brier(pd: Floats, label: Floats) -> float:
    """Mean squared error of probabilities; 0 is perfect."""
    return float(((pd - label) ** 2).mean())


def calibration_line(log_odds: Floats, label: Floats, weights: Floats | None = None) -> tuple[float, float]:
    """Slope of the outcome's log-odds on the predicted ones, and the intercept where the slope is held at 1 (Cox).

    Slope below 1: predictions too extreme. Intercept below 0: predictions too high.
    """
    weights = np.ones(len(label)) if weights is None else weights
    sign = 2 * label - 1

    def loss(beta: Floats, fixed: float | None) -> tuple[float, Floats]:
        slope = beta[1] if fixed is None else fixed
        margin = sign * (beta[0] + slope * log_odds)
        pull = -weights * sign * expit(-margin)
        gradient = np.array([pull.sum(), (pull * log_odds).sum()])
        return float((weights * np.logaddexp(0, -margin)).sum()), gradient[: len(beta)]

    slope = minimize(loss, np.array([0.0, 1.0]), args=(None,), jac=True, method="BFGS").x[1]
    intercept = minimize(loss, np.array([0.0]), args=(1.0,), jac=True, method="BFGS").x[0]
    return float(slope), float(intercept)


def wilson(hits: int, trials: int) -> Estimate:
    """Share with Wilson's 95 % interval."""
    share, spread = hits / trials, Z95**2 / trials
    centre = (share + spread / 2) / (1 + spread)
    half = Z95 * math.sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half))
