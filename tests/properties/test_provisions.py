"""Provisions: each class within half a cent of its share, never less for a worse book; losses by another arithmetic."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from zhiwei.credit.monitoring import BAD, CLASSES, Exposure, expected_loss, floor, gap, required

ON = date(2024, 6, 30)
RATES = {  # written again, from the texts
    "guideline": (Fraction(1, 100), dict(zip(CLASSES, map(Fraction, ("0", "0.02", "0.25", "0.5", "1")), strict=True))),
    "mof": (Fraction(0), dict(zip(CLASSES, map(Fraction, ("0.015", "0.03", "0.3", "0.6", "1")), strict=True))),
}
books = st.fixed_dictionaries({name: st.integers(0, 10**15) for name in CLASSES})
standards = st.sampled_from(sorted(RATES))
shares = st.integers(0, 10**4).map(lambda share: Decimal(share).scaleb(-4))


@given(books, standards)
def test_each_class_is_rounded_once(book: dict[str, int], standard: str) -> None:
    general, rates = RATES[standard]
    found = required(book, ON, standard)
    assert abs(found.general - general * sum(book.values())) <= Fraction(1, 2)
    for name in CLASSES:
        assert abs(found.special[name] - rates[name] * book[name]) <= Fraction(1, 2)
    assert found.total == found.general + sum(found.special.values())


@given(books, standards, st.sampled_from(CLASSES[:-1]), st.integers(0, 10**15))
def test_a_worse_book_never_needs_less(book: dict[str, int], standard: str, name: str, moved: int) -> None:
    """Money that moves to the next worse class; half a cent of rounding in each of the two."""
    moved = min(moved, book[name])
    worse = book | {name: book[name] - moved}
    following = CLASSES[CLASSES.index(name) + 1]
    worse[following] += moved
    assert required(worse, ON, standard).total >= required(book, ON, standard).total - 1
    assert floor(worse, ON) >= floor(book, ON)


@given(books, st.integers(0, 10**16))
def test_the_gap_closes_at_the_floor(book: dict[str, int], allowance: int) -> None:
    lacking = gap(book, allowance, ON)
    bad, whole = sum(book[name] for name in BAD), sum(book.values())
    assert abs(floor(book, ON) - max(Fraction(3, 2) * bad, Fraction(1, 40) * whole)) <= Fraction(1, 2)
    assert gap(book, allowance + lacking, ON) == 0
    assert lacking == 0 or gap(book, allowance + lacking - 1, ON) == 1


@given(st.lists(st.tuples(st.integers(0, 10**13), shares), min_size=1, max_size=30), shares, shares)
def test_expected_losses_by_the_year_of_default(
    years: list[tuple[int, Decimal]], lgd: Decimal, discount: Decimal
) -> None:
    """Backwards instead of forwards: V_t = (PD_t x EAD_t + (1 - PD_t) x V_t+1) / (1 + r)."""
    exposure = Exposure(tuple(amount for amount, _ in years), tuple(share for _, share in years), lgd, discount)
    value = Fraction(0)
    for amount, probability in reversed(years):
        value = (Fraction(probability) * amount + (1 - Fraction(probability)) * value) / (1 + Fraction(discount))
    first = Fraction(years[0][1]) * years[0][0] / (1 + Fraction(discount))
    assert abs(expected_loss(exposure, 2) - value * Fraction(lgd)) <= Fraction(1, 2)
    assert abs(expected_loss(exposure, 1) - first * Fraction(lgd)) <= Fraction(1, 2)
    assert expected_loss(exposure, 1) <= expected_loss(exposure, 2)
    assert expected_loss(exposure, 3) == expected_loss(Exposure((years[0][0],), (Decimal(1),), lgd), 2)
