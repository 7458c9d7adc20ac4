"""Seals: each closed day's entries as one SHA-256 that contains the seal before it, so that no past entry can change.

The bytes, exactly, so that the database and anyone with a dump can compute them (`store.books.seals` says it in SQL):

- a field is its text in UTF-8 and one zero byte (which PostgreSQL text cannot hold); dates are YYYY-MM-DD, numbers
  plain decimals, an instant its whole microseconds since 1970 in UTC
- an entry is entry_id, number, kind, line, loan, product, value_date, business_date, currency, reverses (or empty),
  recorded_at, count of postings, then number, account, funder, amount of each posting by number; its digest is the
  SHA-256 of these fields
- a seal is the SHA-256 of the fields tenant, seal before (hex, or empty), day, count of entries, followed by the
  entries' digests (32 bytes each) in order of recorded_at, then of entry_id by its bytes

A seal covers every entry whose business date is after the day of the seal before and up to its own day.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A journal entry as it stands in the book; `postings` are (number, account, funder, amount) by number."""

    entry_id: str
    number: int
    kind: str
    line: str
    loan: str
    value_date: date
    business_date: date
    currency: str
    recorded_at: datetime
    postings: tuple[tuple[int, str, str, int], ...]
    product: str = ""
    reverses: str = ""

    def digest(self) -> bytes:
        head = (
            self.entry_id, self.number, self.kind, self.line, self.loan, self.product, self.value_date,
            self.business_date, self.currency, self.reverses, (self.recorded_at - _EPOCH) // _MICROSECOND,
            len(self.postings),
        )  # fmt: skip
        legs = (field for posting in sorted(self.postings) for field in posting)
        return hashlib.sha256(_fields(*head, *legs)).digest()


@dataclass(frozen=True, slots=True)
class Seal:
    """Of a closed day: `previous` is the seal before ('' for the first), `entries` how many it covers."""

    on: date
    previous: str
    entries: int
    sha256: str


def seal(tenant: str, previous: str, on: date, entries: Iterable[Recorded]) -> Seal:
    """The seal of a day over the entries since the seal before, in any order."""
    ordered = sorted(entries, key=lambda entry: (entry.recorded_at, entry.entry_id.encode()))
    digests = b"".join(entry.digest() for entry in ordered)
    head = _fields(tenant, previous, on, len(ordered))
    return Seal(on, previous, len(ordered), hashlib.sha256(head + digests).hexdigest())


def _fields(*values: object) -> bytes:
    """Dates write themselves YYYY-MM-DD."""
    return b"".join(str(value).encode() + b"\0" for value in values)
