"""What every store is: a connection inside a transaction, and the tenant it works for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.postgres import types
from psycopg.pq import Format

from zhiwei.store.secrets import Vault
from zhiwei.values import Breach, lazy


@dataclass(frozen=True, slots=True)
class SealedText:
    """A column of sealed text with its keyed hash, of `hashed` of the value; `key` is what a row is named by."""

    context: str
    table: str
    key: str
    sealed: str
    index: str
    hashed: Callable[[str], str] = str
    key_type: str = "text"


class Store:
    """Row-level security keeps tenants apart in the database; `tenant` is written into every row as well."""

    def __init__(
        self, connection: psycopg.Connection[Any], tenant: str, vault: Callable[[], Vault] | None = None
    ) -> None:
        self.connection, self.tenant, self._vault = connection, tenant, vault

    @lazy
    def vault(self) -> Vault:
        """Opened by the first who seals or opens in this unit of work: who handles no names needs no keys."""
        if self._vault is None:
            raise Breach("this database was opened without keys, and names are sealed in it")
        return self._vault()

    def ask(self, sql: str, *values: object) -> psycopg.Cursor[tuple[Any, ...]]:
        """Send a statement; its answer is waited for when somebody reads it, or when the transaction ends."""
        return self.connection.execute(sql.encode(), values)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.ask(sql, *values).fetchall()

    def row(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        return self.ask(sql, *values).fetchone()

    def run(self, sql: str, *values: object) -> int:
        """Execute and count the rows changed."""
        return self.ask(sql, *values).rowcount

    def run_many(self, sql: str, rows: list[tuple[object, ...]]) -> int:
        """One statement for each of many rows, in one round trip; counts the rows changed."""
        if not rows:
            return 0
        with self.connection.cursor() as cursor:
            cursor.executemany(sql.encode(), rows)
            return cursor.rowcount

    def run_rows(self, sql: str, rows: list[tuple[object, ...]], *last: object, first: object = None) -> int:
        """One statement for any number of rows, handed over as one array a column; `first` and `last` stand around."""
        if not rows:
            return 0
        head = () if first is None else (first,)
        return self.run(sql, *head, *map(list, zip(*rows, strict=True)), *last)

    def reseal_text(self, column: SealedText, most: int) -> int:
        """After a rotation: bring `most` values to the newest key, hashes too; counts them, 0 when none is left."""
        where, key, context = column.table, column.key, column.context
        found = self.rows(
            f"""select {key}, {column.sealed} from {where} where {column.sealed} not like %s || '%%'
                limit %s for update skip locked""", self.vault.prefix, most,
        )  # fmt: skip
        values = self.vault.open_all([sealed for _, sealed in found], context)
        indexes = self.vault.index_all(map(column.hashed, values), context)
        return self.run_rows(
            f"""update {where} t set {column.sealed} = s.sealed, {column.index} = s.index
                from unnest(%s::{column.key_type}[], %s::text[], %s::text[]) s (key, sealed, index)
                where t.{key} = s.key""",
            list(zip([name for name, _ in found], self.vault.seal_all(values, context), indexes, strict=True)),
        )

    def columns(self, query: str, count: int, *values: object) -> NDArray[np.int64]:
        """The answer of a query of `count` bigints, none of them null, as an array of rows.

        It comes as one array a column, in the binary form that numpy reads as it is: no Python object is made.
        """
        names = [f"c{n}" for n in range(count)]
        gathered = ", ".join(f"array_agg({name})" for name in names)
        (found,) = self.arrays(f"select {gathered} from ({query}) q ({', '.join(names)})", *values)
        return np.zeros((0, count), dtype=np.int64) if found[0] is None else np.stack(found, axis=1)

    def arrays(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """As `rows`, with each array of bigints, none of them null, as one of numpy."""
        cursor = self.connection.cursor(binary=True)
        cursor.adapters.register_loader(types["int8"].array_oid, _Numbers)
        return cursor.execute(sql.encode(), values).fetchall()


class _Numbers(Loader):
    """A bigint[] of PostgreSQL's binary protocol: a head of 20 bytes, then a length and eight bytes for each number."""

    format = Format.BINARY
    _CELL = np.dtype([("size", ">i4"), ("value", ">i8")])

    def load(self, data: Buffer) -> NDArray[np.int64]:
        return np.frombuffer(data, dtype=self._CELL, offset=20)["value"].astype(np.int64)
