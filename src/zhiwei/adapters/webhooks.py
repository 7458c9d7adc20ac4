"""Webhooks called: signed after Standard Webhooks, over TLS, at the address that was looked at, for a limited time.

A client names the host, so a name is resolved once, every address it has is looked at, and the connection goes to one
of those very addresses: what the name says a moment later does not matter. TLS and the Host header keep the name. No
redirect is followed, no proxy asked, and of an answer nothing is used but its status and when to come back.
"""

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpcore2
from standardwebhooks import Webhook

from zhiwei.journeys.partners.telling import Answer, Message
from zhiwei.values import BadInput

LONGEST_URL, LARGEST_ANSWER = 2_000, 2**14
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_INSIDE = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".corp", ".cluster.local")
_V6 = ipaddress.ip_network("2000::/3")  # all that is given out; other forms lie outside, or are named below
_KEPT = [
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32",  # the last tells a machine in a cloud of itself
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
]  # fmt: skip
Resolve = Callable[[str, int], Iterable[str]]


def resolved(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def may_reach(address: str, loopback: bool = False) -> bool:
    """Whether an address is one of the open internet, or of this machine where `loopback` says so."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is None:
            inside = ip in _V6 and ip.is_global and not any(ip in net for net in _KEPT if net.version == 6)
            return inside or (loopback and ip.is_loopback)
        ip = ip.ipv4_mapped
    if loopback and ip.is_loopback:
        return True
    plain = ip.is_global and not (ip.is_multicast or ip.is_reserved)
    return plain and not any(ip in net for net in _KEPT if net.version == 4)


@dataclass(frozen=True)
class WebhookCaller:
    """`loopback`: addresses of this machine may be called too, without TLS: to try things out, never to serve others.

    `seconds` is what a call may take in all. `ca`: certificates to trust instead of the system's.
    """

    loopback: bool = False
    seconds: float = 15.0
    ca: Path | None = None
    resolve: Resolve = resolved

    def check(self, url: str) -> None:
        if len(url) > LONGEST_URL or not re.fullmatch(r"[!-~]+", url):
            raise _bad(f"an address has at most {LONGEST_URL:,} characters, none of them a space or outside ASCII")
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:
            raise _bad("this is no address") from None
        here = self.loopback and host in _LOOPBACK
        if parts.scheme != "https" and not (parts.scheme == "http" and here):
            raise _bad("an address begins with https://")
        if "@" in parts.netloc or "#" in url:
            raise _bad("an address holds no password and no fragment")
        if not self._may_be(host) and not here:
            raise _bad("an address is a host of the open internet")

    def _may_be(self, host: str) -> bool:
        try:
            return may_reach(host, self.loopback)
        except ValueError:  # a name: what it stands for is looked at with each call
            return "." in host.strip(".") and not f".{host.rstrip('.').lower()}".endswith(_INSIDE)

    def send(self, message: Message) -> Answer:
        begun = time.monotonic()
        try:
            self.check(message.url)
            answer = self._call(message, begun + self.seconds)
        except BadInput as bad:
            answer = Answer(None, bad.code)
        except socket.gaierror:
            answer = Answer(None, "no_such_host")
        except (TimeoutError, httpcore2.TimeoutException):
            answer = Answer(None, "timeout")
        except ssl.SSLError:
            answer = Answer(None, "tls")
        except (httpcore2.NetworkError, OSError) as error:
            answer = Answer(None, "tls" if isinstance(next(iter(error.args), None), ssl.SSLError) else "no_connection")
        except (httpcore2.ProtocolError, UnicodeError):
            answer = Answer(None, "not_http")
        took = int((time.monotonic() - begun) * 1000)
        return Answer(answer.status, answer.error, answer.later, took)

    def _call(self, message: Message, until: float) -> Answer:
        line = _Line(self.resolve, self.loopback, until)
        context = _context(self.ca) if message.url.startswith("https:") else None
        limits: dict[str, Any] = dict.fromkeys(("connect", "read", "write", "pool"), self.seconds)
        with (
            httpcore2.ConnectionPool(ssl_context=context, network_backend=line, max_connections=1) as pool,
            pool.stream(
                "POST", message.url, headers=signed(message), content=message.body, extensions={"timeout": limits}
            ) as response,
        ):
            size = 0
            for block in response.iter_stream():
                size += len(block)
                if size > LARGEST_ANSWER:
                    break
            headers = {name.lower(): value for name, value in response.headers}
            return Answer(response.status, "", _later(headers.get(b"retry-after", b"").decode("latin-1"), message.at))


def signed(message: Message) -> dict[bytes | str, bytes | str]:
    """The headers of a call: signed with every secret, so that a receiver may hold either while one is exchanged."""
    body = message.body.decode()
    signatures = [Webhook(secret.reveal()).sign(message.id, message.at, body) for secret in message.secrets]
    return {
        "content-type": "application/cloudevents+json; charset=utf-8", "user-agent": "zhiwei-webhooks",
        "webhook-id": message.id, "webhook-timestamp": str(int(message.at.timestamp())),
        "webhook-signature": " ".join(signatures), "connection": "close",
    }  # fmt: skip


def _later(said: str, now: datetime) -> int | None:
    """Retry-After: seconds, or a day and an hour."""
    if re.fullmatch(r"[0-9]{1,9}", said):
        return int(said)
    try:
        at = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    return max(0, int((at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()))


@lru_cache(maxsize=4)
def _context(ca: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca) if ca else None)


def _bad(message: str) -> BadInput:
    return BadInput("bad_address", message, hint="https://hooks.example.com/credit, say")


class _Line(httpcore2.NetworkBackend):
    """Connects to an address that was looked at, and lets nobody use up more time than there is."""

    def __init__(self, resolve: Resolve, loopback: bool, until: float) -> None:
        self.resolve, self.loopback, self.until = resolve, loopback, until

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:  # fmt: skip
        addresses = list(self.resolve(host, port))
        if not addresses or not all(may_reach(address, self.loopback) for address in addresses):
            raise BadInput("forbidden_address", "the host stands for an address that is not of the open internet")
        trouble: Exception | None = None
        for address in addresses[:4]:
            try:
                plain = httpcore2.SyncBackend().connect_tcp(address, port, _left(self.until), None, socket_options)
                return _Timed(plain, self.until)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                trouble = error
        assert trouble is not None
        raise trouble


class _Timed(httpcore2.NetworkStream):
    """A connection of which every step ends by one moment: who answers a byte at a time keeps nobody waiting."""

    def __init__(self, stream: httpcore2.NetworkStream, until: float) -> None:
        self.stream, self.until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, _left(self.until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, _left(self.until))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Timed(self.stream.start_tls(ssl_context, server_hostname, _left(self.until)), self.until)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _left(until: float) -> float:
    if (left := until - time.monotonic()) <= 0:
        raise TimeoutError
    return left
