"""Apply: who asked for what, when, and through which device, phone, address, account or agent, as hashes only."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from zhiwei.borrower.identity import normal
from zhiwei.borrower.particulars import plain_text, read_particular
from zhiwei.borrower.relations import SHARED, holds
from zhiwei.borrower.told import impersonal
from zhiwei.credit.antifraud.typologies.applications import HELD_AS, KINDS
from zhiwei.journeys.deciding.news import application_received
from zhiwei.journeys.network import Application
from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books, Unit
from zhiwei.journeys.products import published
from zhiwei.values import Actor, BadInput, NotFound, Refusal, identifier

MOST = 20  # things one application comes with
LONGEST = 300


@dataclass(frozen=True, slots=True)
class CameWith:
    """`channel` is a word (counter, app, a partner's name); `things` are (kind, text) as somebody typed them."""

    channel: str = ""
    things: Sequence[tuple[str, str]] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Applied:
    """`kinds`: what it is known by, its party's own identifiers among them. `new` False: it was told before."""

    application: str
    party: str
    product: str
    applied_on: str
    kinds: tuple[str, ...]
    new: bool


def apply(*, books: Books, by: Actor, product: str, party: str, on: date, came_with: CameWith) -> Applied:
    """Keep an application. The same told again is the same one; no thing it came with is kept, shown or logged.

    BadInput names the kind that cannot be right, and never repeats it.
    """
    if on > books.today():
        raise Refusal("future_date", f"{on} is in the future", hint=f"today is {books.today()}")
    channel = impersonal("channel", came_with.channel) if came_with.channel else ""
    things = read_things(came_with.things)
    with books.unit(by.tenant) as unit:
        published(unit, product)
        if party not in unit.parties.sources([party]):
            raise NotFound("no_such_party", f"no party {party}")
        told = _application(unit, (party, product, on), channel, things, _held(unit, [party], on).get(party, []))
    kinds = sorted({kind for kind, _ in told.traces})
    request = {"party": party, "product": product, "on": on, "channel": channel, "kinds": kinds}
    with step(books, by, "apply", f"apply:{told.application_id}", request) as current:
        if current.earlier is None:
            new = current.unit.applications.add([told], by.person) > 0
            current.unit.outbox.tell([application_received(told)])
            done = Applied(told.application_id, party, product, on.isoformat(), tuple(kinds), new)
            current.result = {**asdict(done), "kinds": kinds}
            return done
        return Applied(**{**current.earlier, "kinds": tuple(current.earlier["kinds"]), "new": False})


def who_is_asked_about_applied(unit: Unit, by: Actor, product: str, parties: Sequence[str], on: date) -> int:
    """An application of each party, by what is known of it, where none of that product and day was told."""
    silent = sorted(set(parties) - unit.applications.told(parties, product, on))
    held = _held(unit, silent, on)
    made = [_application(unit, (party, product, on), "", (), held.get(party, [])) for party in silent]
    unit.outbox.tell(map(application_received, made))
    return unit.applications.add(made, by.person)


def read_things(things: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each once, in its one written form: two who came with the same thing must look the same."""
    if len(things) > MOST:
        raise BadInput("too_many", f"an application comes with at most {MOST} things, not {len(things)}")
    return list(dict.fromkeys((kind, _read(kind, text)) for kind, text in things))


def _read(kind: str, text: str) -> str:
    if kind not in KINDS:
        raise BadInput("unknown_thing", f"no application comes with a {kind}", hint=", ".join(KINDS))
    if kind == "ip":
        try:
            return ipaddress.ip_address(text.strip()).compressed
        except ValueError:
            raise BadInput("bad_ip", "an ip is four numbers with dots, or hexadecimal with colons") from None
    if kind in ("device", "phone", "address"):
        return read_particular(kind, text).value
    plain = plain_text(kind, text, LONGEST)
    return normal(plain) if kind == "account" else plain.casefold()


def _held(unit: Unit, parties: Sequence[str], on: date) -> Mapping[str, list[tuple[str, str]]]:
    """Party -> the things it is known by on a day."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in unit.relations.identifiers(list(parties)) if parties else ():
        if one.kind in SHARED and holds(one, on):
            found.setdefault(one.party, []).append((HELD_AS[one.kind], one.value))
    return found


def _application(
    unit: Unit, what: tuple[str, str, date], channel: str, things: Sequence[tuple[str, str]],
    held: Sequence[tuple[str, str]],
) -> Application:  # fmt: skip
    """Its id follows from who, what, when and what it was told to come with, not from what the party holds by then."""
    party, product, on = what
    tokens = unit.applications.tokens([*things, *held])
    every = [(kind, token) for (kind, _), token in zip([*things, *held], tokens, strict=True)]
    told = sorted(every[: len(things)])
    traces = tuple(sorted(set(every)))
    return Application(identifier("app", party, product, on, channel, told), party, product, on, channel, traces)
