"""The public keys of a client: what may stand in its key set (RFC 7517)."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry

from zhiwei.values import BadInput

MOST, LONGEST = 10, 20_000  # keys of a client; characters of all of them
_PRIVATE = ("d", "p", "q", "k")
_PUBLIC = ("kty", "kid", "crv", "x", "y", "n", "e")  # what is kept of a key
_PLAIN = re.compile(r"[!-~]{1,2000}")
WEAKEST_RSA, _LONGEST_RSA = 2048, 8192


def key_set(keys: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The set of these keys. BadInput says which is none of a client's, and never a part of it."""
    if not 0 < len(keys) <= MOST or len(str(keys)) > LONGEST:
        raise BadInput("bad_keys", f"a client has 1 to {MOST} public keys", hint='{"keys": [...]}, RFC 7517')
    for place, one in enumerate(keys, 1):
        if wrong := _wrong(one):
            raise BadInput("bad_keys", f"key {place} {wrong}", hint="zhiwei client keygen makes a key and its JWKS")
    names = [one["kid"] for one in keys]
    if len(set(names)) != len(names):
        raise BadInput("bad_keys", "two keys have one kid", hint="name each by a kid of its own")
    return {"keys": [{name: one[name] for name in _PUBLIC if name in one} for one in keys]}


def key_set_of(jwks: Any) -> dict[str, Any]:
    """The same, of a JWKS as it was read from a file."""
    keys = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(keys, list):
        raise BadInput("bad_keys", "this is no JWKS", hint='{"keys": [...]}, RFC 7517')
    return key_set(keys)


def rsa_bits(one: Mapping[str, Any]) -> int:
    """Of its modulus as a number: zeros before it make a longer text, and no longer key. 0 where it is none."""
    text = one.get("n")
    try:
        return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4))).bit_length()  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return 0


def _wrong(one: Any) -> str:
    if not isinstance(one, Mapping) or not isinstance(one.get("kid"), str) or not 0 < len(one["kid"]) <= 100:
        return "has no kid"
    if not all(isinstance(one[name], str) and _PLAIN.fullmatch(one[name]) for name in _PUBLIC if name in one):
        return "is no key"
    if any(part in one for part in _PRIVATE):
        return "holds a private part: make another, and show this one to nobody else"
    if one.get("kty") not in ("EC", "RSA", "OKP"):
        return "is of no kind that signs: EC, OKP or RSA"
    if one["kty"] == "RSA" and not WEAKEST_RSA <= rsa_bits(one) <= _LONGEST_RSA:
        return f"is weak or slow: RSA of {WEAKEST_RSA} to {_LONGEST_RSA} bits"
    try:
        JWKRegistry.import_key(dict(one)).thumbprint()
    except (JoseError, ValueError, TypeError, KeyError, ArithmeticError):
        return "is no key"
    if one["kty"] != "RSA" and one.get("crv") not in ("P-256", "Ed25519"):
        return "is on a curve that proves nothing here: P-256 or Ed25519"
    return ""
