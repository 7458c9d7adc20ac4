"""Splitting money: the parts are the whole, and no part is a whole cent away from its share."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from zhiwei.values import split

totals = st.integers(-(10**13), 10**13)


def weights(most: int) -> st.SearchStrategy[list[Decimal]]:
    each = st.integers(0, 1000).map(lambda share: Decimal(share).scaleb(-3))
    return st.lists(each, min_size=1, max_size=most).filter(any)


@given(totals, weights(9))
def test_the_parts_are_the_whole(total: int, shares: list[Decimal]) -> None:
    assert sum(split(total, shares)) == total


@given(totals, weights(9))
def test_a_part_is_within_one_cent_of_its_share_and_never_against_it(total: int, shares: list[Decimal]) -> None:
    """Also for the lead, and for many funders: nobody lends a negative amount of a loan."""
    whole = Fraction(sum(shares))
    for part, share in zip(split(total, shares), shares, strict=True):
        assert abs(part - total * Fraction(share) / whole) <= 1
        assert part * total >= 0


@given(totals, weights(9))
def test_a_reversal_splits_as_its_original(total: int, shares: list[Decimal]) -> None:
    assert split(-total, shares) == [-part for part in split(total, shares)]
