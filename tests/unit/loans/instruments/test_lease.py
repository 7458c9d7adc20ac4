"""What a leased thing is worth with age, and leases that make no sense."""

from datetime import date
from decimal import Decimal

import pytest

from zhiwei.loans.instruments import Lease, lease_test, lease_worth, usual_worth
from zhiwei.loans.terms import Interest

INTEREST = Interest(Decimal("0.12"), full_months=True)


@pytest.mark.parametrize(
    ("months", "worth"), [(0, 1000), (6, 825), (12, 650), (24, 500), (30, 425), (64, 0), (65, 0), (600, 0)]
)
def test_worth_falls_along_two_lines(months: int, worth: int) -> None:
    """65 % after a year, then 15 % of the new price a year: nothing after 12 + 12 x 65 / 15 = 64 months."""
    assert lease_worth(1000, months, Decimal("0.65"), Decimal("0.15")) == worth
    assert usual_worth(1000, months, date(2024, 1, 1)) == worth


def test_more_owed_than_it_is_worth() -> None:
    tested = lease_test(900, 825)
    assert (tested.uncovered, tested.ltv) == (75, Decimal("1.0909"))
    assert lease_test(900, 0).ltv is None


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Lease(100, 100, 12, date(2024, 1, 1), INTEREST),
        lambda: Lease(100, 30, 0, date(2024, 1, 1), INTEREST),
        lambda: Lease(100, 30, 12, date(2024, 1, 1), INTEREST, residual=71),
        lambda: lease_worth(100, -1, Decimal("0.65"), Decimal("0.15")),
        lambda: lease_worth(100, 1, Decimal("1.65"), Decimal("0.15")),
    ],
)
def test_what_is_no_lease(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"a lease|residuals are"):
        wrong()
