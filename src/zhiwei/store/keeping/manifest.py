"""What a backup holds, said beside it: checked before anything is restored, and against what was restored."""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from zhiwei.store.migrate import shipped
from zhiwei.values import BadInput, Refusal

FORMAT = 2
KNOWN_FORMATS = (1, FORMAT)  # 1 did not name keys
DUMP, MANIFEST = "book.dump", "manifest.json"
LARGEST_MANIFEST = 2**24
BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `tables`: rows of each. `seals`: tenant -> day and hash of its last seal. `keys`: tenant ->
    ids of the keys that what is sealed in it needs; the keys themselves are in no backup.

    `made_with` is the pg_dump that wrote it, of PostgreSQL `postgres`: pg_restore must not be older.
    """

    format: int
    version: str
    made_at: str
    made_with: str
    postgres: int
    migrations: dict[str, str]
    tables: dict[str, int]
    seals: dict[str, tuple[str, str]]
    sha256: str
    size: int
    keys: dict[str, list[str]] = field(default_factory=dict)


def contents(
    connection: psycopg.Connection[Any],
) -> tuple[dict[str, str], dict[str, int], dict[str, tuple[str, str]]]:
    """(migrations, rows of each table, last seal of each tenant) as this connection sees them."""
    every = connection.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user").fetchone()
    if not every or not every[0]:
        raise Refusal(
            "cannot_see_all", "this database user sees no tenant's rows, so a backup of its would be empty",
            hint="use one with BYPASSRLS for backup and restore",
        )  # fmt: skip
    names = [row[0] for row in connection.execute("select tablename from pg_tables where schemaname = 'public'")]
    if "schema_migration" not in names:
        raise Refusal("nothing_to_back_up", "this database holds no book")
    tables = {}
    for name in sorted(names):
        row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(name))).fetchone()
        tables[name] = row[0] if row else 0
    migrations = dict(connection.execute("select name, sha256 from schema_migration order by 1").fetchall())
    seals = {}
    if "seal" in names:
        seals = {
            tenant: (on.isoformat(), sha256)
            for tenant, on, sha256 in connection.execute(
                """select distinct on (tenant_id) tenant_id, business_date, sha256 from seal
                   order by tenant_id, business_date desc"""
            )
        }
    return migrations, tables, seals


def needed_keys(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Tenant -> ids of the keys that sealed something of it."""
    row = connection.execute("select to_regclass('public.tenant_key') is not null").fetchone()
    if not row or not row[0]:
        return {}
    found: dict[str, list[str]] = {}
    for tenant, key_id in connection.execute("select tenant_id, key_id from tenant_key order by recorded_at, key_id"):
        found.setdefault(tenant, []).append(key_id)
    return found


def read_manifest(file: Path) -> Manifest:
    """What a backup says it holds, after its hash was checked. BadInput where it is none or damaged."""
    with opened(file) as archive:
        return sound(file, archive)


@contextmanager
def opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile:
        raise BadInput("not_a_backup", f"{file} is no backup of ours, or only part of one") from None
    with archive:
        yield archive


def sound(file: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
            raise ValueError("its manifest is too large")
        values = json.loads(archive.read(MANIFEST))
        if values.get("format") not in KNOWN_FORMATS:
            raise ValueError(f"its format is {values.get('format')!r}, not {FORMAT}")
        values["seals"] = {tenant: (on, sha256) for tenant, (on, sha256) in values["seals"].items()}
        manifest = Manifest(**values)
        sha256 = hashlib.sha256()
        with archive.open(DUMP) as dump:
            while block := dump.read(BLOCK):
                sha256.update(block)
    except (KeyError, TypeError, ValueError, AttributeError, zipfile.BadZipFile, EOFError) as error:
        raise BadInput("not_a_backup", f"{file} is no sound backup: {error}") from None
    if sha256.hexdigest() != manifest.sha256:
        raise BadInput("damaged_backup", f"{file} is not what was written: its content has another SHA-256")
    known = shipped()
    strange = sorted(name for name, digest in manifest.migrations.items() if known.get(name) != digest)
    if strange:
        raise Refusal(
            "backup_too_new", f"{file} was made by version {manifest.version}, with {', '.join(strange)}",
            hint="restore it with that version or a later one",
        )  # fmt: skip
    return manifest
