"""PostgreSQL: the only thing the platform keeps state in. It implements the protocols of `journeys.ports`."""

from zhiwei.store.database import Database
from zhiwei.store.server import database_of, database_url, forget_money, fresh_database

__all__ = ["Database", "database_of", "database_url", "forget_money", "fresh_database"]
