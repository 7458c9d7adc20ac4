"""Sandboxes: a client makes them for itself; from inside one it looks around and lets time pass."""

from datetime import date
from typing import Annotated, Any

from fastapi import Request, Response
from pydantic import BaseModel, BeforeValidator, Field

from zhiwei.interfaces.api.access.turns import Turns
from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.pages import Page
from zhiwei.interfaces.api.shapes import Day, Id, Shape, as_day, example
from zhiwei.journeys.sandboxes import (
    EARLIEST,
    LATEST,
    STARTS_ON,
    Grounds,
    NewSandbox,
    SandboxMade,
    end_sandbox,
    look_at_sandbox,
    make_sandbox,
    move_clock,
    renew_test_key,
    sandboxes,
)

room = Room("sandboxes")
SCOPE = "sandboxes:use"
_turns = Turns(at_once=4, waiting=0, seconds=0)  # sandboxes made and moved, in a process: each takes seconds


class WantedSandbox(Shape):
    """`name` becomes a part of the sandbox's id."""

    model_config = example(name="shop")

    name: Annotated[str, Field(min_length=1, max_length=20, pattern="^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")] = "trial"
    starts_on: Annotated[
        date,
        Field(ge=EARLIEST, le=LATEST, description="Its first day: records of three years go before it.",
              json_schema_extra={"pattern": "^20(2[4-9]|3[0-5])-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"}),
        BeforeValidator(as_day),
    ] = STARTS_ON  # fmt: skip


class SandboxKey(BaseModel):
    """`test_key` is told once: `Authorization: Bearer <test_key>`; null where this was answered before."""

    sandbox: Id
    client: Id
    today: Day
    test_key: str | None


class SandboxHeld(BaseModel):
    sandbox: Id
    made_on: Day
    ended: bool


class Scripted(BaseModel):
    """A borrower that follows a script. `product`: what it is to apply for."""

    party: Id
    product: str
    records: list[str]
    zh: str
    en: str


class SourceSeen(BaseModel):
    """An outside company of this sandbox. `pulls`: times it was asked; `failures` of them it did not answer."""

    source: str
    pulls: int
    calls: int
    hits: int
    failures: int
    breaker: str


class SandboxSeen(BaseModel):
    """Days before `today` are closed. Nothing in it is real."""

    sandbox: Id
    starts_on: Day
    today: Day
    borrowers: list[Scripted]
    sources: list[SourceSeen]


class ClockWanted(Shape):
    model_config = example(to="2026-03-31")

    to: Day


class ClockAnswer(BaseModel):
    """`days` were lived and closed."""

    sandbox: Id
    was: Day
    today: Day
    days: int


def _grounds(request: Request) -> Grounds:
    found: Grounds = request.app.state.setting.admission.tenants
    return found


@room.write("/sandboxes", SCOPE, told_once=("test_key",), response_model=SandboxKey, summary="Make a sandbox 建沙箱")
def create_sandbox(body: WantedSandbox, caller: Calls, request: Request, response: Response) -> Any:
    """A tenant of its own with four scripted borrowers, a simulated today and a plain test key. Five a client."""
    with caller.books.unit(caller.by.tenant) as unit:
        terms = unit.clients.terms(caller.client)
    assert terms is not None
    wanted = NewSandbox(body.name, terms.scopes, caller.client, terms.jwks, terms.thumbprints, body.starts_on)
    with _turns.one("sandboxes are being made"):
        made = make_sandbox(books=caller.books, by=caller.by, key=caller.key, grounds=_grounds(request), wanted=wanted)
    response.headers["Location"] = f"/v1/sandboxes/{made.sandbox}"
    return _key(made)


@room.read("/sandboxes", SCOPE, response_model=Page[SandboxHeld], summary="A client's sandboxes 沙箱列表")
def list_sandboxes(caller: Calls) -> Any:
    found = sandboxes(books=caller.books, by=caller.by, client=caller.client)
    items = [SandboxHeld(sandbox=one.sandbox, made_on=one.since.date(), ended=one.ended) for one in found]
    return Page[SandboxHeld](items=items, next=None)


@room.write("/sandboxes/{sandbox}/test-keys", SCOPE, told_once=("test_key",), response_model=SandboxKey,
            summary="A new test key 更换测试密钥")  # fmt: skip
def create_test_key(sandbox: Id, caller: Calls, request: Request) -> Any:
    """Those before it open nothing any more."""
    grounds = _grounds(request)
    return _key(
        renew_test_key(books=caller.books, by=caller.by, grounds=grounds, sandbox=sandbox, client=caller.client)
    )


@room.write("/sandboxes/{sandbox}/end", SCOPE, status=200, response_model=SandboxHeld, summary="End a sandbox 结束沙箱")
def finish_sandbox(sandbox: Id, caller: Calls, request: Request) -> Any:
    """Nobody gets in any more, and the client may make another one."""
    grounds = _grounds(request)
    ended = end_sandbox(books=caller.books, by=caller.by, grounds=grounds, sandbox=sandbox, client=caller.client)
    return SandboxHeld(sandbox=ended.sandbox, made_on=ended.since.date(), ended=ended.ended)


@room.read("/sandbox", SCOPE, response_model=SandboxSeen, summary="The sandbox one calls from 当前沙箱")
def get_sandbox(caller: Calls, request: Request) -> Any:
    """Its today, and who lives there: each with what its script lets it do by itself."""
    found = look_at_sandbox(books=caller.books, by=caller.by, grounds=_grounds(request))
    borrowers = [
        Scripted(party=one.party, product=one.product, records=list(one.records), zh=one.zh, en=one.en)
        for one in found.borrowers
    ]
    sources = [
        SourceSeen(source=one.counted.source, pulls=one.counted.pulls, calls=one.counted.calls, hits=one.counted.hits,
                   failures=one.counted.failures, breaker=one.breaker)
        for one in found.sources
    ]  # fmt: skip
    first, today = date.fromisoformat(found.starts_on), date.fromisoformat(found.today)
    return SandboxSeen(sandbox=found.sandbox, starts_on=first, today=today, borrowers=borrowers, sources=sources)


@room.write("/sandbox/clock", SCOPE, status=200, response_model=ClockAnswer, summary="Let time pass 拨快时钟")
def advance_clock(body: ClockWanted, caller: Calls, request: Request) -> Any:
    """Until the morning of a day: the borrowers act, and each day before it is closed. At most 400 days at once, which
    take some 20 seconds; GET /v1/sandbox tells meanwhile how far it is, and the same call again goes on.
    """
    with _turns.one("clocks of sandboxes are being moved"):
        moved = move_clock(books=caller.books, by=caller.by, grounds=_grounds(request), to=body.to)
    return ClockAnswer(sandbox=moved.sandbox, was=moved.was, today=moved.today, days=moved.days)  # type: ignore[arg-type]


def _key(made: SandboxMade) -> SandboxKey:
    return SandboxKey(sandbox=made.sandbox, client=made.client, today=made.today, test_key=made.test_key or None)  # type: ignore[arg-type]
