"""What one loan owes on a day, and what its arithmetic refuses to do."""

from datetime import date
from decimal import Decimal

import pytest

from zhiwei.loans import Interest, LoanState, LoanTerms, Repayment, replay, replay_loan, revolving
from zhiwei.loans.events import Event, Payment

# 20.00 元 a day, due on the 21st
TERMS = revolving(10_000_000, Decimal("0.072"), date(2024, 3, 1), date(2024, 6, 1), 21)


def paid(*month_day: int, amount: int) -> Payment:
    return Payment("p", date(2024, *month_day), amount=amount)


def on(*day: int, payments: tuple[Event, ...] = ()) -> LoanState:
    return replay_loan(TERMS, payments, date(2024, *day))


def bills(state: LoanState) -> dict[date, int]:
    return {claim.due_on: claim.interest for claim in state.claims if claim.interest}


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
    early = (paid(3, 11, amount=50_00),)
    assert on(3, 20, payments=early).days_past_due() == 0
    assert bills(on(3, 21, payments=early)) == {date(2024, 3, 21): 350_00}
    assert on(3, 22, payments=early).days_past_due() == 1


def test_a_late_payer_settles_the_oldest_bill_first() -> None:
    state = on(4, 25, payments=(paid(4, 25, amount=400_00),))
    assert bills(state) == {date(2024, 4, 21): 620_00, date(2024, 5, 21): 80_00}
    assert state.days_past_due() == 4


def test_principal_past_maturity_is_late_even_when_interest_is_paid() -> None:
    state = on(6, 11, payments=(paid(6, 1, amount=1840_00),))
    assert (state.interest_billed, state.accrued, state.days_past_due()) == (0, 0, 10)
    assert state.balances.penalty == 200_00  # at the contract rate, where the terms have no higher one


def test_nothing_grows_after_the_last_cent() -> None:
    all_of_it = (paid(3, 11, amount=10_000_000 + 200_00),)
    assert on(3, 11, payments=all_of_it).movements == on(12, 31, payments=all_of_it).movements
    assert on(12, 31, payments=all_of_it).payoff == 0


def test_less_than_half_a_cent_is_forgiven_with_the_last_payment() -> None:
    terms = revolving(100_00, Decimal("0.009"), date(2024, 3, 1), date(2024, 6, 1), 21)  # a quarter of a 分 a day
    state = replay_loan(terms, [paid(3, 2, amount=100_00)], date(2024, 6, 1))
    assert (state.payoff, state.n) == (0, 0)


def test_one_cent_too_much_is_the_borrowers() -> None:
    account = replay([("a", TERMS)], [paid(3, 11, amount=10_000_000 + 200_01)], date(2024, 6, 1))
    assert (account.credit, account.loans["a"].payoff) == (1, 0)


def test_money_that_came_before_the_loan_waits_for_what_falls_due() -> None:
    account = replay([("a", TERMS)], [paid(2, 29, amount=500_00)], date(2024, 3, 21))
    assert (account.credit, bills(account.loans["a"])) == (100_00, {})  # 400.00 fell due on the 21st


@pytest.mark.parametrize(
    "change",
    [
        {"principal": 0}, {"principal": -1}, {"matures_on": date(2024, 3, 1)}, {"matures_on": None},
        {"principal": 10**14}, {"repayment": Repayment("bullet")},
    ],
)  # fmt: skip
def test_terms_without_sense_are_refused(change: dict[str, object]) -> None:
    good = {name: getattr(TERMS, name) for name in TERMS.__dataclass_fields__}
    with pytest.raises(ValueError, match=r"loan|out of reason"):
        LoanTerms(**(good | change))


@pytest.mark.parametrize("rate", ["-0.01", "1.01", "0.0000001"])
def test_a_rate_without_sense_is_refused(rate: str) -> None:
    with pytest.raises(ValueError, match="yearly rate"):
        Interest(Decimal(rate))


def test_the_next_due_date() -> None:
    assert [on(*day).next_due() for day in ((3, 1), (3, 20), (3, 21), (5, 30), (6, 2))] == [
        date(2024, 3, 21), date(2024, 3, 21), date(2024, 4, 21), date(2024, 6, 1), None
    ]  # fmt: skip
