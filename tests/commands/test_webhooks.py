"""zhiwei webhook as who runs the platform meets it."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from standardwebhooks import Webhook

from zhiwei.adapters.webhooks import WebhookCaller
from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.journeys import Endpoint, register_webhook
from zhiwei.journeys.partners.ports import ACTIVE, Terms
from zhiwei.values.happenings import KINDS, happening

CLIENT = "shop.local"


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[HTTPServer]:
    """A receiver on this machine, which the variable allows; `calls` are (headers, body)."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.server.calls.append((dict(self.headers.items()), body))  # type: ignore[attr-defined]
            self.send_response(204)
            self.end_headers()

        def log_message(self, *said: object) -> None: ...

    monkeypatch.setenv("ZHIWEI_WEBHOOKS_LOOPBACK", "1")
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.calls = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(platform: Platform) -> str:
    with platform.unit("local") as unit:
        unit.clients.add(CLIENT, "A shop", "tester")
        unit.clients.set_terms(Terms(CLIENT, ACTIVE, ()), "tester", "second")
        unit.clients.hold(CLIENT, [("line", "L1")])
    return CLIENT


def test_a_webhook_is_added_told_looked_at_and_told_again(
    zhiwei, platform: Platform, client: str, listening: HTTPServer
) -> None:
    url = f"http://127.0.0.1:{listening.server_address[1]}/told"
    add = ["webhook", "add", client, url, "--type", "line.frozen", "--description", "ours", "--key", "k", "--json"]
    made = json.loads(zhiwei(*add).stdout)
    assert json.loads(zhiwei(*add).stdout) == made
    assert made["status"] == "active"
    name = made["webhook"]
    with platform.unit("local") as unit:
        unit.outbox.tell([happening("line.frozen", 1, date(2024, 3, 1), {"because": "late"}, line="L1")])
    sent = json.loads(zhiwei("webhook", "deliver", "--once", "--json").stdout)
    assert sent == {"delivered": 1, "again": 0, "given_up": 0}
    secret = zhiwei("webhook", "secret", name).stdout.strip()
    [(headers, body)] = listening.calls  # type: ignore[attr-defined]
    assert Webhook(secret).verify(body, headers)["type"] == "line.frozen"
    [row] = [json.loads(line) for line in zhiwei("webhook", "deliveries", name, "--json").stdout.splitlines()]
    assert (row["status"], row["answer"], row["attempts"]) == ("delivered", 204, 1)
    again = json.loads(zhiwei("webhook", "replay", name, "--event", row["event"], "--json").stdout)
    assert again["events"] == 1
    assert "waiting" in zhiwei("webhook", "deliveries", name).stdout
    listed = zhiwei("webhook", "list")
    assert url in listed.stdout
    assert base64.b64decode(secret.removeprefix("whsec_")).hex() not in listed.stdout + listed.stderr
    assert secret not in zhiwei("webhook", "list", "--json").stdout


def test_a_sandbox_is_delivered_by_who_made_it(zhiwei, platform: Platform, listening: HTTPServer) -> None:
    tenants, name = Tenancy(platform), "sandbox-told"
    with platform.unit("local") as unit:
        unit.sandboxes.register(name, "", "tester")
    assert tenants.lay(name, "local", date(2024, 3, 1), "tester")
    books = replace(tenants.of(name), messenger=WebhookCaller(loopback=True))
    with books.unit(name) as unit:
        unit.clients.add("shop.sandbox-told", "A shop", "tester")
        unit.clients.set_terms(Terms("shop.sandbox-told", ACTIVE, ()), "tester", "second")
        unit.clients.hold("shop.sandbox-told", [("line", "L1")])
    url = f"http://127.0.0.1:{listening.server_address[1]}/told"
    register_webhook(books=books, by=books.actor, key="k", client="shop.sandbox-told", wanted=Endpoint(url))
    with books.unit(name) as unit:
        unit.outbox.tell([happening("line.frozen", 1, date(2024, 3, 1), {"because": "late"}, line="L1")])
    assert json.loads(zhiwei("webhook", "deliver", "--once", "--json").stdout)["delivered"] == 1
    [(_, body)] = listening.calls  # type: ignore[attr-defined]
    assert json.loads(body)["source"] == f"zhiwei/{name}"


def test_a_webhook_is_paused_goes_on_and_ends(zhiwei, client: str) -> None:
    add = zhiwei("webhook", "add", client, "https://shop.example.com/told", "--json")
    name = json.loads(add.stdout)["webhook"]
    assert "paused" in zhiwei("webhook", "pause", name).stdout
    assert "webhook_not_active" in zhiwei("webhook", "replay", name, "--since", "2026-01-01", code=1).stderr
    assert "active" in zhiwei("webhook", "resume", name).stdout
    old = zhiwei("webhook", "secret", name).stdout
    assert json.loads(zhiwei("webhook", "rotate", name, "--overlap", "2", "--json").stdout)["overlap_seconds"] == 7200
    assert zhiwei("webhook", "secret", name).stdout != old
    zhiwei("webhook", "delete", name)
    assert "no_such_webhook" in zhiwei("webhook", "secret", name, code=1).stderr


def test_an_address_inside_is_refused(zhiwei, client: str) -> None:
    for url in ("http://127.0.0.1/", "https://10.0.0.1/", "https://printer.local/"):
        assert "bad_address" in zhiwei("webhook", "add", client, url, code=2).stderr
    assert "no_such_client" in zhiwei("webhook", "add", "who.local", "https://a.example.com/", code=1).stderr


def test_the_types_are_listed_with_their_schemas(zhiwei) -> None:
    found = [json.loads(line) for line in zhiwei("webhook", "events", "--json").stdout.splitlines()]
    assert [one["title"] for one in found] == list(KINDS)
    assert "放款成功" in zhiwei("webhook", "events").stdout
