"""Loans against something: parts that are the whole, limits that hold, calls that are enough and no more."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from zhiwei.loans.instruments import (
    Bill,
    Discount,
    Eligibility,
    Lease,
    Pledge,
    Receivable,
    borrowing_base,
    lease_plan,
    lease_worth,
    settle,
)
from zhiwei.loans.terms import Interest
from zhiwei.values import DAY

ON = date(2024, 6, 30)
money = st.integers(0, 10**12)
shares = st.integers(0, 100).map(lambda percent: Decimal(percent) / 100)


@given(
    st.integers(10**3, 10**13), st.dates(date(2010, 1, 1), date(2026, 6, 1)), st.integers(1, 366), st.integers(0, 2400)
)
def test_a_bills_interest_is_earned_day_by_day(face: int, on: date, days: int, rate: int) -> None:
    found = Discount(Bill(face, on, on + timedelta(days=days)), on, Decimal(rate) / 10**4)
    assert found.net + found.interest == face
    assert abs(found.interest - face * Fraction(found.rate) * found.days / 360) <= Fraction(1, 2)
    daily = [found.earned(on + DAY * n) - found.earned(on + DAY * (n - 1)) for n in range(1, found.days + 1)]
    assert sum(daily) == found.interest
    assert all(abs(part - Fraction(found.interest, found.days)) < 1 for part in daily)
    assert (found.earned(on - DAY), found.unearned(found.bill.paid_on + DAY)) == (0, 0)


@given(st.integers(10**4, 10**11), shares, shares, st.integers(1, 60), st.integers(0, 3600))
def test_a_lease_repays_what_it_financed(price: int, down: Decimal, residual: Decimal, months: int, rate: int) -> None:
    paid_down = min(int(price * down), price - 1)
    left = int((price - paid_down) * residual)
    lease = Lease(price, paid_down, months, ON, Interest(Decimal(rate) / 10**4, full_months=True), left)
    rows = lease_plan(lease)
    assert sum(row.principal for row in rows) == lease.financed
    assert (len(rows), rows[-1].balance) == (months, 0)
    assert rows[-1].principal >= left - 6 * months  # a cent of rounding in each row, and its interest, end here


@given(money, st.integers(0, 200), shares, shares)
def test_nothing_gains_worth_with_age(price: int, months: int, first: Decimal, yearly: Decimal) -> None:
    worth = lease_worth(price, months, first, yearly)
    assert price >= worth >= lease_worth(price, months + 1, first, yearly) >= 0
    assert abs(lease_worth(price, 12, first, yearly) - price * Fraction(first)) <= Fraction(1, 2)


receivables = st.lists(
    st.builds(
        Receivable, st.just("n"), st.sampled_from("ABCD"), st.integers(0, 10**9),
        st.integers(-200, 200).map(lambda days: ON + timedelta(days=days)), st.booleans(), st.booleans(),
    ),
    max_size=12,
)  # fmt: skip


@given(receivables, money, st.builds(Eligibility, shares, st.integers(0, 120), shares, shares))
def test_a_base_stays_within_its_limits(found: list[Receivable], limit: int, tests: Eligibility) -> None:
    base = borrowing_base(found, limit, tests, ON)
    assert 0 <= base.advance <= min(limit, base.eligible * Fraction(tests.rate))
    assert base.advance + base.reserve == base.eligible == sum(one.counted for one in base.tested)
    whole = sum(one.receivable.amount for one in base.tested if not one.reasons or one.reasons == ("concentrated",))
    for debtor in "ABCD":
        counted = sum(one.counted for one in base.tested if one.receivable.debtor == debtor)
        assert counted <= whole * Fraction(tests.debtor_share)
    for one in base.tested:
        assert 0 <= one.counted <= one.receivable.amount
        assert (one.counted == one.receivable.amount) or one.reasons
        if one.receivable.related or one.receivable.disputed or (ON - one.receivable.due_on).days > tests.overdue_days:
            assert one.counted == 0


@given(money, money, money, st.booleans(), money)
def test_every_cent_of_a_debtor_goes_somewhere(
    paid: int, advance: int, charges: int, recourse: bool, held: int
) -> None:
    done = settle(paid, advance, charges, recourse=recourse, held=held)
    assert done.charges + done.advance + done.to_seller + done.kept == paid
    assert done.charges + done.advance + done.from_seller + done.lost == charges + advance
    assert (done.lost, done.kept) == (0, 0) if recourse else done.from_seller == 0
    assert min(done.to_seller + done.kept, done.from_seller + done.lost) == 0  # money is never both over and lacking


quantities = st.integers(1, 10**7).map(lambda hundredths: Decimal(hundredths) / 100)


@given(quantities, st.integers(100, 10**7), st.integers(1, 100), st.integers(1, 10**7), st.integers(1, 100))
def test_a_call_is_enough_and_no_more(goods: Decimal, price: int, rate: int, today: int, left: int) -> None:
    pledge = Pledge(goods, price, Decimal(rate) / 100, Decimal("0.1"), Decimal("0.2"))
    owed = pledge.loan * left // 100
    assert pledge.call(pledge.loan, price) is None
    call = pledge.call(owed, today)
    carries = Fraction(pledge.rate) * Fraction(goods) * today
    assert (call is None) == (owed <= carries)
    if call:
        assert owed - call.cash <= carries < owed - call.cash + 1
        step = Fraction(pledge.rate) * today / 100
        assert 0 <= carries + Fraction(call.goods) * 100 * step - owed < step
