"""Journal entries: postings in whole minor units that sum to zero, in all and for each funder; never changed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from zhiwei.ledger.accounts import CHART
from zhiwei.values import CURRENCY, Breach


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry: debit is positive, credit negative. `funder` '' is the platform's own book."""

    account: str
    funder: str
    amount: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact in the book. `entry_id` follows from what it records, so the same fact cannot be written twice.

    `number` is its place in the life of its loan, which orders entries of one day.
    """

    entry_id: str
    number: int
    kind: str
    line: str
    loan: str
    value_date: date
    postings: tuple[Posting, ...]
    currency: str = CURRENCY

    def imbalance(self) -> dict[str, int]:
        """Σ of postings by funder where it is not zero; an entry with any is never written."""
        sums: defaultdict[str, int] = defaultdict(int)
        for posting in self.postings:
            sums[posting.funder] += posting.amount
        return {funder: total for funder, total in sums.items() if total}


def check(entry: Entry) -> None:
    """Breach unless the entry posts to known accounts and balances for each funder; asked before every write."""
    unknown = {posting.account for posting in entry.postings} - CHART.keys()
    if unknown or len(entry.postings) < 2 or entry.imbalance():
        raise Breach(f"INV-01: entry {entry.entry_id} cannot be written: {unknown or entry.imbalance()}")
