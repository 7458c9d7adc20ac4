"""The application: its doors, health, metrics and specification; every call has an id, and one line in the log."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from opentelemetry.propagate import extract
from opentelemetry.trace import SpanKind, get_tracer
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zhiwei import __version__
from zhiwei.interfaces.api import authorization, operations
from zhiwei.interfaces.api.access.admission import Admission, Tenants
from zhiwei.interfaces.api.access.proxy import BehindProxy
from zhiwei.interfaces.api.door import Setting, log, request_id_of
from zhiwei.interfaces.api.problems import problem, problem_of
from zhiwei.interfaces.api.resources import ROOMS
from zhiwei.interfaces.api.resources.lending.gate import MoneyGate
from zhiwei.interfaces.api.specification import TAGS, specification
from zhiwei.values import Refusal

TRACER = get_tracer("zhiwei.api")  # goes nowhere until zhiwei[traces] is installed and OTEL_* says where
THREADS = 24  # each has a connection to PostgreSQL

ABOUT = """Embed credit for the smallest businesses: consent, push data, apply, accept, draw, repay, draw again.

Money is whole minor units (分) with a currency; rates are decimal text; days are YYYY-MM-DD, and a period counts its
first day and not its last. Every write has an `Idempotency-Key`. What cannot be done is told as RFC 9457 problem
details whose `code` is stable. 小微信贷开放接口：授权、推送数据、申请、接受要约、提款、还款。"""


def create_app(
    tenants: Tenants, *, url: str = "", proxy: str = "", ready: Callable[[], None] = lambda: None,
    metrics_token: str = "",
) -> FastAPI:  # fmt: skip
    """The API over these tenants. `url`: where partners reach it; `proxy`: addresses of ours that end TLS before it.

    `ready` raises where the database does not answer. `metrics_token`: who shows it may see figures; '' this machine.
    """
    app = FastAPI(
        title="Zhiwei 知微", version=__version__, description=ABOUT, docs_url=None, redoc_url=None, lifespan=_life,
        separate_input_output_schemas=False, redirect_slashes=False,  # nobody is sent where a Host header says
        generate_unique_id_function=lambda route: route.name,
        openapi_tags=[{"name": name, "description": said} for name, said in TAGS.items()],
    )  # fmt: skip
    app.state.setting = Setting(Admission(tenants), url.rstrip("/"), bool(proxy))
    app.state.gate = MoneyGate()
    app.state.ready, app.state.metrics_token = ready, metrics_token
    app.include_router(operations.router)
    app.include_router(authorization.router)
    for room in ROOMS:
        app.include_router(room.router)
    for kind in (Refusal, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _told)
    app.add_middleware(Noted)
    if proxy:
        app.add_middleware(BehindProxy, addresses=proxy)
    app.openapi = lambda: specification(app, authorization.PATH)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield


class Noted:
    """One line a call: which route, how it ended, how long it took; no address, name, query or body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, headers, method = time.perf_counter(), Headers(scope=scope), scope["method"]
        request_id = scope.setdefault("state", {})["request_id"] = request_id_of(headers)
        status = 0

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            with TRACER.start_as_current_span(method, extract(headers), SpanKind.SERVER) as span:
                await self._app(scope, receive, told)
                span.set_attributes({"http.request.method": method, "http.route": _route(scope),
                                     "http.response.status_code": status})  # fmt: skip
        except Exception:  # noqa: BLE001 - the last one to hear of it: written down, and told without its words
            log.exception("call_failed", request_id=request_id, method=method, route=_route(scope))
            if not status:
                await _unforeseen()(scope, receive, told)
        finally:
            _note(scope, status, time.perf_counter() - began)


def _note(scope: Scope, status: int, seconds: float) -> None:
    """A status of 0 is who went away before an answer."""
    caller, route = scope["state"].get("caller"), _route(scope)
    method = scope["method"] if scope["method"] in operations.METHODS else "other"  # a series each: not of any word
    operations.CALLS.labels(method, route, status).inc()
    operations.SECONDS.labels(method, route).observe(seconds)
    log.info(
        "call", request_id=scope["state"]["request_id"], method=method, route=route, status=status,
        client=caller.client if caller else None, milliseconds=round(seconds * 1000, 1),
    )  # fmt: skip


def _unforeseen() -> Response:
    return problem(500, "unforeseen", "something went wrong on our side; it was written down",
                   hint="ask again with the same Idempotency-Key, or tell us the X-Request-Id")  # fmt: skip


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "")


async def _told(request: Request, error: Exception) -> Response:
    found = problem_of(error)
    assert found is not None
    return found
