"""An auditor who trusts nobody: plain SQL on the journal, arithmetic of its own, nothing of `zhiwei`.

Of the platform's other tables it reads a loan's contract (rate, basis, due day, maturity), never a balance.
"""

from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from math import floor

import psycopg

POSTINGS = """select e.entry_id, e.kind, e.line_id, e.loan_id, e.value_date, p.account, p.funder, p.amount
              from journal_entry e join journal_posting p using (tenant_id, entry_id)"""
CONTRACT = "select loan_id, annual_rate, day_basis, due_day, matures_on from loan"
SHARES = {"lead_bank": Fraction(7, 10), "partner_bank": Fraction(3, 10)}


def audit(connection: psycopg.Connection, until: date) -> list[str]:
    """What is wrong in the journal when all days to `until` are closed; an empty list is a clean opinion."""
    rows = connection.execute(POSTINGS).fetchall()
    contracts = {row[0]: row[1:] for row in connection.execute(CONTRACT)}
    wrong = [*unbalanced(rows), *untrue_accounts(rows)]
    loans: defaultdict[str, list[tuple]] = defaultdict(list)
    for row in rows:
        if row[3]:
            loans[row[3]].append(row)
    for loan, found in loans.items():
        wrong += [f"{loan}: {what}" for what in untrue_loan(found, contracts[loan], until)]
    if loans.keys() != contracts.keys():
        wrong.append(f"loans without a journal: {contracts.keys() - loans.keys()}")
    return wrong


def unbalanced(rows: list[tuple]) -> list[str]:
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for entry, _, _, _, _, _, funder, amount in rows:
        sums[entry, funder] += amount
    return [f"entry {entry} of {funder or 'the platform'}: {total}" for (entry, funder), total in sums.items() if total]


def untrue_accounts(rows: list[tuple]) -> list[str]:
    """The trial balance is zero; no asset is below zero and no debt to a customer above."""
    balance: defaultdict[str, int] = defaultdict(int)
    credit: defaultdict[str, int] = defaultdict(int)
    for _, _, line, _, _, account, _, amount in rows:
        balance[account] += amount
        if account == "customer_credit":
            credit[line] += amount
    wrong = [f"the trial balance is {sum(balance.values())}"] if sum(balance.values()) else []
    wrong += [
        f"{account} is {balance[account]}"
        for account in ("loan_principal", "interest_receivable")
        if balance[account] < 0
    ]
    return wrong + [f"line {line} owes us its credit: {amount}" for line, amount in credit.items() if amount > 0]


def untrue_loan(rows: list[tuple], contract: tuple, until: date) -> list[str]:
    drawn, wrong = [row for row in rows if row[1] == "drawn" and row[5] == "loan_principal"], []
    principal: defaultdict[date, int] = defaultdict(int)  # change by day
    billed: defaultdict[date, int] = defaultdict(int)
    held: defaultdict[tuple[str, str], int] = defaultdict(int)
    touched = set()  # days with a repayment
    for _, kind, _, _, on, account, funder, amount in rows:
        held[account, funder] += amount
        if account == "loan_principal":
            principal[on] += amount
        if kind == "billed" and account == "interest_income":
            billed[on] -= amount
        if kind == "repaid":
            touched.add(on)
    if len({row[0] for row in drawn}) != 1:
        wrong.append("not drawn exactly once")
    start = min(row[4] for row in drawn)
    expected = interest(start, principal, touched, contract, until)
    if {day: amount for day, amount in billed.items() if amount} != expected:
        wrong.append(f"interest billed {dict(billed)}, by the day it is {expected}")
    for account in ("loan_principal", "interest_receivable"):
        whole = held[account, "lead_bank"] + held[account, "partner_bank"]
        if whole < 0 or abs(held[account, "partner_bank"] - whole * SHARES["partner_bank"]) > Fraction(1, 2):
            wrong.append(f"{account} is {whole}, the partner's part {held[account, 'partner_bank']}")
    return wrong


def interest(start: date, change: dict[date, int], touched: set[date], contract: tuple, until: date) -> dict[date, int]:
    """Day by day in exact fractions: what is billed on which day, given how the principal changed."""
    rate, basis, due_day, matures_on = contract
    balance, pending, bills, day = change[start], Fraction(0), {}, start  # the first night's balance
    while balance and day < until:
        day += timedelta(days=1)
        pending += balance * Fraction(rate) / basis
        due = day == matures_on or day.day == min(due_day, monthrange(day.year, day.month)[1])
        amount = floor(pending + Fraction(1, 2))
        if (due or day in touched) and amount:
            bills[day], pending = amount, Fraction(0)
        balance += change.get(day, 0)
    return bills
