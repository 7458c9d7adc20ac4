"""Secrets: bytes that nothing prints by accident, and a tenant's keys made of them."""

import hashlib
import hmac
import os
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from zhiwei.values.trouble import BadInput

KEY_BYTES = 32
KEY_ID = re.compile(r"[0-9a-f]{16}")
_TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,40}")


def fingerprint(text: str | bytes) -> str:
    """SHA-256, base64url without padding: as tokens, certificates and test keys are named."""
    data = text.encode() if isinstance(text, str) else text
    return urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


class Secret:
    """Bytes that are seen only by who calls `reveal`: not in a repr, a log, a pickle or a copy."""

    __slots__ = ("_content",)

    def __init__(self, content: bytes) -> None:
        self._content = bytes(content)

    def reveal(self) -> bytes:
        return self._content

    def __len__(self) -> int:
        return len(self._content)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._content, other._content)

    __hash__ = None  # type: ignore[assignment]  # a hash of it would tell something of it

    def __repr__(self) -> str:
        return f"Secret({len(self._content)} bytes)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is neither pickled nor copied")


@dataclass(frozen=True, slots=True)
class Key:
    """A tenant's master key. `key_id` follows from the key and the tenant, so a damaged or foreign one is noticed."""

    key_id: str
    created: datetime
    secret: Secret


def new_key(tenant: str, created: datetime) -> Key:
    """A random one of 256 bits."""
    return key_of(tenant, created, Secret(os.urandom(KEY_BYTES)))


def key_of(tenant: str, created: datetime, secret: Secret) -> Key:
    """The key of these bytes, under the id that they have for this tenant."""
    digest = hmac.digest(secret.reveal(), b"zhiwei key id\0" + tenant.encode(), "sha256")
    return Key(digest[:8].hex(), created, secret)


def known_tenant(tenant: Any) -> str:
    """The tenant; BadInput where it cannot be one, and so must not become part of a path."""
    if not isinstance(tenant, str) or not _TENANT.fullmatch(tenant):
        raise BadInput("bad_tenant", f"tenant {tenant!r}: small letters, digits, _ and - only, 41 at most")
    return tenant
