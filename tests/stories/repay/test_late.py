"""Repaying late: more than three days past due freeze the line; paying what is due frees it.

What is late costs 1.5 x 5.35 % = 8.025 % a year, Act/360: 复利 on interest, 罚息 on principal instead of interest.
"""

from datetime import date

import pytest

from zhiwei.values import Refusal


def test_frozen_on_the_fourth_day_and_freed_when_cured(teller) -> None:
    """Due on 21 March (20 days x 53.50 = 1,070.00): open on the 24th, frozen by the close of the 25th.

    The 1.00 of the 24th pays 复利 of three days, 1,070.00 x 8.025 % x 3 / 360 = 0.716, and 0.28 of the interest. To the
    26th it is (1,070.00 x 3 + 1,069.72 x 2) x 8.025 % / 360 = 1.192, so 0.47 more: 1,069.72 + 0.47 = 1,070.19 are due.
    """
    teller.draw("360,000", (3, 1))
    teller.close((3, 23))
    paid = teller.repay("1", (3, 24))
    assert (paid.penalty, paid.interest, paid.principal) == ("0.72", "0.28", "0.00")
    assert paid.status == "open", "three days past due do not freeze"
    teller.close((3, 24))
    assert (teller.head((3, 24))["status"], teller.head((3, 24))["days_past_due"]) == ("open", 3)
    teller.close((3, 25))
    head = teller.head((3, 25))
    assert (head["status"], head["days_past_due"], head["available"]) == ("frozen", 4, "0.00")
    with pytest.raises(Refusal) as refused:
        teller.draw("1,000", (3, 26))
    assert refused.value.code == "line_frozen"

    assert teller.head((3, 26))["due"] == "1070.19"
    assert teller.repay("1,070.18", (3, 26)).status == "frozen", "one 分 is still past due"
    paid = teller.repay("0.01", (3, 26))
    assert (paid.status, teller.head((3, 26))["days_past_due"]) == ("open", 0)
    assert teller.draw("1,000", (3, 26)).status == "paid"
    assert teller.sound()


def test_paying_what_is_due_cures_a_line_of_two_loans(teller) -> None:
    """What the statement asks for is enough: interest not yet due of one loan waits for the bill of another.

    Each loan owes 1,070.00 and five days of 复利, 1,070.00 x 8.025 % x 5 / 360 = 1.193, rounded for each by itself.
    """
    teller.draw("360,000", (3, 1))
    teller.draw("360,000", (3, 1))
    teller.close((3, 25))
    due = teller.head((3, 26))["due"]
    assert due == "2142.38"
    paid = teller.repay(due, (3, 26))
    head = teller.head((3, 26))
    assert (head["due"], head["days_past_due"], paid.status) == ("0.00", 0, "open")


def test_months_late_the_classes_follow(teller) -> None:
    """关注 from day 1 past due, 次级 from day 91, 可疑 from day 271; back to normal when cured (2023 办法)."""
    teller.draw("360,000", (3, 1))
    seen = {}
    for until in ((3, 21), (3, 22), (6, 19), (6, 20), (12, 16), (12, 17)):
        teller.close(until)
        with teller.platform.unit("local") as unit:
            seen[until] = unit.loans.all()[0].asset_class
    assert seen == {
        (3, 21): "normal", (3, 22): "special_mention", (6, 19): "special_mention", (6, 20): "substandard",
        (12, 16): "substandard", (12, 17): "doubtful",
    }  # fmt: skip
    assert teller.repay(teller.head((12, 18))["due"], (12, 18)).status == "open"
    with teller.platform.unit("local") as unit:
        assert unit.loans.all()[0].asset_class == "normal"
    assert teller.sound()


def test_principal_is_due_when_the_line_expires(teller) -> None:
    """The line ends on 1 March 2025, 70 days after the last bill paid: 3,745.00 of interest and all the principal.

    复利 on the bills of 21 January and 21 February (31 days each, 1,658.50), 39 and 8 days late on 1 March:
    1,658.50 x 8.025 % x 39 / 360 = 14.419 and 1,658.50 x 8.025 % x 8 / 360 = 2.958, together 17.38.
    """
    teller.draw("360,000", (3, 1))
    teller.close((12, 31))
    teller.repay(teller.head(date(2025, 1, 1))["due"], date(2025, 1, 1))
    teller.close(date(2025, 2, 28))
    assert teller.head(date(2025, 2, 28))["status"] == "frozen"
    assert teller.head(date(2025, 3, 1))["due"] == "363762.38"
    teller.close(date(2025, 3, 5))
    head = teller.head(date(2025, 3, 5))
    # The close of 1 March ended the line; it was frozen till then, and neither way is anything available.
    assert (head["status"], head["principal"], head["days_past_due"]) == ("expired", "360000.00", 43)
    assert head["available"] == "0.00"
    # 43, 12 and 4 days late: 15.897, 4.436 and, on the eight days' 428.00 of 1 March, 0.382; 罚息 360,000.00 x 8.025 %
    # x 4 / 360 = 321.00; no more contract interest. 363,745.00 + 15.90 + 4.44 + 0.38 + 321.00:
    assert head["payoff"] == "364086.72"
    paid = teller.repay(head["payoff"], date(2025, 3, 6))
    # A day later: 16.267, 4.806, 0.477 and 401.25, so 0.37 + 0.37 + 0.10 + 80.25 more.
    assert (paid.penalty, paid.interest) == ("422.81", "3745.00")
    assert paid.outstanding == "81.09", "yesterday's payoff lacks a day's 罚息 and 复利"
    assert teller.sound()
