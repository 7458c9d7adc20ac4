"""One applicant, 5,000 invoices, 5,000 bank rows, 1,000 orders: all facts from memory, beside the plain numpy ceiling.

The ceiling adds up the same columns by month with bincount and does nothing else: what is above it is the price of
the other facts, of words turned into numbers, and of telling what is known from what is not.
"""

import argparse
import json
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import pyarrow as pa

from zhiwei.borrower.features import CATALOGUE, whole_picture
from zhiwei.borrower.features.windows import edges, ordinal
from zhiwei.borrower.records import KINDS

AS_OF = date(2024, 2, 29)
ROWS = {"invoices": 5_000, "bank_flow": 5_000, "orders": 1_000}
NAMES = 300  # counterparties, buyers
RUNS = 200


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="figures for a machine")
    asked = parser.parse_args()
    tables = applicant()
    facts = whole_picture(tables, ["P0"], AS_OF)
    said = sum(not np.isnan(values[0]) for values in facts.values())
    kinds = {kind: quantiles(lambda kind=kind: whole_picture({kind: tables[kind]}, ["P0"], AS_OF)) for kind in tables}
    whole, least = quantiles(lambda: whole_picture(tables, ["P0"], AS_OF)), quantiles(lambda: ceiling(tables))
    many = applicant(100)
    parties = [f"P{k}" for k in range(100)]
    start = time.process_time()
    whole_picture(many, parties, AS_OF)
    crowd = time.process_time() - start
    found = {
        "facts": len(facts), "said": said, "catalogue": len(CATALOGUE), "whole": whole, "kinds": kinds,
        "ceiling": least, "times_ceiling": round(whole["p50_ms"] / least["p50_ms"], 1),
        "hundred_parties_cpu_s": round(crowd, 3), "rows_per_cpu_s": round(100 * sum(ROWS.values()) / crowd),
    }  # fmt: skip
    if asked.json:
        print(json.dumps(found))
        return
    print(f"one applicant, {sum(ROWS.values()):,} rows, {said} of {len(facts)} facts said; ms, p50 and p95")
    for name, figures in {"all": whole, **kinds, "ceiling": least}.items():
        print(f"  {name:10} {figures['p50_ms']:8.2f} {figures['p95_ms']:8.2f}")
    print(f"  {found['times_ceiling']} x the plain sums; a hundred at once {found['rows_per_cpu_s']:,} rows per CPU s")


if __name__ == "__main__":
    main()
