"""Backup: a zip of pg_dump's custom format and a manifest, both of one moment; it has its name when it is complete."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import psycopg

from zhiwei.store.keeping.manifest import BLOCK, DUMP, FORMAT, MANIFEST, Manifest, contents, needed_keys
from zhiwei.store.keeping.programs import Program, program
from zhiwei.values import BadInput, Outage


def back_up(url: str, target: Path, version: str, *, foreign: bool) -> Manifest:
    """Write a backup of the database of a URL. BadInput where the file is there already, Refusal where nothing is kept.

    `foreign`: a server that is not the embedded one; its pg_dump is sought on the PATH first.
    """
    if target.exists():
        raise BadInput("file_exists", f"{target} is there already", hint="a backup never replaces another")
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with _snapshot(url) as (connection, snapshot), _private(partial) as file:
            pg_dump = program("pg_dump", connection.info.server_version // 10000, foreign=foreign)
            found = contents(connection)
            with zipfile.ZipFile(file, "w") as archive:
                with archive.open(DUMP, "w", force_zip64=True) as dump:
                    sha256, size = _dump(pg_dump, url, snapshot, dump)
                made_at = datetime.now(UTC).isoformat(timespec="seconds")
                manifest = Manifest(
                    FORMAT, version, made_at, str(pg_dump), pg_dump.major, *found, sha256, size, needed_keys(connection)
                )  # fmt: skip
                archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except psycopg.Error as error:
        raise Outage(f"cannot read the database: {str(error).strip()}") from error
    finally:
        partial.unlink(missing_ok=True)
    return manifest


@contextmanager
def _snapshot(url: str) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """A connection that sees one moment, and the name under which pg_dump sees the same."""
    with psycopg.connect(url) as connection:
        connection.execute("set transaction isolation level repeatable read read only")
        row = connection.execute("select pg_export_snapshot()").fetchone()
        yield connection, str(row[0]) if row else ""


def _private(path: Path) -> IO[bytes]:
    """A new file that only its owner reads: it holds everything that borrowers let us know."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _dump(pg_dump: Program, url: str, snapshot: str, into: IO[bytes]) -> tuple[str, int]:
    """-> (SHA-256, bytes) of what was written."""
    sha256, size = hashlib.sha256(), 0
    with pg_dump.running(url, "--format=custom", "--no-owner", f"--snapshot={snapshot}") as (_, out):
        while block := out.read(BLOCK):
            sha256.update(block)
            size += len(block)
            into.write(block)
    return sha256.hexdigest(), size
