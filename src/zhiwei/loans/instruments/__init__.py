"""Loans against something: bills bought, machines leased, receivables and goods lent on."""

from zhiwei.loans.instruments.bill import Bill, Discount, tenor_months
from zhiwei.loans.instruments.inventory import Call, Pledge, pledge_price, watch_drop
from zhiwei.loans.instruments.lease import Lease, LeaseTest, lease_plan, lease_test, lease_worth, usual_worth
from zhiwei.loans.instruments.receivable import (
    Base,
    Eligibility,
    Receivable,
    Settlement,
    Tested,
    borrowing_base,
    eligibility,
    settle,
)

__all__ = [
    "Base", "Bill", "Call", "Discount", "Eligibility", "Lease", "LeaseTest", "Pledge", "Receivable", "Settlement",
    "Tested", "borrowing_base", "eligibility", "lease_plan", "lease_test", "lease_worth", "pledge_price",
    "settle", "tenor_months", "usual_worth", "watch_drop",
]  # fmt: skip
