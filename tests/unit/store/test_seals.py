"""Seals in the database: SQL and Python agree on any entries, and what was tampered with is named."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.ledger import CHART
from zhiwei.ledger.seal import Recorded, seal
from zhiwei.store.books.seals import SEAL, Seals

FIRST = date(2024, 2, 27)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
LETTERS = ["a", "Z", "_", "é", "微", "𠮷", "'", '"', "\\", "{", ",", "\n", "\t", " ", "%", "\x01", "\x7f", "~"]


def word(rng: random.Random) -> str:
    return "".join(rng.choices(LETTERS, k=rng.randrange(9)))


def entries(rng: random.Random, count: int, on: date) -> Iterator[Recorded]:
    """As they are handed in; the instant is the database's to say."""
    for number in range(count):
        legs: list[tuple[str, str, int]] = []
        for funder in {"", word(rng), word(rng)}:
            amounts = [rng.choice([1, -1]) * rng.randrange(1, 10**15) for _ in range(rng.randrange(1, 4))]
            amounts += [-sum(amounts)] if sum(amounts) else []
            legs += [(rng.choice(list(CHART)), funder, amount) for amount in amounts]
        postings = tuple((n, *leg) for n, leg in enumerate(legs))
        yield Recorded(
            f"{on:%d}{number}{word(rng)}", rng.randrange(2**31), word(rng), word(rng), word(rng),
            on - timedelta(days=rng.randrange(400)), on, rng.choice(["CNY", "USD"]), NEVER, postings,
            word(rng), rng.choice(["", f"{on:%d}{number} reversed {word(rng)}"]),
        )  # fmt: skip


def write(platform: Platform, written: Iterable[Recorded]) -> None:
    with platform.unit("local") as unit:
        for e in written:
            head = (e.entry_id, e.number, e.kind, e.line, e.loan, e.product, e.value_date, e.business_date)
            unit.steps.connection.execute(
                """insert into journal_entry (tenant_id, entry_id, number, kind, line_id, loan_id, product_id,
                                              value_date, business_date, currency, reverses)
                   values ('local', %s, %s, %s, %s, %s, %s, %s, %s, %s, nullif(%s, ''))""",
                [*head, e.currency, e.reverses],
            )
            unit.steps.connection.execute(
                """insert into journal_posting (tenant_id, entry_id, number, account, funder, amount)
                   select 'local', %s, * from unnest(%s::int[], %s::text[], %s::text[], %s::bigint[])""",
                [e.entry_id, *map(list, zip(*e.postings, strict=True))],
            )


def closed_days(platform: Platform, seed: int, days: int) -> dict[date, list[Recorded]]:
    """Random entries of each day in two transactions; each day closed and sealed."""
    rng, book = random.Random(seed), {}
    for on in (FIRST + timedelta(days=n) for n in range(days)):
        book[on] = list(entries(rng, rng.randrange(12), on))
        half = len(book[on]) // 2
        write(platform, book[on][half:])
        write(platform, book[on][:half])
        with platform.unit("local") as unit:
            unit.days.close(on, 0)
            Seals(unit.steps.connection, "local").seal(on)
    return book


@pytest.mark.parametrize("seed", range(6))
def test_both_agree_on_random_entries(platform: Platform, owner: psycopg.Connection, seed: int) -> None:
    """Python's from the entries as they were handed in (only the instant is the database's), not as SQL reads them."""
    book = closed_days(platform, seed, 4)
    instants: dict[str, datetime] = dict(owner.execute("select entry_id, recorded_at from journal_entry").fetchall())
    with platform.unit("local") as unit:
        kept = Seals(unit.steps.connection, "local").all()
        check = list(Seals(unit.steps.connection, "local").check())
    previous, by_hand = "", []
    for on, written in book.items():
        recorded = [replace(entry, recorded_at=instants[entry.entry_id]) for entry in written]
        by_hand.append(seal("local", previous, on, recorded))
        previous = by_hand[-1].sha256
    assert kept == by_hand
    assert sum(found.entries for found in kept) == sum(map(len, book.values())) > 0
    assert check == [(str(on), True) for on in book]


def test_every_column_is_sealed(owner: psycopg.Connection) -> None:
    """Who gives an entry another column puts it into the seal, in SQL and in Python."""
    rows = owner.execute(
        """select table_name, array_agg(column_name::text) from information_schema.columns
           where table_schema = 'public' and table_name in ('journal_entry', 'journal_posting') group by 1"""
    ).fetchall()
    assert {table: set(columns) for table, columns in rows} == {
        "journal_entry": {
            "tenant_id", "entry_id", "number", "kind", "line_id", "loan_id", "product_id", "value_date",
            "business_date", "currency", "reverses", "recorded_at",
        },
        "journal_posting": {"tenant_id", "entry_id", "number", "account", "funder", "amount"},
    }  # fmt: skip


@pytest.mark.parametrize("setting", ["DateStyle = 'German'", "TimeZone = 'Asia/Shanghai'", "bytea_output = 'escape'"])
def test_a_sessions_settings_do_not_matter(platform: Platform, owner: psycopg.Connection, setting: str) -> None:
    closed_days(platform, 1, 1)
    values = {"tenant": "local", "previous": "", "since": None, "until": FIRST}
    before = owner.execute(SEAL.encode(), values).fetchone()
    owner.execute(f"set {setting}".encode())
    assert owner.execute(SEAL.encode(), values).fetchone() == before


def test_the_first_seal_covers_all_that_was_before(platform: Platform) -> None:
    """An upgraded book has closed days without seals; nothing of them is left out."""
    rng, second = random.Random(7), FIRST + timedelta(days=1)
    write(platform, entries(rng, 3, FIRST))
    write(platform, entries(rng, 3, second))
    with platform.unit("local") as unit:
        unit.days.close(FIRST, 0)
        unit.days.close(second, 0)
        sealed = Seals(unit.steps.connection, "local").seal(second)
    assert (sealed.previous, sealed.entries) == ("", 6)


TAMPERING = [
    "update journal_posting set amount = amount + 1 where entry_id = %s",
    "update journal_entry set kind = 'x' where entry_id = %s",
    "update journal_entry set reverses = 'x' where entry_id = %s",
    "update journal_entry set recorded_at = recorded_at + interval '1 microsecond' where entry_id = %s",
    "update journal_entry set business_date = business_date - 1 where entry_id = %s",
    "delete from journal_posting where entry_id = %s",
]


@pytest.mark.parametrize("tampering", TAMPERING)
def test_who_holds_the_keys_and_tampers_is_found(platform: Platform, owner: psycopg.Connection, tampering: str) -> None:
    """The day is named, and no other."""
    book = closed_days(platform, 3, 4)
    second = FIRST + timedelta(days=1)
    owner.execute("alter table journal_entry disable trigger user")
    owner.execute("alter table journal_posting disable trigger user")
    assert owner.execute(tampering.encode(), [book[second][0].entry_id]).rowcount > 0
    with platform.unit("local") as unit:
        found = dict(Seals(unit.steps.connection, "local").check())
    moved_back = "business_date" in tampering  # then the day before has one too many
    assert [day for day, right in found.items() if not right] == [str(FIRST)] * moved_back + [str(second)]


def test_a_seal_taken_out_is_found(platform: Platform, owner: psycopg.Connection) -> None:
    closed_days(platform, 3, 4)
    owner.execute("alter table seal disable trigger user")
    owner.execute("delete from seal where business_date = %s", [FIRST + timedelta(days=2)])
    with platform.unit("local") as unit:
        found = dict(Seals(unit.steps.connection, "local").check())
    assert [day for day, right in found.items() if not right] == ["2024-02-29 has no seal", "2024-03-01"]


def test_a_chain_does_not_fork(platform: Platform, owner: psycopg.Connection) -> None:
    closed_days(platform, 3, 2)
    owner.execute("insert into business_day values ('local', %s, 0)", [FIRST + timedelta(days=9)])
    with pytest.raises(psycopg.errors.UniqueViolation):
        owner.execute("insert into seal values ('local', %s, '', 0, repeat('0', 64))", [FIRST + timedelta(days=9)])


def test_no_entry_joins_a_closed_day(platform: Platform) -> None:
    closed_days(platform, 3, 2)
    rng = random.Random(1)
    for on in (FIRST, FIRST + timedelta(days=1), FIRST - timedelta(days=500)):
        with pytest.raises(psycopg.errors.RaiseException, match="closed business day"):
            write(platform, entries(rng, 3, on))
    write(platform, entries(rng, 3, FIRST + timedelta(days=2)))
