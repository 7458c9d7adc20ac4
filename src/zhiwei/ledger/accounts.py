"""The chart of accounts: number, names and side of each account, and what a tenant may change of it.

Numbers and Chinese names follow the appendix of 企业会计准则—应用指南 (财会〔2006〕18号); where `sure` is False the
number is not in it: our own sub-account, the later 6702, or a memo account, which every bank numbers by itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NUMBER = re.compile(r"[0-9]{4,20}")


class Side(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"
    MEMO = "memo"  # 表外: off the balance sheet, in pairs that balance among themselves


@dataclass(frozen=True, slots=True)
class Account:
    """`name` is what entries say and never changes; `contra` reverses the side on which its balance is normal."""

    number: str
    name: str
    zh: str
    en: str
    side: Side
    contra: bool = False
    sure: bool = True

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"an account's name is small letters, digits and _, 40 at most, not {self.name!r}")
        if not _NUMBER.fullmatch(self.number):
            raise ValueError(f"an account's number is 4 to 20 digits, not {self.number!r}")
        if not self.zh.strip() or not self.en.strip():
            raise ValueError(f"account {self.name} needs a name in both languages")

    @property
    def debit(self) -> bool:
        """Whether its balance is normally a debit."""
        return (self.side in (Side.ASSET, Side.EXPENSE, Side.MEMO)) != self.contra


class Chart(Mapping[str, Account]):
    """Accounts by name, in order of number; names and numbers are unique. ValueError where they are not."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        ordered = sorted(accounts, key=lambda account: account.number)
        for what in ("name", "number"):
            seen = [getattr(account, what) for account in ordered]
            if twice := sorted({value for value in seen if seen.count(value) > 1}):
                raise ValueError(f"two accounts with the {what} {', '.join(twice)}")
        self._accounts = {account.name: account for account in ordered}

    def __getitem__(self, name: str) -> Account:
        return self._accounts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._accounts)

    def __len__(self) -> int:
        return len(self._accounts)

    def changed(self, accounts: Iterable[Account]) -> "Chart":
        """A tenant's chart: these accounts in place of those of their names, or beside them.

        Number and words are the tenant's; the side of an account that this chart has is not, for entries rely on it.
        """
        changes = {account.name: account for account in accounts}
        for name, account in changes.items():
            known = self.get(name)
            if known and (known.side, known.contra) != (account.side, account.contra):
                raise ValueError(f"{name} is {'contra ' * known.contra}{known.side}, and stays so")
        return Chart([*(account for name, account in self.items() if name not in changes), *changes.values()])


CHART = Chart([
    Account("1002", "cash", "银行存款", "Cash at bank", Side.ASSET),
    Account("1132", "interest_receivable", "应收利息", "Interest receivable", Side.ASSET),
    Account("113202", "penalty_receivable", "应收罚息", "Penalty interest receivable", Side.ASSET, sure=False),
    Account("1221", "fee_receivable", "其他应收款(应收手续费)", "Fees receivable", Side.ASSET),
    Account("130102", "unearned_discount", "贴现利息调整", "Unearned discount", Side.ASSET, contra=True, sure=False),
    Account("1303", "loan_principal", "贷款", "Loans, principal", Side.ASSET),
    Account("1304", "loan_loss_allowance", "贷款损失准备", "Loan loss allowance", Side.ASSET, contra=True),
    Account("2241", "customer_credit", "其他应付款(客户溢缴款)", "Customers' overpayments", Side.LIABILITY),
    Account("3001", "renewal_clearing", "清算资金往来(续贷过渡)", "Clearing of renewals", Side.ASSET),
    Account("6011", "interest_income", "利息收入", "Interest income", Side.INCOME),
    Account("601102", "penalty_income", "罚息收入", "Penalty interest income", Side.INCOME, sure=False),
    Account("6021", "fee_income", "手续费及佣金收入", "Fee income", Side.INCOME),
    Account("6111", "transfer_result", "投资收益(贷款转让)", "Result of loans sold", Side.INCOME),
    Account("6702", "impairment_loss", "信用减值损失", "Credit impairment loss", Side.EXPENSE, sure=False),
    Account("9101", "off_balance_interest", "应收未收利息", "Interest off the balance sheet", Side.MEMO, sure=False),
    Account(
        "9109", "off_balance_contra", "应收未收利息(对转)", "Interest off the balance sheet, contra", Side.MEMO,
        contra=True, sure=False,
    ),
    Account("9201", "written_off_claims", "账销案存", "Written-off claims kept", Side.MEMO, sure=False),
    Account(
        "9209", "written_off_contra", "账销案存(对转)", "Written-off claims kept, contra", Side.MEMO,
        contra=True, sure=False,
    ),
])  # fmt: skip
