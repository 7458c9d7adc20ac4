"""Money, in whole minor units."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` in minor units: 分 of CNY."""

    amount: int
    currency: str = "CNY"

    @classmethod
    def yuan(cls, text: str | int | Decimal) -> "Money":
        """Of 元: Money.yuan("1350.25"). No float: 0.1 元 is none."""
        if isinstance(text, float):
            raise TypeError("money is written as text, a whole number or a Decimal")
        minor = Decimal(text) * 100
        if minor != int(minor):
            raise ValueError(f"{text} is no whole number of 分")
        return cls(int(minor))

    def __str__(self) -> str:
        return f"{Decimal(self.amount) / 100:,.2f} {self.currency}"
