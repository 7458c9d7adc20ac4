"""Score to probability: monotone, moved to the base rate by odds, never 0 or 1; and the tables' own checks."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.credit.underwriting.scoring import Calibration, read_scorecard
from zhiwei.credit.underwriting.terms import read_grades
from zhiwei.tables import MICRO, Problem, micro

RATES = st.integers(1, MICRO - 1)
SCORES = st.integers(-(10**6), 10**6)


def calibration(sample: str = "0.2", double: str = "20", even: str = "565.23") -> Calibration:
    return Calibration(600, Decimal(even), Decimal(double), Decimal(sample))


@settings(deadline=None)
@given(SCORES, SCORES, RATES, st.sampled_from(["0.000001", "0.5", "20", "100000"]))
def test_a_higher_score_is_never_riskier_and_nothing_is_certain(a: int, b: int, base: int, double: str) -> None:
    low, high = sorted((a, b))
    card = calibration(double=double)
    assert 1 <= card.probability(high, base) <= card.probability(low, base) <= MICRO - 1


@settings(deadline=None)
@given(st.integers(400, 800), RATES, RATES)
def test_a_higher_base_rate_is_never_safer(score: int, a: int, b: int) -> None:
    low, high = sorted((a, b))
    assert calibration().probability(score, low) <= calibration().probability(score, high)


def test_odds_double_with_the_points() -> None:
    """At the sample's own rate: even odds at the even score, 2 : 1 for `points_to_double_odds` more."""
    card = calibration(sample="0.2", even="500")
    assert [card.probability(score, micro("0.2")) for score in (500, 520, 540, 480)] == [
        500_000, 333_333, 200_000, 666_667
    ]  # fmt: skip


def test_the_average_moves_to_the_base_rate() -> None:
    """A sample with 20 % defaults whose scores are calibrated, reweighted to 3 %, has an average pd of 3 %.

    Odds x (base odds / sample odds) is Bayes: weighting each firm's default by 0.03 / 0.2 and its survival by
    0.97 / 0.8 is the population with the base rate.
    """
    card = calibration(sample="0.2", even="565")
    scores = np.random.default_rng(7).normal(600, 35, 20_000).round().astype(int)
    at_sample = np.array([card.probability(int(score), micro("0.2")) / MICRO for score in scores])
    rate = at_sample.mean()
    card = calibration(sample=f"{rate:.6f}", even="565")
    in_sample = np.array([card.probability(int(score), micro(f"{rate:.6f}")) / MICRO for score in scores])
    moved = np.array([card.probability(int(score), micro("0.03")) / MICRO for score in scores])
    assert in_sample.mean() == pytest.approx(rate, abs=1e-6)
    weights = in_sample * 0.03 / rate + (1 - in_sample) * 0.97 / (1 - rate)
    assert np.average(moved, weights=weights) == pytest.approx(0.03, abs=1e-5)


HEADER = "attribute,bin,points,reason,zh,en\n"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["x,< 1,1", "x,>= 1,2", "x,null,-1"], []),
        (["x,null,-1"], ["x: nothing covers any number"]),
        (['x,"""A""",1', "x,null,-1"], ["x: nothing covers any number"]),
        (["x,-,1", "x,null,-1"], ["a bin of any value would take", "x: nothing covers any number"]),
        (["x,< 1,1", "x,\">= 1, null\",2", "x,null,0"], ["exactly one bin must take null"]),
        (["x,< 1,1_0", "x,>= 1,2", "x,null,0"], ["points are a whole number", "nothing covers values below"]),
    ],
)  # fmt: skip
def test_a_card_that_could_score_nothing_or_twice_is_refused(rows: list[str], said: list[str]) -> None:
    problems: list[Problem] = []
    read_scorecard("s.csv", HEADER + "".join(f"{row},R,z,e\n" for row in rows), {"x"}, problems)
    assert [any(word in p.message for word in said) for p in problems] == [True] * len(said)


@settings(deadline=None)
@given(st.lists(st.tuples(RATES, RATES), min_size=1, max_size=4), st.lists(RATES, min_size=1, max_size=20))
def test_grades_that_pass_take_every_probability(cuts: list[tuple[int, int]], pds: list[int]) -> None:
    """The check and the use agree: what it passes never leaves a probability without a grade."""
    from zhiwei.tables import text

    problems: list[Problem] = []
    cells = [f"[{text(min(c))}..{text(max(c))}]" for c in cuts] + ["< 0.2", ">= 0.6"]
    content = "grade,pd,zh,en\n" + "".join(f"G{n},{cell},z,e\n" for n, cell in enumerate(cells))
    grades = read_grades("g.csv", content, problems)
    ungraded = [pd for pd in pds if not any(grade.cell.holds(pd) for grade in grades)]
    if problems:
        first = micro(problems[0].message.rsplit(" ", 1)[1])
        assert not any(grade.cell.holds(first) for grade in grades)
        assert all(pd >= first for pd in ungraded)
    else:
        assert ungraded == []
