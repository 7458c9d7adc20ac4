"""JSON into frozen dataclasses: by their types, and passing over what is new."""

import dataclasses
import types
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from zhiwei.client.problems import Unreadable

T = TypeVar("T")


def decoded(shape: type[T], value: Any) -> T:
    """Unreadable, with the place, where it does not fit."""
    try:
        made: T = _read(shape, value, "")
    except (ValueError, TypeError, InvalidOperation) as error:
        raise Unreadable(f"{getattr(shape, '__name__', shape)}: {error}") from None
    return made


def plain(value: Any) -> Any:
    """The other way: what goes into JSON. What is None is left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        said = {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
        return {name: plain(one) for name, one in said.items() if one is not None}
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items() if one is not None}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


@cache
def _fields(shape: type) -> list[tuple[str, Any, bool]]:
    """(name, type, must it be there)"""
    hints = get_type_hints(shape)
    missing = dataclasses.MISSING
    return [
        (one.name, hints[one.name], one.default is missing and one.default_factory is missing)
        for one in dataclasses.fields(shape)
    ]


def _read(shape: Any, value: Any, place: str) -> Any:
    if shape is Any:
        return value
    origin, inner = get_origin(shape), get_args(shape)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in inner:
            return None
        [only] = [one for one in inner if one is not type(None)]
        return _read(only, value, place)
    if origin is tuple:
        return tuple(_read(inner[0], one, f"{place}/{number}") for number, one in enumerate(_is(list, value, place)))
    if origin is dict or shape is dict:
        return dict(_is(dict, value, place))
    if dataclasses.is_dataclass(shape):
        return _object(shape, _is(dict, value, place), place)
    if shape is date or shape is datetime:
        return shape.fromisoformat(_is(str, value, place))
    if shape is Decimal:
        return Decimal(_is(str, value, place))
    return _is(shape, value, place)


def _object(shape: Any, said: dict[str, Any], place: str) -> Any:
    given = {}
    for name, of, needed in _fields(shape):
        if name in said:
            given[name] = _read(of, said[name], f"{place}/{name}")
        elif needed:
            raise ValueError(f"{place}/{name} is missing")
    return shape(**given)


def _is(kind: Any, value: Any, place: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ValueError(f"{place or '/'} is {type(value).__name__}, not {kind.__name__}")
    return value
