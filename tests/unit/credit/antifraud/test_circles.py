"""The batch finds the same circles as the search from each firm, and tells each of them once."""

import random

import numpy as np
import pytest

from zhiwei.credit.antifraud import Circles, find_circles, loop_shares
from zhiwei.credit.antifraud import circles as module

Edges = dict[tuple[int, int], int]


def found(edges: Edges) -> Circles:
    pairs = np.array(list(edges), dtype=np.int64).reshape(-1, 2)
    return find_circles(pairs[:, 0], pairs[:, 1], np.array(list(edges.values()), dtype=np.int64))


def test_the_same_as_from_each_firm() -> None:
    """On random graphs of few amounts, where circles are many and most of them are nearly alike."""
    draw = random.Random(3)
    for _ in range(300):
        size = draw.randint(3, 9)
        every = [(a, b) for a in range(size) for b in range(size) if draw.random() < 0.3]
        edges = {pair: draw.choice([100, 110, 125, 150]) for pair in every}
        inside = found(edges).edges()
        sold = {a: sum(fen for (s, _), fen in edges.items() if s == a) for a, _ in edges}
        shares = {str(a): sum(f for (s, _), f in inside.items() if s == a) / total for a, total in sold.items()}
        assert shares == pytest.approx(loop_shares([(str(a), str(b), fen) for (a, b), fen in edges.items()]))


def test_a_circle_is_told_once_with_its_amounts() -> None:
    ring = {(7, 3): 100, (3, 5): 110, (5, 7): 120, (5, 9): 120}
    [one] = found(ring).found
    assert (one.parties, one.amounts) == ((3, 5, 7), (110, 120, 100))


def test_no_rounding_parts_amounts_that_are_just_alike() -> None:
    for low in range(4, 4_000, 4):
        assert len(found({(0, 1): low, (1, 0): low // 4 * 5}).found) == 1


def test_a_part_too_dense_to_search_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DENSEST", 5)
    crowd = {(a, b): 100 for a in range(3) for b in range(3) if a != b}
    assert (found(crowd).found, found(crowd).left_out) == ([], 6)


def test_nobody_sells_nothing() -> None:
    assert found({}).found == []
