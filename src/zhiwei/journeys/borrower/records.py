"""Receive records of any kind under a consent, and read what was known of a party by a day, or at an hour."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import date, datetime

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from zhiwei.borrower import KINDS, PURPOSES, Consent, require
from zhiwei.borrower.covers import Cover
from zhiwei.borrower.overlap import counted_once
from zhiwei.borrower.reading import Parsed
from zhiwei.journeys.borrower.members import everybody, members_of, merged, rewritten, willing
from zhiwei.journeys.borrower.news import records_received
from zhiwei.journeys.filing import Batch, Covering
from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import Actor, BadInput, digest, identifier


@dataclass(frozen=True, slots=True)
class Source:
    """Where records came from: the source's name, the file's, and the SHA-256 of its bytes.

    `settings`: a digest of what a person said of the file, by which it was read; "" where nobody said anything.
    """

    name: str
    file: str
    sha256: str
    settings: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Rows received by kind, and the periods that the file speaks for: (kind, first day, last day). `new` False: this
    delivery was received before, and changed nothing.
    """

    delivery: str
    rows: dict[str, int]
    new: bool
    covered: list[tuple[str, str, str]] = field(default_factory=list)


def receive_records(*, books: Books, by: Actor, source: Source, parsed: Parsed) -> Accepted:
    """Keep all tables of a file, and what it covers, in one transaction; the same delivery twice changes nothing.

    A file that holds no row and says what it covers is a delivery too: nothing happened in those days.

    Refusal where a party has not allowed a kind (or allowed one delivery of it, which has come), BadInput where rows
    could not be read: nothing of the file is taken.
    """
    contents = readable(source.file, parsed)
    if not contents:
        raise BadInput(
            "no_records", f"{source.file} holds no record and does not say what days it covers",
            hint="if nothing happened in those days, say them: --covers 2024-01-01..2024-06-30",
        )  # fmt: skip
    rows, told = contents.rows, [(one.kind, one.first.isoformat(), one.last.isoformat()) for one in contents.covers]
    delivery = delivery_of(source, contents)
    request = {"source": source.name, "sha256": source.sha256, "rows": rows}  # by any name it is the same file
    request |= {"covered": digest([astuple(one) for one in contents.covers])} if contents.covers else {}
    with step(books, by, "receive_records", f"received:{delivery}", request) as current:
        # What came under a consent that was withdrawn since is no longer here: it may come again under another.
        if current.earlier is not None and current.unit.batches.standing(delivery):
            return Accepted(delivery, rows, new=False, covered=told)
        delivery, new = keep(current.unit, books.today(), source, contents)
        current.result = {"delivery": delivery}
        return Accepted(delivery, rows, new, told)


@dataclass(frozen=True, slots=True)
class Contents:
    """What of a file can be kept: tables that hold rows, by kind, and the days it covers."""

    tables: dict[str, pa.Table]
    covers: tuple[Cover, ...] = ()

    @property
    def rows(self) -> dict[str, int]:
        return {kind: table.num_rows for kind, table in self.tables.items()}

    def __bool__(self) -> bool:
        return bool(self.tables or self.covers)

    def of(self, kinds: Sequence[str]) -> "Contents":
        tables = {kind: table for kind, table in self.tables.items() if kind in kinds}
        return Contents(tables, tuple(one for one in self.covers if one.kind in kinds))


def readable(file: str, parsed: Parsed) -> Contents:
    """What a file holds; BadInput where a row could not be read."""
    if parsed.problems:
        first = parsed.problems[0]
        raise BadInput(
            "bad_rows", f"{file}: {len(parsed.problems)} rows cannot be read; first {first.place} "
            f"{first.column}: {first.problem}", hint="nothing was taken: correct the file, or leave the rows out",
        )  # fmt: skip
    tables = {kind: table for kind, table in sorted(parsed.tables.items()) if table.num_rows}
    return Contents(tables, tuple(sorted(set(parsed.covered), key=astuple)))


def delivery_of(source: Source, contents: Contents) -> str:
    """The id of a delivery follows from what it holds and how it was read: the same file with other days, or read by
    other settings, corrects what was said of it.
    """
    said = [source.settings] if source.settings else []  # without any the id is what it always was
    return identifier("del", source.name, source.sha256, *contents.rows.items(), *map(astuple, contents.covers), *said)


def keep(unit: Unit, today: date, source: Source, contents: Contents, key: str = "") -> tuple[str, bool]:
    """-> (delivery, is it new). `key`: of the pull that brought it, whose own asking does not use a consent up.

    What came before under a consent that was withdrawn since is kept anew, under the one that stands now.
    """
    delivery = delivery_of(source, contents)
    standing = unit.batches.standing(delivery)
    if standing:
        return delivery, False
    batches = [batch for kind, table in contents.tables.items() for batch in _batches(delivery, kind, table)]
    wanted = [(one.party, one.kind) for one in batches] + [(one.party, one.kind) for one in contents.covers]
    consent = _consents(unit, today, wanted, key)
    if standing is not None:
        delivery = identifier("del", delivery, *sorted(set(consent.values())))
        batches = [replace(one, batch_id=identifier("bat", delivery, one.kind, one.party)) for one in batches]
    if not unit.batches.deliver(delivery, source.name, source.file, source.sha256, sum(contents.rows.values())):
        return delivery, False
    unit.outbox.tell(records_received(delivery, batches, today))
    unit.batches.add(replace(one, delivery=delivery, consent=consent[one.party, one.kind]) for one in batches)
    unit.batches.add_covers(
        # Days that are still to come are not spoken for, whatever a file says.
        Covering(identifier("cov", delivery, *astuple(one)), one.until(today), delivery, consent[one.party, one.kind])
        for one in contents.covers
    )
    return delivery, True


def _consents(
    unit: Unit, today: date, wanted: Sequence[tuple[str, str]], key: str
) -> dict[tuple[str, str], str]:  # fmt: skip
    """(party, kind) -> the consent under which it is kept. Refusal where there is none."""
    parties = sorted({party for party, _ in wanted})
    mine: dict[str, list[Consent]] = {party: [] for party in parties}
    for one in unit.parties.consents(parties):
        mine[one.party].append(one)
    spent = {party: spent_by(unit, mine[party], party, key) for party in parties}
    return {
        (party, kind): require(mine[party], party, [kind], PURPOSES, today, spent=spent[party])[0]
        for party, kind in dict.fromkeys(wanted)
    }


def spent_by(unit: Unit, consents: Sequence[Consent], party: str, key: str = "") -> set[str]:
    """Consents of a party to one delivery under which one came, or is being asked for under another key."""
    once = [one.consent_id for one in consents if one.party == party and not one.recurring]
    return unit.pulls.spent(party, once, key) if once else set()


def _batches(delivery: str, kind: str, table: pa.Table) -> list[Batch]:
    """One for each party, in the order in which their first rows come."""
    day = KINDS[kind].day
    if table[day].null_count:
        raise BadInput("no_day", f"{table[day].null_count} rows of {kind} have no {day}")
    found = []
    whose = table["party_id"].combine_chunks().dictionary_encode()
    order = pc.sort_indices(whose.indices)  # stable: the rows of a party keep theirs
    rows, start = table.take(order).combine_chunks(), 0
    counts = {one["values"]: one["counts"] for one in pc.value_counts(whose.indices).to_pylist()}
    for place, party in enumerate(whose.dictionary.to_pylist()):
        mine = rows.slice(start, counts[place])
        start += counts[place]
        days = pc.min_max(mine[day].cast(pa.date32())).as_py()
        batch_id = identifier("bat", delivery, kind, party)
        found.append(Batch(batch_id, party, kind, delivery, "", days["min"], days["max"], mine))
    return found


def records_of(
    *, books: Books, by: Actor, parties: Sequence[str], kinds: Sequence[str], until: date,
    known_at: datetime | None = None,
) -> dict[str, pa.Table]:  # fmt: skip
    """Kind -> rows of these parties to the end of a day, corrections applied; with `known_at` as one knew them then.

    A party that is one with others has the records of all of them, each under the consents that it gave itself; those
    who gave none for a kind, or withdrew it, are not read. Refusal where nobody of a party gave one for a kind.
    """
    with books.unit(by.tenant) as unit:
        members = members_of(unit, parties, known_at)
        consents = unit.parties.consents(everybody(members))
        whose = {kind: willing(consents, members, kind, PURPOSES, books.today()) for kind in kinds}
        found = {kind: unit.batches.of(list(who), [kind], until, known_at).get(kind, []) for kind, who in whose.items()}
    return {kind: current(kind, found[kind], until, members) for kind in kinds}


def current(
    kind: str, batches: Sequence[pa.Table], until: date, members: Mapping[str, Sequence[str]] | None = None
) -> pa.Table:
    """The last word on each record: a later batch corrects a row of an earlier one, repeats within one are all kept.

    With `members` (see `members_of`) each party has the rows of all who are one with it, each record once.
    """
    schema, day, key = KINDS[kind].schema, KINDS[kind].day, KINDS[kind].key
    if not batches:
        return schema.empty_table()
    rows: pa.Table = pa.concat_tables(batches)
    several = members is not None and merged(members)
    if len(batches) > 1 or several:
        names = ["party_id", *key]
        frames = [
            pl.DataFrame(batch).with_columns(pl.int_range(pl.len(), dtype=pl.Int32).over(names).alias("_repeat"))
            for batch in batches
        ]
        frame = pl.concat(frames)
        if members is not None and several:
            whose = rewritten(frame.with_columns(_member="party_id"), members)
            last = counted_once(kind, whose).drop("_member")
        else:
            last = frame.unique([*names, "_repeat"], keep="last", maintain_order=True)
        rows = last.drop("_repeat").to_arrow().cast(schema)
    seen = pc.less_equal(rows[day].cast(pa.date32()), pa.scalar(until, pa.date32()))
    return rows.filter(seen)
