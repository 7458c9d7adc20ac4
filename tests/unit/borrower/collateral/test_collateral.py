"""What a pledged thing is good for: the sheet's vector, what holds for any amounts, when a value is looked at again."""

from datetime import date
from decimal import ROUND_FLOOR, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.borrower.collateral import lendable, loan_to_value, parameters, value_again
from zhiwei.values import fen

MONEY = st.integers(0, 10**13)
RATES = st.decimals(0, 1, places=6)


def test_the_vector_of_the_sheet() -> None:
    """TV 7.5: min(5,000,000, 4,800,000) x 70 % - 2,100,000 = 1,260,000."""
    value = min(fen("5000000"), fen("4800000"))
    assert lendable(value, Decimal("0.7"), fen("2100000")) == fen("1260000")


def test_a_part_of_a_fen_is_not_lent() -> None:
    assert lendable(999, Decimal("0.7"), 0) == 699  # 699.3
    assert lendable(999, Decimal("0.7"), 698) == 1


@given(MONEY, RATES, MONEY)
def test_never_below_zero_nor_above_what_the_rate_leaves(value: int, rate: Decimal, lien: int) -> None:
    found = lendable(value, rate, lien)
    assert 0 <= found <= value
    assert found == max(int((value * rate).to_integral_value(ROUND_FLOOR)) - lien, 0)


@given(MONEY, RATES, MONEY, st.integers(1, 10**12))
def test_falls_with_the_lien_and_rises_with_value_and_rate(value: int, rate: Decimal, lien: int, more: int) -> None:
    found = lendable(value, rate, lien)
    assert lendable(value, rate, lien + more) == max(found - more, 0) or found == 0
    assert lendable(value + more, rate, lien) >= found
    assert lendable(value, (rate + 1) / 2, lien) >= found


@given(MONEY, MONEY, st.integers(1, 10**13))
def test_loan_to_value_is_never_told_too_low(owed: int, lien: int, value: int) -> None:
    found = loan_to_value(owed, lien, value)
    assert found is not None
    assert owed + lien <= found * value < owed + lien + value * Decimal("0.000001")


def test_what_is_worth_nothing_has_no_loan_to_value() -> None:
    assert loan_to_value(1, 0, 0) is None
    assert loan_to_value(1, 1, 3) == Decimal("0.666667")


@pytest.mark.parametrize("wrong", [(-1, "0.7", 0), (1, "0.7", -1), (1, "-0.1", 0), (1, "1.1", 0), (1, "NaN", 0)])
def test_what_is_no_value_is_refused(wrong: tuple[int, str, int]) -> None:
    value, rate, lien = wrong
    with pytest.raises(ValueError, match=r"zero or more|from 0 to 1"):
        lendable(value, Decimal(rate), lien)
    with pytest.raises(ValueError, match="zero or more"):
        loan_to_value(-1, 0, 1)


@pytest.mark.parametrize(
    ("owed", "lien", "value", "on", "why"),
    [
        (80, 0, 100, date(2026, 2, 28), ()),
        (81, 0, 100, date(2026, 2, 28), ("ltv",)),
        (60, 21, 100, date(2026, 2, 28), ("ltv",)),
        (80, 0, 100, date(2026, 3, 1), ("age",)),
        (800_000_000_001, 0, 10**12, date(2026, 3, 1), ("age", "ltv")),
        (0, 0, 0, date(2025, 3, 1), ()),
        (1, 0, 0, date(2025, 3, 1), ("ltv",)),
    ],
)
def test_a_value_is_looked_at_again_after_a_year_or_above_80_percent(
    owed: int, lien: int, value: int, on: date, why: tuple[str, ...]
) -> None:
    assert value_again(owed, lien, value, date(2025, 3, 1), on) == why


def test_the_thresholds_say_that_they_are_not_sure() -> None:
    assert {one.name for one in parameters()} == {"value.months", "value.most_lent"}
    assert not any(one.sure for one in parameters())
