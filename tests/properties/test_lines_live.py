"""Random lives of one line through the journeys, on real PostgreSQL: what must be true after each step and at the end.

The doctor says whether entries balance, parts sum and the stored state is the replay of its events; what he cannot see
(nothing already written changed, available never negative, the order in which one heard) is looked at here.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from zhiwei.bootstrap import Platform
from zhiwei.journeys import (
    Draw,
    Repayment,
    amend,
    approve_amendment,
    close_days,
    draw_many,
    examine,
    order_draw,
    pay_out,
    propose_amendment,
    repay_many,
    statement,
)
from zhiwei.ledger.journal import Entry
from zhiwei.loans.events import (
    Charge,
    Event,
    Misuse,
    RateChange,
    Refund,
    Renewal,
    Reschedule,
    Reversal,
    Technical,
    Waiver,
    WriteOff,
)
from zhiwei.loans.terms import Repayment as Plan
from zhiwei.store import Database
from zhiwei.values import Actor, Forbidden, Refusal, fen

FIRST, DAY, SECOND = date(2024, 3, 1), timedelta(days=1), Actor("local", "second")
BY_DAYS = ("accrued", "provided")
amounts = st.integers(1, 40_000_000) | st.sampled_from([1, 100_000, 36_000_000])


@dataclass
class Book:
    """A platform with one open line, and how to ask it for things."""

    platform: Platform
    line: str

    def draw(self, key: str, amount: int, on: date) -> Any:
        return self._one(
            draw_many(books=self.platform, by=self.platform.actor, draws={key: Draw(self.line, amount, on)})
        )

    def repay(self, key: str, amount: int, on: date, *, prepay: bool = False) -> Any:
        wanted = {key: Repayment(self.line, amount, on, prepay=prepay)}
        return self._one(repay_many(books=self.platform, by=self.platform.actor, repayments=wanted))

    def happen(self, key: str, event: Event) -> Any:
        by = self.platform.actor
        try:
            return amend(books=self.platform, by=by, key=key, line=self.line, event=event)
        except Forbidden:
            asked = propose_amendment(books=self.platform, by=by, key=key, line=self.line, event=event)
            return approve_amendment(books=self.platform, by=SECOND, proposal=asked.proposal)

    def close(self, until: date) -> None:
        close_days(books=self.platform, by=self.platform.actor, since=FIRST, until=until)

    def head(self, on: date) -> dict[str, Any]:
        return statement(books=self.platform, by=self.platform.actor, line=self.line, on=on).head

    def loans(self) -> list[str]:
        with self.platform.unit("local") as unit:
            return [loan.loan_id for loan in unit.loans.of_lines([self.line])]

    def entries(self) -> list[Entry]:
        with self.platform.unit("local") as unit:
            return list(unit.journal.entries())

    def wrong(self) -> list[Any]:
        return [finding for finding in examine(books=self.platform, by=self.platform.actor) if finding.wrong]

    @staticmethod
    def _one(answers: dict[str, Any]) -> Any:
        [answer] = answers.values()
        if isinstance(answer, Refusal):
            raise answer
        return answer


@pytest.fixture
def fresh(platform: Platform, open_line: Callable[..., str]) -> Callable[[], Any]:
    """A context for a copy of the same book with its one open line, as often as one likes."""
    line, source, numbers = open_line(), psycopg.conninfo.conninfo_to_dict(platform.database.url)["dbname"], count()
    platform.database.close()
    server = psycopg.conninfo.make_conninfo(platform.database.url, dbname="postgres")

    @contextmanager
    def copy() -> Iterator[Book]:
        name = f"{source}_{next(numbers)}"
        with psycopg.connect(server, autocommit=True) as owner:
            owner.execute(f"create database {name} template {source} strategy file_copy")
        database = Database(psycopg.conninfo.make_conninfo(server, dbname=name))
        try:
            yield Book(replace(platform, database=database), line)
        finally:
            database.close()
            with psycopg.connect(server, autocommit=True) as owner:
                owner.execute(f"drop database {name} with (force)")

    return copy


def live(entries: list[Entry]) -> Counter[Any]:
    """What the journal says happened, days' interest apart: entries that nothing reversed, by content."""
    gone = {one.reverses for one in entries}
    return Counter(
        (one.kind, one.loan, one.value_date, frozenset((p.account, p.funder, p.amount) for p in one.postings))
        for one in entries
        if one.kind not in (*BY_DAYS, "reversed") and one.entry_id not in gone
    )


def balances(entries: list[Entry]) -> dict[tuple[str, str], int]:
    """By account and funder; provisions apart, which are of a month as one knew it then and are not made again."""
    sums: Counter[tuple[str, str]] = Counter()
    for one in entries:
        for posting in one.postings if one.kind != "provided" else ():
            sums[posting.account, posting.funder] += posting.amount
    return {place: amount for place, amount in sums.items() if amount}


class LineLives(RuleBasedStateMachine):
    """Each step may be refused; then nothing has changed."""

    fresh: Callable[[], Any]
    done: Counter[str]

    @initialize()
    def begin(self) -> None:
        self.context = self.fresh()
        self.book: Book = self.context.__enter__()
        self.today, self.closed, self.keys = FIRST, FIRST - DAY, count()
        self.events: list[str] = []
        self.written: dict[str, Entry] = {}

    def teardown(self) -> None:
        if not hasattr(self, "book"):
            return
        try:
            assert self.book.wrong() == []
            self.book.close(self.today + DAY * 3)
            assert self.book.wrong() == []
        finally:
            self.context.__exit__(None, None, None)

    def may(self, what: str, ask: Callable[[str], Any]) -> Any:
        before = self.book.entries()
        try:
            answer = ask(f"{what} {next(self.keys)}")
        except Refusal:
            assert self.book.entries() == before
            return None
        self.done[what] += 1
        return answer

    # --- what can happen ----------------------------------------------------------------------------------------------

    @rule(amount=amounts)
    def draw(self, amount: int) -> None:
        self.may("draw", lambda key: self.book.draw(key, amount, self.today))

    @rule(amount=amounts)
    def draw_that_fails(self, amount: int) -> None:
        by, unwilling = self.book.platform.actor, replace(self.book.platform, payments=Unwilling())
        asked = self.may("order", lambda key: order_draw(
            books=unwilling, by=by, key=key, line=self.book.line, amount=amount, on=self.today))  # fmt: skip
        if asked:
            assert pay_out(books=unwilling, by=by, payout=asked.payout).status == "failed"

    @rule(amount=amounts, back=st.integers(0, 40), prepay=st.booleans())
    def repay(self, amount: int, back: int, prepay: bool) -> None:
        on = max(FIRST, self.today - DAY * back)
        paid = self.may("repay", lambda key: self.book.repay(key, amount, on, prepay=prepay))
        self.events += [paid.event] if paid else []

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        of = data.draw(st.sampled_from(self.events))
        self.events.remove(of)
        self.may("reverse", lambda key: self.book.happen(key, Reversal("", self.today, "", of)))

    @rule(data=st.data(), back=st.integers(0, 20), amount=st.integers(1, 500_000))
    def amend(self, data: st.DataObject, back: int, amount: int) -> None:
        on, names = max(FIRST, self.today - DAY * back), self.book.loans()
        if not names:
            return
        loan, rate = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(["0", "0.0345", "0.06", "0.12"]))
        until = data.draw(st.none() | st.integers(1, 60).map(lambda days: on + DAY * days))
        event = data.draw(st.sampled_from([
            Charge("", on, loan, amount, "visit"), RateChange("", on, loan, Decimal(rate), until, "decided again"),
            Waiver("", on, loan, amount, amount, amount, amount), Technical("", on, loan), Misuse("", on, loan),
            Refund("", on, "", amount), WriteOff("", on, loan),
            Reschedule("", on, loan, Plan("revolving", 0, due_day=10), on + DAY * 90, amount % 2 == 0),
            Renewal("", on, loan, until=on + DAY * 60), Renewal("", on, loan, until=on + DAY * 90),
        ]))  # fmt: skip
        happened = self.may(type(event).__name__, lambda key: self.book.happen(key, event))
        self.events += [happened.event] if happened else []

    @rule(days=st.integers(1, 45))
    def sleep(self, days: int) -> None:
        self.today += DAY * days

    @precondition(lambda self: self.closed < self.today - DAY)
    @rule()
    def close(self) -> None:
        self.closed = self.today - DAY
        self.book.close(self.closed)
        self.done["close"] += 1

    # --- what must be true after each step ----------------------------------------------------------------------------

    @invariant()
    def nothing_written_has_changed(self) -> None:
        if hasattr(self, "book"):
            now = {one.entry_id: one for one in self.book.entries()}
            assert self.written.items() <= now.items()
            self.written = now

    @invariant()
    def available_is_what_is_neither_used_nor_held(self) -> None:
        if hasattr(self, "book"):
            head = {name: value for name, value in self.book.head(self.today).items() if isinstance(value, str)}
            used, held, available = (fen(head[name]) for name in ("used", "held", "available"))
            assert available >= 0
            assert available <= max(0, fen(head["limit"]) - used - held)


class Unwilling:
    """A bank that turns every payout down."""

    def pay(self, payout: Any) -> tuple[str, str | None]:
        return "failed", None


def test_whatever_happens_the_book_is_sound(fresh: Callable[[], Any]) -> None:
    done: Counter[str] = Counter()
    machine = type("Lives", (LineLives,), {"fresh": staticmethod(fresh), "done": done})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert sum(done.values()) > 15, done  # of up to 168 steps: how many rules can act is drawn too


@pytest.mark.parametrize("seed", range(4))
def test_whatever_was_heard_first_the_book_is_the_same(fresh: Callable[[], Any], seed: int) -> None:
    """Payments and fees of two months, heard on their days with each day closed, or all at the end in any order."""
    dice = random.Random(seed)
    days = sorted(dice.randint(3, 60) for _ in range(9))
    heard = [(FIRST + DAY * day, dice.randint(1, 9_000_000), n % 4 == 3) for n, day in enumerate(days)]
    found = []
    for order in (list(range(9)), dice.sample(range(9), 9)):
        with fresh() as book:
            for n in range(3):
                book.draw(f"draw {n}", 12_000_000 + n, FIRST + DAY * n)
            late = order != sorted(order)
            if late:
                book.close(FIRST + DAY * 61)
            for n in order:
                on, amount, fee = heard[n]
                if not late:
                    book.close(on - DAY)
                if fee:
                    book.happen(f"e{n}", Charge("", on, "", amount % 9999 + 1, "visit"))
                else:
                    book.repay(f"e{n}", amount, on)
            book.close(FIRST + DAY * 61)
            book.close(FIRST + DAY * 63)
            assert book.wrong() == []
            entries = book.entries()
            kept = {name: book.head(FIRST + DAY * 63)[name] for name in ("used", "credit", "available", "status")}
            found.append((live(entries), balances(entries), kept))
    assert found[0] == found[1]
