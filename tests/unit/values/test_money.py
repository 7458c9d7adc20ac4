"""Money: whole minor units in, whole minor units out; what is no amount is refused at the door."""

from decimal import Decimal
from fractions import Fraction

import pytest

from zhiwei.values import as_rate, fen, grouped, half_up, quantized, split, yuan


@pytest.mark.parametrize(
    ("text", "minor"),
    [("0", 0), ("0.01", 1), ("-0.01", -1), ("1,234,567.89", 123456789), (" 12.5 ", 1250), (Decimal("1000.50"), 100050)],
)
def test_an_amount_in_yuan_is_read_to_the_cent(text: str | Decimal, minor: int) -> None:
    assert fen(text) == minor


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1.234",
        "NaN",
        "sNaN",
        "Infinity",
        "0.001",
        "10000000000000.01",
        "1e999999",
        "1E+3",
        "１０",
        "9" * 400,
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    """More than two decimals is no rounding matter: somebody mistyped."""
    with pytest.raises(ValueError, match=r"元|reason"):
        fen(text)


def test_the_largest_amount_is_taken() -> None:
    assert fen("10,000,000,000,000.00") == 10**15


@pytest.mark.parametrize(
    ("minor", "plain", "shown"),
    [(0, "0.00", "0.00"), (5, "0.05", "0.05"), (-5, "-0.05", "-0.05"), (-123456, "-1234.56", "-1,234.56")],
)
def test_an_amount_is_written_with_two_places(minor: int, plain: str, shown: str) -> None:
    assert (yuan(minor), grouped(minor)) == (plain, shown)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("1/2", 1), ("-1/2", -1), ("3/2", 2), ("5/2", 3), ("49/100", 0), ("-49/100", 0), ("7", 7), ("-5/2", -3)],
)
def test_halves_go_away_from_zero(exact: str, rounded: int) -> None:
    """Banker's rounding would give 0, 2 and 2 for 1/2, 3/2 and 5/2."""
    assert half_up(*Fraction(exact).as_integer_ratio()) == rounded


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100001, ["0.7", "0.3"], [70001, 30000]),
        (100, [1, 1, 1], [34, 33, 33]),
        (0, [1, 2], [0, 0]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (7, [0, 1], [0, 7]),
    ],
)
def test_the_cent_that_does_not_divide_is_the_firsts(total: int, weights: list[str | int], parts: list[int]) -> None:
    assert split(total, [Decimal(weight) for weight in weights]) == parts


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_weights_that_share_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(100, weights)


@pytest.mark.parametrize("text", ["8", "-0.01", "0.0000001", "NaN", "eight", "1.000001"])
def test_a_rate_is_a_fraction_of_one_with_six_places(text: str) -> None:
    with pytest.raises(ValueError, match="rate"):
        as_rate(text)


def test_rates_are_kept_exactly() -> None:
    assert as_rate("0.120450") == Decimal("0.12045")
    assert quantized(Decimal("0.00005"), "0.0001") == Decimal("0.0001")
