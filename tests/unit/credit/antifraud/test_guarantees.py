"""Guarantee circles: a ring of three is one for each of its members, whatever else they guarantee."""

from datetime import date

import pytest

from zhiwei.credit.antifraud.policy import sieve
from zhiwei.credit.antifraud.typologies.guarantees import Guarantee, guarantee_circles

ON = date(2026, 11, 1)
RING = ["AB", "BC", "CA"]


def rings(*pairs: str) -> dict[str, float]:
    given = [Guarantee(pair, pair[0], pair[1], 10**6, date(2026, 1, 1)) for pair in pairs]
    return {one.party: one.value for one in guarantee_circles(sieve(ON), given) if one.check == "guarantee_ring"}


@pytest.mark.parametrize("more", [[], ["AC"], ["BA"], ["CB"], ["AC", "BA", "CB"], ["AD"]])
def test_each_member_of_a_ring_is_found(more: list[str]) -> None:
    """A that answers for C directly too, is in the ring A, B, C as before."""
    assert rings(*RING, *more) == {"A": 3, "B": 3, "C": 3}


def test_a_pair_is_no_ring() -> None:
    assert rings("AB", "BA", "BC") == {}
