"""Allocation: what is paid is the money or all that is owed, the order is kept, more money never takes from anyone."""

from hypothesis import given
from hypothesis import strategies as st

from zhiwei.loans.waterfall import BUCKETS, LEGAL, Order, spread

amounts = st.integers(0, 10**12)
claims = st.lists(st.lists(st.sampled_from([0, 1, 7, 10**6, 10**11]), min_size=5, max_size=5), max_size=6)
orders = st.one_of(
    st.sampled_from(LEGAL.orders),
    st.builds(Order, st.none(), st.sampled_from(["horizontal", "vertical"]), st.permutations(BUCKETS).map(tuple)),
)


def in_order(owed: list[list[int]], order: Order) -> list[tuple[int, int]]:
    """Every (instalment, bucket) from the first paid to the last."""
    places = [(row, BUCKETS.index(bucket)) for row in range(len(owed)) for bucket in order.buckets]
    if order.mode == "vertical":
        places.sort(
            key=lambda place: order.buckets.index(BUCKETS[place[1]])
        )  # stable: the oldest first within a bucket
    return places


@given(amounts, claims, orders)
def test_each_claim_gets_what_those_before_it_leave(amount: int, owed: list[list[int]], order: Order) -> None:
    """An oracle without a loop over money: a part is the amount less all claims before, within the claim's bounds."""
    parts = spread(amount, owed, order)
    assert [len(row) for row in parts] == [len(row) for row in owed]
    before = 0
    for row, bucket in in_order(owed, order):
        assert parts[row][bucket] == min(max(amount - before, 0), owed[row][bucket])
        before += owed[row][bucket]
    assert sum(map(sum, parts)) == min(amount, before)


@given(amounts, amounts, claims, orders)
def test_more_money_never_takes_from_a_claim(amount: int, more: int, owed: list[list[int]], order: Order) -> None:
    less, rest = spread(amount, owed, order), spread(amount + more, owed, order)
    assert all(a <= b for row, other in zip(less, rest, strict=True) for a, b in zip(row, other, strict=True))


@given(amounts, amounts, claims, orders)
def test_two_payments_are_one(first: int, second: int, owed: list[list[int]], order: Order) -> None:
    paid = spread(first, owed, order)
    left = [[a - b for a, b in zip(row, part, strict=True)] for row, part in zip(owed, paid, strict=True)]
    again = spread(second, left, order)
    assert [[a + b for a, b in zip(*rows, strict=True)] for rows in zip(paid, again, strict=True)] == spread(
        first + second, owed, order
    )
