"""May a call come in: who makes it, with which proof, within which scope and rate, and is it the first of its key."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from joserfc.jwk import OctKey

from zhiwei.interfaces.api.access.proofs import Proof, check_signature, read_proof
from zhiwei.interfaces.api.access.tokens import TEST, Token, read_token, signing, tenant_said
from zhiwei.interfaces.api.problems import BadRequest, NotAllowed, TooMany
from zhiwei.journeys.partners.ports import ACTIVE, Admitted, Call, Signature, Terms
from zhiwei.journeys.ports import Books
from zhiwei.values import Actor, Forbidden, NotFound, Refusal
from zhiwei.values.secrets import fingerprint

LONGEST_KEY = 128
SWEPT, KEPT = timedelta(minutes=1), timedelta(days=7)  # how often, and how long answers of writes are kept
KNOWN = 100_000  # holdings and terms remembered in this process
ROLE = "client"


class Tenants(Protocol):
    """The platform of each tenant."""

    def of(self, tenant: str) -> Books:
        """NotFound where there is no such tenant."""
        ...

    def is_sandbox(self, tenant: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Incoming:
    """One HTTP request, as far as admission looks at it. `url` without its query; header names in small letters.

    `certificate`: DER of the client's, where TLS ends at a proxy that we trust to tell. `asks`: a question whose terms
    do not fit an address, which changes nothing, whatever its method. `about`: (kind, id) that its address names first.
    """

    request_id: str
    method: str
    path: str
    query: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    scope: str
    money: bool
    certificate: bytes | None = None
    asks: bool = False
    about: tuple[str, str] = ("", "")

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD") and not self.asks

    @property
    def hash(self) -> str:
        head = f"{self.method} {self.path}?{self.query}\n".encode()
        return hashlib.sha256(head + self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. `key` is what a journey is called with: the Idempotency-Key, apart from those of other clients."""

    client: str
    by: Actor
    books: Books
    scopes: frozenset[str]
    request_id: str
    key: str
    sees: "Sight" = field(repr=False)
    limits: Mapping[str, str] = field(default_factory=dict, repr=False)  # headers that tell of its rate

    def may_see(self, kind: str, id: str) -> None:
        """NotFound unless it is this client's: what is another's does not exist for it."""
        if not self.sees.holds(self, kind, id):
            raise NotFound(f"no_such_{kind}", f"no {kind} {id[:100]}")

    def hold(self, *held: tuple[str, str]) -> None:
        """What this call made is the client's from now on."""
        with self.books.unit(self.by.tenant) as unit:
            unit.clients.hold(self.client, held)


@dataclass(frozen=True, slots=True)
class Known:
    """Who calls, and the proof that is to be used up; `key` is its Idempotency-Key, '' of what changes nothing."""

    token: Token
    proof: Proof | None
    books: Books
    key: str


@dataclass(frozen=True, slots=True)
class Repeated:
    """The answer that this key was given before."""

    status: int
    answer: str
    limits: Mapping[str, str]


class Sight:
    """What clients hold: what was seen once is remembered, since nothing held is ever taken away."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def holds(self, caller: Caller, kind: str, id: str) -> bool:
        wanted = caller.client, kind, id
        with self._lock:
            if wanted in self._known:
                self._known.move_to_end(wanted)
                return True
        with caller.books.unit(caller.by.tenant, pipelined=True) as unit:
            found = unit.clients.holds(*wanted)
        if found:
            self.remember(*wanted)
        return found

    def remember(self, client: str, kind: str, id: str) -> None:
        with self._lock:
            self._known[client, kind, id] = None
            if len(self._known) > KNOWN:
                self._known.popitem(last=False)


class Admission:
    """The gate of one process. No other replica needs anything in it: proofs, counts and keys are in PostgreSQL."""

    def __init__(self, tenants: Tenants, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.tenants, self.now = tenants, now
        self._terms: dict[str, Terms] = {}
        self._keys: dict[str, Mapping[str, OctKey]] = {}
        self._swept: dict[str, datetime] = {}
        self._sight = Sight()

    def known(self, call: Incoming) -> Known:
        """Who calls, by the headers alone: who proves nothing has no body read. Nothing is counted or used up here."""
        now = self.now()
        if call.headers.get("authorization", "").partition(" ")[2].startswith(TEST + "."):
            (token, books), proof = self._by_test_key(call), None
        else:
            token, proof = self._by_token(call, now)
            books = self.tenants.of(token.tenant)
        if call.scope not in token.scopes:
            raise Forbidden("insufficient_scope", f"this call needs the scope {call.scope}",
                            hint="ask for it at /oauth/token, if the client's terms have it")  # fmt: skip
        return Known(token, proof, books, _key(call))

    def admit(self, call: Incoming, known: Known) -> Caller | Repeated:
        """NotAllowed, Forbidden, TooMany, BadRequest or Refusal where it may not."""
        now, token, proof, books, key = self.now(), known.token, known.proof, known.books, known.key
        wanted = Call(
            token.client, call.request_id, key=key, request_hash=call.hash if key else "", about=call.about
        )  # fmt: skip
        if proof:
            if proof.good_until <= now:  # its name may be forgotten by now: it would be good twice
                raise NotAllowed("invalid_dpop_proof", "the body came too late for its proof")
            wanted = replace(wanted, proof=proof.once, good_until=proof.good_until)
        terms = self.terms(books, token.tenant, token.client)
        signed = call.money and token.bound_to[0] != TEST
        if signed:
            wanted = replace(wanted, signature=_signature(call, key, terms, now))
        self._sweep(books, token.tenant, now)
        with books.unit(token.tenant, pipelined=True) as unit:
            stands = unit.clients.admit(wanted, now.date())
        found = stands()
        if found.holds:
            self._sight.remember(token.client, *call.about)
        by, own = Actor(token.tenant, token.client, ROLE), f"{token.client} {key}" if key else ""
        caller = Caller(token.client, by, books, token.scopes, call.request_id, own, self._sight)
        try:
            if found.terms != terms.number:  # they changed since this process looked
                terms = self.terms(books, token.tenant, token.client, anew=True)
                if signed:
                    _signature(call, key, terms, now)
            _check(terms, call.scope, found, now)
        except Refusal:
            if found.claimed:
                self.ended(caller, key, None, "")
            raise
        limits = _limits(terms, found, now)
        if key and not found.claimed:
            return _repeated(found, wanted.request_hash, limits)
        return replace(caller, limits=limits)

    def ended(self, caller: Caller, key: str, status: int | None, answer: str) -> None:
        """A write is over: what it answered stays under its key, or (None) the key is free again."""
        with caller.books.unit(caller.by.tenant, pipelined=True) as unit:
            if status is None:
                unit.clients.released(caller.client, key)
            else:
                unit.clients.answered(caller.client, key, status, answer)

    def _sweep(self, books: Books, tenant: str, now: datetime) -> None:
        """The first call of a minute takes away what is over: nothing grows for ever, and nobody need run it."""
        if now - self._swept.get(tenant, now - SWEPT) >= SWEPT:
            self._swept[tenant] = now
            with books.unit(tenant) as unit:
                unit.clients.sweep(now - KEPT)

    def terms(self, books: Books, tenant: str, client: str, anew: bool = False) -> Terms:
        if anew or client not in self._terms:
            with books.unit(tenant) as unit:
                found = unit.clients.terms(client)
            if found is None:
                raise NotAllowed("invalid_client", "there is no such client")
            if len(self._terms) >= KNOWN:
                self._terms.clear()
            self._terms[client] = found
        return self._terms[client]

    def token_keys(self, tenant: str, anew: bool = False) -> Mapping[str, OctKey]:
        if anew or tenant not in self._keys:
            with self.tenants.of(tenant).unit(tenant) as unit:
                self._keys[tenant] = signing(unit.clients.token_keys())
        return self._keys[tenant]

    def _by_token(self, call: Incoming, now: datetime) -> tuple[Token, Proof | None]:
        kind, _, text = call.headers.get("authorization", "").partition(" ")
        if not text:
            raise NotAllowed(
                "no_credentials", "the call says not who makes it",
                hint="Authorization: DPoP <token> with a DPoP proof; a sandbox takes Bearer <test key>",
            )  # fmt: skip
        tenant = tenant_said(text)
        try:
            token = read_token(text, self.token_keys(tenant), now)
        except NotAllowed:
            token = read_token(text, self.token_keys(tenant, anew=True), now)  # rotated since this process looked
        except NotFound:
            raise NotAllowed("invalid_token", "the access token is not one of ours") from None
        bound, value = token.bound_to
        if bound == "x5t#S256":
            if kind.lower() != "bearer" or not call.certificate or fingerprint(call.certificate) != value:
                raise NotAllowed("invalid_token", "the token is bound to another certificate", challenge="Bearer")
            return token, None
        if kind.lower() != "dpop":
            raise NotAllowed("invalid_token", "the token is bound to a key: Authorization: DPoP <token>")
        proof = read_proof(call.headers.get("dpop", ""), call.method, call.url, now, text)
        if proof.thumbprint != value:
            raise NotAllowed("invalid_dpop_proof", "the token is bound to another key than that of the DPoP proof")
        return token, proof

    def _by_test_key(self, call: Incoming) -> tuple[Token, Books]:
        kind, _, text = call.headers["authorization"].partition(" ")
        _, tenant, secret = [*text.split("."), "", ""][:3]
        if kind.lower() == "bearer" and secret and self.tenants.is_sandbox(tenant):
            books = self.tenants.of(tenant)
            with books.unit(tenant) as unit:
                client = unit.clients.client_of(fingerprint(secret))
            if client:
                scopes = self.terms(books, tenant, client).scopes
                return Token(tenant, client, frozenset(scopes), (TEST, "")), books
        raise NotAllowed("invalid_token", "no sandbox knows this test key", challenge="Bearer")


def _key(call: Incoming) -> str:
    key = call.headers.get("idempotency-key", "")
    if not call.writes:
        return ""
    if not key:
        raise BadRequest(
            "no_idempotency_key", "a write has an Idempotency-Key",
            hint="any text of your own, 128 characters at most; the same again for the same write",
        )  # fmt: skip
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable() or key != key.strip():
        raise BadRequest("bad_idempotency_key", f"an Idempotency-Key has 1 to {LONGEST_KEY} printable ASCII characters")
    return key


def _signature(call: Incoming, key: str, terms: Terms, now: datetime) -> Signature:
    text = call.headers.get("x-jws-signature", "")
    check_signature(text, call.body, terms.jwks, (call.method, call.path, key), now)
    return Signature(call.method, call.path, hashlib.sha256(call.body).hexdigest(), text)


def _check(terms: Terms, scope: str, found: Admitted, now: datetime) -> None:
    if terms.status != ACTIVE:
        raise Forbidden("client_suspended", "this client is suspended")
    if scope not in terms.scopes:
        raise Forbidden("insufficient_scope", f"the client's terms no longer have the scope {scope}")
    if not found.fresh:
        raise NotAllowed("invalid_dpop_proof", "this proof was used before", hint="each call has a proof of its own")
    if found.in_minute > terms.per_minute:
        raise TooMany("too_many_calls", f"more than {terms.per_minute} calls a minute", wait=60 - now.second)
    if found.in_day > terms.per_day:
        wait = int(86_400 - now.timestamp() % 86_400)
        raise TooMany("quota_used_up", f"more than {terms.per_day} calls a day", wait=wait)


def _limits(terms: Terms, found: Admitted, now: datetime) -> dict[str, str]:
    """The headers of the IETF's draft on rate limits: what is agreed, and what is left."""
    to_minute, to_day = 60 - now.second, int(86_400 - now.timestamp() % 86_400)
    left, today = max(terms.per_minute - found.in_minute, 0), max(terms.per_day - found.in_day, 0)
    return {
        "RateLimit-Policy": f'"minute";q={terms.per_minute};w=60, "day";q={terms.per_day};w=86400',
        "RateLimit": f'"minute";r={left};t={to_minute}, "day";r={today};t={to_day}',
    }


def _repeated(found: Admitted, request_hash: str, limits: Mapping[str, str]) -> Repeated:
    if found.earlier is None or (found.earlier[0] == request_hash and found.earlier[1] is None):
        raise Refusal("still_running", "a call with this Idempotency-Key is running", hint="ask again in a moment")
    earlier, status, answer = found.earlier
    if earlier != request_hash or status is None or answer is None:
        raise OtherContent("key_used", "this Idempotency-Key was used for another request",
                           hint="a new write has a key of its own")  # fmt: skip
    return Repeated(status, answer, limits)


class OtherContent(Refusal):
    """The same key with other content (422)."""

    status = 422
