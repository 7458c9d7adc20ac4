"""Price: cost of funds, expected loss, service and capital at least, inside dated caps, by demand where it is known."""

from zhiwei.credit.underwriting.pricing.caps import LegalCap, Over, lender_kinds, over_the_law
from zhiwei.credit.underwriting.pricing.curves import Curve, Demand, read_demand
from zhiwei.credit.underwriting.pricing.daily import price_ladder, searched_prices
from zhiwei.credit.underwriting.pricing.ladder import (
    MOST_SCORES,
    Ladder,
    Rung,
    Step,
    graded,
    ladder,
    margin,
    searchable,
    step_of,
    steps_of,
)

__all__ = [
    "MOST_SCORES", "Curve", "Demand", "Ladder", "LegalCap", "Over", "Rung", "Step", "graded", "ladder", "lender_kinds",
    "margin", "over_the_law", "price_ladder", "read_demand", "searchable", "searched_prices", "step_of", "steps_of",
]  # fmt: skip
