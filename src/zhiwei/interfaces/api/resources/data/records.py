"""Records: rows of a kind pushed as they are, files of a known source, and what came of them."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException

from zhiwei.borrower.identity import is_valid, masked_text
from zhiwei.borrower.pushed import (
    MOST_LISTED,
    MOST_PUSHED,
    read_arrow,
    read_file,
    read_lines,
    read_list,
    row_example,
    row_schema,
    said_of,
    source_named,
)
from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.reading.answers import answers
from zhiwei.borrower.reading.readers import shown
from zhiwei.borrower.records import KINDS
from zhiwei.borrower.relations import holds
from zhiwei.borrower.sources import known_sources
from zhiwei.interfaces.api.access.turns import Turns
from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.resources.data.consents import must_allow
from zhiwei.interfaces.api.shapes import DAYS, Day, Id, Shape, one_of
from zhiwei.journeys import Source, receive_records
from zhiwei.values import DAY, BadInput, NotFound

room = Room("records")
STREAM, LINES, ARROW = 2**26, "application/x-ndjson", "application/vnd.apache.arrow.stream"
LARGEST_LIST = 2**22
LARGEST_FILE = 2**24  # bytes: some formats unfold to many times that
_turns = Turns(at_once=2, waiting=4, seconds=20)  # streams and files, in a process
MOST_TOLD = 100  # covered periods and notes of one answer
_TAX = ("uscc", "taxpayer_no")
PUSHED = "pushed"  # the source of rows that came as they are


async def _raw(request: Request) -> bytes:
    return await request.body()


Raw = Annotated[bytes, Depends(_raw)]
From = Annotated[Day | None, Query(alias="from", description="First day that it speaks for.")]
SourceOf = Annotated[str, Query(max_length=40, json_schema_extra=one_of(known_sources()),
                                description="What the file is.")]  # fmt: skip
FileName = Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$",
                                description="Its name; the ending may tell what it is.")]  # fmt: skip
Said = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f=]+=[^\x00-\x1f\x7f]+$")]
Until = Annotated[Day | None, Query(description="The first day it no longer speaks for.")]


class Covers(Shape):
    """The days that a push speaks for, whatever rows it has: of the others nobody knows, in these nothing else was."""

    model_config = ConfigDict(
        extra="forbid", populate_by_name=True,
        json_schema_extra={"examples": [{"from": "2026-01-01", "until": "2026-03-01"}]},
    )  # fmt: skip

    since: Day = Field(alias="from")
    until: Day


class Counted(BaseModel):
    kind: str
    rows: int


class Covered(BaseModel):
    """`from` counts, `until` does not."""

    model_config = ConfigDict(populate_by_name=True)

    kind: str
    since: date = Field(validation_alias="from", serialization_alias="from")
    until: date


class Noted(BaseModel):
    """What was understood, is odd, and is kept as it is."""

    what: str
    times: int


class Delivered(BaseModel):
    """`new` false: the same came before, and nothing changed."""

    delivery: Id
    new: bool
    rows: list[Counted]
    covers: list[Covered] = []
    notes: list[Noted] = []


def _body(media: Mapping[str, tuple[Any, Any]], about: str) -> dict[str, Any]:
    """Media type -> its schema and an example."""
    content = {name: {"schema": schema, "example": shown} for name, (schema, shown) in media.items()}
    return {"requestBody": {"required": True, "description": about, "content": content}}


_BYTES = {"type": "string", "format": "binary"}
_WRONG_MEDIA: Any = {"415": {"description": "Another media type than those above", "content": {
    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}}  # fmt: skip


def _list_schema(kind: str) -> dict[str, Any]:
    return {
        "type": "object", "additionalProperties": False, "required": ["rows"],
        "properties": {
            "rows": {"type": "array", "maxItems": MOST_LISTED, "items": row_schema(kind)},
            "covers": {
                "type": "object", "additionalProperties": False, "required": ["from", "until"],
                "description": Covers.__doc__,
                "properties": {end: {"type": "string", "format": "date", "pattern": DAYS} for end in ("from", "until")},
            },
        },
    }  # fmt: skip


def _push(kind: str) -> None:
    """A route for each kind, so that each tells the schema of its rows."""
    words = KINDS[kind]

    def push(party: Id, body: Raw, request: Request, caller: Calls, response: Response) -> Any:
        caller.may_see("party", party)
        must_allow(caller, {party: [kind]})
        _media(request, "application/json")
        pushed, told = read_list(body, kind, party)
        _whole(pushed.parsed)
        covered = pushed.covering(_period(_covers(told), caller.books.today()))
        return _taken(caller, response, covered.parsed, Source(PUSHED, kind, _sha(kind, party, body)))

    push.__name__ = f"push_{kind}"
    push.__doc__ = f"""0 to {MOST_LISTED:,} rows of {words.en.lower()} 推送{words.zh}. All of them or none.

    The same push again changes nothing. A later push corrects an earlier row that has the same
    {", ".join(words.key)}. No row and `covers`: nothing happened in those days.
    """
    room.write(
        f"/parties/{{party}}/records/{kind}", "records:write", summary=f"Push {words.en.lower()} 推送{words.zh}",
        response_model=Delivered, responses=_WRONG_MEDIA, largest=LARGEST_LIST,
        openapi_extra=_body({"application/json": (_list_schema(kind), {"rows": [row_example(kind)]})},
                            "Rows, and the days that they speak for."),
    )(push)  # fmt: skip


for _kind in KINDS:
    _push(_kind)


def _days(since: From = None, until: Until = None) -> tuple[date, date] | None:
    if (since is None) != (until is None):
        raise BadInput("bad_period", "a period has both ends: from and until")
    return (since, until) if since and until else None


Days = Annotated[tuple[date, date] | None, Depends(_days)]
KindOf = Annotated[str, Path(max_length=40, json_schema_extra=one_of(KINDS), description="A kind of record.")]


@room.write(
    "/records/{kind}", "records:write", largest=STREAM, summary="Push a stream of rows 批量推送",
    response_model=Delivered, responses=_WRONG_MEDIA,
    openapi_extra=_body(
        {LINES: (_BYTES, json.dumps({"party": "good"} | row_example("invoices"), ensure_ascii=False)),
         ARROW: (_BYTES, "(the bytes of an Arrow stream)")},
        f"Up to {MOST_PUSHED:,} rows and 64 MiB, each with a column `party` beside those of its kind (see POST "
        "/v1/parties/{party}/records/...): NDJSON, a row a line; or an Arrow stream without compression and "
        "dictionaries, money as integers of minor units, days as date32, times as timestamp without a zone.",
    ),
)  # fmt: skip
def push_records(
    kind: KindOf, body: Raw, request: Request, caller: Calls, response: Response, days: Days
) -> Any:  # fmt: skip
    """Rows of many parties, all of them this client's; all rows or none. A wrong row is told by its place."""
    if kind not in KINDS:
        raise NotFound("no_such_kind", f"no kind of record {kind!r}", hint=", ".join(KINDS))
    read = read_lines if _media(request, LINES, ARROW) == LINES else read_arrow
    with _turns.one("streams and files are being read"):
        pushed = read(body, kind)
        _whole(pushed.parsed)
        with caller.books.unit(caller.by.tenant) as unit:
            held = unit.clients.held(caller.client, "party", list(pushed.parties))
        if strangers := [(place, "party", "no such party") for party, place in pushed.parties.items()
                         if party not in held]:  # fmt: skip
            raise NotFound("no_such_party", f"{len(strangers):,} parties are not there; the first in {strangers[0][0]}",
                           hint="register them first: POST /v1/parties", errors=strangers)  # fmt: skip
        must_allow(caller, {one: [kind] for one in pushed.parties}, pushed.parties)
        pushed = pushed.covering(_period(days, caller.books.today()))
        return _taken(caller, response, pushed.parsed, Source(PUSHED, kind, _sha(kind, "", body)))


class FileSaid:
    """What a file does not say itself."""

    def __init__(
        self, source: SourceOf, days: Days, name: FileName = "file",
        given: Annotated[list[Said], Query(max_length=20, description="KEY=VALUE, as `zhiwei receive --given`.")] = [],  # noqa: B006
    ) -> None:  # fmt: skip
        self.source, self.days, self.name, self.given = source, days, name, given


@room.write(
    "/parties/{party}/files", "records:write", largest=LARGEST_FILE, summary="Push a file of a known source 推送文件",
    response_model=Delivered,
    openapi_extra=_body({"application/octet-stream": (_BYTES, "(the bytes of a file)")}, "The bytes of the file, "
                        "as its source made it: an e-invoice, camt.053, MT940, a table, a form in JSON."),
)  # fmt: skip
def push_file(party: Id, body: Raw, said: Annotated[FileSaid, Depends()], caller: Calls, response: Response) -> Any:
    """What `zhiwei receive` takes, under the same rules. Every kind of record in the file needs its consent."""
    caller.may_see("party", party)
    source = source_named(said.source)
    options = said_of(source, said.source, said.given, lambda pairs: answers(said.source, pairs))
    options["party_tax_no"] = _tax_no(caller, party)
    days = _period(said.days, caller.books.today())
    with _turns.one("streams and files are being read"):
        parsed = read_file(source, body, said.name, party=party, options=options, days=days)
        _whole(parsed)
        whose = {one for rows in parsed.tables.values() for one in rows["party_id"].unique().to_pylist()}
        if whose - {party}:
            raise BadInput("two_owners", "the file's rows are of other parties too", hint="one party's file at a time")
        found = {
            *(kind for kind, rows in parsed.tables.items() if rows.num_rows),
            *(one.kind for one in parsed.covered),
        }
        must_allow(caller, {party: sorted(found)})
        return _taken(caller, response, parsed, Source(said.source, said.name, _sha(said.source, party, body)))


def _tax_no(caller: Calls, party: str) -> str:
    """By which a source tells the party's sales from its purchases: its own number, which no address need hold."""
    if is_valid("uscc", party):
        return party
    with caller.books.unit(caller.by.tenant) as unit:
        held = [one for one in unit.relations.identifiers([party]) if holds(one, caller.books.today())]
    return next((one.value for kind in _TAX for one in held if one.kind == kind), "")


def _taken(caller: Calls, response: Response, parsed: Parsed, source: Source) -> Delivered:
    _whole(parsed)
    if not parsed.rows() and not parsed.covered:
        raise BadInput("no_records", "no row, and no days that it speaks for",
                       hint="if nothing happened in those days, say them: from and until")  # fmt: skip
    done = receive_records(books=caller.books, by=caller.by, source=source, parsed=parsed)
    caller.hold(("delivery", done.delivery))
    response.headers["Location"] = f"/v1/deliveries/{done.delivery}"
    return Delivered(
        delivery=done.delivery, new=done.new, rows=[Counted(kind=kind, rows=rows) for kind, rows in done.rows.items()],
        covers=[Covered(kind=kind, since=date.fromisoformat(first), until=date.fromisoformat(last) + DAY)
                for kind, first, last in dict.fromkeys(done.covered)][:MOST_TOLD],
        notes=[Noted(what=masked_text(what), times=times) for what, times in parsed.warnings.items()][:MOST_TOLD],
    )  # fmt: skip


def _whole(parsed: Parsed) -> None:
    """BadInput that names each wrong row, never a value of it."""
    if parsed.problems:
        errors = [(one.place, one.column, one.problem) for one in parsed.problems]
        place, column, said = errors[0]
        what = f"{len(errors):,} rows or cells cannot be taken; the first: {place} {column}: {said}"
        raise BadInput("bad_rows", what, hint="nothing was taken: see errors", errors=errors)


def _covers(told: Mapping[str, Any]) -> tuple[date, date] | None:
    if unknown := sorted(told.keys() - {"covers"}):
        raise BadInput("bad_request_body", "the body has a field that nobody asked for", hint="rows and covers",
                       errors=[("", shown(unknown[0]), "no such field")])  # fmt: skip
    if "covers" not in told:
        return None
    try:
        found = Covers.model_validate(told["covers"])
    except ValidationError as error:
        raise BadInput(
            "bad_period", f"covers: {error.errors()[0]['msg']}", hint='{"from": day, "until": day}'
        ) from None
    return found.since, found.until


def _period(days: tuple[date, date] | None, today: date) -> tuple[date, date] | None:
    """First and last day, both counted, of a period that ends before `until`."""
    if days is None:
        return None
    first, until = days
    if first >= until:
        raise BadInput("bad_period", f"a period from {first} cannot end before {until}")
    if until > today + DAY:
        raise BadInput("period_to_come", f"until {until} is not over yet", hint="a push speaks for days that are past")
    return first, until - DAY


def _media(request: Request, *known: str) -> str:
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said not in known:
        raise HTTPException(415, f"expected {' or '.join(known)}")
    return said


def _sha(*parts: str | bytes) -> str:
    """Of what came and whose it is: the same bytes of another party are another delivery."""
    return hashlib.sha256(b"\0".join(part if isinstance(part, bytes) else part.encode() for part in parts)).hexdigest()
