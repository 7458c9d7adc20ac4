"""Ask an outside company for a business's records, under its consent, and count every call.

Three steps: the call is written down and its consents are checked [commit]; the company is asked, with no transaction
open; what came is kept, or why nothing did [commit]. Where it is down and another is set up to stand in, the same goes
on with that one, as a call of its own. Cut off between the last two, nothing is kept, the call stays in
the table without an end, and the next call with the same key asks again: the company may count two.
"""

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from zhiwei.borrower import PURPOSES, require
from zhiwei.borrower.relations import holds
from zhiwei.journeys.borrower.records import Contents, Source, keep, readable, spent_by
from zhiwei.journeys.once import own_key, step
from zhiwei.journeys.ports import Books, Unit
from zhiwei.journeys.providers import Asking, Counted, Ended, Failing, Offered, Reply, Request
from zhiwei.values import Actor, BadInput, NotFound, Outage, Refusal, canonical


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to ask a source for: a party's records of the half-open window since <= day < until. No kinds: all that the
    source gives.
    """

    source: str
    party: str
    since: date
    until: date
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pulled:
    """`source` is who answered. `outcome` hit or empty; empty too where the company does not know the party. `rows` by
    kind. `new` False: this delivery had come before, and changed nothing. `cost` 分, for `tries` calls.
    """

    pull: str
    source: str
    party: str
    outcome: str
    delivery: str
    rows: dict[str, int]
    new: bool
    tries: int
    cost: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What asking a source came to until now, and whether it would be asked: its breaker closed | open | half_open,
    or '' where it is no longer set up. `hit_rate`: of those answered (查得率).
    """

    counted: Counted
    hit_rate: float | None
    breaker: str


@dataclass(frozen=True, slots=True)
class _Begun:
    pull_id: str
    source: str
    request: Request
    failing: Failing


@dataclass(frozen=True, slots=True)
class _Found:
    """What a call brought, read; `trouble` is raised once it is written down."""

    outcome: str
    contents: Contents
    trouble: Exception | None
    error: str


def pull_records(*, books: Books, by: Actor, key: str, wanted: Wanted) -> Pulled:
    """Ask, read and keep. The same key again answers the same without asking, once it was answered; until then it asks.

    Refusal where the party has not allowed a kind (nothing goes out) or the company will not; Outage where neither it
    nor who stands in for it answered, or is left alone because it kept failing; BadInput where its answer cannot be
    read. Each is in the table.
    """
    offered = books.providers.offered(wanted.source)
    wanted = replace(wanted, kinds=_kinds(offered, wanted.kinds))
    outages: list[Outage] = []
    instead_of = ""
    while True:
        try:
            return _ask(books, by, key, wanted, (offered, instead_of))
        except Outage as outage:
            outages.append(outage)
            if not offered.fallback:
                break
            instead_of, offered = offered.source, books.providers.offered(offered.fallback)
    if len(outages) == 1:
        raise outages[0]
    raise Outage("; ".join(map(str, outages))) from ExceptionGroup("all of them are down", outages)


def _ask(books: Books, by: Actor, key: str, wanted: Wanted, company: tuple[Offered, str]) -> Pulled:
    """Ask one company, which may stand in for another; its trouble is written down and raised."""
    offered, instead_of = company
    begun = _begin(books, by, key, wanted, (offered, instead_of))
    if isinstance(begun, Pulled):
        return begun
    reply = books.providers.ask(offered.source, begun.request, begun.failing)
    found = _read(books, offered.source, wanted, reply)
    if found.trouble is None:
        try:
            return _end(books, by, key, wanted, _call(begun, wanted, reply, found), (reply, found, offered))
        except Refusal as refusal:  # a consent that ended meanwhile, say
            found = _Found("refused", Contents({}), refusal, refusal.code)
    with books.unit(by.tenant) as unit:
        unit.pulls.end(_call(begun, wanted, reply, found))
        said = {**_request(wanted), "source": offered.source, "key": key, "error": found.error}
        unit.steps.audit(by, "pull_failed", [canonical(said)])
    assert found.trouble is not None
    raise found.trouble


def _kinds(offered: Offered, kinds: tuple[str, ...]) -> tuple[str, ...]:
    strange = [kind for kind in kinds if kind not in offered.kinds]
    if strange:
        raise BadInput(
            "bad_kind", f"{offered.source} gives no {', '.join(strange)}", hint=f"it gives {', '.join(offered.kinds)}"
        )
    return tuple(kind for kind in offered.kinds if kind in kinds or not kinds)


def _request(wanted: Wanted) -> dict[str, Any]:
    return asdict(wanted)


# --- before -----------------------------------------------------------------------------------------------------------


def _begin(books: Books, by: Actor, key: str, wanted: Wanted, company: tuple[Offered, str]) -> Pulled | _Begun:
    """The answer already given to this key, by whichever company; else the call, written down, with what allows it."""
    offered, instead_of = company
    with step(books, by, "ask_company", f"ask:{key}", _request(wanted)) as current:
        unit, party = current.unit, wanted.party
        earlier = unit.steps.answer(own_key("pull_records", f"pull:{key}"))
        if earlier is not None:
            return Pulled(**earlier)
        if party not in unit.parties.sources([party]):
            raise NotFound("no_such_party", f"no party {party}")
        consents = unit.parties.consents([party])
        spent = spent_by(unit, consents, party, key)
        used = tuple(require(consents, party, wanted.kinds, PURPOSES, books.today(), spent=spent))
        known_as = _known_as(unit, offered, party, books.today())
        request = Request(wanted.kinds, known_as, wanted.since, wanted.until, used)
        asking = Asking(key, offered.source, party, wanted.kinds, used, by.person, instead_of)
        return _Begun(unit.pulls.begin(asking), offered.source, request, unit.pulls.failing(offered.source))


def _known_as(unit: Unit, offered: Offered, party: str, today: date) -> str:
    """What the company knows the party by."""
    if not offered.identifier:
        return party
    held = [
        one.value for one in unit.relations.identifiers([party]) if one.kind == offered.identifier and holds(one, today)
    ]
    if len(set(held)) != 1:
        raise Refusal(
            "no_identifier", f"{offered.source} knows parties by their {offered.identifier}, and {party} has "
            + (f"{len(set(held))} of them" if held else "none"),
            hint="say which, by adding or ending an identifier of the party",
        )  # fmt: skip
    return held[0]


# --- after ------------------------------------------------------------------------------------------------------------


def _read(books: Books, source: str, wanted: Wanted, reply: Reply) -> _Found:
    """The answer as tables, of the kinds asked for and no others: who gives more than was allowed is not believed."""
    if reply.outcome == "empty":
        return _Found("empty", Contents({}), None, _code(reply.trouble))
    if reply.outcome != "hit":
        error = _code(reply.trouble) if reply.tries else "left_alone"
        return _Found(reply.outcome, Contents({}), reply.trouble, error)
    try:
        parsed = books.providers.read(source, reply.content, wanted.party)
        contents = readable(source, parsed).of(wanted.kinds)
    except Exception as trouble:  # noqa: BLE001 - whatever a strange file does to its reader: the call was made
        return _Found("failed", Contents({}), trouble, _code(trouble))
    return _Found("hit" if contents.tables else "empty", contents, None, "")


def _code(trouble: Exception | None) -> str:
    if trouble is None:
        return ""
    return trouble.code if isinstance(trouble, Refusal) else type(trouble).__name__.lower()


def _call(begun: _Begun, wanted: Wanted, reply: Reply, found: _Found) -> Ended:
    return Ended(
        begun.pull_id, begun.source, wanted.party, wanted.kinds, reply.asked_at, reply.answered_at, found.outcome,
        reply.cost, reply.tries, error=found.error,
    )  # fmt: skip


def _end(books: Books, by: Actor, key: str, wanted: Wanted, call: Ended, came: tuple[Reply, _Found, Offered]) -> Pulled:
    """Keep what came with the end of its call. Of two calls under one key at once, the second keeps nothing more."""
    reply, found, offered = came
    with step(books, by, "pull_records", f"pull:{key}", _request(wanted)) as current:
        delivery, new = "", False
        if found.contents:  # a report without a row says that there was nothing
            source = Source(offered.source, offered.file, hashlib.sha256(reply.content).hexdigest())
            delivery, new = keep(current.unit, books.today(), source, found.contents, key)
        current.unit.pulls.end(replace(call, delivery=delivery))
        rows = found.contents.rows
        if current.earlier is None:
            pulled = Pulled(
                call.pull_id, call.source, call.party, call.outcome, delivery, rows, new, call.tries, call.cost
            )
            current.result = asdict(pulled)
        return Pulled(**(current.earlier or current.result))


def pull_figures(*, books: Books, by: Actor) -> list[Standing]:
    """Every source that is set up or was ever asked."""
    with books.unit(by.tenant) as unit:
        counted = {one.source: one for one in unit.pulls.counted()}
        known = set(books.providers.sources())
        failing = {source: unit.pulls.failing(source) for source in known}
    nothing = (0, 0, 0, 0, 0, 0, 0, 0, None, "")
    return [
        _standing(
            counted.get(source) or Counted(source, *nothing),
            books.providers.state(source, failing[source]) if source in known else "",
        )
        for source in sorted(known | counted.keys())
    ]


def _standing(counted: Counted, breaker: str) -> Standing:
    answered = counted.hits + counted.empties
    return Standing(counted, counted.hits / answered if answered else None, breaker)
