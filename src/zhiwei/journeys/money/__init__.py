"""Money on a line: draws, repayments, and what else people do to a loan."""
