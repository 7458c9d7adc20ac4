"""Guarantee circles: mutual guarantees, rings, long chains, dense groups, and guarantees above what one owns."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import rustworkx as rx

from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import grouped

LONGEST_RING = 12  # steps looked at: a ring of more is a chain to anyone in it


@dataclass(frozen=True, slots=True)
class Guarantee:
    """`guarantor` answers for `debtor`. `amount` 分, 0 where it is not known."""

    guarantee_id: str
    guarantor: str
    debtor: str
    amount: int
    since: date


def guarantee_circles(
    sieve: Sieve, guarantees: Sequence[Guarantee], net_assets: Mapping[str, int] | None = None
) -> list[Finding]:
    """Every check on guarantees in force. `net_assets`: 分 by party, of those of whom they are known."""
    known = [one for one in guarantees if one.since <= sieve.on and one.guarantor != one.debtor]
    web = _Web(known)
    findings = []
    for party in web.parties:
        mutual = sorted(web.debtors[party] & web.guarantors[party])
        findings += sieve.found("mutual_guarantee", party, len(mutual), [web.pair(party, other) for other in mutual])
        ring = web.ring(party)
        if len(ring) > 2:
            findings += sieve.found("guarantee_ring", party, len(ring), [web.path((*ring, ring[0]))])
        if web.core.get(party, 0):
            members = [other for other in web.parties if web.core.get(other, 0) >= web.core[party]]
            words = Evidence(
                "party", tuple(members), f"{len(members)} 家之间密集互保：{listed(members)}",
                f"{len(members)} parties guarantee several of each other: {listed(members)}",
            )  # fmt: skip
            findings += sieve.found("guarantee_core", party, web.core[party], [words])
    for chain in web.chains():
        findings += sieve.found("guarantee_depth", chain[-1], len(chain) - 1, [web.path(chain)])
    for party, assets in (net_assets or {}).items():
        given = [one for one in known if one.guarantor == party]
        total = sum(one.amount for one in given)
        if total:
            findings += sieve.found("guarantees_over_assets", party, total / max(assets, 1), [
                Evidence("guarantee", tuple(one.guarantee_id for one in given),
                         f"对外担保 {grouped(total)} 元，净资产 {grouped(assets)} 元",
                         f"guarantees of {grouped(total)} 元, net assets {grouped(assets)} 元"),
            ])  # fmt: skip
    return findings


class _Web:
    """Who guarantees whom, as a graph of whole numbers."""

    def __init__(self, guarantees: Sequence[Guarantee]) -> None:
        self.parties = sorted({party for one in guarantees for party in (one.guarantor, one.debtor)})
        self.by_pair: defaultdict[tuple[str, str], list[Guarantee]] = defaultdict(list)
        self.debtors: defaultdict[str, set[str]] = defaultdict(set)
        self.guarantors: defaultdict[str, set[str]] = defaultdict(set)
        for one in guarantees:
            self.by_pair[one.guarantor, one.debtor].append(one)
            self.debtors[one.guarantor].add(one.debtor)
            self.guarantors[one.debtor].add(one.guarantor)
        place = {party: number for number, party in enumerate(self.parties)}
        pairs = [(place[a], place[b]) for a, b in self.by_pair]
        self.graph: rx.PyDiGraph = rx.PyDiGraph(multigraph=False)
        self.graph.add_nodes_from(self.parties)
        self.graph.add_edges_from_no_data(pairs)
        self.core = self._cores(pairs)
        self.knot = {
            self.parties[member]: number
            for number, members in enumerate(rx.strongly_connected_components(self.graph))
            if len(members) > 1
            for member in members
        }

    def _cores(self, pairs: list[tuple[int, int]]) -> dict[str, int]:
        """How many of its own group each member is linked with at least, whoever guarantees whom."""
        plain: rx.PyGraph = rx.PyGraph(multigraph=False)
        plain.add_nodes_from(self.parties)
        plain.add_edges_from_no_data(pairs)
        cores: dict[int, int] = rx.core_number(plain)  # type: ignore[assignment]  # its stub says int
        return {self.parties[node]: core for node, core in cores.items()}

    def ring(self, start: str) -> tuple[str, ...]:
        """The parties of a shortest ring of three and more through this one; () where there is none."""
        if start not in self.knot:
            return ()
        for debtor in sorted(self.debtors[start]):  # of three, also where the third is guaranteed directly too
            for third in sorted(self.debtors[debtor] - {start}):
                if start in self.debtors[third]:
                    return start, debtor, third
        ways: list[tuple[str, ...]] = [(start, debtor) for debtor in sorted(self.debtors[start])]
        seen = set(self.debtors[start])
        for _ in range(LONGEST_RING):
            longer = []
            for way in ways:
                if len(way) > 2 and start in self.debtors[way[-1]]:
                    return way
                for debtor in sorted(self.debtors[way[-1]]):
                    if debtor not in seen and debtor != start and self.knot.get(debtor) == self.knot[start]:
                        seen.add(debtor)
                        longer.append((*way, debtor))
            ways = longer
        return ()

    def chains(self) -> list[tuple[str, ...]]:
        """A longest chain to each debtor that guarantees nobody; those in rings have no end and are left out."""
        best: dict[str, tuple[str, ...]] = {}
        loose = self.graph.subgraph([n for n, party in enumerate(self.parties) if party not in self.knot])
        for node in rx.topological_sort(loose):
            party = loose[node]
            before = [best[one] for one in sorted(self.guarantors[party]) if one in best]
            best[party] = (*max(before, key=len, default=()), party)
        return [chain for party, chain in best.items() if len(chain) > 1 and not self.debtors[party]]

    def pair(self, one: str, other: str) -> Evidence:
        both = [*self.by_pair[one, other], *self.by_pair[other, one]]
        ids = tuple(each.guarantee_id for each in both)
        return Evidence(
            "guarantee",
            ids,
            f"{one} 与 {other} 互保：{listed(ids)}",
            f"{one} and {other} guarantee each other: {listed(ids)}",
        )

    def path(self, way: Sequence[str]) -> Evidence:
        steps = [self.by_pair[a, b][0] for a, b in pairwise(way)]
        ids = tuple(each.guarantee_id for each in steps)
        arrows, shown = " → ".join(way), listed(ids, SHOWN)
        return Evidence("guarantee", ids, f"担保 {arrows}：{shown}", f"guarantees {arrows}: {shown}")
