"""Frozen dataclasses as plain JSON values and back; what has its default is left out."""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """Dataclasses become objects of their fields that differ from the default; dates and decimals become text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: to_plain(found)
            for name, default in _defaults(type(value)).items()
            if (found := getattr(value, name)) != default
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    return value


def from_plain(kind: type[T], plain: dict[str, Any]) -> T:
    """The dataclass again; TypeError or ValueError where the object is not of its shape."""
    readers = _readers(kind)  # type: ignore[arg-type]  # a class is hashable
    return kind(**{name: readers[name](found) for name, found in plain.items()})


@cache
def _defaults(kind: type) -> dict[str, Any]:
    found = {}
    for field in fields(kind):
        if not field.init:
            continue
        default = field.default
        if default is MISSING and field.default_factory is not MISSING:
            default = field.default_factory()
        found[field.name] = default
    return found


@cache
def _readers(kind: type) -> dict[str, Callable[[Any], Any]]:
    hints = get_type_hints(kind)
    return {field.name: _reader(hints[field.name]) for field in fields(kind)}


def _reader(hint: Any) -> Callable[[Any], Any]:
    if get_origin(hint) is UnionType:
        [inner] = [part for part in get_args(hint) if part is not NoneType]
        read = _reader(inner)
        return lambda found: None if found is None else read(found)
    if get_origin(hint) is tuple:
        parts = get_args(hint)
        if parts[-1] is Ellipsis:
            read = _reader(parts[0])
            return lambda found: tuple(read(item) for item in found)
        readers = [_reader(part) for part in parts]
        return lambda found: tuple(read(item) for read, item in zip(readers, found, strict=True))
    if is_dataclass(hint):
        return lambda found: from_plain(hint, found)  # type: ignore[arg-type]
    if hint is date:
        return date.fromisoformat
    if hint is Decimal or issubclass(hint, Enum):
        return hint  # type: ignore[no-any-return]
    return lambda found: found
