"""One applicant, 5,000 invoices, 5,000 bank rows, 1,000 orders: all facts from memory and from PostgreSQL, and a crowd.

The ceiling adds up the same columns by month with bincount and does nothing else: what is above it is the price of
the other facts, of words turned into numbers, and of telling what is known from what is not.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import ipc

from zhiwei.bootstrap import open_platform
from zhiwei.borrower import Party, give
from zhiwei.borrower.features import CATALOGUE, whole_picture
from zhiwei.borrower.features.windows import edges, ordinal
from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.records import KINDS
from zhiwei.journeys import Source, picture_of, receive_records
from zhiwei.settings import Settings

AS_OF = date(2024, 2, 29)
ROWS = {"invoices": 5_000, "bank_flow": 5_000, "orders": 1_000}
NAMES = 300  # counterparties, buyers
RUNS = 200
DELIVERY = 100_000  # invoices a file
BUCKETS = 512


def applicant(parties: int = 1) -> dict[str, pa.Table]:
    """Rows of two years, so many for each party."""
    dice = np.random.default_rng(1)
    return {kind: _rows(kind, many * parties, parties, dice) for kind, many in ROWS.items()}


def _rows(kind: str, many: int, parties: int, dice: np.random.Generator) -> pa.Table:
    day = ordinal(AS_OF) - dice.integers(0, 730, many)
    at = day * 86_400 + dice.integers(0, 86_400, many)
    amount = dice.integers(100, 10**7, many)

    def words(*choice: str) -> pa.Array:
        return pa.array(choice).take(pa.array(dice.integers(0, len(choice), many)))

    names = words(*(f"counterparty {k}" for k in range(NAMES)))
    given = {
        "party_id": pa.array([f"P{k}" for k in range(parties)]).take(pa.array(dice.integers(0, parties, many))),
        "counterparty": names, "buyer": names, "amount": amount, "total": amount, "tax": amount // 10,
        "direction": words("sale", "purchase"), "status": words("valid", "valid", "valid", "void"),
        "occurrence": np.ones(many, np.int16), "issue_date": pa.array(day.astype(np.int32)).cast(pa.date32()),
        "booked_on": pa.array(day.astype(np.int32)).cast(pa.date32()), "sequence": np.arange(many, dtype=np.int32),
        "second": dice.integers(0, 86_400, many).astype(np.int32), "balance": dice.integers(0, 10**8, many),
        "currency": words("CNY"), "account": words("a1", "a2"), "text": words("货款", "代发工资", "归还贷款", "转账"),
        "counterparty_account": words(*(f"account {k}" for k in range(NAMES))), "platform": words("p1", "p2"),
        "ordered_at": pa.array(at).cast(pa.timestamp("s")), "shipped_at": pa.array(at + 40_000).cast(pa.timestamp("s")),
        "signed_at": pa.array(at + 200_000).cast(pa.timestamp("s")), "refund": amount // 100, "fee": amount // 50,
    }  # fmt: skip
    if kind == "bank_flow":
        given["amount"] = amount * dice.choice([-1, 1], many)
    schema = KINDS[kind].schema
    numbers = pa.array([str(k) for k in range(many)])
    return pa.table(
        {f.name: given.get(f.name, numbers if f.name.endswith("_no") else pa.nulls(many)) for f in schema},
        schema=schema,
    )


def ceiling(tables: dict[str, pa.Table]) -> None:
    """Sums by month of every whole-number column, by bincount, and nothing else."""
    ends = edges(AS_OF)[::-1]
    for kind, table in tables.items():
        days = table[KINDS[kind].day]
        day = (
            days.cast(pa.int32()).to_numpy()
            if pa.types.is_date32(days.type)
            else (days.cast(pa.int64()).to_numpy() // 86_400)
        )
        month = np.searchsorted(ends, day)
        for field in table.schema:
            if pa.types.is_int64(field.type) and not table[field.name].null_count:
                np.bincount(month, weights=table[field.name].to_numpy(), minlength=len(ends) + 1)


def quantiles(work: Callable[[], object]) -> dict[str, float]:
    """p50 and p95 in ms of wall time, after a warm-up."""
    times = []
    for run in range(RUNS + 10):
        start = time.perf_counter()
        work()
        if run >= 10:
            times.append((time.perf_counter() - start) * 1000)
    return {"p50_ms": round(float(np.median(times)), 3), "p95_ms": round(float(np.quantile(times, 0.95)), 3)}


def stored(tables: dict[str, pa.Table], invoices: int) -> dict[str, float]:
    """All facts of an applicant whose records are in PostgreSQL, p50 and p95; and how long so many invoices take in."""
    with (
        tempfile.TemporaryDirectory(prefix="zw") as folder,
        open_platform(Settings(Path(folder), None, "bench", "bench")) as platform,
    ):
        by, many = platform.actor, 1_000
        with platform.unit("bench") as unit:
            unit.parties.add([Party(f"P{k}", f"P{k}", "made") for k in range(many)])
            unit.parties.add_consents(
                give(f"P{k}", kind, "research", date(2020, 1, 1), "0" * 64, "bench")
                for kind in ROWS
                for k in range(many)
            )
        for kind, rows in tables.items():
            source = Source("bench", kind, f"{kind:0>64}")
            receive_records(books=platform, by=by, source=source, parsed=Parsed({kind: rows}))
        read = quantiles(lambda: picture_of(books=platform, by=by, parties=["P0"], as_of=AS_OF))
        pushed = _rows("invoices", invoices, many, np.random.default_rng(2))
        start = time.perf_counter()
        for first in range(0, invoices, DELIVERY):
            rows = pushed.slice(first, DELIVERY)
            source = Source("bench", f"{first}", f"{first:0>64}")
            receive_records(books=platform, by=by, source=source, parsed=Parsed({"invoices": rows}))
        taken = time.perf_counter() - start
    return {"stored": read, "ingest_s_per_million": round(taken * 1e6 / invoices, 1)}


def crowd(rows: int) -> dict[str, float]:
    """Arrow files of a bucket each, 500 rows a business, to all facts: CPU seconds and the largest memory of a process.

    The files hold the same rows under other names: what is measured is reading and computing, not making.
    """
    bucket, parties = rows // BUCKETS, rows // BUCKETS // 500
    scale = bucket / sum(ROWS.values())
    with tempfile.TemporaryDirectory(prefix="zw") as folder:
        dice = np.random.default_rng(3)
        for kind, share in ROWS.items():
            with ipc.new_file(f"{folder}/{kind}", KINDS[kind].schema) as file:
                file.write_table(_rows(kind, round(share * scale), parties, dice))
        program = [sys.executable, __file__, "--bucket", folder, "--parties", str(parties)]
        found = json.loads(subprocess.run(program, check=True, capture_output=True, text=True).stdout)
    return {"crowd_rows": rows, "crowd_cpu_s": round(found["cpu"], 1), "crowd_peak_gib": round(found["gib"], 2)}


def every_bucket(folder: str, parties: int) -> None:
    names = [f"P{k}" for k in range(parties)]
    start = time.process_time()
    for _ in range(BUCKETS):
        tables = {kind: ipc.open_file(pa.memory_map(f"{folder}/{kind}")).read_all() for kind in ROWS}
        whole_picture(tables, names, AS_OF)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"cpu": time.process_time() - start, "gib": used.ru_maxrss / 2**20}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="figures for a machine")
    parser.add_argument("--rows", type=int, default=50_000_000, help="of the crowd; 0 leaves it out")
    parser.add_argument("--invoices", type=int, default=1_000_000, help="taken in one after the other")
    parser.add_argument("--bucket", help=argparse.SUPPRESS)
    parser.add_argument("--parties", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.bucket:
        every_bucket(asked.bucket, asked.parties)
        return
    tables = applicant()
    facts = whole_picture(tables, ["P0"], AS_OF)
    said = sum(not np.isnan(values[0]) for values in facts.values())
    kinds = {kind: quantiles(lambda kind=kind: whole_picture({kind: tables[kind]}, ["P0"], AS_OF)) for kind in tables}
    whole, least = quantiles(lambda: whole_picture(tables, ["P0"], AS_OF)), quantiles(lambda: ceiling(tables))
    found = {
        "facts": len(facts), "said": said, "catalogue": len(CATALOGUE), "whole": whole, "kinds": kinds,
        "ceiling": least, "times_ceiling": round(whole["p50_ms"] / least["p50_ms"], 1),
        **stored(tables, asked.invoices), **(crowd(asked.rows) if asked.rows else {}),
    }  # fmt: skip
    if asked.json:
        print(json.dumps(found))
        return
    print(f"one applicant, {sum(ROWS.values()):,} rows, {said} of {len(facts)} facts said; ms, p50 and p95")
    for name, figures in {"all": whole, **kinds, "ceiling": least, "PostgreSQL": found["stored"]}.items():
        print(f"  {name:10} {figures['p50_ms']:8.2f} {figures['p95_ms']:8.2f}")
    print(f"  {found['times_ceiling']} x the plain sums")
    print(f"a million pushed invoices are in after {found['ingest_s_per_million']} s")
    if asked.rows:
        cpu, gib = found["crowd_cpu_s"], found["crowd_peak_gib"]
        print(f"{asked.rows:,} rows in {BUCKETS} buckets of Arrow files: {cpu} CPU s, at most {gib} GiB")


if __name__ == "__main__":
    main()
