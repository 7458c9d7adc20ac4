"""Circles of invoices: A bills B, B bills C, C bills A, with like amounts. Nobody earns; everybody's sales grow."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

LONGEST = 6  # domain: cycles of length 2 to 6
ALIKE = 1.25  # a circle's largest edge over its smallest
WIDEST = 50  # partners followed per firm, largest first: a hub cannot make the search explode


def loop_shares(edges: Iterable[tuple[str, str, int]]) -> dict[str, float]:
    """Share of each seller's sales to known parties' circles: party -> inside / all sales given, in 0..1.

    `edges`: (seller, buyer, amount in 分) over the window, one per pair, for sales to any buyer. A firm that stands in
    no circle has 0.0. Amounts must agree within a factor of 1.25 around the circle: trade between friends that goes
    both ways but unevenly is no circle. What a firm bills to itself is a circle of one.
    """
    sold: defaultdict[str, int] = defaultdict(int)
    trade: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for seller, buyer, amount in edges:
        if amount > 0:
            sold[seller] += amount
            trade[seller][buyer] = trade[seller].get(buyer, 0) + amount
    sellers = set(trade)
    known = {
        seller: dict(
            sorted(((b, a) for b, a in buyers.items() if b in sellers), key=lambda edge: (-edge[1], edge[0]))[:WIDEST]
        )
        for seller, buyers in trade.items()
    }
    into: defaultdict[str, set[str]] = defaultdict(set)
    for seller, buyers in known.items():
        for buyer in buyers:
            into[buyer].add(seller)
    inside = {}
    for seller, buyers in known.items():
        back = _leading_to(into, seller)
        inside[seller] = sum(a for b, a in buyers.items() if b in back and _closes(known, back, seller, b, a))
    return {seller: inside[seller] / sold[seller] for seller in sold}


def _leading_to(into: Mapping[str, set[str]], start: str) -> set[str]:
    """The firms from which some way of fewer than LONGEST edges leads to `start`, whatever the amounts."""
    found = latest = {start}
    for _ in range(LONGEST - 1):
        latest = {seller for firm in latest if firm in into for seller in into[firm]} - found
        found = found | latest
    return found


def _closes(trade: dict[str, dict[str, int]], back: set[str], start: str, second: str, amount: int) -> bool:
    """Is there a way back from `second` to `start` of like amounts within LONGEST edges?

    Shortest ways first; at each firm a way is followed only if none before it came with amounts as close together. A
    way through the same firm twice could be cut short, so that it need not be told apart.
    """
    if second == start:
        return True
    ways = [(second, amount, amount)]
    seen: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for _ in range(LONGEST - 1):
        longer = []
        for at, low, high in ways:
            for to, edge in trade[at].items():
                least, most = min(low, edge), max(high, edge)
                if to not in back or most > ALIKE * least:
                    continue
                if to == start:
                    return True
                if not any(least <= closer and wider <= most for closer, wider in seen[to]):
                    seen[to].append((least, most))
                    longer.append((to, least, most))
        ways = longer
    return False
