"""A client's private key: what it proves with each call (DPoP, RFC 9449), and what it signs where money moves."""

import hashlib
import json
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

Pair = ECKey | RSAKey | OKPKey
Given = str | bytes | Path | Mapping[str, Any]
_SOON = 60  # seconds that an assertion is good for


class KeyPair:
    """A private key and its name among the client's keys. It never shows itself."""

    def __init__(self, key: Pair, key_id: str = "") -> None:
        if not key.is_private:
            raise ValueError("this is a public key; calls are proved with the private one")
        self._key, self.key_id = key, key_id or key.kid or key.thumbprint()
        self._algorithm = _algorithm(key)

    def __repr__(self) -> str:
        return f"<KeyPair {self.key_id}>"

    @classmethod
    def made(cls, key_id: str = "") -> "KeyPair":
        """A new one, on P-256. Its name follows from it, where none is given."""
        return cls(ECKey.generate_key("P-256"), key_id)

    @classmethod
    def read(cls, given: Given, key_id: str = "") -> "KeyPair":
        """From PEM, a JWK (RFC 7517), or a file of either."""
        if isinstance(given, Path):
            given = given.read_bytes()
        text = given.decode() if isinstance(given, bytes) else given
        try:
            if isinstance(text, str) and text.lstrip().startswith("{"):
                text = json.loads(text)
            if isinstance(text, Mapping) and text.get("kty") in ("EC", "RSA", "OKP"):
                found = JWKRegistry.import_key(dict(text))
                if isinstance(found, Pair):
                    return cls(found, key_id)
            elif not isinstance(text, Mapping):
                for kind in (ECKey, RSAKey, OKPKey):
                    try:
                        return cls(kind.import_key(text), key_id)
                    except (JoseError, ValueError, TypeError):
                        continue
        except (JoseError, ValueError, TypeError, KeyError) as error:
            if "private one" in str(error):
                raise
        raise ValueError("private_key is PEM, a JWK, or a Path of either; EC P-256, RSA or Ed25519") from None

    @property
    def public(self) -> dict[str, Any]:
        """The JWK to register: it holds nothing secret."""
        return {**self._key.as_dict(private=False), "kid": self.key_id, "use": "sig", "alg": self._algorithm}

    @property
    def private_pem(self) -> bytes:
        """For the file that keeps it, and for nothing else."""
        return self._key.as_pem(private=True)

    def assertion(self, client_id: str, audience: str, now: float) -> str:
        """Who asks for a token (private_key_jwt, RFC 7523)."""
        claims = {"iss": client_id, "sub": client_id, "aud": audience, "iat": int(now), "exp": int(now) + _SOON,
                  "jti": uuid.uuid4().hex}  # fmt: skip
        return jwt.encode(self._header(), claims, self._key, algorithms=[self._algorithm])

    def proof(self, method: str, url: str, now: float, token: str = "") -> str:
        """That this very call is made by who holds the key; with `token`, that the token is its own."""
        claims: dict[str, Any] = {"htm": method, "htu": url, "iat": int(now), "jti": uuid.uuid4().hex}
        if token:
            claims["ath"] = urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
        header = {"alg": self._algorithm, "typ": "dpop+jwt", "jwk": self._key.as_dict(private=False)}
        return jwt.encode(header, claims, self._key, algorithms=[self._algorithm])

    def signature(self, body: bytes, call: tuple[str, str, str], now: float) -> str:
        """Over the bytes of a body, detached; its header also names the call: (method, path, Idempotency-Key)."""
        method, path, key = call
        header = self._header() | {"htm": method, "htp": path, "key": key, "iat": int(now)}
        registry = jws.JWSRegistry(algorithms=[self._algorithm], strict_check_header=False)
        return jws.detach_content(jws.serialize_compact(header, body, self._key, registry=registry))

    def _header(self) -> dict[str, Any]:
        return {"alg": self._algorithm, "kid": self.key_id}


def _algorithm(key: Pair) -> str:
    """Those of FAPI 2.0."""
    match key.key_type, key.get("crv"):
        case "EC", "P-256":
            return "ES256"
        case "OKP", "Ed25519":
            return "Ed25519"
        case "RSA", _:
            return "PS256"
    raise ValueError("a key on P-256, on Ed25519, or of RSA")
