"""Pure tables for people: statements, trial balance, funders' statements."""

from zhiwei.reports.books import FunderStatement, TrialBalance, funder_statements, trial_balance

__all__ = ["FunderStatement", "TrialBalance", "funder_statements", "trial_balance"]
