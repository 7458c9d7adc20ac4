"""Receive records of any kind under a consent, and read what was known of a party by a day, or at an hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from zhiwei.borrower import KINDS, PURPOSES, require
from zhiwei.borrower.reading import Parsed
from zhiwei.journeys.filing import Batch
from zhiwei.journeys.ports import Books, Unit, step
from zhiwei.values import Actor, BadInput, identifier


@dataclass(frozen=True, slots=True)
class Source:
    """Where records came from: the source's name, the file's, and the SHA-256 of its bytes."""

    name: str
    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Rows received by kind. `new` False: this delivery was received before, and changed nothing."""

    delivery: str
    rows: dict[str, int]
    new: bool


def receive_records(*, books: Books, by: Actor, source: Source, parsed: Parsed) -> Accepted:
    """Keep all tables of a file in one transaction; the same delivery twice changes nothing.

    Refusal where a party has not allowed a kind, BadInput where rows could not be read: nothing of the file is taken.
    """
    if parsed.problems:
        first = parsed.problems[0]
        raise BadInput(
            "bad_rows", f"{source.file}: {len(parsed.problems)} rows cannot be read; first {first.place} "
            f"{first.column}: {first.problem}", hint="nothing was taken: correct the file, or leave the rows out",
        )  # fmt: skip
    rows = {kind: table.num_rows for kind, table in sorted(parsed.tables.items()) if table.num_rows}
    if not rows:
        raise BadInput("no_records", f"{source.file} holds no record")
    delivery = identifier("del", source.name, source.sha256, *rows.items())
    request = {"source": source.name, "file": source.file, "sha256": source.sha256, "rows": rows}
    with step(books, by, "receive_records", f"records:{delivery}", request, unsaid=["file"]) as current:
        if current.earlier is not None:
            return Accepted(delivery, rows, new=False)
        _keep(current.unit, books.today(), delivery, source, {kind: parsed.tables[kind] for kind in rows})
        current.result = {"delivery": delivery}
        return Accepted(delivery, rows, new=True)


def _keep(unit: Unit, today: date, delivery: str, source: Source, tables: dict[str, pa.Table]) -> None:
    batches = [batch for kind, table in tables.items() for batch in _batches(delivery, kind, table)]
    consents = unit.parties.consents(sorted({batch.party for batch in batches}))
    allowed = []
    for batch in batches:
        [consent] = require(consents, batch.party, [batch.kind], PURPOSES, today)
        allowed.append(
            Batch(
                batch.batch_id, batch.party, batch.kind, delivery, consent, batch.first_day, batch.last_day, batch.rows
            )
        )
    unit.batches.deliver(delivery, source.name, source.file, source.sha256, sum(t.num_rows for t in tables.values()))
    unit.batches.add(allowed)


def _batches(delivery: str, kind: str, table: pa.Table) -> list[Batch]:
    """One for each party, in the order in which their first rows come."""
    day = KINDS[kind].day
    if table[day].null_count:
        raise BadInput("no_day", f"{table[day].null_count} rows of {kind} have no {day}")
    found = []
    for party in pc.unique(table["party_id"]).to_pylist():
        rows = table.filter(pc.equal(table["party_id"], party))
        days = pc.min_max(rows[day].cast(pa.date32())).as_py()
        batch_id = identifier("bat", delivery, kind, party)
        found.append(Batch(batch_id, party, kind, delivery, "", days["min"], days["max"], rows))
    return found


def records_of(
    *, books: Books, by: Actor, parties: Sequence[str], kinds: Sequence[str], until: date,
    known_at: datetime | None = None,
) -> dict[str, pa.Table]:  # fmt: skip
    """Kind -> rows of these parties to the end of a day, corrections applied; with `known_at` as one knew them then.

    Records whose consent was withdrawn are not read. Refusal where a party never gave one for a kind.
    """
    with books.unit(by.tenant) as unit:
        consents = unit.parties.consents(list(parties))
        for party in parties:
            require(consents, party, kinds, PURPOSES, books.today())
        found = unit.batches.of(parties, kinds, until, known_at)
    return {kind: current(kind, found.get(kind, []), until) for kind in kinds}


def current(kind: str, batches: Sequence[pa.Table], until: date) -> pa.Table:
    """The last word on each record: a later batch corrects a row of an earlier one, repeats within one are all kept."""
    schema, day, key = KINDS[kind].schema, KINDS[kind].day, KINDS[kind].key
    if not batches:
        return schema.empty_table()
    rows: pa.Table = pa.concat_tables(batches)
    if len(batches) > 1:
        names = ["party_id", *key]
        frames = [
            pl.DataFrame(batch).with_columns(pl.int_range(pl.len(), dtype=pl.Int32).over(names).alias("_repeat"))
            for batch in batches
        ]
        last = pl.concat(frames).unique([*names, "_repeat"], keep="last", maintain_order=True)
        rows = last.drop("_repeat").to_arrow().cast(schema)
    seen = pc.less_equal(rows[day].cast(pa.date32()), pa.scalar(until, pa.date32()))
    return rows.filter(seen)
