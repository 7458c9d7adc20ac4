"""Row-level security: what one tenant has, another neither sees nor touches, in any table."""

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Json

from zhiwei.bootstrap import Platform

Owner = psycopg.Connection


def tables(owner: Owner) -> list[str]:
    found = owner.execute(
        """select table_name from information_schema.columns join information_schema.tables using (table_name)
           where columns.table_schema = 'public' and tables.table_schema = 'public' and column_name = 'tenant_id'
           order by 1"""
    )
    return [row[0] for row in found]


def statement(text: str, table: str, **names: sql.Composable) -> sql.Composed:
    return sql.SQL(text).format(table=sql.Identifier(table), **names)


def test_every_table_is_of_a_tenant_and_has_rows(lived_in: Platform, owner: Owner) -> None:
    """Else the tests below would prove nothing about an empty table, or miss one without a tenant."""
    of_tenants = tables(owner)
    everything = owner.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    assert {name for (name,) in everything} - set(of_tenants) == {"schema_migration"}
    empty = [name for name in of_tenants if not owner.execute(statement("select from {table}", name)).rowcount]
    assert empty == []


def test_another_tenant_sees_nothing(lived_in: Platform, owner: Owner) -> None:
    lived_in.database.add_tenant("other")
    with lived_in.unit("other") as unit:
        run = unit.steps.connection.execute
        seen = {name: run(statement("select tenant_id from {table}", name)).fetchall() for name in tables(owner)}
    assert {name: rows for name, rows in seen.items() if rows} == {"tenant": [("other",)]}


def test_who_names_no_tenant_sees_nothing(lived_in: Platform, owner: Owner) -> None:
    names = tables(owner)
    with psycopg.connect(lived_in.database.url) as connection:
        connection.execute("set role zhiwei_app")
        assert not [name for name in names if connection.execute(statement("select from {table}", name)).rowcount]


def test_another_tenant_writes_nothing(lived_in: Platform, owner: Owner) -> None:
    """Copying a row of the first tenant, word for word, is refused in every table by the policy itself."""
    lived_in.database.add_tenant("other")
    for name in tables(owner):
        written = owner.execute(
            """select column_name from information_schema.columns
               where table_schema = 'public' and table_name = %s and is_generated = 'NEVER'""",
            [name],
        ).fetchall()
        columns = sql.SQL(", ").join(sql.Identifier(column) for (column,) in written)
        row = owner.execute(statement("select {c} from {table} limit 1", name, c=columns)).fetchone()
        places = sql.SQL(", ").join([sql.Placeholder()] * len(row))
        copied = statement("insert into {table} ({c}) values ({p})", name, c=columns, p=places)
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
            lived_in.unit("other") as unit,
        ):
            unit.steps.connection.execute(copied, [Json(cell) if isinstance(cell, dict) else cell for cell in row])


def test_another_tenant_changes_and_deletes_nothing(lived_in: Platform, owner: Owner) -> None:
    lived_in.database.add_tenant("other")
    for name in tables(owner):
        before = owner.execute(
            statement("select md5(string_agg(t::text, '|' order by t::text)) from {table} t", name)
        ).fetchone()
        for change in ("update {table} set tenant_id = tenant_id", "delete from {table}"):
            try:
                with lived_in.unit("other") as unit:
                    assert unit.steps.connection.execute(statement(change, name)).rowcount in (0, int(name == "tenant"))
            except psycopg.errors.InsufficientPrivilege:
                continue
        after = owner.execute(
            statement(
                "select md5(string_agg(t::text, '|' order by t::text)) from {table} t where tenant_id = 'local'", name
            )
        ).fetchone()
        assert name == "tenant" or after == before


def test_a_row_cannot_be_moved_to_another_tenant(lived_in: Platform) -> None:
    lived_in.database.add_tenant("other")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), lived_in.unit("local") as unit:
        unit.steps.connection.execute("update step set tenant_id = 'other'")


def test_no_index_begins_with_the_tenant(lived_in: Platform, owner: Owner) -> None:
    """Or a plan made while a table was empty could answer any question with all rows of the tenant, for ever."""
    found = owner.execute(
        """select indexrelid::regclass::text from pg_index join pg_attribute a on a.attrelid = indrelid
           where a.attnum = indkey[0] and a.attname = 'tenant_id' and indnatts > 1 and indpred is null
             and indrelid::regclass::text not like 'pg_%'"""
    ).fetchall()
    assert found == []
