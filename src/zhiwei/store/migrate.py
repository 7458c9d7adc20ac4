"""Migrations: plain SQL files with a check before and after, applied in order, once, each in one transaction."""

import hashlib
import re
from importlib.resources import files

import psycopg

from zhiwei.values import Breach

_PARTS = re.compile(r"^-- (check before|apply|check after)[^\n]*$", re.MULTILINE)
_LOCK = 7_102_019  # one migrating process at a time


def migrate(connection: psycopg.Connection) -> list[str]:
    """Apply what is missing; -> names applied. Breach where a check fails or an applied file was edited since."""
    applied = []
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
        connection.execute(
            """create table if not exists schema_migration
               (name text primary key, sha256 text not null, applied_at timestamptz not null default now())"""
        )
        done: dict[str, str] = dict(connection.execute("select name, sha256 from schema_migration").fetchall())
        for name, content in _files():
            sha256 = hashlib.sha256(content.encode()).hexdigest()
            if name not in done:
                _apply(connection, name, content)
                connection.execute("insert into schema_migration (name, sha256) values (%s, %s)", [name, sha256])
                applied.append(name)
            elif done[name] != sha256:
                raise Breach(f"migration {name} was changed after it had been applied to this database")
        unknown = sorted(done.keys() - {name for name, _ in _files()})
        if unknown:
            raise Breach(f"this database has migrations that this version does not know: {', '.join(unknown)}")
    return applied


def shipped() -> dict[str, str]:
    """Name -> SHA-256 of each migration of this version."""
    return {name: hashlib.sha256(content.encode()).hexdigest() for name, content in _files()}


def _files() -> list[tuple[str, str]]:
    folder = files("zhiwei.store") / "migrations"
    return sorted((file.name, file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".sql"))


def _apply(connection: psycopg.Connection, name: str, content: str) -> None:
    pieces = _PARTS.split(content)
    steps = list(zip(pieces[1::2], pieces[2::2], strict=True))
    if [step for step, _ in steps] != ["check before", "apply", "check after"]:
        raise Breach(f"migration {name} must have the parts: check before, apply, check after")
    for step, sql in steps:
        cursor = connection.execute(sql.encode())
        if step != "apply" and cursor.fetchone() != (True,):
            raise Breach(f"migration {name}: {step} does not hold")
