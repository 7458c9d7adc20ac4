"""The need for working capital: TV 2.7 (the sheet published with the method) and TV 2.8, and where it has no answer."""

from fractions import Fraction as F

import pytest

from zhiwei.borrower.features import Balances, Turnover, additional_credit, turnover, working_capital


def test_the_published_sheet() -> None:
    sales, cost = F("20315.74"), F("19178.09")
    mean = Balances(
        stock=F("1029.655"), receivable=F("1222.43"), payable=F("1.00"), prepaid=F("1845.39"), advances=F("79.55")
    )
    cycle = turnover(sales, cost, mean)
    days = [cycle.receivable, cycle.stock, cycle.prepaid, cycle.payable, cycle.advances]
    assert [round(float(one), 2) for one in days] == [21.66, 19.33, 34.64, 0.02, 1.41]
    assert cycle.turns is not None
    assert round(float(cycle.turns), 4) == 4.8516
    need = working_capital(sales, F("903.12") / sales, F(36_500) / sales - 1, cycle)
    assert round(float(need), 2) == 7188.82
    assert round(float(additional_credit(need, F("4187.60"))), 2) == 3001.22


def test_a_plain_one() -> None:
    cycle = Turnover(stock=F(60), receivable=F(90), payable=F(45), prepaid=F(10), advances=F(15))
    assert cycle.turns == F("3.6")
    need = working_capital(F(2000), F("0.08"), F("0.1"), cycle)
    assert round(float(need), 2) == 562.22
    assert round(float(additional_credit(need, F(200), F(100), F(50))), 2) == 212.22


def test_who_is_paid_before_paying_needs_nothing() -> None:
    cycle = Turnover(stock=F(10), receivable=F(0), payable=F(30))
    assert cycle.turns is None
    assert working_capital(F(100), F(0), F(1), cycle) == 0
    assert additional_credit(F(100), F(80), F(30)) == 0


@pytest.mark.parametrize(("sales", "cost"), [(0, 1), (1, 0), (-1, 1)])
def test_days_need_a_year_of_trade(sales: int, cost: int) -> None:
    with pytest.raises(ValueError, match="above zero"):
        turnover(F(sales), F(cost), Balances(F(1), F(1), F(1)))
