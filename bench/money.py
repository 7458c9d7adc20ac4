"""What money costs: draws, repayments, postings, the day close of a million loans, replay, schedules; beside ceilings.

Two ceilings of the same run, plain SQL and durable, one client and one transaction a transfer: `bare`, two rows in a
table that knows nothing; `ceiling`, an entry and its two postings in the journal itself, with its indexes, row-level
security and balance check. Every transfer of a run is on the same hot internal account.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
from million import LINES, START, accepted, close_of
from schedules import measured, tell

from zhiwei.bootstrap import Platform, open_platform
from zhiwei.journeys import Draw, Repayment, draw, draw_many, repay, repay_many
from zhiwei.loans import replay_loan, revolving
from zhiwei.loans.events import Payment
from zhiwei.settings import Settings

SINGLES, BATCH, BATCHES, COUNT = 400, 256, 8, 2048
BARE = "insert into bare (account, amount, ref) values ('cash', %s, %s), ('loan', %s, %s)"
ENTRY = """with e as (insert into journal_entry (tenant_id, entry_id, number, kind, line_id, loan_id, value_date,
                                                 business_date, currency)
                      values ('bench', %s, 0, 'ceiling', '', '', %s, %s, 'CNY') returning tenant_id, entry_id)
           insert into journal_posting (tenant_id, entry_id, number, account, funder, amount)
           select tenant_id, entry_id, n, account, '', amount
           from e, (values (0, 'cash', %s::bigint), (1, 'loan_principal', %s::bigint)) v (n, account, amount)"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="print the figures as one JSON object at the end")
    options.add_argument(
        "--loans", type=int, default=1_000_000, help="of the book whose day is closed; 0 leaves it out"
    )
    asked = options.parse_args()
    figures: dict[str, float] = {}
    with (
        tempfile.TemporaryDirectory(prefix="zw") as folder,
        open_platform(Settings(Path(folder), None, "bench", "bench")) as platform,
    ):
        lines = make_lines(platform)
        figures |= one_by_one(platform, lines) | coalesced(platform, lines)
    peers()
    figures["replay_ms"] = replaying()
    plans = measured()
    tell(plans)
    figures["schedules_per_s"] = plans["batch"][0]
    if asked.loans:
        figures |= close_of(asked.loans, days=3)
    if asked.json:
        print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


def make_lines(platform: Platform) -> list[str]:
    """Lines of one product, opened by one decision's copies."""
    like = accepted(platform)
    with psycopg.connect(platform.database.url) as owner, psycopg.ClientCursor(owner) as cursor:
        owner.execute("select set_config('zhiwei.tenant', 'bench', false)")
        cursor.execute(LINES, {"n": COUNT, "like": like, "start": START})
        owner.execute(
            "create table bare (id bigint generated always as identity, account text, amount bigint, ref text)"
        )
    return [f"line_{n:012x}" for n in range(1, COUNT + 1)]


def one_by_one(platform: Platform, lines: list[str]) -> dict[str, float]:
    """Medians of three rounds, the ceilings and the journeys in turn, so that all meet the same machine."""
    by, owner = platform.actor, psycopg.connect(platform.database.url, autocommit=True)
    inside = psycopg.connect(platform.database.url, autocommit=True)
    inside.execute("set role zhiwei_app")
    inside.execute("select set_config('zhiwei.tenant', 'bench', false)")
    days: dict[str, date] = {}
    works: dict[str, Callable[[str, int], object]] = {
        "bare": lambda key, n: owner.execute(BARE, [-n, key, n, key]),
        "ceiling": lambda key, n: inside.execute(ENTRY, [key, START, START, -n - 1, n + 1]),
        "draws": lambda key, n: draw(
            books=platform, by=by, key=key, line=lines[n % COUNT], amount=100_000 + n, on=days["draws"]
        ),
        "repayments": lambda key, n: repay(
            books=platform, by=by, key=key, line=lines[n % COUNT], amount=50_000 + n, on=days["repayments"]
        ),
    }  # fmt: skip
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for turn in range(4):
        days["draws"], days["repayments"] = START + timedelta(days=2 * turn), START + timedelta(days=2 * turn + 1)
        for name, work in works.items():
            rate = per_second(lambda n, turn=turn, name=name, work=work: work(f"{name}{turn}.{n}", n), SINGLES)
            if turn:  # the first round warms up
                rates[name].append(rate)
    middle = {name: sorted(found)[1] for name, found in rates.items()}
    for name, (wall, cpu) in middle.items():
        print(f"{name:12s} {wall:8,.0f}/s wall {cpu:8,.0f}/CPU s   {wall / middle['ceiling'][0]:5.2f} of the ceiling")
    return {
        "bare_per_s": middle["bare"][0], "ceiling_per_s": middle["ceiling"][0], "draws_per_s": middle["draws"][0],
        "repayments_per_s": middle["repayments"][0],
    }  # fmt: skip


def coalesced(platform: Platform, lines: list[str]) -> dict[str, float]:
    """Batches of 256 waiting callers, each with its own key and answer; lines enough that none is in a batch twice."""
    by, on = platform.actor, START + timedelta(days=10)

    def draws(batch: int) -> None:
        wanted = {f"c{batch}.{n}": Draw(lines[(batch * BATCH + n) % COUNT], 100_000, on) for n in range(BATCH)}
        draw_many(books=platform, by=by, draws=wanted)

    def repayments(batch: int) -> None:
        paid = {f"p{batch}.{n}": Repayment(lines[(batch * BATCH + n) % COUNT], 30_000, on) for n in range(BATCH)}
        repay_many(books=platform, by=by, repayments=paid)

    found = {}
    for name, work in (("draws_coalesced", draws), ("repayments_coalesced", repayments)):
        wall, cpu = per_second(work, BATCHES)
        print(f"{name:22s} {wall * BATCH:8,.0f}/s wall {cpu * BATCH:8,.0f}/CPU s, {BATCH} at a time")
        found[f"{name}_per_s"] = wall * BATCH
    return found


def replaying() -> float:
    """One loan with 2,400 payments, from nothing to its state; the best of five, because others share the machine."""
    terms = revolving(10**9, Decimal("0.06"), date(2020, 1, 1), date(2030, 1, 1), 21)
    events = [Payment(f"{n:05d}", date(2020, 1, 2) + timedelta(days=n), amount=200_000) for n in range(2400)]
    times = []
    for _ in range(5):
        start = time.process_time()
        state = replay_loan(terms, events, date(2028, 1, 1))
        times.append((time.process_time() - start) * 1e3)
    print(f"replay of 2,400 payments: {min(times):.1f} ms CPU, {len(state.movements)} movements")
    return min(times)


def peers() -> None:
    """django-hordak, where somebody installed it: its own process, for it brings a framework along."""
    if importlib.util.find_spec("hordak") is None:
        print("django-hordak is not installed: pip install django-hordak, to see it beside")
        return
    subprocess.run([sys.executable, str(Path(__file__).parent / "peers" / "hordak_peer.py")], check=False)


def per_second(work: Callable[[int], object], count: int) -> tuple[float, float]:
    """(by wall, by CPU of this process)."""
    wall, cpu = time.perf_counter(), time.process_time()
    for n in range(count):
        work(n)
    return count / (time.perf_counter() - wall), count / max(time.process_time() - cpu, 1e-9)


if __name__ == "__main__":
    main()
