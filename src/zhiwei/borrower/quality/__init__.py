"""Quality of records: what they cover, how fresh they are, and whether they agree in themselves and with each other."""

from zhiwei.borrower.covers import COVERED
from zhiwei.borrower.quality.between import Agreement, Agreements, agreements
from zhiwei.borrower.quality.demanded import demanded
from zhiwei.borrower.quality.demands import Demand, demand_of, figure_names, rules_of
from zhiwei.borrower.quality.measure import Qualities, Quality, quality
from zhiwei.borrower.quality.said import covering

__all__ = [
    "COVERED", "Agreement", "Agreements", "Demand", "Qualities", "Quality", "agreements", "covering", "demand_of",
    "demanded", "figure_names", "quality", "rules_of",
]  # fmt: skip
