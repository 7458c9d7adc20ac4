"""One verb, one key, one transaction: the same key with the same content answers again, with other content refuses."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import Actor, canonical, digest


@dataclass(slots=True)
class Step:
    """`earlier` is the answer already given to this key, or None; then set `result` (plain JSON values)."""

    unit: Unit
    earlier: dict[str, Any] | None
    result: dict[str, Any] = field(default_factory=dict)


@contextmanager
def step(books: Books, by: Actor, verb: str, key: str, request: Mapping[str, Any]) -> Iterator[Step]:
    """Open the transaction of a journey, claim its key, keep its result and its audit row with what it changed."""
    with books.unit(by.tenant) as unit:
        earlier = unit.steps.claim(key, verb, digest([verb, request]))
        current = Step(unit, earlier)
        yield current
        if earlier is None:
            unit.steps.finish(key, current.result)
            unit.steps.audit(by, verb, canonical({**request, "key": key}))
