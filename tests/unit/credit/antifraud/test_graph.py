"""The network as a whole: who hangs together, how tightly they guarantee each other, and how far risk goes."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from zhiwei.credit.antifraud.graph import DAMPING, Edges, spread_risk, whole_network
from zhiwei.credit.antifraud.snapshot import CLIQUE, make_snapshot, ranked, sharing_edges

DAY = date(2024, 1, 1)


def edges(*pairs: tuple[int, int]) -> Edges:
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return Edges(ends[:, 0], ends[:, 1], np.ones(len(ends), dtype=np.int64))


def test_components_cores_and_knots() -> None:
    """A ring of three that guarantee each other, a chain behind it, and two apart."""
    whole = whole_network(
        7, {"guarantees": edges((0, 1), (1, 2), (2, 0), (2, 3)), "owns": edges((5, 6))}, np.array([], int)
    )
    assert whole.component.tolist() == [0, 0, 0, 0, 4, 5, 5]
    assert whole.size.tolist() == [4, 4, 4, 4, 1, 2, 2]
    assert whole.core.tolist() == [2, 2, 2, 1, 0, 0, 0]
    assert whole.knot.tolist() == [3, 3, 3, 0, 0, 0, 0]


def test_risk_halves_with_each_step_and_is_shared_out() -> None:
    """Bad 0 - 1 - 2: what arrives at 1 goes on by both of its links."""
    chain = edges((0, 1), (1, 2))
    risk = spread_risk(4, chain.start, chain.end, np.array([0]))
    assert (risk[0], risk[3]) == (1.0, 0.0)
    back_and_forth = 1 + 1 / 4 + 1 / 16  # six steps go there three times
    assert risk[1] == pytest.approx(DAMPING * back_and_forth)
    assert risk[2] == pytest.approx(DAMPING * DAMPING / 2 * back_and_forth)
    hub = edges(*((0, n) for n in range(1, 101)))
    assert spread_risk(101, hub.start, hub.end, np.array([0]))[1] < 0.01


def test_ranks_count_from_both_ends_heaviest_first() -> None:
    rows = [("A", "B", 5), ("A", "C", 9), ("D", "C", 2)]
    frame = pl.DataFrame([(a, "owns", b, w, DAY, DAY) for a, b, w in rows], orient="row",
                         schema=["from_party", "kind", "to_party", "weight", "first_on", "last_on"])  # fmt: skip
    found = {
        (a, b): (out, into)
        for a, b, out, into in ranked(frame).select("from_party", "to_party", "out_rank", "in_rank").iter_rows()
    }
    assert found == {("A", "C"): (1, 1), ("A", "B"): (2, 1), ("D", "C"): (1, 2)}
    made = make_snapshot(frame, pl.DataFrame({"party_id": ["Z"], "sold": [7]}), ["Q"])
    told = {row["party_id"]: row for row in made.standings.to_dicts()}
    assert (told["Z"]["sold"], told["Q"]["risk"], told["D"]["component"]) == (7, 1.0, "A")


def test_who_shares_a_thing_is_linked_each_with_each_up_to_a_crowd() -> None:
    few = sharing_edges([("phone", ["A", "B", "C"], [DAY] * 3)])
    assert [row[:4] for row in few] == [
        ("A", "shares_phone", "B", 3),
        ("A", "shares_phone", "C", 3),
        ("B", "shares_phone", "C", 3),
    ]
    crowd = [f"P{n:03d}" for n in range(CLIQUE + 1)]
    assert {row[0] for row in sharing_edges([("address", crowd, [DAY] * len(crowd))])} == {"P000"}
