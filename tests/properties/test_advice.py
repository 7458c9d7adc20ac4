"""Any policy on any facts: the four questions asked alone, put together, are the decision."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from policies import ANY_FACTS, ON, policies

from zhiwei.credit.underwriting import Policy, admit, advise_limit, assess, price, underwrite
from zhiwei.values import by_severity

Facts = dict[str, int | None]
WORST = ("approve", "refer", "decline")


@given(policies(), ANY_FACTS, st.booleans())
def test_the_four_questions_put_together_are_the_decision(policy: Policy, facts: Facts, in_parts: bool) -> None:
    if in_parts:
        policy = replace(policy, at_once=policy.limit[-1:])
    verdict = underwrite(policy, facts, ON)
    admitted, assessed = admit(policy, facts, ON), assess(policy, facts, ON)
    limit, rate = advise_limit(policy, facts, ON), price(policy, facts, ON)
    outcome = max((one.outcome for one in (admitted, limit, rate)), key=WORST.index)
    assert verdict.outcome == outcome
    assert (verdict.score, verdict.pd, verdict.grade) == (assessed.score, assessed.pd, assessed.grade)
    offered = (0, None) if outcome == "decline" else (limit.limit, rate.annual_rate)
    assert (verdict.limit, verdict.annual_rate) == offered
    found = [*admitted.reasons, *limit.reasons, *rate.reasons]
    assert verdict.reasons == (*by_severity(found), *assessed.reasons)
    if limit.at_once is None:
        assert verdict.at_once is None
    else:
        assert verdict.at_once is not None
        assert limit.at_once == min(verdict.at_once, limit.limit)
    seen, steps = policy.traced(facts, policy.in_force(ON))
    assert seen == policy.derived(facts, policy.in_force(ON))
    tables = tuple(steps)
    parts = (one.trace for one in (admitted, assessed, limit, rate))
    alone = [step for trace in parts for step in trace[len(tables) :]]
    last = [step for step in alone if step["step"] == "at_once"]  # a decision says it after the price
    assert verdict.trace == (*tables, *(step for step in alone if step not in last), *last)


@given(policies(), ANY_FACTS)
def test_the_scorecards_own_probability_changes_nothing(policy: Policy, facts: Facts) -> None:
    pd = assess(policy, facts, ON).pd
    assert advise_limit(policy, facts, ON, pd) == advise_limit(policy, facts, ON)
    assert price(policy, facts, ON, pd) == price(policy, facts, ON)


@given(policies(), ANY_FACTS, st.integers(1, 999_999))
def test_the_terms_are_what_limit_and_price_are_made_of(policy: Policy, facts: Facts, pd: int) -> None:
    limit, rate = advise_limit(policy, facts, ON, pd), price(policy, facts, ON, pd)
    known = {one.name: one.value for one in limit.terms if one.value is not None}
    if len(known) == len(limit.terms):
        assert limit.limit == max(0, min(known.values())) // policy.limit_step * policy.limit_step
        assert known[limit.binding] == min(known.values())
    else:
        assert (limit.limit, limit.outcome) == (0, "refer")
    if rate.annual_rate is not None:
        assert rate.floor <= rate.annual_rate <= rate.cap
        total = sum(one.value or 0 for one in rate.terms)
        assert rate.annual_rate == max((total + 50) // 100 * 100, rate.floor)
    else:
        assert rate.outcome == ("refer" if any(one.value is None for one in rate.terms) else "decline")
