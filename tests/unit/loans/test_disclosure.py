"""Where flows have no yearly rate, that is said; where they have one, it is found."""

from datetime import date, timedelta

import pytest

from zhiwei.loans.rates.disclosure import Cost, by_date, by_period, cost_sheet
from zhiwei.values import BadInput

DAY = date(2024, 1, 1)


@pytest.mark.parametrize(
    ("flows", "code"),
    [
        ([], "no_rate"), ([0, 0], "no_rate"), ([100, 0], "no_rate"), ([100, 100], "no_rate"), ([-100], "no_rate"),
        ([12000 - 12000, -1000], "no_rate"), ([12000 - 12500, -1000], "no_rate"),  # a fee as large as the loan
        ([-100, 110], "no_rate"), ([100, -(10**13)], "no_rate"),
        ([100_00, -230_00, 132_00], "ambiguous_rate"),  # 10 % and 20 % both fit
        ([100_00, -101_00, 50_00], "no_rate"),  # 100 x^2 - 101 x + 50 is never 0
    ],
)  # fmt: skip
def test_no_rate(flows: list[int], code: str) -> None:
    with pytest.raises(BadInput) as monthly:
        by_period(flows)
    with pytest.raises(BadInput) as daily:
        by_date([(DAY + timedelta(days=30 * place), flow) for place, flow in enumerate(flows)])
    assert (monthly.value.code, daily.value.code) == (code, code)


def test_flows_of_one_day_are_one_flow_and_their_order_means_nothing() -> None:
    year = DAY + timedelta(days=365)
    flows = [(year, -10_500), (DAY, -500), (DAY, 10_500)]
    assert by_date(flows) == by_date([(DAY, 10_000), (year, -10_500)])
    assert str(by_date(flows).compound) == "0.05000000"


def test_a_large_loan_has_a_rate_too() -> None:
    """Scaled flows: the solver's tolerance is absolute."""
    assert by_period([10**15] + [-(10**13)] * 360) == by_period([10**9] + [-(10**7)] * 360)


def test_less_than_was_lent_is_a_negative_rate() -> None:
    assert str(by_period([100_00, -99_00], 1).compound) == "-0.01000000"


def test_the_sheets_principal_is_repaid() -> None:
    with pytest.raises(BadInput) as trouble:
        cost_sheet([(DAY, 100)], [(DAY + timedelta(days=9), 99)], [])
    assert trouble.value.code == "bad_flows"


def test_a_sheet_without_costs_is_free() -> None:
    sheet = cost_sheet([(DAY, 100_00)], [(DAY + timedelta(days=9), 100_00)], [])
    assert (sheet.rows, sheet.amount, sheet.rate.simple) == ((), 0, 0)


def test_costs_that_eat_the_loan() -> None:
    with pytest.raises(BadInput, match="receives nothing") as trouble:
        cost_sheet([(DAY, 100_00)], [(DAY + timedelta(days=9), 100_00)], [Cost("担保费", ((DAY, 100_00),))])
    assert trouble.value.code == "no_rate"
