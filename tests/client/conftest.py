"""The SDK against the real application, on a loopback port of its own; and a line that breaks when told to."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
import uvicorn

from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.client import Client, KeyPair, Options, Party
from zhiwei.interfaces.api import create_app
from zhiwei.interfaces.api.access.scopes import SCOPES
from zhiwei.journeys.partners.ports import ACTIVE, Terms

AT_ONCE = Options(first=0.0)


def a_shop(name: str) -> Party:
    """Known by a mobile number that follows from its name."""
    number = f"138{sum(name.encode()) % 10**8:08d}"
    return Party(name, date(2020, 1, 1), "sole_trader", {"mobile": number})


@dataclass
class Line:
    """What is between a client and the API: it does to each call what `faults` says next, and writes calls down.

    429, 503, ...: answered so, and the API hears nothing. "broken": the connection ends before it. "lost": the API does
    it, and the answer gets lost. "": nothing. A function is called first.
    """

    app: Any
    faults: list[int | str | Callable[[], None]] = field(default_factory=list)
    calls: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.calls.append((scope["method"], scope["path"], headers))
        fault = self.faults.pop(0) if self.faults and scope["path"] != "/oauth/token" else None
        if callable(fault):
            fault = fault()
        if isinstance(fault, int):
            extra = [(b"retry-after", b"0")] if fault == 429 else []
            await send({"type": "http.response.start", "status": fault, "headers": extra})
            return await send({"type": "http.response.body", "body": b""})
        if fault == "lost":
            await self.app(scope, receive, _nothing)
        if fault:
            return await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        return await self.app(scope, receive, send)

    def keys(self, path: str) -> list[str]:
        """Idempotency-Keys of the calls to a path, in order."""
        return [headers["idempotency-key"] for _, to, headers in self.calls if to == path]


async def _nothing(message: Any) -> None:
    """Where a lost answer goes."""


@contextmanager
def served(app: Any) -> Iterator[str]:
    """An ASGI application on a free port of the loopback; -> its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=2))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
        listening.close()


@pytest.fixture
def line(platform: Platform) -> Line:
    return Line(create_app(Tenancy(platform)))


@pytest.fixture
def url(line: Line) -> Iterator[str]:
    with served(line) as url:
        yield url


@pytest.fixture
def key() -> KeyPair:
    return KeyPair.made("k1")


@pytest.fixture
def registered(platform: Platform, key: KeyPair) -> Callable[..., str]:
    """Register a client under `key`: `registered("shop")` -> its id."""

    def registered(name: str, tenant: str = "local", **terms: Any) -> str:
        client = f"{name}.{tenant}"
        said = {"scopes": tuple(SCOPES), "jwks": {"keys": [key.public]}, "per_minute": 10_000} | terms
        with platform.unit(tenant) as unit:
            unit.clients.add(client, name, "tester")
            unit.clients.set_terms(Terms(client, ACTIVE, **said), "tester", "second")
        return client

    return registered


@pytest.fixture
def shop(url: str, registered: Callable[..., str], key: KeyPair) -> Iterator[Client]:
    with Client(url, registered("shop"), private_key=key, options=AT_ONCE) as client:
        yield client


@pytest.fixture
def opened(platform: Platform, open_line: Callable[..., str]) -> Callable[[str], str]:
    """A line of G1 that a client may see: `opened("shop.local")` -> its id."""

    def opened(client: str) -> str:
        line = open_line()
        with platform.unit("local") as unit:
            unit.clients.hold(client, [("party", "G1"), ("line", line)])
        return line

    return opened
