"""Who stands behind a party, all who are one with it, and who beside it: all that are tied to it by control."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pyarrow as pa

from zhiwei.borrower import Consent, allowed, require
from zhiwei.borrower.control import DEEPEST, LARGEST, above, group_of
from zhiwei.borrower.relations import Link
from zhiwei.borrower.sameness import Sameness
from zhiwei.journeys.ports import Unit


def members_of(unit: Unit, parties: Sequence[str], known_at: datetime | None = None) -> dict[str, list[str]]:
    """Each of these parties -> all who are one with it, itself among them; with `known_at` as one thought it then."""
    sameness = Sameness(unit.merges.around(parties), known_at)
    return {party: sameness.members(party) for party in parties}


def merged(members: Mapping[str, Sequence[str]]) -> bool:
    """Whether anybody there is more than itself."""
    return any(list(those) != [party] for party, those in members.items())


def everybody(members: Mapping[str, Sequence[str]]) -> list[str]:
    """All members, each once, in one order."""
    return sorted({member for those in members.values() for member in those})


def willing(
    consents: Sequence[Consent],
    members: Mapping[str, Sequence[str]],
    scope: str,
    purposes: tuple[str, ...],
    *days: date,
) -> dict[str, list[str]]:
    """Member -> the consents by which it allows a scope on all these days; Refusal where nobody of a party does."""
    found = allowed(consents, scope, purposes, *days)
    for party, those in members.items():
        if found.keys().isdisjoint(those):
            require(consents, party, [scope], purposes, *days)  # says why
    return found


def under(table: pa.Table, members: Mapping[str, Sequence[str]]) -> pa.Table:
    """Rows of members as rows of the parties asked for: where two that are one were both asked for, of each of them.

    Rows of nobody's member are left out. What the same record told under two ids is, `records.current` knows.
    """
    return rewritten(pl.DataFrame(table), members).to_arrow().cast(table.schema) if merged(members) else table


def rewritten(frame: pl.DataFrame, members: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """The same of a frame, whatever other columns it has."""
    pairs = [(member, party) for party, those in members.items() for member in those]
    told = pl.DataFrame(pairs, schema={"party_id": pl.String, "_party": pl.String}, orient="row")
    joined = frame.join(told, on="party_id", how="inner", maintain_order="left")
    return joined.with_columns(party_id="_party").select(frame.columns)


@dataclass(slots=True)
class Tied:
    """`members` are one risk, the party among them, each under the id that was kept; `links` is what was read of it.

    `complete` is False where the group was cut at a limit.
    """

    members: frozenset[str]
    links: dict[str, Link] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()

    @property
    def complete(self) -> bool:
        return self.near <= self.asked and len(self.members) <= LARGEST


def tied_to(
    unit: Unit, parties: Collection[str], on: date, share: Decimal, known_at: datetime | None = None
) -> dict[str, Tied]:
    """Each of these parties -> its group on a day; `share` is what controls.

    Links are read step by step, of the members found so far and of all who own them, until nobody is new: a step reads
    for all parties at once, and what is found for one does not depend on who else is asked about.
    """
    found = {party: Tied(frozenset([party]), near=frozenset([party])) for party in parties}
    read: dict[str, list[Link]] = {}
    for _ in range(DEEPEST + 1):
        frontiers = {party: one.near - one.asked for party, one in found.items() if len(one.near) <= LARGEST}
        wanted = frozenset().union(*frontiers.values())
        if not wanted:
            break
        read |= links_of(unit, wanted - read.keys(), known_at)
        for party, frontier in frontiers.items():
            if frontier:
                one = found[party]
                one.asked |= frontier
                one.links |= {link.link_id: link for name in frontier for link in read[name]}
                one.members = group_of(party, one.links.values(), on, share)
                one.near = above(one.members, one.links.values(), on)
    return found


def links_of(unit: Unit, parties: Collection[str], known_at: datetime | None = None) -> dict[str, list[Link]]:
    """Party -> links of all who are one with it, between the ids that were kept."""
    behind = members_of(unit, sorted(parties), known_at)
    links = unit.relations.links(everybody(behind), known_at)
    ends = sorted({end for link in links for end in (link.party, link.other)})
    one = Sameness(unit.merges.around(ends), known_at).one
    kept = [replace(link, party=one(link.party), other=one(link.other)) for link in links]
    found: dict[str, list[Link]] = {party: [] for party in parties}
    for link in kept:
        for end in {link.party, link.other} & found.keys():
            if link.party != link.other:
                found[end].append(link)
    return found
