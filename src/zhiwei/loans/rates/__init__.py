"""Rates: what a loan costs a year, all in, and the market's prime rate."""

from zhiwei.loans.rates.disclosure import annualised, by_date, by_period, cost_sheet, daily_rate
from zhiwei.loans.rates.lpr import lpr, lpr_days
from zhiwei.loans.rates.plans import cost_of

__all__ = ["annualised", "by_date", "by_period", "cost_of", "cost_sheet", "daily_rate", "lpr", "lpr_days"]
