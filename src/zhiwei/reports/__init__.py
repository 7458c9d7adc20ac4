"""Pure tables for people: statements, trial balances, accounts line by line, funders' statements."""

from zhiwei.reports.books import (
    AccountStatement,
    Balances,
    FunderDay,
    FunderStatement,
    Posted,
    Turnover,
    account_statement,
    funder_days,
    funder_statements,
    trial_balances,
)

__all__ = [
    "AccountStatement", "Balances", "FunderDay", "FunderStatement", "Posted", "Turnover", "account_statement",
    "funder_days", "funder_statements", "trial_balances",
]  # fmt: skip
