"""What every store is: a connection inside a transaction, and the tenant it works for."""

from typing import Any

import psycopg


class Store:
    """Row-level security keeps tenants apart in the database; `tenant` is written into every row as well."""

    def __init__(self, connection: psycopg.Connection[Any], tenant: str) -> None:
        self.connection, self.tenant = connection, tenant

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql.encode(), values).fetchall()

    def row(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        return self.connection.execute(sql.encode(), values).fetchone()

    def run(self, sql: str, *values: object) -> int:
        """Execute and count the rows changed."""
        return self.connection.execute(sql.encode(), values).rowcount

    def run_many(self, sql: str, rows: list[tuple[object, ...]]) -> int:
        """One statement for many rows, in one round trip; counts the rows changed."""
        if not rows:
            return 0
        with self.connection.cursor() as cursor:
            cursor.executemany(sql.encode(), rows)
            return cursor.rowcount
