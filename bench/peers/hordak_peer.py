"""What a transfer costs in django-hordak, one transaction each, on the embedded PostgreSQL: a peer beside money.py."""

import atexit
import shutil
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from moneyed import Money
from psycopg.conninfo import conninfo_to_dict

from zhiwei.store import database_url

SINGLES, ROUNDS, LOANS = 300, 4, 16


def main() -> None:
    folder = tempfile.mkdtemp(prefix="zw")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # last, after the server's own exit has stopped it
    configure(database_url(Path(folder), None, "hordak"))
    call_command("migrate", verbosity=0)
    cash, loans = make_accounts()
    rates = [transfers(cash, loans, turn) for turn in range(ROUNDS)][1:]  # the first round warms up
    moved = ROUNDS * sum(amount_of(n) for n in range(SINGLES))
    if cash.get_balance() != Money(-moved, "CNY"):
        raise SystemExit("django-hordak: the books do not hold what was transferred")
    connection.close()
    wall, cpu = sorted(rates)[1]
    print(f"django-hordak {wall:7,.0f}/s wall {cpu:8,.0f}/CPU s  one transfer a transaction, on one hot account")


def configure(url: str) -> None:
    at = conninfo_to_dict(url)  # the host is the folder of a Unix socket
    server = {"HOST": at["host"], "PORT": at.get("port", ""), "USER": at["user"], "PASSWORD": at.get("password", "")}
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "mptt", "hordak"],
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": at["dbname"], **server}},
        DEFAULT_CURRENCY="CNY", HORDAK_INTERNAL_CURRENCY="CNY", CURRENCIES=("CNY",), USE_TZ=True, TIME_ZONE="UTC",
    )  # fmt: skip
    django.setup()


def make_accounts() -> tuple[Any, list[Any]]:
    """Assets of two kinds: the cash that every transfer is from, and under one account the loans they are to."""
    create = apps.get_model("hordak.Account").objects.create
    assets = create(name="Assets", code="1", type="AS")
    cash, loans = (create(name=name, code=code, parent=assets) for name, code in (("Cash", "1"), ("Loans", "2")))
    return cash, [create(name=f"Loan {n}", code=f"{n:02d}", parent=loans) for n in range(LOANS)]


def amount_of(n: int) -> Decimal:
    return Decimal(100_000 + n) / 100


def transfers(cash: Any, loans: list[Any], turn: int) -> tuple[float, float]:
    """(by wall, by CPU of this process); a transfer_to is a transaction of its own, and commits."""
    wall, cpu = time.perf_counter(), time.process_time()
    for n in range(SINGLES):
        cash.transfer_to(loans[n % LOANS], Money(amount_of(n), "CNY"), description=f"{turn}.{n}")
    return SINGLES / (time.perf_counter() - wall), SINGLES / max(time.process_time() - cpu, 1e-9)


if __name__ == "__main__":
    main()
