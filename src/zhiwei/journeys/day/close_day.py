"""Close a day: shards in any order and perhaps at once, then the day's interest posted, provisions, and the seal.

A shard is one transaction, and so is the end. Killed anywhere, the close goes on where it was; run twice, it happens
once. Accrual is a function of the state and the day: no row is written for a loan on which nothing happened.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from zhiwei.credit.monitoring import required
from zhiwei.funding.postings import Shares, of_product
from zhiwei.journeys.day.accrual import accrual_entries
from zhiwei.journeys.day.shard import BUCKETS, Result, Shard, close_shard, results
from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books, Changes, Unit
from zhiwei.journeys.products import by_hash
from zhiwei.loans.postings import Entry
from zhiwei.values import DAY, Actor, Refusal, days, identifier

MOST_DAYS = 3700  # ten years at once
LOANS_A_SHARD = 4000  # a payment waits for one shard at most: a fraction of a second
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Closed:
    """One closed day: loans looked at, lines frozen, freed and ended, loans repriced, lines set aside; and its seal.

    Of a day that version 0.1 closed, only the first counts are known.
    """

    business_date: str
    loans: int
    frozen: int
    freed: int
    expired: int = 0
    repriced: int = 0
    aside: int = 0
    seal: str = ""


def close_day(*, books: Books, by: Actor, on: date, on_progress: Progress = lambda done, total: None) -> Closed:
    """Close one day. Days are closed in order and once; closing the same day again answers the same."""
    if on > books.today():
        raise Refusal("future_date", f"{on} is in the future", hint=f"today is {books.today()}")
    with books.unit(by.tenant) as unit:
        due = _due(unit)
    if due and on > due:
        raise Refusal("day_out_of_order", f"the next day to close is {due}, not {on}")
    if due is None or on == due:
        while todo := _todo(books, by, on):
            work = partial(_close, shards=todo, books=books, by=by)
            for count, _ in enumerate(books.spread(work, range(len(todo))), 1):
                on_progress(count, len(todo))
    return _finish(books, by, on, due)


def _due(unit: Unit) -> date | None:
    """The day to close next, some of it perhaps closed already; None where no calendar has begun."""
    if last := unit.days.last_closed():
        return last + DAY
    begun = [day for day in unit.days.closed_to(range(BUCKETS)).values() if day]
    return min(begun, default=None)


def _todo(books: Books, by: Actor, on: date) -> list[Shard]:
    with books.unit(by.tenant) as unit:
        done = {(shard.first, shard.last) for shard in unit.days.shards(on)}
        return _shards(on, done, unit.loans.count)


def _close(number: int, *, shards: Sequence[Shard], books: Books, by: Actor) -> None:
    """What another close cut otherwise, and was quicker, is its own; what it leaves is looked at again."""
    try:
        close_shard(shards[number], books=books, by=by)
    except Refusal as refusal:
        if refusal.code != "cut_otherwise":
            raise


def close_days(
    *, books: Books, by: Actor, since: date | None, until: date, on_progress: Progress = lambda done, total: None
) -> list[Closed]:
    """Close every open day up to and including `until`, one after the other; `since` starts a new calendar."""
    with books.unit(by.tenant) as unit:
        due = _due(unit)
    if due and since and since > due:
        raise Refusal("day_out_of_order", f"the next day to close is {due}, not {since}")
    first = due or since or until
    if first > until:
        return []
    if (until - first).days > MOST_DAYS:
        raise Refusal("too_many_days", f"{first} to {until} is more than {MOST_DAYS} days", hint="close them in parts")
    closed = []
    for on in days(first, until):
        closed.append(close_day(books=books, by=by, on=on))
        on_progress(len(closed), (until - first).days + 1)
    return closed


def _shards(on: date, done: set[tuple[int, int]], loans: Callable[[], int]) -> list[Shard]:
    """What is left of the day, in parts small enough that nobody waits long for one; `loans` counts the book's."""
    free = [bucket for bucket in range(BUCKETS) if not any(first <= bucket <= last for first, last in done)]
    if not free:
        return []
    width = max(1, BUCKETS // max(1, min(BUCKETS, loans() // LOANS_A_SHARD)))
    shards: list[Shard] = []
    for bucket in free:
        if shards and shards[-1].last == bucket - 1 and bucket - shards[-1].first < width:
            shards[-1] = replace(shards[-1], last=bucket)
        else:
            shards.append(Shard(on, bucket, bucket))
    return shards


def _finish(books: Books, by: Actor, on: date, due: date | None) -> Closed:
    """The last transaction: the day's interest in one entry a product and subject, provisions, the seal."""
    with step(books, by, "close_day", f"close:{on}", {"on": on}) as current:
        if current.earlier is not None:
            return Closed(**current.earlier)
        unit = current.unit
        if due and on < due:
            raise Refusal("day_out_of_order", f"the next day to close is {due}, not {on}")
        shards = unit.days.shards(on)
        if sum(shard.last - shard.first + 1 for shard in shards) != BUCKETS:
            raise Refusal("day_not_complete", f"parts of {on} are not closed", hint="close the day again")
        found = results(shards)
        entries = list(accrual_entries(_accrued(found), on))
        if (on + DAY).day == 1:
            entries += _provisions(unit, on)
        unit.desk.write(Changes(entries=[(entry, on) for entry in entries]))
        counts = {name: sum(getattr(one, name) for one in found) for name in _COUNTS}
        unit.days.close(on, counts["loans"])
        current.result = {"business_date": on.isoformat(), **counts, "seal": unit.seals.seal(on).sha256}
        return Closed(**current.result)


_COUNTS = ("loans", "frozen", "freed", "expired", "repriced", "aside")


def _accrued(found: Sequence[Result]) -> dict[str, Shares]:
    accrued: dict[str, Shares] = defaultdict(lambda: defaultdict(int))
    for one in found:
        for product, account, funder, amount in one.accrued:
            accrued[product][account, funder] += amount
    return accrued


def _provisions(unit: Unit, on: date) -> list[Entry]:
    """At a month's end the allowance becomes what the classes of the book require (2002 guideline), by funder."""
    balances: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    versions: dict[str, str] = {}
    for product, hashed, klass, total in unit.loans.by_class():
        balances[product][klass] += total
        versions[product] = hashed
    return [
        found
        for product, by_class in sorted(balances.items())
        if (found := _provision(unit, on, product, versions[product], by_class))
    ]


def _provision(unit: Unit, on: date, product: str, hashed: str, by_class: Mapping[str, int]) -> Entry | None:
    opened = by_hash(unit, product, hashed)
    accounts = opened.line.accounts
    sums: Shares = defaultdict(int)
    held = {funder: -total for of, funder, total in unit.journal.balances(accounts.allowance) if of == product}
    parts = opened.programme.parts(required(by_class, on).total)
    for funder, part in zip(opened.programme.funders, parts, strict=True):
        change = part - held.get(funder.funder_id, 0)
        sums[accounts.impairment, funder.funder_id] += change
        sums[accounts.allowance, funder.funder_id] -= change
    if not any(sums.values()):
        return None
    return of_product(identifier("ent", "provided", on, product), "provided", product, on, sums)
