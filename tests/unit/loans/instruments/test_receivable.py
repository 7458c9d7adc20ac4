"""The borrowing base at its edges."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from zhiwei.loans.instruments import Eligibility, Receivable, borrowing_base, eligibility, settle

ON = date(2024, 6, 30)
TESTS = Eligibility(Decimal("0.8"), 90, Decimal("0.5"), Decimal(1))


def one(amount: int, debtor: str = "A", due: date = date(2024, 7, 31)) -> Receivable:
    return Receivable(f"{debtor}-{amount}-{due}", debtor, amount, due)


def test_nothing_is_lent_on_nothing() -> None:
    assert borrowing_base([], 1000, TESTS, ON).advance == 0


def test_the_limit_binds_and_cents_are_rounded_down() -> None:
    assert borrowing_base([one(1001)], 10**6, TESTS, ON).advance == 800  # 800.8
    assert borrowing_base([one(1001)], 500, TESTS, ON).advance == 500


def test_half_of_a_debtors_debt_late_is_not_yet_too_much() -> None:
    late = one(100, due=date(2024, 3, 31))
    assert borrowing_base([late, one(100)], 1000, TESTS, ON).eligible == 100
    assert borrowing_base([late, one(99)], 1000, TESTS, ON).eligible == 0


def test_one_debtor_alone_counts_by_its_share() -> None:
    halved = replace(TESTS, debtor_share=Decimal("0.5"))
    base = borrowing_base([one(100)], 1000, halved, ON)
    assert (base.eligible, base.tested[0].reasons) == (50, ("concentrated",))
    assert borrowing_base([one(100)], 1000, TESTS, ON).eligible == 100  # a core enterprise's suppliers


def test_usual_tests_are_dated() -> None:
    assert eligibility(ON) == Eligibility(Decimal("0.8"), 90, Decimal("0.5"), Decimal("0.5"))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Eligibility(Decimal("1.2"), 90, Decimal("0.5"), Decimal("0.5")),
        lambda: Eligibility(Decimal("0.8"), -1, Decimal("0.5"), Decimal("0.5")),
        lambda: one(-1),
        lambda: settle(-1, 0, 0, recourse=True),
    ],
)
def test_what_cannot_be(wrong: object) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        wrong()
