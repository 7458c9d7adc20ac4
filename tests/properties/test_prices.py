"""Prices against demand: the best rate there is, never lower for more risk, and break-even where nothing is known."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from policies import ANY_FACTS, ON, curves, searching

from zhiwei.credit.underwriting import Policy, compile_policy, price_ladder
from zhiwei.credit.underwriting.pricing import Curve, Ladder, Step, ladder
from zhiwei.credit.underwriting.terms import annual_rate

FLOOR, CAP = 40_000, 150_000
Ladders = tuple[Ladder, tuple[Step, ...]]


@st.composite
def steps(draw: st.DrawFn) -> tuple[Step, ...]:
    """Scores with any PD, grade and cost, as no card would have them; the cost need not rise with the risk."""
    pds = draw(st.lists(st.integers(1, 999_999), min_size=1, max_size=6).map(sorted))
    costs = st.integers(0, 200_000) | st.none()
    return tuple(Step(900 - at, pd, draw(st.sampled_from("ABC")), draw(costs)) for at, pd in enumerate(pds))


def best_of_all(curve: Curve, step: Step, least: int) -> int:
    """Brute force: every rate of the grid, profit written out in fractions; the lowest of the best."""
    cost, pd = Fraction(step.cost or 0, 10**6), Fraction(step.pd, 10**6)
    profits: list[tuple[Fraction, int]] = []
    for rate in range(0, CAP + 1, 100):
        if rate < least or step.grade not in curve.grades:
            continue
        row = curve.lost[curve.grades.index(step.grade)]
        for (low, few), (high, many) in pairwise(zip(curve.rates, row, strict=True)):
            if low <= rate <= high:
                lost = Fraction(few, 10**6) + Fraction(many - few, 10**6) * Fraction(rate - low, high - low)
                profits.append(((1 - lost) * ((1 - pd) * Fraction(rate, 10**6) - cost), -rate))
    return -max(profits)[1] if profits else least


@given(curves(), steps())
def test_the_search_finds_what_trying_every_rate_finds(curve: Curve, found: tuple[Step, ...]) -> None:
    for rung, step in zip(ladder(found, curve, FLOOR, CAP).rungs, found, strict=True):
        if rung.searched is not None and rung.break_even is not None:
            assert rung.searched == best_of_all(curve, step, rung.break_even)


@given(curves(), steps())
def test_more_risk_is_never_cheaper_and_every_price_is_between_break_even_and_cap(
    curve: Curve, found: tuple[Step, ...]
) -> None:
    rungs = ladder(found, curve, FLOOR, CAP).rungs
    charged = [rung.rate for rung in rungs if rung.rate is not None]
    assert charged == sorted(charged)
    for rung in rungs:
        dear = rung.break_even is None or rung.break_even > CAP
        assert (rung.rate is None) is dear
        assert dear or max(FLOOR, rung.break_even or 0) <= (rung.rate or 0) <= CAP
        assert rung.moved is (rung.rate != rung.searched)


@given(steps())
def test_without_demand_a_price_is_the_sum_of_its_costs(found: tuple[Step, ...]) -> None:
    for rung in ladder(found, None, FLOOR, CAP).rungs:
        wanted = None if rung.cost is None else annual_rate(rung.cost, FLOOR)
        assert rung.break_even == wanted
        assert rung.rate == (None if wanted is None or wanted > CAP else wanted)


@given(curves(), steps(), st.integers(1, 999_999), st.sampled_from("ABC"), st.integers(0, 200_000))
def test_a_probability_between_two_scores_is_priced_between_them(
    curve: Curve, found: tuple[Step, ...], pd: int, grade: str, cost: int
) -> None:
    made = ladder(found, curve, FLOOR, CAP)
    between = made.priced(Step(-1, pd, grade, cost))
    if between.rate is None:
        assert annual_rate(cost, FLOOR) > CAP
        return
    assert (between.break_even or 0) <= between.rate <= CAP
    safer = [rung.rate for rung in made.rungs if rung.rate is not None and rung.pd <= pd]
    riskier = [rung.rate for rung in made.rungs if rung.rate is not None and rung.pd > pd]
    assert between.rate >= max(safer, default=0)
    assert between.rate <= max(min(riskier, default=CAP), between.break_even or 0)
    assert [made.priced(step).rate for step in found] == [rung.rate for rung in made.rungs]


@given(curves(), steps(), st.integers(0, 50_000))
def test_dearer_funds_never_lower_a_price(curve: Curve, found: tuple[Step, ...], more: int) -> None:
    dearer = [step._replace(cost=None if step.cost is None else step.cost + more) for step in found]
    before, after = (ladder(some, curve, FLOOR, CAP) for some in (found, dearer))
    # Whoever the dearer funds put above the cap is left out of both: nobody is charged his price any more.
    left = [step for step, rung in zip(found, after.rungs, strict=True) if rung.rate is not None]
    before = ladder(left, curve, FLOOR, CAP)
    kept = [rung.rate for rung in after.rungs if rung.rate is not None]
    assert all((one.rate or 0) <= two for one, two in zip(before.rungs, kept, strict=True))


@given(searching(), ANY_FACTS, ANY_FACTS)
def test_bad_news_never_lowers_the_price(
    policy: Policy, one: dict[str, int | None], two: dict[str, int | None]
) -> None:
    """Of two businesses that get a price, the one with fewer points pays no less; of equal points they pay the same."""
    asked = compile_policy(replace(policy, stages=(), smallest_limit=0), ON)
    better, worse = sorted((asked.decide(one), asked.decide(two)), key=lambda decided: -decided.score)
    if better.annual_rate is not None and worse.annual_rate is not None:
        assert worse.annual_rate >= better.annual_rate
        assert better.score != worse.score or worse.annual_rate == better.annual_rate


@given(searching())
def test_every_score_of_the_card_has_its_place_on_the_ladder(policy: Policy) -> None:
    made = price_ladder(policy, ON)
    assert [rung.pd for rung in made.rungs] == sorted(rung.pd for rung in made.rungs)
    assert made.by_score.keys() == {rung.score for rung in made.rungs}
