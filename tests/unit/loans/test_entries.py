"""The pen refuses what does not balance; a movement's place in the loan's life is its entry's name."""

from datetime import date

import pytest

from zhiwei.ledger.journal import Posting, check
from zhiwei.loans import Movement
from zhiwei.loans.postings import Accounts, Entry, drafts, overpaid
from zhiwei.values import Breach

DAY = date(2024, 3, 1)
ACCOUNTS = Accounts("cash", "loan_principal", "interest_receivable", "interest_income", "customer_credit")


@pytest.mark.parametrize(
    "postings",
    [
        (Posting("cash", "a", 100), Posting("loan_principal", "a", -99)),
        (Posting("cash", "a", 100), Posting("loan_principal", "b", -100)),  # zero in all, not for each funder
        (Posting("cash", "a", 0),),
        (),
        (Posting("petty_cash", "a", 1), Posting("cash", "a", -1)),
    ],
)
def test_an_entry_that_does_not_balance_cannot_be_written(postings: tuple[Posting, ...]) -> None:
    entry = Entry(entry_id="e", number=0, kind="drawn", line="l", loan="n", value_date=DAY, postings=postings)
    with pytest.raises(Breach, match="INV-01"):
        check(entry)


def test_too_much_is_the_platforms_debt() -> None:
    entry = overpaid("line", "key", DAY, 500, ACCOUNTS)
    assert entry.postings == (Posting("cash", "", 500), Posting("customer_credit", "", -500))
    assert entry.entry_id != overpaid("line", "other key", DAY, 500, ACCOUNTS).entry_id


def test_the_same_movement_has_the_same_name() -> None:
    """Replaying a longer life names its beginning as before, so nothing can be written twice."""
    life = [Movement("drawn", DAY, 100), Movement("billed", DAY, interest=1), Movement("repaid", DAY, 100, 1)]
    short, full = (list(drafts("line", "loan", movements, ACCOUNTS)) for movements in (life[:2], life))
    assert full[:2] == short
    assert len({draft.entry_id for draft in full}) == 3


def test_an_unknown_kind_has_no_postings() -> None:
    with pytest.raises(ValueError, match="forgiven"):
        list(drafts("line", "loan", [Movement("forgiven", DAY, 1)], ACCOUNTS))
