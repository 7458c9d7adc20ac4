"""The need for working capital by the method of the supervisor's annex: how often a year the money tied up comes back.

Plain figures of one business in one unit, as Fractions: nothing is rounded here.
"""

from dataclasses import dataclass
from fractions import Fraction

YEAR = 360  # days, as the annex counts them
_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class Balances:
    """Mean balances over a year. `prepaid` is paid to suppliers ahead, `advances` are received from customers."""

    stock: Fraction
    receivable: Fraction
    payable: Fraction
    prepaid: Fraction = _NONE
    advances: Fraction = _NONE


@dataclass(frozen=True, slots=True)
class Turnover:
    """Days for which each balance is tied up."""

    stock: Fraction
    receivable: Fraction
    payable: Fraction
    prepaid: Fraction = _NONE
    advances: Fraction = _NONE

    @property
    def days(self) -> Fraction:
        """The cash cycle; zero or less where others pay for the trade."""
        return self.stock + self.receivable - self.payable + self.prepaid - self.advances

    @property
    def turns(self) -> Fraction | None:
        """How often a year the money comes back; None where none is tied up."""
        return YEAR / self.days if self.days > 0 else None


def turnover(sales: Fraction, cost: Fraction, mean: Balances) -> Turnover:
    """Days of each balance: receivables and advances on sales, stock, payables and prepayments on cost.

    ValueError where a year's sales or cost are not positive.
    """
    if sales <= 0 or cost <= 0:
        raise ValueError("days of turnover need a year's sales and cost above zero")
    return Turnover(
        stock=YEAR * mean.stock / cost,
        receivable=YEAR * mean.receivable / sales,
        payable=YEAR * mean.payable / cost,
        prepaid=YEAR * mean.prepaid / cost,
        advances=YEAR * mean.advances / sales,
    )


def working_capital(sales: Fraction, margin: Fraction, growth: Fraction, cycle: Turnover) -> Fraction:
    """Money that next year's trade needs, from last year's sales and profit margin and the growth expected.

    Nothing where the cash cycle is zero or less.
    """
    return _NONE if cycle.turns is None else sales * (1 - margin) * (1 + growth) / cycle.turns


def additional_credit(need: Fraction, *funded: Fraction) -> Fraction:
    """The need less own funds, working-capital loans there are and other sources; 0 where they cover it."""
    return max(need - sum(funded, _NONE), _NONE)
