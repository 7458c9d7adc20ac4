"""Ten lines live 200 days of random draws, repayments, retries, crashes, a bank that is unsure, and races.

After each month the doctor and an independent auditor look at everything. The seed is printed; ZHIWEI_SIMULATION_SEED
gives another life.
"""

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import close_days, draw, examine, order_draw, pay_out, repay, statement
from zhiwei.journeys.ports import Payout
from zhiwei.reports import funder_statements
from zhiwei.values import Outage, Refusal, fen

_spec = spec_from_file_location("auditor", Path(__file__).parent / "auditor.py")
auditor = module_from_spec(_spec)
_spec.loader.exec_module(auditor)

FIRST, DAYS, LINES = date(2024, 3, 1), 200, 10
EXPECTED = {  # what may be refused in a life like this
    "over_limit", "line_frozen", "line_not_open_yet", "key_reused",
}  # fmt: skip


class MoodyBank:
    """Pays each payout at most once and remembers; often it cannot say, or the line is cut before or after it paid."""

    def __init__(self, dice: random.Random) -> None:
        self.dice, self.done = dice, {}

    def pay(self, payout: Payout) -> tuple[str, str | None]:
        known = self.done.get(payout.payout_id)
        mood = self.dice.random()
        if known is None and mood < 0.75:
            known = self.done[payout.payout_id] = "paid" if mood < 0.67 else "failed"
        elif known is None and mood < 0.85:
            raise Outage("the line was cut before")
        if known and self.dice.random() < 0.1:
            raise Outage("the line was cut after")
        if known is None or self.dice.random() < 0.1:
            return "unknown", None
        return known, f"ref {payout.payout_id}" if known == "paid" else None


@dataclass
class Town:
    platform: Platform
    lines: list[str]
    dice: random.Random
    today: date = FIRST
    calls: list[tuple[Callable[..., Any], dict[str, Any], Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    races: int = 0

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def ask(self, verb: Callable[..., Any], **request: Any) -> Any:
        """One request; what is refused or cut off is part of life."""
        try:
            answer = verb(books=self.platform, by=self.platform.actor, **request)
        except Refusal as refusal:
            if refusal.code not in EXPECTED:
                raise
            self.count(refusal.code)
            return None
        except Outage:
            self.count("outage")
            return None
        self.count(verb.__name__)
        self.calls.append((verb, request, answer))
        return answer

    def live_a_day(self) -> None:
        for line in self.lines:
            fate = self.dice.random()
            if fate < 0.10:
                self.draw(line)
            elif fate < 0.22:
                self.repay(line)
        if self.calls and self.dice.random() < 0.5:
            self.retry()
        for payout in self.open_payouts():
            if self.dice.random() < 0.5:
                self.ask(pay_out, payout=payout.payout_id)

    def draw(self, line: str) -> None:
        key, amount = f"d{self.dice.random()}", self.dice.choice([100_000, 12_345_678, 30_000_000, 99_999_99])
        fate = self.dice.random()
        request = {"line": line, "amount": amount, "on": self.today}
        if fate < 0.15:  # a crash between order and payment
            self.ask(order_draw, key=key, **request)
        elif fate < 0.3:
            self.race(request)
        else:
            self.ask(draw, key=key, **request)

    def race(self, request: dict[str, Any]) -> None:
        """Two threads draw all that is available of one line: never more than one may have it."""
        with self.platform.unit("local") as unit:
            line = unit.lines.get(request["line"])
        if self.today < line.opened_on:
            return
        both = [request | {"key": f"race {self.dice.random()}", "amount": max(line.available, 100_000)} for _ in "ab"]

        def ordered(one: dict[str, Any]) -> Any:
            try:
                return order_draw(books=self.platform, by=self.platform.actor, **one)
            except Refusal as refusal:
                return refusal

        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(ordered, both))
        won = [result for result in results if not isinstance(result, Refusal)]
        late = {result.code for result in results if isinstance(result, Refusal)} == {"line_frozen"}  # not closed yet
        assert len(won) == (1 if line.available >= 100_000 and not late else 0), results
        self.races += len(won)

    def repay(self, line: str) -> None:
        with self.platform.unit("local") as unit:
            if self.today < unit.lines.get(line).opened_on:
                return
        head = statement(books=self.platform, by=self.platform.actor, line=line, on=self.today).head
        payoff, due = fen(head["payoff"]), fen(head["due"])
        amount = self.dice.choice([due, payoff, payoff // 3, payoff + 5000, self.dice.randint(1, 100_000)])
        self.ask(repay, key=f"r{self.dice.random()}", line=line, amount=max(amount, 1), on=self.today)

    def retry(self) -> None:
        """The very same request again answers the same; with another amount it is refused."""
        verb, request, answer = self.dice.choice(self.calls[-30:])
        again = self.ask(verb, **request)
        if verb in (repay, order_draw):
            assert again == answer
        elif again is not None:
            assert again.payout == answer.payout
            assert answer.status in ("ordered", again.status)
        if "amount" in request:
            before = self.counts.get("key_reused", 0)
            self.ask(verb, **request | {"amount": request["amount"] + 1})
            assert self.counts["key_reused"] == before + 1

    def open_payouts(self) -> list[Payout]:
        with self.platform.unit("local") as unit:
            return unit.lines.payouts(status="ordered")


def look(town: Town, owner: psycopg.Connection) -> None:
    """The doctor, the auditor, the bank's own list of payments, and the reports that people read."""
    platform, bank = town.platform, town.platform.payments
    findings = examine(books=platform, by=platform.actor)
    assert [finding for finding in findings if finding.wrong] == []
    assert auditor.audit(owner, town.today) == []
    with platform.unit("local") as unit:
        totals, payouts = unit.journal.totals(), unit.lines.payouts()
    lent = sum(amount for (amount,) in owner.execute(
        """select amount from journal_posting join journal_entry using (tenant_id, entry_id)
           where kind = 'drawn' and account = 'loan_principal'"""))  # fmt: skip
    assert lent == sum(payout.amount for payout in payouts if payout.status == "paid")
    assert {p.payout_id for p in payouts if p.status != "ordered"} <= bank.done.keys()
    assert all(bank.done[p.payout_id] == p.status for p in payouts if p.status != "ordered"), "no loan without money"
    assert sum(amount for _, _, amount in totals) == 0
    statements = funder_statements(totals)
    assert [one.funder for one in statements] == ["lead_bank", "partner_bank"]
    assert all(one.balances for one in statements)
    earned = ["interest_receivable", "penalty_receivable", "fee_receivable"]
    for accounts, name in ((["loan_principal"], "principal"), (earned, "receivables")):
        rows = owner.execute("select amount from journal_posting where account = any(%s)", [accounts])
        assert sum(getattr(one, name) for one in statements) == sum(amount for (amount,) in rows)


@pytest.fixture
def seed() -> int:
    """One life is enough for each run; other seeds are for whoever looks for trouble."""
    return int(os.environ.get("ZHIWEI_SIMULATION_SEED", "20240301"))


def test_lines_live_200_days(platform: Platform, open_line: Callable[..., str], seed: int) -> None:
    """Every evening's book is sound, every month it is examined; the seed is in the output."""
    print(f"ZHIWEI_SIMULATION_SEED={seed}")
    dice = random.Random(seed)
    platform = replace(platform, payments=MoodyBank(dice))
    lines = [open_line(FIRST + timedelta(days=number), f"G{number + 1}") for number in range(LINES)]
    town = Town(platform, lines, dice)
    with psycopg.connect(platform.database.url, autocommit=True) as owner:
        owner.execute("select set_config('zhiwei.tenant', 'local', false)")
        for number in range(DAYS):
            town.today = FIRST + timedelta(days=number)
            town.live_a_day()
            if dice.random() < 0.85 or (town.today + timedelta(days=1)).day == 1 or number == DAYS - 1:
                close_days(books=platform, by=platform.actor, since=FIRST, until=town.today)
            if (town.today + timedelta(days=1)).day == 1 or number == DAYS - 1:
                look(town, owner)
    lived = {"draw", "repay", "order_draw", "pay_out", "over_limit", "outage", "key_reused"}
    assert lived <= town.counts.keys(), town.counts
    assert town.races


def test_the_auditor_is_no_friend(platform: Platform, open_line: Callable[..., str]) -> None:
    """It sees a cent of interest too much that balances, and a cent that went from one funder to the other."""
    line, by = open_line(FIRST), platform.actor
    draw(books=platform, by=by, key="d", line=line, amount=10_000_000, on=FIRST)
    close_days(books=platform, by=by, since=FIRST, until=date(2024, 3, 31))
    with psycopg.connect(platform.database.url) as owner:
        owner.execute("select set_config('zhiwei.tenant', 'local', false)")
        owner.execute("alter table journal_posting disable trigger user")
        assert auditor.audit(owner, date(2024, 3, 31)) == []
        for damage, says in {
            "update journal_posting set amount = amount + 1 where account = 'cash' and funder = 'lead_bank'": "entry ",
            """update journal_posting set amount = amount + sign(amount)::int where funder = 'lead_bank' and entry_id =
               (select min(entry_id) from journal_entry where kind = 'accrued')""": "interest_receivable is",
            """update journal_posting set amount = amount + (case account when 'cash' then -2 else 2 end)
               * (case funder when 'lead_bank' then 1 else -1 end)
               where entry_id = (select entry_id from journal_entry where kind = 'drawn')""": "the partner's part",
        }.items():
            owner.execute("savepoint sound")
            assert owner.execute(damage).rowcount
            found = auditor.audit(owner, date(2024, 3, 31))
            assert [what for what in found if says in what], found
            owner.execute("rollback to savepoint sound")
        owner.rollback()
