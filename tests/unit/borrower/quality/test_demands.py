"""Demands on records: how they are read, and which reasons they give."""

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from zhiwei.borrower.quality import Demand, Quality, demand_of, demands, figure_names, rules_of
from zhiwei.tables import micro
from zhiwei.values import BadInput

PLAIN: dict[str, Any] = {
    "kind": "bank_flow", "months": 12, "coverage": 0.8, "freshness_days": 31, "agreement": 1.0, "effect": "refer",
    "code": "D11", "zh": "银行流水不完整", "en": "Bank statements are not whole",
}  # fmt: skip
NOTHING = Quality("A", "bank_flow", 12, 0, None, None, None, None, None, 0, 0, None, None, None, None, None)
WHOLE = replace(NOTHING, rows=10, coverage=292 / 365, freshness_days=31, agreement=1.0)


def short(quality: Quality, **changes: Any) -> list[tuple[str, str, str, str | None, str]]:
    """(code, effect, fact, value, threshold) of what falls short."""
    demand = demand_of(PLAIN | changes)
    figures = (quality.coverage, quality.freshness_days, quality.agreement)
    facts = {
        name: None if value is None else micro(value) for name, value in zip(figure_names(demand), figures, strict=True)
    }
    reasons = filter(None, (rule.judge(facts) for rule in rules_of(demand)))
    return [(each.code, each.effect, each.fact, each.value, each.threshold) for each in reasons]


def test_what_meets_a_demand_exactly_gives_no_reason() -> None:
    assert short(WHOLE) == []


def test_each_figure_that_falls_short_is_a_reason() -> None:
    poor = replace(WHOLE, coverage=0.75, freshness_days=32, agreement=0.9995)
    assert short(poor) == [
        ("D11", "refer", "bank_flow.coverage_12m", "0.75", "< 0.8"),
        ("D11", "refer", "bank_flow.freshness_days", "32", "> 31"),
        ("D11", "refer", "bank_flow.agreement_12m", "0.9995", "< 1"),
    ]
    assert {(rule.zh, rule.en) for rule in rules_of(demand_of(PLAIN))} == {(PLAIN["zh"], PLAIN["en"])}


def test_what_is_not_known_falls_short_and_is_not_zero() -> None:
    assert [found[3] for found in short(NOTHING)] == [None] * 3
    assert {found[1] for found in short(NOTHING, if_missing="decline")} == {"decline"}
    assert short(NOTHING, if_missing="pass") == []
    partly = replace(WHOLE, coverage=0.5)
    assert [found[1] for found in short(partly, if_missing="pass")] == ["refer"]


def test_a_demand_may_ask_for_one_figure_or_only_for_the_kind() -> None:
    rest = {"freshness_days": None, "agreement": None}
    assert short(NOTHING, **rest) == [("D11", "refer", "bank_flow.coverage_12m", None, "< 0.8")]
    bare = rest | {"coverage": None}
    assert short(NOTHING, **bare) == [("D11", "refer", "bank_flow.coverage_12m", None, "null")]
    assert short(replace(WHOLE, coverage=0.01), **bare) == []


def test_the_example_of_the_module_reads() -> None:
    assert demands.__doc__ is not None
    example = demands.__doc__[demands.__doc__.index("[[quality]]") :]
    assert [demand_of(plain) for plain in tomllib.loads(example)["quality"]] == [Demand(**PLAIN)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "bank_flows"}, "unknown kind 'bank_flows'"), ({"kind": 5}, "kind is 5"), ({"zh": ""}, "zh is ''"),
        ({"effect": "score"}, "unknown effect 'score'"), ({"if_missing": "no"}, "unknown if_missing 'no'"),
        ({"months": 0}, "months is 0"), ({"months": True}, "months is True"), ({"months": 121}, "months is 121"),
        ({"coverage": 1.1}, "coverage is 1.1"), ({"coverage": "0.8"}, "coverage is '0.8'"),
        ({"agreement": float("nan")}, "agreement is nan"), ({"agreement": True}, "agreement is True"),
        ({"freshness_days": -1}, "freshness_days is -1"), ({"freshness_days": 1.5}, "freshness_days is 1.5"),
        ({"covrage": 0.5}, "unknown key 'covrage'"),
    ],
)  # fmt: skip
def test_a_demand_that_cannot_be_understood(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput, match=message) as caught:
        demand_of(PLAIN | changes)
    assert caught.value.code == "bad_demand"


def test_a_demand_lacks_nothing_but_its_months() -> None:
    with pytest.raises(BadInput, match="code is None"):
        demand_of({name: value for name, value in PLAIN.items() if name != "code"})
    assert demand_of({name: value for name, value in PLAIN.items() if name != "months"}).months == 12
