"""A company behind HTTPS: one request, one answer, TLS verified, nothing followed, and no more read than is allowed.

What goes out: where the address has places ({party}, {kinds}, {since}, {until}, {consents}), they are filled in and it
is a GET; else a POST of these five as JSON, which keeps the party out of addresses and so out of logs on the way. The
consents go in the header X-Consent as well. What comes back: 200 with the file, 204 for nothing in the window, 404 for
a party it does not know, 403 for a consent that does not do.
"""

import http.client
import json
import ssl
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from zhiwei.borrower.reading.files import LARGEST
from zhiwei.journeys.providers import Request
from zhiwei.values import BadInput, NotFound, Outage, Refusal

PLACES = ("party", "kinds", "since", "until", "consents")
BLOCK = 2**16
_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class WebCompany:
    """`headers` open the company's door. `ca`: certificates to trust instead of the system's, for a private network.

    BadInput where the address is none to ask safely: plain HTTP goes no further than this machine.
    """

    name: str
    url: str
    timeout: float = 10.0
    headers: dict[str, str] = field(default_factory=dict, repr=False)
    ca: Path | None = None
    largest: int = LARGEST

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        here = parts.hostname in _HERE
        if parts.scheme not in ("https", "http") or not parts.hostname or (parts.scheme == "http" and not here):
            raise BadInput("bad_address", f"{self.name}: an address begins with https://", hint=f"url of {self.name}")
        if parts.username or parts.password or parts.fragment:
            raise BadInput(
                "bad_address", f"{self.name}: an address holds no password and no fragment",
                hint="name an environment variable in auth_env instead",
            )  # fmt: skip
        try:
            self.url.format(**dict.fromkeys(PLACES, ""))
        except (AttributeError, KeyError, IndexError, ValueError) as error:
            raise BadInput(
                "bad_address", f"{self.name}: the places of an address are {', '.join(PLACES)}", hint="{party}"
            ) from error

    def fetch(self, request: Request) -> bytes:
        try:
            with closing(self._connection()) as connection:
                self._ask(connection, request)
                with connection.getresponse() as response:
                    self._check(response)
                    return b"" if response.status == 204 else self._content(response)
        except (OSError, http.client.HTTPException) as error:
            # their words may hold what was asked: what kind they are is told
            why = getattr(error, "verify_message", "") or type(error).__name__
            raise Outage(f"{self.name}: {why}") from None

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        assert parts.hostname is not None
        if parts.scheme == "http":
            return http.client.HTTPConnection(parts.hostname, parts.port, timeout=self.timeout)
        context = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
        return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=self.timeout, context=context)

    def _ask(self, connection: http.client.HTTPConnection, request: Request) -> None:
        said = {
            "party": request.party, "kinds": ",".join(request.kinds), "since": request.since.isoformat(),
            "until": request.until.isoformat(), "consents": ",".join(request.consents),
        }  # fmt: skip
        filled = self.url.format(**{name: quote(value, safe="") for name, value in said.items()})
        parts = urlsplit(filled)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {**self.headers, "X-Consent": said["consents"], "Accept-Encoding": "identity", "Connection": "close"}
        if filled != self.url:
            connection.request("GET", target, headers=headers)
        else:
            headers["Content-Type"] = "application/json"
            connection.request("POST", target, body=json.dumps(said).encode(), headers=headers)

    def _check(self, response: http.client.HTTPResponse) -> None:
        """Raise what a status other than an answer means. A redirect is not followed: the address is the company's."""
        match response.status:
            case 200 | 204:
                return
            case 404:
                raise NotFound("no_such_party", f"{self.name} does not know the party")
            case 403:
                raise Refusal("no_consent", f"{self.name} finds the consent wanting")
            case 401 | 407:
                raise Refusal("not_let_in", f"{self.name} does not let us in", hint="renew what opens its door")
            case status if 300 <= status < 400:
                raise Outage(f"{self.name} answered with a redirect ({status}), which is not followed")
            case 408 | 425 | 429:
                raise Outage(f"{self.name} asks to come back later ({response.status})")
            case status if 400 <= status < 500:
                raise Refusal("not_understood", f"{self.name} does not understand what is asked ({status})")
            case status:
                raise Outage(f"{self.name} answered with status {status}")

    def _content(self, response: http.client.HTTPResponse) -> bytes:
        """All of it, or an Outage: an answer that does not say where it ends could be half of one."""
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise Outage(f"{self.name} answered in an encoding that was not asked for")
        if response.length is None and not response.chunked:
            raise Outage(f"{self.name} does not say how long its answer is")
        if (response.length or 0) > self.largest:
            raise self._too_large()
        found, size, end = [], 0, time.monotonic() + self.timeout
        while block := response.read(BLOCK):
            found.append(block)
            size += len(block)
            if size > self.largest:
                raise self._too_large()
            if time.monotonic() > end:
                raise Outage(f"{self.name}: its answer was not complete within {self.timeout:g} s")
        if response.length:
            raise Outage(f"{self.name}: its answer broke off, {response.length:,} bytes short")
        return b"".join(found)

    def _too_large(self) -> BadInput:
        return BadInput(
            "answer_too_large", f"{self.name} answers more than {self.largest:,} bytes", hint="ask for a shorter window"
        )
