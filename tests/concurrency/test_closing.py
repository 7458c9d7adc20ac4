"""The close of a day beside payments and beside another close: who waits for whom, and that nobody waits in a ring."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import (
    Change,
    amend,
    approve_amendment,
    change_line,
    close_day,
    close_days,
    draw,
    examine,
    order_draw,
    pay_out,
    propose_amendment,
    repay,
)
from zhiwei.journeys.day import close_day as closing
from zhiwei.journeys.day.shard import Shard, close_shard
from zhiwei.loans.events import Charge, RateChange
from zhiwei.store import Database
from zhiwei.values import Actor, Refusal, as_rate

MARCH, DUE = date(2024, 3, 1), date(2024, 3, 21)


class OneProcess(Platform):
    """Its shards are closed here, one after the other: what is tested is the database, not the pool of processes."""

    def spread(self, work: Callable[[int], Any], items: Any) -> Iterator[Any]:
        yield from map(work, items)


def in_one_process(platform: Platform) -> Platform:
    return OneProcess(platform.database, platform.actor, platform.payments, platform.clock)


def in_threads(*works: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(works)) as pool:
        return [later.result() for later in [pool.submit(work) for work in works]]


def sound(platform: Platform) -> bool:
    return [finding for finding in examine(books=platform, by=platform.actor) if finding.wrong] == []


def bucket_of(platform: Platform, line: str) -> int:
    with platform.unit("local") as unit:
        return int(unit.lines.get(line).bucket)


def wait_for(platform: Platform, waiting: int) -> None:
    """Until so many connections of this database wait for a lock."""
    with psycopg.connect(platform.database.url, autocommit=True) as watcher:
        for _ in range(4000):
            [count] = watcher.execute(
                """select count(*) from pg_stat_activity
                   where datname = current_database() and wait_event_type = 'Lock'"""
            ).fetchone() or [0]
            if count >= waiting:
                return
            time.sleep(0.005)
    pytest.fail(f"never did {waiting} wait for a lock")


@contextmanager
def held(platform: Platform, statement: str, *values: object) -> Iterator[psycopg.Connection]:
    """A transaction of somebody else that is open and has done this."""
    with psycopg.connect(platform.database.url) as other:
        other.execute("select set_config('zhiwei.tenant', 'local', false)")
        other.execute(statement.encode(), values)
        yield other
        other.rollback()


SEIZE = "select pg_advisory_xact_lock(hashtextextended('local', 1) + %s)"  # as Days.seize does for a bucket


@contextmanager
def impatient(platform: Platform, milliseconds: int) -> Iterator[Platform]:
    """Whoever waits this long for a lock gets an error."""
    url = psycopg.conninfo.make_conninfo(platform.database.url, options=f"-c lock_timeout={milliseconds}")
    database = Database(url)
    yield replace(platform, database=database)
    database.close()


def test_a_close_elsewhere_holds_no_payment_up(crowded: Platform, lines: Callable[[int], list[str]]) -> None:
    """The other shard's transaction stays open all the while; here a wait for a lock would be an error."""
    names = {bucket_of(crowded, line): line for line in lines(2)}
    (closed_now, _), (_, line) = names.items()
    ask = partial(dict, by=crowded.actor, line=line, on=MARCH)
    with held(crowded, SEIZE, closed_now), impatient(crowded, 5000) as books:
        assert draw(books=books, **ask(key="d", amount=10_000_000)).status == "paid"
        paid = repay(books=books, **ask(key="r", amount=1_000_000))
        amend(books=books, by=crowded.actor, key="c", line=line, event=Charge("", MARCH, "", 500))
        with impatient(crowded, 50) as books, pytest.raises(psycopg.errors.LockNotAvailable):  # it is one over there
            repay(books=books, **ask(key="other", amount=1_000_000, line=names[closed_now]))
    assert paid.principal == "10000.00"
    assert sound(crowded)


def test_a_payment_waits_for_the_close_of_its_own_shard(crowded: Platform, lines: Callable[[int], list[str]]) -> None:
    [line] = lines(1)
    draw(books=crowded, by=crowded.actor, key="d", line=line, amount=10_000_000, on=MARCH)
    pay = partial(repay, books=crowded, by=crowded.actor, key="r", line=line, amount=1_000_000, on=MARCH)
    with ThreadPoolExecutor(1) as pool:
        with held(crowded, SEIZE, bucket_of(crowded, line)):
            later: Future[Any] = pool.submit(pay)
            wait_for(crowded, 1)
            assert not later.done()
        assert later.result().principal == "10000.00"
    assert sound(crowded)


def approve(books: Platform, by: Actor, line: str) -> Any:
    event = RateChange("", DUE, "", annual_rate=as_rate("0.05"), because="relief")
    asked = propose_amendment(books=books, by=by, key="p", line=line, event=event)
    return partial(approve_amendment, books=books, by=replace(by, person="second"), proposal=asked.proposal)


PAYMENTS: dict[str, Callable[..., Callable[[], Any]]] = {
    "a draw": lambda books, by, line: partial(
        order_draw, books=books, by=by, key="d2", line=line, amount=1_000_000, on=DUE
    ),
    "a payout": lambda books, by, line: partial(
        pay_out, books=books, by=by,
        payout=order_draw(books=books, by=by, key="d2", line=line, amount=1_000_000, on=DUE).payout,
    ),
    "a repayment": lambda books, by, line: partial(
        repay, books=books, by=by, key="r", line=line, amount=1_000_000, on=DUE
    ),
    "a fee": lambda books, by, line: partial(
        amend, books=books, by=by, key="c", line=line, event=Charge("", DUE, "", 500)
    ),
    "what two persons agree on": approve,
    "a freeze": lambda books, by, line: partial(
        change_line, books=books, by=by, key="f", line=line, change=Change("freeze", "a visit"), on=DUE
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", PAYMENTS)
def test_a_close_and_a_payment_do_not_wait_for_each_other(crowded: Platform, lines: Any, what: str) -> None:
    """On a due day both want the line, which somebody else holds for a moment, and both want its day."""
    [line], by = lines(1), crowded.actor
    draw(books=crowded, by=by, key="d", line=line, amount=10_000_000, on=MARCH)
    close_days(books=crowded, by=by, since=date(2024, 3, 20), until=date(2024, 3, 20))
    pay = PAYMENTS[what](crowded, by, line)
    with ThreadPoolExecutor(2) as pool:
        with held(crowded, "select from line where line_id = %s for update", line):
            paid: Future[Any] = pool.submit(pay)
            wait_for(crowded, 1)
            closed: Future[Any] = pool.submit(close_day, books=crowded, by=by, on=DUE)
            wait_for(crowded, 2)
        assert paid.result()
        assert closed.result().business_date == "2024-03-21"
    assert sound(crowded)


@pytest.mark.parametrize("parts", [1, 16])
def test_a_day_closed_by_four_at_once_is_closed_once(
    crowded: Platform, lines: Any, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All four are told the same, and clients pay meanwhile."""
    names, by, books = lines(4), crowded.actor, in_one_process(crowded)
    for number in range(16):
        line = names[number % 4]
        draw(books=crowded, by=by, key=f"d{number}", line=line, amount=1_000_000, on=MARCH)
    monkeypatch.setattr(closing, "LOANS_A_SHARD", 16 // parts)
    close_days(books=books, by=by, since=date(2024, 3, 20), until=date(2024, 3, 20))

    def client(line: str) -> int:
        return len([
            repay(books=crowded, by=by, key=f"{line} {n}", line=line, amount=10_000 + n, on=DUE) for n in range(8)
        ])  # fmt: skip

    close = partial(close_day, books=books, by=by, on=DUE)
    *closed, _, _ = in_threads(close, close, close, close, partial(client, names[0]), partial(client, names[1]))
    assert len(set(closed)) == 1
    with crowded.unit("local") as unit:
        assert len(unit.days.shards(DUE)) == parts
    assert sound(crowded)


def test_a_day_is_closed_by_two_who_cut_it_otherwise(
    crowded: Platform, lines: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The book grew between their looks at it, so one sees a single shard and the other sixteen."""
    [line], by, books = lines(1), crowded.actor, in_one_process(crowded)
    for number in range(16):
        draw(books=crowded, by=by, key=f"d{number}", line=line, amount=1_000_000, on=MARCH)
    close_days(books=books, by=by, since=date(2024, 3, 20), until=date(2024, 3, 20))
    bucket = bucket_of(crowded, line)
    with ThreadPoolExecutor(2) as pool:
        with held(crowded, SEIZE, bucket):
            whole = pool.submit(close_day, books=books, by=by, on=DUE)
            wait_for(crowded, 1)
            monkeypatch.setattr(closing, "LOANS_A_SHARD", 1)
            parts = pool.submit(close_day, books=books, by=by, on=DUE)
            wait_for(crowded, 2)
        assert whole.result() == parts.result()
    assert sound(crowded)


def test_what_a_process_refuses_is_refused_in_words(platform: Platform) -> None:
    """A refusal in one of the processes that close shards arrives as itself."""
    close_day(books=platform, by=platform.actor, on=MARCH)
    shards = [Shard(date(2024, 3, 5), 0, 127), Shard(date(2024, 3, 5), 128, 255)]
    with pytest.raises(Refusal, match="day_out_of_order"):
        list(platform.spread(partial(closing._close, shards=shards, books=platform, by=platform.actor), [0, 1]))


def test_a_calendar_begun_is_gone_on_with(crowded: Platform, lines: Any) -> None:
    """The first close of all, on the 5th, was cut off after half of the book: the 6th is not the calendar's first."""
    by, names, first, next_day = crowded.actor, lines(4), date(2024, 3, 5), date(2024, 3, 6)
    for line in names:
        draw(books=crowded, by=by, key=f"d{line}", line=line, amount=10_000_000, on=MARCH)
    assert {bucket_of(crowded, line) < 128 for line in names} == {True, False}
    close_shard(Shard(first, 0, 127), books=crowded, by=by)
    assert sound(crowded)
    with pytest.raises(Refusal, match="day_out_of_order"):
        close_day(books=crowded, by=by, on=next_day)
    assert len(close_days(books=crowded, by=by, since=None, until=next_day)) == 2
    assert sound(crowded)
