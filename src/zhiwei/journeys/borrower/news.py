"""What is told of parties to those who embed us: that they are known, what they allow, what came in about them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from zhiwei.borrower import Consent
from zhiwei.journeys.filing import Batch
from zhiwei.journeys.ports import Unit
from zhiwei.values.happenings import Happening, happening


def party_registered(party: str, on: date) -> Happening:
    return happening("party.registered", party, on, {}, party=party)


def registered(unit: Unit, parties: Sequence[str], on: date) -> list[Happening]:
    """Of those who are not known yet."""
    known = unit.parties.sources(parties)
    return [party_registered(party, on) for party in dict.fromkeys(parties) if party not in known]


def consents_given(consents: Sequence[Consent], on: date) -> Iterator[Happening]:
    for one in consents:
        said = {
            "consent": one.consent_id, "scope": one.scope, "purpose": one.purpose, "since": one.since,
            "until": one.until,
        }  # fmt: skip
        yield happening("consent.given", one.consent_id, on, said, party=one.party)


def consents_withdrawn(party: str, consents: Sequence[str], on: date, delete_by: date) -> list[Happening]:
    dates = {"withdrawn_on": on, "delete_by": delete_by}
    return [happening("consent.withdrawn", one, on, {"consent": one, **dates}, party=party) for one in consents]


def records_received(delivery: str, batches: Sequence[Batch], on: date) -> Iterator[Happening]:
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    rows: Counter[str] = Counter()
    for one in batches:
        kinds[one.party].append(one.kind)
        rows[one.party] += one.rows.num_rows
    for party, found in kinds.items():
        yield _received(delivery, party, found, rows[party], on)


def invoices_received(delivery: str, invoices: pa.Table, on: date) -> Iterator[Happening]:
    for one in pc.value_counts(invoices["party_id"]).to_pylist():
        yield _received(delivery, one["values"], ["invoices"], one["counts"], on)


def _received(delivery: str, party: str, kinds: Sequence[str], rows: int, on: date) -> Happening:
    said = {"delivery": delivery, "kinds": sorted(kinds), "rows": rows}
    return happening("records.received", [delivery, party], on, said, party=party)
