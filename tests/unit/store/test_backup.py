"""Backup and restore on a real server: complete, verified, and nothing half done is ever left."""

import json
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from zhiwei.bootstrap import Platform
from zhiwei.store import Database
from zhiwei.store.books import Seals
from zhiwei.store.keeping import back_up, read_manifest, restore
from zhiwei.store.keeping import programs as installed
from zhiwei.values import BadInput, Breach, Outage, Refusal

DAY = date(2024, 3, 1)
FOREIGN = "ZHIWEI_TEST_DATABASE_URL" in os.environ


@pytest.fixture
def book(platform: Platform, owner: psycopg.Connection) -> Platform:
    """Two tenants; `local` has a closed and sealed day with an entry in a tenant's name beyond ASCII."""
    platform.database.add_tenant("other")
    owner.execute(
        """insert into journal_entry (tenant_id, entry_id, number, kind, line_id, loan_id, value_date, business_date,
                                      currency)
           values ('local', 'e1', 0, 'kind', '线', '', '2024-03-01', '2024-03-01', 'CNY')"""
    )
    owner.execute(
        """insert into journal_posting (tenant_id, entry_id, number, account, funder, amount)
           values ('local', 'e1', 0, 'cash', '', 5), ('local', 'e1', 1, 'loan_principal', '', -5)"""
    )
    with platform.unit("local") as unit:
        unit.days.close(DAY, 0)
        Seals(unit.steps.connection, "local").seal(DAY)
    return platform


@pytest.fixture
def server(platform: Platform) -> str:
    return psycopg.conninfo.make_conninfo(platform.database.url, dbname="postgres")


@pytest.fixture
def empty(server: str) -> Iterator[Callable[[], str]]:
    """Names of databases that are gone after the test, whether it made them or not."""
    names: list[str] = []

    def name() -> str:
        names.append(f"zw_restored_{os.getpid()}_{len(names)}")
        return names[-1]

    yield name
    with psycopg.connect(server, autocommit=True) as connection:
        for found in names:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(found)))


def databases(server: str) -> set[str]:
    with psycopg.connect(server) as connection:
        return {row[0] for row in connection.execute("select datname from pg_database")}


def content(url: str) -> dict[str, str]:
    """Table -> digest of all its rows."""
    with psycopg.connect(url) as connection:
        names = [row[0] for row in connection.execute("select tablename from pg_tables where schemaname = 'public'")]
        return {
            name: connection.execute(
                sql.SQL("select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {} t").format(
                    sql.Identifier(name)
                )
            ).fetchone()[0]
            for name in names
        }


def schema(url: str) -> list[tuple[object, ...]]:
    """Columns, triggers, policies, privileges and constraints."""
    with psycopg.connect(url) as connection:
        return connection.execute(
            """select 'column', table_name, column_name, data_type || is_nullable || coalesce(column_default, '')
                 from information_schema.columns where table_schema = 'public'
               union all select 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) from pg_trigger
                 where not tgisinternal
               union all select 'policy', tablename, policyname, coalesce(qual, '') || with_check from pg_policies
               union all select 'forced', relname, '', relforcerowsecurity::text from pg_class where relkind = 'r'
                 and relnamespace = 'public'::regnamespace
               union all select 'grant', table_name, privilege_type, '' from information_schema.role_table_grants
                 where grantee = 'zhiwei_app'
               union all select 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
                 from pg_constraint where connamespace = 'public'::regnamespace
               order by 1, 2, 3, 4"""
        ).fetchall()


def test_what_is_restored_is_what_was_backed_up(
    book: Platform, server: str, empty: Callable[[], str], tmp_path: Path
) -> None:
    file, name = tmp_path / "book.backup", empty()
    made = back_up(book.database.url, file, "0.2.0", foreign=FOREIGN)
    restored = restore(server, name, file, foreign=FOREIGN)
    url = psycopg.conninfo.make_conninfo(server, dbname=name)
    assert restored == made == read_manifest(file)
    assert content(url) == content(book.database.url)
    assert schema(url) == schema(book.database.url)
    again = Database(url)
    assert again.migrate() == []
    with again.unit("local") as unit:
        assert list(Seals(unit.steps.connection, "local").check()) == [(str(DAY), True)]
        assert unit.parties.ids() == []
    again.close()


def test_the_manifest_says_what_is_in_it(book: Platform, tmp_path: Path) -> None:
    file = tmp_path / "book.backup"
    manifest = back_up(book.database.url, file, "0.2.0", foreign=FOREIGN)
    with book.unit("local") as unit:
        last = Seals(unit.steps.connection, "local").last()
    assert last is not None
    assert manifest.seals == {"local": (str(DAY), last.sha256)}
    assert (manifest.tables["tenant"], manifest.tables["journal_posting"]) == (2, 2)
    assert next(iter(manifest.migrations)) == "0001_first_loan.sql"
    with zipfile.ZipFile(file) as archive:
        assert (manifest.version, manifest.size) == ("0.2.0", archive.getinfo("book.dump").file_size)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_the_manifest_names_the_keys_that_it_needs(book: Platform, tmp_path: Path) -> None:
    with book.unit("local") as unit:
        needed = unit.parties.key_ids()
    made = back_up(book.database.url, tmp_path / "b", "0.2.0", foreign=FOREIGN)
    assert needed
    assert {tenant: sorted(ids) for tenant, ids in made.keys.items()} == {"local": needed}
    assert read_manifest(tmp_path / "b").keys == made.keys


def test_a_backup_of_before_keys_were_named_is_read(book: Platform, tmp_path: Path) -> None:
    made = back_up(book.database.url, tmp_path / "b", "0.2.0", foreign=FOREIGN)
    rewrite(lambda manifest: (manifest.update(format=1), manifest.pop("keys")))(tmp_path / "b")
    old = read_manifest(tmp_path / "b")
    assert (old.format, old.keys, old.tables) == (1, {}, made.tables)


def test_rows_written_meanwhile_are_not_in_it(
    book: Platform, server: str, empty: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts and rows are of one moment: a tenant that joins after it is in neither."""
    from zhiwei.store.keeping import backup

    real = backup.program

    def joins(*args: object, **named: object) -> object:
        book.database.add_tenant("late")
        return real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(backup, "program", joins)
    made = back_up(book.database.url, tmp_path / "b", "0.2.0", foreign=FOREIGN)
    assert made.tables["tenant"] == 2
    assert restore(server, empty(), tmp_path / "b", foreign=FOREIGN).tables["tenant"] == 2


def test_a_backup_never_replaces_another(book: Platform, tmp_path: Path) -> None:
    file = tmp_path / "b"
    file.write_text("precious")
    with pytest.raises(BadInput, match="is there already"):
        back_up(book.database.url, file, "0.2.0", foreign=FOREIGN)
    assert file.read_text() == "precious"


@pytest.mark.parametrize("broken", ["exit 1", "echo PGDMP; echo 'pg_dump: error: disk is gone' >&2; exit 1"])
def test_a_backup_that_fails_leaves_no_file(
    book: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """pg_dump itself fails, before or after it has written something."""
    script = tmp_path / "bin" / "pg_dump"
    script.parent.mkdir()
    script.write_text(f"#!/bin/sh\n[ \"$1\" = --version ] && echo 'pg_dump (PostgreSQL) 99.1' && exit 0\n{broken}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(script.parent), prepend=os.pathsep)
    into = tmp_path / "out"
    into.mkdir()
    with pytest.raises(Outage, match=r"pg_dump 99\.1 .* failed"):
        back_up(book.database.url, into / "b", "0.2.0", foreign=True)
    assert list(into.iterdir()) == []


def test_an_empty_database_is_not_backed_up(server: str, empty: Callable[[], str], tmp_path: Path) -> None:
    name = empty()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    url = psycopg.conninfo.make_conninfo(server, dbname=name)
    with pytest.raises(Refusal, match="holds no book"):
        back_up(url, tmp_path / "b", "0.2.0", foreign=FOREIGN)
    assert list(tmp_path.iterdir()) == []


def test_only_into_an_empty_database(book: Platform, server: str, tmp_path: Path) -> None:
    file = tmp_path / "b"
    back_up(book.database.url, file, "0.2.0", foreign=FOREIGN)
    before, there = content(book.database.url), databases(server)
    name = psycopg.conninfo.conninfo_to_dict(book.database.url)["dbname"]
    with pytest.raises(Refusal, match="restored into an empty one"):
        restore(server, str(name), file, foreign=FOREIGN)
    assert (content(book.database.url), databases(server)) == (before, there)


def test_an_empty_database_that_is_there_is_taken(
    book: Platform, server: str, empty: Callable[[], str], tmp_path: Path
) -> None:
    name = empty()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
    made = back_up(book.database.url, tmp_path / "b", "0.2.0", foreign=FOREIGN)
    assert restore(server, name, tmp_path / "b", foreign=FOREIGN) == made


Damage = Callable[[Path], None]


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[2000] ^= 1
    file.write_bytes(content)


def rewrite(change: Callable[[dict[str, object]], None]) -> Damage:
    def damage(file: Path) -> None:
        with zipfile.ZipFile(file) as archive:
            dump, manifest = archive.read("book.dump"), json.loads(archive.read("manifest.json"))
        change(manifest)
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("book.dump", dump)
            archive.writestr("manifest.json", json.dumps(manifest))

    return damage


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (cut, "not_a_backup"), (flip, "not_a_backup"), (lambda file: file.write_bytes(b""), "not_a_backup"),
        (lambda file: zipfile.ZipFile(file, "w").close(), "not_a_backup"),
        (rewrite(lambda m: m.update(sha256="0" * 64)), "damaged_backup"),
        (rewrite(lambda m: m.update(format=3)), "not_a_backup"), (rewrite(lambda m: m.pop("seals")), "not_a_backup"),
        (rewrite(lambda m: m.update(strange=1)), "not_a_backup"),
        (rewrite(lambda m: m["migrations"].update({"9999_later.sql": "x"})), "backup_too_new"),
        (rewrite(lambda m: m["migrations"].update({"0001_first_loan.sql": "x"})), "backup_too_new"),
    ],
)  # fmt: skip
def test_what_is_damaged_is_refused_before_anything_is_made(
    book: Platform, server: str, empty: Callable[[], str], tmp_path: Path, damage: Damage, code: str
) -> None:
    file = tmp_path / "b"
    back_up(book.database.url, file, "0.2.0", foreign=FOREIGN)
    damage(file)
    there = databases(server)
    with pytest.raises(Refusal) as raised:
        restore(server, empty(), file, foreign=FOREIGN)
    assert raised.value.code == code
    assert databases(server) == there


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda m: m["tables"].update(tenant=3), "tenant 2 instead of 3"),
        (lambda m: m["tables"].pop("step"), "step [0-9]+ instead of None"),
        (lambda m: m["seals"].update(local=["2024-03-01", "0" * 64]), "local .* instead of"),
        (lambda m: m["migrations"].pop("0001_first_loan.sql"), "0001_first_loan.sql .* instead of None"),
    ],
)
def test_what_does_not_verify_leaves_nothing(
    book: Platform, server: str, empty: Callable[[], str], tmp_path: Path, change: Callable, says: str
) -> None:
    """The dump restores, but is not what the manifest says."""
    file = tmp_path / "b"
    back_up(book.database.url, file, "0.2.0", foreign=FOREIGN)
    rewrite(change)(file)
    there = databases(server)
    with pytest.raises(Breach, match=says):
        restore(server, empty(), file, foreign=FOREIGN)
    assert databases(server) == there


def test_a_tampered_book_does_not_verify(
    book: Platform, owner: psycopg.Connection, server: str, empty: Callable[[], str], tmp_path: Path
) -> None:
    """Rows and counts agree, and the seal does not: somebody changed a sealed entry before the backup."""
    owner.execute("alter table journal_entry disable trigger user")
    owner.execute("update journal_entry set kind = 'other'")
    back_up(book.database.url, tmp_path / "b", "0.2.0", foreign=FOREIGN)
    there = databases(server)
    with pytest.raises(Breach, match="seal of local: 2024-03-01"):
        restore(server, empty(), tmp_path / "b", foreign=FOREIGN)
    assert databases(server) == there


def test_a_dump_that_pg_restore_refuses_leaves_nothing(
    book: Platform, server: str, empty: Callable[[], str], tmp_path: Path
) -> None:
    import hashlib

    file, dump = tmp_path / "b", b"PGDMP and then nothing of sense"
    back_up(book.database.url, file, "0.2.0", foreign=FOREIGN)
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("book.dump", dump)
        archive.writestr("manifest.json", json.dumps(manifest | {"sha256": hashlib.sha256(dump).hexdigest()}))
    there = databases(server)
    with pytest.raises(Outage, match=r"pg_restore .* failed"):
        restore(server, empty(), file, foreign=FOREIGN)
    assert databases(server) == there


def test_the_oldest_program_that_is_new_enough(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of a foreign server: the PATH's where it is new enough, else one that came along; said which."""

    def on_path(version: int) -> None:
        script = tmp_path / "pg_dump"
        script.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}.3 (Some distribution {version}.3-1)'\n")
        script.chmod(0o755)

    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    on_path(99)
    assert str(installed.program("pg_dump", 99, foreign=True)) == f"pg_dump 99.3 ({tmp_path / 'pg_dump'})"
    assert installed.program("pg_dump", 15, foreign=False).ours
    on_path(9)
    found = installed.program("pg_dump", 15, foreign=True)
    assert found.ours
    assert found.major >= 15
    assert str(found).endswith("(embedded)")
    with pytest.raises(Outage, match=r"no pg_dump of PostgreSQL 99 or later: .*pg_dump is 9\.3"):
        installed.program("pg_dump", 99, foreign=True)
