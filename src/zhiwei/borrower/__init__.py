"""Layer 1: who the business is and what it lets us know."""

from zhiwei.borrower.consent import PURPOSES, Consent, allowed, give, require
from zhiwei.borrower.party import Party, uscc_check
from zhiwei.borrower.records import INVOICES, KINDS, Kind

__all__ = ["INVOICES", "KINDS", "PURPOSES", "Consent", "Kind", "Party", "allowed", "give", "require", "uscc_check"]
