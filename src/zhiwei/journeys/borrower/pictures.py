"""The operating picture of parties on a day, and what the records behind it are worth: of all they let us see."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pyarrow as pa

from zhiwei.borrower import KINDS, PURPOSES, Consent
from zhiwei.borrower.covers import covered_table
from zhiwei.borrower.features import Floats, whole_picture
from zhiwei.borrower.quality import Agreements, Qualities, agreements, quality
from zhiwei.journeys.borrower.records import current
from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import EARLIEST, Actor, NotFound


def picture_of(
    *, books: Books, by: Actor, parties: Sequence[str], as_of: date, known_at: datetime | None = None,
    rates: Mapping[str, float] | None = None,
) -> dict[str, Floats]:  # fmt: skip
    """Fact -> a value for each party, in their order; NaN where nothing is known or the party has not allowed it.

    `known_at`: as one knew it at that hour. `rates`: 元 for a unit of another currency, without which what came in it
    cannot be said. NotFound where a party is not known.
    """
    tables, covered = _tables(books, by, parties, as_of, known_at)
    return whole_picture(tables, parties, as_of, covered, rates)


def quality_of(
    *, books: Books, by: Actor, parties: Sequence[str], as_of: date, months: int = 12
) -> tuple[Qualities, Agreements]:
    """What the records are worth over the trailing months to a day, and how sources agree. NotFound as above."""
    tables, covered = _tables(books, by, parties, as_of, None)
    return quality(tables, parties, as_of, months, covered), agreements(tables, parties, as_of, months, covered)


def _tables(
    books: Books, by: Actor, parties: Sequence[str], as_of: date, known_at: datetime | None
) -> tuple[dict[str, pa.Table], pa.Table]:
    """Kind -> rows, and what files say they cover."""
    with books.unit(by.tenant) as unit:
        unknown = sorted(set(parties) - unit.parties.sources(parties).keys())
        if unknown:
            raise NotFound("no_such_party", f"no party {', '.join(unknown[:5])}")
        allowed = _allowed(unit.parties.consents(parties), books.today())
        found = {kind: _rows(unit, kind, sorted(whose), as_of, known_at) for kind, whose in allowed.items()}
        covers = unit.batches.covered(parties, list(allowed), known_at)
    covered = covered_table(one for one in covers if one.party in allowed[one.kind])
    return {kind: rows for kind, rows in found.items() if rows.num_rows}, covered


def _allowed(consents: Sequence[Consent], today: date) -> dict[str, set[str]]:
    """Kind -> the parties that let us see it."""
    found: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for consent in consents:
        if consent.scope in found and consent.covers(consent.scope, PURPOSES, today):
            found[consent.scope].add(consent.party)
    return {kind: whose for kind, whose in found.items() if whose}


def _rows(unit: Unit, kind: str, parties: Sequence[str], as_of: date, known_at: datetime | None) -> pa.Table:
    rows = current(kind, unit.batches.of(parties, [kind], as_of, known_at).get(kind, []), as_of)
    if kind != "invoices" or known_at:
        return rows
    imported = unit.records.invoices(parties, EARLIEST, as_of)  # as `zhiwei import` keeps them
    return pa.concat_tables([imported, rows]) if imported.num_rows else rows
