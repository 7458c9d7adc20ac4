"""The network as a whole, in batch: components, dense groups of guarantees, circles of sales, and risk that spreads."""

from dataclasses import dataclass

import numpy as np
import rustworkx as rx
from numpy.typing import NDArray

from zhiwei.credit.antifraud.circles import Circles, directed, find_circles

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
DAMPING = 0.5  # of risk, with each step away from a bad party
STEPS = 6  # after so many, less than 2 % of it is left


@dataclass(frozen=True, slots=True)
class Edges:
    """From, to and weight of one kind of edge, as whole numbers; weight is 分, or a count."""

    start: Ints
    end: Ints
    weight: Ints

    @classmethod
    def none(cls) -> "Edges":
        empty = np.zeros(0, dtype=np.int64)
        return cls(empty, empty, empty)


@dataclass(frozen=True, slots=True)
class Whole:
    """One value per party. `component` is the smallest number in it; `core` and `knot` are of
    guarantees, `knot` how many can all reach each other by them; `sold` 分; `risk` 0 to 1.
    """

    component: Ints
    size: Ints
    core: Ints
    knot: Ints
    sold: Ints
    circled: Ints
    risk: Floats
    circles: Circles


def whole_network(count: int, kinds: dict[str, Edges], bad: Ints) -> Whole:
    """Figures of every party of the network; `bad` are the numbers of those that are marked."""
    every = [edges for edges in kinds.values() if len(edges.start)]
    start = np.concatenate([edges.start for edges in every]) if every else np.zeros(0, dtype=np.int64)
    end = np.concatenate([edges.end for edges in every]) if every else np.zeros(0, dtype=np.int64)
    component, size = _components(count, start, end)
    sales = kinds.get("sells_to", Edges.none())
    circles = find_circles(sales.start, sales.end, sales.weight)
    circled = np.zeros(count, dtype=np.int64)
    for (seller, _), amount in circles.edges().items():
        circled[seller] += amount
    sold = np.zeros(count, dtype=np.int64)
    np.add.at(sold, sales.start, sales.weight)
    guarantees = kinds.get("guarantees", Edges.none())
    core, knot = _cores(count, guarantees), _knots(count, guarantees)
    return Whole(component, size, core, knot, sold, circled, spread_risk(count, start, end, bad), circles)


def _components(count: int, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    component, size = np.arange(count), np.ones(count, dtype=np.int64)
    for members in rx.weakly_connected_components(directed(count, (start, end))):
        if len(members) > 1:
            group = np.fromiter(members, dtype=np.int64, count=len(members))
            component[group], size[group] = group.min(), len(group)
    return component, size


def _cores(count: int, guarantees: Edges) -> Ints:
    """The k-core of each party in the graph of guarantees, whoever guarantees whom."""
    core = np.zeros(count, dtype=np.int64)
    if not len(guarantees.start):
        return core
    nodes, both = np.unique(np.concatenate([guarantees.start, guarantees.end]), return_inverse=True)
    low, high = (
        pick(both[: len(guarantees.start)], both[len(guarantees.start) :]) for pick in (np.minimum, np.maximum)
    )
    pairs = np.unique(np.stack([low, high], axis=1)[low != high], axis=0)
    plain: rx.PyGraph = rx.PyGraph(multigraph=False)
    plain.add_nodes_from(range(len(nodes)))
    plain.add_edges_from_no_data(list(map(tuple, pairs.tolist())))
    cores: dict[int, int] = rx.core_number(plain)  # type: ignore[assignment]  # its stub says int
    for node, value in cores.items():
        core[nodes[node]] = value
    return core


def _knots(count: int, guarantees: Edges) -> Ints:
    """The size of the strongly connected part of guarantees that a party is in; 0 where it is in no ring."""
    knot = np.zeros(count, dtype=np.int64)
    if len(guarantees.start):
        nodes, both = np.unique(np.concatenate([guarantees.start, guarantees.end]), return_inverse=True)
        ends = (both[: len(guarantees.start)], both[len(guarantees.start) :])
        for members in rx.strongly_connected_components(directed(len(nodes), ends)):
            if len(members) > 1:
                knot[nodes[members]] = len(members)
    return knot


def spread_risk(count: int, start: Ints, end: Ints, bad: Ints) -> Floats:
    """A marked party has 1; each step passes on DAMPING of what arrived, shared out among all of a party's links.

    So a hub that everyone deals with taints nobody. The sum over all ways is cut at 1.
    """
    risk = np.zeros(count)
    risk[bad] = 1.0
    degree = np.maximum(np.bincount(start, minlength=count) + np.bincount(end, minlength=count), 1)
    fresh: Floats = risk.copy()
    for _ in range(STEPS):
        share = DAMPING * fresh / degree
        fresh = np.bincount(end, weights=share[start], minlength=count).astype(np.float64)
        fresh += np.bincount(start, weights=share[end], minlength=count)
        if not fresh.any():
            break
        risk = np.minimum(risk + fresh, 1.0)
    return risk
