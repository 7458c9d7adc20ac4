"""The dated numbers of policy.toml, where a product does not set its own."""

from datetime import date
from decimal import Decimal
from functools import cache

from zhiwei.tables import Parameter, unscaled, value_on
from zhiwei.tables.shipped import shipped_parameters


@cache
def parameters() -> tuple[Parameter, ...]:
    return shipped_parameters("zhiwei.loans.instruments", "policy.toml")


def policy(name: str, on: date) -> Decimal:
    """The number in force on a day; Refusal no_parameter before the first."""
    return unscaled(value_on(parameters(), name, on))
