"""The operating picture of parties on a day, and what the records behind it are worth: of all they let us see."""

from collections.abc import Sequence
from datetime import date, datetime

import pyarrow as pa

from zhiwei.borrower import KINDS, PURPOSES, allowed
from zhiwei.borrower.features import Floats, whole_picture
from zhiwei.borrower.quality import Agreements, Qualities, agreements, quality
from zhiwei.journeys.borrower.records import current
from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import EARLIEST, Actor, NotFound


def picture_of(
    *, books: Books, by: Actor, parties: Sequence[str], as_of: date, known_at: datetime | None = None
) -> dict[str, Floats]:
    """Fact -> a value for each party, in their order; NaN where nothing is known or the party has not allowed it.

    `known_at`: as one knew it at that hour. NotFound where a party is not known.
    """
    return whole_picture(_tables(books, by, parties, as_of, known_at), parties, as_of)


def quality_of(
    *, books: Books, by: Actor, parties: Sequence[str], as_of: date, months: int = 12
) -> tuple[Qualities, Agreements]:
    """What the records are worth over the trailing months to a day, and how sources agree. NotFound as above."""
    tables = _tables(books, by, parties, as_of, None)
    return quality(tables, parties, as_of, months), agreements(tables, parties, as_of, months)


def _tables(
    books: Books, by: Actor, parties: Sequence[str], as_of: date, known_at: datetime | None
) -> dict[str, pa.Table]:
    with books.unit(by.tenant) as unit:
        unknown = sorted(set(parties) - unit.parties.sources(parties).keys())
        if unknown:
            raise NotFound("no_such_party", f"no party {', '.join(unknown[:5])}")
        consents = unit.parties.consents(parties)
        whose = {kind: list(allowed(consents, kind, PURPOSES, books.today())) for kind in KINDS}
        found = {kind: rows_of(unit, kind, who, as_of, known_at) for kind, who in whose.items() if who}
    return {kind: rows for kind, rows in found.items() if rows.num_rows}


def rows_of(unit: Unit, kind: str, parties: Sequence[str], as_of: date, known_at: datetime | None = None) -> pa.Table:
    """Rows of a kind up to the end of a day, however they came; who asks has seen to the consents."""
    rows = current(kind, unit.batches.of(parties, [kind], as_of, known_at).get(kind, []), as_of)
    if kind != "invoices" or known_at:
        return rows
    imported = unit.records.invoices(parties, EARLIEST, as_of)  # as `zhiwei import` keeps them
    return pa.concat_tables([imported, rows]) if imported.num_rows else rows
