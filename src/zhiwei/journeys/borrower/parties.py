"""Make parties known: who they are, what they hold, which roles they play, how they are tied, and until when."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from zhiwei.borrower import Party
from zhiwei.borrower.identity import IDENTIFIERS, is_valid, masked_text, normal
from zhiwei.borrower.particulars import ONE_NUMBER, Read, name_kind, plain_text, read_particular
from zhiwei.borrower.relations import LINKS, MUTUAL, ROLES, Held, Link, Role, covering, holds, owned_too_much
from zhiwei.borrower.told import Ready, Told, impersonal, made_ready, reasonable_day
from zhiwei.journeys.borrower.news import party_registered
from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import Actor, BadInput, NotFound, Refusal, canonical, digest, identifier

MOST_AT_ONCE = 10_000  # parties of one file
MOST_PROBLEMS = 20  # of one file that are named
LONGEST_REASON = 500
_UNSAID = datetime.min.replace(tzinfo=UTC)  # the store says when something was recorded


@dataclass(frozen=True, slots=True)
class Known:
    """`identifiers` and `roles` count what was new. `also`: other parties that hold a strong identifier of this one;
    they may be the same, and merging proposes it. `warnings` name a kind of identifier and what is odd about it.
    """

    party: str
    new: bool
    identifiers: int
    roles: int
    also: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Many:
    parties: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Said:
    """The id of a role or a link, by which it is ended; `new` is False where it was known."""

    id: str
    new: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """`ended` counts: a number that was told twice ends as a whole. 0 where this was said before."""

    what: str
    on: str
    ended: int


@dataclass(frozen=True, slots=True)
class Tie:
    """`party` owns, manages, guarantees, supplies, ... `other`; `share` only of who owns, 0 to 1."""

    party: str
    kind: str
    other: str
    since: date
    share: Decimal | None = None
    source: str = "told"


def know_party(*, books: Books, by: Actor, told: Told, key: str | None = None) -> Known:
    """Register a party, or more of one that is known. Its id is the USCC, else one that follows from `key`, else from
    name and identifiers: the same request again is the same party, and nothing but our keys leads from it to a person.
    """
    if key is not None:
        impersonal("key", key)
    ready = made_ready(told)
    with books.unit(by.tenant) as unit:
        party = _party_id(unit, ready, key)
        content = _mark(unit, ready.content())
        request = {"party": party, "kind": ready.kind, "identifiers": ready.kinds, "content": content}
        own = f"party told:{content}" if key is None else f"party:{key}"
        with step(books, by, "know_party", own, request) as current:
            if current.earlier is None:
                unit.relations.hold([party])
                [known] = _take(unit, by, [(party, ready)], books.today())
                current.result = _plain(known)
            return Known(**(current.earlier or current.result))


def know_parties(*, books: Books, by: Actor, told: Sequence[tuple[str, Told]]) -> Many:
    """Many parties at once, each with the place where it stands (row 3), all or none. BadInput names what is wrong."""
    if len(told) > MOST_AT_ONCE:
        raise BadInput(
            "too_many", f"{len(told):,} parties; {MOST_AT_ONCE:,} at once is the most", hint="split the file"
        )
    ready, problems = [], []
    for place, one in told:
        try:
            ready.append(made_ready(one))
            if not ready[-1].uscc and not ready[-1].given and not ready[-1].identifiers:
                raise _nothing_to_know_by()
        except BadInput as bad:
            problems.append((place, "", bad.message))
    if problems:
        more = f"; and {len(problems) - MOST_PROBLEMS} more" if len(problems) > MOST_PROBLEMS else ""
        said = "; ".join(f"{place}: {message}" for place, _, message in problems[:MOST_PROBLEMS])
        raise BadInput("bad_rows", said + more, hint="nothing was taken", errors=problems)
    with books.unit(by.tenant) as unit:
        every = [(_party_id(unit, one, None), one) for one in ready]
        content = _mark(unit, [one.content() for one in ready])
        request = {"parties": [party for party, _ in every], "content": content}
        with step(books, by, "know_parties", f"parties told:{content}", request) as current:
            if current.earlier is None:
                current.result = {"parties": [_plain(known) for known in _take(unit, by, every, books.today())]}
            return Many(**(current.earlier or current.result))


def add_identifiers(
    *, books: Books, by: Actor, party: str, identifiers: Sequence[tuple[str, str]], since: date, source: str = "told"
) -> Known:
    """More numbers, phones, addresses or papers of a party; those it holds already on that day change nothing."""
    found = [read_particular(kind, text) for kind, text in identifiers]
    if not found:
        raise BadInput("nothing_told", "no identifier is given")
    reasonable_day("since", since)
    impersonal("source", source)
    with books.unit(by.tenant) as unit:
        _require(unit, [party])
        content = _mark(unit, [party, since, source, sorted((one.kind, one.value) for one in found)])
        request = {"party": party, "identifiers": sorted(one.kind for one in found), "content": content}
        with step(books, by, "add_identifiers", f"identifiers:{content}", request) as current:
            if current.earlier is None:
                held = unit.relations.identifiers([party])
                _one_code(party, found, held, since)
                fresh = _fresh(unit, party, found, (since, source), held)
                count = unit.relations.add_identifiers(fresh, by.person)
                [also] = _also(unit, [(party, found)])
                current.result = _plain(Known(party, False, count, 0, also, _warnings(found)))
            return Known(**(current.earlier or current.result))


def play_role(*, books: Books, by: Actor, party: str, role: str, since: date, source: str = "told") -> Said:
    """From a day on a party plays a role, beside those it plays already."""
    if role not in ROLES:
        raise BadInput("unknown_role", f"no role is called {role!r}", hint=", ".join(ROLES))
    reasonable_day("since", since)
    impersonal("source", source)
    request = {"party": party, "role": role, "since": since, "source": source}
    with books.unit(by.tenant) as unit:
        _require(unit, [party])
        with step(books, by, "play_role", f"role:{digest(request)}", request) as current:
            if current.earlier is None:
                new = Role(identifier("rol", party, role, since, source), party, role, since, None, source, _UNSAID)
                old = covering([one for one in unit.relations.roles([party]) if one.role == role], since)
                count = 0 if old else unit.relations.add_roles([new], by.person)
                current.result = {"id": old.role_id if old else new.role_id, "new": bool(count)}
            return Said(**(current.earlier or current.result))


def link_parties(*, books: Books, by: Actor, tie: Tie) -> Said:
    """From a day on two parties are tied. Refusal where owners would hold more than all of a party on some day."""
    _check_tie(tie)
    if tie.kind in MUTUAL and tie.other < tie.party:
        tie = replace(tie, party=tie.other, other=tie.party)
    request = {name: getattr(tie, name) for name in ("party", "kind", "other", "share", "since", "source")}
    with books.unit(by.tenant) as unit:
        _require(unit, [tie.party, tie.other])
        with step(books, by, "link_parties", f"link:{digest(request)}", request) as current:
            if current.earlier is None:
                unit.relations.hold([tie.other])
                current.result = _tie(unit, by, tie)
            return Said(**(current.earlier or current.result))


def _tie(unit: Unit, by: Actor, tie: Tie) -> dict[str, Any]:
    links = unit.relations.links([tie.other])
    same = [one for one in links if (one.party, one.kind, one.other) == (tie.party, tie.kind, tie.other)]
    for one in same:
        if one.share and tie.share and one.share != tie.share and (one.until is None or tie.since < one.until):
            raise Refusal(
                "share_differs",
                f"{tie.party} owns {_percent(one.share)} of {tie.other} since {one.since}, not {_percent(tie.share)}",
                hint=f"end {one.link_id} on the day the share changed, then say the new one",
            )
    old = covering([one for one in same if one.share == tie.share or tie.share is None], tie.since)
    if old:
        return {"id": old.link_id, "new": False}
    link_id = identifier("lnk", tie.party, tie.kind, tie.other, tie.share, tie.since, tie.source)
    new = Link(link_id, tie.party, tie.kind, tie.other, tie.share, tie.since, None, tie.source, _UNSAID)
    if too_much := owned_too_much(links, new):
        raise Refusal(
            "owned_too_much", f"from {too_much[0]} the owners of {tie.other} would hold {_percent(too_much[1])} of it",
            hint="end the link of who sold, on the day of the sale",
        )  # fmt: skip
    return {"id": link_id, "new": bool(unit.relations.add_links([new], by.person))}


def end_what(*, books: Books, by: Actor, what: str, on: date, because: str) -> Ended:
    """From this day on an identifier, a role or a link is no more; on its first day: it never was. An end stands."""
    reasonable_day("on", on)
    because = masked_text(plain_text("reason", because, LONGEST_REASON))
    request = {"what": what, "on": on, "because": because}
    with books.unit(by.tenant) as unit:
        if (found := unit.relations.whose(what)) is None:
            raise NotFound("no_such_id", f"no identifier, role or link {what}", hint="`zhiwei party show` lists them")
        with step(books, by, "end_what", f"end:{digest(request)}", request) as current:
            if current.earlier is None:
                ended = [
                    unit.relations.end(one, on, because, by.person) for one in _to_end(unit, *found, what=what, on=on)
                ]
                current.result = {"what": what, "on": on.isoformat(), "ended": sum(ended)}
            return Ended(**(current.earlier or current.result))


def _to_end(unit: Unit, kind: str, party: str, *, what: str, on: date) -> list[str]:
    """The ids that end: of an identifier every row of the same value that holds on the day, whoever told it."""
    unit.relations.hold([party])
    rows: dict[str, Held | Role | Link]
    if kind == "identifier":
        rows = {one.identifier_id: one for one in unit.relations.identifiers([party])}
    elif kind == "role":
        rows = {one.role_id: one for one in unit.relations.roles([party])}
    else:
        rows = {one.link_id: one for one in unit.relations.links([party])}
    one = rows[what]
    if on < one.since:
        raise BadInput("bad_period", f"{what} holds from {one.since} and cannot end on {on}")
    if one.until is not None and one.until != on:
        raise Refusal("already_ended", f"{what} ended on {one.until}", hint="an end that was said stands")
    if not isinstance(one, Held):
        return [what] if one.until is None else []
    alike = (row for row in rows.values() if isinstance(row, Held) and (row.kind, row.value) == (one.kind, one.value))
    return [row.identifier_id for row in alike if row.until is None and row.since <= on]


def _take(unit: Unit, by: Actor, every: Sequence[tuple[str, Ready]], today: date) -> list[Known]:
    """Write what is new of all of them, in the order in which they are told."""
    parties = sorted({party for party, _ in every})
    known, old_names = set(unit.parties.sources(parties)), unit.parties.names(parties)
    profiles = unit.relations.profiles(parties)
    held: dict[str, list[Held]] = defaultdict(list)
    roles: dict[str, list[Role]] = defaultdict(list)
    for one in unit.relations.identifiers(parties):
        held[one.party].append(one)
    for role in unit.relations.roles(parties):
        roles[role.party].append(role)
    if nameless := [party for party, ready in every if not ready.name and party not in known]:
        raise NotFound("no_such_party", f"no party is called {nameless[0]}", hint="a new one has a name")
    unit.parties.add([Party(party, ready.name, ready.source) for party, ready in every if ready.name])
    counts = []
    for party, ready in every:
        told = list(ready.identifiers)
        old = profiles.get(party, {})
        body = old | ready.body
        if "kind" not in body:
            raise BadInput("no_kind", f"what kind of party is {party}?", hint="say its kind; a USCC would tell")
        if ready.name and normal(old_names.setdefault(party, ready.name)) != normal(ready.name):
            told.append(Read(name_kind(body["kind"]), ready.name))
        if {**body, "since": ""} != {**old, "since": ""}:
            profiles[party] = body | {"since": ready.since.isoformat()}
            unit.relations.profile(party, profiles[party], by.person)
        _one_code(party, told, held[party], ready.since)
        fresh = _fresh(unit, party, told, (ready.since, ready.source), held[party])
        held[party] += fresh
        played = [
            Role(identifier("rol", party, name, ready.since, ready.source), party, name, ready.since, None,
                 ready.source, _UNSAID)
            for name in ready.roles
            if not covering([role for role in roles[party] if role.role == name], ready.since)
        ]  # fmt: skip
        roles[party] += played
        added = unit.relations.add_identifiers(fresh, by.person), unit.relations.add_roles(played, by.person)
        counts.append((party not in known, *added))
        known.add(party)
    unit.outbox.tell(party_registered(party, today) for (party, _), (new, *_) in zip(every, counts, strict=True) if new)
    also = _also(unit, [(party, ready.identifiers) for party, ready in every])
    return [
        Known(party, *count, others, [*ready.warnings, *_warnings(ready.identifiers)])
        for (party, ready), count, others in zip(every, counts, also, strict=True)
    ]


def _fresh(
    unit: Unit, party: str, told: Iterable[Read], said: tuple[date, str], held: Sequence[Held]
) -> list[Held]:  # fmt: skip
    """Rows for what the party does not hold yet by this source on that day. Their ids tell nothing of the value."""
    since, source = said
    new = [
        one
        for one in dict.fromkeys(told)
        if not covering(
            [row for row in held if (row.kind, row.value, row.source) == (one.kind, one.value, source)], since
        )
    ]
    marks = unit.relations.fingerprints([canonical([party, one.kind, one.value, since, source]) for one in new])
    return [
        Held(f"idn_{mark[:20]}", party, one.kind, one.value, since, None, source, _UNSAID)
        for one, mark in zip(new, marks, strict=True)
    ]


def _also(unit: Unit, told: Sequence[tuple[str, Iterable[Read]]]) -> list[list[str]]:
    """For each party: who else ever held one of its strong identifiers, under whichever kind it was told."""
    asked, of = [], []
    for number, (_, found) in enumerate(told):
        for one in found:
            if one.kind in IDENTIFIERS and IDENTIFIERS[one.kind].strong:
                kinds = (one.kind, *ONE_NUMBER.get(one.kind, ()))
                asked += [(kind, one.value) for kind in kinds]
                of += [number] * len(kinds)
    others: list[set[str]] = [set() for _ in told]
    for number, rows in zip(of, unit.relations.held_by(asked), strict=True):
        others[number] |= {row.party for row in rows} - {told[number][0]}
    return [sorted(some) for some in others]


def _party_id(unit: Unit, ready: Ready, key: str | None) -> str:
    if ready.given or ready.uscc:
        return ready.given or ready.uscc
    if key is not None:
        return f"par_{_mark(unit, ['key', key])[:20]}"
    if not ready.identifiers:
        raise _nothing_to_know_by()
    identifiers = sorted((one.kind, one.value) for one in ready.identifiers)
    return f"par_{_mark(unit, ['told', normal(ready.name), identifiers])[:20]}"


def _nothing_to_know_by() -> BadInput:
    return BadInput(
        "nothing_to_know_by", "a name alone does not tell one party from another", hint="give an identifier, or a key"
    )


def _mark(unit: Unit, content: Any) -> str:
    """A keyed hash of what may be personal, for ids, keys and the audit."""
    return unit.relations.fingerprints([digest(content)])[0]


def _require(unit: Unit, parties: Sequence[str]) -> None:
    for party in parties:
        if party not in unit.parties.sources([party]):
            raise NotFound(
                "no_such_party", f"no party is called {masked_text(party)}", hint="`zhiwei party find` looks for one"
            )


def _check_tie(tie: Tie) -> None:
    if tie.kind not in LINKS:
        raise BadInput("unknown_link", f"no link is called {tie.kind!r}", hint=", ".join(LINKS))
    if tie.party == tie.other:
        raise Refusal("linked_to_itself", f"{masked_text(tie.party)} cannot be linked to itself")
    if tie.share is not None and tie.kind != "owns":
        raise BadInput("bad_share", f"{tie.kind} has no share", hint="only who owns has one")
    if tie.share is not None and not (0 < tie.share <= 1 and tie.share == round(tie.share, 6)):
        raise BadInput("bad_share", "a share is more than 0 and at most 1, with six decimals at most", hint="0.51")
    reasonable_day("since", tie.since)
    impersonal("source", tie.source)


def _percent(share: Decimal) -> str:
    return f"{share.normalize():%}"


def _one_code(party: str, told: Iterable[Read], held: Iterable[Held], on: date) -> None:
    """A 统一社会信用代码 is for life, and nobody has two."""
    codes = {one.value for one in told if one.kind == "uscc"}
    if codes:
        codes |= {one.value for one in held if one.kind == "uscc" and holds(one, on)}
        codes |= {party} if is_valid("uscc", party) else set()
    if len(codes) > 1:
        raise Refusal(
            "two_codes",
            f"{party} has another 统一社会信用代码",
            hint="end a wrong one on its first day; else it is another",
        )


def _warnings(found: Iterable[Read]) -> list[str]:
    return sorted({f"{one.kind}: {warning}" for one in found for warning in one.warnings})


def _plain(known: Known) -> dict[str, Any]:
    return {name: getattr(known, name) for name in ("party", "new", "identifiers", "roles", "also", "warnings")}
