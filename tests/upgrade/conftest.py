"""A database as version 0.1.0 left it, and the same after today's migrations."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from zhiwei.adapters.keys import FileKeys
from zhiwei.bootstrap import Platform, product_folders, shelf_folder
from zhiwei.journeys import install_shelf
from zhiwei.shelf import read_folder
from zhiwei.store import Database
from zhiwei.store import migrate as migrations
from zhiwei.values import Actor

HERE = Path(__file__).parent
SAID: dict[str, Any] = json.loads((HERE / "v0_1_0.json").read_text(encoding="utf-8"))
JOURNAL = """select e.entry_id, e.number, e.kind, e.line_id, e.loan_id, e.value_date, e.business_date, e.currency,
                    e.recorded_at, p.number, p.account, p.funder, p.amount
             from journal_entry e join journal_posting p using (tenant_id, entry_id) order by 1, p.number"""
_numbers = count()


@dataclass(frozen=True, slots=True)
class Upgraded:
    """`journal` are the rows of the journal before the migrations, `applied` the names of those."""

    platform: Platform
    applied: list[str]
    journal: list[tuple[Any, ...]]


@pytest.fixture
def old_url(template: str) -> Iterator[str]:
    """Migration 0001 alone, and the rows of v0_1_0.sql."""
    name = f"zw_upgrade_{os.getpid()}_{next(_numbers)}"
    server = psycopg.conninfo.make_conninfo(template, dbname="postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
        url = psycopg.conninfo.make_conninfo(template, dbname=name)
        load(url)
        yield url
        connection.execute(f"drop database {name} with (force)".encode())


def load(url: str) -> None:
    with pytest.MonkeyPatch.context() as patch, psycopg.connect(url) as connection:
        first = migrations._files()[:1]
        patch.setattr(migrations, "_files", lambda: first)
        assert migrations.migrate(connection) == ["0001_first_loan.sql"]
        connection.execute("select set_config('zhiwei.tenant', 'local', true)")  # for an owner who is no superuser
        content = (HERE / "v0_1_0.sql").read_text(encoding="utf-8")
        for head, rows in re.findall(r"^(COPY .*?);\n(.*?)^\\\.$", content, re.MULTILINE | re.DOTALL):
            with connection.cursor().copy(head.encode()) as copy:
                copy.write(rows)


@pytest.fixture
def upgraded(old_url: str, data_folder: Path) -> Iterator[Upgraded]:
    """As the next start of the platform leaves it: migrated, and with today's shelf."""
    with psycopg.connect(old_url) as connection:
        journal = connection.execute(JOURNAL.encode()).fetchall()
    database = Database(old_url, FileKeys(data_folder / "keys"))
    applied = database.migrate()
    database.unlock("local")
    platform = Platform(database, Actor("local", "officer"), clock=date(2024, 9, 30))
    shelf = [read_folder(folder) for folder in product_folders(shelf_folder())]
    install_shelf(books=platform, tenant="local", shelf=shelf)
    yield Upgraded(platform, applied, journal)
    database.close()
