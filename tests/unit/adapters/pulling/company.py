"""A company behind HTTP on this machine, and the provider that asks it: real sockets, real threads."""

import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from zhiwei.adapters.pulling import Request
from zhiwei.values import NotFound, Outage, Refusal

TOKEN = "token-for-the-door"


@dataclass(frozen=True)
class HttpCompany:
    """GET /<kind>?party=&since=&until=, consent in a header: 200 with the file, 204 nothing, 403, 404, else down."""

    address: tuple[str, int]
    name: str = "http company"

    def fetch(self, request: Request) -> bytes:
        asked = urlencode({"party": request.party, "since": request.since, "until": request.until})
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        try:
            headers = {"Authorization": TOKEN, "X-Consent": request.consents[0]}
            connection.request("GET", f"/{request.label}?{asked}", headers=headers)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        if response.status == 404:
            raise NotFound("no_such_party", f"{self.name} does not know the party")
        if response.status == 403:
            raise Refusal("no_consent", f"{self.name} finds the consent wanting")
        if response.status not in (200, 204):
            raise Outage(f"{self.name} answered with status {response.status}")
        return content


@contextmanager
def listening(handle: Callable[[BaseHTTPRequestHandler], None], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server that does `handle` for every request, up within the block; -> its port."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            handle(self)

        do_POST = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing on the screen of whoever runs the tests."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Nor of what a client that hangs up does to a server."""

    with Server(("127.0.0.1", 0), Door) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serving(answers: dict[Request, bytes], parties: set[str], consents: set[str]) -> Iterator[HttpCompany]:
    """A company with these answers, up within the block."""
    found = {(r.label, r.party, str(r.since), str(r.until)): content for r, content in answers.items()}

    def handle(door: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(door.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        content = found.get((parts.path.lstrip("/"), asked["party"], asked["since"], asked["until"]), b"")
        if door.headers["Authorization"] != TOKEN:
            status, content = 401, b""
        elif door.headers["X-Consent"] not in consents:
            status, content = 403, b""
        elif asked["party"] not in parties:
            status, content = 404, b""
        else:
            status = 200 if content else 204
        door.send_response(status)
        door.send_header("Content-Length", str(len(content)))
        door.end_headers()
        door.wfile.write(content)

    with listening(handle) as port:
        yield HttpCompany(("127.0.0.1", port))
