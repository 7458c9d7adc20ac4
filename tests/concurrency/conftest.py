"""Lines to fight over, a bank that counts, and the rule that nothing stays locked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from threading import Lock

import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys.ports import Payout
from zhiwei.values import identifier

MARCH = date(2024, 3, 1)


@dataclass
class Bank:
    """An outside company: pays a payout once however often it is asked, and never another amount under its id."""

    paid: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    lock: Lock = field(default_factory=Lock)

    def pay(self, payout: Payout) -> tuple[str, str | None]:
        with self.lock:
            self.asked += 1
            assert self.paid.setdefault(payout.payout_id, payout.amount) == payout.amount
        return "paid", identifier("ref", payout.payout_id)


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def crowded(platform: Platform, bank: Bank) -> Iterator[Platform]:
    """A platform with that bank; when the test is over no lock is left in its database."""
    yield replace(platform, payments=bank)
    with psycopg.connect(platform.database.url) as watcher:
        left = watcher.execute(
            """select locktype, mode, granted, pid from pg_locks
               where pid <> pg_backend_pid()
                 and database = (select oid from pg_database where datname = current_database())"""
        ).fetchall()
    assert left == []


@pytest.fixture
def lines(open_line: Callable[..., str]) -> Callable[[int], list[str]]:
    """So many lines, each of a firm of its own."""
    return lambda count: [open_line(MARCH, f"G{number + 1}") for number in range(count)]
