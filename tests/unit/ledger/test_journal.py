"""What may be written: known accounts, one currency, zero for each funder, and zero among memo accounts."""

from dataclasses import replace
from datetime import date

import pytest

from zhiwei.ledger import CHART, Account, Side
from zhiwei.ledger.journal import Entry, Posting, check
from zhiwei.values import Breach

Legs = list[tuple[str, str, int]]


def entry(*legs: tuple[str, str, int], currency: str = "CNY") -> Entry:
    postings = tuple(Posting(*leg) for leg in legs)
    return Entry("e1", 0, "kind", "line", "loan", date(2024, 3, 1), postings, currency)


GOOD = entry(("cash", "a", -70), ("loan_principal", "a", 70), ("cash", "b", -30), ("loan_principal", "b", 30))


def test_what_balances_is_written() -> None:
    check(GOOD)
    check(replace(GOOD, currency="USD"))
    check(entry(("off_balance_interest", "a", 5), ("off_balance_contra", "a", -5)))
    check(entry(  # a write-off: the loan leaves the balance sheet, and its claim is kept beside
        ("loan_principal", "a", -9), ("loan_loss_allowance", "a", 9),
        ("written_off_claims", "a", 9), ("written_off_contra", "a", -9),
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("legs", "says"),
    [
        ([("cash", "a", 1), ("petty_cash", "a", -1)], "petty_cash"),
        ([("cash", "a", 2), ("loan_principal", "a", -1)], "'a': 1"),
        ([("cash", "a", 1), ("loan_principal", "b", -1)], "'a': 1, 'b': -1"),
        ([], "fewer than two postings"),
        ([("loan_principal", "a", -9), ("written_off_claims", "a", 9)], "'a': 9"),
        (
            [("cash", "a", 1), ("cash", "b", -1), ("off_balance_interest", "a", -1), ("off_balance_contra", "b", 1)],
            "'a': -1, 'b': 1",
        ),
    ],
)
def test_what_does_not_is_a_breach(legs: Legs, says: str) -> None:
    with pytest.raises(Breach, match=says):
        check(entry(*legs))


@pytest.mark.parametrize("currency", ["", "cny", "RMB元", "CNYX", "CN"])
def test_an_entry_has_a_currency(currency: str) -> None:
    with pytest.raises(Breach, match=r"INV-01.*cannot be written"):
        check(replace(GOOD, currency=currency))


def test_an_account_of_a_tenants_own() -> None:
    own = CHART.changed([Account("100201", "cash_ccb", "建行存款", "Cash at CCB", Side.ASSET)])
    drawn = entry(("cash_ccb", "a", -70), ("loan_principal", "a", 70))
    check(drawn, own)
    with pytest.raises(Breach, match="cash_ccb"):
        check(drawn)
