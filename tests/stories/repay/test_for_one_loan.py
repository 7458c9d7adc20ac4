"""Payments for one loan of a line and payments for all of it, on one day."""

from collections.abc import Callable
from datetime import date

from zhiwei.bootstrap import Platform
from zhiwei.journeys import Draw, Repayment, draw_many, examine, quote, repay_many, statement
from zhiwei.values import fen

DAY = date(2024, 3, 1)


def test_what_settles_a_line_settles_it_whatever_was_paid_for_one_loan(
    platform: Platform, open_line: Callable[..., str]
) -> None:
    """Six times that day two loans are drawn, 400 元 paid for the older, and then what is said to settle them."""
    line, by = open_line(DAY), platform.actor
    for time in range(6):
        wanted = Draw(line, fen("1000"), DAY)
        older, _ = draw_many(books=platform, by=by, draws={f"{time} a": wanted, f"{time} b": wanted}).values()
        for part in (Repayment(line, fen("400"), DAY, loan=older.loan), None):
            asked = sum(fen(one.total) for one in quote(books=platform, by=by, line=line, on=DAY))
            paid = part or Repayment(line, asked, DAY)
            [answer] = repay_many(books=platform, by=by, repayments={f"{time} {bool(part)}": paid}).values()
            assert (fen(answer.outstanding), answer.credit) == (asked - paid.amount, "0.00"), (time, part)
    head = statement(books=platform, by=by, line=line, on=DAY).head
    assert (head["payoff"], head["credit"]) == ("0.00", "0.00")
    assert [finding for finding in examine(books=platform, by=by) if finding.wrong] == []
