"""Makes v0_1_0.sql, a small book as version 0.1.0 left it, and v0_1_0.json, what that version said of its lines.

Run with that version's sources, never with today's:

    git worktree add ../v010 v0.1.0
    PYTHONPATH=../v010/src python tests/upgrade/make_v0_1_0.py tests/upgrade

The same book comes out each time, byte for byte: instants and random ids are replaced by numbers in their order.
"""

import hashlib
import json
import sys
import tempfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import psycopg
import pyarrow as pa

from zhiwei import __version__, journeys
from zhiwei.bootstrap import Platform, open_platform
from zhiwei.borrower import INVOICES, Party
from zhiwei.borrower.delivery import BAD_ROW, Delivery
from zhiwei.journeys.ports import Payout
from zhiwei.settings import Settings
from zhiwei.values import fen

FIRST = date(2024, 3, 1)
CLOSED = 120  # days, to 2024-06-28
FIRMS = ["F1", "F2", "F3", "F4", "F5", "F6"]
DECLINED = "F7"


class Bank:
    """Pays, unless the next answers say otherwise."""

    def __init__(self) -> None:
        self.answers: list[str] = []

    def pay(self, payout: Payout) -> tuple[str, str | None]:
        answer = self.answers.pop(0) if self.answers else "paid"
        return answer, f"REF-{payout.payout_id[-8:]}" if answer == "paid" else None


def invoices(firm: str, months: int, monthly: int) -> list[dict[str, object]]:
    """Sales to four customers and purchases from two suppliers each month: just enough to be decided on."""
    rows: list[dict[str, object]] = []
    for back in range(months):
        month = FIRST.year * 12 + FIRST.month - 2 - back
        for number in range(6):
            sale = number < 4
            amount = monthly // 4 + number * 1000 if sale else monthly * 7 // 20
            rows.append({
                "party_id": firm, "direction": "sale" if sale else "purchase", "invoice_no": f"{back:02d}{number}",
                "issue_date": date(month // 12, month % 12 + 1, 3 + 4 * number),
                "counterparty": f"C{number}" if sale else f"S{number}", "amount": amount, "tax": amount * 13 // 100,
                "total": amount + amount * 13 // 100, "status": "valid", "occurrence": 1,
            })  # fmt: skip
    return rows


def receive(platform: Platform) -> None:
    rows = [row for firm in FIRMS for row in invoices(firm, 25, 60_000_000)] + invoices(DECLINED, 3, 1_000_000)
    table = pa.Table.from_pylist(rows, schema=INVOICES)
    parties = [Party(firm, f"{firm} 小店", "test") for firm in [*FIRMS, DECLINED]]
    sha256 = hashlib.sha256(repr(rows).encode()).hexdigest()
    bad = pl.DataFrame(schema=BAD_ROW)
    delivery = Delivery("test", "made", sha256, parties, table, bad, "credit_assessment", "Look at my invoices.")
    journeys.receive(books=platform, by=platform.actor, deliveries=[delivery], folder="")


def lines(platform: Platform) -> dict[str, str]:
    decided = journeys.decide(
        books=platform, by=platform.actor, product="tax_credit", parties=None, as_of=FIRST - timedelta(days=1)
    )
    found = {}
    for decision in decided:
        if decision.outcome != "approve":
            continue
        offer = journeys.Offer(decision.decision_id, min(decision.limit, 50_000_000), Decimal("0.0535"))
        accepted = journeys.accept(
            books=platform, by=platform.actor, key=f"accept {decision.party}", offer=offer, on=FIRST
        )
        found[decision.party] = accepted.line
    assert sorted(found) == FIRMS, [(d.party, d.outcome) for d in decided]
    return found


class Days:
    """What happens on which day."""

    def __init__(self, platform: Platform, bank: Bank, line: dict[str, str]) -> None:
        self.platform, self.bank, self.line, self.keys = platform, bank, line, 0

    def act(self, on: date, firm: str, verb: str, amount: str, answer: str = "paid") -> None:
        """`amount` in 元, or `all` that the line owes on the day."""
        self.keys += 1
        platform, line = self.platform, self.line[firm]
        if amount == "all":
            amount = journeys.statement(books=platform, by=platform.actor, line=line, on=on).head["payoff"]
        self.bank.answers = [answer]
        journey = journeys.draw if verb == "draw" else journeys.repay
        journey(
            books=platform, by=platform.actor, key=f"{verb} {self.keys}", line=line, amount=fen(amount), on=on
        )  # fmt: skip

    def close(self, until: date) -> None:
        journeys.close_days(books=self.platform, by=self.platform.actor, since=FIRST, until=until)

    def settle(self) -> None:
        """The bank knows by now of every payout of which it was unsure."""
        with self.platform.unit("local") as unit:
            ordered = unit.lines.payouts(status="ordered")
        for payout in ordered:
            journeys.pay_out(books=self.platform, by=self.platform.actor, payout=payout.payout_id)


PLAN = """
03-01 F1 draw 360000
03-02 F4 draw 300000
03-05 F2 draw 200000.01
03-10 F3 draw 50000
03-15 F3 repay 60000
03-20 F5 draw 80000 failed
03-21 F1 repay 1070
04-01 F3 draw 30000
04-01 F5 draw 80000
04-02 F2 repay 1000
04-11 F1 repay 100000
04-15 F5 draw 45678.90
04-21 F5 repay 500
05-10 F1 repay all
05-21 F5 repay 20000
05-25 F2 repay 150000
06-01 F6 draw 120000 unknown
06-10 - settle
06-12 F5 repay 65000
06-21 F6 repay 356.67
06-25 F6 draw 33333 unknown
06-29 F5 repay 1234.56
06-29 F1 draw 10000
"""


def live(days: Days) -> None:
    last = FIRST + timedelta(days=CLOSED - 1)
    for step in PLAN.split("\n"):
        if not step:
            continue
        day, firm, verb, *rest = step.split()
        on = date.fromisoformat(f"2024-{day}")
        days.close(min(last, on - timedelta(days=1))) if on > FIRST else None
        if verb == "settle":
            days.settle()
        else:
            days.act(on, firm, verb, *rest)


# Instants in their order, as whole seconds from one start; random ids from content. Nothing else is by chance.
INSTANTS = """
with ranked as (select {key}, dense_rank() over (order by recorded_at) as place from {table})
update {table} t set recorded_at = timestamptz '2024-07-01 00:00:00+00' + place * interval '1 second'
from ranked r where {same}
"""


def settle_instants(url: str) -> None:
    with psycopg.connect(url) as connection:
        run = connection.execute
        run("set session_replication_role = replica")  # triggers would refuse
        run("update audit set audit_id = md5(recorded_at::text || person || verb || request)::uuid")
        tables = run(
            """select c.table_name, array_agg(k.attname order by k.attnum) from information_schema.columns c
               join pg_index i on i.indrelid = c.table_name::regclass and i.indisprimary
               join pg_attribute k on k.attrelid = i.indrelid and k.attnum = any(i.indkey)
               where c.table_schema = 'public' and c.column_name = 'recorded_at' group by 1"""
        ).fetchall()
        for table, key in tables:
            same = " and ".join(f"t.{column} = r.{column}" for column in key)
            run(INSTANTS.format(table=table, key=", ".join(key), same=same).encode())
        run("update audit set audit_id = md5(recorded_at::text || person || verb || request)::uuid")


# Tables before those that name them.
TABLES = [
    "tenant", "party", "consent", "delivery", "invoice", "product_version", "decision", "line", "payout", "loan",
    "payment", "class_change", "journal_entry", "journal_posting", "business_day", "step", "audit",
]  # fmt: skip


def dump(url: str, target: Path) -> None:
    """Rows as COPY, as pg_dump writes them, each table in one order."""
    parts = [f"-- A book of version {__version__}, made by make_v0_1_0.py; data only, for 0001_first_loan.sql.\n"]
    with psycopg.connect(url) as connection:
        for table in TABLES:
            columns = connection.execute(
                """select string_agg(column_name, ', ' order by ordinal_position) from information_schema.columns
                   where table_schema = 'public' and table_name = %s""",
                [table],
            ).fetchone()[0]
            with connection.cursor().copy(f"copy {table} ({columns}) to stdout".encode()) as copy:
                rows = sorted(b"".join(map(bytes, copy)).decode().split("\n")[:-1])
            parts.append("\n".join([f"COPY public.{table} ({columns}) FROM stdin;", *rows, "\\.", ""]))
    target.write_text("\n".join(parts), encoding="utf-8")


def said(platform: Platform, line: dict[str, str]) -> dict[str, object]:
    """What the version says on the day after the last event: amounts in 元 as text."""
    on = date(2024, 6, 30)
    heads = [journeys.statement(books=platform, by=platform.actor, line=name, on=on).head for name in line.values()]
    names = ("party", "status", "limit", "used", "held", "credit", "principal", "interest_billed", "interest_accrued",
             "payoff", "due", "next_due", "days_past_due")  # fmt: skip
    with platform.unit("local") as unit:
        totals = unit.journal.totals()
    return {
        "on": on.isoformat(), "closed": (FIRST + timedelta(days=CLOSED - 1)).isoformat(),
        "lines": {head["line"]: {name: head[name] for name in names} for head in heads},
        "totals": {f"{account} {funder}": amount for account, funder, amount in totals},
    }  # fmt: skip


def main(folder: Path) -> None:
    assert __version__ == "0.1.0", f"made with the sources of 0.1.0, not of {__version__}"
    with (
        tempfile.TemporaryDirectory(prefix="zw") as data,
        open_platform(Settings(Path(data), None, "local", "officer")) as opened,
    ):
        bank = Bank()
        platform = replace(opened, payments=bank, clock=date(2024, 7, 1))
        receive(platform)
        line = lines(platform)
        live(Days(platform, bank, line))
        wrong = [finding for finding in journeys.examine(books=platform, by=platform.actor) if finding.wrong]
        assert not wrong, wrong
        settle_instants(platform.database.url)
        dump(platform.database.url, folder / "v0_1_0.sql")
        expected = json.dumps(said(platform, line), indent=1, sort_keys=True)
        (folder / "v0_1_0.json").write_text(expected + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
