"""Plans beside those of others (numpy-financial, amortization, pyxirr), and what is no plan."""

from datetime import date
from decimal import Decimal

import numpy_financial
import pytest
import pyxirr
from amortization import PaymentFrequency, amortization_schedule

from zhiwei.loans.schedule import instalment, plan
from zhiwei.loans.terms import MOST_PERIODS, Every, Interest, Repayment, Unit
from zhiwei.values import DayCount

START = date(2024, 1, 1)
LOANS = [(12_000_000, "0.06", 12), (24_500_000, "0.12", 24), (100_000_000, "0.0435", 360), (1_234_567, "0.155", 7)]


def monthly(rate: str) -> Interest:
    return Interest(Decimal(rate), full_months=True)


@pytest.mark.parametrize(("principal", "rate", "periods"), LOANS)
def test_a_payment_is_the_one_of_numpy_financial(principal: int, rate: str, periods: int) -> None:
    """Theirs are not rounded, so that each row may be half a fen away for each row before it."""
    rows = plan(principal, START, Repayment("annuity", periods), monthly(rate))
    month = float(rate) / 12
    assert rows[0].payment == pytest.approx(-numpy_financial.pmt(month, periods, principal), abs=0.5)
    interest = -numpy_financial.ipmt(month, range(1, periods + 1), periods, principal)
    for row, theirs in zip(rows, interest, strict=True):
        assert row.interest == pytest.approx(theirs, abs=1 + row.n * 0.6)


@pytest.mark.parametrize(("principal", "rate", "periods"), LOANS)
@pytest.mark.parametrize(
    ("every", "frequency"),
    [("1m", PaymentFrequency.MONTHLY), ("3m", PaymentFrequency.QUARTERLY), ("12m", PaymentFrequency.YEARLY)],
)
def test_rows_are_those_of_amortization(
    principal: int, rate: str, periods: int, every: str, frequency: PaymentFrequency
) -> None:
    """It rounds each row as we do, in floats and halves to even: to the fen, but for a half now and then."""
    rows = plan(principal, START, Repayment("annuity", periods, Every.parse(every)), monthly(rate))
    theirs = list(amortization_schedule(principal / 100, float(rate), periods, frequency))
    assert len(theirs) == len(rows)
    for row, their in zip(rows, theirs, strict=True):
        ours = (row.payment, row.interest, row.principal, row.balance)
        assert ours == pytest.approx(
            [100 * x for x in (their.amount, their.interest, their.principal, their.balance)], abs=3
        )


@pytest.mark.parametrize("method", ["annuity", "equal-principal", "interest-only", "balloon"])
def test_the_rate_of_return_of_a_plan_is_its_rate(method: str) -> None:
    balloon = 4_000_000 if method == "balloon" else 0
    rows = plan(12_000_000, START, Repayment(method, 36, balloon=balloon), monthly("0.072"))
    assert pyxirr.irr([-12_000_000, *(row.payment for row in rows)]) * 12 == pytest.approx(0.072, abs=1e-6)


@pytest.mark.parametrize("method", ["annuity", "equal-principal", "bullet"])
def test_the_present_worth_of_a_plan_by_days_is_its_principal(method: str) -> None:
    """Discounted by each period's own days: an odd first period and leap days cost what they are."""
    interest = Interest(Decimal("0.09"), DayCount.ACT_365)
    repayment = Repayment(method, 1 if method == "bullet" else 18, first_due=date(2024, 3, 10), due_day=10)
    worth, discount = 0.0, 1.0
    for row in plan(50_000_000, date(2024, 1, 25), repayment, interest):
        discount /= 1 + 0.09 * (row.due_on - row.starts_on).days / 365
        worth += row.payment * discount
    assert worth == pytest.approx(50_000_000, abs=10)


def test_the_closed_form_is_the_sum() -> None:
    """Equal steps take a shortcut; a hair's difference in one step takes the long way to nearly the same."""
    for steps in ([5] * 12, [700] * 360):
        short, long = (instalment(10**9, tried, 1000 * 10**15, 10**8) for tried in (
            [step * 10**15 for step in steps], [steps[0] * 10**15 + 1, *(step * 10**15 for step in steps[1:])]
        ))  # fmt: skip
        assert short[0] * long[1] != long[0] * short[1]
        assert short[0] / short[1] == pytest.approx(long[0] / long[1], rel=1e-13)


def test_the_rest_of_a_plan_knows_the_days_that_holidays_moved() -> None:
    """Saturday 31 August 2024 moved to 2 September: planned again from there, September is a month less 2 days."""
    interest = Interest(Decimal("0.06"), full_months=True, calendar="weekends")
    whole = plan(1_200_000, date(2024, 6, 30), Repayment("interest-only", 4, due_day=31), interest)
    assert [row.due_on.isoformat() for row in whole] == ["2024-07-31", "2024-09-02", "2024-09-30", "2024-10-31"]
    assert [row.interest for row in whole] == [6_000, 6_400, 5_600, 6_000]
    for done in (1, 2, 3):
        left = Repayment("interest-only", 4 - done, first_due=whole[done].due_on, due_day=31)
        rest = plan(1_200_000, whole[done].starts_on, left, interest)
        assert [(row.due_on, row.interest) for row in rest] == [(row.due_on, row.interest) for row in whole[done:]]


def test_a_due_day_that_had_passed_before_the_start_did_not_move() -> None:
    """Drawn on Sunday the 6th, first due on Monday: the 5th was a Saturday before the loan began."""
    repayment = Repayment("annuity", 2, first_due=date(2005, 2, 7), due_day=5)
    interest = Interest(Decimal("0.06"), DayCount.ACT_360, calendar="weekends")
    rows = plan(10_000_00, date(2005, 2, 6), repayment, interest)
    assert [row.due_on for row in rows] == [date(2005, 2, 7), date(2005, 3, 7)]
    assert sum(row.principal for row in rows) == 10_000_00


def test_a_principal_that_is_gone_leaves_empty_rows() -> None:
    """The account plans again after each prepayment, and that may have been the last."""
    rows = plan(0, START, Repayment("annuity", 3), monthly("0.06"))
    assert [(row.principal, row.interest, row.balance) for row in rows] == [(0, 0, 0)] * 3


def test_a_balloon_larger_than_what_is_left_is_what_is_left() -> None:
    """A prepayment may have eaten into it; until the last row there is interest alone, by days of any number too."""
    rows = plan(1_000, START, Repayment("balloon", 3, balloon=5_000), monthly("0.12"))
    assert [row.principal for row in rows] == [0, 0, 1_000]
    by_days = plan(10**9, START, Repayment("balloon", 5, balloon=2 * 10**9), Interest(Decimal("0.12")))
    assert [row.principal for row in by_days] == [0, 0, 0, 0, 10**9]


@pytest.mark.parametrize(
    ("repayment", "matures", "said"),
    [
        (Repayment("annuity", 3, first_due=START), None, "not after the start"),
        (Repayment("bullet", 1, first_due=date(2023, 12, 31)), None, "not after the start"),
        (Repayment("revolving", 0), None, "ends on the day it matures"),
        (Repayment("annuity", 3), date(2024, 4, 1), "any other with its last row"),
        (Repayment("revolving", 0, Every(1, Unit.DAY), due_day=1), date(2034, 1, 1), "at most 1200 rows"),
        (Repayment("annuity", MOST_PERIODS, Every(3660, Unit.MONTH)), None, "out of range"),
        (Repayment("annuity", MOST_PERIODS, Every(3660, Unit.DAY)), None, "past the year 9999"),
        (Repayment("seasonal", 1, seasons=((date(2023, 6, 1), Decimal(1)),)), None, "not after the start"),
    ],
)
def test_dates_that_make_no_plan_are_refused(repayment: Repayment, matures: date | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        plan(10_000, START, repayment, Interest(Decimal("0.05")), matures)


def test_a_negative_principal_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        plan(-1, START, Repayment("annuity", 3), monthly("0.06"))
