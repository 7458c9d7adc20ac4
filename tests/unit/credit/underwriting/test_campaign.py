"""The campaign plan against brute force, against greedy, and at its edges."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.credit.underwriting import campaign
from zhiwei.credit.underwriting.campaign import CampaignPlan, CampaignTerms, CampaignUnsolved, Candidate, plan_campaign
from zhiwei.credit.underwriting.demand import DemandCurve, smooth

WAN = 1_000_000  # 1 万元 in 分
CURVE = smooth(
    ["0.04", "0.06", "0.08", "0.10", "0.12", "0.15"],
    {
        "A": [0.0, 0.35, 0.55, 0.70, 0.80, 0.92],
        "B": [0.0, 0.30, 0.55, 0.68, 0.78, 0.88],
        "C": [0.0, 0.20, 0.40, 0.55, 0.70, 0.85],
    },
)
TERMS = CampaignTerms(
    budget=100 * WAN,
    floor_amount=10 * WAN,
    cap_amount=100 * WAN,
    rate_floor=Decimal("0.04"),
    rate_cap=Decimal("0.15"),
    amount_step=WAN,
    months=12,
    loss_given_default=0.5,
    cost_of_funds=0.02,
    cost_to_serve=0.005,
)


def unit_profit(pd: float, grade: str, rate: Decimal, terms: CampaignTerms) -> float:
    """The brief's formula for twelve months, written again."""
    kept = (1 - pd) * float(rate) - pd * terms.loss_given_default - terms.cost_of_funds - terms.cost_to_serve
    return CURVE.acceptance(grade, rate) * kept


def rates_of(terms: CampaignTerms) -> list[Decimal]:
    count = int((terms.rate_cap - terms.rate_floor) / terms.rate_step) + 1
    return [terms.rate_floor + number * terms.rate_step for number in range(count)]


def brute_force(people: list[Candidate], terms: CampaignTerms) -> float:
    """The best profit (元) over every combination of rates and amounts, rates not falling with PD; four rates only."""
    people = sorted(people, key=lambda person: person.pd)
    amounts = [
        [0, *(a for a in range(terms.amount_step, min(p.ceiling, terms.cap_amount) + 1, terms.amount_step))]
        for p in people
    ]
    fits = [
        combo
        for combo in product(*amounts)
        if sum(combo) <= terms.budget and all(not a or a >= terms.floor_amount for a in combo)
    ]
    best = 0.0
    for rates in product(rates_of(terms), repeat=len(people)):
        if any(left > right for left, right in pairwise(rates)):
            continue
        earns = [unit_profit(p.pd, p.grade, r, terms) / 100 for p, r in zip(people, rates, strict=True)]
        best = max(best, *(sum(a * e for a, e in zip(combo, earns, strict=True)) for combo in fits))
    return best


def check(plan: CampaignPlan, people: list[Candidate], terms: CampaignTerms) -> None:
    """What holds of every plan."""
    by_id = {person.party_id: person for person in people}
    assert plan.budget_used == sum(offer.amount for offer in plan.offers) <= terms.budget
    assert [offer.party_id for offer in plan.offers] == sorted({offer.party_id for offer in plan.offers})
    for offer in plan.offers:
        person = by_id[offer.party_id]
        assert terms.floor_amount <= offer.amount <= min(terms.cap_amount, person.ceiling)
        assert offer.amount > 0
        assert offer.amount % terms.amount_step == 0
        assert terms.rate_floor <= offer.annual_rate <= terms.rate_cap
        assert offer.annual_rate % terms.rate_step == 0
        assert offer.acceptance == CURVE.acceptance(person.grade, offer.annual_rate)
        assert offer.expected_profit > 0
        if terms.months == 12:
            earns = unit_profit(person.pd, person.grade, offer.annual_rate, terms)
            assert offer.expected_profit == pytest.approx(earns * offer.amount / 100)
    assert plan.expected_profit == pytest.approx(sum(offer.expected_profit for offer in plan.offers))
    assert plan.expected_take_up == round(sum(offer.acceptance * offer.amount for offer in plan.offers))
    assert plan.expected_profit <= plan.bound
    priced = sorted((by_id[offer.party_id].pd, offer.annual_rate) for offer in plan.offers)
    assert all(safer[1] <= riskier[1] for safer, riskier in pairwise(priced))


def greedy(people: list[Candidate], terms: CampaignTerms) -> float:
    """What a careful clerk earns at the same rates: the best-earning yuan first, as much as fits, floor kept."""
    rates = campaign._price(people, CURVE, terms, campaign._rate_grid(CURVE, terms))
    left, earned = terms.budget // terms.amount_step, 0.0
    for profit, most in sorted(zip(rates.step_profit, rates.most, strict=True), reverse=True):
        steps = min(int(most), left)
        if steps * terms.amount_step >= terms.floor_amount:
            left, earned = left - steps, earned + steps * float(profit)
    return earned


@st.composite
def crowds(draw: st.DrawFn, largest: int = 12) -> list[Candidate]:
    one = st.tuples(st.floats(0, 1) | st.floats(0, 0.1), st.sampled_from("ABC"), st.integers(0, 120 * WAN))
    drawn = draw(st.lists(one, max_size=largest))
    return [Candidate(f"E{number:03}", *fields) for number, fields in enumerate(drawn)]


# ---- golden ----

GOLDEN = [
    Candidate("E1", 0.010, "A", 5 * WAN),
    Candidate("E2", 0.020, "C", 3 * WAN),
    Candidate("E3", 0.025, "A", 4 * WAN),
    Candidate("E4", 0.060, "B", 6 * WAN),
]
SMALL = replace(
    TERMS,
    budget=10 * WAN,
    floor_amount=2 * WAN,
    cap_amount=5 * WAN,
    rate_floor=Decimal("0.06"),
    rate_cap=Decimal("0.12"),
    rate_step=Decimal("0.02"),
)


def test_the_golden_campaign() -> None:
    plan = plan_campaign(GOLDEN, CURVE, SMALL)
    got = [(offer.party_id, offer.amount // WAN, str(offer.annual_rate)) for offer in plan.offers]
    # E3 alone would do best at 0.08, but may not pay less than the safer E2.
    assert got == [("E1", 5, "0.08"), ("E2", 3, "0.10"), ("E3", 2, "0.10")]
    assert plan.rates_moved == 1
    assert plan.expected_profit == pytest.approx(brute_force(GOLDEN, SMALL)) == pytest.approx(2317.50)
    assert plan.solver_status == "optimal"
    assert plan.gap == pytest.approx(0, abs=1e-9)
    check(plan, GOLDEN, SMALL)


@pytest.mark.parametrize("budget", [0, 1, 2, 3, 5, 7, 9])
def test_one_grade_equals_brute_force_over_rates_and_amounts_at_every_budget(budget: int) -> None:
    people = [replace(person, grade="B") for person in GOLDEN]
    terms = replace(SMALL, budget=budget * WAN)
    assert plan_campaign(people, CURVE, terms).expected_profit == pytest.approx(brute_force(people, terms))


@settings(max_examples=25, deadline=None)
@given(crowds(largest=3))
def test_mixed_grades_equal_brute_force_while_the_budget_does_not_bind(people: list[Candidate]) -> None:
    terms = replace(SMALL, budget=15 * WAN)
    plan = plan_campaign(people, CURVE, terms)
    apart = len({person.pd for person in people}) == len(people)  # the oracle may price one PD twice
    if apart and people:
        assert plan.expected_profit == pytest.approx(brute_force(people, terms), abs=1e-6)


def test_a_budget_that_greedy_wastes() -> None:
    """The best-earning yuan first takes 9 of 10 万 and leaves 1, below the floor; all 10 to the other earn more."""
    people = [Candidate("E1", 0.010, "C", 9 * WAN), Candidate("E2", 0.0101, "C", 10 * WAN)]
    terms = replace(TERMS, budget=10 * WAN, floor_amount=6 * WAN)
    plan = plan_campaign(people, CURVE, terms)
    assert [(offer.party_id, offer.amount) for offer in plan.offers] == [("E2", 10 * WAN)]
    assert plan.expected_profit > greedy(people, terms)


# ---- rates ----


def test_the_riskier_of_two_grades_never_pays_less() -> None:
    """C is the less price-sensitive grade: alone, the safer E1 would be charged more than the riskier E2."""
    safer, riskier = Candidate("E1", 0.020, "C", 50 * WAN), Candidate("E2", 0.021, "A", 50 * WAN)
    alone = [plan_campaign([person], CURVE, TERMS).offers[0].annual_rate for person in (safer, riskier)]
    assert alone[0] > alone[1]
    plan = plan_campaign([safer, riskier], CURVE, TERMS)
    assert plan.offers[0].annual_rate <= plan.offers[1].annual_rate
    assert plan.rates_moved >= 1


@settings(deadline=None)
@given(crowds(), st.sampled_from("ABC"))
def test_within_a_grade_profit_alone_never_charges_the_riskier_less(people: list[Candidate], grade: str) -> None:
    people = [replace(person, grade=grade, ceiling=50 * WAN) for person in people]
    plan = plan_campaign(people, CURVE, replace(TERMS, budget=10_000 * WAN))
    assert plan.rates_moved == 0
    for offer in plan.offers:
        pd = next(person.pd for person in people if person.party_id == offer.party_id)
        best = max(unit_profit(pd, grade, rate, TERMS) for rate in rates_of(TERMS))
        assert offer.expected_profit == pytest.approx(best * offer.amount / 100)


def test_rates_are_multiples_of_the_step_inside_terms_and_curve() -> None:
    terms = replace(TERMS, rate_floor=Decimal("0.0301"), rate_cap=Decimal("0.0512"), rate_step=Decimal("0.0010"))
    grid = campaign._rate_grid(CURVE, terms)
    assert (grid[0], grid[-1], len(grid)) == (Decimal("0.040"), Decimal("0.051"), 12)
    assert campaign._rate_grid(CURVE, replace(terms, rate_floor=Decimal("0.0401")))[0] == Decimal("0.041")
    with pytest.raises(ValueError, match="no multiple of"):
        plan_campaign([], CURVE, replace(terms, rate_cap=Decimal("0.0399")))


def test_a_shorter_term_bears_less_default_and_less_interest() -> None:
    half = plan_campaign([Candidate("E1", 0.02, "A", 10 * WAN)], CURVE, replace(TERMS, months=6)).offers[0]
    default = 1 - 0.98**0.5
    earns = (1 - default) * float(half.annual_rate) / 2 - default * 0.5 - 0.02 / 2 - 0.005
    assert half.expected_profit == pytest.approx(half.acceptance * earns * 100_000)


# ---- every plan ----


@settings(deadline=None)
@given(crowds(), st.integers(0, 300 * WAN), st.sampled_from([3, 12]))
def test_every_plan_keeps_its_bounds_and_beats_greedy(people: list[Candidate], budget: int, months: int) -> None:
    terms = replace(TERMS, budget=budget, months=months)
    plan = plan_campaign(people, CURVE, terms)
    check(plan, people, terms)
    if plan.offers:
        eligible = [person for person in people if person.ceiling >= terms.floor_amount]
        assert plan.expected_profit >= greedy(eligible, terms) * (1 - 1e-9)


@settings(deadline=None)
@given(crowds(), st.integers(0, 300 * WAN), st.integers(0, 50 * WAN))
def test_more_budget_never_earns_less(people: list[Candidate], budget: int, more: int) -> None:
    less = plan_campaign(people, CURVE, replace(TERMS, budget=budget))
    greater = plan_campaign(people, CURVE, replace(TERMS, budget=budget + more))
    assert greater.expected_profit >= less.expected_profit - 1e-9 * abs(less.expected_profit)


@settings(deadline=None)
@given(crowds(), st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(people: list[Candidate], random: Any) -> None:
    shuffled = list(people)
    random.shuffle(shuffled)
    assert plan_campaign(people, CURVE, TERMS) == plan_campaign(shuffled, CURVE, TERMS)


def test_of_two_alike_the_lower_party_id_gets_more() -> None:
    people = [Candidate(name, 0.01, "A", 30 * WAN) for name in ("E3", "E1", "E2")]
    plan = plan_campaign(people, CURVE, replace(TERMS, budget=30 * WAN))
    amounts = [offer.amount for offer in plan.offers]
    assert plan.offers[0].party_id == "E1"
    assert amounts == sorted(amounts, reverse=True)


# ---- nothing to offer ----


@pytest.mark.parametrize(
    ("people", "terms"),
    [
        ([], TERMS),
        (GOLDEN, replace(SMALL, budget=0)),
        (GOLDEN, replace(SMALL, budget=2 * WAN - 1)),
        ([Candidate("E1", 1.0, "A", 50 * WAN), Candidate("E2", 0.5, "C", 50 * WAN)], TERMS),
        ([Candidate("E1", 0.01, "A", 10 * WAN - 1)], TERMS),
        ([Candidate("E1", 0.01, "A", 0)], replace(TERMS, floor_amount=0)),
    ],
    ids=["nobody", "no budget", "budget below floor", "no profit", "ceiling below floor", "no ceiling"],
)
def test_nothing_to_offer_is_an_empty_plan(people: list[Candidate], terms: CampaignTerms) -> None:
    plan = plan_campaign(people, CURVE, terms)
    assert (plan.offers, plan.solver_status) == ((), "nothing to offer")
    assert (plan.expected_profit, plan.expected_take_up, plan.budget_used, plan.bound, plan.gap) == (0, 0, 0, 0, 0)


# ---- nonsense ----


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"budget": -1}, "budget must be a whole number"),
        ({"budget": 1e8}, "budget must be a whole number"),
        ({"amount_step": 0}, "amount_step must be positive"),
        ({"floor_amount": 101 * WAN}, "floor_amount is above cap_amount"),
        ({"amount_step": 1}, "coarser step"),
        ({"rate_floor": Decimal("0.16")}, "rate_floor <= rate_cap"),
        ({"rate_cap": Decimal("NaN")}, "finite"),
        ({"rate_step": Decimal(0)}, "rate_step must be at least"),
        ({"months": 0}, "months must be"),
        ({"loss_given_default": 1.1}, "loss_given_default"),
        ({"cost_of_funds": -0.01}, "cost_of_funds"),
        ({"cost_to_serve": float("nan")}, "cost_to_serve"),
    ],
)
def test_nonsense_terms_are_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(TERMS, **change)


def test_nonsense_candidates_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for pd in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="pd of E1 must lie between 0 and 1"):
            Candidate("E1", pd, "A", WAN)
    with pytest.raises(ValueError, match="ceiling of E1 must be a whole number"):
        Candidate("E1", 0.1, "A", -1)
    with pytest.raises(ValueError, match="stands twice"):
        plan_campaign([GOLDEN[0], GOLDEN[0]], CURVE, TERMS)
    with pytest.raises(ValueError, match="no demand curve for grade 'D'"):
        plan_campaign([Candidate("E1", 0.1, "D", WAN)], CURVE, TERMS)
    with pytest.raises(ValueError, match="take a coarser rate_step"):
        plan_campaign([], CURVE, replace(TERMS, rate_step=Decimal("0.00001")))
    monkeypatch.setattr(campaign, "MAX_CANDIDATES", 1)
    with pytest.raises(ValueError, match="more than 1 candidates"):
        plan_campaign(GOLDEN, CURVE, TERMS)


# ---- the solver's other endings ----


def test_a_node_limit_still_gives_a_plan_and_its_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign, "MAX_NODES", 1)
    draw = np.random.default_rng(0)
    most = draw.integers(900, 930, 15)
    profit = (1000 + draw.integers(0, 100, 15)) / most
    steps, status, bound = campaign._choose_steps(profit, most, 900, 4500 - 30)
    assert status in ("node limit", "optimal")
    assert 0 < float(steps @ profit) <= bound * (1 + 1e-9)


def test_a_solver_without_a_plan_is_a_breach(monkeypatch: pytest.MonkeyPatch) -> None:
    class Answer:
        x = None
        message = "lost"

    monkeypatch.setattr(campaign, "milp", lambda **_: Answer())
    with pytest.raises(CampaignUnsolved, match="found no plan: lost"):
        plan_campaign(GOLDEN, CURVE, SMALL)


def test_a_plan_beyond_the_budget_is_a_breach(monkeypatch: pytest.MonkeyPatch) -> None:
    class Answer:
        x = np.array([5.0, 3.0, 4.0, 5.0, 1.0, 1.0, 1.0, 1.0])

    monkeypatch.setattr(campaign, "milp", lambda **_: Answer())
    with pytest.raises(CampaignUnsolved, match="breaks the budget"):
        plan_campaign(GOLDEN, CURVE, SMALL)


def test_a_curve_is_a_value() -> None:
    assert hash(CURVE) == hash(DemandCurve(CURVE.rates, CURVE.grades, CURVE.churn))
