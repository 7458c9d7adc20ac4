"""The step that runs once: a journey's transaction, its key, its answer and its audit row."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import Actor, BadInput, Refusal, canonical, digest


@dataclass(slots=True)
class Step:
    """`earlier` is the answer already given to this key, or None; then set `result` (plain JSON values)."""

    unit: Unit
    earlier: dict[str, Any] | None
    result: dict[str, Any] = field(default_factory=dict)


LONGEST_KEY = 200
_CLIENTS = ("accept", "draw", "repay")  # verbs whose keys clients choose; the platform's own keys are kept apart


def own_key(verb: str, key: str) -> str:
    """A key as it is kept: clients cannot take the platform's."""
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadInput("bad_key", f"a key has 1 to {LONGEST_KEY} characters, not {len(key)}")
    return f"{'client' if verb in _CLIENTS else 'platform'}:{key}"


@contextmanager
def step(
    books: Books, by: Actor, verb: str, key: str, request: Mapping[str, Any], unsaid: Collection[str] = ()
) -> Iterator[Step]:
    """Open the transaction of a journey, claim its key, keep its result and its audit row with what it changed.

    `unsaid`: parts of the request that the audit leaves out, since they may name people.
    """
    own = own_key(verb, key)
    with books.unit(by.tenant) as unit:
        earlier = unit.steps.claim([(own, verb, digest([verb, request]))]).get(own)
        if isinstance(earlier, Refusal):
            raise earlier
        current = Step(unit, earlier)
        yield current
        if earlier is None:
            unit.steps.finish({own: current.result})
            said = {name: value for name, value in request.items() if name not in unsaid}
            unit.steps.audit(by, verb, [canonical({**said, "key": key})])
