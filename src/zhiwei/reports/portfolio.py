"""The state of a portfolio on a day: balances, overdue, classes and income, by grade where it helps."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from zhiwei.loans import Line, LoanState

BUCKETS = ((0, 0, "0"), (1, 30, "1-30"), (31, 60, "31-60"), (61, 90, "61-90"), (91, 10**6, "> 90"))


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Amounts in 分. `overdue` rows: (days past due, lines, principal)."""

    on: date
    lines: int
    drawn_lines: int
    limit: int
    principal: int
    interest_receivable: int
    interest_accrued: int
    credit: int
    frozen: int
    overdue: tuple[tuple[str, int, int], ...]
    classes: tuple[tuple[str, int, int], ...]


def portfolio_of(rows: Iterable[tuple[Line, list[tuple[str, LoanState]]]], on: date) -> Portfolio:
    """From lines with their loans: (five-category class, state at the end of `on`) each."""
    rows = list(rows)
    lines: Counter[str] = Counter()
    principal: Counter[str] = Counter()
    class_loans: Counter[str] = Counter()
    class_principal: Counter[str] = Counter()
    states = [state for _, loans in rows for _, state in loans]
    for _, loans in rows:
        late = max((state.days_past_due() for _, state in loans), default=0)
        bucket = next(name for low, high, name in BUCKETS if low <= late <= high)
        owed = sum(state.principal for _, state in loans)
        if owed:
            lines[bucket] += 1
            principal[bucket] += owed
        for asset_class, state in loans:
            if state.principal:
                class_loans[asset_class] += 1
                class_principal[asset_class] += state.principal
    return Portfolio(
        on, len(rows), sum(bool(loans) for _, loans in rows), sum(line.limit for line, _ in rows),
        sum(state.principal for state in states), sum(state.interest_billed for state in states),
        sum(state.accrued for state in states), sum(line.credit for line, _ in rows),
        sum(line.status == "frozen" for line, _ in rows),
        tuple((name, lines[name], principal[name]) for _, _, name in BUCKETS),
        tuple((name, class_loans[name], class_principal[name]) for name in class_loans),
    )  # fmt: skip
