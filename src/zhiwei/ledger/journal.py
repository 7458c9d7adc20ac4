"""Journal entries: postings in whole minor units that sum to zero, in all and for each funder; never changed."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from zhiwei.ledger.accounts import CHART, Account, Side
from zhiwei.values import CURRENCY, Breach

_CURRENCY = re.compile(r"[A-Z]{3}")  # ISO 4217


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry: debit is positive, credit negative. `funder` '' is the platform's own book."""

    account: str
    funder: str
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact in the book. `entry_id` follows from what it records, so the same fact cannot be written twice.

    `number` is its place in the life of its loan, which orders entries of one day. An entry has one currency; nothing
    converts: what crosses currencies is two entries. `reverses` names the entry that this one undoes, `product` the
    product whose accrual it is.
    """

    entry_id: str
    number: int
    kind: str
    line: str
    loan: str
    value_date: date
    postings: tuple[Posting, ...]
    currency: str = CURRENCY
    reverses: str = ""
    product: str = ""

    def imbalance(self) -> dict[str, int]:
        """Σ of postings by funder where it is not zero; an entry with any is never written."""
        sums: defaultdict[str, int] = defaultdict(int)
        for posting in self.postings:
            sums[posting.funder] += posting.amount
        return {funder: total for funder, total in sums.items() if total}


def check(entry: Entry, chart: Mapping[str, Account] = CHART) -> None:
    """Breach unless the entry posts to accounts of the chart, in one currency, and balances for each funder.

    Memo accounts balance among themselves: off the balance sheet is no place to lose an asset to.
    """
    wrong: object = {posting.account for posting in entry.postings} - chart.keys() or entry.imbalance()
    if not wrong and (memo := tuple(p for p in entry.postings if chart[p.account].side is Side.MEMO)):
        wrong = replace(entry, postings=memo).imbalance()
    if not wrong and not _CURRENCY.fullmatch(entry.currency):
        wrong = entry.currency or "no currency"
    if wrong or len(entry.postings) < 2:
        raise Breach(f"INV-01: entry {entry.entry_id} cannot be written: {wrong or 'fewer than two postings'}")
