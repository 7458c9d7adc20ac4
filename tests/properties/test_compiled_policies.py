"""Any policy on any facts: compiled one by one and over arrays, it decides what `underwrite` decides."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from policies import ANY_FACTS, FACTS, NUMBERS, ON, policies, searching

from zhiwei.credit.underwriting import Decided, Policy, Verdict, compile_policy, underwrite, underwrite_many
from zhiwei.tables import micro
from zhiwei.tables.cells import Cell

Facts = dict[str, int | None]


def brief(verdict: Verdict) -> Decided:
    return Decided(*(getattr(verdict, name) for name in Decided._fields))


@given(policies() | searching(), st.lists(ANY_FACTS, min_size=1, max_size=8))
def test_a_compiled_policy_decides_what_underwrite_decides(policy: Policy, rows: list[Facts]) -> None:
    made = compile_policy(policy, ON)
    wanted = [underwrite(policy, row, ON) for row in rows]
    assert [made.decide(row) for row in rows] == [brief(one) for one in wanted]
    assert [made.explain(row) for row in rows] == wanted
    columns = {
        name: (np.array([row[name] or 0 for row in rows], np.int64), np.array([row[name] is not None for row in rows]))
        for name in FACTS
    }
    decisions = underwrite_many(policy, columns, ON)
    assert [decisions.row(at) for at in range(len(rows))] == [brief(one) for one in wanted]


@given(policies(), ANY_FACTS)
def test_score_and_outcome_follow_from_the_cells_one_by_one(policy: Policy, facts: Facts) -> None:
    """Without any look-up table: each rule's and each bin's own test is asked in turn."""
    asked, facts = facts, dict(facts)
    for one in policy.tables:
        row = next(row for row in one.table.entries
                   if all(cell.any or speaks(cell, facts[name])
                          for cell, name in zip(row.tests, one.table.inputs, strict=True)))  # fmt: skip
        said = row.outputs[0].expression
        facts["given"] = (
            said.value({**facts, **{name: micro(value) for name, value in NUMBERS.items()}}) if said else None
        )
    effects = {rule.effect for stage in policy.stages for rule in stage.rules if speaks(rule.cell, facts[rule.fact])}
    effects |= {
        rule.if_missing for stage in policy.stages for rule in stage.rules
        if facts[rule.fact] is None and not rule.cell.null
    }  # fmt: skip
    points = {
        name: next(bin_.points for bin_ in bins if speaks(bin_.cell, facts[name]))
        for name, bins in policy.scorecard.bins.items()
    }
    decided = compile_policy(policy, ON).decide(asked)
    assert decided.score == 600 + (weighed(policy, points, facts) if policy.scorecard.fusion else sum(points.values()))
    assert decided.pd == policy.scorecard.calibration.probability(decided.score, micro(NUMBERS["base_rate"]))
    if "decline" in effects:
        assert decided.outcome == "decline"
    elif "refer" in effects:
        assert decided.outcome != "approve"


def weighed(policy: Policy, points: dict[str, int], facts: Facts) -> int:
    """What the cards say together, in exact fractions: how far each is from where it says nothing, times its weight."""
    fusion = policy.scorecard.fusion
    assert fusion
    known = [any(facts[name] is not None for name, at in fusion.attributes.items() if at == place)
             for place in range(len(fusion.anchors))]  # fmt: skip
    weights = fusion.weights[sum(1 << place for place, there in enumerate(known) if there)]
    total = Fraction(weights.shift, 10**6)
    for place, anchor in enumerate(fusion.anchors):
        own = anchor.calibration
        sample = float(own.sample_default_rate)
        neutral = round(
            float(own.even_odds_score) + math.log2((1 - sample) / sample) * float(own.points_to_double_odds), 6
        )
        score = own.base_points + sum(points[name] for name, at in fusion.attributes.items() if at == place)
        total += Fraction(weights.of[place], 10**6) * (score - Fraction(str(neutral)))
    return math.floor(total + Fraction(1, 2))


def speaks(cell: Cell, value: int | None) -> bool:
    return cell.null if value is None else any(span.holds(value) for span in cell.spans)
