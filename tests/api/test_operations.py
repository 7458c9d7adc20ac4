"""What those who run it need: health, figures, a log that names nobody, a specification, and an end without loss."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import structlog
from fastapi.testclient import TestClient
from tests.api.conftest import BASE, Partner

from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.interfaces.api import create_app

NAME = "某某五金店"
PARTY = {"name": NAME, "since": "2020-01-01", "kind": "sole_trader",
         "identifiers": [{"kind": "phone", "value": "13800138000"}]}  # fmt: skip


def test_it_says_whether_it_lives_and_whether_it_is_ready(platform: Platform) -> None:
    works = [True]

    def look() -> None:
        with platform.unit("local" if works[0] else "\0") as unit:
            unit.parties.is_tenant()

    with TestClient(create_app(Tenancy(platform), ready=look)) as http:
        assert (http.get("/healthz").status_code, http.get("/readyz").status_code) == (200, 200)
        works[0] = False
        assert (http.get("/healthz").status_code, http.get("/readyz").status_code) == (200, 503)


def test_calls_are_counted_by_route_and_never_by_address(shop: Partner) -> None:
    shop.get("/v1/parties")
    shop.get("/v1/a-party-of-somebody")
    told = shop.http.get("/metrics").text
    assert 'zhiwei_api_calls_total{method="GET",route="/v1/parties",status="200"}' in told
    assert "a-party-of-somebody" not in told


def test_figures_are_for_who_runs_it(platform: Platform) -> None:
    with TestClient(create_app(Tenancy(platform), metrics_token="s3cret"), base_url=BASE) as http:
        assert http.get("/metrics").status_code == 401
        assert http.get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 401
        assert http.get("/metrics", headers={"Authorization": "Bearer s3cret"}).status_code == 200
    with TestClient(create_app(Tenancy(platform)), client=("203.0.113.7", 1)) as http:
        assert http.get("/metrics").status_code == 401


def test_the_log_has_a_line_a_call_and_names_nobody(shop: Partner) -> None:
    with structlog.testing.capture_logs() as lines:
        party = shop.post("/v1/parties", PARTY).json()["party"]
        shop.get(f"/v1/parties/{party}")
        shop.post("/v1/parties", {**PARTY, "since": NAME})
    assert [line["route"] for line in lines[:2]] == ["/oauth/token", "/v1/parties"]
    said = json.dumps(lines, ensure_ascii=False)
    assert not [word for word in (NAME, "13800138000", party, shop.token) if word in said]
    assert lines[1]["client"] == "shop.local"


def test_the_page_of_the_specification_takes_nothing_from_elsewhere(shop: Partner) -> None:
    page = shop.http.get("/docs")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert not re.findall(r"https?://", page.text)
    assert "<script>" not in page.text
    for address in re.findall(r'(?:src|href)="(/docs/[^"]+)"', page.text):
        assert shop.http.get(address).status_code == 200, address
    assert shop.http.get("/docs/../app.py").status_code == 404
    assert shop.http.get("/docs/core.py").status_code == 404


def test_every_route_is_described_in_both_languages_and_says_its_scope(shop: Partner) -> None:
    told = shop.http.get("/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    for path, methods in told["paths"].items():
        for method, said in methods.items():
            assert re.search(r"[一-鿿]", said["summary"]), f"{method} {path}"
            assert path.startswith("/v1") is ("x-scope" in said), f"{method} {path}"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """What takes spans, as others' systems do: -> (its address, the bodies that it was sent)."""
    taken: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *said: object) -> None:
            """A test's output is its own."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", taken
        server.shutdown()


@pytest.fixture
def served(
    platform: Platform, data_folder: Path, collector: tuple[str, list[bytes]]
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The command itself, in a process of its own, with two workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "ZHIWEI_DATA": str(data_folder), "ZHIWEI_DATABASE_URL": platform.database.url, "ZHIWEI_TENANT": "local",
        "ZHIWEI_API_URL": "https://api.bank.example/", "OTEL_EXPORTER_OTLP_ENDPOINT": collector[0],
        "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
    }  # fmt: skip
    command = [sys.executable, "-m", "zhiwei", "serve", "--port", str(port), "--workers", "2"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    yield f"http://127.0.0.1:{port}", process
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_command_serves_is_followed_and_ends_when_it_is_told_to(
    served: tuple[str, subprocess.Popen[str]], collector: tuple[str, list[bytes]]
) -> None:
    address, process = served
    for _ in range(200):
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=30) as answer:
                assert json.load(answer) == {"status": "ok"}
                break
        except OSError:
            process.poll()
            assert process.returncode is None
            signal.sigtimedwait([], 0.1)
    with urllib.request.urlopen(f"{address}/metrics") as answer:
        assert b"zhiwei_api_calls_total" in answer.read()
    with urllib.request.urlopen(f"{address}/.well-known/oauth-authorization-server") as answer:
        assert json.load(answer)["issuer"] == "https://api.bank.example"  # what the environment says stands
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    followed = urllib.request.Request(f"{address}/healthz", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    urllib.request.urlopen(followed).close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert any(bytes.fromhex(trace) in body for body in collector[1])


def test_a_stream_of_what_does_not_exist_is_refused_before_it_begins(shop: Partner) -> None:
    answer = shop.get("/v1/events/stream", type="nothing.such", wait=0)
    assert (answer.status_code, answer.json()["code"]) == (422, "no_such_type")
