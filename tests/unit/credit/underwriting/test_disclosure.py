"""What an applicant is told: main reasons in words, in order of weight; of fraud one sentence, and no more."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.bootstrap import product_folders, shelf_folder
from zhiwei.credit.underwriting.disclosure import DISCLOSED, MOST, UNTOLD, Told, disclosed, told_reasons
from zhiwei.shelf import load, read_folder

STEPS = [*DISCLOSED, "tomorrow's"]


def reason(code: str, effect: str = "decline", value: str | None = "1", fact: str = "card_use", test: str = "> 0"):
    return {"code": code, "effect": effect, "zh": f"中{code}", "en": f"en {code}", "fact": fact, "value": value,
            "threshold": test}  # fmt: skip


def step(name: str, code: str) -> dict[str, Any]:
    return {"step": name, "code": code}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_told_where_the_table_says_so_and_never_else(name: str) -> None:
    told = told_reasons([reason("X1")], [step(name, "X1")])
    if DISCLOSED.get(name):
        assert told == (Told("X1", "中X1", "en X1"),)
    else:
        assert told == (() if name == "ruling" else (UNTOLD,))


def test_fraud_is_never_told_and_what_nobody_knows_neither() -> None:
    assert DISCLOSED["antifraud"] is False
    assert not disclosed(reason("X9"), [])
    trace = [step("rules", "R1"), step("antifraud", "R1")]
    assert not disclosed(reason("R1"), trace), "one code of two steps"
    found = reason("R2", fact="found_near_bad_party")
    assert not disclosed(found, [step("rules", "R2")]), "what a check found, asked in the table of rules"


def test_reasons_stand_in_their_order_once_each_and_at_most_four() -> None:
    trace = [step("rules", "R1"), step("antifraud", "F1"), step("antifraud", "F2"), step("data", "D1")]
    reasons = [reason("R1"), reason("F1"), reason("F2"), reason("L02"), reason("N1", "note"),
               reason("D1", "refer"), reason("S1", "score")]  # fmt: skip
    told = told_reasons(reasons, trace)
    assert [one.code for one in told] == ["R1", "", "L02", "D1"]
    assert told[1] == UNTOLD
    assert len(told) == MOST


def test_what_is_missing_is_said_to_be_missing() -> None:
    """A rule that declines for want of data does not say that what it suspects is so."""
    trace = [step("rules", "R1"), step("data", "D1"), step("rules", "R2")]
    rule = reason("R1", value=None, fact="overdue_rule_24m")
    [told] = told_reasons([rule], trace)
    assert (told.code, told.zh) == ("R1", "未能取得所需信息：连三累六")
    [demand] = told_reasons([reason("D1", value=None, fact="bureau_accounts.freshness_days")], trace)
    assert "Bureau accounts" in demand.en
    [own] = told_reasons([reason("R1", value=None, fact="listed", test="== 0")], trace)
    assert own.en == "Information that is needed was not available", "a fact that a table of the product gives"
    [asked] = told_reasons([reason("R2", value=None, test="null")], trace)
    assert asked.en == "en R2", "the rule asks just that"
    assert told_reasons([reason("S1", "score", value=None)], trace)[0].en == "en S1"


def test_every_rule_of_the_shelf_is_told_or_not_by_its_stage() -> None:
    for folder in product_folders(shelf_folder()):
        product, _ = load(read_folder(folder))
        assert product is not None
        for stage in product.policy.stages:
            assert stage.name in DISCLOSED
            for rule in stage.rules:
                spoke = reason(rule.code, fact=rule.fact)
                told = disclosed(spoke, [step(stage.name, rule.code)])
                assert told == (stage.name != "antifraud"), rule


@given(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(["decline", "refer", "note", "score"]))))
def test_nothing_of_a_step_that_is_not_told_reaches_the_applicant(found: list[tuple[str, str]]) -> None:
    named = [(f"X{place}", name, effect) for place, (name, effect) in enumerate(found)]
    trace = [step(name, code) for code, name, _ in named]
    told = told_reasons([reason(code, effect) for code, _, effect in named], trace)
    hidden = {code for code, name, effect in named if effect != "score" and not DISCLOSED.get(name)}
    assert not hidden & {one.code for one in told}
    assert len(told) <= MOST
    spoke = [effect for _, name, effect in named if effect != "note" and not (name == "ruling" and effect != "score")]
    assert bool(told) == bool(spoke)
