"""What files say they speak for, whatever rows they have: so that "nothing happened" is told from "we do not know".

A statement speaks for the days of its period, an export for the days that were asked for, a report for all it looked
back on, up to its own day. Days after the as-of date are never looked at; a report of a later day is not there at all,
for nobody had it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from zhiwei.values import EARLIEST, BadInput

REPORTS = (
    "tax_ratings", "registry", "courts", "bureau_accounts", "bureau_queries", "property", "pledges", "identity",
)  # fmt: skip
"""Kinds that come as reports: each is of a day, and known from that day on."""

COVERED = pa.schema(
    [("party_id", pa.string()), ("kind", pa.string()), ("part", pa.string()), ("first", pa.date32()),
     ("last", pa.date32())]
)  # fmt: skip
"""Covers as a table. `part`: the account, the subject, or another feed as `quality` words it (columns of kinds.toml,
joined by " / "), null where the file does not say. A period that ends before it begins is not looked at.
"""
_EPOCH = date(1970, 1, 1)
_NOTHING = pl.DataFrame(schema={"_who": pl.Int64, "_part": pl.String, "_first": pl.Int64, "_last": pl.Int64})


@dataclass(frozen=True, slots=True)
class Cover:
    """All days from `first` to `last` of a kind of a party's records are told by a file. `part` "" where it does not
    say of which account, platform, meter or subject.
    """

    kind: str
    party: str
    first: date
    last: date
    part: str = ""

    def until(self, day: date) -> "Cover":
        """What of it lies before the end of a day. BadInput where nothing does."""
        if self.first > day:
            raise BadInput(
                "period_to_come", f"{self.kind}: a period from {self.first} on has not begun on {day}",
                hint="a file speaks for days that are past",
            )  # fmt: skip
        return replace(self, last=min(self.last, day))


def periods(kind: str, party: str, first: date, last: date, parts: Iterable[str | None]) -> list[Cover]:
    """One period of several feeds, each once; of the file as a whole where no feed is named."""
    return [Cover(kind, party, first, last, part) for part in dict.fromkeys(part or "" for part in parts) or [""]]


def reported(kind: str, party: str, on: date, parts: Iterable[str | None], since: date | None = None) -> list[Cover]:
    """A report of a day, which looks back to `since`, or as far as anybody has looked."""
    return periods(kind, party, min(since or EARLIEST, on), on, parts)


def part_of(row: Mapping[str, object], feed: Sequence[str]) -> str:
    """The feed of a row as `quality` words it; CNY, and what is not said, are left out."""
    said = (row.get(column) for column in feed)
    return " / ".join(str(word) for word, column in zip(said, feed, strict=True)
                      if word is not None and (column, word) != ("currency", "CNY"))  # fmt: skip


def covered_table(covers: Iterable[Cover]) -> pa.Table:
    """Covers as rows of COVERED."""
    return pa.Table.from_pylist(
        [
            {"party_id": one.party, "kind": one.kind, "part": one.part or None, "first": one.first, "last": one.last}
            for one in covers
        ],
        schema=COVERED,
    )


def spoken_for(covered: pa.Table, as_of: date) -> dict[str, set[str]]:
    """Kind -> parties of whom a file that is there on the as-of date says what it covers."""
    found: dict[str, set[str]] = {}
    for one in covered.select(["party_id", "kind", "first", "last"]).to_pylist():
        if one["first"] <= one["last"] and one["last" if one["kind"] in REPORTS else "first"] <= as_of:
            found.setdefault(one["kind"], set()).add(one["party_id"])
    return found


def seen_covers(covered: pa.Table | None, kind: str, parties: Sequence[str], as_of: date) -> pl.DataFrame:
    """What files of a kind speak for, as known on the as-of date: `_who` (place of the party), `_part` ("" where it is
    not said), `_first`, `_last` in days since 1970.
    """
    table = COVERED.empty_table() if covered is None else covered
    if table.num_rows:
        table = table.filter(pc.equal(table["kind"], kind))
    if not table.num_rows:
        return _NOTHING
    places = pl.DataFrame(
        {"party_id": list(parties), "_who": range(len(parties))}, {"party_id": pl.String, "_who": pl.Int64}
    )
    today = pl.lit((as_of - _EPOCH).days, pl.Int64)
    first, last = (pl.col(name).cast(pl.Int32).cast(pl.Int64) for name in ("first", "last"))
    frame = pl.DataFrame(pl.from_arrow(table)).filter(first <= last, (last if kind in REPORTS else first) <= today)
    return frame.join(places, on="party_id", how="inner").select(
        "_who", _part=pl.col("part").fill_null(""), _first=first, _last=pl.min_horizontal(last, today)
    )
