"""Who gets which offer when money is limited: the amounts and rates that earn most in one budget (额度分配).

The profit of one yuan OFFERED to a candidate of grade g at annual rate r, for a bullet loan of m months (t = m / 12):

    u(r) = acceptance(g, r) * [ (1 - q) * r * t  -  q * LGD  -  cost_of_funds * t  -  cost_to_serve ]

    q = 1 - (1 - pd) ** t     the 12-month PD brought to m months at a constant hazard; q = pd for 12 months
    (1 - q) * r * t           interest comes from those who repay only: a defaulter is assumed to pay none
    q * LGD                   the part of the principal a defaulter never returns
    cost_of_funds * t         paid on all money lent, defaulted or not, for the whole term
    cost_to_serve             once per yuan lent; an offer nobody takes costs nothing

PD is taken as independent of the answer: the curve has no adverse selection in it (dear offers draw riskier takers),
so a product that measures some should raise `pd` before it comes here.

Decided: the sum of OFFERED amounts stays within the budget, since every offer must be honourable on the day it is made.
Not chosen: to overbook, i.e. to budget the expected take-up as airlines do. Answers to one campaign move together, so
the take-up is no narrow average, and the borrower turned away would hold our promise. What is not taken up feeds the
next round instead.

Decided: the rate is one non-falling function of PD over the whole campaign. Within a grade profit alone gives it:
u = a(r) * (1 - q) * t * (r - k), with k = (q * LGD + cost_of_funds * t + cost_to_serve) / ((1 - q) * t) rising in pd,
and log(r - k) has increasing differences in (r, k), so the best r rises with pd whatever the shape of a (Topkis 1978).
Across grades curves differ, and profit alone would charge a safer but less price-sensitive firm more; there the rule is
imposed exactly (`_rates_by_pd`) and `CampaignPlan.rates_moved` says how many rates it moved. Not chosen: isotonic
regression of the best rates, which is near in rate, not in profit; pricing by sensitivity, which nobody could explain
to the safer firm.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import bmat, diags_array, identity

from zhiwei.credit.underwriting.demand import DemandCurve
from zhiwei.credit.underwriting.pricing import margin
from zhiwei.values import Breach

MAX_CANDIDATES = 10_000
MAX_RATES = 2_000
MAX_STEPS_PER_OFFER = 10_000  # the solver takes 1e-6 for a zero: times this it is still far from one step
MAX_NODES = 5_000  # not a time limit: the same input must give the same plan on a slower machine

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class CampaignUnsolved(Breach):
    """The solver ended without a plan, or with one that breaks the budget or an amount's bounds."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firm that may be offered a loan. pd: probability of default in 12 months; ceiling: the decision's limit, 分."""

    party_id: str
    pd: float
    grade: str
    ceiling: int

    def __post_init__(self) -> None:
        _require(0.0 <= self.pd <= 1.0, f"pd of {self.party_id} must lie between 0 and 1, got {self.pd}")
        _require_amount(f"ceiling of {self.party_id}", self.ceiling)


@dataclass(frozen=True, slots=True)
class CampaignTerms:
    """The frame of a campaign.

    budget, floor_amount, cap_amount, amount_step   whole 分; an offer is 0 or from floor to cap, in whole steps
    rate_floor, rate_cap, rate_step                 annual fractions; offered rates are multiples of rate_step
    months                                          term of the loan
    loss_given_default                              share of the principal lost, in [0, 1]
    cost_of_funds                                   per yuan lent and year
    cost_to_serve                                   per yuan lent, once

    ValueError, saying which, where a value makes no sense.
    """

    budget: int
    floor_amount: int
    cap_amount: int
    rate_floor: Decimal
    rate_cap: Decimal
    amount_step: int
    months: int
    loss_given_default: float
    cost_of_funds: float
    cost_to_serve: float
    rate_step: Decimal = Decimal("0.0005")

    def __post_init__(self) -> None:
        for name in ("budget", "floor_amount", "cap_amount", "amount_step"):
            _require_amount(name, getattr(self, name))
        _require(self.amount_step > 0, "amount_step must be positive")
        _require(self.floor_amount <= self.cap_amount, "floor_amount is above cap_amount")
        _require(
            self.cap_amount // self.amount_step <= MAX_STEPS_PER_OFFER,
            f"cap_amount is more than {MAX_STEPS_PER_OFFER} steps of amount_step: take a coarser step",
        )
        rates = (self.rate_floor, self.rate_cap, self.rate_step)
        _require(all(rate.is_finite() for rate in rates), "rates must be finite")
        _require(0 <= self.rate_floor <= self.rate_cap <= 1, "rates must satisfy 0 <= rate_floor <= rate_cap <= 1")
        _require(self.rate_step >= Decimal("0.000001"), "rate_step must be at least a millionth")
        _require(type(self.months) is int and 1 <= self.months <= 120, "months must be a whole number from 1 to 120")
        _require(0.0 <= self.loss_given_default <= 1.0, "loss_given_default must lie between 0 and 1")
        for name in ("cost_of_funds", "cost_to_serve"):
            _require(0.0 <= getattr(self, name) <= 1.0, f"{name} must be a fraction of a yuan, between 0 and 1")


@dataclass(frozen=True, slots=True)
class CampaignOffer:
    """One offer. amount: 分; annual_rate: fraction; acceptance: share in [0, 1]; expected_profit: 元, over the term."""

    party_id: str
    amount: int
    annual_rate: Decimal
    acceptance: float
    expected_profit: float


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """The offers, by party_id, and what they promise.

    expected_profit   元
    expected_take_up  分, an expectation rounded half to even; never posted
    budget_used       分, the sum of the offered amounts
    solver_status     "optimal" | "node limit" (best plan found so far) | "nothing to offer"
    bound             元 no plan at these rates can exceed
    gap               (bound - expected_profit) / bound; 0 where bound is 0
    rates_moved       candidates priced off their own best rate so that rates do not fall as PD rises
    """

    offers: tuple[CampaignOffer, ...]
    expected_profit: float
    expected_take_up: int
    budget_used: int
    solver_status: str
    bound: float
    gap: float
    rates_moved: int


class _Priced(NamedTuple):
    """Candidates worth an offer, at their rate: acceptance, profit of one step (元), most steps the offer may have."""

    candidates: list[Candidate]
    rates: list[Decimal]
    acceptance: Floats
    step_profit: Floats
    most: Ints
    moved: int


def plan_campaign(candidates: Sequence[Candidate], curve: DemandCurve, terms: CampaignTerms) -> CampaignPlan:
    """The offers with the highest expected profit within the budget.

    Rates first, amounts second. Amount i enters profit as n_i * u_i(r_i) with n_i >= 0 and the budget sees n_i only, so
    max over (n, r) = max over n of sum n_i * max_r u_i(r): the best rate does not depend on the budget. (The rule that
    rates follow PD ties rates of different grades together; there it weighs each by its largest amount, which is exact
    while the budget does not bind and a fair guess when it does.)

    The order of `candidates` does not matter: they are taken by party_id, and of two alike the lower id gets more.
    An empty plan where nobody can be offered anything at a profit. ValueError for a repeated party_id, a grade without
    a curve, too many candidates, or terms without a rate on the curve. CampaignUnsolved is a Breach.
    """
    _require(len(candidates) <= MAX_CANDIDATES, f"more than {MAX_CANDIDATES} candidates: plan by segment")
    ordered = sorted(candidates, key=lambda candidate: candidate.party_id)
    _require(len({c.party_id for c in ordered}) == len(ordered), "a party_id stands twice among the candidates")
    grid = _rate_grid(curve, terms)
    for grade in {candidate.grade for candidate in ordered}:
        curve.acceptance(grade, grid[0])
    least = max(1, -(-terms.floor_amount // terms.amount_step))
    budget = terms.budget // terms.amount_step
    eligible = [c for c in ordered if min(c.ceiling, terms.cap_amount) // terms.amount_step >= least]
    if not eligible or budget < least:
        return _plan((), 0, "nothing to offer", 0.0)
    priced = _price(eligible, curve, terms, grid)
    if not priced.candidates:
        return _plan((), priced.moved, "nothing to offer", 0.0)
    steps, status, bound = _choose_steps(priced.step_profit, priced.most, least, budget)
    offers = tuple(
        CampaignOffer(candidate.party_id, int(n) * terms.amount_step, rate, float(acceptance), float(n * profit))
        for candidate, rate, acceptance, profit, n in zip(
            priced.candidates, priced.rates, priced.acceptance, priced.step_profit, steps, strict=True
        )
        if n
    )
    return _plan(offers, priced.moved, status, bound)


def _plan(offers: tuple[CampaignOffer, ...], moved: int, status: str, bound: float) -> CampaignPlan:
    profit = sum(offer.expected_profit for offer in offers)
    take_up = round(sum(offer.acceptance * offer.amount for offer in offers))
    used = sum(offer.amount for offer in offers)
    bound = max(bound, profit)  # the solver's bound may fall short of its own plan by its tolerance
    gap = (bound - profit) / bound if bound else 0.0
    return CampaignPlan(offers, profit, take_up, used, status, bound, gap, moved)


def _rate_grid(curve: DemandCurve, terms: CampaignTerms) -> list[Decimal]:
    """Multiples of the rate step that the terms allow and the curve has seen."""
    low, high = max(terms.rate_floor, curve.rates[0]), min(terms.rate_cap, curve.rates[-1])
    first, last = int(low // terms.rate_step), int(high // terms.rate_step)
    first += first * terms.rate_step < low
    _require(first <= last, f"no multiple of {terms.rate_step} lies within both the terms' rates and the demand curve")
    _require(last - first < MAX_RATES, f"more than {MAX_RATES} rates to try: take a coarser rate_step")
    return [number * terms.rate_step for number in range(first, last + 1)]


def _price(eligible: list[Candidate], curve: DemandCurve, terms: CampaignTerms, grid: list[Decimal]) -> _Priced:
    """Give each candidate its rate, and leave out those whom no rate makes profitable."""
    years = terms.months / 12
    pd = np.array([candidate.pd for candidate in eligible])
    default = 1.0 - (1.0 - pd) ** years
    cost = default * terms.loss_given_default + terms.cost_of_funds * years + terms.cost_to_serve
    rates = np.array([float(rate) for rate in grid])
    by_grade = {g: [curve.acceptance(g, rate) for rate in grid] for g in {c.grade for c in eligible}}
    acceptance = np.array([by_grade[candidate.grade] for candidate in eligible])
    unit = acceptance * margin(rates, default[:, None], cost[:, None], years)
    most = np.array([min(c.ceiling, terms.cap_amount) // terms.amount_step for c in eligible], dtype=np.int64)
    chosen = _rates_by_pd(pd, unit * most[:, None])
    everyone = np.arange(len(eligible))
    profit = unit[everyone, chosen]
    # Measured against profit, not against the rate: of two rates that earn alike neither is "moved".
    best = unit.max(axis=1)
    moved = int(np.sum((best > 0) & (best - profit > 1e-12)))
    kept = np.flatnonzero(profit > 0)
    return _Priced(
        [eligible[i] for i in kept],
        [grid[chosen[i]] for i in kept],
        acceptance[kept, chosen[kept]],
        profit[kept] * (terms.amount_step / 100),
        most[kept],
        moved,
    )


def _rates_by_pd(pd: Floats, profit: Floats) -> Ints:
    """For each candidate the column (rate) of `profit` (candidates x ascending rates) such that the column is a
    non-falling function of pd and the sum of profits is the highest; the lowest of equally good columns.

    Candidates of one PD share a rate. Who earns nothing at a rate gets no offer there, so a loss counts as zero and
    binds nobody. Dynamic programme: best sum up to this PD ending at rate r = own profit + best sum so far at <= r.
    """
    _, group = np.unique(pd, return_inverse=True)
    total = np.zeros((group.max() + 1, profit.shape[1]))
    np.add.at(total, group, np.maximum(profit, 0.0))
    for row in range(1, len(total)):
        total[row] += np.maximum.accumulate(total[row - 1])
    rate_of = np.empty(len(total), dtype=np.int64)
    end = total.shape[1]
    for row in range(len(total) - 1, -1, -1):
        rate_of[row] = np.argmax(total[row, :end])
        end = rate_of[row] + 1
    chosen: Ints = rate_of[group]
    return chosen


def _choose_steps(profit: Floats, most: Ints, least: int, budget: int) -> tuple[Ints, str, float]:
    """Whole steps per candidate, 0 or from `least` to `most`, with the highest total profit within `budget` steps.

    Integer n (steps) and binary y (is there an offer): least * y <= n <= most * y, sum n <= budget. HiGHS, to a gap of
    zero. Returns steps, status, and the bound on profit in 元.
    """
    count = len(profit)
    most = np.minimum(most, budget)
    scale = float(profit.max())  # the solver's tolerances are absolute: let the best step be worth 1
    one = identity(count)
    rows = bmat(
        [[one, diags_array(-most.astype(np.float64))], [one, -least * one], [np.ones((1, count)), None]], format="csc"
    )
    lower = np.concatenate([np.full(count, -np.inf), np.zeros(count), [0]])
    upper = np.concatenate([np.zeros(count), np.full(count, np.inf), [budget]])
    answer = milp(
        c=np.concatenate([-profit / scale, np.zeros(count)]),
        integrality=np.ones(2 * count),
        bounds=Bounds(np.zeros(2 * count), np.concatenate([most, np.ones(count)])),
        constraints=LinearConstraint(rows, lower, upper),
        options={"mip_rel_gap": 0.0, "node_limit": MAX_NODES},
    )
    if answer.x is None:  # scipy knows no status for a node limit: a plan, where there is one, tells it from a failure
        raise CampaignUnsolved(f"the solver found no plan: {answer.message}")
    steps = np.rint(answer.x[:count]).astype(np.int64)
    if steps.sum() > budget or np.any((steps != 0) & ((steps < least) | (steps > most))):
        raise CampaignUnsolved("the solver's plan breaks the budget or an amount's bounds")
    status = "optimal" if answer.status == 0 else "node limit"
    return _favour_lower_ids(steps, profit, most), status, float(-answer.mip_dual_bound * scale)


def _favour_lower_ids(steps: Ints, profit: Floats, most: Ints) -> Ints:
    """Hand out the same amounts again among candidates alike in profit and limit, largest first, by party_id."""
    alike: defaultdict[tuple[float, int], list[int]] = defaultdict(list)
    for place, key in enumerate(zip(profit.tolist(), most.tolist(), strict=True)):
        alike[key].append(place)
    settled = steps.copy()
    for places in alike.values():
        settled[places] = np.sort(steps[places])[::-1]
    return settled


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def _require_amount(name: str, amount: int) -> None:
    _require(type(amount) is int and amount >= 0, f"{name} must be a whole number of 分, 0 or more, got {amount!r}")
