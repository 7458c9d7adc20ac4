"""zhiwei backup, restore: the whole database in one file, and back from it, verified."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from zhiwei import __version__
from zhiwei.commands.show import Json, out, print_json, progress
from zhiwei.settings import Settings
from zhiwei.store import database_of, database_url
from zhiwei.store.keeping import Manifest, back_up
from zhiwei.store.keeping import restore as restored_from

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


def backup(file: File, as_json: Json = False) -> None:
    """Back up everything, of all tenants, into one file, as of one moment. 备份

    People may go on working meanwhile. The file is as secret as the database; the keys that sealed names and records
    (`keys/` in the data folder) are not in it: copy them apart from it, for without them they stay sealed. It says the
    hash of the last closed day: keep that elsewhere, and no past entry can be rewritten unseen by anybody.
    """
    settings = Settings.from_environment()
    with progress("backing up", total=1) as update:
        url = database_url(settings.data, settings.database_url, settings.database)
        manifest = back_up(url, file, __version__, foreign=settings.database_url is not None)
        update(1)
    _print(manifest, f"backed up into {file} 已备份", as_json)


def restore(file: File, as_json: Json = False) -> None:
    """Restore a backup into a database that is empty or not there yet, and verify rows and seals. 恢复

    ZHIWEI_DATABASE names the database (default: the usual one). Nothing is replaced, and nothing stays of a restore
    that fails.
    """
    settings = Settings.from_environment()
    with progress("restoring and verifying", total=1) as update:
        server = database_url(settings.data, settings.database_url, "postgres")
        usual = database_of(settings.database_url) if settings.database_url else "zhiwei"
        manifest = restored_from(server, settings.database or usual, file, foreign=settings.database_url is not None)
        update(1)
    _print(manifest, f"restored as {settings.database or usual}, verified 已恢复并核对", as_json)


def _print(manifest: Manifest, what: str, as_json: bool) -> None:
    if as_json:
        print_json(asdict(manifest))
        return
    out.print(what, markup=False)
    out.print(f"{sum(manifest.tables.values()):,} rows of {len(manifest.tables)} tables, as of {manifest.made_at}")
    for tenant, (on, sha256) in manifest.seals.items():
        out.print(f"last seal of {tenant}: {on}  {sha256}", markup=False)
    out.print(f"version {manifest.version}, {manifest.made_with}, SHA-256 {manifest.sha256}", markup=False)
