"""Who controls whom: groups of parties that are one risk, and the people behind a business.

The group of a party follows 商业银行集团客户授信业务风险管理指引 第三条: who controls and who is controlled, alone,
through others, or together with a spouse. Managing a business and being a member of a cooperative tie as well.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from zhiwei.borrower.relations import Link, holds
from zhiwei.tables import Parameter
from zhiwei.tables.shipped import shipped_parameters

DEEPEST = 10  # steps from the party that is asked about
LARGEST = 200  # parties of a group; a larger one is cut there and says so
_TIES = ("manages", "member_of")
_LEAST = Decimal("0.0001")  # what a chain of owners still counts as


@dataclass(frozen=True, slots=True)
class Threshold:
    share: Decimal
    sure: bool
    because: str


def threshold(name: str, on: date) -> Threshold | None:
    """control_share or beneficial_share as in force on a day; None before there was one."""
    found = [one for one in _parameters() if one.name == name and one.since <= on]
    return Threshold(Decimal(found[-1].value).scaleb(-6), found[-1].sure, found[-1].because) if found else None


@cache
def _parameters() -> tuple[Parameter, ...]:
    return shipped_parameters("zhiwei.borrower", "control.toml")


def group_of(party: str, links: Iterable[Link], on: date, share: Decimal) -> frozenset[str]:
    """Everybody tied to `party`, itself among them, as far as these links tell. Circles of owners end by themselves."""
    now = [link for link in links if holds(link, on)]
    tied: dict[str, set[str]] = defaultdict(set)
    for link in now:
        if link.kind in _TIES:
            tied[link.party].add(link.other)
            tied[link.other].add(link.party)
    owners, spouses = _owners(now), _spouses(now)
    for root in {owner for held in owners.values() for owner in held}:
        for company in _controlled({root} | spouses[root], owners, share):
            tied[root].add(company)
            tied[company].add(root)
    return reached(party, tied)


def above(parties: Collection[str], links: Iterable[Link], on: date) -> frozenset[str]:
    """These parties, who owns any of them, who owns those, and the spouses of all: whose links tell who controls."""
    upward: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if holds(link, on) and link.kind in ("owns", "spouse_of"):
            upward[link.other].add(link.party)
            if link.kind == "spouse_of":
                upward[link.party].add(link.other)
    return frozenset().union(*(reached(party, upward) for party in parties))


def beneficial_owners(party: str, links: Iterable[Link], on: date, least: Decimal) -> dict[str, Decimal]:
    """Owner -> its share of `party`, directly and through others, where it is `least` or more. In circles a share is
    followed once around.
    """
    owners = _owners([link for link in links if holds(link, on)])
    total: dict[str, Decimal] = defaultdict(Decimal)
    chains = [(party, Decimal(1), frozenset([party]))]
    while chains:
        company, share, seen = chains.pop()
        for owner, held in owners.get(company, {}).items():
            part = share * held
            if owner not in seen and part >= _LEAST:
                total[owner] += part
                if len(seen) < DEEPEST:
                    chains.append((owner, part, seen | {owner}))
    return {owner: share for owner, share in sorted(total.items()) if share >= least}


def _owners(links: Iterable[Link]) -> dict[str, dict[str, Decimal]]:
    """Party -> owner -> share, of links that are in force."""
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for link in links:
        if link.kind == "owns" and link.share is not None:
            found[link.other][link.party] = max(link.share, found[link.other].get(link.party, Decimal(0)))
    return found


def _spouses(links: Iterable[Link]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if link.kind == "spouse_of":
            found[link.party].add(link.other)
            found[link.other].add(link.party)
    return found


def _controlled(those: set[str], owners: Mapping[str, Mapping[str, Decimal]], share: Decimal) -> set[str]:
    """What they control together: where their shares, and those of what they control already, reach `share`."""
    reach, grown = set(those), True
    while grown:
        more = {
            company
            for company, held in owners.items()
            if company not in reach and sum((held[owner] for owner in held if owner in reach), Decimal(0)) >= share
        }
        reach, grown = reach | more, bool(more)
    return reach - those


def reached(start: str, edges: Mapping[str, set[str]]) -> frozenset[str]:
    """Whoever edges lead to, step by step, `start` among them."""
    found, todo = {start}, [start]
    while todo:
        new = edges.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return frozenset(found)
