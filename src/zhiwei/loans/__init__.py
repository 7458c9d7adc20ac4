"""One line's and one loan's life in money; it knows nothing of why the line was granted."""

from zhiwei.loans.account import Account, replay, replay_loan
from zhiwei.loans.line import CLOSED, FROZEN, OPEN, Line, check_draw
from zhiwei.loans.loan import CREDIT, Balances, LoanState, Movement
from zhiwei.loans.rates.disclosure import annualised, daily_rate
from zhiwei.loans.terms import Every, Interest, Late, LoanTerms, Prepayment, Repayment, revolving
from zhiwei.loans.waterfall import LEGAL, Allocation

__all__ = [
    "CLOSED", "CREDIT", "FROZEN", "LEGAL", "OPEN", "Account", "Allocation", "Balances", "Every", "Interest", "Late",
    "Line", "LoanState", "LoanTerms", "Movement", "Prepayment", "Repayment", "annualised", "check_draw",
    "daily_rate", "replay", "replay_loan", "revolving",
]  # fmt: skip
