"""The door of every route: admitted, answered once for each key, and told in the same words when it cannot be done."""

import hashlib
import json
import re
import uuid
from base64 import b64decode
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from zhiwei.interfaces.api.access.admission import Admission, Caller, Incoming, Repeated
from zhiwei.interfaces.api.access.scopes import MONEY, SCOPES
from zhiwei.interfaces.api.problems import MEDIA, BadRequest, problem_of

log = structlog.get_logger("zhiwei.api")

LARGEST = 2**20  # bytes of a body, where a route says nothing else
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_SINGLE = ("authorization", "dpop", "idempotency-key", "x-jws-signature", "client-cert", "host", "content-length")
_KEPT = ("location", "etag")  # headers of an answer that are given again with it
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class Setting:
    """What an app's doors stand on. `url`: where partners reach it, '' for as the request says. `proxy`: TLS ends at a
    proxy of ours, which tells the client's certificate (RFC 9440).
    """

    admission: Admission
    url: str = ""
    proxy: bool = False


class Door(APIRoute):
    """A route behind admission. Its `x-scope` says what a client must be allowed."""

    def get_route_handler(self) -> Handler:
        handler, extra = super().get_route_handler(), self.openapi_extra or {}
        scope = extra["x-scope"]

        async def answer(request: Request) -> Response:
            setting: Setting = request.app.state.setting
            caller: Caller | None = None
            try:
                call = replace(incoming(request, setting, b"", scope), asks=extra.get("x-asks", False))
                largest = extra.get("x-max-bytes", LARGEST)
                if call.method == "GET":
                    admitted = await run_in_threadpool(_come, setting.admission, call)
                elif _short(request):
                    body = await read_body(request, largest)
                    admitted = await run_in_threadpool(_come, setting.admission, replace(call, body=body))
                else:
                    known = await run_in_threadpool(setting.admission.known, call)  # before the body is read
                    body = await read_body(request, largest)
                    admitted = await run_in_threadpool(setting.admission.admit, replace(call, body=body), known)
                if isinstance(admitted, Repeated):
                    return _again(admitted)
                caller = request.state.caller = admitted
                response = await handler(request)
            except Exception as error:
                if caller and caller.key:
                    await run_in_threadpool(setting.admission.ended, caller, _own(request), None, "")
                told = problem_of(error)
                if told is None:
                    raise
                return _with(told, caller.limits if caller else {})
            if caller.key:
                done = response.status_code < 300
                await run_in_threadpool(
                    setting.admission.ended, caller, _own(request), response.status_code if done else None,
                    _kept(response, extra.get("x-told-once", ())) if done else "",
                )  # fmt: skip
            elif not call.asks:
                response = _tagged(request, response)
            return _with(response, {**caller.limits, **_going(extra)})

        return answer


def _come(admission: Admission, call: Incoming) -> Caller | Repeated:
    return admission.admit(call, admission.known(call))


async def caller_of(request: Request) -> Caller:
    found: Caller = request.state.caller
    return found


Calls = Annotated[Caller, Depends(caller_of)]


class Room:
    """The routes of one kind of thing: each says the scope it needs, and the problems it may answer with."""

    def __init__(self, tag: str) -> None:
        self.router = APIRouter(prefix="/v1", tags=[tag], route_class=Door)

    def read(self, path: str, scope: str, **said: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        responses = told_problems(404, 409, **{"304": _UNCHANGED}, **said.pop("responses", {}))
        return self.router.get(path, openapi_extra=_extra(scope), responses=responses, **said)

    def ask(self, path: str, scope: str, **said: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A question in a body: nothing is changed or kept, so that it needs no key."""
        responses = told_problems(404, 409, 413, **said.pop("responses", {}))
        extra = _extra(scope) | {"x-asks": True}
        return self.router.post(path, openapi_extra=extra, responses=responses, **said)

    def write(
        self, path: str, scope: str, *, method: str = "POST", status: int = 201, largest: int = LARGEST, **said: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """`told_once`: fields of the answer, secrets, that are not kept: told again it has null for them."""
        responses = told_problems(404, 409, 413, **said.pop("responses", {}))
        told_once = said.pop("told_once", ())
        extra = _extra(scope) | {"x-max-bytes": largest} | said.pop("openapi_extra", {})
        if told_once:
            extra["x-told-once"] = told_once
        dependencies = [Depends(_signed if SCOPES[scope].level == MONEY else _keyed)]
        return self.router.api_route(
            path, methods=[method], status_code=status, responses=responses, dependencies=dependencies,
            openapi_extra=extra, **said,
        )  # fmt: skip


def _short(request: Request) -> bool:
    """A body that costs less to read than to wait with."""
    said = request.headers.get("content-length", "")
    return said.isascii() and said.isdigit() and len(said) < 5


async def read_body(request: Request, largest: int) -> bytes:
    """All of it, and no byte more than `largest`: who sends more is stopped while it does."""
    said = request.headers.get("content-length", "0")
    parts, size = [], int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0
    if size <= largest:
        size = 0
        async for part in request.stream():
            size += len(part)
            if size > largest:
                break
            parts.append(part)
    if size > largest:
        raise HTTPException(413, f"a body here has at most {largest:,} bytes")
    request._body = b"".join(parts)  # where Starlette keeps a body that was read, for who reads it next
    return request._body


def request_id_of(headers: Mapping[str, str]) -> str:
    """The caller's own where it has the form of one, so that both sides find a call by the same word."""
    said = headers.get("x-request-id", "")
    return said if _REQUEST_ID.fullmatch(said) else uuid.uuid4().hex


_Key = Annotated[
    str,
    Header(min_length=1, max_length=128, pattern=r"^[!-~]([ -~]*[!-~])?$", description="Your own name of this write."),
]  # fmt: skip
_Signature = Annotated[
    str | None,
    Header(
        description="Detached JWS over the body; its header has htm, htp, key, iat. None with a sandbox's test key."
    ),
]


async def _keyed(idempotency_key: _Key) -> None:
    """Admission has looked at it: here it is told in the specification."""


async def _signed(idempotency_key: _Key, x_jws_signature: _Signature = None) -> None:
    """The same, and the request itself is signed, because money moves."""


def _extra(scope: str) -> dict[str, Any]:
    level = SCOPES[scope].level
    return {"x-scope": scope, "x-level": level, "security": [{"DPoP": [scope]}, {"TestKey": []}]}


_UNCHANGED = {"description": "What If-None-Match names is as it was"}


def told_problems(*some: int, **more: Any) -> dict[int | str, dict[str, Any]]:
    words = {
        400: "The request cannot be read", 401: "Who calls is not proved", 403: "Not allowed", 404: "Not there for you",
        409: "Not possible as things stand", 413: "Too large", 422: "Understood, and wrong", 429: "Too many calls",
        503: "Something outside is down",
    }  # fmt: skip
    schema = {"$ref": "#/components/schemas/Problem"}
    found: dict[int | str, dict[str, Any]] = {
        status: {"description": words[status], "content": {MEDIA: {"schema": schema}}}
        for status in sorted({400, 401, 403, 422, 429, 503, *some})
    }
    return found | more


def incoming(request: Request, setting: Setting, body: bytes, scope: str) -> Incoming:
    path = request.scope["raw_path"].decode("ascii", "replace").partition("?")[0]
    base = base_of(request, setting)
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        if name in headers and name in _SINGLE:
            raise BadRequest("header_twice", f"a call has one {name}", hint="two could be read in two ways")
        headers[name] = value
    certificate = None
    if setting.proxy and (said := headers.get("client-cert", "")):
        try:
            certificate = b64decode(said.strip(":"), validate=True)
        except ValueError:
            certificate = None
    return Incoming(
        request.state.request_id, request.method, path, request.url.query, base + path, headers, body, scope,
        scope in SCOPES and SCOPES[scope].level == MONEY, certificate, about=_about(request),
    )  # fmt: skip


def base_of(request: Request, setting: Setting) -> str:
    """Where the API is: as was set up, or as the request itself says."""
    return setting.url or f"{request.url.scheme}://{request.headers.get('host', '')}"


def _about(request: Request) -> tuple[str, str]:
    """What the address names first, if it can be somebody's: looked up together with the admission of the call."""
    kind, id = next(iter(request.path_params.items()), ("", ""))
    return (kind, id) if 0 < len(id) <= 100 and id.isprintable() else ("", "")


def _own(request: Request) -> str:
    return request.headers["idempotency-key"]


def _kept(response: Response, told_once: Sequence[str] = ()) -> str:
    headers = {name: value for name, value in response.headers.items() if name in _KEPT}
    body = bytes(response.body).decode()
    if told_once:
        body = json.dumps(json.loads(body) | dict.fromkeys(told_once), ensure_ascii=False)
    return json.dumps({"headers": headers, "body": body})


def _again(earlier: Repeated) -> Response:
    kept = json.loads(earlier.answer)
    headers = {**kept["headers"], "Idempotent-Replayed": "true", **earlier.limits}
    media = "application/json" if kept["body"] else None
    return Response(kept["body"], earlier.status, headers, media)


def _tagged(request: Request, response: Response) -> Response:
    """What was read has the name of its content; who has that already is spared it."""
    if response.status_code != 200 or not isinstance(getattr(response, "body", None), bytes):
        return response
    tag = etag(bytes(response.body))
    if tag in (one.strip() for one in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers.setdefault("ETag", tag)
    return response


def etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _going(extra: Mapping[str, Any]) -> dict[str, str]:
    """A route that will go says since when it is not to be used (RFC 9745), and when it ends (RFC 8594)."""
    found = {"Deprecation": extra.get("x-deprecated-since"), "Sunset": extra.get("x-sunset")}
    return {name: value for name, value in found.items() if value}


def _with(response: Response, headers: Mapping[str, str]) -> Response:
    response.headers.update(headers)
    return response
