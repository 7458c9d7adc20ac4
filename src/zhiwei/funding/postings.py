"""Entries shared among funders: each funder's book balances by itself, and together they are the loan's.

Decided: a funder's part of an asset is a function of the asset's balance alone (`values.split`), so a loan that is
repaid leaves no cent with anyone; the other side of the entry is whatever balances that funder. Others split each
payment by percentage and sweep the differences later. Not chosen: cents would wander between funders for ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from zhiwei.funding.programme import Programme
from zhiwei.ledger.journal import Entry, Posting
from zhiwei.loans.postings import Draft
from zhiwei.values import split


def share_entries(drafts: Iterable[Draft], programme: Programme) -> Iterator[Entry]:
    """Entries of one loan from its first movement on, in order (the running balances start at zero)."""
    balances: defaultdict[str, int] = defaultdict(int)
    for draft in drafts:
        yield Entry(
            draft.entry_id, draft.number, draft.kind, draft.line, draft.loan, draft.value_date,
            tuple(_shared(draft, programme, balances)),
        )  # fmt: skip


def _shared(draft: Draft, programme: Programme, balances: defaultdict[str, int]) -> Iterator[Posting]:
    against = [0] * len(programme.funders)
    for account, change in draft.assets.items():
        before = split(balances[account], programme.shares)
        balances[account] += change
        after = split(balances[account], programme.shares)
        for index, funder in enumerate(programme.funders):
            part = after[index] - before[index]
            against[index] -= part
            if part:
                yield Posting(account, funder.funder_id, part)
    for funder, amount in zip(programme.funders, against, strict=True):
        if amount:
            yield Posting(draft.balanced_by, funder.funder_id, amount)
    if draft.held_for_customer and (total := sum(against)):
        # The platform hands the borrower's own money to the funders: its debt to the borrower falls, and its cash.
        yield Posting(draft.held_for_customer, "", total)
        yield Posting(draft.balanced_by, "", -total)
