"""A book of many open loans made by plain SQL, and how long the close of a day takes: wall, CPU and memory."""

import argparse
import json
import os
import resource
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import psycopg

from zhiwei.bootstrap import Platform, open_platform
from zhiwei.economy.living import delivery
from zhiwei.economy.town import build_town
from zhiwei.journeys import Offer, Repayment, accept, close_day, decide, receive, repay_many
from zhiwei.settings import Settings
from zhiwei.values import DAY

START = date(2025, 7, 1)
BATCH = 512
LINES = """
insert into party (tenant_id, party_id, name_sealed, name_index, source)
select 'bench', 'M' || n, p.name_sealed, p.name_index, 'made'
from generate_series(1, %(n)s) n, (select * from party order by party_id limit 1) p;
insert into decision (tenant_id, decision_id, party_id, product_id, product_hash, as_of, outcome, credit_limit,
                      annual_rate, pd, grade, document, inputs)
select 'bench', 'made_' || n, 'M' || n, d.product_id, d.product_hash, d.as_of, 'approve', 10000000, 0.06, d.pd,
       d.grade, '{}', '{}'
from generate_series(1, %(n)s) n, (select * from decision where decision_id = %(like)s) d;
insert into line (tenant_id, line_id, party_id, decision_id, product_id, product_hash, credit_limit, annual_rate,
                  opened_on, expires_on)
select 'bench', 'line_' || lpad(to_hex(n), 12, '0'), 'M' || n, 'made_' || n, d.product_id, d.product_hash, 10000000,
       0.06, %(start)s, %(start)s::date + 365
from generate_series(1, %(n)s) n, (select * from decision where decision_id = %(like)s) d;
"""
LOANS = """
update line set used = 1000000 + substr(party_id, 2)::int, late_from = opened_on + 35 where party_id like 'M%%';
insert into loan (tenant_id, loan_id, line_id, party_id, product_id, product_hash, terms, amount, drawn_on, principal,
                  book, posted, class, next_on, as_of, run_since, run_slope)
select 'bench', 'loan_' || lpad(to_hex(n), 12, '0') || '_00001', line_id, party_id, product_id, product_hash,
       json_build_object('principal', used, 'drawn_on', opened_on, 'matures_on', expires_on,
         'repayment', json_build_object('method', 'revolving', 'periods', 0, 'due_day', 1 + n %% 28),
         'interest', json_build_object('annual_rate', '0.06'),
         'late', json_build_object('penalty', '1.5', 'compound', true))::text,
       used, opened_on, used, used, 1, 'normal',
       case when 1 + n %% 28 > 1 then %(start)s::date + (n %% 28)::int else %(start)s::date + 31 end,
       opened_on, opened_on, used * 6000000
from (select row_number() over () as n, * from line where party_id like 'M%%') l;
insert into business_day (tenant_id, business_date, loans_touched) values ('bench', %(start)s, 0);
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--loans", type=int, default=1_000_000)
    options.add_argument("--days", type=int, default=3)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    found = close_of(asked.loans, asked.days)
    if asked.json:
        print(json.dumps(found))


def close_of(loans: int, days: int) -> dict[str, float]:
    """Seconds of a day's close for so many open loans, the median of some days, in parts per million loans.

    A 28th of them falls due each day; the next morning 97 of 100 pay, and the close looks again at those who did not.
    """
    with (
        tempfile.TemporaryDirectory(prefix="zw") as folder,
        open_platform(Settings(Path(folder), None, "bench", "bench")) as platform,
    ):
        made = time.perf_counter()
        make(platform, loans)
        print(f"a book of {loans:,} open loans made in {time.perf_counter() - made:.0f} s")
        walls = []
        for number in range(1, days + 1):
            wall, cpu = time.perf_counter(), _cpu()
            closed = close_day(books=platform, by=platform.actor, on=START + timedelta(days=number))
            walls.append(time.perf_counter() - wall)
            cpu = _cpu() - cpu
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
            print(
                f"close {closed.business_date}: {walls[-1]:6.1f} s wall, {cpu:6.1f} s CPU in Python, "
                f"{closed.loans:,} loans touched, largest worker {peak:.2f} GiB"
            )
            if number < days:
                pay(platform, START + timedelta(days=number))
        walls.sort()
        return {"close_seconds_per_million": round(walls[len(walls) // 2] * 1e6 / loans, 2), "peak_gib": round(peak, 2)}


def _cpu() -> float:
    own, workers = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + workers.ru_utime + workers.ru_stime


def pay(platform: Platform, on: date) -> None:
    """The morning after: what fell due on a day is paid, but for 3 of 100."""
    with psycopg.connect(platform.database.url) as owner:
        late = owner.execute("select line_id, billed from loan where oldest_due = %s order by line_id", [on]).fetchall()
    paid = {f"{on} {line}": Repayment(line, int(due), on + DAY) for n, (line, due) in enumerate(late) if n % 100 > 2}
    keys = list(paid)
    for first in range(0, len(keys), BATCH):
        repay_many(
            books=platform, by=platform.actor, repayments={key: paid[key] for key in keys[first : first + BATCH]}
        )


def accepted(platform: Platform) -> str:
    """A decision whose offer was accepted, and which the lines of a book may copy: its id."""
    by = platform.actor
    town = build_town(seed=1, businesses=10, until=START, months=36)
    receive(books=platform, by=by, deliveries=[delivery(town, START)], folder="")
    decided = decide(books=platform, by=by, product="tax_credit", parties=None, as_of=START)
    approved = next(decision for decision in decided if decision.outcome == "approve")
    accept(books=platform, by=by, key="one", offer=Offer(approved.decision_id), on=START)
    return approved.decision_id


def make(platform: Platform, loans: int) -> None:
    """Lines of one draw each, due on every day of the month, opened on START."""
    like = accepted(platform)
    with psycopg.connect(platform.database.url) as owner, psycopg.ClientCursor(owner) as cursor:
        owner.execute("select set_config('zhiwei.tenant', 'bench', false)")
        cursor.execute(LINES + LOANS, {"n": loans, "like": like, "start": START})
    with psycopg.connect(platform.database.url, autocommit=True) as owner:
        owner.execute("vacuum analyze loan, line, party, decision")
        owner.execute("checkpoint")  # a book is not loaded in the minute before its close


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    main()
