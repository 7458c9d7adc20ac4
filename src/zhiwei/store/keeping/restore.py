"""Restore: beside the target, verified row for row and seal for seal, and only then under its name."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from zhiwei.store.books.seals import Seals
from zhiwei.store.database import Database
from zhiwei.store.keeping.manifest import BLOCK, DUMP, Manifest, contents, opened, sound
from zhiwei.store.keeping.programs import Program, program
from zhiwei.values import Breach, Outage, Refusal


def restore(server: str, name: str, file: Path, *, foreign: bool) -> Manifest:
    """Restore a backup as database `name` of a server (a URL of any other database there), which has no tables yet.

    BadInput where the file is no backup or damaged, Refusal where the database is in use or the backup too new; Breach
    where what was restored is not what the manifest says. Whatever fails, nothing is left behind.
    """
    with opened(file) as archive:
        manifest = sound(file, archive)
        with psycopg.connect(server, autocommit=True) as connection:
            _check_place(connection, name)
            beside = f"{name}_restoring_{os.getpid()}"
            newest = max(connection.info.server_version // 10000, manifest.postgres)
            pg_restore = program("pg_restore", newest, foreign=foreign)
            url = make_conninfo(server, dbname=beside)
            try:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(beside)))
                _app_role(url)
                with archive.open(DUMP) as dump:
                    _load(pg_restore, url, dump)
                _verify(url, manifest)
                _check_place(connection, name)  # again: it took a while
                connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
                connection.execute(
                    sql.SQL("alter database {} rename to {}").format(sql.Identifier(beside), sql.Identifier(name))
                )
            except psycopg.Error as error:
                raise Outage(f"cannot restore: {str(error).strip()}") from error
            finally:
                connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(beside)))
    return manifest


def _load(pg_restore: Program, url: str, dump: IO[bytes]) -> None:
    with pg_restore.running(url, "--exit-on-error", "--no-owner", "--single-transaction") as (into, _):
        while block := dump.read(BLOCK):
            into.write(block)


def _check_place(connection: psycopg.Connection[Any], name: str) -> None:
    if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
        return
    with psycopg.connect(make_conninfo(connection.info.dsn, dbname=name, password=connection.info.password)) as there:
        row = there.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
    if row and row[0]:
        raise Refusal(
            "database_not_empty", f"database {name} has {row[0]} tables; a backup is restored into an empty one",
            hint="name another in ZHIWEI_DATABASE",
        )  # fmt: skip


def _app_role(url: str) -> None:
    """Roles belong to the server and are in no dump."""
    with psycopg.connect(url) as connection:
        connection.execute(
            """do $$ begin create role zhiwei_app nologin noinherit;
               exception when duplicate_object then null; end $$;
               grant zhiwei_app to current_user"""
        )


def _verify(url: str, manifest: Manifest) -> None:
    """Breach unless rows, migrations and last seals are those of the manifest, and every seal fits its entries."""
    with psycopg.connect(url) as connection:
        found = contents(connection)
    kept: list[tuple[Mapping[str, object], Mapping[str, object]]] = [
        (found[0], manifest.migrations), (found[1], manifest.tables), (found[2], manifest.seals)
    ]  # fmt: skip
    wrong = [
        f"{name} {there.get(name)} instead of {wanted.get(name)}"
        for there, wanted in kept
        for name in sorted(there.keys() | wanted.keys())
        if there.get(name) != wanted.get(name)
    ]
    database = Database(url)
    try:
        for tenant in manifest.seals:
            with database.unit(tenant) as unit:
                seals = Seals(unit.steps.connection, tenant).check()
                wrong += [f"seal of {tenant}: {on}" for on, right in seals if not right]
    finally:
        database.close()
    if wrong:
        raise Breach(f"what was restored is not what was backed up: {'; '.join(wrong[:5])}")
