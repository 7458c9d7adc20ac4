"""The shipped rules are sound, dated and cited; the set in force is the day's; what is damaged is said."""

from datetime import date

import pytest

from zhiwei.credit.monitoring import ClassRules, Watch, in_force, of_family, read_watch, rule_sets
from zhiwei.credit.monitoring.rules import read_rules, read_triggers
from zhiwei.tables import Document, Problem
from zhiwei.values import Refusal


def test_every_set_is_cited_and_every_trigger_is_of_a_set() -> None:
    names = {rules.name for rules in rule_sets()}
    assert names == {"2007-54", "2007-63", "2023"}
    assert {name for rules in rule_sets() for trigger in rules.triggers for name in trigger.rules} <= names
    assert all(rules.because and rules.checked_on >= date(2026, 1, 1) and rules.triggers for rules in rule_sets())
    assert [rules.name for rules in rule_sets() if not rules.sure] == ["2007-63"]


@pytest.mark.parametrize(
    ("family", "on", "booked", "name"),
    [
        ("small", date(2019, 5, 31), None, "2007-63"), ("general", date(2019, 5, 31), None, "2007-54"),
        ("small", date(2023, 6, 30), None, "2007-63"), ("small", date(2023, 7, 1), None, "2023"),
        ("general", date(2024, 1, 1), date(2023, 6, 30), "2007-54"),
        ("general", date(2024, 1, 1), date(2023, 7, 1), "2023"),
        ("general", date(2025, 12, 31), date(2019, 1, 1), "2023"),
    ],
)  # fmt: skip
def test_the_set_of_the_day(family: str, on: date, booked: date | None, name: str) -> None:
    assert in_force(family, on, booked).name == name


def test_no_set_is_no_rule() -> None:
    with pytest.raises(Refusal, match="in force on 2007-01-01"):
        in_force("general", date(2007, 1, 1))
    with pytest.raises(Refusal, match="no class rules for 'cards'"):
        of_family("cards")


def test_a_trigger_that_nothing_measures_is_said() -> None:
    problems: list[Problem] = []
    content = """code,rules,who,fact,test,unless,at_least,zh,en
X1,2023,any,mood,== 1,,loss,心情,mood
X2,2023,everybody,impaired,== 1,,worst,减值,impaired
X3,2023,any,impaired,about 1,,loss,减值,impaired
"""
    assert read_triggers("t.csv", content, problems) == ()
    assert [(problem.line, problem.column) for problem in problems] == [
        (2, "fact"),
        (3, "who"),
        (3, "at_least"),
        (4, "test"),
    ]


@pytest.mark.parametrize("above", ["[0, 90, 90]", "[90, 0]", "[-1, 90]", "[]", "[0, 1, 2, 3, 4]", '["a"]'])
def test_thresholds_that_do_not_rise_are_said(above: str) -> None:
    problems: list[Problem] = []
    content = f"""[[rules]]
name = "x"
families = ["small"]
from = 2024-01-01
above = {{ any = {above} }}
technical = 7
observation = {{ months = 12, periods = 2 }}
upgrade = {{ months = 6, periods = 2 }}
because = "x"
checked_on = 2024-01-01
sure = true
"""
    read_rules(Document("r.toml", content, problems), ())
    assert problems
    assert problems[0].line == 5


WATCHES = [
    ('rules = "small"\nsecurity = "mortgage"', date(2019, 1, 1), (30, 180, 360)),
    ('rules = "small"', date(2019, 1, 1), (0, 30, 90, 360)),
    ('rules = "general"', date(2023, 7, 1), (0, 90, 270, 360)),
]


@pytest.mark.parametrize(("content", "on", "above"), WATCHES)
def test_a_product_names_whose_rules_it_uses(content: str, on: date, above: tuple[int, ...]) -> None:
    problems: list[Problem] = []
    watch = read_watch(Document("m.toml", f"{content}\nfreeze_above_days = 3\n", problems))
    assert not problems
    assert (watch.rules(on).above, watch.freeze_above_days) == (above, 3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('rules = "cards"', "no class rules for 'cards'"),
        ('rules = "small"\nsecurity = "gold"', "unknown security 'gold'"),
        ("", "a product names shipped `rules` or has a dated [[classes]] block"),
    ],
)  # fmt: skip
def test_what_a_product_names_must_be_there(content: str, message: str) -> None:
    problems: list[Problem] = []
    read_watch(Document("m.toml", f"{content}\nfreeze_above_days = 3\n", problems))
    assert [problem.message for problem in problems] == [message]


def test_own_thresholds_win_over_the_shipped_ones() -> None:
    own = ClassRules(date(2016, 1, 1), (0, 90, 270, 360), 7)
    assert Watch((own,), 3, "small").rules(date(2019, 1, 1)) is own
