"""What finance reads: trial balances on any day, accounts line by line, and each funder's statement that adds up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from zhiwei.ledger import CHART, Account, Chart, Side
from zhiwei.loans.postings import Accounts


class Turnover(NamedTuple):
    """What a query gives of one account in one currency and one funder's book: 分, debits and credits both positive.

    `opening` is the balance before the first day, debit positive.
    """

    currency: str
    account: str
    funder: str
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """A row of the trial balance (科目余额表): opening, turnover of the period, closing; 分, debit positive."""

    account: Account
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit

    @property
    def unusual(self) -> bool:
        """Its balance is on the other side than such an account's normally is: worth a look, not wrong."""
        return self.closing != 0 and (self.closing > 0) != self.account.debit


@dataclass(frozen=True, slots=True)
class Balances:
    """The trial balance of one currency. Nothing is converted: each currency balances by itself."""

    currency: str
    rows: tuple[AccountBalance, ...]

    @property
    def balanced(self) -> bool:
        """Opening and closing sum to zero, and debits equal credits."""
        return (
            sum(row.opening for row in self.rows) == 0
            and sum(row.debit for row in self.rows) == sum(row.credit for row in self.rows)
        )  # fmt: skip


def trial_balances(turnovers: Iterable[Turnover], chart: Chart = CHART) -> list[Balances]:
    """One per currency, in order; accounts in order of number, those that nothing was posted to left out.

    KeyError for an account that the chart does not have: a tenant's chart keeps every account it ever had.
    """
    sums: dict[str, dict[str, list[int]]] = {}
    for currency, account, _, *amounts in turnovers:
        of_account = sums.setdefault(currency, {}).setdefault(account, [0, 0, 0])
        of_account[:] = [before + amount for before, amount in zip(of_account, amounts, strict=True)]
    return [
        Balances(currency, tuple(sorted(
            (AccountBalance(chart[name], *amounts) for name, amounts in accounts.items()),
            key=lambda row: row.account.number,
        )))
        for currency, accounts in sorted(sums.items())
    ]  # fmt: skip


class Posted(NamedTuple):
    """What a query gives of one posting, in order of recording; `amount` in 分, debit positive."""

    business_date: date
    value_date: date
    entry_id: str
    kind: str
    line: str
    loan: str
    funder: str
    amount: int


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A posting and the account's balance after it."""

    posted: Posted
    balance: int


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """An account in one currency (明细账) from `since` to `until`, both included, by business date; 分."""

    account: Account
    currency: str
    since: date
    until: date
    opening: int
    lines: tuple[AccountLine, ...]

    @property
    def closing(self) -> int:
        return self.lines[-1].balance if self.lines else self.opening


def account_statement(
    account: Account, currency: str, period: tuple[date, date], opening: int, rows: Iterable[Posted]
) -> AccountStatement:
    """From the balance before the period and its postings in order. ValueError where one is outside of it."""
    since, until = period
    lines, balance = [], opening
    for posted in rows:
        if not since <= posted.business_date <= until:
            raise ValueError(f"entry {posted.entry_id} of {posted.business_date} is not within {since} to {until}")
        balance += posted.amount
        lines.append(AccountLine(posted, balance))
    return AccountStatement(account, currency, since, until, opening, tuple(lines))


@dataclass(frozen=True, slots=True)
class FunderStatement:
    """A funder's own book in 分: what it has, what it set aside, what it earned, and the net cash it put in.

    `receivables` are interest, penalty and fees earned and unpaid; `earned` is all income, `provisions` all expense,
    `allowance` what is set aside for loss, `other` whatever else is on its balance sheet.
    """

    funder: str
    principal: int = 0
    receivables: int = 0
    allowance: int = 0
    other: int = 0
    earned: int = 0
    provisions: int = 0
    net_funding: int = 0

    @property
    def balances(self) -> bool:
        """Assets and expenses are liabilities, income and the funder's net money."""
        assets = self.principal + self.receivables - self.allowance + self.other
        return assets + self.provisions == self.earned + self.net_funding


def funder_statements(
    totals: Iterable[tuple[str, str, int]], roles: Iterable[Accounts] = (Accounts(),), chart: Chart = CHART
) -> list[FunderStatement]:
    """One per funder, in name order; over all funders and the platform's own book they are the trial balance.

    `totals` are (account, funder, balance) rows of one currency, debit positive; `roles` says which account is what.
    Memo accounts balance among themselves and are not here.
    """
    columns = _columns(roles)
    by_funder: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for account, funder, amount in totals:
        if funder and (column := columns.get(account) or _BY_SIDE[chart[account].side]):
            by_funder[funder][column] += -amount if column in _CREDIT else amount
    return [FunderStatement(funder, **amounts) for funder, amounts in sorted(by_funder.items())]


_BY_SIDE = {
    Side.ASSET: "other", Side.LIABILITY: "other", Side.INCOME: "earned", Side.EXPENSE: "provisions", Side.MEMO: "",
}  # fmt: skip
_CREDIT = ("allowance", "earned", "net_funding")  # shown positive where the balance is a credit


def _columns(roles: Iterable[Accounts]) -> dict[str, str]:
    found: dict[str, str] = {}
    for role in roles:
        found |= dict.fromkeys((role.interest, role.penalty, role.fee), "receivables")
        found |= {role.principal: "principal", role.allowance: "allowance", role.cash: "net_funding"}
    return found


@dataclass(frozen=True, slots=True)
class FunderDay:
    """One day's entries of one kind in a funder's book, in 分; `balance` is its principal outstanding afterwards."""

    on: date
    kind: str
    principal: int
    receivables: int
    earned: int
    cash: int
    balance: int


def funder_days(
    rows: Iterable[tuple[date, str, str, int]], roles: Iterable[Accounts] = (Accounts(),), chart: Chart = CHART
) -> list[FunderDay]:
    """From (value date, kind, account, Σ amount) in order; cash is positive when the funder receives it."""
    columns = _columns(roles)
    grouped: dict[tuple[date, str], defaultdict[str, int]] = {}
    for on, kind, account, amount in rows:
        column = columns.get(account) or _BY_SIDE[chart[account].side]
        grouped.setdefault((on, kind), defaultdict(int))[column] += amount
    days, balance = [], 0
    for (on, kind), change in grouped.items():
        balance += change["principal"]
        days.append(FunderDay(
            on, kind, change["principal"], change["receivables"], -change["earned"], change["net_funding"], balance,
        ))  # fmt: skip
    return days
