"""A line's first weeks: draw, let days pass, repay; the books balance at every step."""

from collections.abc import Callable
from datetime import date

from zhiwei.bootstrap import Platform
from zhiwei.journeys import close_days, draw, examine, repay, statement


def test_a_draw_is_repaid_with_interest_by_the_day(platform: Platform, open_line: Callable[..., str]) -> None:
    """Drawn on 1 March, interest billed on the 21st, all repaid on 2 April."""
    line, by = open_line(), platform.actor
    drawn = draw(books=platform, by=by, key="d1", line=line, amount=30_000_000, on=date(2024, 3, 1))
    assert drawn.status == "paid"
    close_days(books=platform, by=by, since=date(2024, 3, 1), until=date(2024, 4, 1))
    head = statement(books=platform, by=by, line=line, on=date(2024, 4, 2)).head
    assert head["principal"] == "300000.00"
    assert head["days_past_due"] == 12
    paid = repay(books=platform, by=by, key="r1", line=line, amount=31_000_000, on=date(2024, 4, 2))
    assert paid.outstanding == "0.00"
    assert all(not finding.wrong for finding in examine(books=platform, by=by))
