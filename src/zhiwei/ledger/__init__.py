"""The book of record: accounts here, entries in `ledger.journal`; it knows nothing of lending.

`ledger.journal` is not re-exported: only `loans.postings`, `funding.postings` and `store` hold that pen.
"""

from zhiwei.ledger.accounts import CHART, Account, Chart, Side

__all__ = ["CHART", "Account", "Chart", "Side"]
