"""A company behind HTTP: the contract, and everything a server can do instead of answering."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path
from socket import socket
from threading import Event

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from zhiwei.adapters.pulling import Policy, Pull, Request, WebCompany
from zhiwei.testing import Case, ProviderContract
from zhiwei.values import BadInput, NotFound, Outage, Refusal

from .company import TOKEN, listening, serving
from .conftest import REQUEST, Time
from .test_contract import ANSWERS, EMPTY, OTHER, STRANGER, WITHOUT

Handle = Callable[[BaseHTTPRequestHandler], None]
Serve = Callable[..., WebCompany]
PLACES = "{kinds}?party={party}&since={since}&until={until}"


class TestOverHttp(ProviderContract):
    @pytest.fixture
    def case(self) -> Iterator[Case]:
        with closing(socket()) as nobody, serving(ANSWERS, {REQUEST.party, OTHER.party}, {"con_1"}) as there:
            nobody.bind(("127.0.0.1", 0))  # taken and not listened at, so that nobody else comes to listen
            up, down = (
                WebCompany("power", f"http://127.0.0.1:{port}/{PLACES}", headers={"Authorization": TOKEN})
                for port in (there.address[1], nobody.getsockname()[1])
            )
            yield Case(up, ANSWERS, EMPTY, STRANGER, WITHOUT, down)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers that do what they are given for each request; they are gone after the test."""
    with ExitStack() as stack:

        def start(handle: Handle, path: str = "/records", **options: object) -> WebCompany:
            port = stack.enter_context(listening(handle))
            return WebCompany("power", f"http://127.0.0.1:{port}{path}", **options)  # type: ignore[arg-type]

        yield start


def answering(status: int, body: bytes = b"", length: int | None = None, **headers: str) -> Handle:
    def handle(door: BaseHTTPRequestHandler) -> None:
        door.send_response(status)
        for name, value in headers.items():
            door.send_header(name.replace("_", "-"), value)
        if length != -1:
            door.send_header("Content-Length", str(len(body) if length is None else length))
        door.end_headers()
        door.wfile.write(body)

    return handle


def test_a_post_keeps_the_party_out_of_the_address(serve: Serve) -> None:
    seen: list[tuple[str, str, bytes, dict[str, str]]] = []

    def handle(door: BaseHTTPRequestHandler) -> None:
        body = door.rfile.read(int(door.headers["Content-Length"]))
        seen.append((door.command, door.path, body, dict(door.headers)))
        answering(200, b"data")(door)

    company = serve(handle, headers={"X-Key": "k"})
    assert company.fetch(replace(REQUEST, kinds=("meters", "orders"), consents=("con_1", "con_2"))) == b"data"
    [(command, path, body, headers)] = seen
    assert (command, path, headers["X-Key"], headers["X-Consent"]) == ("POST", "/records", "k", "con_1,con_2")
    assert body == (
        b'{"party": "91330100TEST000001", "kinds": "meters,orders", "since": "2024-01-01", "until": "2024-04-01",'
        b' "consents": "con_1,con_2"}'
    )


def test_places_of_an_address_are_filled_in_and_stay_places(serve: Serve) -> None:
    seen: list[str] = []

    def handle(door: BaseHTTPRequestHandler) -> None:
        seen.append(f"{door.command} {door.path}")
        answering(204)(door)

    company = serve(handle, "/firm/{party}/x?from={since}")
    assert company.fetch(replace(REQUEST, party="店 1/../2?a=b&c#d")) == b""
    assert seen == ["GET /firm/%E5%BA%97%201%2F..%2F2%3Fa%3Db%26c%23d/x?from=2024-01-01"]


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (400, Refusal, "not_understood"), (401, Refusal, "not_let_in"), (403, Refusal, "no_consent"),
        (404, NotFound, "no_such_party"), (422, Refusal, "not_understood"), (429, Outage, "come back later"),
        (408, Outage, "come back later"), (500, Outage, "status 500"), (503, Outage, "status 503"),
        (206, Outage, "status 206"), (301, Outage, "redirect"), (302, Outage, "redirect"), (307, Outage, "redirect"),
    ],
)  # fmt: skip
def test_every_status_has_a_meaning(serve: Serve, status: int, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said):
        serve(answering(status, b"whatever")).fetch(REQUEST)


def test_a_redirect_is_not_followed(serve: Serve) -> None:
    came: list[str] = []

    def trap(door: BaseHTTPRequestHandler) -> None:
        came.append(str(door.headers["Authorization"]))
        answering(200, b"data")(door)

    elsewhere = serve(trap)
    company = serve(answering(302, Location=elsewhere.url), headers={"Authorization": "secret"})
    with pytest.raises(Outage, match="redirect"):
        company.fetch(REQUEST)
    assert came == []


def test_a_busy_company_is_asked_again(serve: Serve, time: Time) -> None:
    statuses = [429, 500, 200]

    def handle(door: BaseHTTPRequestHandler) -> None:
        answering(statuses.pop(0), b"data")(door)

    company = serve(handle)
    assert Pull(company, clock=time.clock()).answer(REQUEST).content == b"data"
    assert statuses == []


@pytest.mark.parametrize(
    ("handle", "said"),
    [
        (answering(200, b"half", length=8), "broke off, 4 bytes short"),
        (answering(200, b"who knows how long", length=-1), "how long its answer is"),
        (answering(200, b"\x1f\x8b", Content_Encoding="gzip"), "encoding"),
        (answering(200, b"5\r\nhal", length=-1, Transfer_Encoding="chunked"), "IncompleteRead"),
        (lambda door: door.connection.close(), ""),
        (lambda door: door.wfile.write(b"HTTP/1.1 yes\r\n\r\n"), "BadStatusLine"),
        (lambda door: door.wfile.write(b"SSH-2.0-OpenSSH\r\n"), "BadStatusLine"),
        (lambda door: door.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70000), "LineTooLong"),
    ],
)  # fmt: skip
def test_a_broken_answer_is_an_outage(serve: Serve, handle: Handle, said: str) -> None:
    with pytest.raises(Outage) as caught:
        serve(handle).fetch(REQUEST)
    assert said in str(caught.value)
    assert REQUEST.party not in str(caught.value)


def test_a_chunked_answer_is_whole(serve: Serve) -> None:
    def handle(door: BaseHTTPRequestHandler) -> None:
        door.protocol_version = "HTTP/1.1"
        answering(200, b"5\r\nhalf \r\n4\r\nhalf\r\n0\r\n\r\n", length=-1, Transfer_Encoding="chunked")(door)

    assert serve(handle).fetch(REQUEST) == b"half half"


def test_a_huge_answer_is_not_read(serve: Serve) -> None:
    with pytest.raises(BadInput, match="answer_too_large"):
        serve(answering(200, length=10**12), largest=10**6).fetch(REQUEST)


def test_an_answer_without_end_is_not_read_to_its_end(serve: Serve) -> None:
    given = [0]

    def handle(door: BaseHTTPRequestHandler) -> None:
        door.protocol_version = "HTTP/1.1"
        answering(200, length=-1, Transfer_Encoding="chunked")(door)
        try:
            while True:
                door.wfile.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                given[0] += 65536
        except OSError:
            return

    with pytest.raises(BadInput, match="answer_too_large"):
        serve(handle, largest=10**6).fetch(REQUEST)


def test_a_server_that_says_nothing_is_left(serve: Serve) -> None:
    """It never answers, however long or short one waits."""
    let_go = Event()
    company = serve(lambda _: let_go.wait() and None, timeout=0.05)
    try:
        with pytest.raises(Outage, match="TimeoutError"):
            company.fetch(REQUEST)
    finally:
        let_go.set()


def test_a_server_that_drips_is_left(serve: Serve) -> None:
    """It always sends a byte before the socket's patience ends; the whole has an end of its own."""
    let_go = Event()

    def handle(door: BaseHTTPRequestHandler) -> None:
        door.protocol_version = "HTTP/1.1"
        answering(200, length=-1, Transfer_Encoding="chunked")(door)
        try:
            while not let_go.is_set():
                door.wfile.write(b"1\r\nx\r\n" * 1000)
        except OSError:
            return

    company = serve(handle, timeout=0.05, largest=10**15)
    try:
        with pytest.raises(Outage, match=r"not complete within 0.05 s|TimeoutError"):
            company.fetch(REQUEST)
    finally:
        let_go.set()


@pytest.mark.parametrize(
    "url",
    [
        "http://till.example/records", "ftp://till.example/x", "till.example", "https://", "file:///etc/passwd",
        "https://user:password@till.example/", "https://till.example/#a", "https://till.example/{colour}",
        "https://till.example/{0}", "https://till.example/{party.x}", "https://till.example/{",
    ],
)  # fmt: skip
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    with pytest.raises(BadInput, match="bad_address") as caught:
        WebCompany("power", url)
    assert "password@" not in str(caught.value)


def test_what_opens_the_door_is_not_shown() -> None:
    assert "secret" not in repr(WebCompany("power", "https://a.example/", headers={"Authorization": "secret"}))


# --- TLS --------------------------------------------------------------------------------------------------------------


def certificate(folder: Path, host: str) -> Path:
    """A certificate of this host that nobody else vouches for, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    path = folder / f"{host}.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + built.public_bytes(pem)
    )
    return path


@pytest.mark.parametrize(
    ("host", "trusted", "said"),
    [("127.0.0.1", True, ""), ("127.0.0.1", False, "self-signed certificate"), ("127.0.0.2", True, "mismatch")],
)
def test_a_server_proves_who_it_is(tmp_path: Path, host: str, trusted: bool, said: str) -> None:
    held = certificate(tmp_path, host)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(held)
    with listening(answering(200, b"data"), context) as port:
        company = WebCompany("power", f"https://127.0.0.1:{port}/", ca=held if trusted else None)
        if not said:
            assert company.fetch(REQUEST) == b"data"
            return
        with pytest.raises(Outage, match=said):
            company.fetch(REQUEST)


def test_certificates_that_are_none_are_an_outage(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("trust nobody")
    with pytest.raises(Outage, match="power: SSLError"):
        WebCompany("power", "https://127.0.0.1:1/", ca=tmp_path / "ca.pem").fetch(REQUEST)


def test_a_pull_around_it_keeps_within_its_limits(serve: Serve) -> None:
    company = serve(answering(200, b"x" * 100))
    with pytest.raises(BadInput, match="answer_too_large"):
        Pull(company, policy=Policy(largest=99)).answer(REQUEST)
    assert Pull(company, policy=Policy(largest=100)).answer(REQUEST).hit


def test_a_request_has_its_days() -> None:
    with pytest.raises(BadInput):
        Request(("meters",), "P", date(2024, 1, 1), date(2024, 1, 1), ("c",))
