"""The book as finance reads it: balances on any day, seals, a tenant's accounts, and what differs from the bank."""

from zhiwei.store.books.charts import Charts
from zhiwei.store.books.general_ledger import GeneralLedger
from zhiwei.store.books.reconciliation import Reconciliation
from zhiwei.store.books.seals import Seals

__all__ = ["Charts", "GeneralLedger", "Reconciliation", "Seals"]
