"""zhiwei backup, restore, keys: the whole database in one file and back from it, and the keys that open it."""

import uuid
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from zhiwei import __version__, journeys
from zhiwei.bootstrap import keys_of, open_platform
from zhiwei.commands.show import Json, Key, err, out, print_json, print_result, print_table, progress
from zhiwei.settings import Settings
from zhiwei.store import database_of, database_url
from zhiwei.store.keeping import Manifest, back_up
from zhiwei.store.keeping import restore as restored_from
from zhiwei.values import Refusal

app = typer.Typer(no_args_is_help=True, help="The keys that seal names, identifiers and records. 密钥")
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
    missing = _missing_keys(settings, manifest)
    _print(manifest, f"restored as {settings.database or usual}, verified 已恢复并核对", as_json, missing)
    for tenant, ids in missing.items():
        err.print(
            f"warning: keys of tenant {tenant} are not here: {', '.join(ids)}. Put its key file into "
            f"{settings.data / 'keys'}, else what they sealed stays sealed 缺少密钥",
            markup=False,
        )


def _missing_keys(settings: Settings, manifest: Manifest) -> dict[str, list[str]]:
    """Tenant -> keys that what was restored needs and that are not here, or cannot be used."""
    keys, missing = keys_of(settings), {}
    for tenant, needed in manifest.keys.items():
        try:
            held = {key_id for key_id, _ in keys.listed(tenant)}
        except Refusal as refusal:
            err.print(f"warning: {refusal}", markup=False)
            held = set()
        if lacking := [key_id for key_id in needed if key_id not in held]:
            missing[tenant] = lacking
    return missing


def _print(manifest: Manifest, what: str, as_json: bool, missing: dict[str, list[str]] | None = None) -> None:
    if as_json:
        print_json(asdict(manifest) | ({} if missing is None else {"missing_keys": missing}))
        return
    out.print(what, markup=False)
    out.print(f"{sum(manifest.tables.values()):,} rows of {len(manifest.tables)} tables, as of {manifest.made_at}")
    for tenant, (on, sha256) in manifest.seals.items():
        out.print(f"last seal of {tenant}: {on}  {sha256}", markup=False)
    for tenant, ids in manifest.keys.items():
        out.print(f"needs of tenant {tenant} the keys {', '.join(ids)}", markup=False)
    out.print(f"version {manifest.version}, {manifest.made_with}, SHA-256 {manifest.sha256}", markup=False)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Every key of the tenant, its age, and what it sealed. 列出密钥"""
    with open_platform() as platform:
        found = journeys.keys_in_use(books=platform, by=platform.actor)
    if as_json:
        for one in found:
            print_json(asdict(one))
        return
    now = datetime.now(UTC)
    rows = [
        [
            one.key, one.created.date() if one.created else "not here 缺失",
            f"{(now - one.created).days}" if one.created else "", "seals 在用" if one.newest else "",
            ", ".join(f"{count:,} {what}" for what, count in one.sealed.items()) or "nothing",
        ]
        for one in found
    ]  # fmt: skip
    print_table("Keys 密钥", ["key", "made 生成", "days 天数", "", "sealed 已加密"], rows, right=[2])


@app.command()
def rotate(
    because: Annotated[str, typer.Option(help="Why; kept with your name.")], key: Key = None, as_json: Json = False
) -> None:
    """Make a new key, which seals from now on; the older ones go on opening. 轮换密钥

    Copy the key file to where its copies are kept, and to every machine that uses this database; then `keys reseal`.
    """
    with open_platform() as platform:
        done = journeys.rotate_key(books=platform, by=platform.actor, key=key or uuid.uuid4().hex, because=because)
    print_result(done, as_json)


@app.command()
def reseal(as_json: Json = False) -> None:
    """Bring names, identifiers, facts and files to the newest key and to ZHIWEI_CIPHER. 重新加密

    It can be stopped and started again; people go on working. Batches of records are never rewritten: they stay under
    the key they came with, so that key is kept as long as they are.
    """
    with open_platform() as platform, progress("resealing") as update:
        done = journeys.reseal(books=platform, by=platform.actor, on_progress=update)
    print_result(done, as_json)
