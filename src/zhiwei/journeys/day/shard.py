"""Close a day for a part of the book: every line on which the day itself does something, and the interest of the rest.

A part is a range of buckets, closed in one transaction. Payments of the same buckets wait for that transaction and no
longer; payments of others never. What broke is set aside with its reason, and the rest goes on.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from zhiwei.journeys.bookkeeping import ShardDay
from zhiwei.journeys.day.accrual import ByProduct, book_accrual
from zhiwei.journeys.lines.find import products_of
from zhiwei.journeys.money.touch import Held, hold, live_entries, touch
from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books, Changes, Unit
from zhiwei.journeys.products import by_hash
from zhiwei.loans import Line
from zhiwei.loans.events import Event, RateChange
from zhiwei.loans.line import CLOSED, EXPIRED, FROZEN, OPEN
from zhiwei.loans.rates.lpr import lpr
from zhiwei.values import DAY, Actor, Breach, Refusal, canonical, identifier

BUCKETS = 256
# What a line's data can do to whoever reads and replays it; PostgreSQL's own errors end the whole shard.
TROUBLE = (Breach, Refusal, ArithmeticError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Shard:
    """Buckets `first` to `last` of a day to close."""

    on: date
    first: int
    last: int


@dataclass(slots=True)
class Result:
    """What the close of a shard did; `accrued` rows are (product, account, funder, amount)."""

    loans: int = 0
    frozen: int = 0
    freed: int = 0
    expired: int = 0
    repriced: int = 0
    aside: int = 0
    accrued: list[list[Any]] = field(default_factory=list)


def close_shard(shard: Shard, *, books: Books, by: Actor) -> Result:
    """Close the shard's day. Done already, it answers the same."""
    on, key = shard.on, f"close:{shard.on}:{shard.first}-{shard.last}"
    with step(books, by, "close_shard", key, asdict(shard)) as current:
        if current.earlier is not None:
            return Result(**current.earlier)
        unit = current.unit
        unit.days.seize(shard.first, shard.last)
        reached = unit.days.closed_to(range(shard.first, shard.last + 1))
        if on in reached.values():
            raise Refusal("cut_otherwise", f"a part of {shard.first}-{shard.last} is closed by another close of {on}")
        closed = reached[shard.first]
        if closed and closed != on - DAY:
            raise Refusal("day_out_of_order", f"the next day to close is {closed + DAY}, not {on}")
        result = Result()
        accrued: ByProduct = defaultdict(lambda: defaultdict(int))
        _touch_lines(unit, shard, closed, result, accrued)
        if closed:  # on the first day of a calendar every loan was touched
            for book in unit.loans.books(on, shard.first, shard.last):
                product = by_hash(unit, book.product, book.product_hash)
                sums = book_accrual(book, product.programme, product.line.accounts, closed, on)
                _add(accrued, book.product, sums)
        result.accrued = [
            [product, account, funder, amount]
            for product, sums in sorted(accrued.items())
            for (account, funder), amount in sorted(sums.items())
            if amount
        ]
        current.result = asdict(result)
        unit.days.close_shard(ShardDay(on, shard.first, shard.last, canonical(current.result)))
        return result


def results(shards: Sequence[ShardDay]) -> list[Result]:
    return [Result(**json.loads(shard.result)) for shard in shards]


def _add(accrued: ByProduct, product: str, sums: dict[tuple[str, str], int]) -> None:
    for place, amount in sums.items():
        accrued[product][place] += amount


def _touch_lines(unit: Unit, shard: Shard, closed: date | None, result: Result, accrued: ByProduct) -> None:
    """Lines with a loan on which something falls due or changes today, and lines that end."""
    on = shard.on
    awaiting = unit.loans.lines_awaiting(on if closed else None, shard.first, shard.last)
    names = sorted({*awaiting, *unit.lines.expired(on, shard.first, shard.last)})
    if not names:
        return
    lines = unit.lines.lock(names)
    changes = Changes()

    def set_aside(name: str, trouble: Exception) -> None:
        unit.days.set_aside(name, on, f"{type(trouble).__name__}: {trouble}")
        result.aside += 1

    for name, held in readable(unit, lines, set_aside):
        if any(loan.terms.drawn_on > on or loan.running.as_of > on for loan in held.loans.values()):
            continue  # something of a later day already happened, and brought all of the line past this day
        try:
            events = _repriced(held, on)
            done = touch(held, events, on, f"close:{on}", live_entries(unit, name))
            held.line = _ended(held.line, on)
        except TROUBLE as trouble:
            set_aside(name, trouble)
            continue
        done.write_into(changes, held, events, done.entries)
        for loan in done.accrued.values():
            _add(accrued, held.line.product, loan)
        _count(result, lines[name], held, events)
    unit.desk.write(changes)


def readable(
    unit: Unit, lines: dict[str, Line], set_aside: Callable[[str, Exception], None]
) -> Iterable[tuple[str, Held]]:
    """All of them at once; where one of them cannot even be read, one by one."""
    try:
        return hold(unit, lines, products_of(unit)).items()
    except TROUBLE:
        found: dict[str, Held] = {}
        for name, line in lines.items():
            try:
                found |= hold(unit, {name: line}, products_of(unit))
            except TROUBLE as trouble:
                set_aside(name, trouble)
        return found.items()


def _count(result: Result, line: Line, held: Held, events: Sequence[Event]) -> None:
    result.loans += len(held.loans)
    result.frozen += held.line.status == FROZEN != line.status
    result.freed += line.status == FROZEN and held.line.status == OPEN
    result.expired += held.line.status in (EXPIRED, CLOSED) and line.status not in (EXPIRED, CLOSED)
    result.repriced += len(events)


def _ended(line: Line, on: date) -> Line:
    """A line that has run out lends no more; when nothing of it is owed or on its way, it is closed."""
    if on < line.expires_on or line.status not in (OPEN, FROZEN):
        return line
    done = not line.used and not line.held
    return replace(line, status=CLOSED if done else EXPIRED, frozen_because=line.frozen_because if not done else "")


def _repriced(held: Held, on: date) -> list[Event]:
    """Floating rates: the LPR of the day plus the points at which the loan was drawn."""
    repricing = held.product.line.repricing
    found: list[Event] = []
    for name, loan in held.loans.items():
        drawn = loan.terms.drawn_on
        if repricing and loan.principal and on > drawn and repricing.after(drawn, on - DAY) == on:
            rate = loan.terms.interest.annual_rate - lpr(drawn) + lpr(on)
            event_id = identifier("evt", name, "repriced", on)
            if all(event.event_id != event_id for event in held.events):
                found.append(RateChange(event_id, on, name, annual_rate=max(rate, 0 * rate), because=f"LPR on {on}"))
    return found
