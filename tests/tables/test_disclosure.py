"""What a day's rate is in a year (PBOC 公告〔2021〕第3号), TV 5.13."""

from decimal import Decimal

import pytest

from zhiwei.loans import annualised, daily_rate

GOLDEN = """
daily    x 360   x 365    compounded
0.033 %  11.88   12.045   12.80
0.03 %   10.80   10.950   11.57
0.05 %   18.00   18.250   20.02
0 %      0.00    0.000    0.00
"""


@pytest.mark.parametrize("row", GOLDEN.strip().splitlines()[1:])
def test_a_daily_rate_as_yearly_figures(row: str) -> None:
    """TV 5.13 is the first row; the others are (1 + d) ** 365 - 1 by calculator."""
    daily, _, contract, simple, compounded = row.split()
    shown = annualised(Decimal(daily) / 100)
    assert shown == {"contract_360": contract, "simple_365": simple, "compounded": compounded}


@pytest.mark.parametrize(("annual", "basis", "daily"), [("0.1188", 360, "0.000330"), ("0.073", 365, "0.000200")])
def test_a_yearly_rate_by_the_day(annual: str, basis: int, daily: str) -> None:
    assert str(daily_rate(Decimal(annual), basis)) == daily
