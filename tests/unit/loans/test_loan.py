"""What one loan owes on a day, and what its arithmetic refuses to do."""

from datetime import date
from decimal import Decimal

import pytest

from zhiwei.loans import LoanState, LoanTerms, Payment, replay
from zhiwei.values import Breach

# 20.00 元 a day, due on the 21st
TERMS = LoanTerms(10_000_000, Decimal("0.072"), 360, date(2024, 3, 1), date(2024, 6, 1), 21)


def on(*day: int, payments: tuple[Payment, ...] = ()) -> LoanState:
    return replay(TERMS, payments, date(2024, *day))


def test_days_past_due_start_the_day_after() -> None:
    assert [on(3, day).days_past_due() for day in (20, 21, 22, 25)] == [0, 0, 1, 4]


def test_what_is_due_is_the_bills_and_at_maturity_the_principal() -> None:
    assert [on(3, 20).due(date(2024, 3, 20)), on(3, 21).due(date(2024, 3, 21))] == [0, 400_00]
    assert on(5, 31).due(date(2024, 5, 31)) == (400 + 620 + 600) * 100
    assert on(6, 1).due(date(2024, 6, 1)) == 10_000_000 + (400 + 620 + 600 + 220) * 100


def test_the_payoff_is_principal_bills_and_interest_to_date() -> None:
    state = on(3, 25)
    assert (state.interest_billed, state.accrued, state.payoff) == (400_00, 80_00, 10_000_000 + 480_00)


def test_paying_early_makes_nobody_late() -> None:
    """50.00 on the 11th leave 150.00 of interest unpaid: due on the 21st like the rest, not on the 11th."""
    early = (Payment(date(2024, 3, 11), 50_00),)
    assert on(3, 20, payments=early).days_past_due() == 0
    assert on(3, 21, payments=early).bills == {date(2024, 3, 21): 350_00}
    assert on(3, 22, payments=early).days_past_due() == 1


def test_a_late_payer_settles_the_oldest_bill_first() -> None:
    paid = (Payment(date(2024, 4, 25), 400_00),)
    state = on(4, 25, payments=paid)
    assert state.bills == {date(2024, 4, 21): 620_00, date(2024, 5, 21): 80_00}
    assert state.days_past_due() == 4


def test_principal_past_maturity_is_late_even_when_interest_is_paid() -> None:
    paid = (Payment(date(2024, 6, 1), 1840_00),)
    state = on(6, 11, payments=paid)
    assert (state.interest_billed, state.accrued, state.days_past_due()) == (0, 200_00, 10)


def test_nothing_grows_after_the_last_cent() -> None:
    paid = (Payment(date(2024, 3, 11), 10_000_000 + 200_00),)
    assert on(3, 11, payments=paid).movements == on(12, 31, payments=paid).movements
    assert on(12, 31, payments=paid).payoff == 0


def test_less_than_half_a_cent_is_forgiven_with_the_last_payment() -> None:
    terms = LoanTerms(100_00, Decimal("0.009"), 360, date(2024, 3, 1), date(2024, 6, 1), 21)  # a quarter of a 分 a day
    state = replay(terms, [Payment(date(2024, 3, 2), 100_00)], date(2024, 6, 1))
    assert (state.payoff, state.balance_days) == (0, 0)


@pytest.mark.parametrize(
    "payments",
    [
        [Payment(date(2024, 3, 11), 10_000_000 + 200_01)],  # one 分 too much
        [Payment(date(2024, 3, 11), 0)],
        [Payment(date(2024, 3, 11), -1)],
        [Payment(date(2024, 3, 11), 1), Payment(date(2024, 3, 10), 1)],  # out of order
        [Payment(date(2024, 2, 29), 1)],  # before the draw
    ],
)
def test_what_cannot_have_happened_is_a_breach(payments: list[Payment]) -> None:
    with pytest.raises(Breach):
        replay(TERMS, payments, date(2024, 6, 1))


@pytest.mark.parametrize(
    "change",
    [
        {"principal": 0}, {"principal": -1}, {"matures_on": date(2024, 3, 1)}, {"day_basis": 364}, {"due_day": 32},
        {"due_day": -1}, {"annual_rate": Decimal("-0.01")},
    ],
)  # fmt: skip
def test_terms_without_sense_are_refused(change: dict[str, object]) -> None:
    good = {name: getattr(TERMS, name) for name in TERMS.__dataclass_fields__}
    with pytest.raises(ValueError, match=r"loan|day_basis"):
        LoanTerms(**(good | change))


def test_the_next_due_date() -> None:
    assert [TERMS.next_due(date(2024, *day)) for day in ((3, 1), (3, 20), (3, 21), (5, 30))] == [
        date(2024, 3, 21), date(2024, 3, 21), date(2024, 4, 21), date(2024, 6, 1)
    ]  # fmt: skip
    bullet = LoanTerms(1, Decimal(0), 360, date(2024, 3, 1), date(2026, 3, 1), 0)
    assert bullet.next_due(date(2024, 3, 1)) == date(2026, 3, 1)
    assert bullet.next_due(date(2026, 3, 5)) == date(2026, 3, 5), "past maturity what is asked for is due at once"
