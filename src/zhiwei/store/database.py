"""Connections and units of work: one transaction of one tenant, as a role that cannot pass row-level security."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import get_type_hints

import psycopg

from zhiwei.store.credit import Decisions, Products
from zhiwei.store.ledger import Days, Journal, Steps
from zhiwei.store.loans import Lines, Loans
from zhiwei.store.migrate import migrate
from zhiwei.store.parties import Parties
from zhiwei.store.records import Records
from zhiwei.store.table import Store


@dataclass(frozen=True, slots=True)
class Unit:
    """The stores of one transaction; see `journeys.ports.Unit`."""

    parties: Parties
    records: Records
    products: Products
    decisions: Decisions
    lines: Lines
    loans: Loans
    journal: Journal
    days: Days
    steps: Steps


class Database:
    """A connection per thread. Call `close` when done; a broken connection is replaced at the next unit."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._local = threading.local()
        self._all: list[psycopg.Connection] = []

    def migrate(self) -> list[str]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return migrate(connection)

    def add_tenant(self, tenant: str) -> None:
        with self.unit(tenant) as unit:
            unit.parties.add_tenant()

    @contextmanager
    def unit(self, tenant: str) -> Iterator[Unit]:
        """All of it is committed when the block ends, none of it when it raises."""
        connection = self._connection()
        with connection.transaction():
            connection.execute("set local role zhiwei_app")
            connection.execute("select set_config('zhiwei.tenant', %s, true)", [tenant])
            kinds: dict[str, type[Store]] = get_type_hints(Unit)
            yield Unit(**{name: kind(connection, tenant) for name, kind in kinds.items()})  # type: ignore[arg-type]

    def _connection(self) -> psycopg.Connection:
        connection = getattr(self._local, "connection", None)
        if connection is None or connection.closed or connection.broken:
            connection = psycopg.connect(self.url, autocommit=True)
            self._local.connection = connection
            self._all.append(connection)
        return connection

    def close(self) -> None:
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._local = threading.local()
