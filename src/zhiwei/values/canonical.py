"""One canonical text for any plain value, so that the same content has the same hash on every machine."""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")  # 0.05 and 0.0500 are one number
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"no canonical form for {type(value).__name__}")


def canonical(value: Any) -> str:
    """Compact JSON, keys sorted, 中文 as it is; decimals and dates as strings; NaN refused."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain, allow_nan=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical text, hex."""
    return fingerprint(canonical(value))


def fingerprint(text: str) -> str:
    """SHA-256 of a text that is canonical already, hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def identifier(prefix: str, *content: Any) -> str:
    """A short id that follows from content: the same act under the same key has the same id."""
    return f"{prefix}_{digest(content)[:20]}"
