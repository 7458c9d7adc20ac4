"""Trial balances, accounts line by line and funders' statements, from rows as a query gives them."""

from dataclasses import replace
from datetime import date

import pytest

from zhiwei.ledger import CHART, Account, Side
from zhiwei.loans.postings import Accounts
from zhiwei.reports import (
    FunderDay,
    Posted,
    Turnover,
    account_statement,
    funder_days,
    funder_statements,
    trial_balances,
)

# A loan of 100.00 by two funders; 7.00 of interest, paid; 50.00 USD besides.
TURNOVERS = [
    Turnover("CNY", "cash", "a", -7000, 700, 0),
    Turnover("CNY", "cash", "b", -3000, 0, 0),
    Turnover("CNY", "interest_income", "a", 0, 0, 700),
    Turnover("CNY", "interest_receivable", "a", 0, 700, 700),
    Turnover("CNY", "loan_principal", "a", 7000, 0, 0),
    Turnover("CNY", "loan_principal", "b", 3000, 0, 0),
    Turnover("USD", "cash", "a", 0, 0, 5000),
    Turnover("USD", "loan_principal", "a", 0, 5000, 0),
]


def test_one_trial_balance_for_each_currency() -> None:
    yuan, dollar = trial_balances(TURNOVERS)
    assert (yuan.currency, dollar.currency) == ("CNY", "USD")
    assert yuan.balanced
    assert dollar.balanced
    assert [(row.account.name, row.opening, row.debit, row.credit, row.closing) for row in yuan.rows] == [
        ("cash", -10000, 700, 0, -9300),
        ("interest_receivable", 0, 700, 700, 0),
        ("loan_principal", 10000, 0, 0, 10000),
        ("interest_income", 0, 0, 700, -700),
    ]
    assert [(row.account.number, row.closing) for row in dollar.rows] == [("1002", -5000), ("1303", 5000)]


@pytest.mark.parametrize("field", ["opening", "debit", "credit"])
@pytest.mark.parametrize("place", range(len(TURNOVERS)))
def test_a_cent_too_many_is_seen_in_its_currency(field: str, place: int) -> None:
    rows = list(TURNOVERS)
    rows[place] = rows[place]._replace(**{field: getattr(rows[place], field) + 1})
    assert [book.currency for book in trial_balances(rows) if not book.balanced] == [rows[place].currency]


def test_currencies_do_not_make_up_for_each_other() -> None:
    rows = [Turnover("CNY", "cash", "", 100, 0, 0), Turnover("USD", "cash", "", -100, 0, 0)]
    assert [book.balanced for book in trial_balances(rows)] == [False, False]


def test_a_balance_on_the_other_side_is_unusual() -> None:
    [book] = trial_balances([
        Turnover("CNY", "cash", "", 0, 0, 5), Turnover("CNY", "interest_income", "", 0, 0, 5),
        Turnover("CNY", "loan_loss_allowance", "", 0, 0, 5), Turnover("CNY", "impairment_loss", "", 0, 15, 0),
        Turnover("CNY", "fee_income", "", 3, 0, 3),
    ])  # fmt: skip
    assert {row.account.name: row.unusual for row in book.rows} == {
        "cash": True, "interest_income": False, "loan_loss_allowance": False, "impairment_loss": False,
        "fee_income": False,
    }  # fmt: skip


def test_a_tenants_own_numbers_and_accounts() -> None:
    own = CHART.changed([
        replace(CHART["cash"], number="9001", zh="存放"),
        Account("100201", "cash_ccb", "建行", "CCB", Side.ASSET),
    ])  # fmt: skip
    rows = [Turnover("CNY", "cash", "", 0, 5, 0), Turnover("CNY", "cash_ccb", "", 0, 0, 5)]
    assert [row.account.number for row in trial_balances(rows, own)[0].rows] == ["100201", "9001"]
    with pytest.raises(KeyError):
        trial_balances(rows)


def test_what_was_never_posted_to_is_left_out() -> None:
    [book] = trial_balances([Turnover("CNY", "cash", "a", 5, 0, 0), Turnover("CNY", "loan_principal", "a", -5, 0, 0)])
    assert [row.account.number for row in book.rows] == ["1002", "1303"]
    assert trial_balances([]) == []


def posted(day: int, amount: int, entry_id: str = "e") -> Posted:
    return Posted(date(2024, 3, day), date(2024, 2, 28), entry_id, "drawn", "line", "loan", "a", amount)


def test_an_account_line_by_line() -> None:
    period = (date(2024, 3, 1), date(2024, 3, 31))
    found = account_statement(CHART["cash"], "CNY", period, 1000, [posted(1, -300), posted(1, 50), posted(31, -750)])
    assert [(line.posted.amount, line.balance) for line in found.lines] == [(-300, 700), (50, 750), (-750, 0)]
    assert (found.opening, found.closing) == (1000, 0)
    empty = account_statement(CHART["cash"], "CNY", period, 1000, [])
    assert (empty.opening, empty.closing, empty.lines) == (1000, 1000, ())


@pytest.mark.parametrize("day", [1, 31])
def test_a_posting_outside_of_the_period_is_an_error(day: int) -> None:
    with pytest.raises(ValueError, match="is not within 2024-03-02 to 2024-03-30"):
        account_statement(CHART["cash"], "CNY", (date(2024, 3, 2), date(2024, 3, 30)), 0, [posted(day, 1)])


# A funder's book: 100.00 lent, 3.00 repaid, 1.00 interest, 0.20 penalty and 0.05 fee earned, 0.40 of it paid, 1.50 set
# aside, 2.00 of principal sold for 1.90; 0.30 of interest is only remembered.
FUNDED = [
    ("loan_principal", 10_000 - 300 - 200), ("interest_receivable", 60), ("penalty_receivable", 20),
    ("fee_receivable", 5), ("loan_loss_allowance", -150), ("impairment_loss", 150), ("interest_income", -100),
    ("penalty_income", -20), ("fee_income", -5), ("transfer_result", 10), ("cash", -10_000 + 300 + 40 + 190),
    ("off_balance_interest", 30), ("off_balance_contra", -30),
]  # fmt: skip


def test_a_funders_book_balances_by_itself() -> None:
    [one] = funder_statements([*((account, "a", amount) for account, amount in FUNDED), ("cash", "", 7)])
    assert (one.funder, one.principal, one.receivables, one.allowance, one.other) == ("a", 9500, 85, 150, 0)
    assert (one.earned, one.provisions, one.net_funding) == (115, 150, 9470)
    assert one.balances


@pytest.mark.parametrize("account", [account for account, _ in FUNDED if "off_balance" not in account])
def test_a_cent_too_many_unbalances_a_funder(account: str) -> None:
    [one] = funder_statements((name, "a", amount + (name == account)) for name, amount in FUNDED)
    assert not one.balances


def test_a_products_own_accounts_are_known_by_their_role() -> None:
    chart = CHART.changed([Account("100201", "ccb", "建行", "CCB", Side.ASSET)])
    rows = [("loan_principal", "a", 500), ("ccb", "a", -500)]
    [plain], [own] = (funder_statements(rows, roles, chart) for roles in ([Accounts()], [Accounts(), Accounts("ccb")]))
    assert (plain.other, plain.net_funding, plain.balances) == (-500, 0, True)
    assert (own.other, own.net_funding, own.balances) == (0, 500, True)


def test_a_funders_days() -> None:
    first, second = date(2024, 3, 1), date(2024, 3, 21)
    rows = [
        (first, "drawn", "loan_principal", 500), (first, "drawn", "cash", -500),
        (second, "accrued", "interest_income", -7), (second, "accrued", "interest_receivable", 7),
        (second, "repaid", "cash", 107), (second, "repaid", "interest_receivable", -7),
        (second, "repaid", "loan_principal", -100),
    ]  # fmt: skip
    assert funder_days(rows) == [
        FunderDay(first, "drawn", 500, 0, 0, -500, 500),
        FunderDay(second, "accrued", 0, 7, 7, 0, 500),
        FunderDay(second, "repaid", -100, -7, 0, 107, 400),
    ]
