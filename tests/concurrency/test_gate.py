"""Who waits at the same time travels together, and each is answered as if it had come alone."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from threading import Event
from typing import Any

import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.interfaces.api.resources.lending.gate import Gate, MoneyGate
from zhiwei.journeys import Draw, Repayment, examine
from zhiwei.journeys.ports import Payout
from zhiwei.values import Actor, NotFound, Outage, Refusal, fen

MARCH = date(2024, 3, 1)
LONG = 60.0  # seconds that nobody waits here: what is waited for comes first, or the test is stuck


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(40) as pool:
        yield pool


@contextmanager
def locked(platform: Platform, line: str) -> Iterator[None]:
    """Somebody else works on this line."""
    with psycopg.connect(platform.database.url) as other:
        other.execute("select from line where line_id = %s for update", [line])
        yield


def until(there: Callable[[], bool]) -> None:
    for _ in range(20_000):
        if there():
            return
        Event().wait(0.001)
    raise AssertionError("never happened")


@dataclass
class Turnstile:
    """A gate, and a first one who stands in it on a line that somebody else has locked: those who come then wait."""

    platform: Platform
    line: str
    threads: ThreadPoolExecutor
    gate: MoneyGate = field(default_factory=lambda: MoneyGate(patience=LONG))

    def together(self, *those: Callable[[], Any]) -> list[Future[Any]]:
        """They come while the first is in there, in this order, so that all of them are one batch."""
        found = []
        with locked(self.platform, self.line):
            first = self.threads.submit(self.draw, "first", self.line, "1000.00")
            until(self.stuck)
            for number, one in enumerate(those, 1):
                found.append(self.threads.submit(one))
                until(lambda number=number: self.gate.orders.waiting("local") == number)  # type: ignore[misc]
        assert first.result().status == "paid"
        for one in found:
            one.exception()
        return found

    def stuck(self) -> bool:
        with psycopg.connect(self.platform.database.url) as watcher:
            return watcher.execute("select count(*) from pg_locks where not granted").fetchone() == (1,)

    def draw(self, key: str, line: str, amount: str, by: str = "tester", under: str = "") -> Any:
        actor = Actor("local", by, "client")
        return self.gate.draw(self.platform, actor, key, Draw(line, fen(amount), MARCH, under))

    def asked(self, *draws: tuple[Any, ...]) -> list[Future[Any]]:
        return self.together(*(partial(self.draw, *one) for one in draws))


@pytest.fixture
def turnstile(crowded: Platform, lines: Any, threads: ThreadPoolExecutor) -> Callable[..., tuple[Turnstile, list[str]]]:
    def turnstile(count: int, **changed: Any) -> tuple[Turnstile, list[str]]:
        first, *rest = lines(count + 1)
        return Turnstile(replace(crowded, **changed), first, threads), rest

    return turnstile


def line_of(platform: Platform, line: str) -> tuple[int, int, int]:
    with platform.unit("local") as unit:
        found = unit.lines.get(line)
        assert found
        return found.used, found.held, len(unit.loans.of_lines([line]))


def said(one: Future[Any]) -> str:
    trouble = one.exception()
    return trouble.code if isinstance(trouble, Refusal) else type(trouble).__name__ if trouble else one.result().status


def sound(platform: Platform) -> bool:
    return [finding for finding in examine(books=platform, by=platform.actor) if finding.wrong] == []


def transactions(platform: Platform, verb: str) -> list[int]:
    """How many of its rows each transaction audited; and so how many it did."""
    with psycopg.connect(platform.database.url) as watcher:
        rows = watcher.execute("select count(*) from audit where verb = %s group by xmin::text order by 1", [verb])
        return [row[0] for row in rows]


def test_those_who_wait_are_one_batch_and_each_has_its_name_in_the_audit(
    crowded: Platform, bank: Any, turnstile: Any
) -> None:
    door, names = turnstile(3)
    wanted = [(f"k{n}", names[n % 3], f"{1000 + n}.00", f"client{n % 4}") for n in range(24)]
    told = [one.result() for one in door.asked(*wanted)]
    assert [one.status for one in told] == ["paid"] * 24
    assert [(one.line, one.amount) for one in told] == [(line, amount) for _, line, amount, _ in wanted]
    for n, name in enumerate(names):
        mine = sum(fen(amount) for _, line, amount, _ in wanted if line == name)
        assert line_of(crowded, name) == (mine, 0, 8), n
    assert sum(bank.paid.values()) == sum(fen(amount) for *_, amount, _ in wanted) + fen("1000.00")
    assert len(bank.paid) == bank.asked == 25
    assert transactions(crowded, "draw") == [1, 24]
    with psycopg.connect(crowded.database.url) as watcher:
        rows = watcher.execute(
            "select verb, person, count(*) from audit where role = 'client' group by 1, 2"
        ).fetchall()
    each = {f"client{n}": 6 for n in range(4)} | {"tester": 1}
    assert {verb: {person: n for v, person, n in rows if v == verb} for verb in ("draw", "settle_payout")} == {
        "draw": each, "settle_payout": each,
    }  # fmt: skip
    assert sound(crowded)


def test_a_refusal_among_good_ones_is_its_own(crowded: Platform, turnstile: Any) -> None:
    door, [line, other] = turnstile(2)
    found = door.asked(
        ("a", line, "1000.00"), ("b", line, "999999999.00"), ("c", "line_of_nobody", "1000.00"), ("d", other, "1.00"),
        ("e", other, "2000.00", "tester", "no such part"), ("f", other, "3000.00"),
    )  # fmt: skip
    assert [said(one) for one in found] == [
        "paid", "over_limit", "no_such_line", "draw_too_small", "no_such_sub_limit", "paid",
    ]  # fmt: skip
    assert (line_of(crowded, line), line_of(crowded, other)) == ((fen("1000"), 0, 1), (fen("3000"), 0, 1))
    assert transactions(crowded, "draw") == [1, 2]


def test_a_key_that_comes_twice_is_paid_once_and_other_content_under_it_is_refused(
    crowded: Platform, bank: Any, turnstile: Any
) -> None:
    door, [line, other] = turnstile(2)
    found = door.asked(
        ("a", line, "1000.00"), ("a", line, "1000.00"), ("a", line, "2000.00"), ("b", other, "3000.00"),
    )  # fmt: skip
    assert [said(one) for one in found] == ["paid", "paid", "key_reused", "paid"]
    assert found[0].result() == found[1].result()
    assert line_of(crowded, line) == (fen("1000"), 0, 1)
    assert sorted(bank.paid.values()) == [fen("1000"), fen("1000"), fen("3000")]
    assert sound(crowded)


@dataclass
class Moody:
    """A bank that is out of reach for the payouts of some lines, until it is told otherwise."""

    away: set[str]
    paid: dict[str, int] = field(default_factory=dict)

    def pay(self, payout: Payout) -> tuple[str, str | None]:
        if payout.line in self.away:
            raise Outage("the line was cut")
        self.paid[payout.payout_id] = payout.amount
        return "paid", f"ref {payout.payout_id}"


def test_a_bank_that_is_out_of_reach_for_one_pays_the_others(crowded: Platform, turnstile: Any) -> None:
    moody = Moody(set())
    door, [line, other] = turnstile(2, payments=moody)
    moody.away.add(line)
    found = door.asked(("a", line, "1000.00"), ("b", other, "2000.00"), ("c", other, "3000.00"))
    assert [said(one) for one in found] == ["Outage", "paid", "paid"]
    assert line_of(crowded, line) == (0, fen("1000"), 0), "ordered and held, until somebody knows"
    moody.away.clear()
    assert door.draw("a", line, "1000.00").status == "paid"
    assert line_of(crowded, line) == (fen("1000"), 0, 1)
    assert sound(crowded)


def test_what_nobody_foresaw_befalls_only_who_brought_it(crowded: Platform, turnstile: Any) -> None:
    """PostgreSQL knows no NUL in a text: the statement fails, and with it the transaction of all."""
    door, [line, other] = turnstile(2)
    found = door.asked(
        ("a", line, "1000.00"), ("b", line, "1000.00", "tester", "a\x00b"), ("c", other, "2000.00"),
    )  # fmt: skip
    assert [said(one) for one in found] == ["paid", "DataError", "paid"]
    assert line_of(crowded, line) == (fen("1000"), 0, 1)
    assert sound(crowded)


def test_who_is_not_of_the_stuck_line_goes_ahead(crowded: Platform, lines: Any, threads: ThreadPoolExecutor) -> None:
    """The day of one line is being closed, say. Others wait a moment for the batch before them, and no longer."""
    stuck, free = lines(2)
    door = Turnstile(crowded, stuck, threads, MoneyGate(patience=0.01))
    with locked(crowded, stuck):
        first = threads.submit(door.draw, "a", stuck, "1000.00")
        until(door.stuck)
        assert [door.draw(f"k{n}", free, "1000.00").status for n in range(3)] == ["paid"] * 3
        assert not first.done()
    assert first.result().status == "paid"
    assert line_of(crowded, free) == (fen("3000"), 0, 3)
    assert door.draw("b", free, "1000.00").status == "paid"


def test_a_crowd_at_the_gate_draws_and_repays_what_adds_up(
    crowded: Platform, bank: Any, lines: Any, threads: ThreadPoolExecutor
) -> None:
    """32 clients, six rounds each of a draw and a repayment on eight lines: no 分 more or less than was answered."""
    gate, names = MoneyGate(), lines(8)

    def client(number: int) -> tuple[str, int, int]:
        line, by, drawn, repaid = names[number % 8], Actor("local", f"client{number}", "client"), 0, 0
        for turn in range(6):
            key = f"{number} {turn}"
            drawn += fen(gate.draw(crowded, by, f"d {key}", Draw(line, fen(f"{2000 + number}.00"), MARCH)).amount)
            wanted = Repayment(line, fen(f"{700 + turn}.00"), MARCH)
            done = gate.repay(crowded, by, f"r {key}", wanted)
            assert done.principal == f"{700 + turn}.00"
            repaid += fen(done.principal)
        return line, drawn, repaid

    told = list(threads.map(client, range(32)))
    for name in names:
        mine = [(drawn, repaid) for line, drawn, repaid in told if line == name]
        assert line_of(crowded, name) == (sum(drawn - repaid for drawn, repaid in mine), 0, 24)
    assert sum(bank.paid.values()) == sum(drawn for _, drawn, _ in told)
    assert [gate.orders.waiting("local"), gate.settlements.waiting("local"), gate.repayments.waiting("local")] == [
        0
    ] * 3
    assert sound(crowded)


def test_nobody_waits_for_company_and_no_batch_is_larger_than_it_may_be(
    platform: Platform, threads: ThreadPoolExecutor
) -> None:
    batches: list[list[int]] = []
    begun, go_on = Event(), Event()

    def work(books: Any, by: Actor, asked: Mapping[str, int]) -> dict[str, int | Refusal]:
        batches.append(list(asked.values()))
        begun.set()
        go_on.wait()
        return {key: NotFound("none", "none") if one == 5 else one * 2 for key, one in asked.items()}

    gate, by = Gate[int, int](work, most=4, patience=LONG), platform.actor
    found = [threads.submit(gate.ask, platform, by, "0", 0)]
    begun.wait()
    for number in range(1, 11):
        found.append(threads.submit(gate.ask, platform, by, str(number), number))
        until(lambda number=number: gate.waiting("local") == number)  # type: ignore[misc]
    go_on.set()
    assert [0 if isinstance(one.exception(), NotFound) else one.result() for one in found] == [
        0, 2, 4, 6, 8, 0, 12, 14, 16, 18, 20,
    ]  # fmt: skip
    assert batches == [[0], [1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]
