"""What lenders make of the months and queries of a credit report; the golden table is vectors 3.1 to 3.3."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.sources.bureau import rules
from zhiwei.borrower.sources.bureau.rules import Overdue, Queries

LETTERS = "".join(rules.LETTERS)
MONTHS = st.text(LETTERS, min_size=24, max_size=60)


@pytest.mark.parametrize(
    ("months", "run", "count", "high", "hit"),
    [
        ("NNNN1NN12N123NNNNN1NNNNN", 3, 7, True, True),  # TV 3.1
        ("NNNN1NNN1NNN1NNN1NNN1NNN", 1, 5, False, False),  # TV 3.2
        ("NNNNNNNNNNNNNNNNNNNN12NN", 2, 2, False, False),  # TV 3.3
        ("NNNNNNNNNNNNNNNNNNNNNNN3", 1, 1, True, True),  # one month at 61-90 days is 连三 by itself
        ("1N1N1N1N1N1NNNNNNNNNNNNN", 1, 6, False, True),  # 累六
        ("N" * 21 + "111", 3, 3, False, True),
        ("7" * 36 + "N" * 24, 0, 0, False, False),  # older than 24 months
        ("1" + "N" * 23, 1, 1, False, False),
        ("1" * 25 + "N" * 22 + "11", 2, 2, False, False),
        ("N" * 20 + "1#1*", 1, 2, False, False),  # what is not known breaks a run
        ("N" * 20 + "MDZB", 0, 0, False, False),  # letters that are no days overdue
        ("/" * 24, 0, 0, False, False),
        ("", 0, 0, False, False),
    ],
)
def test_the_golden_table(months: str, run: int, count: int, high: bool, hit: bool) -> None:
    assert rules.overdue(months) == Overdue(run, count, high, hit)


@given(MONTHS)
def test_only_the_last_24_months_count(months: str) -> None:
    found = rules.overdue(months)
    assert found == rules.overdue(months[-24:]) == rules.overdue("7" * 12 + months[-24:])
    assert found.run <= found.count <= 24
    assert found.hit == (found.run >= 3 or found.count >= 6 or any(letter in "34567" for letter in months[-24:]))


@given(MONTHS, st.data())
def test_a_month_paid_later_never_makes_it_better(months: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(len(months) - 24, len(months) - 1))
    worse = months[:at] + "7" + months[at + 1 :]
    before, after = rules.overdue(months), rules.overdue(worse)
    assert after.hit
    assert (after.run, after.count) >= (before.run, before.count)


def test_each_letter_has_a_meaning_and_a_mark() -> None:
    assert len(rules.LETTERS) == 18
    assert all(letter.zh and letter.en and letter.mark for letter in rules.LETTERS.values())
    assert [rules.level(letter) for letter in "1234567"] == [1, 2, 3, 4, 5, 6, 7]
    assert not any(rules.is_overdue(letter) for letter in LETTERS if letter not in "1234567")
    for months in ("x", "N8", "n"):
        with pytest.raises(ValueError, match="no letter of the bureau"):
            rules.overdue(months)


@pytest.mark.parametrize(("months", "ago"), [("NN1", 0), ("N1N", 1), ("1" + "N" * 40, 40), ("NMDZ", None), ("", None)])
def test_months_since_the_last_overdue(months: str, ago: int | None) -> None:
    assert rules.months_since_overdue(months) == ago


@given(MONTHS)
def test_months_since_point_at_an_overdue_month(months: str) -> None:
    ago = rules.months_since_overdue(months)
    if ago is None:
        assert not any(letter in "1234567" for letter in months)
    else:
        assert months[len(months) - 1 - ago] in "1234567"
        assert not any(letter in "1234567" for letter in months[len(months) - ago :])


@pytest.mark.parametrize(("months", "badly"), [("N1N", False), ("NNC", False), *((f"N{x}N", True) for x in "DZBG")])
def test_what_ended_badly(months: str, badly: bool) -> None:
    assert rules.ended_badly(months) is badly


def test_the_worst_class() -> None:
    names = ["normal", "special_mention", "substandard", "doubtful", "loss"]
    for at, name in enumerate(names):
        assert rules.worst_class([*names[: at + 1], None, "normal"]) == name
    assert rules.worst_class([None]) is rules.worst_class([]) is None
    with pytest.raises(ValueError, match="excellent"):
        rules.worst_class(["excellent", "normal"])


ON = date(2024, 3, 1)


def test_hard_and_soft_reasons() -> None:
    assert {"loan", "card", "guarantee", "before_guarantee", "financing", "standing"} == rules.HARD
    assert {"post_loan", "post_guarantee", "self", "dispute", "real_name"} == rules.SOFT
    asked = [(ON, f"bank_{name}", name) for name in rules.QUERY_REASONS]
    assert rules.queries(asked, ON, 1) == Queries(6, 5, 1)


def test_the_same_lender_on_the_same_day_counts_once() -> None:
    """As hard and as soft each; another day or another lender is another query."""
    asked = [
        (ON, "a", "loan"), (ON, "a", "loan"), (ON, "a", "card"), (ON, "a", "post_loan"), (ON, "b", "loan"),
        (date(2024, 2, 29), "a", "loan"),
    ]  # fmt: skip
    assert rules.queries(asked, ON, 1) == Queries(3, 1, 0)


@pytest.mark.parametrize(
    ("on", "months", "seen"),
    [
        (date(2024, 2, 1), 1, 0), (date(2024, 2, 2), 1, 1), (ON, 1, 1), (date(2024, 3, 2), 1, 0),
        (date(2023, 9, 2), 6, 1), (date(2023, 9, 1), 6, 0),
    ],
)  # fmt: skip
def test_the_window_ends_on_the_day_and_is_open_at_its_start(on: date, months: int, seen: int) -> None:
    assert rules.queries([(on, "a", "loan")], ON, months).hard == seen


def test_a_reason_nobody_knows() -> None:
    with pytest.raises(ValueError, match="no reason of a query: 'hobby'"):
        rules.queries([(ON, "a", "hobby")], ON, 1)


QUERY = st.tuples(st.dates(date(2023, 1, 1), ON), st.sampled_from("abc"), st.sampled_from(list(rules.QUERY_REASONS)))


@given(st.lists(QUERY), st.integers(1, 24))
def test_queries_sent_twice_change_nothing(asked: list[tuple[date, str, str]], months: int) -> None:
    found = rules.queries(asked, ON, months)
    assert found == rules.queries(asked[::-1] + asked, ON, months)
    longer = rules.queries(asked, ON, months + 1)
    assert found.hard <= longer.hard
    assert found.soft <= longer.soft
