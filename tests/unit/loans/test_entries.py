"""The pen refuses what does not balance; what moves money has an entry, and nothing else has."""

from datetime import date

import pytest

from zhiwei.ledger.journal import Posting, check
from zhiwei.loans import Movement
from zhiwei.loans.postings import Accounts, Entry, drafts, line_entry
from zhiwei.values import Breach

DAY = date(2024, 3, 1)
ACCOUNTS = Accounts()


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
    move = Movement("overpaid", DAY, cash=500)
    kept = line_entry("e", 0, "line", move, ACCOUNTS)
    assert kept.postings == (Posting("cash", "", 500), Posting("customer_credit", "", -500))
    paid_back = line_entry("f", 1, "line", Movement("refunded", DAY, cash=500), ACCOUNTS)
    assert paid_back.postings == (Posting("cash", "", -500), Posting("customer_credit", "", 500))


def test_interest_that_is_only_asked_for_moves_nothing() -> None:
    life = [Movement("drawn", DAY, 100), Movement("billed", DAY, interest=1), Movement("repaid", DAY, 100, 1)]
    assert [draft.kind for draft in drafts("loan", life, ACCOUNTS)] == ["drawn", "repaid"]


def test_an_unknown_kind_has_no_postings() -> None:
    with pytest.raises(ValueError, match="forgiven"):
        list(drafts("loan", [Movement("forgiven", DAY, 1)], ACCOUNTS))
