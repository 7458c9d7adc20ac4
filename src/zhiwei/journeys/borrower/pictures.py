"""The operating picture of parties on a day, and what the records behind it are worth: of all they let us see."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from zhiwei.borrower import INVOICES, KINDS, PURPOSES, allowed
from zhiwei.borrower.covers import covered_table
from zhiwei.borrower.features import Floats, whole_picture
from zhiwei.borrower.quality import Agreements, Qualities, agreements, quality
from zhiwei.journeys.borrower.members import everybody, members_of, merged, under
from zhiwei.journeys.borrower.records import current
from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import EARLIEST, Actor, NotFound

_IMPORTED = ("party_id", "status", *(name for name in INVOICES.names if name not in ("party_id", "status")))


def picture_of(
    *, books: Books, by: Actor, parties: Sequence[str], as_of: date, known_at: datetime | None = None,
    rates: Mapping[str, float] | None = None,
) -> dict[str, Floats]:  # fmt: skip
    """Fact -> a value for each party, in their order; NaN where nothing is known or the party has not allowed it.

    A party that is one with others is seen with the records of all of them, each as far as it allows it itself.
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
    with books.unit(by.tenant) as unit:
        unknown = sorted(set(parties) - unit.parties.sources(parties).keys())
        if unknown:
            raise NotFound("no_such_party", f"no party {', '.join(unknown[:5])}")
        return shown(unit, parties, books.today(), as_of, known_at)


def shown(
    unit: Unit, parties: Sequence[str], today: date, as_of: date, known_at: datetime | None = None
) -> tuple[dict[str, pa.Table], pa.Table]:
    """Kind -> rows, of all that these parties let us see today; and what files say they cover."""
    members = members_of(unit, parties, known_at)
    consents, reading = unit.parties.consents(everybody(members)), Reading(unit, members, as_of, known_at)
    whose = {kind: allowed(consents, kind, PURPOSES, today) for kind in KINDS}
    found = reading.rows({kind: who for kind, who in whose.items() if who})
    return {kind: rows for kind, rows in found.items() if rows.num_rows}, reading.covered(whose)


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads what stands behind parties, `members` being all who are one with each; who reads has seen to consents."""

    unit: Unit
    members: Mapping[str, Sequence[str]]
    as_of: date
    known_at: datetime | None = None

    def rows(self, whose: Mapping[str, Collection[str]]) -> dict[str, pa.Table]:
        """Kind -> rows of the parties asked for, out of what these of their members let us see of it."""
        alike: dict[tuple[str, ...], list[str]] = {}
        for kind, who in whose.items():
            alike.setdefault(tuple(sorted(who)), []).append(kind)
        found: dict[str, list[pa.Table]] = {}
        for those, kinds in alike.items():  # mostly one question, for all kinds
            found |= self.unit.batches.of(those, kinds, self.as_of, self.known_at)
        return {kind: self._current(kind, sorted(who), found.get(kind, [])) for kind, who in whose.items()}

    def _current(self, kind: str, parties: Sequence[str], batches: Sequence[pa.Table]) -> pa.Table:
        if kind == "invoices" and not self.known_at:  # as `zhiwei import` keeps them, which knows no hours
            imported = self.unit.records.invoices(parties, EARLIEST, self.as_of)
            if imported.num_rows and (batches or merged(self.members)):
                # They have no order of their own: so that what is void comes last and stands.
                imported = imported.sort_by([(name, "ascending") for name in _IMPORTED])
            batches = [imported, *batches] if imported.num_rows else batches
        return current(kind, batches, self.as_of, self.members)

    def covered(self, whose: Mapping[str, Collection[str]]) -> pa.Table:
        """What files of these, by kind, say they cover, under the parties asked for."""
        kinds = [kind for kind, who in whose.items() if who]
        covers = self.unit.batches.covered(everybody(self.members), kinds, self.known_at)
        return under(covered_table(one for one in covers if one.party in whose[one.kind]), self.members)
