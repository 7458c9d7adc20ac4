"""The loan prime rate (LPR) of a day, from dated data: floating rates are it plus points."""

from datetime import date
from decimal import Decimal
from functools import cache

from zhiwei.tables import Parameter, unscaled, value_on
from zhiwei.tables.shipped import shipped_parameters


@cache
def _published() -> tuple[Parameter, ...]:
    return shipped_parameters("zhiwei.loans.rates", "lpr.toml")


def lpr(on: date) -> Decimal:
    """One year, per year. Refusal no_parameter before its first day, 2019-08-20."""
    return unscaled(value_on(_published(), "lpr_1y", on))


def lpr_days() -> tuple[date, ...]:
    """The days from which on it was another one, as far as they are known."""
    return tuple(parameter.since for parameter in _published())
