"""Days past due to five classes as in TV 6.1, by the rules in force on the day."""

from datetime import date

import pytest

from zhiwei.credit.monitoring import CLASSES, ClassRules, Watch, read_watch
from zhiwei.tables import Document, Problem
from zhiwei.values import Refusal

RULES = ClassRules(date(2023, 7, 1), (0, 90, 270, 360), 7)


@pytest.mark.parametrize(
    ("days", "technical", "name"),
    [
        (0, False, "normal"), (1, False, "special_mention"), (5, True, "normal"), (7, True, "normal"),
        (8, True, "special_mention"), (8, False, "special_mention"), (90, False, "special_mention"),
        (91, False, "substandard"), (91, True, "substandard"), (270, False, "substandard"), (271, False, "doubtful"),
        (360, False, "doubtful"), (361, False, "loss"), (5000, False, "loss"),
    ],
)  # fmt: skip
def test_classes_by_days(days: int, technical: bool, name: str) -> None:
    assert RULES.classify(days, technical=technical) == name


@pytest.mark.parametrize(
    ("days", "ahead"), [(0, 1), (1, 90), (90, 1), (91, 180), (270, 1), (271, 90), (360, 1), (361, None), (999, None)]
)
def test_next_change(days: int, ahead: int | None) -> None:
    assert RULES.next_change(days) == ahead


def test_a_pledge_keeps_a_loan_out_of_loss_however_late() -> None:
    pledge = ClassRules(date(2007, 7, 20), (90, 180, 360), 0)
    assert (pledge.classify(5000), pledge.next_change(360), pledge.next_change(361)) == ("doubtful", 1, None)


@pytest.mark.parametrize("above", [(), (0, 0), (90, 0), (-1, 90), (0, 1, 2, 3, 4)])
def test_thresholds_rise(above: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="thresholds rise"):
        ClassRules(date(2023, 7, 1), above, 7)


def test_next_change_is_the_day_the_class_gets_worse() -> None:
    """For every day: the class stays until then, and is the next worse one on it."""
    for days in range(400):
        ahead = RULES.next_change(days)
        if ahead is None:
            assert RULES.classify(days) == CLASSES[-1]
            continue
        assert RULES.classify(days + ahead - 1) == RULES.classify(days)
        assert CLASSES.index(RULES.classify(days + ahead)) == CLASSES.index(RULES.classify(days)) + 1


def test_the_rules_of_the_day_are_used_and_none_before_the_first() -> None:
    old = ClassRules(date(2019, 1, 1), (0, 90, 180, 360), 0)
    watch = Watch((RULES, old), 3)
    assert [watch.rules(on) for on in (date(2019, 1, 1), date(2023, 6, 30), date(2023, 7, 1))] == [old, old, RULES]
    with pytest.raises(Refusal, match="no class rules are in force on 2018-12-31") as refusal:
        watch.rules(date(2018, 12, 31))
    assert refusal.value.code == "no_parameter"


def test_a_missing_threshold_is_said() -> None:
    problems: list[Problem] = []
    content = 'freeze_above_days = 3\n[[classes]]\nfrom = 2019-01-01\nbecause = "x"\nchecked_on = 2019-01-01\n'
    read_watch(
        Document("m.toml", content + "technical = 7\nspecial_mention = 0\nsubstandard = 90\nloss = 360\n", problems)
    )
    assert (problems[0].line, problems[0].message) == (2, "classes.0.doubtful is missing")
