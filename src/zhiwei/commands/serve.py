"""zhiwei serve, zhiwei openapi: the open API over HTTP, and its specification."""

import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Annotated

import typer

from zhiwei.bootstrap import Platform, Tenancy, open_platform
from zhiwei.commands.partners.chores import beside
from zhiwei.commands.show import Json, out, print_json, print_table
from zhiwei.settings import Settings
from zhiwei.values import BadInput, NotFound

if TYPE_CHECKING:
    from fastapi import FastAPI
    from structlog.typing import ExcInfo

PORT = 8700


def serve(
    host: Annotated[str, typer.Option(help="The address to listen at; 0.0.0.0 for every one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = PORT,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes; each keeps nothing of its own.")] = 1,
    url: Annotated[
        str,
        typer.Option(envvar="ZHIWEI_API_URL", help="Where partners reach it, if not there: https://api.bank.example"),
    ] = "",
    proxy: Annotated[
        str,
        typer.Option(
            envvar="ZHIWEI_API_PROXY",
            help="Addresses or networks of your proxies, with commas: they end TLS, "
            "and what they tell by Client-Cert and X-Forwarded-* is believed from there alone.",
        ),
    ] = "",
    chores: Annotated[bool, typer.Option(help="Send webhooks beside; or leave it to `zhiwei webhook deliver`.")] = True,
) -> None:
    """Serve the open API: /docs for people, /openapi.json, /healthz, /readyz, /metrics. 开放接口服务

    One line of JSON a call on standard output, without names, addresses or bodies. SIGTERM ends it when the calls that
    run are done. ZHIWEI_METRICS_TOKEN opens /metrics to who shows it; without it this machine alone sees them.
    """
    import uvicorn

    os.environ |= {"ZHIWEI_API_URL": url.rstrip("/"), "ZHIWEI_API_PROXY": proxy,
                   "ZHIWEI_API_CHORES": "yes" if chores else "no"}  # fmt: skip
    with ExitStack() as stack:
        if not url and host not in ("127.0.0.1", "::1", "localhost"):
            typer.echo("no --url: proofs are taken for the address that each call itself names; say yours", err=True)
        with open_platform():  # what cannot open says so here, once, and not in each worker
            out.print(f"http://{host}:{port}/docs")
        if workers > 1:
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = stack.enter_context(tempfile.TemporaryDirectory())
        uvicorn.run(
            "zhiwei.commands.serve:application", factory=True, host=host, port=port, workers=workers, access_log=False,
            log_level="warning", proxy_headers=False, server_header=False, timeout_graceful_shutdown=30,
        )  # fmt: skip


def openapi(
    to: Annotated[Path | None, typer.Option("--to", help="A file; default standard output.")] = None,
) -> None:
    """Print the specification of the open API, OpenAPI 3.1 as JSON; needs no database. 接口规范"""
    from zhiwei.interfaces.api import create_app

    text = json.dumps(create_app(_Nobody()).openapi(), ensure_ascii=False, indent=1) + "\n"
    if to:
        to.write_text(text, "utf-8")
    else:
        sys.stdout.write(text)


def problems(
    page: Annotated[bool, typer.Option("--page", help="The whole page, as docs/reference/problems.md.")] = False,
    as_json: Json = False,
) -> None:
    """Every code that a refusal can have, with its status and words. 问题代码"""
    from zhiwei.interfaces.api import catalogue

    known = catalogue.catalogue().values()
    if page:
        sys.stdout.write(catalogue.page())
    elif as_json:
        print_json([asdict(one) for one in known])
    else:
        rows = [
            (one.code, " ".join(map(str, one.statuses)), ", ".join(one.chapters), " / ".join(one.words))
            for one in known
        ]
        print_table("problems", ["code", "status", "raised in", "words"], rows)


def application() -> "FastAPI":
    """One worker's: the platform opens with it, and closes when it has answered the last call."""
    _log_json()
    stack = ExitStack()
    stack.callback(_trace())
    platform = stack.enter_context(open_platform())
    app = over(platform)
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def life(of: "FastAPI") -> AsyncIterator[None]:
        with stack:
            if Settings.from_environment().api_chores:
                stack.enter_context(beside(platform))
            async with inner(of):
                yield

    app.router.lifespan_context = life
    return app


def over(platform: Platform) -> "FastAPI":
    """The application over an open platform."""
    from zhiwei.interfaces.api import create_app

    def ready() -> None:
        with platform.unit(platform.actor.tenant) as unit:
            unit.parties.is_tenant()

    settings = Settings.from_environment()
    return create_app(
        Tenancy(platform), url=settings.api_url, proxy=settings.api_proxy, ready=ready,
        metrics_token=settings.metrics_token,
    )  # fmt: skip


def _trace() -> Callable[[], None]:
    """Spans go to where OTEL_EXPORTER_OTLP_* says, if zhiwei[traces] is installed; -> what sends the last of them."""
    if not {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} & os.environ.keys():
        return lambda: None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise BadInput("no_traces", "OTEL_* says where spans go, and nothing here sends them",
                       hint="pip install 'zhiwei[traces]'") from None  # fmt: skip
    from opentelemetry.trace import set_tracer_provider

    provider = TracerProvider(resource=Resource.create({"service.name": "zhiwei-api"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    set_tracer_provider(provider)
    return provider.shutdown


def _log_json() -> None:
    """One line of JSON an event, with the trace it belongs to where there is one."""
    import structlog

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars, structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.ExceptionRenderer(_where),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout), cache_logger_on_first_use=True,
    )  # fmt: skip


def _where(exc_info: "ExcInfo") -> list[dict[str, object]]:
    """What went wrong by its kind, and where. Its words and the variables around it may hold names, keys and bodies."""
    found: list[dict[str, object]] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(found) < 10:
        frames = [f"{one.filename}:{one.lineno} {one.name}" for one in extract_tb(error.__traceback__)[-50:]]
        found.append({"type": f"{type(error).__module__}.{type(error).__qualname__}", "frames": frames})
        error = error.__cause__ or error.__context__
    return found


class _Nobody:
    """No tenants: for who only wants the specification."""

    def of(self, tenant: str) -> Platform:
        raise NotFound("no_such_tenant", f"no tenant {tenant}")

    def is_sandbox(self, tenant: str) -> bool:
        return False
