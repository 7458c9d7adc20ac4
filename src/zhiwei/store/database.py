"""Connections and units of work: one transaction of one tenant, as a role that cannot pass row-level security."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Generic, TypeVar

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


Kind = TypeVar("Kind", bound=Store)


class opened(Generic[Kind]):
    """A store of a unit of work, opened when it is first asked for: a unit asks for two or three of them."""

    def __init__(self, kind: type[Kind]) -> None:
        self._kind = kind

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, unit: "Unit", owner: type) -> Kind:
        made = unit.__dict__[self._name] = self._kind(unit.connection, unit.tenant, unit.vault)
        return made


class Unit:
    """The stores of one transaction; see `journeys.ports.Unit`."""

    def __init__(self, connection: psycopg.Connection[Any], tenant: str, vault: Callable[[], Vault] | None) -> None:
        self.connection, self.tenant, self.vault = connection, tenant, vault

    parties = opened(Parties)
    relations = opened(Relations)
    merges = opened(Merges)
    network = opened(Network)
    applications = opened(Applications)
    records = opened(Records)
    products = opened(Products)
    decisions = opened(Decisions)
    tasks = opened(Tasks)
    batches = opened(Batches)
    pulls = opened(Pulls)
    sealed = opened(Sealed)
    desk = opened(Desk)
    lines = opened(Lines)
    loans = opened(Loans)
    journal = opened(Journal)
    days = opened(Days)
    seals = opened(Seals)
    general_ledger = opened(GeneralLedger)
    charts = opened(Charts)
    reconciliation = opened(Reconciliation)
    steps = opened(Steps)
    clients = opened(Clients)
    sandboxes = opened(Sandboxes)
    outbox = opened(Outbox)
    webhooks = opened(Webhooks)


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
            yield Unit(connection, tenant, vault)

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
