"""Lending on goods (存货质押): L = r·Q·P0; a watch line, a close-out line, and the margin call between (TV 10.1)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from zhiwei.loans.instruments.policy import policy
from zhiwei.values import half_up

NORMAL, WATCH, CLOSE = "normal", "watch", "close"
STEP = Decimal("0.01")  # of a quantity: what a weighbridge says


@dataclass(frozen=True, slots=True)
class Call:
    """What restores the loan to r·Q·P: money (分), or more goods (in the goods' unit); either is enough."""

    cash: int
    goods: Decimal


@dataclass(frozen=True, slots=True)
class Pledge:
    """`quantity` of goods at `price` (分 per unit, P0) lent on at `rate`.

    A price lower than P0 by `watch` calls for margin; lower by `close` lets the lender sell.
    """

    quantity: Decimal
    price: int
    rate: Decimal
    watch: Decimal
    close: Decimal

    def __post_init__(self) -> None:
        if self.quantity <= 0 or self.price <= 0 or not 0 < self.rate <= 1 or not 0 < self.watch <= self.close < 1:
            raise ValueError("goods have a quantity and a price; 0 < rate <= 1, 0 < watch <= close < 1")

    @property
    def loan(self) -> int:
        """The most that is lent, rounded down."""
        return int(self._covered(self.price))

    @property
    def watch_line(self) -> int:
        return self._line(self.watch)

    @property
    def close_line(self) -> int:
        return self._line(self.close)

    def state(self, price: int) -> str:
        """normal, watch or close at today's price."""
        for name, drop in ((CLOSE, self.close), (WATCH, self.watch)):
            if price <= self.price * (1 - Fraction(drop)):  # exact: a line shown in 分 may be rounded
                return name
        return NORMAL

    def call(self, owed: int, price: int) -> Call | None:
        """What lacks at today's price, rounded up; None where the goods still cover what is owed."""
        lacking = owed - self._covered(price)
        if lacking <= 0:
            return None
        goods = Fraction(owed) / (Fraction(self.rate) * price) - Fraction(self.quantity)
        return Call(ceil(lacking), ceil(goods / Fraction(STEP)) * STEP)

    def _covered(self, price: int) -> Fraction:
        return Fraction(self.rate) * Fraction(self.quantity) * price

    def _line(self, drop: Decimal) -> int:
        exact = self.price * (1 - Fraction(drop))
        return half_up(exact.numerator, exact.denominator)


def pledge_price(market_average: int, spot: int) -> int:
    """The price that counts: the lower of the two."""
    return min(market_average, spot)


def watch_drop(goods: str, on: date) -> Decimal:
    """How far goods of a kind may fall before margin is called, by the table in force; Refusal for other goods."""
    return policy(f"inventory.watch.{goods}", on)
