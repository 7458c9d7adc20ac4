"""Splitting money: the parts are the whole, and no part is a whole cent away from its share."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from zhiwei.loans import allocate, over_loans
from zhiwei.values import split

totals = st.integers(-(10**13), 10**13)
claims = st.integers(0, 10**12)


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


@given(claims, st.lists(claims, max_size=6))
def test_an_allocation_never_exceeds(amount: int, owed: list[int]) -> None:
    """What is allocated is the amount or all that is owed, and a later claim gets nothing before an earlier is paid."""
    parts = allocate(amount, owed)
    assert sum(parts) == min(amount, sum(owed))
    assert all(0 <= part <= claim for part, claim in zip(parts, owed, strict=True))
    unpaid = [part < claim for part, claim in zip(parts, owed, strict=True)]
    assert not any(part for part in parts[unpaid.index(True) + 1 :]) if any(unpaid) else True


@given(claims, st.lists(st.tuples(claims, claims), max_size=6))
def test_loans_of_a_line_get_no_more_than_they_owe(amount: int, loans: list[tuple[int, int]]) -> None:
    interest, principal = [a for a, _ in loans], [b for _, b in loans]
    parts = over_loans(amount, [a // 2 for a in interest], interest, principal)
    assert sum(parts) == min(amount, sum(interest) + sum(principal))
    assert all(0 <= part <= a + b for part, (a, b) in zip(parts, loans, strict=True))
    if sum(parts) < sum(interest):
        assert all(part <= a for part, a in zip(parts, interest, strict=True))
