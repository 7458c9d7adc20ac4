"""A call from its first try to its answer, without any I/O: what drives it sends, sleeps, and hands answers back.

So the blocking and the asynchronous client do the same, word for word: tokens, proofs, signatures, retries.
"""

import json
import random
import time
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx2

from zhiwei.client.asks import Ask, Query
from zhiwei.client.keys import KeyPair
from zhiwei.client.problems import ApiProblem, NotProved, Unreachable, Unreadable, ZhiweiError, problem_of

T = TypeVar("T")

TOKEN = "/oauth/token"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_EARLY = 30  # seconds before its end a token is renewed
_SKEW = 5  # seconds that clocks may differ without a word
_BY_CLOCK = ("invalid_client", "invalid_dpop_proof", "bad_signature")  # what a clock that is wrong leads to
_AGENT = "zhiwei-python"


@dataclass(frozen=True, slots=True)
class Options:
    """How patient a client is: it asks again after a broken connection, 429, 502, 503, 504, and while the same call
    still runs; at most `tries` times.

    Between two of them it waits up to `first` seconds, then up to twice that, ..., and at least what Retry-After says;
    where that is more than `longest`, the problem is raised instead. `timeout`: seconds without a word. `http`: an
    httpx2 client of your own (proxy, certificates), which stays yours to close.
    """

    tries: int = 6
    first: float = 0.25
    longest: float = 60.0
    timeout: float = 30.0
    clock: Callable[[], float] = time.time
    http: httpx2.Client | httpx2.AsyncClient | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Pause:
    """Sleep, then go on."""

    seconds: float


Talk = Generator[httpx2.Request | Pause, httpx2.Response | None, T]


@dataclass(slots=True, repr=False)
class Wire:
    """What one client knows: who it is, its token, and how far its clock is off."""

    base_url: str
    client_id: str
    key: KeyPair | None
    test_key: str
    options: Options
    _bound: KeyPair = field(default_factory=KeyPair.made)  # the token is bound to it; it lives as long as this client
    _token: str = ""
    _over: float = 0.0  # by the server's clock
    _off: float = 0.0  # what the server's clock is ahead of ours

    def talk(self, ask: Ask[T]) -> Talk[T]:
        try:
            return ask.read(_json((yield from self._answered(ask))))
        except ZhiweiError as trouble:
            trouble.key = ask.key  # so that who gave none can ask again for the same
            raise

    def _answered(self, ask: Ask[Any]) -> Talk[httpx2.Response]:
        if self.key and self._now() >= self._over:
            yield from self._renewed()
        try:
            return (yield from self._heard(lambda: self._call(ask)))
        except NotProved as problem:
            if problem.code != "invalid_token" or self.key is None:
                raise
        yield from self._renewed()  # the server's key was rotated, or the token ended while we waited
        return (yield from self._heard(lambda: self._call(ask)))

    def _renewed(self) -> Talk[None]:
        granted = _json((yield from self._heard(self._ask_token)))
        try:
            self._token, self._over = str(granted["access_token"]), self._now() + float(granted["expires_in"]) - _EARLY
        except (TypeError, KeyError, ValueError):
            raise Unreadable(f"{TOKEN} gave no token") from None

    def _heard(self, make: Callable[[], httpx2.Request]) -> Talk[httpx2.Response]:
        """An answer that says yes, whatever it takes within the patience agreed. Each try is made, and proved, anew."""
        tried = 0
        while True:
            tried += 1
            request = make()
            try:
                reply = yield request
            except httpx2.TransportError as error:
                if tried >= self.options.tries:
                    raise _unreachable(request, error) from error
                wait = self._back_off(tried)
            else:
                assert reply is not None
                if reply.status_code < 300:
                    return reply
                problem = problem_of(reply)
                if problem.code in _BY_CLOCK and self._set_clock(reply):
                    continue
                wait = self._patience(problem, reply, tried)
            yield Pause(wait)

    def _back_off(self, tried: int) -> float:
        """Anything up to a bound that doubles: clients that fell together do not come back together."""
        return random.uniform(0, min(self.options.first * 2 ** (tried - 1), self.options.longest))

    def _patience(self, problem: ApiProblem, reply: httpx2.Response, tried: int) -> float:
        again = problem.status in (429, 502, 503, 504) or problem.code == "still_running"
        said = reply.headers.get("retry-after", "")
        least = float(said) if said.isdigit() else 0.0
        if not again or tried >= self.options.tries or least > self.options.longest:
            raise problem
        return least + self._back_off(tried)

    def _set_clock(self, reply: httpx2.Response) -> bool:
        """By the server's Date, where it shows that our clock is off; False where that explains nothing."""
        try:
            off = parsedate_to_datetime(reply.headers["date"]).timestamp() - self.options.clock()
        except (KeyError, ValueError):
            return False
        if abs(off - self._off) <= _SKEW:
            return False
        self._off = off
        return True

    def _now(self) -> float:
        return self.options.clock() + self._off

    def _ask_token(self) -> httpx2.Request:
        assert self.key is not None
        form = {
            "grant_type": "client_credentials", "client_id": self.client_id, "client_assertion_type": _ASSERTION,
            "client_assertion": self.key.assertion(self.client_id, self.base_url, self._now()),
        }  # fmt: skip
        request = self._request("POST", TOKEN, {}, urlencode(form).encode(), "application/x-www-form-urlencoded")
        request.headers["DPoP"] = self._bound.proof("POST", self.base_url + TOKEN, self._now())
        return request

    def _call(self, ask: Ask[Any]) -> httpx2.Request:
        request = self._request(ask.method, ask.path, ask.query, ask.body, ask.media)
        if ask.key:
            request.headers["Idempotency-Key"] = ask.key
        if self.key is None:
            request.headers["Authorization"] = f"Bearer {self.test_key}"
            return request
        request.headers["Authorization"] = f"DPoP {self._token}"
        request.headers["DPoP"] = self._bound.proof(ask.method, self.base_url + ask.path, self._now(), self._token)
        if ask.money:
            request.headers["x-jws-signature"] = self.key.signature(
                ask.body, (ask.method, ask.path, ask.key), self._now()
            )
        return request

    def _request(
        self, method: str, path: str, query: Query, body: bytes, media: str
    ) -> httpx2.Request:  # fmt: skip
        headers = {"Accept": "application/json", "User-Agent": _AGENT, "X-Request-Id": uuid.uuid4().hex}
        if method not in ("GET", "HEAD"):
            headers["Content-Type"] = media
        return httpx2.Request(
            method, self.base_url + path, params=dict(query) or None, headers=headers,
            content=body if method not in ("GET", "HEAD") else None,
            extensions={"timeout": httpx2.Timeout(self.options.timeout).as_dict()},
        )  # fmt: skip


def _json(reply: httpx2.Response) -> Any:
    try:
        return json.loads(reply.content) if reply.content else None
    except ValueError:
        raise Unreadable(f"{reply.status_code} with a body that is no JSON") from None


def _unreachable(request: httpx2.Request, error: Exception) -> Unreachable:
    where = f"{request.method} {request.url.copy_with(query=None)}"
    return Unreachable(f"{where}: {type(error).__name__}", request_id=request.headers["x-request-id"])
