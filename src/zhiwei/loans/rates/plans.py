"""What a plan of repayment costs a year, all in: by the month where its rows are even, else by its dates."""

from collections.abc import Sequence

from zhiwei.loans.rates.disclosure import Rate, by_date, by_period
from zhiwei.loans.schedule import Row
from zhiwei.loans.terms import Every


def cost_of(rows: Sequence[Row], principal: int, every: Every) -> tuple[Rate, str]:
    """The rate of a plan with all its fees, and how it was found. Row 0 is what is charged up front.

    BadInput as `by_period`.
    """
    ahead, due = sum(row.fee for row in rows if not row.n), [row for row in rows if row.n]
    flows = [principal - ahead, *(-row.payment for row in due)]
    months = {(row.due_on.year - row.starts_on.year) * 12 + row.due_on.month - row.starts_on.month for row in due}
    even = every.count
    if all(row.full for row in due) and months == {even} and 12 % even == 0:
        return by_period(flows, 12 // even), f"{even}-month IRR x {12 // even}"
    dates = [due[0].starts_on, *(row.due_on for row in due)]
    return by_date(list(zip(dates, flows, strict=True))), "daily IRR x 365"
