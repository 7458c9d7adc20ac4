"""What finance reads: the trial balance, and each funder's statement that adds up to it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from zhiwei.ledger import CHART


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Rows (number, 中文, English, balance in 分, debit positive) and their sum, which is zero."""

    rows: tuple[tuple[str, str, str, int], ...]
    total: int


def trial_balance(totals: Iterable[tuple[str, str, int]]) -> TrialBalance:
    """From (account, funder, balance) rows."""
    balances: defaultdict[str, int] = defaultdict(int)
    for account, _, amount in totals:
        balances[account] += amount
    rows = tuple(
        (account.number, account.zh, account.en, balances[name])
        for name, account in sorted(CHART.items(), key=lambda item: item[1].number)
    )
    return TrialBalance(rows, sum(balances.values()))


@dataclass(frozen=True, slots=True)
class FunderStatement:
    """Amounts in 分: principal outstanding, interest billed and not yet paid, interest earned, net cash put in."""

    funder: str
    principal: int
    interest_receivable: int
    interest_earned: int
    net_funding: int

    @property
    def balances(self) -> bool:
        return self.principal + self.interest_receivable == self.interest_earned + self.net_funding


def funder_statements(totals: Iterable[tuple[str, str, int]]) -> list[FunderStatement]:
    """One per funder, in name order; over all funders and the platform's own book they are the trial balance."""
    by_funder: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for account, funder, amount in totals:
        by_funder[funder][account] += amount
    return [
        FunderStatement(
            funder,
            amounts["loan_principal"],
            amounts["interest_receivable"],
            -amounts["interest_income"],
            -amounts["cash"],
        )
        for funder, amounts in sorted(by_funder.items())
        if funder
    ]


@dataclass(frozen=True, slots=True)
class FunderDay:
    """One day's entries of one kind in a funder's book, in 分; `balance` is its principal outstanding afterwards."""

    on: date
    kind: str
    principal: int
    interest: int
    earned: int
    cash: int
    balance: int


def funder_days(rows: Iterable[tuple[date, str, str, int]]) -> list[FunderDay]:
    """From (value date, kind, account, Σ amount) in order; cash is positive when the funder receives it."""
    grouped: dict[tuple[date, str], defaultdict[str, int]] = {}
    for on, kind, account, amount in rows:
        grouped.setdefault((on, kind), defaultdict(int))[account] += amount
    days, balance = [], 0
    for (on, kind), change in grouped.items():
        balance += change["loan_principal"]
        days.append(FunderDay(
            on, kind, change["loan_principal"], change["interest_receivable"], -change["interest_income"],
            change["cash"], balance,
        ))  # fmt: skip
    return days
