"""The shipped tables of quality: whole, dated, and marked where nobody is sure."""

from datetime import date

import pytest

from zhiwei.borrower import KINDS
from zhiwei.borrower.quality.checks import CHECKS
from zhiwei.borrower.quality.policy import speeches, threshold, thresholds, words_on
from zhiwei.tables import Problem
from zhiwei.values import DAY, EARLIEST, Refusal

ON = date(2024, 1, 1)


def test_every_kind_says_how_it_speaks_and_what_must_hold() -> None:
    assert set(speeches()) == set(CHECKS) == set(KINDS)
    for kind, checks in CHECKS.items():
        assert set(checks.place) <= set(KINDS[kind].schema.names)
        names = [check.name for check in checks.every(ON)]
        assert len(names) == len(set(names)) > 0
        assert all(check.zh and check.en and check.source for check in checks.every(ON))


def test_the_limits_of_cross_checks_are_practice_and_say_so() -> None:
    assert (threshold("between.accept", ON), threshold("between.redo", ON)) == (0.05, 0.1)
    assert not any(each.sure for each in thresholds() if each.name.startswith(("between.", "score.")))
    assert sum(threshold(f"score.{part}", ON) for part in ("coverage", "freshness", "agreement")) == 1.0


def test_before_a_threshold_there_is_none() -> None:
    with pytest.raises(Refusal, match=r"no value of between\.accept"):
        threshold("between.accept", EARLIEST - DAY)


def test_words_are_dated_and_of_each_topic_one_list() -> None:
    assert {each.topic for each in words_on(ON)} == {"own_transfer", "loan", "not_income"}
    assert words_on(EARLIEST - DAY) == ()
    every = [word for each in words_on(ON) for word in each.words]
    assert len(every) == len(set(every))
    assert "货款" not in every
    assert not any(each.sure for each in words_on(ON))


def test_a_damaged_table_is_named_with_its_line() -> None:
    from zhiwei.borrower.quality import policy

    problems: list[Problem] = []
    policy._read_speeches(
        "kinds.toml", '[[kind]]\nname = "moods"\nspeaks = "rows"\ngrain = "week"\npart = []\n', problems
    )
    said = [str(problem) for problem in problems]
    assert any("kinds.toml:2" in line and "'moods' is no kind of record" in line for line in said)
    assert any("fresh_days is missing" in line for line in said)
    assert any("missing: acquiring" in line for line in said)
    problems.clear()
    policy._read_words("words.toml", '[[words]]\ntopic = "x"\nwhere = ["payer"]\nzh = []\n', problems)
    assert any("text, counterparty or both" in str(problem) for problem in problems)
