"""Connections and units of work: one transaction of one tenant, as a role that cannot pass row-level security."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

import psycopg
from psycopg.pq import TransactionStatus

from zhiwei.store.batches import Batches
from zhiwei.store.books import Charts, GeneralLedger, Reconciliation, Seals
from zhiwei.store.credit import Decisions, Products
from zhiwei.store.ledger import Days, Journal, Steps
from zhiwei.store.migrate import migrate
from zhiwei.store.money.desk import Desk
from zhiwei.store.money.lines import Lines
from zhiwei.store.money.loans import Loans
from zhiwei.store.parties import Parties
from zhiwei.store.records import Records
from zhiwei.store.table import Store


@dataclass(frozen=True, slots=True)
class Unit:
    """The stores of one transaction; see `journeys.ports.Unit`."""

    tenant: str
    parties: Parties
    records: Records
    products: Products
    decisions: Decisions
    batches: Batches
    desk: Desk
    lines: Lines
    loans: Loans
    journal: Journal
    days: Days
    seals: Seals
    general_ledger: GeneralLedger
    charts: Charts
    reconciliation: Reconciliation
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
    def unit(self, tenant: str, *, pipelined: bool = False) -> Iterator[Unit]:
        """All of it is committed when the block ends, none of it when it raises.

        `pipelined`: a statement is sent with the next one until somebody reads its answer; rows cannot be copied so.
        """
        connection = self._connection(tenant)
        alone = connection.info.transaction_status == TransactionStatus.IDLE  # else it joins the one that is open
        with _pipelined(connection) if pipelined and alone else connection.transaction():
            yield Unit(tenant, **{name: kind(connection, tenant) for name, kind in _stores().items()})  # type: ignore[arg-type]

    def _connection(self, tenant: str) -> psycopg.Connection[Any]:
        """This thread's own, in the role and tenant of the unit that asks: said once, not with every transaction."""
        connection = getattr(self._local, "connection", None)
        if connection is None or connection.closed or connection.broken:
            connection = psycopg.connect(self.url, autocommit=True)
            connection.execute("set role zhiwei_app")
            self._local.connection, self._local.tenant = connection, None
            self._all.append(connection)
        if self._local.tenant != tenant:
            self._local.tenant = None
            connection.execute("select set_config('zhiwei.tenant', %s, false)", [tenant])
            self._local.tenant = tenant
        return connection

    def close(self) -> None:
        for connection in self._all:
            connection.close()
        self._all.clear()
        self._local = threading.local()

    def __reduce__(self) -> tuple[type["Database"], tuple[str]]:
        """Another process opens the same database anew."""
        return Database, (self.url,)


@contextmanager
def _pipelined(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """A transaction whose beginning is sent with its first statement, and its end with the last."""
    try:
        with connection.pipeline():
            connection.execute(b"begin")
            yield
            connection.execute(b"commit")
    except BaseException:
        if not connection.closed:
            connection.rollback()
        raise


@cache
def _stores() -> dict[str, type[Store]]:
    return {name: kind for name, kind in get_type_hints(Unit).items() if issubclass(kind, Store)}
