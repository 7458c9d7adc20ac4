"""What is asked of the API: one call, or a list that comes in pages; and how each answer is read."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from zhiwei.client.decoding import decoded, plain
from zhiwei.client.problems import Unreadable

T = TypeVar("T")
Query = Mapping[str, str | list[str]]
LONGEST_KEY = 128
MOST_ROWS, MOST_BYTES = 50_000, 2**24  # of one part of a stream


@dataclass(frozen=True, slots=True)
class Ask(Generic[T]):
    """One call, and how its answer is read. `key` is the Idempotency-Key of a write: one for all its tries. `money`:
    the body is signed.
    """

    method: str
    path: str
    read: Callable[[Any], T]
    query: Query = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    media: str = "application/json"
    key: str = ""
    money: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next` is the cursor of the page after this, None where this is the last."""

    items: tuple[T, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """All of a list, page after page."""

    path: str
    shape: type[T]
    query: Query = field(default_factory=dict)

    def page(self, cursor: str | None) -> Ask[Page[T]]:
        query = {**self.query, "cursor": cursor} if cursor else self.query
        return Ask("GET", self.path, partial(_page, self.shape), query)


def get(path: str, shape: type[T], **query: Any) -> Ask[T]:
    return Ask("GET", path, partial(decoded, shape), _query(query))


def listing(path: str, shape: type[T], **query: Any) -> Listing[T]:
    return Listing(path, shape, _query(query))


def write(
    path: str, shape: type[T], body: Any, key: str = "", *, method: str = "POST", money: bool = False
) -> Ask[T]:  # fmt: skip
    content = b"" if body is None else json.dumps(plain(body), ensure_ascii=False).encode()
    return Ask(method, path, partial(decoded, shape), body=content, key=own_key(key), money=money)


def raw(path: str, shape: type[T], body: bytes, media: str, key: str = "", **query: Any) -> Ask[T]:
    """A body that is no JSON."""
    return Ask("POST", path, partial(decoded, shape), _query(query), body, media, own_key(key))


def lines_of(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Rows as NDJSON, in parts that the API takes; only one part is in memory at a time."""
    part: list[bytes] = []
    size = count = 0
    for row in rows:
        line = json.dumps(plain(row), ensure_ascii=False).encode() + b"\n"
        if part and (size + len(line) > MOST_BYTES or count == MOST_ROWS):
            yield b"".join(part)
            part, size, count = [], 0, 0
        part.append(line)
        size, count = size + len(line), count + 1
    if part:
        yield b"".join(part)


def own_key(key: str) -> str:
    """The caller's own name of a write, or a new one."""
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable() or key != key.strip():
        raise ValueError(f"a key has at most {LONGEST_KEY} printable ASCII characters, and no spaces at its ends")
    return key or uuid.uuid4().hex


def at(*parts: str) -> str:
    """A path of the API, each part quoted: at("lines", line, "draws")."""
    if not all(parts):
        raise ValueError(f"an id is missing: {'/'.join(parts)}")
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)


def _query(given: Mapping[str, Any]) -> Query:
    """What is None or '' is not asked; a list is asked once for each."""
    said = {name: plain(value) for name, value in given.items()}
    return {
        name: value if isinstance(value, list) else str(value)
        for name, value in said.items()
        if value not in (None, "")
    }


def _page(shape: type[T], value: Any) -> Page[T]:
    try:
        return Page(tuple(decoded(shape, one) for one in value["items"]), value["next"])
    except (KeyError, TypeError):
        raise Unreadable("this is no page of a list") from None
