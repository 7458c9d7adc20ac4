"""Events: what happened to what a client holds, in order, as pages or as a stream (server-sent events)."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import Header, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.pages import CURSOR, Cursor, Limit, after, cursor_of
from zhiwei.interfaces.api.problems import TooMany
from zhiwei.interfaces.api.shapes import Day, Id, one_of
from zhiwei.journeys import events_of
from zhiwei.journeys.partners.telling import Told
from zhiwei.values.happenings import KINDS

room = Room("events")

SCOPE = "events:read"
LONGEST, LOOK, BREATH = 300, 1.0, 15.0  # seconds: of a stream; between two looks; between two signs of life
MOST_STREAMS, MOST_OF_CLIENT = 200, 10  # of one process
Types = Annotated[
    list[Annotated[str, Field(max_length=60, json_schema_extra=one_of(KINDS))]],
    Query(alias="type", max_length=60, description="Only this type; give it again for more."),
]  # fmt: skip
_EVENT = {  # each of them
    "type": "object", "required": ["id", "event", "data"],
    "properties": {"id": {"type": "string"}, "event": {"type": "string"},
                   "data": {"type": "string", "description": "A CloudEvent as JSON"}},
}  # fmt: skip
_streams = Counter[str]()  # by client


class CloudEvent(BaseModel):
    """CloudEvents 1.0. `data` as the schema of the type says: `GET /v1/events/types`."""

    specversion: str
    id: Id
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    dataschema: str
    businessdate: Day
    data: dict[str, Any]


class Events(BaseModel):
    """`next` is there even where nothing is left: read on with it later, nothing is ever put in before it."""

    items: list[CloudEvent]
    next: str
    more: bool


class EventType(BaseModel):
    """`data_schema`: JSON Schema of what it says."""

    type: str
    en: str
    zh: str
    data_schema: dict[str, Any]


@room.read("/events", SCOPE, summary="Read on 事件列表", response_model=Events)
def list_events(caller: Calls, types: Types = [], limit: Limit = 50, cursor: Cursor = "") -> Any:  # noqa: B006 - not changed
    found = _page(caller, after(cursor), limit + 1, types)
    return Events(
        items=[CloudEvent(**one.envelope(caller.by.tenant)) for one in found[:limit]],
        next=cursor_of(found[:limit][-1].number) if found else cursor, more=len(found) > limit,
    )  # fmt: skip


@room.read("/events/types", SCOPE, summary="Types of events 事件类型", response_model=list[EventType])
def list_event_types(caller: Calls) -> Any:
    return [EventType(type=one.type, en=one.en, zh=one.zh, data_schema=one.schema) for one in KINDS.values()]


@room.read(
    "/events/stream", SCOPE, summary="As a stream 事件流", response_class=StreamingResponse,
    responses={"200": {"description": "Server-sent events",
                       "content": {"text/event-stream": {"schema": _EVENT}}}},
)  # fmt: skip
def stream_events(
    caller: Calls, types: Types = [], cursor: Cursor = "",  # noqa: B006 - not changed
    last_event_id: Annotated[str, Header(max_length=100, json_schema_extra={"pattern": CURSOR})] = "",
    wait: Annotated[int, Query(ge=0, le=LONGEST, description="Seconds after which it ends; 0 at once.")] = LONGEST,
) -> Any:  # fmt: skip
    """Each event's id is the cursor to read on with: a browser's EventSource does so by itself when a stream ends."""
    begin, read_on = after(cursor), after(last_event_id)
    if _streams[caller.client] >= MOST_OF_CLIENT or _streams.total() >= MOST_STREAMS:
        raise TooMany("too_many_streams", "there are many streams already", wait=30, hint="read pages instead")
    _page(caller, read_on or begin, 1, types)  # what is asked wrongly is told before a stream begins
    lines = _told(caller, read_on or begin, types, time.monotonic() + wait)
    return StreamingResponse(lines, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _told(caller: Calls, number: int, types: Sequence[str], until: float) -> AsyncIterator[str]:
    quiet = time.monotonic()
    _streams[caller.client] += 1
    try:
        while True:
            found = await run_in_threadpool(partial(_page, caller, number, 100, types))
            for one in found:
                number = one.number
                yield f"id: {cursor_of(number)}\nevent: {one.type}\ndata: {_line(one, caller.by.tenant)}\n\n"
            if found:
                quiet = time.monotonic()
                continue
            if time.monotonic() >= until:
                return
            if time.monotonic() - quiet > BREATH:
                quiet = time.monotonic()
                yield ": here\n\n"  # so that who has gone is noticed, and nobody between closes the line
            await asyncio.sleep(LOOK)
    finally:
        _streams[caller.client] -= 1
        if not _streams[caller.client]:
            del _streams[caller.client]


def _page(caller: Calls, number: int, most: int, types: Sequence[str]) -> list[Told]:
    return events_of(
        books=caller.books, by=caller.by, client=caller.client, after=number, most=most, types=tuple(types)
    )


def _line(one: Told, tenant: str) -> str:
    return json.dumps(one.envelope(tenant), ensure_ascii=False, separators=(",", ":"))
