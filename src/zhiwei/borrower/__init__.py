"""Layer 1: who the business is and what it lets us know."""

from zhiwei.borrower.consent import Consent, give, require
from zhiwei.borrower.party import Party, uscc_check
from zhiwei.borrower.records import INVOICES

__all__ = ["INVOICES", "Consent", "Party", "give", "require", "uscc_check"]
