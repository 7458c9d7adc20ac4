"""Circles of invoices are found up to six firms long, if amounts are alike; nothing else is a circle."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiwei.credit.antifraud import loop_share, loop_shares
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


class Stored:
    """Trade as a store has it, sales to outsiders under "", and what was asked of it."""

    def __init__(self, edges: Edges) -> None:
        self.edges, self.read = edges, set[str]()

    def sales(self, sellers: Sequence[str]) -> Edges:
        self.read |= set(sellers)
        return [edge for edge in self.edges if edge[0] in sellers]

    def sold_to(self, buyers: Sequence[str]) -> Edges:
        self.read |= set(buyers)
        return [edge for edge in self.edges if edge[1] in buyers and edge[2] > 0]


def one_by_one(edges: Edges) -> dict[str, float]:
    shares = {firm: loop_share(firm, Stored(edges).sales, Stored(edges).sold_to) for edge in edges for firm in edge[:2]}
    return {firm: share for firm, share in shares.items() if share is not None}


@st.composite
def trades(draw: st.DrawFn) -> Edges:
    """Few firms, few amounts: many circles, half of them nearly ones, with firms that bill themselves and outsiders."""
    firms = [f"F{k}" for k in range(draw(st.integers(1, 12)))]
    ends = st.tuples(st.sampled_from(firms), st.sampled_from([*firms, ""]))
    amounts = st.sampled_from([-100, 0, 80, 100, 110, 125, 137, 500])
    return [(a, b, fen) for (a, b), fen in draw(st.dictionaries(ends, amounts, max_size=50)).items()]


@settings(max_examples=300, deadline=None)
@given(trades())
def test_one_firm_alone_finds_what_all_firms_together_find(edges: Edges) -> None:
    assert one_by_one(edges) == loop_shares(edges)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_also_where_hubs_are_cut(seed: int) -> None:
    """A hub bills up to 60 firms; which 50 are followed depends on which of them sell, and whether itself is one."""
    draw = random.Random(seed)
    firms = [f"P{k:02d}" for k in range(draw.randint(WIDEST - 2, WIDEST + 10))]
    edges = [("H", firm, draw.choice([100, 110, 300])) for firm in firms]
    sellers = [firm for firm in firms if draw.random() < 0.95]
    edges += [(firm, draw.choice(["H", *firms]), draw.choice([100, 110, 300])) for firm in sellers]
    edges += [("H", "H", draw.choice([100, 110, 300]))] * draw.randint(0, 1)
    edges = list({edge[:2]: edge for edge in edges}.values())
    wanted = loop_shares(edges)
    for firm in ("H", *draw.sample(firms, 8)):
        assert loop_share(firm, Stored(edges).sales, Stored(edges).sold_to) == wanted.get(firm)


def test_a_firm_is_judged_without_reading_the_town() -> None:
    """Of a thousand firms in a row, each billing the next, no more are read than lie within six steps."""
    town = Stored([(f"F{k}", f"F{k + 1}", 100) for k in range(1000)])
    assert loop_share("F500", town.sales, town.sold_to) == 0.0
    assert town.read == {f"F{k}" for k in range(496, 501)}
