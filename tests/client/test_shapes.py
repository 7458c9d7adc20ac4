"""Answers become frozen dataclasses; money is whole, and what does not fit is told by its place."""

from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal

import pytest

from zhiwei.client import Drawn, Money, Unreadable
from zhiwei.client.decoding import decoded, plain

DRAWN = {"draw": "d", "line": "l", "loan": "n", "amount": {"amount": 100, "currency": "CNY"},
         "value_date": "2026-03-01", "status": "paid"}  # fmt: skip


def test_an_answer_is_read_by_its_types_and_written_back() -> None:
    drawn = decoded(Drawn, DRAWN | {"new": "of a later version"})
    assert drawn == Drawn("d", "l", "n", Money(100), date(2026, 3, 1), "paid")
    assert plain(drawn) == DRAWN
    with pytest.raises(FrozenInstanceError):
        drawn.status = "failed"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"status": None}, "/status"), ({"amount": {"amount": "100"}}, "/amount/amount"),
        ({"amount": {"amount": True}}, "/amount/amount"), ({"amount": 100}, "/amount"),
        ({"value_date": "March"}, "March"), ({"draw": ["d"]}, "/draw"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_by_its_place(wrong: dict[str, object], place: str) -> None:
    with pytest.raises(Unreadable, match=place):
        decoded(Drawn, DRAWN | wrong)
    with pytest.raises(Unreadable, match="/draw is missing"):
        decoded(Drawn, {name: value for name, value in DRAWN.items() if name != "draw"})


@pytest.mark.parametrize(
    ("text", "minor"), [("1350.25", 135_025), (30_000, 3_000_000), (Decimal("0.01"), 1), ("-1", -100)]
)
def test_yuan_are_whole_fen(text: str | int | Decimal, minor: int) -> None:
    assert Money.yuan(text) == Money(minor)


def test_what_is_no_whole_number_of_fen_is_no_money() -> None:
    with pytest.raises(ValueError, match="whole"):
        Money.yuan("0.001")
    with pytest.raises(TypeError, match="text"):
        Money.yuan(0.1)  # type: ignore[arg-type]
    assert str(Money(123_456_78)) == "123,456.78 CNY"
