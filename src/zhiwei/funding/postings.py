"""Entries shared among funders: each funder's book balances by itself, and together they are the loan's.

Decided: a funder's part follows from a running amount alone (`Programme.parts`): of principal from the balance, of
interest paid from all that was ever paid, of interest receivable from what is unpaid. So a loan that is repaid leaves
no cent with anyone; the other side of the entry is whatever balances that funder. Others split each payment by
percentage and sweep the differences later. Not chosen: cents would wander between funders for ever.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from zhiwei.funding.programme import Programme
from zhiwei.ledger.journal import Entry, Posting
from zhiwei.loans.accrual import Receivable
from zhiwei.loans.postings import Accounts, Draft

Shares = dict[tuple[str, str], int]  # (account, funder) -> amount


def shared(draft: Draft, programme: Programme) -> tuple[Posting, ...]:
    """The postings of a draft, funder by funder."""
    sums: Shares = defaultdict(int)
    funders = [funder.funder_id for funder in programme.funders]
    for leg in draft.legs:
        before, after = programme.parts(leg.before), programme.parts(leg.before + leg.change)
        for funder, old, new in zip(funders, before, after, strict=True):
            sums[leg.account, funder] += new - old
            sums[leg.against, funder] -= new - old
    if draft.held_for_customer:
        # We hand the borrower's own money to the funders: our debt to the borrower falls, and our cash with it.
        total = -sum(leg.change for leg in draft.legs)
        sums[draft.held_for_customer, ""] += total
        sums[draft.legs[0].against, ""] -= total
    return postings_of(sums)


def postings_of(sums: Mapping[tuple[str, str], int]) -> tuple[Posting, ...]:
    return tuple(Posting(account, funder, amount) for (account, funder), amount in sums.items() if amount)


def accrual(
    before: Receivable,
    after: Receivable,
    posted: Mapping[tuple[str, str], int],
    accounts: Accounts,
    programme: Programme,
) -> Shares:
    """What brings a loan's receivables from `before` to `after`, given what other entries just `posted` to them.

    Interest on the books is income; interest past the product's days is only remembered (表外), and income again when
    it is paid.
    """
    sums: Shares = defaultdict(int)
    for account, against, old, new in (
        (accounts.interest, accounts.income, before.interest, after.interest),
        (accounts.penalty, accounts.penalty_income, before.penalty, after.penalty),
        (accounts.off_balance, accounts.off_balance_contra, before.off, after.off),
    ):
        if old == new and not posted:
            continue
        for funder, was, now in zip(programme.funders, programme.parts(old), programme.parts(new), strict=True):
            amount = now - was - posted.get((account, funder.funder_id), 0)
            if amount:
                sums[account, funder.funder_id] += amount
                sums[against, funder.funder_id] -= amount
    return sums


def of_draft(draft: Draft, entry_id: str, number: int, line: str, programme: Programme) -> Entry:
    """The entry of a movement; `number` is its place in the life of its loan."""
    return Entry(entry_id, number, draft.kind, line, draft.loan, draft.value_date, shared(draft, programme))


def of_loan(entry_id: str, kind: str, line: str, loan: str, on: date, sums: Shares) -> Entry:
    """What days did to one loan."""
    return Entry(entry_id, 0, kind, line, loan, on, postings_of(sums))


def of_product(entry_id: str, kind: str, product: str, on: date, sums: Shares) -> Entry:
    """What a day did to all loans of a product together."""
    return Entry(entry_id, 0, kind, "", "", on, postings_of(sums), product=product)


def negated(entry: Entry, entry_id: str) -> Entry:
    """The reversal of an entry: the same accounts, every amount turned; it names what it reverses."""
    turned = tuple(Posting(posting.account, posting.funder, -posting.amount) for posting in entry.postings)
    return Entry(
        entry_id, entry.number, "reversed", entry.line, entry.loan, entry.value_date, turned, entry.currency,
        entry.entry_id,
    )  # fmt: skip
