"""A day's interest of the whole book: sums over loans of how each one's rounded interest changed, funder by funder."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from zhiwei.funding import Programme
from zhiwei.funding.postings import Shares, of_product
from zhiwei.journeys.ports import Book
from zhiwei.loans.accrual import Column
from zhiwei.loans.postings import Accounts, Entry
from zhiwei.values import identifier

ByProduct = dict[str, Shares]


def book_accrual(book: Book, programme: Programme, accounts: Accounts, since: date, on: date) -> Shares:
    """What loans that nothing happened to earned from the close of `since` to the close of `on`."""
    sums: Shares = defaultdict(int)
    before, after = _receivables(book, since), _receivables(book, on)
    if book.off_balance:
        moves = [(accounts.off_balance, accounts.off_balance_contra, before[0] + before[1], after[0] + after[1])]
    else:
        moves = [
            (accounts.interest, accounts.income, before[0], after[0]),
            (accounts.penalty, accounts.penalty_income, before[1], after[1]),
        ]
    for account, against, old, new in moves:
        parts = (programme.columns(new) - programme.columns(old)).sum(axis=0).tolist()
        for funder, amount in zip(programme.funders, parts, strict=True):
            sums[account, funder.funder_id] += amount
            sums[against, funder.funder_id] -= amount
    return sums


def _receivables(book: Book, on: date) -> tuple[Column, Column]:
    """Each loan's unpaid interest and unpaid penalty at the end of a day."""
    interest = book.billed + book.interest.grown(on, book.count, book.rounding)
    penalty = np.zeros(len(interest), dtype=np.int64)
    np.add.at(penalty, book.penal_of, book.penal.grown(on, book.count, book.rounding))
    return interest, penalty


def accrual_entries(accrued: Mapping[str, Shares], on: date) -> Iterator[Entry]:
    """One entry a product: a posting for each funder and subject, however many loans there are."""
    for product, sums in sorted(accrued.items()):
        if any(sums.values()):
            yield of_product(identifier("ent", "accrued", on, product), "accrued", product, on, sums)
