"""Circles of invoices are found up to six firms long, if amounts are alike; nothing else is a circle."""

import random

import pytest

from zhiwei.credit.antifraud import loop_shares
from zhiwei.credit.antifraud.network import LONGEST, WIDEST

Edges = list[tuple[str, str, int]]


def ring(size: int, amount: int = 100_000) -> Edges:
    return [(f"R{k}", f"R{(k + 1) % size}", amount) for k in range(size)]


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6])
def test_a_ring_is_found(size: int) -> None:
    """And is the share it is of each seller's sales; sales to outsiders count below, not above."""
    edges = [*ring(size), ("R0", "outsider", 300_000)]
    assert loop_shares(edges) == {"R0": 0.25, **{f"R{k}": 1.0 for k in range(1, size)}}


def test_a_ring_of_seven_is_not() -> None:
    assert LONGEST == 6
    assert set(loop_shares(ring(7)).values()) == {0.0}


def test_uneven_amounts_are_trade_not_a_circle() -> None:
    """The largest edge may be 1.25 times the smallest, all around the circle and not only from one to the next."""
    assert set(loop_shares([("A", "B", 100), ("B", "C", 112), ("C", "A", 125)]).values()) == {1.0}
    assert set(loop_shares([("A", "B", 100), ("B", "C", 112), ("C", "A", 126)]).values()) == {0.0}
    assert loop_shares([("A", "B", 100), ("B", "A", 10)]) == {"A": 0.0, "B": 0.0}


def test_chains_and_net_returns_are_no_circles() -> None:
    edges = [("A", "B", 100), ("B", "C", 100), ("A", "C", 100), ("C", "A", -100), ("D", "A", 0)]
    assert loop_shares(edges) == {"A": 0.0, "B": 0.0}


def test_a_firm_that_bills_itself_is_a_circle_of_one() -> None:
    """And does not pull its honest sales in."""
    assert loop_shares([("A", "A", 100), ("A", "B", 300), ("B", "C", 300)]) == {"A": 0.25, "B": 0.0}


def test_two_circles_through_one_firm() -> None:
    edges = [*ring(3), ("R0", "X", 50_000), ("X", "R0", 50_000), ("R0", "Y", 50_000)]
    assert loop_shares(edges) == {"R0": 0.75, "R1": 1.0, "R2": 1.0, "X": 1.0}


def test_of_a_hub_only_the_largest_partners_are_followed() -> None:
    """The circle through its 51st partner is not seen, the one through its first is."""
    hub = [("H", f"P{k:02d}", 1_000_000 - k) for k in range(WIDEST + 1)]
    sellers = [(f"P{k:02d}", "Z", 10) for k in range(WIDEST + 1)]
    first, last = f"P{0:02d}", f"P{WIDEST:02d}"
    found = loop_shares([*hub, *sellers, (first, "H", 1_000_000), (last, "H", 1_000_000)])
    assert found["H"] == pytest.approx(1_000_000 / sum(amount for _, _, amount in hub))
    assert found["P01"] == 0.0


@pytest.mark.parametrize("amounts", ["equal", "alike"])
def test_layers_of_wide_firms_end(amounts: str) -> None:
    """Five layers of 25 firms, each billing the whole next layer, hold ten million ways: the search must end.

    The last layer bills the first, unevenly, so that every way has to be followed to its end to see that none closes.
    """
    draw = random.Random(1)
    edges = [
        (f"{layer}-{a}", f"{layer + 1}-{b}", 1000 if amounts == "equal" else draw.randint(1000, 1200))
        for layer in range(4) for a in range(25) for b in range(25)
    ]  # fmt: skip
    edges = edges if amounts == "equal" else edges[:1250]  # 3 layers: amounts that all differ cost more
    last = max(seller for _, seller, _ in edges).split("-")[0]
    found = loop_shares([*edges, *((f"{last}-{b}", "0-0", 10) for b in range(25))])
    assert set(found.values()) == {0.0}


def test_the_order_of_edges_changes_nothing() -> None:
    """Not even where a hub's partners tie for the last place that is followed."""
    edges = [("H", f"P{k:02d}", 100) for k in range(60)] + [(f"P{k:02d}", "H", 100) for k in range(60)]
    wanted = loop_shares(edges)
    for seed in range(3):
        random.Random(seed).shuffle(edges)
        assert loop_shares(edges) == wanted
    assert wanted["H"] == WIDEST / 60


def test_slow_search_agrees_on_random_graphs() -> None:
    """Against all simple ways tried one by one."""
    draw = random.Random(20)
    for _ in range(60):
        firms = [f"F{k}" for k in range(draw.randint(3, 8))]
        pairs = {(a, b): draw.choice([100, 110, 130, 150]) for a in firms for b in firms if draw.random() < 0.3}
        edges = [(a, b, amount) for (a, b), amount in pairs.items()]
        slow = {
            a: sum(m for b, m in out.items() if _way(pairs, [a, b], m, m)) / sum(out.values())
            for a in firms if (out := {b: m for (s, b), m in pairs.items() if s == a})
        }  # fmt: skip
        assert loop_shares(edges) == pytest.approx(slow)


def _way(pairs: dict[tuple[str, str], int], path: list[str], low: int, high: int) -> bool:
    if high > 1.25 * low:
        return False
    if path[-1] == path[0]:
        return True
    steps = [(b, amount) for (a, b), amount in pairs.items() if a == path[-1] and (b == path[0] or b not in path)]
    return len(path) <= 6 and any(_way(pairs, [*path, b], min(low, m), max(high, m)) for b, m in steps)


def test_no_edges_no_firms() -> None:
    assert loop_shares([]) == {}
