"""Proofs that a client holds its key: DPoP (RFC 9449), client assertions (RFC 7523), signed requests (detached JWS).

The library checks signatures; what is signed, for whom and when, is checked here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet

from zhiwei.interfaces.api.problems import NotAllowed
from zhiwei.journeys.clients.keys import WEAKEST_RSA, rsa_bits
from zhiwei.values.secrets import fingerprint

ALGORITHMS = ["ES256", "PS256", "Ed25519", "EdDSA"]  # those of FAPI 2.0: no RSA of the old padding, no shared secret
GOOD_FOR = timedelta(seconds=60)  # a proof, from when it was made
AHEAD = timedelta(seconds=10)  # clocks differ
LONGEST = 8192  # characters of a proof
_ONCE = re.compile(r"[!-~]{8,128}")  # a jti
_NOT_ONE = (JoseError, ValueError, TypeError, KeyError, RecursionError)  # what a library says of what is no proof
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class Proof:
    """`thumbprint` names the key (RFC 7638); `once` may be seen once until `good_until`."""

    thumbprint: str
    once: str
    good_until: datetime


def read_proof(text: str, method: str, url: str, now: datetime, token: str = "") -> Proof:
    """A DPoP proof of this very call; with `token`, of a call that shows it. NotAllowed names what does not fit."""
    header = _header(text, "invalid_dpop_proof")
    if header.get("typ") != "dpop+jwt" or not isinstance(header.get("jwk"), dict) or "d" in header["jwk"]:
        raise _bad_proof("its header has typ dpop+jwt and the public jwk")
    if header["jwk"].get("kty") == "RSA" and rsa_bits(header["jwk"]) < WEAKEST_RSA:
        raise _bad_proof(f"a key of RSA has {WEAKEST_RSA} bits at least")
    try:
        key = JWKRegistry.import_key(header["jwk"])
        claims = jwt.decode(text, key, algorithms=ALGORITHMS).claims
        thumbprint = key.thumbprint()
    except _NOT_ONE:
        raise _bad_proof("its signature does not fit its key") from None
    if claims.get("htm") != method or claims.get("htu") != url:
        raise _bad_proof(f"it is for {_short(claims.get('htm'))} {_short(claims.get('htu'))}, not for {method} {url}")
    if token and claims.get("ath") != fingerprint(token):
        raise _bad_proof("its ath is not the hash of the access token")
    made = _instant(claims, "iat", _bad_proof)
    if not now - GOOD_FOR <= made <= now + AHEAD:
        raise _bad_proof(f"it was made more than {GOOD_FOR.seconds} seconds ago, or in the future")
    return Proof(thumbprint, f"dpop {thumbprint} {_once(claims, _bad_proof)}", made + GOOD_FOR + AHEAD)


def read_assertion(text: str, jwks: Mapping[str, Any], client: str, audiences: set[str], now: datetime) -> Proof:
    """A client's assertion of who it is, by one of its registered keys."""
    bad = _bad_client
    try:
        claims = jwt.decode(text, _keys(jwks, text), algorithms=ALGORITHMS).claims
    except _NOT_ONE:
        raise bad("its signature fits none of the client's keys") from None
    if claims.get("iss") != client or claims.get("sub") != client:
        raise bad("iss and sub are the client's id")
    audience = claims.get("aud")
    said = [one for one in (audience if isinstance(audience, list) else [audience]) if isinstance(one, str)]
    if not audiences & set(said):
        raise bad(f"aud is {' or '.join(sorted(audiences))}")
    until = _instant(claims, "exp", bad)
    if not now - AHEAD <= until <= now + timedelta(minutes=10):
        raise bad("exp is at most ten minutes from now, and not over")
    return Proof("", f"assertion {_once(claims, bad)}", until + AHEAD)


def check_signature(text: str, body: bytes, jwks: Mapping[str, Any], call: tuple[str, str, str], now: datetime) -> None:
    """A signature over the bytes of the body; its header also names the `call`: (method, path, Idempotency-Key)."""
    header = _header(text, "bad_signature")
    if text.count(".") != 2 or ".." not in text:  # with words of its own the library would check those, and no body
        raise _bad_signature("it is to be detached: nothing stands between its two dots")
    said = header.get("htm"), header.get("htp"), header.get("key")
    if said != call:
        raise _bad_signature("its header says htm, htp and key: the method, the path and the Idempotency-Key")
    made = _instant(header, "iat", _bad_signature)
    if not now - GOOD_FOR <= made <= now + AHEAD:
        raise _bad_signature(f"iat is more than {GOOD_FOR.seconds} seconds ago, or in the future")
    try:
        registry = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        jws.deserialize_compact(text, _keys(jwks, text), algorithms=ALGORITHMS, payload=body, registry=registry)
    except _NOT_ONE:
        raise _bad_signature("it fits none of the client's keys, or another body") from None


def _keys(jwks: Mapping[str, Any], text: str) -> KeySet:
    """The key the header names, or all of them."""
    kid = _header(text, "invalid_client").get("kid")
    keys = [one for one in jwks["keys"] if kid is None or one.get("kid") == kid]
    if not keys:
        raise ValueError("no such key")
    return KeySet.import_key_set({"keys": keys})


def _header(text: str, code: str) -> dict[str, Any]:
    try:
        if len(text) > LONGEST:
            raise ValueError
        return dict(jws.extract_compact(text.encode()).headers())
    except _NOT_ONE:
        raise NotAllowed(code, "it is no JWS in compact form") from None


def _instant(claims: Mapping[str, Any], name: str, bad: Any) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e11:
        raise bad(f"{name} is a time in seconds")
    return datetime.fromtimestamp(value, UTC)


def _once(claims: Mapping[str, Any], bad: Any) -> str:
    value = claims.get("jti")
    if not isinstance(value, str) or not _ONCE.fullmatch(value):
        raise bad("its jti has 8 to 128 characters of ASCII, none of them a space")
    return value


def _short(value: object) -> str:
    return str(value)[:100]


def _bad_proof(message: str) -> NotAllowed:
    return NotAllowed("invalid_dpop_proof", f"the DPoP proof does not fit: {message}")


def _bad_client(message: str) -> NotAllowed:
    return NotAllowed("invalid_client", f"the client assertion does not fit: {message}")


def _bad_signature(message: str) -> NotAllowed:
    return NotAllowed("bad_signature", f"the signature of the request does not fit: {message}",
                      hint="sign the body with JWS, detached, in x-jws-signature")  # fmt: skip
