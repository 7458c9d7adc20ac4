"""What the checks find about parties, from records they let us read and from the network; figures for a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from zhiwei.borrower import KINDS
from zhiwei.borrower.covers import spoken_for
from zhiwei.borrower.sameness import Sameness
from zhiwei.credit.antifraud import Searched, Seen, search
from zhiwei.credit.antifraud.findings import Evidence
from zhiwei.credit.antifraud.typologies.applications import APPLICATIONS, HELD_AS
from zhiwei.credit.antifraud.typologies.guarantees import Guarantee
from zhiwei.credit.antifraud.typologies.invoicing import Ring
from zhiwei.journeys.antifraud.ask import HOPS, near_evidence, rings_of_party
from zhiwei.journeys.antifraud.pledges import with_others
from zhiwei.journeys.borrower.members import everybody, members_of
from zhiwei.journeys.borrower.pictures import shown
from zhiwei.journeys.network import Snapshot
from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import Actor, NotFound, Refusal

LARGEST_GROUP = 200  # parties that hang together by guarantees and are looked at with one of them
LOOKED_BACK = timedelta(days=400)  # on applications: more than any window and the year before it


def findings_on(*, books: Books, by: Actor, party: str, as_of: date) -> Searched:
    """Every check on all that this party lets us see, as of a day. NotFound where it is not known."""
    if as_of > books.today():
        raise Refusal("future_date", f"{as_of} is in the future", hint=f"today is {books.today()}")
    with books.unit(by.tenant) as unit:
        if party not in unit.parties.sources([party]):
            raise NotFound("no_such_party", f"no party {party}")
        today = books.today()
        tables, covered = shown(unit, [party], today, as_of)
        return findings_of(unit, tables=tables, covered=covered, parties=[party], as_of=as_of, today=today)


def findings_of(
    unit: Unit, *, tables: Mapping[str, pa.Table], covered: pa.Table, parties: Sequence[str], as_of: date, today: date
) -> Searched:
    """The same for a journey that has its transaction open and has read its records under their consents.

    The network is used where its snapshot is not later than `as_of`; without it circles and guarantees are not looked
    at, and the checks on them are not among those that `looked`. What is pledged is looked for among what others let
    us see today, too. Of whom there is no row of a kind, and no file that says it has none (`covered`), nothing was
    looked at: 0 is told from not known for each party alone.
    """
    told = pc.unique(covered["kind"]).to_pylist()  # a search that found nothing was made
    tables = {**{kind: KINDS[kind].schema.empty_table() for kind in told}, **tables}
    known = _known(tables, covered, as_of)
    snapshot = unit.network.snapshot()
    if snapshot is not None and snapshot.as_of > as_of:
        snapshot = None
    if "pledges" in tables:
        tables = {**tables, "pledges": with_others(unit, tables["pledges"], parties, as_of, today)}
    traces = {party: unit.network.traces(party, as_of) for party in parties}
    applications = _applications(unit, parties, as_of, traces)
    seen = Seen(
        {**tables, "applications": applications} if applications.num_rows else tables,
        rings=_rings(unit, snapshot, parties), guarantees=_guarantees(unit, snapshot, parties),
        neighbours=_neighbours(traces),
        bad={mark.party: mark.why for mark in unit.network.marks(as_of, _traded_with(tables))},
        near=_near(unit, snapshot, parties, as_of),
        known=known | {"applications": set(applications["party_id"].to_pylist())},
    )  # fmt: skip
    found = search(seen, parties, as_of)
    if snapshot is not None:
        return found
    return replace(
        found, looked=tuple(name for name in found.looked if name not in ("circular_invoicing", "near_bad_party"))
    )


def _known(tables: Mapping[str, pa.Table], covered: pa.Table, as_of: date) -> dict[str, set[str]]:
    """Kind -> parties of whom there are rows, or a file that speaks for them. One's own pledges are not the register:
    that is known where it was searched.
    """
    told = spoken_for(covered, as_of)
    return {
        kind: told.get(kind, set()) | set([] if kind == "pledges" else pc.unique(table["party_id"]).to_pylist())
        for kind, table in tables.items()
    }


def _traded_with(tables: Mapping[str, pa.Table]) -> list[str]:
    return pc.unique(tables["invoices"]["counterparty"]).to_pylist() if "invoices" in tables else []


def _rings(unit: Unit, snapshot: Snapshot | None, parties: Sequence[str]) -> list[Ring]:
    if snapshot is None:
        return []
    found = {
        ring: None
        for party in parties
        for ring in rings_of_party(unit, snapshot, party, unit.network.standing(snapshot.number, party))[0]
    }
    return list(found)


def _guarantees(unit: Unit, snapshot: Snapshot | None, parties: Sequence[str]) -> list[Guarantee] | None:
    if snapshot is None:
        return None
    found = {}
    for party in parties:
        for one, other, _, since in unit.network.group(snapshot.number, party, "guarantees", LARGEST_GROUP):
            found[one, other] = Guarantee(f"{one} → {other}", one, other, 0, since)
    return list(found.values())


def _near(
    unit: Unit, snapshot: Snapshot | None, parties: Sequence[str], as_of: date
) -> dict[str, tuple[Evidence, ...]]:
    if snapshot is None:
        return {}
    near = {party: unit.network.near(snapshot.number, party, HOPS, as_of)[0] for party in parties}
    return {party: near_evidence(found) for party, found in near.items() if found}


def _applications(
    unit: Unit, parties: Sequence[str], as_of: date, traces: Mapping[str, Sequence[tuple[str, str, str, date]]]
) -> pa.Table:
    """Who applied when and came with what, these parties and all who share a thing with them; and, beside it, who is
    known to hold the same identifiers, be it without an application. Parties that are one are one applicant.
    """
    members = members_of(unit, parties)
    asked = unit.applications.around(everybody(members), as_of - LOOKED_BACK, as_of)
    held = {
        (holder, kind, token): (None, holder, since, HELD_AS[kind], token)
        for those in traces.values()
        for kind, token, holder, since in reversed(those)
    }
    rows = [*asked, *held.values()]
    same = Sameness(unit.merges.around(sorted({row[1] for row in rows}))).gone()
    same |= {member: party for party, those in members.items() for member in those}
    columns = list(zip(*((row[0], same.get(row[1], row[1]), *row[2:]) for row in rows), strict=True))
    return pa.table(list(map(list, columns or [()] * len(APPLICATIONS))), schema=APPLICATIONS)


def _neighbours(traces: Mapping[str, Sequence[tuple[str, str, str, date]]]) -> dict[str, list[str]]:
    """Party -> others that hold the same address."""
    return {
        party: sorted({holder for kind, _, holder, _ in held if kind == "address" and holder != party})
        for party, held in traces.items()
    }
