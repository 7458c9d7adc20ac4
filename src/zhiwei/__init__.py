"""Zhiwei 知微: lending to the smallest businesses, from their records to money and back.

The book, chapter by chapter: `borrower` (who the business is and what it lets us know), `credit` (acquisition,
antifraud, underwriting, monitoring), `funding` (whose money), `loans` (one line's life in money), `ledger` (the book
of record), `tables` (decision tables), `shelf` (products as folders), `journeys` (the verbs), `reports`, `store`
(PostgreSQL), `adapters` (the outside), `lab` (scorecards), `economy` (a simulated town), `commands` (the command
line). The alphabet they share is `values`. Imports point upstream; only journeys introduce chapters to each other.
"""

__version__ = "0.1.0"
