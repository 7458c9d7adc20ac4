"""Close a day: bill what falls due, count days past due, class loans, freeze late lines; touch no other loan."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date

from zhiwei.journeys.ports import Books, Loan, Unit, step
from zhiwei.journeys.products import by_hash
from zhiwei.journeys.repay import use_credit
from zhiwei.journeys.servicing import service, watched
from zhiwei.values import DAY, Actor, Refusal, days

MOST_DAYS = 3700  # ten years at once


@dataclass(frozen=True, slots=True)
class Closed:
    """One closed day: loans looked at, lines frozen and freed."""

    business_date: str
    loans: int
    frozen: int
    freed: int


def close_day(*, books: Books, by: Actor, on: date) -> Closed:
    """Close one day. Days are closed in order and once; closing the same day again answers the same."""
    with step(books, by, "close_day", f"close:{on}", {"on": on}) as current:
        if current.earlier is not None:
            return Closed(**current.earlier)
        unit = current.unit
        if on > books.today():
            raise Refusal("future_date", f"{on} is in the future", hint=f"today is {books.today()}")
        unit.days.seize()
        last = unit.days.last_closed()
        if last and on != last + DAY:
            raise Refusal("day_out_of_order", f"the next day to close is {last + DAY}, not {on}")
        closed = _close(unit, on)
        unit.days.close(on, closed.loans)
        current.result = asdict(closed)
        return closed


def close_days(
    *, books: Books, by: Actor, since: date | None, until: date,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Closed]:  # fmt: skip
    """Close every open day up to and including `until`, each in its own transaction; `since` starts a new calendar."""
    with books.unit(by.tenant) as unit:
        last = unit.days.last_closed()
    if last and since and since > last + DAY:
        raise Refusal("day_out_of_order", f"the next day to close is {last + DAY}, not {since}")
    first = last + DAY if last else since or until
    if first > until:
        return []
    if (until - first).days > MOST_DAYS:
        raise Refusal("too_many_days", f"{first} to {until} is more than {MOST_DAYS} days", hint="close them in parts")
    closed = []
    for on in days(first, until):
        closed.append(close_day(books=books, by=by, on=on))
        on_progress(len(closed), (until - first).days + 1)
    return closed


def _close(unit: Unit, on: date) -> Closed:
    lines = unit.lines.lock(sorted({loan.line for loan in unit.loans.awaiting(on)}))
    awaiting: defaultdict[str, list[Loan]] = defaultdict(list)
    for loan in unit.loans.awaiting(on):  # again: before the lines were locked a repayment may have come in between
        if loan.line in lines:
            awaiting[loan.line].append(loan)
    payments = unit.loans.payments([loan.loan_id for loans in awaiting.values() for loan in loans])
    frozen = freed = 0
    for line_id, line in lines.items():
        product = by_hash(unit, line.product, line.product_hash)
        touched = service(unit, product, awaiting[line_id], payments, on)
        fresh = watched(line, touched, product, whole_line=False)
        if fresh.credit:
            fresh = use_credit(unit, product, fresh, on)
        if fresh != line:
            unit.lines.save(fresh)
            frozen += fresh.status == "frozen" != line.status
            freed += line.status == "frozen" != fresh.status
    return Closed(on.isoformat(), sum(map(len, awaiting.values())), frozen, freed)
