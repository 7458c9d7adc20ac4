"""Which rows of a statement are which movements of the book, and what is left for a person."""

import json
from dataclasses import replace
from datetime import date

import pytest

from zhiwei.ledger.reconcile import BankRow, BookItem, Kind, Result, Statement, reconcile

FIRST, LAST = date(2024, 3, 1), date(2024, 3, 31)


def row(day: int, amount: int, reference: str = "", name: str = "", occurrence: int = 1) -> BankRow:
    return BankRow(date(2024, 3, day), amount, "CNY", reference, name, "", occurrence)


def item(item_id: str, day: int, amount: int, reference: str = "", name: str = "") -> BookItem:
    return BookItem(item_id, date(2024, 3, day), amount, "CNY", reference, name)


def run(rows: list[BankRow], items: list[BookItem]) -> Result:
    return reconcile(rows, items, since=FIRST, until=LAST)


def found(result: Result) -> list[tuple[str, list[int], list[str]]]:
    return [(d.kind, [row.on.day for row in d.rows], [item.item_id for item in d.items]) for d in result.differences]


def paired(result: Result) -> list[tuple[int, str, str]]:
    return [(pair.row.on.day, pair.item.item_id, pair.found_by) for pair in result.pairs]


def test_a_reference_pairs_whatever_the_dates() -> None:
    result = run([row(20, -100, "R1")], [item("a", 1, -100, "R1"), item("b", 20, -100)])
    assert paired(result) == [(20, "a", "reference")]
    assert found(result) == [("only_in_book", [], ["b"])]


def test_the_same_reference_in_another_currency_is_another() -> None:
    result = run([replace(row(5, 100, "R1"), currency="USD")], [item("a", 6, 100, "R1")])
    assert found(result) == [("only_in_bank", [5], []), ("only_in_book", [], ["a"])]


def test_an_amount_that_differs_under_one_reference() -> None:
    """The movement that it equals by chance is not taken for it."""
    result = run([row(5, -100, "R1")], [item("a", 5, -101, "R1"), item("b", 6, -100)])
    assert found(result) == [("amount_differs", [5], ["a"]), ("only_in_book", [], ["b"])]


def test_a_payout_made_twice_is_the_banks_alone() -> None:
    """Also where a movement without a reference would fit the second, and where the second comes in a later file."""
    rows = [row(5, -100, "R1"), row(5, -100, "R1", occurrence=2)]
    result = run(rows, [item("a", 5, -100, "R1"), item("b", 6, -100)])
    assert len(result.pairs) == 1
    assert [(d.kind, len(d.rows)) for d in result.differences] == [(Kind.ONLY_IN_BANK, 1), (Kind.ONLY_IN_BOOK, 0)]
    later = reconcile([row(5, -100, "R1")], [item("b", 6, -100)], since=FIRST, until=LAST, used={("CNY", "R1")})
    assert found(later) == [("only_in_bank", [5], []), ("only_in_book", [], ["b"])]


def test_an_amount_pairs_within_the_window() -> None:
    assert paired(run([row(10, 100)], [item("a", 7, 100)])) == [(10, "a", "amount")]
    assert paired(run([row(10, 100)], [item("a", 13, 100)])) == [(10, "a", "amount")]
    late = run([row(10, 100)], [item("a", 6, 100)])
    assert paired(late) == []
    assert found(late) == [("only_in_book", [], ["a"]), ("only_in_bank", [10], [])]


def test_a_reference_that_only_one_side_knows_does_not_hinder() -> None:
    assert paired(run([row(10, 100, "R1")], [item("a", 10, 100)])) == [(10, "a", "amount")]
    assert paired(run([row(10, -100)], [item("a", 10, -100, "R1")])) == [(10, "a", "amount")]


def test_two_references_that_differ_never_pair() -> None:
    assert paired(run([row(10, -100, "R1")], [item("a", 10, -100, "R2")])) == []


def test_in_is_not_out() -> None:
    assert paired(run([row(10, -100)], [item("a", 10, 100)])) == []


def test_the_nearest_date_first() -> None:
    result = run([row(10, 100), row(11, 100)], [item("a", 10, 100), item("b", 11, 100)])
    assert paired(result) == [(10, "a", "amount"), (11, "b", "amount")]
    assert paired(run([row(10, 100)], [item("a", 10, 100), item("b", 9, 100)])) == [(10, "a", "amount")]


def test_equal_names_before_others() -> None:
    result = run(
        [row(10, 100, name="甲"), row(10, 100, name="乙")], [item("b", 10, 100, name="乙"), item("a", 11, 100)]
    )
    assert sorted(paired(result)) == [(10, "a", "amount"), (10, "b", "amount")]
    assert {pair.item.item_id: pair.row.counterparty for pair in result.pairs} == {"b": "乙", "a": "甲"}


def test_two_that_name_nobody_do_not_name_the_same() -> None:
    result = run([row(10, 100), row(10, 100, name="甲")], [item("a", 10, 100)])
    assert found(result) == [("ambiguous", [10, 10], ["a"])]


def test_what_could_pair_in_several_ways_is_one_question() -> None:
    result = run([row(10, 100)], [item("a", 9, 100), item("b", 11, 100)])
    assert paired(result) == []
    assert found(result) == [("ambiguous", [10], ["a", "b"])]
    twice = run([row(10, 100), row(10, 100, occurrence=2)], [item("a", 10, 100), item("b", 10, 100)])
    assert found(twice) == [("ambiguous", [10, 10], ["a", "b"])]


def test_questions_of_one_amount_far_apart_are_two() -> None:
    items = [item(name, day, 100) for name, day in (("a", 4), ("b", 6), ("c", 14), ("d", 16))]
    assert found(run([row(5, 100), row(15, 100)], items)) == [
        ("ambiguous", [5], ["a", "b"]), ("ambiguous", [15], ["c", "d"]),
    ]  # fmt: skip


def test_what_the_bank_may_still_show_waits() -> None:
    result = run([], [item("a", 28, 100), item("b", 29, 100)])
    assert [d.items[0].item_id for d in result.differences] == ["a"]
    assert [waiting.item_id for waiting in result.waiting] == ["b"]


def test_before_the_first_day_nothing_is_asked_for_but_late_rows_find_it() -> None:
    before = BookItem("a", date(2024, 2, 29), 100, "CNY")
    assert paired(run([row(1, 100)], [before])) == [(1, "a", "amount")]
    assert found(run([], [before])) == []


def test_an_id_follows_from_content() -> None:
    """The line of the file is no content; a second equal row of a file is another."""
    one = run([row(5, 100)], []).differences[0]
    assert run([replace(row(5, 100), line=9)], []).differences[0].difference_id == one.difference_id
    others = [
        row(6, 100),
        row(5, 101),
        row(5, -100),
        row(5, 100, "R"),
        row(5, 100, name="甲"),
        row(5, 100, occurrence=2),
    ]
    ids = {run([other], []).differences[0].difference_id for other in others}
    assert len(ids | {one.difference_id}) == len(others) + 1


def test_facts_are_plain_and_say_amounts_in_yuan() -> None:
    difference = run([replace(row(5, -123456, "R1", "甲"), line=7)], [item("a", 5, -123450, "R1")]).differences[0]
    facts = json.loads(json.dumps(difference.facts))
    assert (facts["bank"][0]["amount"], facts["book"][0]["amount"]) == ("-1234.56", "-1234.50")
    assert (facts["bank"][0]["line"], facts["bank"][0]["on"], facts["book"][0]["item_id"]) == (7, "2024-03-05", "a")


def test_a_row_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="twice"):
        run([row(5, 100), row(5, 100)], [])
    with pytest.raises(ValueError, match="twice"):
        run([], [item("a", 5, 100), item("a", 6, 100)])


def test_a_statement_has_days() -> None:
    statement = Statement("f", "0" * 64, (row(5, 1), row(3, 1)))
    assert (statement.since.day, statement.until.day) == (3, 5)
    with pytest.raises(ValueError, match="names no days"):
        Statement("f", "0" * 64, ())
