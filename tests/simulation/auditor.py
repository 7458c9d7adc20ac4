"""An auditor who trusts nobody: plain SQL on the journal, arithmetic of its own, nothing of `zhiwei`.

Of the platform's other tables it reads a loan's contract (rate, day count, due day, maturity), never a balance. From
what was lent and repaid it lives every loan again, night by night in exact fractions, and compares what is unpaid in
the end with what the journal says is receivable, funder by funder.
"""

import json
from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor

import psycopg

POSTINGS = """select e.entry_id, e.kind, e.line_id, e.loan_id, e.value_date, p.account, p.funder, p.amount,
                     e.reverses
              from journal_entry e join journal_posting p using (tenant_id, entry_id)"""
CONTRACT = "select loan_id, terms from loan"
SHARES = {"lead_bank": Fraction(7, 10), "partner_bank": Fraction(3, 10)}
PENALTY = Fraction(3, 2)  # of the contract rate, on interest that is late


def audit(connection: psycopg.Connection, until: date) -> list[str]:
    """What is wrong in the journal when all days to `until` are closed; an empty list is a clean opinion."""
    rows = connection.execute(POSTINGS).fetchall()
    contracts = {loan: json.loads(terms) for loan, terms in connection.execute(CONTRACT)}
    wrong = [*unbalanced(rows), *untrue_accounts(rows)]
    loans: defaultdict[str, list[tuple]] = defaultdict(list)
    for row in rows:
        if row[3]:
            loans[row[3]].append(row)
    lives = {loan: live(found, contracts[loan], until) for loan, found in loans.items()}
    for loan, found in loans.items():
        wrong += [f"{loan}: {what}" for what in untrue_loan(found)]
    wrong += untrue_receivables(rows, lives.values())
    if loans.keys() != contracts.keys():
        wrong.append(f"loans without a journal: {contracts.keys() - loans.keys()}")
    return wrong


def unbalanced(rows: list[tuple]) -> list[str]:
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for entry, _, _, _, _, _, funder, amount, _ in rows:
        sums[entry, funder] += amount
    return [f"entry {entry} of {funder or 'the platform'}: {total}" for (entry, funder), total in sums.items() if total]


def untrue_accounts(rows: list[tuple]) -> list[str]:
    """The trial balance is zero; no asset is below zero and no debt to a customer above."""
    balance: defaultdict[str, int] = defaultdict(int)
    credit: defaultdict[str, int] = defaultdict(int)
    for _, _, line, _, _, account, _, amount, _ in rows:
        balance[account] += amount
        if account == "customer_credit":
            credit[line] += amount
    wrong = [f"the trial balance is {sum(balance.values())}"] if sum(balance.values()) else []
    wrong += [
        f"{account} is {balance[account]}"
        for account in ("loan_principal", "interest_receivable", "penalty_receivable")
        if balance[account] < 0
    ]
    return wrong + [f"line {line} owes us its credit: {amount}" for line, amount in credit.items() if amount > 0]


def untrue_loan(rows: list[tuple]) -> list[str]:
    """Lent once, and each funder has its part of what is left."""
    wrong = []
    if len({row[0] for row in rows if row[1] == "drawn"}) != 1:
        wrong.append("not drawn exactly once")
    held: defaultdict[str, int] = defaultdict(int)
    for *_, account, funder, amount, _ in rows:
        if account == "loan_principal":
            held[funder] += amount
    whole = sum(held.values())
    if whole < 0 or abs(held["partner_bank"] - whole * SHARES["partner_bank"]) > Fraction(1, 2):
        wrong.append(f"principal is {whole}, the partner's part {held['partner_bank']}")
    return wrong


def untrue_receivables(rows: list[tuple], lives: object) -> list[str]:
    """Interest in the books is the sum of what each loan owes, and so is each funder's part of it."""
    wrong = []
    for account, name in (("interest_receivable", "interest"), ("penalty_receivable", "penalty")):
        owed = [getattr(life, name)() for life in lives]
        booked = sum(row[7] for row in rows if row[5] == account)
        partner = sum(row[7] for row in rows if row[5] == account and row[6] == "partner_bank")
        if booked != sum(owed):
            wrong.append(f"{account} is {booked}, by the day it is {sum(owed)}")
        expected = sum(floor(amount * SHARES["partner_bank"] + Fraction(1, 2) - Fraction(1, 10**9)) for amount in owed)
        if partner != expected:
            wrong.append(f"the partner's part of {account} is {partner}, not {expected}")
    return wrong


@dataclass
class Claim:
    due_on: date
    interest: int
    compound: Fraction = Fraction(0)
    paid: int = 0  # of the compound interest

    def owed(self) -> int:
        return floor(self.compound + Fraction(1, 2)) - self.paid


@dataclass
class Life:
    """A loan that knows only today."""

    contract: dict
    today: date
    principal: int
    pending: Fraction = Fraction(0)
    claims: list[Claim] = field(default_factory=list)

    def is_due(self, day: date) -> bool:
        due_day = self.contract["repayment"]["due_day"]
        last = monthrange(day.year, day.month)[1]
        return day == date.fromisoformat(self.contract["matures_on"]) or day.day == min(due_day, last)

    def sleep(self) -> None:
        rate = Fraction(self.contract["interest"]["annual_rate"]) / 360
        for claim in self.claims:
            if claim.due_on <= self.today:
                claim.compound += claim.interest * rate * PENALTY
        self.pending += self.principal * rate
        self.today += timedelta(days=1)
        if self.is_due(self.today):
            self.ask(self.today)

    def ask(self, due_on: date) -> None:
        if amount := floor(self.pending + Fraction(1, 2)):
            same = [claim for claim in self.claims if claim.due_on == due_on]
            if same:
                same[0].interest += amount
            else:
                self.claims.append(Claim(due_on, amount))
            self.pending = Fraction(0)

    def repay(self, principal: int, interest: int, penalty: int) -> None:
        """Interest to date is asked for with every repayment, to be paid on the next due date."""
        day = self.today + timedelta(days=1)
        while not self.is_due(day):
            day += timedelta(days=1)
        self.ask(day)
        for claim in self.claims:
            part = min(penalty, claim.owed())
            claim.paid += part
            penalty -= part
        for claim in self.claims:
            part = min(interest, claim.interest)
            claim.interest -= part
            interest -= part
        assert (interest, penalty) == (0, 0), "more was taken than was owed"
        self.claims = [claim for claim in self.claims if claim.interest or claim.owed()]
        self.principal -= principal
        if not self.principal:
            self.pending = Fraction(0)

    def interest(self) -> int:
        return sum(claim.interest for claim in self.claims) + floor(self.pending + Fraction(1, 2))

    def penalty(self) -> int:
        return sum(claim.owed() for claim in self.claims)


def live(rows: list[tuple], contract: dict, until: date) -> Life:
    """From the day the loan was drawn to the night of `until`, with the repayments that the journal has."""
    repaid: dict[str, list] = {}  # entry -> [day, principal, interest, penalty]
    places = {"loan_principal": 1, "interest_receivable": 2, "penalty_receivable": 3}
    undone = {row[8] for row in rows if row[1] == "reversed"}
    for entry, kind, _, _, on, account, _, amount, _ in rows:
        if kind == "repaid" and entry not in undone and account in places:
            repaid.setdefault(entry, [on, 0, 0, 0])[places[account]] -= amount
    life = Life(contract, date.fromisoformat(contract["drawn_on"]), contract["principal"])
    by_day: defaultdict[date, list[list]] = defaultdict(list)
    for payment in repaid.values():
        by_day[payment[0]].append(payment)
    while True:
        for _, principal, interest, penalty in by_day.pop(life.today, []):
            life.repay(principal, interest, penalty)
        if life.today >= until:
            return life
        life.sleep()
