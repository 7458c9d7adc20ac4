"""Walks from one party find its circles and rings from both ends, and say whose edges they did not all follow."""

import random
from collections.abc import Sequence

from zhiwei.credit.antifraud.network import ALIKE, loop_shares
from zhiwei.credit.antifraud.walks import Frontier, Step, ring_of_guarantees, rings_through

Pairs = dict[tuple[str, str], int]


class Memory:
    """Edges in a dictionary, answered as the store answers: heaviest first, alike, one beyond the fan-out."""

    def __init__(self, pairs: Pairs, fan_out: int = 20, alike: float = ALIKE) -> None:
        self.pairs, self.fan_out, self.alike = pairs, fan_out, alike

    def __call__(self, frontier: Frontier, into: bool) -> Sequence[Step]:
        steps = []
        for place, (at, low, high) in enumerate(zip(frontier.at, frontier.low, frontier.high, strict=True)):
            ends = [(w, a if into else b) for (a, b), w in self.pairs.items() if (b if into else a) == at]
            for rank, (weight, other) in enumerate(sorted(ends, key=lambda end: (-end[0], end[1])), start=1):
                near = high == 0 or (
                    weight * self.alike >= high and (weight <= low * self.alike or rank > self.fan_out)
                )
                if rank <= self.fan_out + 1 and near:
                    steps.append(Step(place, other, weight, rank > self.fan_out))
        return steps


def ring(*parties: str, amount: int = 100) -> Pairs:
    return dict.fromkeys(zip(parties, (*parties[1:], parties[0]), strict=True), amount)


def test_rings_of_two_to_six_are_found_from_every_member() -> None:
    for size in range(2, 7):
        members = [f"R{n}" for n in range(size)]
        for start in members:
            [found], cut = rings_through(start, Memory(ring(*members)))
            assert found.parties[0] == start
            assert (set(found.parties), found.amounts, cut) == (set(members), (100,) * size, [])
    assert rings_through("R0", Memory(ring(*(f"R{n}" for n in range(7)))))[0] == []


def test_a_walk_agrees_with_the_batch_on_random_graphs() -> None:
    draw = random.Random(5)
    for _ in range(200):
        firms = [f"F{n}" for n in range(draw.randint(3, 8))]
        pairs = {(a, b): draw.choice([100, 110, 130]) for a in firms for b in firms if a != b and draw.random() < 0.3}
        shares = loop_shares([(a, b, fen) for (a, b), fen in pairs.items()])
        for firm in shares:
            rings, _ = rings_through(firm, Memory(pairs))
            sold = sum(fen for (a, _), fen in pairs.items() if a == firm)
            assert sum(one.amounts[0] for one in rings) / sold == shares[firm]


def test_whose_edges_were_cut_is_said() -> None:
    """The circle through the partner beyond the fan-out is not seen, and the hub is named."""
    hub = {("H", f"P{n}"): 1_000 - n for n in range(4)} | {("P3", "H"): 1_000}
    assert rings_through("H", Memory(hub, fan_out=3)) == ([], ["H"])
    assert len(rings_through("H", Memory(hub, fan_out=4))[0]) == 1


def test_a_ring_of_guarantees() -> None:
    pairs = ring("A", "B", "C") | {("C", "D"): 1, ("D", "E"): 1}
    assert ring_of_guarantees("B", Memory(pairs, alike=1.0)) == (("B", "C", "A"), [])
    assert ring_of_guarantees("D", Memory(pairs, alike=1.0)) == ((), [])
