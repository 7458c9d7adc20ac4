"""One decision online: from stored records to stored decision, all facts of the catalogue, 20 applications a second.

A town whose businesses let us see every kind of record, with its network built; the product looks at every fact there
is. Arrivals have fixed times, and a latency is counted from the moment an application was due: who waits behind a slow
one is slow as well. As many processes decide as there are cores, as a server would have them. The ceiling reads the
same sealed rows and commits one row, and knows nothing of credit.
"""

import argparse
import gc
import json
import os
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa

from zhiwei.bootstrap import Platform, open_platform, shelf_folder
from zhiwei.borrower import KINDS, give
from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.relations import Held, Link
from zhiwei.economy.living import delivery
from zhiwei.economy.town import build_town
from zhiwei.journeys import Source, approve, build_network, decide, propose, receive, receive_records
from zhiwei.journeys.deciding import decide as deciding
from zhiwei.journeys.network import Mark
from zhiwei.settings import Settings
from zhiwei.shelf import read_folder
from zhiwei.shelf.load import FACTS
from zhiwei.values import Actor

AS_OF, MONTHS, BLOCK = date(2026, 3, 31), 14, 4_000
TODAY = AS_OF + timedelta(days=1)
ROWS = {  # of an ordinary party, besides its invoices
    "tax_returns": 16, "tax_ratings": 2, "bank_flow": 400, "acquiring": 300, "orders": 150, "procurement": 40,
    "meters": 14, "registry": 10, "courts": 1, "bureau_accounts": 6, "bureau_queries": 6,
    "property": 2, "pledges": 4, "identity": 10,
}  # fmt: skip
RATE, WARM, CLOSED = 20, 40, 100
SPENT_IN = {  # function of the journey -> what it does
    "parties_of": "who", "who_is_asked_about_applied": "applications", "loops_of": "circles", "_seen": "reading",
    "whole_picture": "facts", "demanded": "quality", "findings_of": "fraud checks", "stored_exposures": "exposures",
    "decision_from": "underwriting",
}  # fmt: skip


@dataclass(slots=True)
class Bench:
    """`parties`: of the town so far, in an order that says nothing, each with the count of its rows."""

    platform: Platform
    parties: list[str]
    rows: Counter[str]
    dice: np.random.Generator

    def take(self, count: int) -> list[str]:
        """Some that nobody has decided on yet."""
        return [self.parties.pop() for _ in range(min(count, len(self.parties)))]

    def decide(self, party: str) -> None:
        books = self.platform
        (found,) = decide(books=books, by=books.actor, product="everything", parties=[party], as_of=AS_OF)
        assert found.party == party


# --- the town


def product() -> dict[str, str]:
    """tax_credit, looking at every kind of record and at every fact: what it does not judge it notes, far out.

    It demands quality of three kinds, which is more than any product on the shelf does.
    """
    files = {name: text for name, text in read_folder(shelf_folder() / "tax_credit").items() if name != "README.md"}
    files["product.toml"] = files["product.toml"].replace('"tax_credit"', '"everything"')
    scopes = ", ".join(f'"{kind}"' for kind in KINDS)
    files["borrower.toml"] = files["borrower.toml"].replace('["invoices"]', f"[{scopes}]") + "".join(
        f'\n[[quality]]\ncode = "Q{place:02}"\nkind = "{kind}"\nfreshness_days = 900\neffect = "note"\n'
        f'if_missing = "pass"\nzh = "不够新"\nen = "Not fresh"\n'
        for place, kind in enumerate(("invoices", "bank_flow", "tax_returns"))
    )
    rules = [f"X{place:03},{fact},> 900000000000,note,pass,过大,Too large" for place, fact in enumerate(FACTS)]
    files["underwriting/rules.csv"] = "\n".join([files["underwriting/rules.csv"].rstrip(), *rules, ""])
    return files


def grow(bench: Bench, businesses: int) -> None:
    """So many more businesses, of a few towns that do not trade with each other, with all that is known of them."""
    platform, by = bench.platform, bench.platform.actor
    while businesses > 0:
        seed = len(bench.rows) + 1
        town = build_town(seed=seed, businesses=min(businesses, BLOCK), until=TODAY, months=MONTHS)
        receive(books=platform, by=by, deliveries=[delivery(town, TODAY)], folder="")
        parties = [one.party_id for one in town.businesses]
        with platform.unit(by.tenant) as unit:
            unit.parties.add_consents(
                give(party, kind, "credit_assessment", date(2020, 1, 1), "0" * 64, "bench")
                for party in parties
                for kind in KINDS
            )
        bench.rows.update(town.invoices["party_id"].to_pylist())
        for kind, many in ROWS.items():
            rows = drawn(kind, parties, many, bench.dice)
            bench.rows.update(rows["party_id"].to_pylist())
            source = Source("bench", f"{kind} {seed}", f"{kind}{seed:->48}")
            receive_records(books=platform, by=by, source=source, parsed=Parsed({kind: rows}))
        tie(bench, parties)
        bench.parties += parties
        businesses -= len(parties)
    bench.dice.shuffle(bench.parties)
    with psycopg.connect(platform.database.url, autocommit=True) as owner:
        owner.execute("vacuum analyze")  # as autovacuum does within minutes
    build_network(books=platform, by=by, as_of=AS_OF)


def tie(bench: Bench, parties: list[str]) -> None:
    """One in ten guarantees another, one in ten shares a phone, one in a hundred is known to be bad."""
    by, told, dice = bench.platform.actor, datetime(2026, 1, 1, tzinfo=UTC), bench.dice
    since = date(2025, 1, 1)
    others = dice.permutation(parties).tolist()
    pairs = [(one, other) for one, other in zip(parties, others, strict=True) if one != other]
    with bench.platform.unit(by.tenant) as unit:
        unit.relations.add_links(
            (Link(f"l{one}", one, "guarantees", other, Decimal(1), since, None, "bench", told)
             for one, other in pairs[:: 10]), "bench",
        )  # fmt: skip
        unit.relations.add_identifiers(
            (Held(f"h{kind}{one}", one, kind, value, since, None, "bench", told)
             for place, (one, other) in enumerate(pairs)
             for kind, value in (("phone", other if place % 10 else one), ("address", f"A{place // 3}"))), "bench",
        )  # fmt: skip
        for one in parties[::100]:
            unit.network.mark(Mark(f"m{one}", one, "走逃户", "made", since, None, "bench"))


def drawn(kind: str, parties: list[str], each: int, dice: np.random.Generator) -> pa.Table:
    """Rows of a kind by its columns' names and types, over two years; a few parties have ten times as many as most."""
    weight = dice.lognormal(0, 0.8, len(parties))
    many = each * len(parties)
    place = np.sort(dice.choice(len(parties), many, p=weight / weight.sum()))
    day = (AS_OF - date(1970, 1, 1)).days - dice.integers(0, 730, many)
    day = day[np.lexsort((day, place))]
    amount = np.exp(dice.normal(11, 1.5, many)).astype(np.int64) + 100
    signed = amount * dice.choice([-1, 1], many)
    given: dict[str, Any] = {"party_id": pa.array(parties).take(pa.array(place)), "sequence": np.arange(many)}
    if kind == "bank_flow":
        given |= {"amount": signed, "balance": np.cumsum(signed) + 10**12}
    table = {}
    for field in KINDS[kind].schema:
        if field.name in given:
            table[field.name] = pa.array(given[field.name])
        elif field.name in WORDS:
            words = pa.array(WORDS[field.name])
            table[field.name] = words.take(pa.array(dice.integers(0, len(words), many)))
        elif pa.types.is_date32(field.type):
            table[field.name] = pa.array(day.astype(np.int32)).cast(pa.date32())
        elif pa.types.is_timestamp(field.type):
            table[field.name] = pa.array(day * 86_400 + dice.integers(0, 86_400, many)).cast(field.type)
        elif pa.types.is_string(field.type):
            table[field.name] = pa.array([f"{n:07}" for n in range(many)])
        elif pa.types.is_floating(field.type):
            table[field.name] = pa.array(dice.random(many) * (100 if kind == "meters" else 1))
        elif pa.types.is_int64(field.type):
            table[field.name] = pa.array(amount)
        else:  # a year, or the code of a county
            table[field.name] = pa.array(np.full(many, 530102) if field.name == "city" else 2024 + np.arange(many) % 2)
    return pa.table({field.name: table[field.name].cast(field.type) for field in KINDS[kind].schema})


WORDS: dict[str, list[str | None]] = {
    "counterparty": [f"counterparty {k}" for k in range(300)], "counterparty_account": [f"a{k}" for k in range(300)],
    "payer": [f"payer {k}" for k in range(300)], "buyer": [f"buyer {k}" for k in range(300)],
    "text": ["货款", "代发工资", "归还贷款", "转账", "退款", "结息"], "account": ["a1", "a2"], "currency": ["CNY"],
    "platform": ["p1", "p2"], "status": ["signed", "signed", "signed", "refunded", "cancelled"],
    "tax": ["vat", "vat", "cit", "surcharge"], "rating": ["A", "B", "M", "C"], "merchant": ["m1"], "terminal": ["t1"],
    "channel": ["wechat", "alipay", "card"], "role": ["supplier", "buyer"],
    "document": ["order", "receipt", "invoice"], "utility": ["power", "water"], "meter": ["1"], "unit": ["kWh"],
    "reader": ["feed"], "event": [None], "until": [None], "closed_on": [None],
    "what": ["capital", "paid_in", "address", "insured", "legal_representative", "dishonest", "plaintiff"],
    "value": ["1", "2", "17"], "subject": ["firm", "owner"], "lender": [f"L{k}" for k in range(12)],
    "use": ["residential", "shop"], "seized": ["no"], "co_owners_consent": ["sole"], "released_on": [None],
    "outcome": ["passed", "passed", "failed"], "detail": [None],
    "kind": ["loan", "card", "line"], "class": ["normal", "normal", "special_mention"], "months": ["NNNNNNNNNNNN"],
    "reason": ["loan", "card", "post_loan"],
}  # fmt: skip


# --- measuring


def open_loop(bench: Bench, seconds: float, workers: int) -> list[tuple[str, float]]:
    """(party, ms since it was due) of applications that come at fixed times, whether or not the one before is done."""
    os.environ["POLARS_MAX_THREADS"] = "1"  # of each process: rows of one party are not worth sharing out
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_begin, initargs=(bench.platform,)) as pool:
        warm = bench.take(WARM * workers)
        deque(pool.map(_decided, warm), 0)
        parties, begun, found = bench.take(round(seconds * RATE)), time.monotonic() + 0.1, []
        for number, party in enumerate(parties):
            time.sleep(max(0.0, begun + number / RATE - time.monotonic()))
            found.append(pool.submit(_decided, party))
        return [
            (party, (one.result() - begun - number / RATE) * 1e3)
            for number, (party, one) in enumerate(zip(parties, found, strict=True))
        ]


def _begin(platform: Platform) -> None:
    """A process that decides opens the database anew. What is loaded by now stays: the collector of garbage would walk
    through all of it again and again, in the midst of decisions.
    """
    _here.append(Bench(platform, [], Counter(), np.random.default_rng()))
    gc.freeze()


def _decided(party: str) -> float:
    """When it was done, by the clock that all processes of a machine share."""
    _here[0].decide(party)
    return time.monotonic()


_here: list[Bench] = []


def closed_loop(bench: Bench, parties: Sequence[str]) -> dict[str, float]:
    """One after the other without a pause; CPU of this process and, where /proc tells it, of its PostgreSQL."""
    count, wall, cpu, theirs = len(parties), time.perf_counter(), time.process_time(), backend(bench.platform)
    for party in parties:
        bench.decide(party)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    theirs = backend(bench.platform) - theirs
    return {
        "per_s": round(count / wall, 1), "cpu_ms": round(cpu / count * 1e3, 2),
        "postgresql_cpu_ms": round(theirs / count * 1e3, 2),
    }  # fmt: skip


def backend(platform: Platform) -> float:
    """CPU seconds so far of the process that serves our connection."""
    with platform.unit("bench") as unit:
        row = unit.parties.row("select pg_backend_pid()")
    stat = Path(f"/proc/{row[0] if row else 0}/stat")
    return sum(map(int, stat.read_text().rsplit(")", 1)[1].split()[11:13])) / 100 if stat.exists() else 0.0


@contextmanager
def watched() -> Iterator[Counter[str]]:
    """Seconds spent in each part of the journey while the block runs."""
    spent: Counter[str] = Counter()
    kept = {name: getattr(deciding, name) for name in SPENT_IN}

    def timed(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return work(*given, **named)
            finally:
                spent[SPENT_IN[name]] += time.perf_counter() - start

        return run

    for name, work in kept.items():
        setattr(deciding, name, timed(name, work))
    try:
        yield spent
    finally:
        for name, work in kept.items():
            setattr(deciding, name, work)


def parts(bench: Bench, parties: Sequence[str]) -> dict[str, float]:
    """Milliseconds of a decision by what is done."""
    start = time.perf_counter()
    with watched() as spent:
        for party in parties:
            bench.decide(party)
    spent["opening, writing, commits"] = time.perf_counter() - start - spent.total()
    return {name: round(seconds / len(parties) * 1e3, 2) for name, seconds in spent.most_common()}


def ceiling(bench: Bench, parties: Sequence[str]) -> dict[str, float]:
    """The same rows, still sealed, in one statement a table, and one row committed."""
    taken = []
    for party in parties:
        start = time.perf_counter()
        with bench.platform.unit("bench") as unit:
            unit.parties.rows("select kind, body from record_batch where party_id = %s", party)
            unit.parties.rows("select * from invoice where party_id = %s", party)
            unit.steps.audit(bench.platform.actor, "bench", ["{}"])
        taken.append(time.perf_counter() - start)
    return quantiles([seconds * 1e3 for seconds in taken])


def quantiles(ms: Sequence[float]) -> dict[str, float]:
    marks = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "worst_ms": 1.0}
    return {name: round(float(np.quantile(ms, share)), 2) for name, share in marks.items()}


def by_rows(bench: Bench, taken: Sequence[tuple[str, float]]) -> list[dict[str, float]]:
    """Quarters of the applications by how many rows they have, smallest first."""
    ordered = sorted((bench.rows[party], ms) for party, ms in taken)
    quarters = [ordered[len(ordered) * k // 4 : len(ordered) * (k + 1) // 4] for k in range(4)]
    return [
        {"rows": round(float(np.median([rows for rows, _ in some]))), **quantiles([ms for _, ms in some])}
        for some in quarters
        if some
    ]


@contextmanager
def opened() -> Iterator[Bench]:
    with (
        tempfile.TemporaryDirectory(prefix="zw") as folder,
        open_platform(Settings(Path(folder), None, "bench", "bench")) as platform,
    ):
        platform = replace(platform, clock=TODAY)
        version = propose(books=platform, by=platform.actor, files=product())
        other = Actor("bench", "another", "risk")
        approve(books=platform, by=other, product=version.product_id, hash_prefix=version.hash)
        yield Bench(platform, [], Counter(), np.random.default_rng(1))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="one JSON object")
    options.add_argument("--businesses", type=int, nargs="+", default=[2000], help="sizes of the town, growing")
    options.add_argument("--seconds", type=float, default=30, help="of arrivals, at each size")
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that decide")
    asked = options.parse_args()
    fewest = WARM * (1 + asked.workers) + 2 * CLOSED + RATE  # and a second of arrivals
    if any(size - before < fewest for before, size in pairwise([0, *asked.businesses])):
        options.error(f"each business is decided on once: every size takes {fewest} more than the one before, or more")
    sizes: list[dict[str, Any]] = []
    with opened() as bench:
        for size in asked.businesses:
            start = time.perf_counter()
            grow(bench, size - len({*bench.rows}))
            made = time.perf_counter() - start
            for party in bench.take(WARM):
                bench.decide(party)
            gc.freeze()
            one_by_one, watched_ones = bench.take(CLOSED), bench.take(CLOSED)
            taken = open_loop(bench, asked.seconds, asked.workers)
            found = {
                "businesses": size, "rows": bench.rows.total(), "made_s": round(made, 1),
                **quantiles([ms for _, ms in taken]), **closed_loop(bench, one_by_one),
                "parts_ms": parts(bench, watched_ones),
                "ceiling": ceiling(bench, [party for party, _ in taken[:100]]), "by_rows": by_rows(bench, taken),
            }  # fmt: skip
            sizes.append(found)
            if not asked.json:
                tell(found)
    if asked.json:
        print(json.dumps({"facts": len(FACTS), "at_a_second": RATE, **sizes[0], "sizes": sizes[1:]}))


def tell(found: dict[str, Any]) -> None:
    said = f"{found['businesses']:,} businesses, {found['rows']:,} rows (made in {found['made_s']} s)"
    print(f"{said}; {len(FACTS)} facts; ms")
    for name in ("p50_ms", "p95_ms", "p99_ms", "worst_ms"):
        print(f"  {name[:-3]:26} {found[name]:8.2f}   at {RATE} a second, from the moment each was due")
    for one in found["by_rows"]:
        print(f"    {one['rows']:6,} rows{'':12} {one['p50_ms']:8.2f}   p99 {one['p99_ms']:8.2f}")
    for name, ms in found["parts_ms"].items():
        print(f"  {name:26} {ms:8.2f}")
    print(f"  {'CPU':26} {found['cpu_ms']:8.2f}   and {found['postgresql_cpu_ms']} in PostgreSQL")
    print(f"  {'the ceiling':26} {found['ceiling']['p50_ms']:8.2f}   sealed rows read, one row committed")
    print(f"  {found['per_s']} a second, one after the other", flush=True)


if __name__ == "__main__":
    main()
