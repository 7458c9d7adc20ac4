"""What is odd about returns and ratings that are understood: phrases, one for each time it happens."""

from collections.abc import Iterator, Sequence

from zhiwei.borrower.reading.forms import Row
from zhiwei.borrower.sources.tax.periods import Period, due_on, gaps, months_in, overlaps

CENT = 1
IN_A_ROW, IN_ALL = 3, 6
"""Months without VAT to pay in a year that bar the rating A, unless there is a good reason (公告2025年第12号)."""


def odd_returns(rows: Sequence[Row]) -> Iterator[str]:
    """Each return in itself, then the periods of each tax beside one another."""
    for row in rows:
        yield from _odd_return(row)
    for tax in ("vat", "cit", "iit", "surcharge"):
        periods = sorted({_period(row) for row in rows if row["tax"] == tax})
        for _ in range(overlaps(periods, yearly_apart=tax in ("cit", "iit"))):
            yield f"periods of {tax} overlap"
        if tax == "vat":
            yield from ("VAT returns have a gap between them" for _ in gaps(periods))


def _period(row: Row) -> Period:
    return row["period_start"], row["period_end"]


def _odd_return(row: Row) -> Iterator[str]:
    period = _period(row)
    due = due_on(row["tax"], period)
    if due is not None and row["filed_on"] > due:
        yield "filed after it was due"
    if row["filed_on"] < row["period_end"]:
        yield "filed before its period ended"
    if not months_in(period) and row["tax"] != "other":
        yield "a period that is no month, quarter, half or year"
    payable, paid, late_fee, arrears = (row[name] for name in ("payable", "paid", "late_fee", "arrears"))
    if payable is not None and paid is not None:
        if paid > max(payable, 0) + (late_fee or 0) + CENT:
            yield "paid more than payable and late fee"
        if arrears is not None and arrears > max(payable - paid, 0) + (late_fee or 0) + CENT:
            yield "arrears are more than what was not paid"
        if arrears == 0 and payable - paid > CENT:
            yield "less paid than payable, and no arrears"
    if payable is not None and payable < 0:
        yield "payable below zero (a refund)"
    if row["sales"] is not None and row["sales"] < 0:
        yield "sales below zero"


def odd_ratings(ratings: Sequence[Row], returns: Sequence[Row]) -> Iterator[str]:
    """Ratings by themselves and against the VAT returns of their years."""
    for row in ratings:
        if row["published_on"].year == row["year"]:
            yield "a rating published within its year"
        if row["rating"] == "A" and _without_vat(row["year"], returns):
            yield "rated A in a year of months without VAT to pay"


def _without_vat(year: int, returns: Sequence[Row]) -> bool:
    months = [False] * 12
    for row in returns:
        first, last = _period(row)
        if row["tax"] == "vat" and row["payable"] == 0 and first.year == last.year == year:
            months[first.month - 1 : last.month] = [True] * (last.month - first.month + 1)
    run = longest = 0
    for empty in months:
        run = run + 1 if empty else 0
        longest = max(longest, run)
    return longest >= IN_A_ROW or sum(months) >= IN_ALL
