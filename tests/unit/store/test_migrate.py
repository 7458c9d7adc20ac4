"""Migrations: applied once, in order, each with its checks; what was applied is never edited."""

import hashlib
from collections.abc import Callable

import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.store import migrate as migrations
from zhiwei.values import Breach

GOOD = """-- One more table.
-- check before: it is not there
select not exists (select from pg_tables where tablename = 'more');
-- apply
create table more (n integer);
-- check after: it is there
select exists (select from pg_tables where tablename = 'more');
"""
Shipped = Callable[[str, str], None]


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> Shipped:
    """Ship one more migration, or another text of one that is there."""
    real = dict(migrations._files())

    def shipped(name: str, content: str) -> None:
        monkeypatch.setattr(migrations, "_files", lambda: sorted({**real, name: content}.items()))

    return shipped


def schema(owner: psycopg.Connection) -> tuple[object, ...]:
    return owner.execute(
        """select (select count(*) from schema_migration), md5(string_agg(c::text, '|' order by c::text))
           from information_schema.columns c where table_schema = 'public'"""
    ).fetchone()


def test_a_second_time_changes_nothing(platform: Platform, owner: psycopg.Connection) -> None:
    before = schema(owner)
    assert platform.database.migrate() == []
    assert schema(owner) == before


def test_what_is_missing_is_applied_once(platform: Platform, owner: psycopg.Connection, shipped: Shipped) -> None:
    shipped("9999_more.sql", GOOD)
    assert platform.database.migrate() == ["9999_more.sql"]
    assert platform.database.migrate() == []
    kept = owner.execute("select sha256 from schema_migration where name = '9999_more.sql'").fetchone()
    assert kept == (hashlib.sha256(GOOD.encode()).hexdigest(),)


def test_an_edited_migration_is_a_breach(platform: Platform, shipped: Shipped) -> None:
    name, content = migrations._files()[0]
    shipped(name, content + "-- one remark\n")
    with pytest.raises(Breach, match=f"{name} was changed"):
        platform.database.migrate()


def test_a_database_from_the_future_is_a_breach(platform: Platform, owner: psycopg.Connection) -> None:
    owner.execute("insert into schema_migration (name, sha256) values ('9999_later.sql', 'x')")
    with pytest.raises(Breach, match="does not know: 9999_later"):
        platform.database.migrate()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (GOOD.replace("select not exists", "select exists", 1), "check before does not hold"),
        (GOOD.replace("create table more (n integer);", "select 1;"), "check after does not hold"),
        (GOOD.replace("-- check before", "-- before"), "must have the parts"),
        (GOOD.replace("-- apply", "-- check after"), "must have the parts"),
    ],
)
def test_a_check_that_fails_is_a_breach_and_nothing_stays(
    platform: Platform, owner: psycopg.Connection, shipped: Shipped, content: str, says: str
) -> None:
    before = schema(owner)
    shipped("9999_more.sql", content)
    with pytest.raises(Breach, match=says):
        platform.database.migrate()
    assert schema(owner) == before
