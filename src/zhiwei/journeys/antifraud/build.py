"""Build the network of a day: who sells to, guarantees, owns whom, who shares what, and what that makes of everyone."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import polars as pl

from zhiwei.borrower import PURPOSES, allowed
from zhiwei.borrower.sameness import Sameness
from zhiwei.credit.antifraud.columns import Columns
from zhiwei.credit.antifraud.policy import sieve
from zhiwei.credit.antifraud.snapshot import Made as Snapped
from zhiwei.credit.antifraud.snapshot import make_snapshot, sharing_edges
from zhiwei.credit.antifraud.typologies.invoicing import valid_of
from zhiwei.journeys.borrower.records import current
from zhiwei.journeys.network import CIRCLES, EDGES, STANDINGS, Made, Snapshot
from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import Actor, Refusal, canonical

BUCKET = 512  # parties whose sealed records are opened together
_EDGES = {
    "from_party": pl.String, "kind": pl.String, "to_party": pl.String, "weight": pl.Int64, "first_on": pl.Date,
    "last_on": pl.Date,
}  # fmt: skip


def build_network(
    *, books: Books, by: Actor, as_of: date, on_progress: Callable[[str], None] = lambda stage: None
) -> Snapshot:
    """Read everything, work on it as a whole, and put the new snapshot in the place of the old in one transaction.

    Two parties that were merged are one here. Records whose consent was withdrawn are not read. Built again it is a
    snapshot with a new number and, if nothing new is known, the same content.
    """
    if as_of > books.today():
        raise Refusal("future_date", f"{as_of} is in the future", hint=f"today is {books.today()}")
    with books.unit(by.tenant) as unit:
        on_progress("reading")
        same = Sameness(unit.merges.all()).gone()
        sales, sold = _sales(unit, books.today(), as_of)
        links = [(one, kind, other, 1, since, since) for one, kind, other, since in unit.network.links(as_of)]
        ties = pl.DataFrame([*links, *sharing_edges(unit.network.shared(as_of))], schema=_EDGES, orient="row")
        edges = _merged(pl.concat([sales, ties]), same)
        totals = sold.with_columns(pl.col("party_id").replace(same)).group_by("party_id").agg(pl.col("sold").sum())
        bad = sorted({same.get(mark.party, mark.party) for mark in unit.network.marks(as_of)})
        on_progress("thinking")
        made = make_snapshot(edges, totals, bad)
        on_progress("writing")
        built = unit.network.build(as_of, as_tables(made), by.person)
        unit.steps.audit(by, "build_network", [canonical({"as_of": as_of, "snapshot": built.number})])
    return built


def as_tables(made: Snapped) -> Made:
    """As the store takes it."""
    columns = ((made.edges, EDGES), (made.standings, STANDINGS), (made.circles, CIRCLES))
    edges, standings, circles = (frame.select(schema.names).to_arrow().cast(schema) for frame, schema in columns)
    return Made(edges, standings, circles, made.left_out)


def _sales(unit: Unit, today: date, as_of: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Edges of sales among known parties over the window of circles, and what each sold to anybody."""
    checks = sieve(as_of)
    since = as_of - timedelta(days=int(checks.number("circle.days")))
    schema = {"from_party": pl.String, "to_party": pl.String, "weight": pl.Int64}
    parties = unit.parties.ids()
    willing = list(allowed(unit.parties.consents(parties), "invoices", PURPOSES, today))
    frames = [pl.DataFrame(unit.records.sales(willing, since, as_of), schema=schema, orient="row")]
    named = _by_name(unit, parties) if willing else {}
    for start in range(0, len(willing), BUCKET):
        batches = unit.batches.of(willing[start : start + BUCKET], ["invoices"], as_of, None)
        invoices = current("invoices", batches.get("invoices", []), as_of)
        rows = pl.DataFrame(invoices)[valid_of(Columns(invoices), checks, "sale")]
        if rows.height:
            buyer = pl.col("counterparty").replace_strict(named, default="", return_dtype=pl.String)
            found = rows.filter(pl.col("issue_date") > since).group_by("party_id", buyer.alias("to_party"))
            frames.append(found.agg(pl.col("amount").sum().alias("weight")).rename({"party_id": "from_party"}))
    every = (
        pl.concat(frames).group_by("from_party", "to_party").agg(pl.col("weight").sum()).filter(pl.col("weight") > 0)
    )
    sold = every.group_by("from_party").agg(pl.col("weight").sum().alias("sold")).rename({"from_party": "party_id"})
    known = every.filter(pl.col("to_party") != "").with_columns(
        pl.lit("sells_to").alias("kind"),
        pl.lit(since + timedelta(days=1)).alias("first_on"),
        pl.lit(as_of).alias("last_on"),
    )
    return known.select(list(_EDGES)), sold


def _by_name(unit: Unit, parties: Sequence[str]) -> dict[str, str]:
    """A party's id, or its name where only one has it -> its id: invoices name either."""
    names = unit.parties.names(parties)
    times: dict[str, int] = {}
    for name in names.values():
        times[name] = times.get(name, 0) + 1
    return {**{name: party for party, name in names.items() if times[name] == 1}, **{party: party for party in parties}}


def _merged(edges: pl.DataFrame, same: dict[str, str]) -> pl.DataFrame:
    """One row a pair and kind, merged parties as one; what a party does with itself is no edge, but a sale is."""
    ends = [pl.col(name).replace(same) for name in ("from_party", "to_party")]
    return (
        edges.with_columns(ends)
        .filter((pl.col("from_party") != pl.col("to_party")) | (pl.col("kind") == "sells_to"))
        .group_by("from_party", "kind", "to_party")
        .agg(pl.col("weight").sum(), pl.col("first_on").min(), pl.col("last_on").max())
    )
