"""Access tokens: short, signed by us, bound to the key of who asked for them; a replica needs no memory of them."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from zhiwei.interfaces.api.problems import NotAllowed
from zhiwei.journeys.sandboxes.making import TEST_KEY
from zhiwei.values.secrets import Secret

LASTS = timedelta(minutes=10)
TEST = TEST_KEY  # a sandbox's is zwtest.<tenant>.<secret>


@dataclass(frozen=True, slots=True)
class Token:
    """`bound_to`: ("jkt", thumbprint of a DPoP key) or ("x5t#S256", that of a certificate)."""

    tenant: str
    client: str
    scopes: frozenset[str]
    bound_to: tuple[str, str]


def tenant_of(client: str) -> str:
    """A client's id ends with its tenant: shop.local. NotAllowed where it names none."""
    name, _, tenant = client.rpartition(".")
    if not name or not tenant or not client.isascii() or not client.isprintable():
        raise NotAllowed("invalid_client", "a client's id is its name, a dot and its tenant")
    return tenant


def signing(secrets: Mapping[str, Secret]) -> dict[str, OctKey]:
    """The tenant's secrets as keys that sign access tokens, the newest last."""
    return {kid: OctKey.import_key(secret.reveal()) for kid, secret in secrets.items()}


def minted(token: Token, keys: Mapping[str, OctKey], now: datetime) -> str:
    """Signed with the newest of the tenant's keys."""
    kid, key = list(keys.items())[-1]
    claims = {
        "iss": "zhiwei", "sub": token.client, "tenant": token.tenant, "scope": " ".join(sorted(token.scopes)),
        "iat": int(now.timestamp()), "exp": int((now + LASTS).timestamp()), "cnf": dict([token.bound_to]),
    }  # fmt: skip
    return jwt.encode({"alg": "HS256", "typ": "at+jwt", "kid": kid}, claims, key)


def tenant_said(text: str) -> str:
    """The tenant an access token names, before anything of it is believed: whose keys to check it with."""
    try:
        if isinstance(tenant := _said(text, 1)["tenant"], str):
            return tenant
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    raise _invalid()


def read_token(text: str, keys: Mapping[str, OctKey], now: datetime) -> Token:
    try:
        read = jwt.decode(text, keys[_said(text, 0)["kid"]], algorithms=["HS256"])
        claims = read.claims
        [bound_to] = claims["cnf"].items()
        if read.header.get("typ") != "at+jwt" or claims["exp"] <= now.timestamp():
            raise ValueError
        return Token(claims["tenant"], claims["sub"], frozenset(claims["scope"].split()), bound_to)
    except (JoseError, ValueError, LookupError, TypeError, RecursionError):
        raise _invalid() from None


def _said(text: str, part: int) -> Any:
    found = text.split(".")[part]
    return json.loads(urlsafe_b64decode(found + "=" * (-len(found) % 4)))


def _invalid() -> NotAllowed:
    return NotAllowed("invalid_token", "the access token is not one of ours, or it is over",
                      hint="POST /oauth/token gives a new one; it lasts ten minutes")  # fmt: skip
