"""What is no repayment: each refusal by its stable code, and nothing has changed after it."""

from datetime import date

import pytest

from zhiwei.values import Refusal


@pytest.mark.parametrize(
    ("amount", "on", "code", "status"),
    [
        ("0", (3, 5), "bad_amount", 422),
        ("-1", (3, 5), "bad_amount", 422),
        ("100,000,000,000.01", (3, 5), "bad_amount", 422),
        ("1", date(2026, 1, 2), "future_date", 409),
        ("1", (2, 29), "line_not_open_yet", 409),
    ],
)
def test_a_repayment_that_cannot_be(teller, amount: str, on, code: str, status: int) -> None:
    """The line opened on 1 March, its last event is of the 5th, today is 1 January 2026."""
    teller.draw("360,000", (3, 1))
    teller.close((3, 2))
    teller.repay("100", (3, 5))
    before = teller.head((3, 5))
    with pytest.raises(Refusal) as refused:
        teller.repay(amount, on)
    assert (refused.value.code, refused.value.status) == (code, status)
    assert teller.head((3, 5)) == before


def test_a_line_nobody_knows(teller) -> None:
    teller.line = "line_of_nobody"
    with pytest.raises(Refusal) as refused:
        teller.repay("1", (3, 1))
    assert (refused.value.code, refused.value.status) == ("no_such_line", 404)
