"""What is known of a party on a day, all on one sheet, and who it is that somebody asks for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from zhiwei.borrower.control import DEEPEST, LARGEST, beneficial_owners, threshold
from zhiwei.borrower.identity import PartyKind, Step, is_valid, mask, normal, size_class
from zhiwei.borrower.identity.likeness import MOST
from zhiwei.borrower.particulars import (
    HOLDABLE,
    ONE_NUMBER,
    PARTICULARS,
    read_particular,
    shown_name,
    steps_of,
)
from zhiwei.borrower.relations import PERSON, SHARED, Held, Link, holds
from zhiwei.journeys.borrower.members import members_of, tied_to
from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import Actor, BadInput, NotFound, Refusal, canonical

NAME = "name"
MOST_LISTED = 1000
_FREE = ("company_name", "person_name", "phone", "address", "device", "platform_shop")  # papers are not searched for


@dataclass(frozen=True, slots=True)
class Group:
    """`members` are one risk, the party among them; `complete` is False where the group was cut at a limit.

    `people`: (party, share) of those behind it from `beneficial_share` on. None where no threshold is in force.
    """

    members: list[str]
    complete: bool
    control_share: str | None
    sure: bool
    because: str
    people: list[tuple[str, str]] = field(default_factory=list)
    beneficial_share: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A party on a day. Values of identifiers and names of persons are masked unless they were asked for in full.

    `steps` of its identity path are proved, told or missing. `shared`: who holds the same address, phone, ...;
    `crowded`: what more than `MOST` parties hold, so that it links nobody.
    """

    party: str
    name: str = field(repr=False)
    kind: str | None
    on: str
    profile: dict[str, Any]
    size: dict[str, Any] | None
    steps: list[dict[str, Any]]
    identifiers: list[dict[str, Any]] = field(repr=False)
    roles: list[dict[str, Any]]
    links: list[dict[str, Any]]
    shared: list[dict[str, Any]]
    crowded: list[dict[str, Any]]
    group: Group


@dataclass(frozen=True, slots=True)
class Found:
    """`by` is what was found: the name, or a kind of identifier held from `since` until before `until`."""

    party: str
    name: str = field(repr=False)
    kind: str | None
    by: str
    since: str | None = None
    until: str | None = None


def party_sheet(
    *, books: Books, by: Actor, party: str, on: date, known_at: datetime | None = None, reveal: bool = False
) -> Sheet:
    """Everything known of a party on a day, or as we knew it at a moment. Who lets it be shown in full is on record."""
    with books.unit(by.tenant) as unit:
        known_since = unit.parties.known_since([party]).get(party)
        if known_since is None or (known_at and known_since > known_at):
            raise NotFound("no_such_party", "no such party was known", hint="`zhiwei party find` looks for one")
        profile = unit.relations.profiles([party], on, known_at).get(party, {})
        kind = profile.get("kind")
        held = [one for one in unit.relations.identifiers([party], known_at) if holds(one, on)]
        name = unit.parties.names([party])[party]
        if reveal:
            kinds = sorted({one.kind for one in held})
            unit.steps.audit(by, "reveal_party", [canonical({"party": party, "on": on, "identifiers": kinds})])
        shared, crowded = _shared(unit, party, held, on, known_at)
        links = [one for one in unit.relations.links([party], known_at) if holds(one, on)]
        names = _names(unit, {one.other_than(party) for one in links} | {row["party"] for row in shared})
        roles = [one for one in unit.relations.roles([party], known_at) if holds(one, on)]
        return Sheet(
            party=party, name=name if reveal else shown_name(party, kind, name), kind=kind, on=on.isoformat(),
            profile={key: value for key, value in profile.items() if key != "kind"}, size=_size(kind, profile, on),
            steps=[_step(step, held) for step in steps_of(kind)], identifiers=_identifiers(held, reveal),
            roles=[{"id": one.role_id, "role": one.role, "since": one.since.isoformat()} for one in roles],
            links=[_link(one, party, names) for one in links],
            shared=[row | {"name": names[row["party"]]} for row in shared], crowded=crowded,
            group=_group(unit, party, on, known_at),
        )  # fmt: skip


def find_party(*, books: Books, by: Actor, value: str, kind: str = "") -> list[Found]:
    """Who ever held this value, in any typing, or is called so. Without `kind` it is looked for as all it can be."""
    if kind not in ("", NAME, *HOLDABLE):
        raise BadInput("unknown_identifier", f"no party is known by {kind!r}", hint=", ".join((NAME, *HOLDABLE)))
    asked = _readings(value, kind)
    with books.unit(by.tenant) as unit:
        rows: dict[tuple[str, str], Held | None] = {}
        for held in unit.relations.held_by(asked):
            rows |= {(one.party, one.kind): one for one in held}
        if kind in ("", NAME):
            rows |= {(party, NAME): None for party in unit.parties.named(value)}
        if is_valid("uscc", value) and unit.parties.sources([normal(value)]):
            rows.setdefault((normal(value), "uscc"), None)
        parties = sorted({party for party, _ in rows})
        kinds, names = unit.relations.profiles(parties), _names(unit, parties)
    return [
        Found(
            party, names[party], kinds.get(party, {}).get("kind"), by_what,
            held.since.isoformat() if held else None, held.until.isoformat() if held and held.until else None,
        )
        for (party, by_what), held in sorted(rows.items(), key=lambda row: row[0])
    ]  # fmt: skip


def list_parties(
    *, books: Books, by: Actor, kind: str = "", role: str = "", most: int = MOST_LISTED
) -> list[dict[str, Any]]:
    """The first `most` parties, of a kind or with a role where one is named, with the roles they play today."""
    today = books.today()
    with books.unit(by.tenant) as unit:
        parties = unit.parties.ids()
        kinds = {party: body.get("kind") for party, body in unit.relations.profiles(parties).items()}
        roles: dict[str, list[str]] = {party: [] for party in parties}
        for one in unit.relations.roles(parties):
            if holds(one, today) and one.role not in roles[one.party]:
                roles[one.party].append(one.role)
        fits = (one for one in parties if kind in ("", kinds.get(one)) and (not role or role in roles[one]))
        shown = list(islice(fits, most))
        sources, names = unit.parties.sources(shown), _names(unit, shown)
    return [
        {"party": one, "name": names[one], "kind": kinds.get(one), "roles": roles[one], "source": sources[one]}
        for one in shown
    ]


def _readings(value: str, kind: str) -> list[tuple[str, str]]:
    """(kind, written form) of all that was asked for. BadInput where it is not of the kind that was named."""
    if kind and kind != NAME:
        read = read_particular(kind, value)
        return [(one, read.value) for one in (read.kind, *ONE_NUMBER.get(read.kind, ()))]
    found = []
    for one in ("company_name", "person_name") if kind == NAME else HOLDABLE:
        if one in PARTICULARS and one not in _FREE:
            continue
        try:
            read = read_particular(one, value)
        except BadInput:
            continue
        found.append((read.kind, read.value))
    return list(dict.fromkeys(found))


def _names(unit: Unit, parties: Iterable[str]) -> dict[str, str]:
    """Names as lists show them."""
    wanted = sorted(parties)
    profiles = unit.relations.profiles(wanted)
    return {
        party: shown_name(party, profiles.get(party, {}).get("kind"), name)
        for party, name in unit.parties.names(wanted).items()
    }


def _size(kind: str | None, profile: Mapping[str, Any], on: date) -> dict[str, Any] | None:
    """The size class of a business whose industry is known. `possible` has one class where it is certain."""
    if kind in (None, PERSON) or "industry" not in profile:
        return None
    staff, revenue, assets = (profile.get(name) for name in ("staff", "revenue", "assets"))
    try:
        found = size_class(profile["industry"], staff, revenue, assets, on)
    except Refusal as refusal:
        return {"class": None, "possible": [], "missing": [], "sure": False, "because": refusal.message}
    return {
        "class": found.known, "possible": list(found.possible), "missing": list(found.missing), "sure": found.sure,
        "because": found.because,
    }  # fmt: skip


def _step(step: Step, held: Sequence[Held]) -> dict[str, Any]:
    """Proved where something it asks for was heard from where it asks to hear it; told where from anybody else."""
    there = [one for one in held if one.kind in step.any_of]
    proved = [one for one in there if one.source == step.proof]
    state = "proved" if proved else "told" if there else "missing"
    return {
        "step": step.name, "zh": step.zh, "en": step.en, "state": state, "proof": step.proof,
        "any_of": list(step.any_of), "by": sorted({one.kind for one in proved or there}),
    }  # fmt: skip


def _identifiers(held: Sequence[Held], reveal: bool) -> list[dict[str, Any]]:
    """A line for each value, whoever told it."""
    lines: dict[tuple[str, str], list[Held]] = {}
    for one in held:
        lines.setdefault((one.kind, one.value), []).append(one)
    return [
        {
            "id": rows[0].identifier_id, "kind": kind, "value": value if reveal else mask(kind, value),
            "since": min(row.since for row in rows).isoformat(), "until": _until(rows),
            "sources": sorted({row.source for row in rows}),
        }
        for (kind, value), rows in lines.items()
    ]  # fmt: skip


def _until(rows: Sequence[Held | Link]) -> str | None:
    days = [row.until for row in rows]
    return None if None in days else max(day for day in days if day).isoformat()


def _link(link: Link, party: str, names: Mapping[str, str]) -> dict[str, Any]:
    other = link.other_than(party)
    return {
        "id": link.link_id, "kind": link.kind, "direction": "to" if link.party == party else "from", "party": other,
        "name": names[other], "share": None if link.share is None else format(link.share.normalize(), "f"),
        "since": link.since.isoformat(), "until": _until([link]), "source": link.source,
    }  # fmt: skip


def _shared(
    unit: Unit, party: str, held: Sequence[Held], on: date, known_at: datetime | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    kinds = {one.identifier_id: one.kind for one in held if one.kind in SHARED}
    ours = {(one.kind, one.value): one for one in held if one.kind in SHARED}
    shared: list[dict[str, Any]] = []
    crowded: list[dict[str, Any]] = []
    for identifier_id, count, others in unit.relations.sharing(list(ours.values()), on, known_at, MOST):
        kind = kinds[identifier_id]
        if count > MOST:
            crowded.append({"kind": kind, "id": identifier_id, "parties": count})
        else:
            shared += [{"kind": kind, "id": identifier_id, "party": other} for other in others if other != party]
    return shared, crowded


def _group(unit: Unit, party: str, on: date, known_at: datetime | None) -> Group:
    """Of the party that was kept, where this one was merged into another."""
    control, least = threshold("control_share", on), threshold("beneficial_share", on)
    if control is None:
        return Group([party], True, None, False, f"no control_share is in force on {on}")
    party = members_of(unit, [party], known_at)[party][0]
    tied = tied_to(unit, [party], on, control.share, known_at)[party]
    kept = sorted(tied.members, key=lambda one: (one != party, one))[:LARGEST]
    people = beneficial_owners(party, tied.links.values(), on, least.share) if least else {}
    kinds = unit.relations.profiles(list(people), on, known_at)
    return Group(
        sorted(kept), tied.complete, format(control.share.normalize(), "f"), control.sure,
        control.because if tied.complete else f"cut at {DEEPEST} steps or {LARGEST} parties; {control.because}",
        [(one, format(share.normalize(), "f")) for one, share in people.items() if _natural(kinds.get(one, {}))],
        format(least.share.normalize(), "f") if least else None,
    )  # fmt: skip


def _natural(profile: Mapping[str, Any]) -> bool:
    """A person, or somebody whose business is himself: nobody owns these."""
    kind = profile.get("kind")
    return kind == PERSON or (kind is not None and kind in _HOUSEHOLDS)


_HOUSEHOLDS = (PartyKind.SELF_EMPLOYED, PartyKind.FARM_ORDINARY, PartyKind.FARM_PROFESSIONAL)
