"""Parties: the businesses and people that a client brings."""

from typing import Any

from fastapi import Response
from pydantic import BaseModel, Field

from zhiwei.borrower.told import Told
from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.pages import Cursor, Limit, Page, after, cursor_of
from zhiwei.interfaces.api.shapes import Day, Id, Shape, example
from zhiwei.journeys import know_party

room = Room("parties")


class Identifier(Shape):
    """`kind` as in the catalogue (uscc, phone, ...), `value` as it is written."""

    kind: str = Field(max_length=40)
    value: str = Field(max_length=200)


class NewParty(Shape):
    model_config = example(
        name="桂林市象山区某某五金店", kind="sole_trader", since="2019-05-01",
        identifiers=[{"kind": "uscc", "value": "91450300MA5KXXXX00"}],
    )  # fmt: skip

    name: str = Field(max_length=200)
    kind: str = Field(default="", max_length=40)
    since: Day
    identifiers: list[Identifier] = Field(default_factory=list, max_length=20)
    roles: list[str] = Field(default_factory=list, max_length=10)


class PartyKnown(BaseModel):
    party: Id
    new: bool
    warnings: list[str] = []


class PartyHeld(BaseModel):
    party: Id


@room.write("/parties", "parties:write", summary="Register a party 登记主体", response_model=PartyKnown)
def register(body: NewParty, caller: Calls, response: Response) -> Any:
    told = Told(
        name=body.name, since=body.since, kind=body.kind, roles=body.roles,
        identifiers=[(one.kind, one.value) for one in body.identifiers],
    )  # fmt: skip
    known = know_party(books=caller.books, by=caller.by, told=told)
    caller.hold(("party", known.party))
    response.headers["Location"] = f"/v1/parties/{known.party}"
    return PartyKnown(party=known.party, new=known.new, warnings=known.warnings)


@room.read("/parties", "parties:read", summary="The parties a client brought 主体列表", response_model=Page[PartyHeld])
def parties(caller: Calls, limit: Limit = 50, cursor: Cursor = "") -> Any:
    with caller.books.unit(caller.by.tenant) as unit:
        found = unit.clients.holdings(caller.client, "party", after(cursor), limit + 1)
    return Page[PartyHeld](
        items=[PartyHeld(party=one.id) for one in found[:limit]],
        next=cursor_of(found[limit - 1].number) if len(found) > limit else None,
    )
