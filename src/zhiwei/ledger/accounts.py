"""The chart of accounts: number, names and side; numbers follow the 企业会计准则 chart where it has one."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"


@dataclass(frozen=True, slots=True)
class Account:
    number: str
    name: str
    zh: str
    en: str
    side: Side


CASH = Account("1002", "cash", "银行存款", "Cash at bank", Side.ASSET)
LOAN_PRINCIPAL = Account("1303", "loan_principal", "贷款本金", "Loans, principal", Side.ASSET)
INTEREST_RECEIVABLE = Account("1132", "interest_receivable", "应收利息", "Interest receivable", Side.ASSET)
CUSTOMER_CREDIT = Account("2241", "customer_credit", "客户溢缴款", "Customers' overpayments", Side.LIABILITY)
INTEREST_INCOME = Account("6011", "interest_income", "利息收入", "Interest income", Side.INCOME)

CHART = {
    account.name: account for account in (CASH, LOAN_PRINCIPAL, INTEREST_RECEIVABLE, CUSTOMER_CREDIT, INTEREST_INCOME)
}
