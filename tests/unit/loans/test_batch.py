"""Level plans over arrays: halves and extremes to the fen, and what is refused."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from zhiwei.loans.batch import MOST_CELLS, annuities
from zhiwei.loans.schedule import plan
from zhiwei.loans.terms import MOST_PERIODS, Interest, Repayment
from zhiwei.values.money import LARGEST


def test_a_payment_on_the_half_goes_up() -> None:
    """One row at 100 % a year is principal x 13/12, which for 6, 18, 30 ... ends in a half.

    13/12 as a double is too small, so that the float product alone would round some of these down.
    """
    principal = np.arange(6, 2_000_000, 12)
    assert (np.floor(principal * (13 / 12)) != np.floor(principal * (13 / 12) + 0.5) - 1).any()
    assert (annuities(principal, 10**6, 1).payment == (principal * 13 + 6) // 12).all()


@pytest.mark.parametrize("principal", [0, 1, 99, 10**9 + 7, LARGEST - 1, LARGEST])
@pytest.mark.parametrize("micro", [0, 1, 43_500, 10**6])
@pytest.mark.parametrize("periods", [1, 2, 36, MOST_PERIODS])
def test_the_ends_of_the_range_are_exact(principal: int, micro: int, periods: int) -> None:
    many = annuities([principal], [micro], [periods])
    interest = Interest(Decimal(micro).scaleb(-6), full_months=True)
    rows = plan(principal, date(2024, 1, 1), Repayment("annuity", periods), interest)
    assert many.principal[0].tolist() == [row.principal for row in rows]
    assert many.interest[0].tolist() == [row.interest for row in rows]
    assert many.balance[0].tolist() == [row.balance for row in rows]


def test_plans_of_different_length_stand_side_by_side() -> None:
    many = annuities([120_000_00, 100], [60_000, 0], [12, 3])
    assert many.principal.shape == many.interest.shape == many.balance.shape == (2, 12)
    assert many.payment.tolist() == [1_032_797, 33]
    assert many.principal[1].tolist() == [33, 33, 34, *[0] * 9]
    assert many.principal.sum(axis=1).tolist() == [120_000_00, 100]


def test_blocks_do_not_show() -> None:
    dice = np.random.default_rng(7)
    principal, micro, periods = (dice.integers(low, high, 10_000) for low, high in ((0, 10**8), (0, 360_000), (1, 60)))
    whole = annuities(principal, micro, periods)
    for part in (slice(0, 17), slice(4090, 4100), slice(9990, 10_000)):
        alone = annuities(principal[part], micro[part], periods[part])
        width = alone.principal.shape[1]
        assert (whole.payment[part] == alone.payment).all()
        assert (whole.interest[part, :width] == alone.interest).all()


def test_nothing_in_gives_nothing_out() -> None:
    none = np.array([], np.int64)
    assert annuities(none, none, none).principal.shape == (0, 0)


@pytest.mark.parametrize(
    ("principal", "micro", "periods", "said"),
    [
        ([100.0], [60_000], [12], "principal holds float64"),
        ([100], [0.06], [12], "annual_rate holds float64"),
        ([100], [60_000], [12.0], "periods holds float64"),
        ([2**70], [60_000], [12], "principal holds object"),
        ([5, -1], [60_000], [12], r"principal\[1\] is -1"),
        ([LARGEST + 1], [60_000], [12], rf"principal\[0\] is {LARGEST + 1}, outside 0 to 1,000,000,000,000,000"),
        ([100], [10**6 + 1], [12], r"annual_rate\[0\] is 1000001, outside 0 to 1,000,000"),
        ([100], [60_000], [0], r"periods\[0\] is 0, outside 1 to 1,200"),
        ([100], [60_000], [MOST_PERIODS + 1], r"periods\[0\] is 1201"),
        ([[100]], [60_000], [12], "one dimension"),
        (np.ones(MOST_CELLS // MOST_PERIODS + 1, np.int64), [0], [MOST_PERIODS], "split the batch"),
    ],
)
def test_what_cannot_be_counted_is_refused(principal: object, micro: object, periods: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        annuities(principal, micro, periods)
