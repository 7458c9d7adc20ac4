"""What a pledged thing is good for: how much is lent on it after prior liens, loan to value, when it is valued anew.

Values, liens and debts are whole 分, zero or more. The rate at which a value is lent is the product's.
"""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

from zhiwei.tables import Parameter, unscaled, value_on
from zhiwei.tables.shipped import shipped_parameters
from zhiwei.values import Rounding, add_months

ROUNDING = Rounding.DOWN
"""A value times a rate is never rounded to what it does not cover."""
_PLACES = Decimal("0.000001")


@cache
def parameters() -> tuple[Parameter, ...]:
    """When a value is looked at again, with day, reason and certainty."""
    return shipped_parameters(__name__, "collateral.toml")


def lendable(value: int, rate: Decimal, prior_lien: int) -> int:
    """max(value x rate - prior lien, 0), in 分. ValueError where one is below zero, or the rate not 0 to 1."""
    if value < 0 or prior_lien < 0:
        raise ValueError(f"a value and a lien are zero or more, not {value} and {prior_lien}")
    if not (rate.is_finite() and 0 <= rate <= 1):
        raise ValueError(f"a rate is from 0 to 1, not {rate}")
    above, below = rate.as_integer_ratio()
    return max(ROUNDING.divide(value * above, below) - prior_lien, 0)


def loan_to_value(owed: int, prior_lien: int, value: int) -> Decimal | None:
    """(owed + prior lien) / value, six places, rounded up; None for what is worth nothing. ValueError below zero."""
    if min(owed, prior_lien, value) < 0:
        raise ValueError(f"debts and values are zero or more, not {owed}, {prior_lien} and {value}")
    if value == 0:
        return None
    millionths = Rounding.UP.divide((owed + prior_lien) * 10**6, value)
    return (millionths * _PLACES).quantize(_PLACES)


def value_again(owed: int, prior_lien: int, value: int, valued_on: date, on: date) -> tuple[str, ...]:
    """Why a value has to be looked at again: `age` a year after it was said, `ltv` where more is owed on it than the
    limit in force on the day; empty where it has not. What is worth nothing is above every limit if anything is owed.
    """
    found = []
    if on >= add_months(valued_on, int(unscaled(value_on(parameters(), "value.months", on)))):
        found.append("age")
    # compared exactly: a quotient that is rounded may hide a 分
    limit = Fraction(unscaled(value_on(parameters(), "value.most_lent", on)))
    if owed + prior_lien > value * limit:
        found.append("ltv")
    return tuple(found)
