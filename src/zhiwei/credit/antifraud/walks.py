"""Questions about one party, answered step by step: each step follows only the largest few edges, and says so."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zhiwei.credit.antifraud.network import ALIKE, LONGEST
from zhiwei.credit.antifraud.typologies.invoicing import Ring

FAN_OUT = 20  # edges followed from a party at each step, largest first
WAYS = 300  # ways followed at once, shortest first


@dataclass(frozen=True, slots=True)
class Frontier:
    """Where a walk stands: at these parties, with edges so far between `low` and `high`."""

    at: list[str]
    low: list[int]
    high: list[int]


@dataclass(frozen=True, slots=True)
class Step:
    """An edge from the frontier's party number `place`; `beyond`: it is the first of those no longer followed."""

    place: int
    to: str
    weight: int
    beyond: bool


Hop = Callable[[Frontier, bool], Sequence[Step]]
"""The edges out of a frontier (True: into it): those that keep a way's amounts alike, and the first beyond the fan-out.

`high` 0 stands for a way without an amount yet.
"""
Way = tuple[tuple[str, ...], tuple[int, ...]]
"""Parties from the one asked about, onward or back, and the amounts between them."""


def rings_through(party: str, hop: Hop) -> tuple[list[Ring], list[str]]:
    """A shortest circle of like amounts for each of a party's sales, largest sales first; and whose edges were cut.

    From both ends: ways onward and ways back take turns, three steps each, until they meet.
    """
    cut: dict[str, None] = {}
    rings: dict[str, Ring] = {}
    onward, back = (_step([((party,), ())], hop, into, cut, {}) for into in (False, True))
    onward, back = _alike(onward, back), _alike(back, onward)
    onward_seen: dict[object, list[tuple[int, int]]] = {}
    back_seen: dict[object, list[tuple[int, int]]] = {}
    for turn in range(LONGEST - 1):
        _meet(onward, back, rings)
        if turn == LONGEST - 2:
            break
        if turn % 2 == 0:
            onward = [way for way in onward if way[0][1] not in rings and way[0][-1] != party]
            onward = _step(onward, hop, False, cut, onward_seen)
        else:
            back = _step([way for way in back if way[0][-1] != party], hop, True, cut, back_seen)
        if not (onward and back):
            break
    return sorted(rings.values(), key=lambda ring: (-ring.amounts[0], ring.parties)), list(cut)


def _step(
    ways: list[Way], hop: Hop, into: bool, cut: dict[str, None], seen: dict[object, list[tuple[int, int]]]
) -> list[Way]:
    """Every way one step longer; of those that end in one place, none whose amounts are further apart than another's.

    Ways onward are kept apart by the sale they begin with, since each sale is asked about.
    """
    if not ways:
        return []
    low, high = ([pick(amounts, default=0) for _, amounts in ways] for pick in (min, max))
    longer: list[Way] = []
    for step in hop(Frontier([way[-1] for way, _ in ways], low, high), into):
        way, amounts = ways[step.place]
        least, most = min((*amounts, step.weight)), max((*amounts, step.weight))
        if step.beyond:
            cut.setdefault(way[-1])
        elif most <= ALIKE * least and step.to not in way:
            first = way[1] if len(way) > 1 and not into else ""
            known = seen.setdefault((first, step.to), [])
            if not any(least <= closer and wider <= most for closer, wider in known):
                known.append((least, most))
                longer.append(((*way, step.to), (*amounts, step.weight)))
    cut.update(dict.fromkeys(way[-2] for way, _ in longer[WAYS:]))
    return longer[:WAYS]


def _alike(ways: list[Way], others: list[Way]) -> list[Way]:
    """First steps whose amount some first step on the other side is like: a circle needs both."""
    sums = sorted(amounts[0] for _, amounts in others)

    def near(amount: int) -> bool:
        place = bisect_left(sums, amount / ALIKE)
        return place < len(sums) and sums[place] <= ALIKE * amount

    return [way for way in ways if near(way[1][0])]


def _meet(onward: list[Way], back: list[Way], rings: dict[str, Ring]) -> None:
    """Ways that end in one party close a circle, where amounts agree around it and nobody is met twice."""
    ends: dict[str, list[Way]] = {}
    for way in back:
        ends.setdefault(way[0][-1], []).append(way)
    for parties, amounts in onward:
        for others, more in ends.get(parties[-1], ()) if parties[1] not in rings else ():
            around = (*amounts, *reversed(more))
            if max(around) <= ALIKE * min(around) and not set(others[1:-1]) & set(parties):
                rings[parties[1]] = Ring((*parties, *reversed(others[1:-1])), around)
                break


def ring_of_guarantees(party: str, hop: Hop) -> tuple[tuple[str, ...], list[str]]:
    """A shortest ring of at most LONGEST guarantees through a party, () where there is none; and whose were cut."""
    cut: dict[str, None] = {}
    ways: list[tuple[str, ...]] = [(party,)]
    seen = {party}
    for _ in range(LONGEST):
        if not ways:
            break
        longer: list[tuple[str, ...]] = []
        closed: tuple[str, ...] = ()
        for step in hop(Frontier([way[-1] for way in ways], [0] * len(ways), [0] * len(ways)), False):
            way = ways[step.place]
            if step.beyond:
                cut.setdefault(way[-1])
            elif step.to == party:
                closed = closed or way
            elif step.to not in seen:
                seen.add(step.to)
                longer.append((*way, step.to))
        if closed:
            return closed, list(cut)
        if len(longer) > WAYS:
            cut.update(dict.fromkeys(way[-2] for way in longer[WAYS:]))
        ways = longer[:WAYS]
    return (), list(cut)
