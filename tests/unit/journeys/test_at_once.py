"""Two at once: the database decides who was first, the other finds what the first left, and neither sees an error."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier
from typing import Any

import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import (
    Offer,
    accept,
    close_day,
    close_days,
    decide,
    draw,
    examine,
    order_draw,
    pay_out,
    repay,
    statement,
)
from zhiwei.journeys.ports import Payout
from zhiwei.values import Refusal

MARCH = date(2024, 3, 1)


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run each call in a thread of its own, started together; -> results or what was raised."""
    together = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        together.wait()
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def held_up(platform: Platform, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """`second` begins while the transaction of `first` is open, waits for it, and goes on when it has committed."""
    with ThreadPoolExecutor(1) as pool:
        with platform.unit("local"):  # journeys of this thread join this transaction
            first()
            later: Future[Any] = pool.submit(second)
            wait_for_a_lock(platform)
        return later.result()


def wait_for_a_lock(platform: Platform) -> None:
    with psycopg.connect(platform.database.url, autocommit=True) as watcher:
        for _ in range(2000):
            waiting = watcher.execute(
                "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            ).fetchone()
            if waiting:
                return
            time.sleep(0.005)
    pytest.fail("the second never had to wait for the first")


def sound(platform: Platform) -> bool:
    return not [finding for finding in examine(books=platform, by=platform.actor) if finding.wrong]


def test_the_last_of_the_limit_goes_to_one(platform: Platform, line: str) -> None:
    """Four threads each ask for all of it: one has it, three are over the limit."""
    by = platform.actor
    with platform.unit("local") as unit:
        limit = unit.lines.get(line).limit
    calls = [lambda n=n: draw(books=platform, by=by, key=f"k{n}", line=line, amount=limit, on=MARCH) for n in range(4)]
    results = at_once(*calls)
    refused = [result for result in results if isinstance(result, Refusal)]
    assert [refusal.code for refusal in refused] == ["over_limit"] * 3
    assert [result.status for result in results if result not in refused] == ["paid"]
    assert statement(books=platform, by=by, line=line, on=MARCH).head["available"] == "0.00"
    assert sound(platform)


def test_one_key_from_many_threads_is_one_draw(platform: Platform, line: str) -> None:
    by = platform.actor
    call = lambda: draw(books=platform, by=by, key="k", line=line, amount=100_000, on=MARCH)  # noqa: E731
    results = at_once(call, call, call, call)
    assert {(result.loan, result.status) for result in results} == {(results[0].loan, "paid")}
    head = statement(books=platform, by=by, line=line, on=MARCH).head
    assert (head["used"], head["held"]) == ("1000.00", "0.00")
    assert sound(platform)


def test_one_repayment_key_from_many_threads_is_one_repayment(platform: Platform, line: str) -> None:
    by = platform.actor
    draw(books=platform, by=by, key="d", line=line, amount=10_000_000, on=MARCH)
    call = lambda: repay(books=platform, by=by, key="k", line=line, amount=4_000_000, on=MARCH)  # noqa: E731
    results = at_once(call, call, call)
    assert results == [results[0]] * 3
    assert statement(books=platform, by=by, line=line, on=MARCH).head["used"] == "60000.00"
    assert sound(platform)


def test_two_repayments_at_once_both_count(platform: Platform, line: str) -> None:
    by = platform.actor
    draw(books=platform, by=by, key="d", line=line, amount=10_000_000, on=MARCH)
    results = at_once(*[
        lambda n=n: repay(books=platform, by=by, key=f"r{n}", line=line, amount=7_000_000, on=MARCH) for n in range(2)
    ])  # fmt: skip
    assert sorted(result.credit for result in results) == ["0.00", "40000.00"]
    assert statement(books=platform, by=by, line=line, on=MARCH).head["payoff"] == "0.00"
    assert sound(platform)


def test_a_payout_asked_for_by_two_is_settled_once(platform: Platform, line: str) -> None:
    """Both ask the bank before either has settled."""
    asked = Barrier(2)

    class Slow:
        def pay(self, payout: Payout) -> tuple[str, str | None]:
            asked.wait(timeout=30)
            return "paid", payout.payout_id

    by, slow = platform.actor, replace(platform, payments=Slow())
    payout = order_draw(books=platform, by=by, key="k", line=line, amount=100_000, on=MARCH).payout
    call = lambda: pay_out(books=slow, by=by, payout=payout)  # noqa: E731
    results = at_once(call, call)
    assert [result.status for result in results] == ["paid", "paid"]
    assert statement(books=platform, by=by, line=line, on=MARCH).head["used"] == "1000.00"
    assert sound(platform)


def test_a_day_closes_while_a_loan_is_repaid(platform: Platform, line: str) -> None:
    """The close waits for the repayment of the due day and must then see the loan as the repayment left it."""
    by, due = platform.actor, date(2024, 3, 21)
    draw(books=platform, by=by, key="d", line=line, amount=10_000_000, on=MARCH)
    close_days(books=platform, by=by, since=MARCH, until=date(2024, 3, 20))
    closed = held_up(
        platform,
        lambda: repay(books=platform, by=by, key="r", line=line, amount=1_000_000, on=due),
        lambda: close_day(books=platform, by=by, on=due),
    )
    assert closed.business_date == "2024-03-21"
    assert sound(platform)


def test_a_day_closed_by_two_is_closed_once(platform: Platform, line: str) -> None:
    by = platform.actor
    call = lambda: close_day(books=platform, by=by, on=MARCH)  # noqa: E731
    results = at_once(call, call)
    assert results[0] == results[1]


def test_an_offer_accepted_by_two_opens_one_line(platform: Platform, good_firm: str) -> None:
    """The second is told so in words, not with the database's error."""
    by = platform.actor
    decided = decide(books=platform, by=by, product="tax_credit", parties=[good_firm], as_of=MARCH)[0]
    taken = [
        lambda n=n: accept(books=platform, by=by, key=f"a{n}", offer=Offer(decided.decision_id), on=MARCH)
        for n in range(2)
    ]
    with pytest.raises(Refusal, match="already_accepted"):
        held_up(platform, *taken)


def test_a_day_is_not_closed_under_a_draw(platform: Platform, line: str) -> None:
    """A draw of the day is under way: the close waits for it, so that no entry lands in a day already closed."""
    by = platform.actor
    closed = held_up(
        platform,
        lambda: order_draw(books=platform, by=by, key="d", line=line, amount=100_000, on=MARCH),
        lambda: close_day(books=platform, by=by, on=MARCH),
    )
    assert closed.business_date == "2024-03-01"
    with pytest.raises(Refusal, match="day_closed"):
        order_draw(books=platform, by=by, key="late", line=line, amount=100_000, on=MARCH)
