"""What those who run it look at: is it alive, is it ready, its figures, and the page of its specification."""

import hmac
import os
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.responses import HTMLResponse, JSONResponse

from zhiwei.interfaces.api.catalogue import catalogue
from zhiwei.interfaces.api.problems import NotAllowed
from zhiwei.values import NotFound

router = APIRouter(include_in_schema=False)
CALLS = Counter("zhiwei_api_calls", "Calls by route and how they ended.", ["method", "route", "status"])
SECONDS = Histogram(
    "zhiwei_api_seconds", "How long a call took.", ["method", "route"],
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)  # fmt: skip
_LOOPBACK = ("127.0.0.1", "::1")
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
# Strict: nothing from elsewhere. Swagger UI sets styles of its own on elements, and draws its icons from data URLs.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_ASSETS = {
    "swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png",
    "begin.js": "text/javascript",
}  # fmt: skip
_BEGIN = """window.ui = SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#docs", deepLinking: true, displayRequestDuration: true, validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout"});
"""
_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>Zhiwei 知微 API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/docs/favicon.png"><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><main id="docs"></main><script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/begin.js"></script></body></html>
"""


@router.get("/healthz")
async def alive() -> Response:
    """The process answers: a supervisor starts it anew where this does not."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def ready(request: Request) -> Response:
    """The database answers too: a balancer sends calls here only while this is so."""
    look: Callable[[], None] = request.app.state.ready
    try:
        look()
    except Exception:  # noqa: BLE001 - whatever it is, calls are to go elsewhere
        return JSONResponse({"status": "no database"}, 503)
    return JSONResponse({"status": "ok"})


@router.get("/metrics")
def figures(request: Request, authorization: Annotated[str, Header()] = "") -> Response:
    """For Prometheus: with the token that was set up, or from this machine where none was."""
    token: str = request.app.state.metrics_token
    setting = request.app.state.setting
    # Who comes through a proxy on this machine comes from this machine too: then only a token tells who it is.
    behind = setting.proxy or any(name in request.headers for name in ("forwarded", "x-forwarded-for", "via"))
    here = not behind and request.client is not None and request.client.host in _LOOPBACK
    if not (hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()) if token else here):
        raise NotAllowed("no_credentials", "figures are for who runs this", challenge="Bearer")
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # several workers: their figures are added up
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/problems/{code}")
def problem_page(code: str) -> Response:
    """What the `type` of a problem leads to."""
    known = catalogue().get(code)
    if known is None:
        raise NotFound("no_such_problem", "no problem has this code")
    return JSONResponse({"code": known.code, "statuses": list(known.statuses), "words": list(known.words)})


@router.get("/docs")
async def page() -> Response:
    return HTMLResponse(_PAGE, headers=_HEADERS)


@router.get("/docs/{name}")
def asset(name: str) -> Response:
    if name not in _ASSETS:
        return Response(status_code=404)
    return Response(_content(name), media_type=_ASSETS[name], headers={**_HEADERS, "Cache-Control": "max-age=86400"})


@cache
def _content(name: str) -> bytes:
    """Swagger UI as one package ships it, so that the page needs nothing from elsewhere."""
    return _BEGIN.encode() if name == "begin.js" else (files("fastapi_offline") / "static" / name).read_bytes()
