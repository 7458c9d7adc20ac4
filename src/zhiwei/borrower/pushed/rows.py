"""Pushed rows judged one by one and kept as columns: a list of a request, or lines of a stream (NDJSON).

A stream is read a chunk at a time, so that what stands in memory beside its bytes is a chunk of rows and the columns
made so far. Every row that is wrong is named by its place; of a push with a wrong row nothing is taken.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl
import pyarrow as pa

from zhiwei.borrower.covers import Cover
from zhiwei.borrower.pushed.columns import COUNTED, form_of
from zhiwei.borrower.quality import covering
from zhiwei.borrower.reading import Parsed, table_of
from zhiwei.borrower.reading.forms import REPEATED, Gathered, Row, read_json, read_row
from zhiwei.borrower.reading.readers import shown, text
from zhiwei.borrower.records import KINDS
from zhiwei.values import BadInput

MOST_LISTED = 1_000  # rows of one request
MOST_PUSHED = 200_000  # rows of one stream
LONGEST_LINE = 2**16  # bytes
CHUNK = 5_000  # rows that are dictionaries at one time
PARTY = "party"
_MOST_OCCURRENCES = 32_767
Period = tuple[date, date]


@dataclass(slots=True)
class Pushed:
    """What a push holds: `parsed`, and the place of the first row of each party."""

    parsed: Parsed
    parties: dict[str, str]

    def covering(self, period: Period | None) -> "Pushed":
        """With the days that the push speaks for, first and last counted, of each party that it names."""
        if period is None:
            return self
        [(kind, table)] = self.parsed.tables.items()
        covered: list[Cover] = []
        rows = {whose: mine for (whose,), mine in pl.DataFrame(table).partition_by("party_id", as_dict=True).items()}
        for party in self.parties:
            mine = rows[party].to_arrow().cast(table.schema) if party in rows else table.slice(0, 0)
            covered += covering(Parsed({kind: mine}), party, [kind], *period).covered
        return replace(self, parsed=replace(self.parsed, covered=covered))


@dataclass(slots=True)
class Taking:
    """Rows of one kind as they come. `party`: whose all are; '' where each row says it."""

    kind: str
    party: str
    name: str = "the push"
    parties: dict[str, str] = field(default_factory=dict)
    found: Gathered = field(init=False)
    count: int = 0
    _tables: list[pa.Table] = field(default_factory=list)
    _known: dict[bytes, tuple[str, bytes]] = field(default_factory=dict)
    _counts: Counter[bytes] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.found = Gathered(self.name, {self.kind: []})
        if self.party:
            self.parties[self.party] = ""

    def take(self, place: str, said: object) -> None:
        """One row as JSON has it. BadInput where there are too many."""
        self.count += 1
        if self.count > MOST_PUSHED:
            raise BadInput("too_many_rows", f"more than {MOST_PUSHED:,} rows in one push", hint="push them in parts")
        form, before, party = form_of(self.kind), len(self.found.problems), self.party
        if isinstance(said, dict) and not self.party:
            said = dict(said)
            party = self._whose(place, said.pop(PARTY, None))
        if isinstance(said, dict) and REPEATED not in said:
            for name in said.keys() - form.fields.keys():
                self.found.problem(place, shown(name), "", f"{self.kind} has no such column")
            for name in (name for name, value in said.items() if isinstance(value, str) and not value.strip()):
                self.found.problem(place, shown(name), "", "blank: what is not known is null, or left out")
        if len(self.found.problems) == before:
            read_row(self.found, form, place, said, {})
        rows = self.found.rows[self.kind]
        if rows and rows[-1][0] == place:
            _, row = rows.pop()
            row["party_id"] = party
            self.parties.setdefault(party, place)
            if self._is_first(place, row):
                rows.append((place, row))
        if len(rows) >= CHUNK:
            self._settle()

    def pushed(self) -> Pushed:
        """All of it; the problems are in there."""
        self._settle()
        table = pa.concat_tables(self._tables) if self._tables else KINDS[self.kind].schema.empty_table()
        return Pushed(Parsed({self.kind: table}, self.found.problems, self.found.warnings), self.parties)

    def _whose(self, place: str, said: object) -> str:
        try:
            return text(said, 100) if said not in (None, "") else self._missing(place)
        except ValueError as error:
            self.found.problem(place, PARTY, "", str(error))
            return ""

    def _missing(self, place: str) -> str:
        self.found.problem(place, PARTY, "", "missing: whose row is it?")
        return ""

    def _settle(self) -> None:
        rows = self.found.rows[self.kind]
        if rows:
            self._tables.append(table_of(self.kind, [row for _, row in rows]))
            rows.clear()

    def _is_first(self, place: str, row: Row) -> bool:
        """What agrees with an earlier row in the kind's key is the same record: the same in everything is left out, and
        with something else nobody knows which is right. Repeated invoices are numbered, movements of a bank all stay.
        """
        if self.kind in COUNTED:
            self._counts[mark := _mark(row.values())] += 1
            row[COUNTED[self.kind]] = min(self._counts[mark], _MOST_OCCURRENCES)
            return True
        if self.kind == "bank_flow":
            self._counts[mark := _mark((row["party_id"], row["account"]))] += 1
            row["sequence"] = self._counts[mark] if row["sequence"] is None else row["sequence"]
            return True
        key = KINDS[self.kind].key
        same = [row.get(name) for name in key]
        if None in same:
            return True
        whole = _mark(row.values())
        first, before = self._known.setdefault(_mark((row["party_id"], *same)), (place, whole))
        if first == place:
            return True
        if before == whole:
            self.found.warnings["repeated row left out"] += 1
        else:
            self.found.problem(place, key[-1], "", f"the same record as {first or 'an earlier row'} says otherwise")
        return False


def _mark(values: Iterable[Any]) -> bytes:
    return hashlib.blake2b(repr(list(values)).encode(), digest_size=16).digest()


def read_list(content: bytes, kind: str, party: str) -> tuple[Pushed, Mapping[str, Any]]:
    """The rows of a request `{"rows": [...]}`, 0 to MOST_LISTED, and what else it says. BadInput where it is none."""
    try:
        told = read_json(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise BadInput(
            "not_json", f"the body is no JSON that can be read, line {line}", hint="UTF-8, an object"
        ) from None
    rows = told.pop("rows", None) if isinstance(told, dict) else None
    if not isinstance(rows, list) or REPEATED in told:
        raise BadInput("bad_request_body", 'the body is no object with one list "rows"', hint='{"rows": [{...}]}')
    if len(rows) > MOST_LISTED:
        hint = "POST /v1/records/{kind} takes a stream of lines"
        raise BadInput("too_many_rows", f"{len(rows):,} rows, at most {MOST_LISTED:,} in one request", hint=hint)
    taking = Taking(kind, party)
    for number, row in enumerate(rows):
        taking.take(f"rows[{number}]", row)
    return taking.pushed(), told


def read_lines(content: bytes, kind: str) -> Pushed:
    """NDJSON: a row on each line, which names its `party`. A line that is cut is a problem with its number."""
    taking = Taking(kind, "")
    for number, line in _lines(content):
        try:
            row = read_json(line.decode("utf-8"))
        except (ValueError, RecursionError):
            taking.found.problem(f"line {number}", "", "", "not a whole JSON object in UTF-8")
            continue
        taking.take(f"line {number}", row)
    return taking.pushed()


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    stream, number = io.BytesIO(content.removeprefix(b"\xef\xbb\xbf")), 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise BadInput("line_too_long", f"line {number} has more than {LONGEST_LINE:,} bytes", hint="a row a line")
        if line.strip():
            yield number, line
