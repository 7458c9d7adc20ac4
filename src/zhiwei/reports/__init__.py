"""Pure tables for people: statements, trial balance, funders' statements."""

from zhiwei.reports.books import (
    FunderDay,
    FunderStatement,
    TrialBalance,
    funder_days,
    funder_statements,
    trial_balance,
)

__all__ = ["FunderDay", "FunderStatement", "TrialBalance", "funder_days", "funder_statements", "trial_balance"]
