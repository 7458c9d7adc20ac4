"""Whose records stand behind a party: its own, and those of everybody who is one with it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import polars as pl
import pyarrow as pa

from zhiwei.borrower import Consent, allowed, require
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
