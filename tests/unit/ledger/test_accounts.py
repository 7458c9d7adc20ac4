"""The chart: numbers and sides as the guide has them, and what a tenant may change of it."""

from dataclasses import replace

import pytest

from zhiwei.ledger import CHART, Account, Chart, Side

CASH = CHART["cash"]
OWN = Account("100201", "cash_ccb", "银行存款——建行", "Cash at CCB", Side.ASSET, sure=False)

# 企业会计准则—应用指南, appendix: first digit -> class; 3 is the common class (共同类), 9 ours for memo accounts
CLASSES = {
    "1": {Side.ASSET},
    "2": {Side.LIABILITY},
    "3": {Side.ASSET},
    "6": {Side.INCOME, Side.EXPENSE},
    "9": {Side.MEMO},
}


@pytest.mark.parametrize(
    ("name", "number", "zh"),
    [
        ("cash", "1002", "银行存款"), ("interest_receivable", "1132", "应收利息"),
        ("fee_receivable", "1221", "其他应收款"),
        ("loan_principal", "1303", "贷款"), ("loan_loss_allowance", "1304", "贷款损失准备"),
        ("customer_credit", "2241", "其他应付款"), ("renewal_clearing", "3001", "清算资金往来"),
        ("interest_income", "6011", "利息收入"), ("fee_income", "6021", "手续费及佣金收入"),
        ("transfer_result", "6111", "投资收益"),
    ],
)  # fmt: skip
def test_numbers_of_the_guide(name: str, number: str, zh: str) -> None:
    account = CHART[name]
    assert (account.number, account.sure) == (number, True)
    assert account.zh.startswith(zh)


def test_what_is_not_in_the_guide_says_so() -> None:
    assert {name for name, account in CHART.items() if not account.sure} == {
        "penalty_receivable", "unearned_discount", "penalty_income", "impairment_loss", "off_balance_interest",
        "off_balance_contra", "written_off_claims", "written_off_contra",
    }  # fmt: skip


def test_a_number_begins_with_its_class() -> None:
    assert all(account.side in CLASSES[account.number[0]] for account in CHART.values())


def test_which_balances_are_debits() -> None:
    credit = {name for name, account in CHART.items() if not account.debit}
    assert credit == {
        "unearned_discount", "loan_loss_allowance", "customer_credit", "interest_income", "penalty_income",
        "fee_income", "transfer_result", "off_balance_contra", "written_off_contra",
    }  # fmt: skip


def test_memo_accounts_come_in_pairs() -> None:
    memo = [account for account in CHART.values() if account.side is Side.MEMO]
    assert sorted(account.contra for account in memo) == [False, False, True, True]


def test_in_order_of_number() -> None:
    assert [account.number for account in CHART.values()] == sorted(account.number for account in CHART.values())


def test_a_tenant_renumbers_renames_and_adds() -> None:
    own = CHART.changed([replace(CASH, number="1003", zh="存放中央银行款项"), OWN])
    assert (own["cash"].number, own["cash"].zh, own["cash"].en) == ("1003", "存放中央银行款项", "Cash at bank")
    assert own["cash_ccb"] == OWN
    assert len(own) == len(CHART) + 1
    assert CHART["cash"].number == "1002"


def test_two_tenants_differ() -> None:
    one, other = (CHART.changed([replace(CASH, number=number)]) for number in ("1003", "1011"))
    assert one["cash"].number != other["cash"].number
    assert one["loan_principal"] == other["loan_principal"]


@pytest.mark.parametrize(
    ("accounts", "says"),
    [
        ([replace(CASH, number="1303")], "two accounts with the number 1303"),
        (
            [OWN, Account("100201", "cash_icbc", "工行", "Cash at ICBC", Side.ASSET)],
            "two accounts with the number 100201",
        ),
        ([Account("1002", "cash", "银行存款", "Cash", Side.LIABILITY)], "cash is asset, and stays so"),
        ([Account("1304", "loan_loss_allowance", "准备", "Allowance", Side.ASSET)], "is contra asset, and stays so"),
    ],
)
def test_what_a_tenant_may_not(accounts: list[Account], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        CHART.changed(accounts)


@pytest.mark.parametrize(
    ("number", "name", "zh"),
    [
        ("12", "x", "甲"),
        ("10o2", "x", "甲"),
        ("1002", "X", "甲"),
        ("1002", "1x", "甲"),
        ("1002", "", "甲"),
        ("1002", "x", " "),
    ],
)
def test_an_account_without_sense(number: str, name: str, zh: str) -> None:
    with pytest.raises(ValueError, match="account"):
        Account(number, name, zh, "x", Side.ASSET)


def test_a_name_is_one_account() -> None:
    with pytest.raises(ValueError, match="two accounts with the name cash_ccb"):
        Chart([OWN, Account("100202", "cash_ccb", "建行", "CCB", Side.ASSET)])
