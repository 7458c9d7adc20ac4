"""Finding the line that a journey names, its product, and whether its day is open."""

from collections.abc import Callable
from datetime import date
from typing import NoReturn

from zhiwei.journeys.ports import Books, Unit
from zhiwei.journeys.products import by_hash
from zhiwei.loans import Line
from zhiwei.shelf import Product
from zhiwei.values import DAY, NotFound, Refusal


def check_day(books: Books, on: date, closed: date | None) -> None:
    """Refusal unless `on` is an open day: after the last closed one and not after today."""
    check_not_ahead(books, on)
    if closed and on <= closed:
        raise Refusal("day_closed", f"{on} is closed; the first open day is {closed + DAY}")


def check_not_ahead(books: Books, on: date) -> None:
    if on > books.today():
        raise Refusal("future_date", f"{on} is in the future", hint=f"today is {books.today()}")


def locked_line(unit: Unit, line_id: str) -> Line:
    """The line, locked until the transaction ends."""
    return unit.lines.lock([line_id]).get(line_id) or no_line(unit, line_id)


def no_line(unit: Unit, named: str) -> NoReturn:
    """Raise why there is no such line: people also name the business or the decision."""
    decision = unit.decisions.get(named) or unit.decisions.latest(named)
    if decision is None:
        raise NotFound("no_such_line", f"no line {named}")
    what = f"{decision.party} was decided on as of {decision.as_of}: {decision.outcome} ({decision.decision_id})"
    if decision.outcome != "approve":
        raise Refusal("not_approved", f"{what}; it has no line")
    raise NotFound("no_such_line", f"{named} is no line; {what}", hint="accept the decision, and name its line")


def products_of(unit: Unit) -> Callable[[Line], Product]:
    """The product version under which a line was opened."""
    return lambda line: by_hash(unit, line.product, line.product_hash)
