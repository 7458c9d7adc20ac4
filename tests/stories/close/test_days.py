"""Closing days: in order, once, never the future; a day touches the loans for which something falls due."""

from datetime import date

import pytest

from zhiwei.journeys import close_day, close_days, decide, statement
from zhiwei.values import Refusal

FIRST = date(2024, 3, 1)


def test_a_day_touches_only_what_falls_due(teller) -> None:
    """Billed on the 21st, 关注 on the 22nd, frozen on the 25th; on the days between nobody is looked at.

    The first day of a calendar looks at every loan: nothing of them is in the journal by days yet.
    """
    teller.draw("360,000", (3, 1))
    closed = close_days(books=teller.platform, by=teller.platform.actor, since=FIRST, until=date(2024, 3, 31))
    touched = {day.business_date[-2:]: (day.loans, day.frozen) for day in closed if day.loans}
    assert touched == {"01": (1, 0), "21": (1, 0), "22": (1, 0), "25": (1, 1)}
    assert len(closed) == 31


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2024, 3, 5), "day_out_of_order"),
        (date(2024, 2, 28), "day_out_of_order"),
        (date(2026, 1, 2), "future_date"),
    ],
)
def test_a_day_out_of_turn(teller, on: date, code: str) -> None:
    teller.close((3, 3))
    with pytest.raises(Refusal) as refused:
        close_day(books=teller.platform, by=teller.platform.actor, on=on)
    assert (refused.value.code, refused.value.status) == (code, 409)


def test_more_than_ten_years_at_once(teller) -> None:
    with pytest.raises(Refusal) as refused:
        close_days(books=teller.platform, by=teller.platform.actor, since=date(2010, 1, 1), until=FIRST)
    assert refused.value.code == "too_many_days"


def test_closing_what_is_closed_does_nothing(teller) -> None:
    teller.close((3, 3))
    closing = {"books": teller.platform, "by": teller.platform.actor}
    assert close_days(since=None, until=date(2024, 3, 3), **closing) == []
    assert [day.business_date for day in close_days(since=None, until=date(2024, 3, 4), **closing)] == ["2024-03-04"]


def test_paying_before_the_days_are_closed_gives_the_same_book(teller) -> None:
    """Bills of 21 March and 21 April are made when the money comes, and the close finds nothing left to do.

    20 days cost 1,070.00, 31 days 1,658.50; 31 days of 复利 on the first: 1,070.00 x 8.025 % x 31 / 360 = 7.394.
    """
    teller.draw("360,000", (3, 1))
    paid = teller.repay("2,735.89", (4, 21))
    assert (paid.penalty, paid.interest, paid.principal, paid.credit) == ("7.39", "2728.50", "0.00", "0.00")
    assert paid.outstanding == "360000.00"
    rows = teller.rows((4, 21))
    teller.close((4, 21))
    assert teller.rows((4, 21)) == rows
    assert [row[:2] for row in rows] == [
        ("2024-03-01", "drawn"), ("2024-03-21", "billed"), ("2024-04-21", "billed"), ("2024-04-21", "repaid")
    ]  # fmt: skip
    assert teller.sound()


def test_what_is_asked_for_must_exist(teller) -> None:
    asked = {"books": teller.platform, "by": teller.platform.actor}
    with pytest.raises(Refusal, match="no_such_line"):
        statement(line="line_of_nobody", on=FIRST, **asked)
    with pytest.raises(Refusal, match="product_not_published"):
        decide(product="no_such_product", parties=None, as_of=FIRST, **asked)
