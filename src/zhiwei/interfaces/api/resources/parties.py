"""Parties: the businesses and people that a client brings, what they hold, which roles they play, how they are tied.

What a client tells is kept under its own name, and that alone is shown to it: what others told of the same business,
and who else is tied to it, is not there for it.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Response
from pydantic import BaseModel, Field

from zhiwei.borrower.particulars import HOLDABLE
from zhiwei.borrower.relations import LINKS, ROLES, holds
from zhiwei.borrower.told import KINDS_OF_PARTY, Profile, Told
from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.pages import Cursor, Limit, Page, after, cursor_of
from zhiwei.interfaces.api.shapes import LINE, WHOLE, Day, Id, Money, Shape, example, one_of
from zhiwei.journeys import Tie, add_identifiers, know_parties, know_party, link_parties, party_sheet, play_role

room = Room("parties")
MOST_AT_ONCE = 1_000
Share = Annotated[str, Field(max_length=8, pattern=r"^(0\.[0-9]*[1-9][0-9]*|1)$", description="0.51 is 51 %.")]


Role = Annotated[str, Field(max_length=40, json_schema_extra=one_of(ROLES))]


class Identifier(Shape):
    """`kind` as in the catalogue (uscc, phone, ...), `value` as it is written."""

    kind: str = Field(max_length=40, json_schema_extra=one_of(HOLDABLE))
    value: str = Field(max_length=200, json_schema_extra={"minLength": 1, "pattern": LINE})


class Particulars(Shape):
    """`region` of GB/T 2260, `industry` of GB/T 4754; `revenue` of a year. What is not known is left out."""

    region: Annotated[str, Field(max_length=12, json_schema_extra={"pattern": "^([0-9]{6})?$"})] | None = None
    industry: Annotated[str, Field(max_length=12, json_schema_extra={"pattern": "^([A-T]?[0-9]{2,4})?$"})] | None = None
    opened_on: Day | None = None
    staff: Annotated[int, Field(strict=True, ge=0, le=10_000_000), WHOLE] | None = None
    revenue: Money | None = None
    assets: Money | None = None


class NewParty(Shape):
    model_config = example(
        name="桂林市象山区某某五金店", kind="sole_trader", since="2019-05-01",
        identifiers=[{"kind": "uscc", "value": "92450300MA5XXXXX6K"}], profile={"region": "450304", "staff": 3},
    )  # fmt: skip

    name: str = Field(max_length=200, json_schema_extra={"minLength": 1, "pattern": LINE})
    kind: str = Field(default="", max_length=40, json_schema_extra=one_of(("", *KINDS_OF_PARTY)))
    since: Day
    identifiers: list[Identifier] = Field(default_factory=list, max_length=20)
    roles: list[Role] = Field(default_factory=list, max_length=10)
    profile: Particulars | None = None


class NewParties(Shape):
    model_config = example(
        parties=[{"name": "某某五金店", "since": "2019-05-01", "kind": "sole_trader",
                  "identifiers": [{"kind": "mobile", "value": "13800138000"}]}]
    )  # fmt: skip

    parties: list[NewParty] = Field(min_length=1, max_length=MOST_AT_ONCE)


class PartyKnown(BaseModel):
    """`new`: this client had not brought it before. `warnings` name a kind of identifier and what is odd about it."""

    party: Id
    new: bool
    warnings: list[str] = []


class PartiesKnown(BaseModel):
    """In the order in which they were told."""

    parties: list[PartyKnown]


class PartyHeld(BaseModel):
    party: Id


class IdentifierShown(BaseModel):
    """`value` is masked; `until`: the first day it is no more."""

    id: Id
    kind: str
    value: str
    since: date
    until: date | None


class RolePlayed(BaseModel):
    id: Id
    role: str
    since: date


class LinkShown(BaseModel):
    """`direction` to: this party owns, guarantees, ... the other; from: the other this one."""

    id: Id
    kind: str
    direction: str
    other: Id
    share: str | None
    since: date
    until: date | None


class StepShown(BaseModel):
    """A step by which a party of its kind proves who it is: proved, told or missing; done by any one of `any_of`."""

    step: str
    zh: str
    en: str
    state: str
    any_of: list[str]


class PartySheet(BaseModel):
    """Today, as this client told it. A person's name is masked, and so are all numbers of persons."""

    party: Id
    name: str
    kind: str | None
    on: date
    steps: list[StepShown]
    identifiers: list[IdentifierShown]
    roles: list[RolePlayed]
    links: list[LinkShown]


class MoreIdentifiers(Shape):
    model_config = example(identifiers=[{"kind": "mobile", "value": "13800138000"}], since="2026-01-01")

    identifiers: list[Identifier] = Field(min_length=1, max_length=20)
    since: Day


class NewRole(Shape):
    model_config = example(role="supplier", since="2026-01-01")

    role: Role
    since: Day


class NewLink(Shape):
    """The party owns, manages, guarantees, supplies, ... `other`. `share`: only of who owns."""

    model_config = example(kind="owns", other="late", share="0.51", since="2026-01-01")

    kind: str = Field(max_length=40, json_schema_extra=one_of(LINKS))
    other: Id
    share: Share | None = None
    since: Day


class Taken(BaseModel):
    """`id` names it; `new` false: it was known."""

    id: Id
    new: bool


class IdentifiersTaken(BaseModel):
    """How many were new, and what is odd about any, by its kind."""

    new: int
    warnings: list[str]


@room.write("/parties", "parties:write", summary="Register a party 登记主体", response_model=PartyKnown)
def register_party(body: NewParty, caller: Calls, response: Response) -> Any:
    known = know_party(books=caller.books, by=caller.by, told=_told(body, caller))
    [new] = _held(caller, [known.party])
    response.headers["Location"] = f"/v1/parties/{known.party}"
    return PartyKnown(party=known.party, new=new, warnings=known.warnings)


@room.write("/parties/many", "parties:write", summary="Register many parties 批量登记", response_model=PartiesKnown)
def register_parties(body: NewParties, caller: Calls) -> Any:
    """All of them or none; what is wrong is told by its place."""
    told = [(f"parties[{place}]", _told(one, caller)) for place, one in enumerate(body.parties)]
    found = know_parties(books=caller.books, by=caller.by, told=told).parties
    news = _held(caller, [one["party"] for one in found])
    return PartiesKnown(
        parties=[PartyKnown(party=one["party"], new=new, warnings=one["warnings"])
                 for one, new in zip(found, news, strict=True)]
    )  # fmt: skip


@room.read("/parties", "parties:read", summary="The parties a client brought 主体列表", response_model=Page[PartyHeld])
def list_parties(caller: Calls, limit: Limit = 50, cursor: Cursor = "") -> Any:
    with caller.books.unit(caller.by.tenant) as unit:
        found = unit.clients.holdings(caller.client, "party", after(cursor), limit + 1)
    return Page[PartyHeld](
        items=[PartyHeld(party=one.id) for one in found[:limit]],
        next=cursor_of(found[limit - 1].number) if len(found) > limit else None,
    )


@room.read("/parties/{party}", "parties:read", summary="A party 主体", response_model=PartySheet)
def get_party(party: Id, caller: Calls) -> Any:
    caller.may_see("party", party)
    today = caller.books.today()
    found = party_sheet(books=caller.books, by=caller.by, party=party, on=today)
    with caller.books.unit(caller.by.tenant) as unit:
        roles = [one for one in unit.relations.roles([party]) if one.source == caller.client and holds(one, today)]
        mine = unit.clients.held(caller.client, "party", [one["party"] for one in found.links])
    told = {one["kind"] for one in found.identifiers if caller.client in one["sources"]}
    return PartySheet(
        party=party, name=found.name, kind=found.kind, on=today,
        steps=[StepShown(state=one["state"] if told.intersection(one["any_of"]) else "missing",
                         **{name: one[name] for name in ("step", "zh", "en", "any_of")}) for one in found.steps],
        identifiers=[IdentifierShown(**{name: one[name] for name in ("id", "kind", "value", "since", "until")})
                     for one in found.identifiers if caller.client in one["sources"]],
        roles=[RolePlayed(id=one.role_id, role=one.role, since=one.since) for one in roles],
        links=[LinkShown(other=one["party"], **{name: one[name] for name in (
                   "id", "kind", "direction", "share", "since", "until")})
               for one in found.links if one["party"] in mine and one["source"] == caller.client],
    )  # fmt: skip


@room.write(
    "/parties/{party}/identifiers",
    "parties:write",
    summary="More identifiers 补充标识",
    response_model=IdentifiersTaken,
)
def identify_party(party: Id, body: MoreIdentifiers, caller: Calls) -> Any:
    caller.may_see("party", party)
    known = add_identifiers(
        books=caller.books, by=caller.by, party=party, identifiers=[(one.kind, one.value) for one in body.identifiers],
        since=body.since, source=caller.client,
    )  # fmt: skip
    return IdentifiersTaken(new=known.identifiers, warnings=known.warnings)


@room.write("/parties/{party}/roles", "parties:write", summary="Play a role 角色", response_model=Taken)
def give_role(party: Id, body: NewRole, caller: Calls) -> Any:
    caller.may_see("party", party)
    said = play_role(books=caller.books, by=caller.by, party=party, role=body.role, since=body.since,
                     source=caller.client)  # fmt: skip
    return Taken(id=said.id, new=said.new)


@room.write("/parties/{party}/links", "parties:write", summary="Tie two parties 关联", response_model=Taken)
def link_party(party: Id, body: NewLink, caller: Calls) -> Any:
    """Both of them are this client's."""
    caller.may_see("party", party)
    caller.may_see("party", body.other)
    share = None if body.share is None else Decimal(body.share)
    tie = Tie(party, body.kind, body.other, body.since, share, caller.client)
    said = link_parties(books=caller.books, by=caller.by, tie=tie)
    return Taken(id=said.id, new=said.new)


def _told(body: NewParty, caller: Calls) -> Told:
    return Told(
        name=body.name, since=body.since, kind=body.kind, roles=body.roles, source=caller.client,
        identifiers=[(one.kind, one.value) for one in body.identifiers], profile=_profile(body.profile),
    )  # fmt: skip


def _profile(said: Particulars | None) -> Profile:
    if said is None:
        return Profile()
    revenue, assets = (None if one is None else one.amount for one in (said.revenue, said.assets))
    return Profile(said.region, said.industry, said.opened_on, said.staff, revenue, assets)


def _held(caller: Calls, parties: list[str]) -> list[bool]:
    """They are this client's from now on; -> whether each was not before."""
    with caller.books.unit(caller.by.tenant) as unit:
        before = unit.clients.held(caller.client, "party", parties)
    caller.hold(*(("party", one) for one in dict.fromkeys(parties)))
    return [one not in before for one in parties]
