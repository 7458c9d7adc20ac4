"""A line whose stored data broke is set aside by the close with its reason; the rest of the book closes."""

from collections.abc import Callable, Iterator
from datetime import date

import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import close_day, close_days, draw, examine, repay, statement
from zhiwei.values import DAY

FIRST, DUE = date(2024, 3, 1), date(2024, 3, 21)
TABLES = ("event", "loan", "line")

# What is done to a line past every guard -> how the reason begins. The first can be read and not replayed, as a loan
# has more movements posted than its events give; the others cannot even be read.
DAMAGE = {
    "delete from event where line_id = %s": "Breach: INV-02: loan ",
    'update event set body = \'{"amount": 1, "weight": 2}\' where line_id = %s': "KeyError: 'weight'",
    "update loan set terms = '{}' where line_id = %s": "TypeError: ",
    "update line set product_hash = 'gone' where line_id = %s": "Refusal: product_not_published",
}


@pytest.fixture
def owner(platform: Platform) -> Iterator[psycopg.Connection]:
    """Somebody with the keys: triggers and foreign keys do not hold for this connection."""
    with psycopg.connect(platform.database.url, autocommit=True) as owner:
        owner.execute("select set_config('zhiwei.tenant', 'local', false)")
        owner.execute("set session_replication_role = replica")
        yield owner


def wrong(platform: Platform) -> dict[str, tuple[str, ...]]:
    return {found.invariant: found.wrong for found in examine(books=platform, by=platform.actor) if found.wrong}


def repair(owner: psycopg.Connection, line: str) -> None:
    """The line's rows as they were."""
    for table in TABLES:
        made = "select column_name from information_schema.columns where table_name = %s and is_generated = 'NEVER'"
        columns = ", ".join(row[0] for row in owner.execute(made, [table]).fetchall())
        owner.execute(f"delete from {table} where line_id = %s", [line])
        owner.execute(f"insert into {table} ({columns}) select {columns} from kept_{table} where line_id = %s", [line])


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_line_that_breaks_is_set_aside(
    platform: Platform, open_line: Callable[..., str], owner: psycopg.Connection, damage: str
) -> None:
    """Two lines live the same life. One breaks before its due day; repaired, it catches up with the other."""
    by, (broken, other) = platform.actor, (open_line(FIRST), open_line(FIRST, "G2"))
    for line in (broken, other):
        draw(books=platform, by=by, key=f"d {line}", line=line, amount=36_000_000, on=FIRST)
        repay(books=platform, by=by, key=f"r {line}", line=line, amount=6_000_000, on=date(2024, 3, 11))
    close_days(books=platform, by=by, since=FIRST, until=DUE - DAY)
    for table in TABLES:
        owner.execute(f"create table kept_{table} as table {table}")
    assert owner.execute(damage, [broken]).rowcount
    for on in (DUE, DUE + DAY):
        closed = close_day(books=platform, by=by, on=on)
        assert (closed.business_date, closed.aside) == (on.isoformat(), 1)
        with platform.unit("local") as unit:
            [(line, day, reason)] = unit.days.aside()
            assert unit.loans.of_lines([other])[0].oldest_due == DUE, "the rest of the book goes on"
        assert (line, day, reason.startswith(DAMAGE[damage])) == (broken, on, True), reason
        assert wrong(platform)["INV-13"] == (f"{broken} {on}: {reason}",)
    repair(owner, broken)
    assert close_day(books=platform, by=by, on=DUE + 2 * DAY).aside == 0
    assert wrong(platform) == {}
    one, two = (statement(books=platform, by=by, line=line, on=DUE + 2 * DAY).head for line in (broken, other))
    assert one["due"] != "0.00"
    assert {name: one[name] for name in ("due", "payoff", "used", "status")} == {
        name: two[name] for name in ("due", "payoff", "used", "status")
    }
