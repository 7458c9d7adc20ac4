"""Early warning: facts now beside facts then, by dated rules, the most severe first."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.credit.monitoring import ACTIONS, WarningRule, urgency, warn
from zhiwei.credit.monitoring.warning import in_force, relative_change
from zhiwei.tables import micro, parse_cell
from zhiwei.tables.scale import LARGEST

ON, EARLIER = date(2026, 3, 1), date(2024, 1, 1)
NUMBERS = st.integers(-LARGEST, LARGEST)


def rule(code: str, fact: str, action: str, *, since: date = EARLIER, **tests: str) -> WarningRule:
    cells = {name: parse_cell(test) for name, test in tests.items()}
    return WarningRule(code, fact, cells.get("test"), cells.get("change"), action, since, "中", "en")


RULES = (
    rule("W1", "sales", "visit", change="< -0.4"),
    rule("W2", "sales", "call", change="[-0.4..-0.2)"),
    rule("W3", "courts", "cut", test="> 0"),
    rule("W4", "cards", "note", test="> 0.9", change="> 0.3"),
)


def facts(**values: Any) -> dict[str, int | None]:
    return {name: None if value is None else micro(value) for name, value in values.items()}


@pytest.mark.parametrize(
    ("before", "now", "spoke"),
    [
        ({"sales": 100}, {"sales": 59}, ["W1"]),
        ({"sales": 100}, {"sales": 60}, ["W2"]),  # -0.4 itself is not more than that
        ({"sales": 100}, {"sales": 80}, []),
        ({"sales": 100}, {"sales": 59, "courts": 1}, ["W3", "W1"]),  # the most severe first
        ({"cards": "0.5"}, {"cards": "0.95"}, ["W4"]),
        ({"cards": "0.9"}, {"cards": "0.95"}, []),  # high, but not risen by as much
        ({"cards": "0.2"}, {"cards": "0.5"}, []),  # risen, but not high
        ({"cards": 0}, {"cards": 1}, ["W4"]),  # from nothing any rise is larger than a share
        ({}, {"cards": 1, "sales": 1, "courts": 0}, []),  # nothing was known: no change can be said
    ],
)
def test_what_speaks(before: dict[str, Any], now: dict[str, Any], spoke: list[str]) -> None:
    warned = warn(RULES, facts(**before), facts(**now), ON)
    assert [one.code for one in warned.warnings] == spoke
    assert warned.action == (warned.warnings[0].action if spoke else None)


def test_a_warning_says_what_it_rests_on() -> None:
    [one] = warn(RULES, facts(sales=200), facts(sales=100), ON).warnings
    assert (one.before, one.value, one.change, one.threshold) == ("200", "100", "-0.5", "change < -0.4")
    [risen] = warn(RULES, facts(cards=0), facts(cards=1), ON).warnings
    assert (risen.before, risen.value, risen.change) == ("0", "1", None)


def test_what_cannot_be_looked_at_is_said_and_warns_of_nothing() -> None:
    """Unless the rule asks just that: has it gone missing?"""
    warned = warn(RULES, facts(sales=100), {}, ON)
    assert (warned.warnings, warned.unknown) == ((), ("sales", "courts", "cards"))
    gone = (rule("W9", "sales", "call", test="null"),)
    assert warn(gone, facts(sales=100), {}, ON).action == "call"
    assert warn(gone, facts(sales=100), facts(sales=1), ON).warnings == ()


def test_rules_are_dated() -> None:
    """A later block of the same code takes the place of the earlier one from its day on."""
    later = rule("W3", "courts", "freeze", test="> 5", since=ON)
    assert warn([*RULES, later], {}, facts(courts=1), date(2026, 2, 28)).action == "cut"
    assert warn([*RULES, later], {}, facts(courts=1), ON).action is None
    assert [one.action for one in in_force([later, *RULES], ON) if one.code == "W3"] == ["freeze"]
    assert in_force(RULES, date(2023, 12, 31)) == []


def test_lines_are_sorted_by_money_then_by_severity() -> None:
    cut, call = facts(courts=1), facts(sales=70)
    then = facts(sales=100)
    asked = [warn(RULES, then, call, ON, 500), warn(RULES, then, cut, ON), warn(RULES, then, call, ON, 900),
             warn(RULES, then, cut, ON, 500), warn(RULES, then, {}, ON, 500)]  # fmt: skip
    ordered = sorted(asked, key=urgency)
    assert [(one.at_risk, one.action) for one in ordered] == [
        (900, "call"), (500, "cut"), (500, "call"), (500, None), (None, "cut"),
    ]  # fmt: skip


@given(st.none() | NUMBERS, st.none() | NUMBERS)
def test_a_change_is_known_where_both_are_and_has_the_sign_of_the_move(before: int | None, now: int | None) -> None:
    change = relative_change(before, now)
    if before is None or now is None:
        assert change is None
        return
    assert change is not None
    assert abs(change) <= LARGEST
    if before and abs(change) < LARGEST:
        exact = (now - before) * 10**6
        assert abs(change * abs(before) - exact) * 2 <= abs(before)  # nearest at six places
    else:
        assert (change > 0, change < 0) == (now > before, now < before)


@given(st.permutations(RULES), NUMBERS, NUMBERS)
def test_the_order_of_the_file_changes_no_warning(rules: list[WarningRule], before: int, now: int) -> None:
    then, today = {"sales": before, "cards": before}, {"sales": now, "courts": now, "cards": now}
    warned = warn(rules, then, today, ON)
    assert warned.warnings == warn(RULES, then, today, ON).warnings
    severities = [ACTIONS.index(one.action) for one in warned.warnings]
    assert severities == sorted(severities, reverse=True)
