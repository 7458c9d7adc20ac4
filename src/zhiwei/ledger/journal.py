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

    def __post_init__(self) -> None:
        by_funder: defaultdict[str, int] = defaultdict(int)
        for posting in self.postings:
            if posting.account not in CHART:
                raise Breach(f"INV-01: entry {self.entry_id} posts to unknown account {posting.account!r}")
            by_funder[posting.funder] += posting.amount
        unbalanced = {funder: amount for funder, amount in by_funder.items() if amount}
        if unbalanced or len(self.postings) < 2:
            raise Breach(f"INV-01: entry {self.entry_id} does not balance: {unbalanced}")
