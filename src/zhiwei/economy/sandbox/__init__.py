"""Who lives in every sandbox: a good borrower, a late one, a fraud, and one whose records come slowly."""

from zhiwei.economy.sandbox.script import Script
from zhiwei.economy.sandbox.source import companies_on

__all__ = ["Script", "companies_on"]
