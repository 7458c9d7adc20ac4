"""Rates of cash flows, against a bisection in whole numbers; more cost is a higher rate; a sheet's lines add up."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from zhiwei.loans.rates.disclosure import Cost, by_date, by_period, cost_sheet

STEP = Fraction(1, 10**8)
lent = st.integers(10**5, 10**13)
DAY = date(2024, 1, 1)


def worth(flows: list[int], rate: Fraction) -> Fraction:
    """What is owed at the end at a rate, exactly."""
    owed = Fraction(0)
    for flow in flows:
        owed = owed * (1 + rate) + flow
    return owed


@given(lent, st.lists(st.integers(0, 40), min_size=1, max_size=24), st.integers(0, 50))
def test_the_rate_is_where_nothing_is_owed(principal: int, weights: list[int], percent: int) -> None:
    """Payments in any proportion that return the principal and `percent` more: the eighth decimal is right."""
    whole = sum(weights) or 1
    payments = [principal * weight * (100 + percent) // (100 * whole) for weight in weights]
    payments[-1] += principal  # something always comes back, and more than was lent
    flows = [principal, *(-payment for payment in payments)]
    found = Fraction(by_period(flows).periodic)
    assert worth(flows, found - STEP) <= 0 <= worth(flows, found + STEP)


@given(lent, st.integers(1, 36), st.integers(0, 30), st.integers(0, 20))
def test_a_fee_is_a_cost(principal: int, months: int, percent: int, fee: int) -> None:
    payment = principal * (100 + percent) // (100 * months) + 1
    plain, dear = ([net, *[-payment] * months] for net in (principal, principal - principal * fee // 100))
    assert by_period(dear).simple >= by_period(plain).simple
    rate = by_period(plain)
    assert abs(rate.simple - 12 * rate.periodic) <= Decimal("0.00000012")
    assert abs(rate.compound - ((1 + rate.periodic) ** 12 - 1)) <= Decimal("0.000002") * (1 + rate.compound)


@given(lent, st.lists(st.tuples(st.integers(1, 1500), st.integers(1, 10**6)), min_size=1, max_size=8))
def test_a_days_rate_compounds_to_the_years(principal: int, payments: list[tuple[int, int]]) -> None:
    whole = sum(weight for _, weight in payments)
    flows = [(DAY, principal)]
    flows += [(DAY + timedelta(days=day), -(principal * weight * 11 // (10 * whole) + 1)) for day, weight in payments]
    rate = by_date(flows)
    assert rate.simple > 0
    today = sum(amount / (1 + rate.compound) ** (Decimal((day - DAY).days) / 365) for day, amount in flows)
    assert abs(today) <= 1 + principal * Decimal("0.000001")


@given(lent, st.lists(st.tuples(st.integers(0, 720), st.integers(0, 3)), max_size=5))
def test_the_lines_of_a_sheet_add_up(principal: int, costs: list[tuple[int, int]]) -> None:
    named = [
        Cost(str(place), ((DAY + timedelta(days=day), principal * percent // 100),))
        for place, (day, percent) in enumerate(costs)
    ]
    sheet = cost_sheet([(DAY, principal)], [(DAY + timedelta(days=720), principal)], named)
    assert sum((row.adds for row in sheet.rows), Decimal(0)) == sheet.rate.simple
    assert sum(row.amount for row in sheet.rows) == sheet.amount
    assert all(row.adds >= 0 for row in sheet.rows)
