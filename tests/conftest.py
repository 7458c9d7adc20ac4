"""One embedded PostgreSQL for the whole run; each test that asks for a platform gets a database of its own."""

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest

from zhiwei.adapters.keys import FileKeys
from zhiwei.bootstrap import Platform, open_platform
from zhiwei.borrower import INVOICES, Party
from zhiwei.borrower.delivery import BAD_ROW, Delivery
from zhiwei.journeys import receive
from zhiwei.settings import Settings
from zhiwei.store import Database
from zhiwei.values import Actor

TODAY = date(2026, 1, 1)  # every test's clock: tests must not depend on the day they run
_numbers = itertools.count()


@pytest.fixture(scope="session")
def data_folder() -> Iterator[Path]:
    """A short path (a Unix socket lives in it), gone after the run."""
    with tempfile.TemporaryDirectory(prefix="zw") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def template(data_folder: Path) -> str:
    """URL of a database that is migrated, has tenant `local` and the shipped shelf; tests copy it."""
    given = os.environ.get("ZHIWEI_TEST_DATABASE_URL")  # a server to test on instead; its user may create databases
    with open_platform(Settings(data_folder, given, "local", "tester")) as platform:
        if given is None:
            _hurry(platform.database.url)
        return platform.database.url


def _hurry(url: str) -> None:
    """Our own server need not survive a power cut, only the kills of tests: what is written waits for no disk."""
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("alter system set fsync = off")
        owner.execute("alter system set full_page_writes = off")
        owner.execute("select pg_reload_conf()")


@pytest.fixture
def database_url(template: str) -> Iterator[str]:
    name = f"zw_test_{os.getpid()}_{next(_numbers)}"
    source = psycopg.conninfo.conninfo_to_dict(template)["dbname"]
    server = psycopg.conninfo.make_conninfo(template, dbname="postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database {name} template "{source}" strategy file_copy')
        yield psycopg.conninfo.make_conninfo(template, dbname=name)
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def platform(database_url: str, data_folder: Path) -> Iterator[Platform]:
    """A platform of its own for one test: tenant `local`, the shipped shelf published, today = TODAY."""
    database = Database(database_url, FileKeys(data_folder / "keys"))
    yield Platform(database, Actor("local", "tester"), clock=TODAY)
    database.close()


def invoice_rows(party: str, until: date, months: int = 36, monthly: int = 70_000_000) -> list[dict[str, object]]:
    """A plain good business: sales of `monthly` 分 to six customers and purchases of 70 %, every month."""
    rows: list[dict[str, object]] = []
    for back in range(months):
        month = until.year * 12 + until.month - 2 - back
        for direction, share, prefix in (("sale", 100, "C"), ("purchase", 70, "S")):
            for number in range(6):
                amount = monthly * share // 600 + number * 1000
                rows.append({
                    "party_id": party, "direction": direction, "invoice_no": f"{prefix}{back:03d}{number}",
                    "issue_date": date(month // 12, month % 12 + 1, 3 + 4 * number),
                    "counterparty": f"{prefix}{number}",
                    "amount": amount, "tax": amount * 13 // 100, "total": amount + amount * 13 // 100,
                    "status": "valid", "occurrence": 1,
                })  # fmt: skip
    return rows


def delivery_of(rows: list[dict[str, object]], source: str = "test") -> Delivery:
    import polars as pl

    parties = sorted({str(row["party_id"]) for row in rows})
    table = pa.Table.from_pylist(rows, schema=INVOICES)
    sha = f"{abs(hash(str(rows))):064x}"
    bad = pl.DataFrame(schema=BAD_ROW)
    known = [Party(p, p, source) for p in parties]
    return Delivery(source, "made", sha, known, table, bad, "credit_assessment", "Yes, look at my invoices.")


@pytest.fixture
def good_firm(platform: Platform) -> str:
    """A firm `G1` with three good years until the end of February 2024; approved by tax_credit as of 2024-03-01."""
    delivery = delivery_of(invoice_rows("G1", date(2024, 3, 1)))
    receive(books=platform, by=platform.actor, deliveries=[delivery], folder="")
    return "G1"


@pytest.fixture
def open_line(platform: Platform, good_firm: str) -> Callable[..., str]:
    """Decide on G1 (or another firm like it) and accept the offer: -> the line's id."""
    from zhiwei.journeys import Offer, accept, decide

    def open_line(on: date = date(2024, 3, 1), firm: str = good_firm) -> str:
        if firm != good_firm:
            rows = delivery_of(invoice_rows(firm, date(2024, 3, 1)))
            receive(books=platform, by=platform.actor, deliveries=[rows], folder="")
        decided = decide(books=platform, by=platform.actor, product="tax_credit", parties=[firm], as_of=on)
        offer = Offer(decided[0].decision_id)
        return accept(books=platform, by=platform.actor, key=f"accept-{firm}-{on}", offer=offer, on=on).line

    return open_line
