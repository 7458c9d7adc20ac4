"""A bill's tenor by its day and form; what cannot be discounted."""

from datetime import date
from decimal import Decimal

import pytest

from zhiwei.loans.instruments import Bill, Discount, tenor_months
from zhiwei.values import Refusal


@pytest.mark.parametrize(
    ("form", "drawn", "matures", "allowed"),
    [
        ("electronic", date(2022, 12, 31), date(2023, 12, 31), True),
        ("electronic", date(2022, 12, 31), date(2024, 1, 1), False),
        ("electronic", date(2023, 1, 1), date(2023, 7, 1), True),
        ("electronic", date(2023, 1, 1), date(2023, 7, 2), False),
        ("paper", date(2019, 8, 31), date(2020, 2, 29), True), ("paper", date(2019, 8, 31), date(2020, 3, 1), False),
    ],
)  # fmt: skip
def test_tenors(form: str, drawn: date, matures: date, allowed: bool) -> None:
    bill = Bill(100, drawn, matures, form)
    if allowed:
        bill.check_tenor()
    else:
        with pytest.raises(Refusal) as refusal:
            bill.check_tenor()
        assert refusal.value.code == "tenor_too_long"


def test_no_electronic_bill_before_there_were_any() -> None:
    with pytest.raises(Refusal, match="no value of"):
        tenor_months("electronic", date(2009, 10, 15))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Bill(0, date(2019, 1, 1), date(2019, 2, 1)),
        lambda: Bill(100, date(2019, 1, 1), date(2019, 1, 1)),
        lambda: Bill(100, date(2019, 1, 1), date(2019, 2, 1), "stone"),
        lambda: Discount(Bill(100, date(2019, 1, 1), date(2019, 2, 1)), date(2018, 12, 31), Decimal("0.03")),
        lambda: Discount(Bill(100, date(2019, 1, 1), date(2019, 2, 1)), date(2019, 2, 1), Decimal("0.03")),
        lambda: Discount(Bill(100, date(2019, 1, 1), date(2019, 2, 1)), date(2019, 1, 1), Decimal(3)),
        lambda: Discount(Bill(1, date(2019, 1, 1), date(2019, 12, 31)), date(2019, 1, 1), Decimal(1)),
    ],
)
def test_what_is_no_discount(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"a bill|a discount"):
        wrong()
