"""Provisions: dated, for classes that exist; the stage of a loan; exposures that make sense."""

from datetime import date
from decimal import Decimal

import pytest

from zhiwei.credit.monitoring import (
    LOWEST,
    MOF,
    Exposure,
    expected_loss,
    floor,
    gap,
    ratios,
    required,
    stage,
)
from zhiwei.values import Refusal

ON = date(2024, 6, 30)


def test_no_standard_before_its_day() -> None:
    assert required({"loss": 500}, date(2012, 7, 1), MOF).total == 500
    with pytest.raises(Refusal, match=r"no value of mof\.all"):
        required({"loss": 500}, date(2012, 6, 30), MOF)
    with pytest.raises(Refusal, match=r"no value of lowest\.coverage"):
        floor({"loss": 500}, date(2018, 2, 27), LOWEST)


def test_the_lowest_floor_a_supervisor_may_grant() -> None:
    book = {"normal": 9_600_000, "doubtful": 400_000}
    assert (floor(book, ON), floor(book, ON, LOWEST)) == (600_000, 480_000)
    assert gap(book, 500_000, ON) == 100_000
    assert gap(book, 500_000, ON, LOWEST) == 0


def test_ratios_of_nothing_are_none() -> None:
    empty = ratios({}, 0)
    assert (empty.bad, empty.coverage, empty.allowance) == (None, None, None)
    sound = ratios({"normal": 100}, 3)
    assert (sound.bad, sound.coverage, sound.allowance) == (0, None, Decimal("0.03"))


@pytest.mark.parametrize("balances", [{"bad": 1}, {"normal": -1}])
def test_balances_are_of_classes_and_not_negative(balances: dict[str, int]) -> None:
    for function in (lambda: required(balances, ON), lambda: floor(balances, ON), lambda: ratios(balances, 0)):
        with pytest.raises(ValueError, match=r"no such class|0 or more"):
            function()


@pytest.mark.parametrize(
    ("days", "flags", "number"),
    [
        (0, {}, 1), (30, {}, 1), (31, {}, 2), (89, {}, 2), (90, {}, 3), (0, {"increased": True}, 2),
        (0, {"impaired": True}, 3), (31, {"rebutted": True}, 1), (120, {"rebutted": True}, 1),
        (120, {"rebutted": True, "impaired": True}, 3), (31, {"rebutted": True, "increased": True}, 2),
    ],
)  # fmt: skip
def test_stages(days: int, flags: dict[str, bool], number: int) -> None:
    assert stage(days, ON, **flags) == number


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Exposure((), (), Decimal("0.45")),
        lambda: Exposure((1, 1), (Decimal("0.02"),), Decimal("0.45")),
        lambda: Exposure((-1,), (Decimal("0.02"),), Decimal("0.45")),
        lambda: Exposure((1,), (Decimal("1.02"),), Decimal("0.45")),
        lambda: Exposure((1,), (Decimal("0.02"),), Decimal("0.45"), Decimal(-1)),
        lambda: expected_loss(Exposure((1,), (Decimal("0.02"),), Decimal("0.45")), 4),
    ],
)
def test_exposures_that_cannot_be(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"exposure has|between 0 and 1|stages are"):
        wrong()
