"""What is no draw: each refusal by its stable code, nothing is held after it, and the bank was not asked."""

from datetime import date

import pytest

from zhiwei.values import Refusal


def refused(teller, amount: str, on) -> tuple[str, int]:
    before, asked = teller.head((12, 31)), len(teller.bank.asked)
    with pytest.raises(Refusal) as refusal:
        teller.draw(amount, on)
    assert teller.head((12, 31)) == before
    assert len(teller.bank.asked) == asked
    return refusal.value.code, refusal.value.status


@pytest.mark.parametrize(
    ("amount", "on", "code"),
    [
        ("1,000,000.01", (3, 1), "over_limit"),
        ("999.99", (3, 1), "draw_too_small"),
        ("0", (3, 1), "draw_too_small"),
        ("1,000", (2, 29), "line_not_open_yet"),
        ("1,000", date(2025, 3, 1), "line_expired"),
        ("1,000", date(2026, 1, 2), "future_date"),
    ],
)
def test_a_draw_that_does_not_fit(teller, amount: str, on, code: str) -> None:
    """A line of 1,000,000 from 2024-03-01 to 2025-03-01, smallest draw 1,000; today is 2026-01-01."""
    assert refused(teller, amount, on) == (code, 409)


def test_the_edges_fit(teller) -> None:
    assert teller.draw("999,000", date(2025, 2, 28)).status == "paid"
    assert teller.draw("1,000", date(2025, 2, 28)).status == "paid"
    assert refused(teller, "1,000", date(2025, 2, 28)) == ("over_limit", 409)


def test_on_a_closed_day(teller) -> None:
    teller.close((3, 5))
    assert refused(teller, "1,000", (3, 5)) == ("day_closed", 409)
    assert teller.draw("1,000", (3, 6)).status == "paid"


def test_before_what_already_happened(teller) -> None:
    teller.draw("1,000", (3, 5))
    assert refused(teller, "1,000", (3, 4)) == ("out_of_order", 409)
    assert teller.draw("1,000", (3, 5)).status == "paid", "the same day is in order"


def test_on_a_line_that_is_late_though_no_day_was_closed(teller) -> None:
    """The close of the 25th would have frozen the line; that nobody closed it frees nobody."""
    teller.draw("360,000", (3, 1))
    assert teller.draw("1,000", (3, 24)).status == "paid"
    assert refused(teller, "1,000", (3, 25)) == ("line_frozen", 409)


def test_on_a_frozen_line(teller) -> None:
    teller.draw("360,000", (3, 1))
    teller.close((3, 25))
    assert refused(teller, "1,000", (3, 26)) == ("line_frozen", 409)


def test_on_a_line_nobody_knows(teller) -> None:
    teller.line = "line_of_nobody"
    with pytest.raises(Refusal) as refusal:
        teller.draw("1,000", (3, 1))
    assert (refusal.value.code, refusal.value.status) == ("no_such_line", 404)
