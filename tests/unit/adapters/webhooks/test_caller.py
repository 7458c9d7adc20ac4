"""A webhook is called at the address that was looked at, under its name, and for a limited time."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from zhiwei.adapters.webhooks import LARGEST_ANSWER, WebhookCaller
from zhiwei.journeys.partners.telling import Answer, Message
from zhiwei.values.secrets import Secret

NAME = "hooks.example.com"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def message(url: str) -> Message:
    return Message(url, "event_1", NOW, b'{"id":"event_1"}', (Secret(bytes(32)),))


def send(caller: WebhookCaller, url: str) -> Answer:
    answer = caller.send(message(url))
    return Answer(answer.status, answer.error, answer.later)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """(certificate, key) of hooks.example.com, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = tmp_path / "cert.pem", tmp_path / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    return paths


class Seen(BaseHTTPRequestHandler):
    """Answers what its server was told to, and keeps the Host it was asked as."""

    def do_POST(self) -> None:
        self.server.hosts.append(self.headers["host"])  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers["content-length"]))
        status, headers, size = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for _ in range(size):
            self.wfile.write(b"x" * 1024)

    def log_message(self, *said: object) -> None: ...


@contextmanager
def served(certificate: tuple[Path, Path] | None = None) -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Seen)
    server.hosts, server.answer = [], (204, {}, 0)  # type: ignore[attr-defined]
    server.handle_error = lambda *_: None  # type: ignore[method-assign,assignment]  # who hangs up is no news
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_name_is_resolved_once_and_tls_and_host_keep_it(certificate: tuple[Path, Path]) -> None:
    """A name that says something else a moment later is not asked again."""
    said = iter([["127.0.0.1"], ["10.0.0.1"]])
    with served(certificate) as server:
        port = server.server_address[1]
        caller = WebhookCaller(loopback=True, ca=certificate[0], resolve=lambda host, port: next(said))
        assert send(caller, f"https://{NAME}:{port}/told") == Answer(204)
        assert server.hosts == [f"{NAME}:{port}"]  # type: ignore[attr-defined]
    assert next(said) == ["10.0.0.1"]


def test_a_certificate_of_another_name_or_of_nobody_known_does_not_do(certificate: tuple[Path, Path]) -> None:
    with served(certificate) as server:
        port = server.server_address[1]
        known = WebhookCaller(loopback=True, ca=certificate[0], resolve=lambda host, port: ["127.0.0.1"])
        assert send(known, f"https://other.example.com:{port}/") == Answer(None, "tls")
        unknown = WebhookCaller(loopback=True, resolve=lambda host, port: ["127.0.0.1"])
        assert send(unknown, f"https://{NAME}:{port}/") == Answer(None, "tls")
        assert server.hosts == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("addresses", [["10.0.0.1"], ["8.8.8.8", "169.254.169.254"], ["::ffff:127.0.0.1"], []])
def test_a_name_that_stands_for_an_address_inside_is_not_called(addresses: list[str]) -> None:
    caller = WebhookCaller(resolve=lambda host, port: addresses)
    assert send(caller, f"https://{NAME}/") == Answer(None, "forbidden_address")


def test_an_address_that_became_forbidden_is_not_called() -> None:
    with served() as server:
        assert send(WebhookCaller(), f"http://127.0.0.1:{server.server_address[1]}/") == Answer(None, "bad_address")
        assert server.hosts == []  # type: ignore[attr-defined]


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with served() as inner, served() as server:
        server.answer = (307, {"location": f"http://127.0.0.1:{inner.server_address[1]}/"}, 0)  # type: ignore[attr-defined]
        assert send(WebhookCaller(loopback=True), f"http://127.0.0.1:{server.server_address[1]}/").status == 307
        assert inner.hosts == []  # type: ignore[attr-defined]


def test_of_a_long_answer_only_the_beginning_is_read() -> None:
    with served() as server:
        server.answer = (200, {}, LARGEST_ANSWER)  # type: ignore[attr-defined]  # in kilobytes
        assert send(WebhookCaller(loopback=True), f"http://127.0.0.1:{server.server_address[1]}/") == Answer(200)


@pytest.mark.parametrize(
    ("said", "later"),
    [("120", 120), ("Thu, 01 Jan 2026 00:02:00 GMT", 120), ("Wed, 31 Dec 2025 00:00:00 GMT", 0), ("soon", None),
     ("-5", None), ("1" * 30, None)],
)  # fmt: skip
def test_when_to_come_back_is_a_number_of_seconds_or_a_time(said: str, later: int | None) -> None:
    with served() as server:
        server.answer = (503, {"retry-after": said}, 0)  # type: ignore[attr-defined]
        answer = send(WebhookCaller(loopback=True), f"http://127.0.0.1:{server.server_address[1]}/")
        assert answer == Answer(503, "", later)


def test_who_never_answers_is_left(unused: socket.socket) -> None:
    caller = WebhookCaller(loopback=True, seconds=0.2)
    assert send(caller, f"http://127.0.0.1:{unused.getsockname()[1]}/") == Answer(None, "timeout")


def test_where_nobody_listens_and_who_does_not_speak_http(unused: socket.socket) -> None:
    caller, port = WebhookCaller(loopback=True), unused.getsockname()[1]

    def babble() -> None:
        one, _ = unused.accept()
        with one:
            one.recv(65536)
            one.sendall(b"SSH-2.0-no\r\n\r\n")

    thread = threading.Thread(target=babble)
    thread.start()
    assert send(caller, f"http://127.0.0.1:{port}/") == Answer(None, "not_http")
    thread.join()
    unused.close()
    assert send(caller, f"http://127.0.0.1:{port}/") == Answer(None, "no_connection")


def test_a_host_that_does_not_exist() -> None:
    def nobody(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "nothing")

    assert send(WebhookCaller(resolve=nobody), f"https://{NAME}/") == Answer(None, "no_such_host")


@pytest.fixture
def unused() -> Iterator[socket.socket]:
    """Listens, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening
