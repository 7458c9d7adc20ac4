"""Which price counts, how far goods may fall, and pledges that make no sense."""

from datetime import date
from decimal import Decimal

import pytest

from zhiwei.loans.instruments import Pledge, pledge_price, watch_drop
from zhiwei.values import Refusal


def test_the_lower_price_counts() -> None:
    assert (pledge_price(410_000, 400_000), pledge_price(400_000, 410_000)) == (400_000, 400_000)


def test_goods_have_their_own_lines() -> None:
    on = date(2024, 1, 1)
    assert (watch_drop("steel", on), watch_drop("copper", on)) == (Decimal("0.1"), Decimal("0.08"))
    with pytest.raises(Refusal, match=r"inventory\.watch\.tulips"):
        watch_drop("tulips", on)


def test_a_line_between_two_cents_is_not_crossed_by_rounding() -> None:
    """P0 1.01 less 10 % is 0.909: shown as 0.91, but 0.91 is above it."""
    pledge = Pledge(Decimal(1), 101, Decimal("0.7"), Decimal("0.1"), Decimal("0.2"))
    assert (pledge.watch_line, pledge.state(91), pledge.state(90)) == (91, "normal", "watch")


@pytest.mark.parametrize(
    ("quantity", "price", "rate", "watch", "close"),
    [
        ("0", 1, "0.7", "0.1", "0.2"), ("1", 0, "0.7", "0.1", "0.2"), ("1", 1, "0", "0.1", "0.2"),
        ("1", 1, "1.1", "0.1", "0.2"), ("1", 1, "0.7", "0.3", "0.2"), ("1", 1, "0.7", "0.1", "1"),
    ],
)  # fmt: skip
def test_what_is_no_pledge(quantity: str, price: int, rate: str, watch: str, close: str) -> None:
    with pytest.raises(ValueError, match="goods have"):
        Pledge(Decimal(quantity), price, Decimal(rate), Decimal(watch), Decimal(close))
