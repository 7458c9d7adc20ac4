"""Circles of like amounts in a whole economy: amounts cut the graph into thin slices, in which circles stand alone.

Around a circle amounts agree within ALIKE, so that all of it lies in two neighbouring classes of amounts, each of
which is ALIKE wide. A slice of two classes holds few of all edges; its strongly connected parts are small, and are
searched one by one.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import rustworkx as rx
from numpy.typing import NDArray

from zhiwei.credit.antifraud.network import ALIKE, LONGEST, WIDEST

Ints = NDArray[np.int64]
DENSEST = 5_000  # edges of a part that are searched; what is beyond is counted, never passed over in silence
_WIDTH = np.log(ALIKE) * (1 + 1e-9)  # of a class; a hair more than ALIKE, so that no rounding parts 100 and 125
_CHUNK = 500_000  # edges handed over at once


@dataclass(frozen=True, slots=True)
class Circle:
    """`parties[k]` sells `amounts[k]` to the next one, the last to the first; the smallest number comes first."""

    parties: tuple[int, ...]
    amounts: tuple[int, ...]


@dataclass(slots=True)
class Circles:
    """A shortest circle for every edge that is in one; `left_out` edges lay in parts too dense to search."""

    found: list[Circle] = field(default_factory=list)
    left_out: int = 0

    def edges(self) -> dict[tuple[int, int], int]:
        """(seller, buyer) -> amount, of every edge in a circle, once."""
        return {
            pair: amount
            for one in self.found
            for pair, amount in zip(
                zip(one.parties, (*one.parties[1:], one.parties[0]), strict=True), one.amounts, strict=True
            )
        }


def directed(count: int, pairs: tuple[Ints, Ints]) -> rx.PyDiGraph:
    """Nodes 0..count-1 and these edges, handed over in pieces so that no list of millions of pairs stands in memory."""
    graph: rx.PyDiGraph = rx.PyDiGraph(multigraph=True, node_count_hint=count, edge_count_hint=len(pairs[0]))
    graph.add_nodes_from(range(count))
    for start in range(0, len(pairs[0]), _CHUNK):
        piece = slice(start, start + _CHUNK)
        graph.extend_from_edge_list(list(zip(pairs[0][piece].tolist(), pairs[1][piece].tolist(), strict=True)))
    return graph


def find_circles(seller: Ints, buyer: Ints, amount: Ints) -> Circles:
    """One edge a pair, amounts in 分 above 0. What a firm bills to itself is a circle of one."""
    result = Circles()
    own = seller == buyer
    result.found += [
        Circle((party,), (fen,)) for party, fen in zip(seller[own].tolist(), amount[own].tolist(), strict=True)
    ]
    seller, buyer, amount = seller[~own], buyer[~own], amount[~own]
    level = np.floor(np.log(np.maximum(amount, 1)) / _WIDTH).astype(np.int64)
    order = np.argsort(level, kind="stable")
    seller, buyer, amount, level = seller[order], buyer[order], amount[order], level[order]
    seen: set[Circle] = set()
    for low in np.unique(level).tolist():
        part = slice(*np.searchsorted(level, [low, low + 2]).tolist())
        for edges in _knots(seller[part], buyer[part], amount[part]):
            if len(edges) > DENSEST:
                result.left_out += len(edges)
                continue
            for circle in _in_part(edges):
                if circle not in seen:
                    seen.add(circle)
                    result.found.append(circle)
    return result


def _knots(seller: Ints, buyer: Ints, amount: Ints) -> Iterable[list[tuple[int, int, int]]]:
    """The edges of each strongly connected part of a slice."""
    while True:  # who only buys or only sells in this slice is in no circle
        keep = np.isin(buyer, seller) & np.isin(seller, buyer)
        if keep.all():
            break
        seller, buyer, amount = seller[keep], buyer[keep], amount[keep]
    if not len(seller):
        return
    nodes, both = np.unique(np.concatenate([seller, buyer]), return_inverse=True)
    ends = (both[: len(seller)].astype(np.int64), both[len(seller) :].astype(np.int64))
    part = np.full(len(nodes), -1)
    for number, members in enumerate(rx.strongly_connected_components(directed(len(nodes), ends))):
        if len(members) > 1:
            part[members] = number
    inside = (part[ends[0]] >= 0) & (part[ends[0]] == part[ends[1]])
    found: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    rows = zip(part[ends[0]][inside], seller[inside], buyer[inside], amount[inside], strict=True)
    for number, a, b, fen in rows:
        found[int(number)].append((int(a), int(b), int(fen)))
    yield from found.values()


def _in_part(edges: list[tuple[int, int, int]]) -> Iterable[Circle]:
    trade: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for a, b, fen in edges:
        trade[a].append((fen, b))
    known = {a: [(b, fen) for fen, b in sorted(out, key=lambda edge: (-edge[0], edge[1]))[:WIDEST]]
             for a, out in trade.items()}  # fmt: skip
    covered: set[tuple[int, int]] = set()
    for a, out in known.items():
        for b, fen in out:
            if (a, b) in covered:
                continue
            way = _way_back(known, a, b, fen)
            if way:
                covered.update(zip(way, (*way[1:], way[0]), strict=True))
                yield _turned(known, way)


def _way_back(known: dict[int, list[tuple[int, int]]], start: int, second: int, fen: int) -> tuple[int, ...]:
    """The parties of a shortest circle of like amounts that begins with this edge; () where there is none.

    At each firm a way is followed only if none before it came with amounts as close together.
    """
    ways: list[tuple[tuple[int, ...], int, int]] = [((start, second), fen, fen)]
    seen: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for _ in range(LONGEST - 1):
        longer = []
        for way, low, high in ways:
            for to, edge in known.get(way[-1], ()):
                least, most = min(low, edge), max(high, edge)
                if most > ALIKE * least:
                    continue
                if to == start:
                    return way
                if to not in way and not any(least <= low2 and high2 <= most for low2, high2 in seen[to]):
                    seen[to].append((least, most))
                    longer.append(((*way, to), least, most))
        ways = longer
    return ()


def _turned(known: dict[int, list[tuple[int, int]]], way: tuple[int, ...]) -> Circle:
    """The same circle, told from its smallest number on."""
    first = way.index(min(way))
    parties = (*way[first:], *way[:first])
    amounts = tuple(dict(known[a])[b] for a, b in zip(parties, (*parties[1:], parties[0]), strict=True))
    return Circle(parties, amounts)
