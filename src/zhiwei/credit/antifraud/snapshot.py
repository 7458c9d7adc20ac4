"""Edges between named parties -> the tables of a snapshot: edges ranked at both ends, and a standing for each party."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from zhiwei.credit.antifraud.circles import Circle
from zhiwei.credit.antifraud.graph import Edges, whole_network

CLIQUE = 20
"""Parties that share one thing are linked each with each up to here; beyond, each with the first of them."""


@dataclass(frozen=True, slots=True)
class Made:
    """`edges`, `standings` and `circles` as a store keeps them; `left_out` edges were too dense to search."""

    edges: pl.DataFrame
    standings: pl.DataFrame
    circles: pl.DataFrame
    left_out: int


def make_snapshot(edges: pl.DataFrame, sold: pl.DataFrame, bad: Sequence[str]) -> Made:
    """`edges`: from_party, kind, to_party, weight, first_on, last_on, one row a pair and kind.

    `sold`: party_id, sold: 分 to anybody, of those who sold at all. `bad`: parties that are marked.
    """
    names = (
        pl.concat([edges["from_party"], edges["to_party"], sold["party_id"], pl.Series(bad, dtype=pl.String)])
        .unique().sort().to_frame("name").with_row_index("number")
    )  # fmt: skip
    placed = edges.join(names, left_on="from_party", right_on="name").join(
        names, left_on="to_party", right_on="name", suffix="_to"
    )
    kinds = {
        str(kind): Edges(*(rows[column].cast(pl.Int64).to_numpy() for column in ("number", "number_to", "weight")))
        for (kind,), rows in placed.group_by("kind")
    }
    marked = names.filter(pl.col("name").is_in(list(bad)))["number"].cast(pl.Int64).to_numpy()
    whole = whole_network(names.height, kinds, marked)
    told = names.join(sold, left_on="name", right_on="party_id", how="left", maintain_order="left")["sold"]
    standings = pl.DataFrame({
        "party_id": names["name"], "component": names["name"].gather(pl.Series(whole.component)),
        "component_size": whole.size, "guarantee_core": whole.core.astype(np.int32), "guarantee_ring": whole.knot,
        "sold": told.fill_null(pl.Series(whole.sold)), "circled": whole.circled, "risk": whole.risk,
    })  # fmt: skip
    return Made(ranked(edges), standings, _told(whole.circles.found, names["name"]), whole.circles.left_out)


def _told(circles: Sequence[Circle], names: pl.Series) -> pl.DataFrame:
    rows = [
        (number, place, names[party], amount)
        for number, one in enumerate(circles)
        for place, (party, amount) in enumerate(zip(one.parties, one.amounts, strict=True))
    ]
    schema = {"circle": pl.Int64, "place": pl.Int32, "party_id": pl.String, "amount": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def ranked(edges: pl.DataFrame) -> pl.DataFrame:
    """With the place of each edge among those of its kind out of its start and into its end, heaviest first."""
    place = pl.int_range(1, pl.len() + 1, dtype=pl.Int32)
    into = edges.sort("to_party", "kind", "weight", "from_party", descending=[False, False, True, False])
    both = into.with_columns(place.over("to_party", "kind").alias("in_rank"))
    out = both.sort("from_party", "kind", "weight", "to_party", descending=[False, False, True, False])
    return out.with_columns(place.over("from_party", "kind").alias("out_rank")).select(
        "from_party", "kind", "to_party", "weight", "first_on", "last_on", "out_rank", "in_rank"
    )


def sharing_edges(shared: Sequence[tuple[str, Sequence[str], Sequence[date]]]) -> list[tuple[object, ...]]:
    """(kind, parties, since when each) -> (from, kind, to, weight, first, last); weight is how many share the thing."""
    found: dict[tuple[str, str, str], tuple[object, ...]] = {}
    for kind, parties, since in shared:
        name = f"shares_{kind}"
        held = list(zip(parties, since, strict=True))
        for place, (other, day) in enumerate(held):
            for party, first in held[:place] if len(held) <= CLIQUE else held[: min(place, 1)]:
                when = max(first, day)
                found.setdefault((party, name, other), (party, name, other, len(held), when, when))
    return list(found.values())
