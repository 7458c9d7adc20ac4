"""The nearest approvals: each is decided by the same policy, and none of its changes is spare."""

from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.features import CATALOGUE
from zhiwei.credit.underwriting import nearest_approvals, underwrite
from zhiwei.credit.underwriting.policy import Policy, Stage
from zhiwei.shelf import check, read_folder
from zhiwei.tables import Rule, micro, parse_cell

SHELF = Path(__file__).parents[4] / "products"
PRODUCT = check(read_folder(SHELF / "tax_credit"))[0]
assert PRODUCT is not None
GOOD = next(case for case in PRODUCT.cases if case.name == "good_trader")


def ways(on: date = GOOD.on, policy: Policy = PRODUCT.policy, **changes: Any) -> list[dict[str, str]]:
    """Of the good trader with some facts changed: what each way would change, as text."""
    facts = {**GOOD.facts, **{name: None if value is None else micro(value) for name, value in changes.items()}}
    found = nearest_approvals(policy, facts, on)
    for way in found:
        after = underwrite(policy, {**facts, **{one.fact: one.becomes for one in way.changes}}, on)
        assert (after.outcome, after.limit, after.annual_rate) == ("approve", way.limit, way.annual_rate)
        assert all(one.value == facts[one.fact] != one.becomes for one in way.changes)
    return [{one.fact: f"{one.becomes / 10**6:g}" for one in way.changes} for way in found]


def test_who_is_approved_needs_no_change() -> None:
    assert ways() == []


def test_one_rule_that_speaks_is_met_at_its_very_threshold() -> None:
    """R02 refers for growth under -0.5: exactly -0.5 is enough."""
    assert ways(sales_growth_12m=-0.6) == [{"sales_growth_12m": "-0.5"}]
    assert ways(void_share_12m=0.6) == [{"void_share_12m": "0.3"}]  # from 0.3 to 0.5 a person would look


def test_two_rules_that_speak_need_both_and_nothing_else() -> None:
    assert ways(sales_growth_12m=-0.8, loop_share_12m=0.4) == [{"loop_share_12m": "0.1", "sales_growth_12m": "-0.5"}]


def test_what_is_not_known_would_have_to_be_known() -> None:
    [way] = ways(days_since_record=None)
    assert way.keys() == {"days_since_record"}


def test_where_nothing_is_enough_nothing_is_promised() -> None:
    impossible = (Rule("X1", "sales_12m", parse_cell(">= 0, < 0"), "decline", "decline", "中", "en"),)
    policy = replace(PRODUCT.policy, stages=(*PRODUCT.policy.stages, Stage("never", impossible)))
    assert ways(policy=policy) == []


@pytest.mark.parametrize("name", ["tax_credit", "cash_flow_line"])
@given(data=st.data())
def test_no_change_of_a_way_is_spare(name: str, data: st.DataObject) -> None:
    """Of any applicant of any product: with fewer of its changes a way would not be approved."""
    product, _ = check(read_folder(SHELF / name))
    assert product is not None
    case = data.draw(st.sampled_from(product.cases))
    used = sorted(product.policy.facts() & {fact for one in product.cases for fact in one.facts})
    moved = data.draw(st.dictionaries(st.sampled_from(used), st.none() | st.integers(-2 * 10**6, 10**13), max_size=4))
    facts = {**case.facts, **moved}
    for way in nearest_approvals(product.policy, facts, case.on):
        for some in range(len(way.changes)):
            for fewer in combinations(way.changes, some):
                partly = {**facts, **{one.fact: one.becomes for one in fewer}}
                if len(way.changes) - some == 1:
                    assert underwrite(product.policy, partly, case.on).outcome != "approve"


@pytest.mark.parametrize("name", [folder.name for folder in sorted(SHELF.iterdir()) if folder.is_dir()])
def test_what_is_counted_moves_by_whole_numbers(name: str) -> None:
    """A rule on a flag `== 1` is not met by 0.999999, which people would read as 1."""
    product, _ = check(read_folder(SHELF / name))
    assert product is not None
    changes = [
        change
        for case in product.cases
        for way in nearest_approvals(product.policy, case.facts, case.on)
        for change in way.changes
    ]
    assert changes
    units = {one.fact: CATALOGUE[one.fact].unit for one in changes if one.fact in CATALOGUE}
    counted = [one for one in changes if one.fact.startswith("found_") or units.get(one.fact) in ("count", "flag")]
    assert all(one.becomes >= 0 and one.becomes % 10**6 == 0 for one in counted)


def test_what_cannot_be_moved_promises_nothing() -> None:
    """The class of a debt is a code: no other one is near to it."""
    product, _ = check(read_folder(SHELF / "owner_loan"))
    assert product is not None
    [case] = [one for one in product.cases if one.name == "written_off_and_listed"]
    assert nearest_approvals(product.policy, case.facts, case.on) == ()


def test_a_flag_is_off_or_on() -> None:
    product, _ = check(read_folder(SHELF / "owner_loan"))
    assert product is not None
    [case] = [one for one in product.cases if one.name == "three_in_a_row"]
    [way] = nearest_approvals(product.policy, case.facts, case.on)
    assert [(one.fact, one.value, one.becomes) for one in way.changes] == [("overdue_rule_24m", 10**6, 0)]
