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
from zhiwei.store.credit import Decisions, Products, Tasks
from zhiwei.store.ledger import Days, Journal, Steps
from zhiwei.store.migrate import migrate
from zhiwei.store.money.desk import Desk
from zhiwei.store.money.lines import Lines
from zhiwei.store.money.loans import Loans
from zhiwei.store.parties import Applications, Merges, Network, Parties, Relations
from zhiwei.store.partners import Clients, Outbox, Sandboxes, Webhooks
from zhiwei.store.pulls import Pulls
from zhiwei.store.records import Records
from zhiwei.store.sealed import Sealed
from zhiwei.store.secrets import Keys, Suite, Vault
from zhiwei.store.table import Store
from zhiwei.values import Breach

AT_ONCE = 10_000  # rows taken over in one transaction


@dataclass(frozen=True, slots=True)
class Unit:
    """The stores of one transaction; see `journeys.ports.Unit`."""

    tenant: str
    parties: Parties
    relations: Relations
    merges: Merges
    network: Network
    applications: Applications
    records: Records
    products: Products
    decisions: Decisions
    tasks: Tasks
    batches: Batches
    pulls: Pulls
    sealed: Sealed
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
    clients: Clients
    sandboxes: Sandboxes
    outbox: Outbox
    webhooks: Webhooks


class Database:
    """A connection per thread. Call `close` when done; a broken connection is replaced at the next unit.

    `keys`: who only looks at the book (backup, restore) goes without.
    """

    def __init__(self, url: str, keys: Keys | None = None, suite: Suite = Suite.AES) -> None:
        self.url, self.keys, self.suite = url, keys, suite
        self._local = threading.local()
        self._all: list[psycopg.Connection] = []

    def migrate(self) -> list[str]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            return migrate(connection)

    def add_tenant(self, tenant: str) -> None:
        with self.unit(tenant) as unit:
            unit.parties.add_tenant()

    def unlock(self, tenant: str) -> int:
        """Before a tenant's first unit of work: its keys are there, and what an earlier version stored in plain is
        sealed (names of parties, counterparties and files, facts of differences); counts the rows.

        The first one to come makes the key, and the database remembers its id: from then on nobody makes another
        beside it, on no machine. Refusal where a key that is needed is missing.
        """
        if self.keys is None:
            raise Breach("this database was opened without keys")
        with self.unit(tenant) as unit:
            unit.parties.run("select pg_advisory_xact_lock(hashtextextended(%s, 4))", tenant)
            known = unit.parties.key_ids()
            vault = Vault(self.keys, tenant, self.suite, known)
            unit.parties.know_keys(set(vault.key_ids) - set(known))
        done = 0
        while some := self._taken_over(tenant):
            done += some
        return done

    def _taken_over(self, tenant: str) -> int:
        with self.unit(tenant) as unit:
            stores = (unit.parties, unit.records.deliveries, unit.records, unit.reconciliation)
            return next((count for store in stores if (count := store.take_over(AT_ONCE))), 0)

    @contextmanager
    def unit(self, tenant: str, *, pipelined: bool = False) -> Iterator[Unit]:
        """All of it is committed when the block ends, none of it when it raises.

        `pipelined`: a statement is sent with the next one until somebody reads its answer; rows cannot be copied so.
        """
        connection = self._connection(tenant)
        alone = connection.info.transaction_status == TransactionStatus.IDLE  # else it joins the one that is open
        with _pipelined(connection) if pipelined and alone else connection.transaction():
            vault = cache(lambda: self._vault(connection, tenant)) if self.keys else None
            yield Unit(tenant, **{name: kind(connection, tenant, vault) for name, kind in _stores().items()})  # type: ignore[arg-type]

    def _vault(self, connection: psycopg.Connection[Any], tenant: str) -> Vault:
        """Of one unit of work: it needs the keys that the database knows, and makes none."""
        assert self.keys is not None
        known = [row[0] for row in connection.execute("select key_id from tenant_key")]
        if not known:
            raise Breach(f"tenant {tenant} has no key yet: `unlock` comes before its first unit of work")
        vault = Vault(self.keys, tenant, self.suite, known)
        if new := set(vault.key_ids) - set(known):  # rotated since
            Parties(connection, tenant).know_keys(new)
        return vault

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

    def __reduce__(self) -> tuple[type["Database"], tuple[str, Keys | None, Suite]]:
        """Another process opens the same database anew."""
        return Database, (self.url, self.keys, self.suite)


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
