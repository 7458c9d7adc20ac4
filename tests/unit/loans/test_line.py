"""May this draw be made? Every refusal has its code, and the edges are on the right side."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from zhiwei.loans import CLOSED, FROZEN, Line, check_draw
from zhiwei.values import Refusal

LINE = Line(
    "L", "P", "tax_credit", "hash", "dec", 1_000_000, Decimal("0.06"), date(2024, 3, 1), date(2025, 3, 1), used=300_000,
    held=200_000,
)  # fmt: skip
DAY = date(2024, 6, 1)


def test_available_is_limit_less_used_less_held() -> None:
    assert LINE.available == 500_000
    assert replace(LINE, limit=400_000).available == 0, "a line cut below its use has nothing, not a negative amount"
    assert replace(LINE, status=FROZEN).available == 0


@pytest.mark.parametrize(
    ("amount", "on"), [(500_000, DAY), (1000, DAY), (1000, date(2024, 3, 1)), (1000, date(2025, 2, 28))]
)
def test_a_draw_that_just_fits_is_allowed(amount: int, on: date) -> None:
    check_draw(LINE, amount, on, 1000)


@pytest.mark.parametrize(
    ("line", "amount", "on", "code"),
    [
        (replace(LINE, status=FROZEN), 1000, DAY, "line_frozen"),
        (replace(LINE, status=CLOSED), 1000, DAY, "line_closed"),
        (LINE, 1000, date(2024, 2, 29), "line_not_open_yet"),
        (LINE, 1000, date(2025, 3, 1), "line_expired"),
        (LINE, 999, DAY, "draw_too_small"),
        (LINE, 0, DAY, "draw_too_small"),
        (LINE, -5, DAY, "draw_too_small"),
        (LINE, 500_001, DAY, "over_limit"),
    ],
)
def test_a_draw_that_does_not_fit_is_refused(line: Line, amount: int, on: date, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_draw(line, amount, on, 1000)
    assert (refused.value.code, refused.value.status) == (code, 409)
