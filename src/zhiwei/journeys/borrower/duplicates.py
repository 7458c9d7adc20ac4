"""What two parties share, who may be one by it, and whether somebody said before that they are two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from zhiwei.borrower.identity import compared, mask, same_parties
from zhiwei.borrower.identity.likeness import LEAST
from zhiwei.borrower.identity.masks import mask_name
from zhiwei.borrower.relations import holds
from zhiwei.borrower.sameness import Rejection, Sameness
from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import Actor, NotFound

_ROWS = {"id": pl.String, "party_id": pl.String, "kind_of_identifier": pl.String, "value": pl.String}


@dataclass(frozen=True, slots=True)
class Likely:
    """Two parties that may be one. `values`: what they share, as (kind, masked value)."""

    one: str
    other: str
    score: float
    reasons: list[str]
    against: list[str]
    values: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Capped:
    """A value, masked, that so many parties share that it says nothing of any of them."""

    kind: str
    value: str
    parties: int


@dataclass(frozen=True, slots=True)
class Duplicates:
    """`ignored`: kinds of identifier that say nothing, with how many there are; `rejected`: pairs left out for that."""

    found: list[Likely]
    capped: list[Capped]
    ignored: dict[str, int]
    rejected: int


def find_duplicates(
    *, books: Books, by: Actor, parties: Sequence[str] | None = None, least: float = LEAST
) -> Duplicates:  # fmt: skip
    """Parties that may be one, best first: among all of the tenant, or between these and any other.

    Those that were merged count as one; a pair that somebody rejected comes again when something new is known of it.
    """
    with books.unit(by.tenant) as unit:
        known = unit.parties.ids()
        unknown = sorted(set(parties or ()) - set(known))
        if unknown:
            raise NotFound("no_such_party", f"no party {', '.join(unknown[:5])}")
        sameness = Sameness(unit.merges.all())
        rows = known_of(unit, None, sameness, books.today())
        rejections = unit.merges.rejections()
    likeness = same_parties(rows, least=least)
    proposals = likeness.proposals
    if parties is not None:
        wanted = pl.Series([sameness.one(party) for party in parties], dtype=pl.String).implode()
        proposals = proposals.filter(pl.col("left").is_in(wanted) | pl.col("right").is_in(wanted))
    stand = _standing(proposals, rows, rejections, sameness)
    values = _values(proposals, rows)
    found = [
        Likely(left, right, score, reasons, against, values.get((left, right), []))
        for left, right, score, reasons, against in proposals.iter_rows()
        if (left, right) not in stand
    ]
    capped = [Capped(kind, _masked(kind, value), count) for kind, value, count in likeness.capped.iter_rows()]
    return Duplicates(found, capped, likeness.ignored, len(stand))


def known_of(unit: Unit, parties: Sequence[str] | None, sameness: Sameness, today: date) -> pl.DataFrame:
    """id, party_id, kind_of_identifier, value: what is known today of these parties or of all, under who they are.

    A name counts as a company's. What a party holds no more is left out: a phone goes to somebody else.
    """
    held = unit.relations.identifiers(parties)
    names = unit.parties.names(unit.parties.ids() if parties is None else parties)
    rows = [(one.identifier_id, sameness.one(one.party), one.kind, one.value) for one in held if holds(one, today)]
    rows += [(f"name of {party}", sameness.one(party), "company_name", name) for party, name in names.items()]
    return pl.DataFrame(rows, schema=_ROWS, orient="row")


def against(rows: pl.DataFrame) -> frozenset[str]:
    """What speaks against the two parties of these rows being one."""
    found = same_parties(rows, least=0.0).proposals
    return frozenset(reason for reasons in found["against"] for reason in reasons)


def stands(rejection: Rejection, rows: pl.DataFrame, still_against: frozenset[str]) -> bool:
    """Whether nothing new is known of two parties since somebody rejected them, `rows` being what is known of them.

    New is a value that both have and one of them had not, and when something that spoke against them is gone.
    """
    old = rows.filter(pl.col("id").is_in(list(rejection.known)))
    return _shared(rows) <= _shared(old) and rejection.against <= still_against


def _standing(
    proposals: pl.DataFrame, rows: pl.DataFrame, rejections: Sequence[Rejection], sameness: Sameness
) -> set[tuple[str, str]]:
    """The proposed pairs that stay rejected."""
    proposed = {(row["left"], row["right"]): row["against"] for row in proposals.iter_rows(named=True)}
    by_pair: dict[tuple[str, str], list[Rejection]] = {}
    for rejection in rejections:
        left, right = sorted((sameness.one(rejection.one), sameness.one(rejection.other)))
        if (left, right) in proposed:
            by_pair.setdefault((left, right), []).append(rejection)
    named = rows.filter(pl.col("party_id").is_in(sorted({party for pair in by_pair for party in pair})))
    of = {str(party): part for (party,), part in named.partition_by("party_id", as_dict=True).items()}
    return {
        pair
        for pair, said in by_pair.items()
        if any(stands(one, pl.concat([of[pair[0]], of[pair[1]]]), frozenset(proposed[pair])) for one in said)
    }


def _shared(rows: pl.DataFrame) -> set[tuple[str, str]]:
    """(kind, key) that more than one party of these rows has."""
    counted = compared(rows).group_by("kind", "key").len().filter(pl.col("len") > 1)
    return set(counted.select("kind", "key").iter_rows())


def _values(proposals: pl.DataFrame, rows: pl.DataFrame) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """What each proposed pair shares, masked."""
    pairs = proposals.select("left", "right")
    named = pl.concat([pairs["left"], pairs["right"]]).unique()
    keys = compared(rows.filter(pl.col("party_id").is_in(named.implode())))
    both = (
        pairs.join(keys, left_on="left", right_on="party_id")
        .join(keys, left_on=["right", "kind", "key"], right_on=["party_id", "kind", "key"])
        .sort("left", "right", "kind", "key")
    )
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for left, right, kind, key in both.select("left", "right", "kind", "key").iter_rows():
        found.setdefault((left, right), []).append((kind, _masked(kind, key)))
    return found


def _masked(kind: str, value: str) -> str:
    """A name is shown as a person's: where one person is the business, it is one."""
    return mask_name(value) if kind == "company_name" else mask(kind, value)
