"""One line's and one loan's life in money; it knows nothing of why the line was granted."""

from zhiwei.loans.disclosure import annualised, daily_rate
from zhiwei.loans.line import CLOSED, FROZEN, OPEN, Line, check_draw
from zhiwei.loans.loan import CREDIT, LoanState, Movement, Payment, replay
from zhiwei.loans.terms import LoanTerms
from zhiwei.loans.waterfall import allocate, over_loans

__all__ = [
    "CLOSED", "CREDIT", "FROZEN", "OPEN", "Line", "LoanState", "LoanTerms", "Movement", "Payment", "allocate",
    "annualised", "check_draw", "daily_rate", "over_loans", "replay",
]  # fmt: skip
