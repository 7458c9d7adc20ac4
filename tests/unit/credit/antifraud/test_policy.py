"""Every check has words, a basis, a day and a test; damage is named with its line."""

from datetime import date

import pytest

from zhiwei.credit.antifraud import EFFECTS, Evidence, Searched, check_names, sieve
from zhiwei.credit.antifraud.policy import read
from zhiwei.economy.fraud import PLANTS
from zhiwei.tables import Problem
from zhiwei.values import Refusal

ON = date(2024, 3, 1)


def test_every_typology_of_the_chapter_has_a_check() -> None:
    assert {check.typology for check in sieve(ON).checks.values()} >= {
        "false_invoicing", "circular_invoicing", "wash_trading", "shell_company", "packaged_applications",
        "multi_lending", "identity_takeover", "forged_statements", "guarantee_circle", "double_pledging", "collusion",
    }  # fmt: skip


def test_every_check_is_said_in_both_languages_and_cited() -> None:
    for check in sieve(ON).checks.values():
        assert check.zh
        assert check.en
        assert check.effect in EFFECTS
        assert check.because.startswith(f"{check.basis}: ")
        assert not (check.sure and check.basis == "X"), f"{check.name}: our own start is never sure"


def test_every_check_is_tried_on_planted_fraud() -> None:
    """But the two that rest on marks of people and on staff, which have their own."""
    assert set(check_names()) - {plant.check for plant in PLANTS} == {"near_bad_party", "early_defaults"}


def test_a_figure_on_the_threshold() -> None:
    """`> 0.1` begins after it, `>= 3` with it."""
    checks, why = sieve(ON), [Evidence("party", ("A",), "甲", "A")]
    assert checks.found("circular_invoicing", "A", 0.1, why) == []
    [one] = checks.found("guarantee_ring", "A", 3, why)
    assert (one.value, one.test, one.basis, one.sure, one.evidence) == (3, ">= 3", "X", False, tuple(why))


def test_before_its_day_a_check_is_not_there() -> None:
    with pytest.raises(Refusal, match="no check"):
        sieve(date(1980, 1, 1)).found("guarantee_ring", "A", 9, [])


def test_figures_tell_silence_from_not_having_looked() -> None:
    found = Searched(tuple(sieve(ON).found("guarantee_ring", "A", 4, [])), ("guarantee_ring", "mutual_guarantee"))
    facts = found.figures("A", check_names())
    assert (facts["found_guarantee_ring"], facts["found_mutual_guarantee"], facts["found_balance_break"]) == (
        4,
        0,
        None,
    )
    assert (facts["found_refer"], facts["found_block"]) == (1, 0)


@pytest.mark.parametrize(
    ("was", "becomes", "word"),
    [
        ('"> 0.1"', '"about 0.1"', "written as"),
        ('"refer"', '"shout"', "effect"),
        ("sure = false", "sur = false", "sur"),
    ],
)
def test_damage_is_named(was: str, becomes: str, word: str) -> None:
    content = """[[check]]
name = "a"
typology = "t"
needs = []
effect = "refer"
test = "> 0.1"
basis = "X"
from = 2020-01-01
zh = "一"
en = "one"
because = "X: made"
checked_on = 2026-01-01
sure = false
"""
    problems: list[Problem] = []
    assert len(read("f", content, problems)[0]) == 1
    assert not problems
    read("f", content.replace(was, becomes), problems)
    assert any(word in str(problem) for problem in problems)
