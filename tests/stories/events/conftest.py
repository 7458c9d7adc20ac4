"""A client with a webhook, a receiver that answers what the story says, and a clock that the story sets."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import pytest

from zhiwei.adapters.webhooks import WebhookCaller
from zhiwei.bootstrap import Platform
from zhiwei.journeys import (
    Endpoint,
    EndpointChange,
    change_webhook,
    deliver_due,
    events_of,
    register_webhook,
    secret_of,
)
from zhiwei.journeys.partners.ports import ACTIVE, Terms
from zhiwei.journeys.partners.telling import Told
from zhiwei.journeys.webhooks.deliver import Sent
from zhiwei.values.happenings import Happening, happening

CLIENT = "shop.local"
ON = date(2024, 3, 1)


@dataclass
class Got:
    """A call as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.body)


class Receiver:
    """A real server on this machine. `answers` are given in turn: a status, or (status, headers); 204 after them."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answers: list[int | tuple[int, dict[str, str]]] = []
        self.busy = self.busiest = 0
        self.lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status, headers = receiver.take(Got(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *said: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/told"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, got: Got) -> tuple[int, dict[str, str]]:
        with self.lock:
            self.got.append(got)
            answer = self.answers.pop(0) if self.answers else 204
        return answer if isinstance(answer, tuple) else (answer, {})

    @property
    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.got]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@dataclass
class Post:
    """Client `shop.local` holds party G1 and lines L1 and L2, and has one webhook."""

    platform: Platform
    receiver: Receiver
    webhook: str
    now: datetime
    keys: Any = field(default_factory=count)

    def tell(self, *happenings: Happening) -> list[str]:
        with self.platform.unit("local") as unit:
            unit.outbox.tell(happenings)
        return [one.event_id for one in happenings]

    def deliver(self, after: timedelta = timedelta(), most: int = 1_000) -> Sent:
        """What is due, so long after the story's now, which goes on to then."""
        self.now += after
        return deliver_due(books=self.platform, by=self.platform.actor, clock=lambda: self.now, most=most)

    def change(self, **change: Any) -> str:
        return change_webhook(
            books=self.platform, by=self.platform.actor, key=f"c{next(self.keys)}", webhook=self.webhook,
            client=CLIENT, change=EndpointChange(**change),
        ).status  # fmt: skip

    def secret(self) -> bytes:
        return secret_of(books=self.platform, by=self.platform.actor, webhook=self.webhook).reveal()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.platform.unit("local") as unit:
            return unit.webhooks.rows(query, *values)

    def terms(self) -> tuple[str, str]:
        """How the webhook stands, and why."""
        return self.rows("select status, because from webhook_terms order by number desc limit 1")[0]

    def told(self) -> list[Told]:
        return events_of(books=self.platform, by=self.platform.actor, client=CLIENT, most=500)


def repayment(n: int, line: str = "L1") -> Happening:
    said = dict.fromkeys(("amount", "fee", "penalty", "interest", "principal", "credit", "outstanding"), n)
    said |= {"repayment": f"r{n}", "value_date": ON}
    return happening("repayment.received", [n, line], ON, said, line=line)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.close()


@pytest.fixture
def post(platform: Platform, receiver: Receiver) -> Post:
    ours = replace(platform, messenger=WebhookCaller(loopback=True))
    with ours.unit("local") as unit:
        unit.clients.add(CLIENT, "A shop", "tester")
        unit.clients.set_terms(Terms(CLIENT, ACTIVE, ("events:read",)), "tester", "second")
        unit.clients.hold(CLIENT, [("party", "G1"), ("decision", "d G1"), ("line", "L1"), ("line", "L2")])
    made = register_webhook(
        books=ours, by=ours.actor, key="shop:1", client=CLIENT, wanted=Endpoint(receiver.url, (), "where we listen")
    )  # fmt: skip
    return Post(ours, receiver, made.webhook, datetime.now(UTC) + timedelta(hours=1))
