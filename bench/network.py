"""A network of businesses: built in batch, written to PostgreSQL, and asked three questions about one party each.

Sales follow a power law, with rings of like amounts and rings of guarantees put in. The ceiling is one row by its
index, in a transaction of its own like each question: what is above it is the price of looking around.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import psycopg

from zhiwei.bootstrap import Platform, open_platform
from zhiwei.credit.antifraud.snapshot import Made, make_snapshot
from zhiwei.credit.antifraud.walks import FAN_OUT
from zhiwei.journeys.antifraud.ask import ring_of_party, rings_of_party
from zhiwei.journeys.antifraud.build import as_tables
from zhiwei.journeys.network import Mark, Snapshot
from zhiwei.journeys.ports import Unit
from zhiwei.settings import Settings

AS_OF = date(2024, 2, 29)
TIES, RINGS, MARKED = 0.04, 0.002, 0.01  # of edges; of parties that stand in rings; of parties that are marked
WARM = 50


def drawn(parties: int, edges: int) -> pl.DataFrame:
    """Edges by name: ends drawn by a size that follows a power law, amounts log-normal by the size of both."""
    dice = np.random.default_rng(1)
    size = dice.pareto(1.5, parties) + 1
    chances = np.cumsum(size / size.sum())
    many = round(edges * 1.15)  # pairs drawn twice are one
    start, end = (np.searchsorted(chances, dice.random(many)).clip(0, parties - 1) for _ in range(2))
    start[: many // 2] = dice.integers(0, parties, many // 2)  # half of all sellers are anybody
    kept = np.unique((start * parties + end)[start != end])
    dice.shuffle(kept)
    start, end = np.divmod(kept[:edges], parties)
    amount = np.exp(dice.normal(13, 1.5, len(start))).astype(np.int64) + 100
    kind = np.zeros(len(start), dtype=np.int64)
    kind[: round(TIES * len(start))] = dice.integers(1, 4, round(TIES * len(start)))
    amount[kind > 0] = 1
    ring = _rings(dice, parties)
    names = np.array(["sells_to", "guarantees", "owns", "shares_phone"])
    return pl.DataFrame({
        "from_party": _named(np.concatenate([start, ring[0]])), "kind": names[np.concatenate([kind, ring[3]])],
        "to_party": _named(np.concatenate([end, ring[1]])), "weight": np.concatenate([amount, ring[2]]),
        "first_on": date(2023, 3, 1), "last_on": AS_OF,
    }).unique(["from_party", "kind", "to_party"], maintain_order=True)  # fmt: skip


def _rings(dice: np.random.Generator, parties: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rings of 3 to 6: half of them bill each other, half guarantee each other."""
    start, end, amount, kind = [], [], [], []
    for number in range(round(RINGS * parties / 4)):
        members = dice.choice(parties, int(dice.integers(3, 7)), replace=False)
        start += members.tolist()
        end += np.roll(members, -1).tolist()
        fen = dice.integers(10**7, 10**8)
        amount += [1] * len(members) if number % 2 else (fen * dice.uniform(0.95, 1.05, len(members))).tolist()
        kind += [number % 2] * len(members)
    return np.array(start), np.array(end), np.array(amount, dtype=np.int64), np.array(kind)


def _named(numbers: np.ndarray) -> pl.Series:
    """18 characters, as a credit code has."""
    return "9153010200" + pl.Series(numbers).cast(pl.String).str.zfill(8)


def built(platform: Platform, made: Made) -> Snapshot:
    with platform.unit("bench") as unit:
        number = unit.network.build(AS_OF, as_tables(made), "bench")
    with psycopg.connect(platform.database.url, autocommit=True) as owner:  # as autovacuum does within minutes
        owner.execute("vacuum analyze network_edge, network_party, network_circle, network_mark")
    return number


def questions(snapshot: Snapshot) -> dict[str, Callable[[Unit, str], object]]:
    def circle(unit: Unit, party: str) -> object:
        return rings_of_party(unit, snapshot, party, unit.network.standing(snapshot.number, party))

    def ring(unit: Unit, party: str) -> object:
        return ring_of_party(unit, snapshot, party, unit.network.standing(snapshot.number, party))

    def walked(unit: Unit, party: str) -> object:
        return rings_of_party(unit, replace(snapshot, left_out=1), party, None)

    return {
        "one indexed row": lambda unit, party: unit.network.standing(snapshot.number, party),
        "near a bad party": lambda unit, party: unit.network.near(snapshot.number, party, 2, AS_OF),
        "in a circle": circle,
        "in a circle, walked": walked,
        "in a guarantee ring": ring,
    }


def timed(platform: Platform, parties: list[str], ask: Callable[[Unit, str], object]) -> dict[str, float]:
    times = []
    for number, party in enumerate([*parties[:WARM], *parties]):
        start = time.perf_counter()
        with platform.unit("bench") as unit:
            ask(unit, party)
        if number >= min(WARM, len(parties)):
            times.append((time.perf_counter() - start) * 1000)
    marks = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "worst_ms": 1.0}
    return {name: round(float(np.quantile(times, share)), 2) for name, share in marks.items()}


def stages(parties: int, edges: int, asked: int) -> Iterator[tuple[str, object]]:
    start = time.perf_counter()

    def seconds() -> float:
        nonlocal start
        before, start = start, time.perf_counter()
        return round(start - before, 1)

    frame = drawn(parties, edges)
    yield "parties", parties
    yield "edges", frame.height
    yield "draw_s", seconds()
    dice = np.random.default_rng(2)
    bad = _named(dice.choice(parties, round(MARKED * parties), replace=False)).to_list()
    sales = frame.filter(pl.col("kind") == "sells_to")
    sold = sales.group_by("from_party").agg(pl.col("weight").sum().alias("sold")).rename({"from_party": "party_id"})
    made = make_snapshot(frame, sold, bad)
    yield "batch_s", seconds()
    yield "batch_gib", round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
    yield "in_circles", made.standings.filter(pl.col("circled") > 0).height
    yield "edges_left_out", made.left_out
    anyone = _named(dice.integers(0, parties, asked)).to_list()
    busy = sales["from_party"].gather(pl.Series(dice.integers(0, sales.height, asked))).to_list()
    whom = {"circled": pl.col("circled") > 0, "ringed": pl.col("guarantee_ring") > 0}
    hit = {name: made.standings.filter(where)["party_id"].head(asked).to_list() for name, where in whom.items()}
    hubs = frame["to_party"].value_counts(sort=True)["to_party"].head(50).to_list()
    with (
        tempfile.TemporaryDirectory(prefix="zw") as folder,
        open_platform(Settings(Path(folder), None, "bench", "bench")) as platform,
    ):
        with platform.unit("bench") as unit:
            for number, party in enumerate(bad):
                unit.network.mark(Mark(f"m{number}", party, "走逃户", "made", AS_OF, None, "bench"))
        seconds()
        snapshot = built(platform, made)
        yield "write_s", seconds()
        for name, ask in questions(snapshot).items():
            for who, sample in {"anyone": anyone, "by sales edges": busy, "50 largest hubs": hubs, **hit}.items():
                yield f"{name}, {who}", timed(platform, sample, ask)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="figures for a machine")
    parser.add_argument("--parties", type=int, default=20_000)
    parser.add_argument("--edges", type=int, default=100_000)
    parser.add_argument("--asked", type=int, default=300, help="questions of each kind")
    given = parser.parse_args()
    found: dict[str, object] = {"fan_out": FAN_OUT}
    for name, value in stages(given.parties, given.edges, given.asked):
        found[name] = value
        if not given.json:
            told = "  ".join(f"{k} {v:8.2f}" for k, v in value.items()) if isinstance(value, dict) else f"{value:,}"
            print(f"{name:40} {told}", flush=True)
    if given.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
