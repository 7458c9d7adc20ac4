"""Circles of invoices: A bills B, B bills C, C bills A, with like amounts. Nobody earns; everybody's sales grow."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

LONGEST = 6  # domain: cycles of length 2 to 6
ALIKE = 1.25  # a circle's largest edge over its smallest
WIDEST = 50  # partners followed per firm, largest first: a hub cannot make the search explode

Edge = tuple[str, str, int]
"""Seller, buyer, 分."""
Reading = Callable[[Sequence[str]], Iterable[Edge]]


def loop_shares(edges: Iterable[Edge]) -> dict[str, float]:
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


def loop_share(party: str, sales: Reading, sold_to: Reading) -> float | None:
    """The same for one party, out of the few firms that can stand in a circle with it; None where it sold nothing.

    `sales`: all that these firms sold, to anybody; `sold_to`: what known firms sold to these. What is found is what
    `loop_shares` finds among all firms: a circle goes through firms that are reached from the party against the flow,
    by amounts that stay alike.
    """
    mine = list(sales([party]))
    bought = {buyer: amount for _, buyer, amount in mine if buyer and amount > 0}
    reached = _reached(party, bought, sold_to)
    edges = mine + list(sales(sorted(reached))) if reached else mine
    partners: defaultdict[str, set[str]] = defaultdict(set)
    for seller, buyer, amount in edges:
        if buyer and amount > 0:
            partners[seller].add(buyer)
    # Which partners of a hub are followed depends on which of them sell at all.
    hubs = {buyer for buyers in partners.values() if len(buyers) > WIDEST for buyer in buyers}
    more = sorted(hubs - reached - {party})
    circular = bool(reached) or party in bought
    return loop_shares([*edges, *sales(more)] if more and circular else edges).get(party)


def _reached(party: str, bought: Mapping[str, int], sold_to: Reading) -> set[str]:
    """Firms from which like amounts lead to a party within LONGEST edges; none where no way closes to a circle.

    At each firm a way is followed only if none before it came with amounts as close together, and if the party sells
    for a like amount at all.
    """
    amounts = sorted({amount for buyer, amount in bought.items() if buyer != party})
    seen: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    closes = False
    ways: dict[str, list[tuple[int, int]]] = {party: []}
    for _ in range(LONGEST - 1):
        longer: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for seller, buyer, edge in sold_to(sorted(ways)) if ways and amounts else ():
            if seller == party:
                continue
            for low, high in ways[buyer] or [(edge, edge)]:
                least, most = min(low, edge), max(high, edge)
                if not any(max(most, amount) <= ALIKE * min(least, amount) for amount in amounts):
                    continue
                if not any(least <= closer and wider <= most for closer, wider in seen[seller]):
                    seen[seller].append((least, most))
                    longer[seller].append((least, most))
                    first = bought.get(seller)
                    closes = closes or (first is not None and max(most, first) <= ALIKE * min(least, first))
        ways = longer
    return set(seen) if closes else set()


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
