"""zhiwei backup and restore as a user meets them: exit codes, what is printed, and a book that goes on elsewhere."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

pytestmark = pytest.mark.usefixtures("template")
ELSEWHERE = f"zw_elsewhere_{os.getpid()}"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def zhiwei(data_folder: Path, database_url: str, tmp_path: Path) -> Iterator[Run]:
    """Run `zhiwei ARGS` on the database of this test, or on ELSEWHERE, which is gone afterwards."""
    here = str(psycopg.conninfo.conninfo_to_dict(database_url)["dbname"])

    def run(*arguments: str | Path, code: int = 0, elsewhere: bool = False) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "ZHIWEI_DATA": str(data_folder),
            "ZHIWEI_DATABASE": ELSEWHERE if elsewhere else here,
        }
        environment |= {
            "ZHIWEI_DATABASE_URL": os.environ.get("ZHIWEI_TEST_DATABASE_URL", ""),
            "ZHIWEI_PERSON": "tester",
        }
        command = [sys.executable, "-m", "zhiwei", *map(str, arguments)]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == code, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done

    yield run
    drop(database_url)


def drop(database_url: str) -> None:
    with psycopg.connect(psycopg.conninfo.make_conninfo(database_url, dbname="postgres"), autocommit=True) as server:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(ELSEWHERE)))


def test_a_book_goes_on_elsewhere(zhiwei: Run, tmp_path: Path) -> None:
    made = json.loads(zhiwei("backup", "book.backup", "--json").stdout)
    assert zhiwei("restore", "book.backup", elsewhere=True).stdout.startswith(f"restored as {ELSEWHERE}, verified")
    assert json.loads(zhiwei("backup", "again.backup", "--json", elsewhere=True).stdout)["tables"] == made["tables"]
    zhiwei("doctor", elsewhere=True)


def test_what_cannot_be_done_is_said(zhiwei: Run, tmp_path: Path) -> None:
    assert "pg_dump" in zhiwei("backup", "book.backup").stdout  # and which one it was
    assert "file_exists" in zhiwei("backup", "book.backup", code=2).stderr
    assert "database_not_empty" in zhiwei("restore", "book.backup", code=1).stderr
    (tmp_path / "cut.backup").write_bytes((tmp_path / "book.backup").read_bytes()[:5000])
    assert "not_a_backup" in zhiwei("restore", "cut.backup", code=2, elsewhere=True).stderr
    assert "cannot_use_file" in zhiwei("restore", "none.backup", code=2, elsewhere=True).stderr
    assert "cannot_use_file" in zhiwei("backup", "no/such/folder", code=2).stderr


def test_a_restore_says_which_keys_it_lacks(
    zhiwei: Run, data_folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a tenant of its own: the key file is lost, put back, and then one that others can read."""
    monkeypatch.setenv("ZHIWEI_TENANT", "fresh")
    zhiwei("keys", "list")
    made = json.loads(zhiwei("backup", "book.backup", "--json").stdout)
    [key] = made["keys"]["fresh"]
    assert "local" in made["keys"]
    file = data_folder / "keys" / "fresh.json"
    content = file.read_bytes()
    file.unlink()
    try:
        done = zhiwei("restore", "book.backup", "--json", elsewhere=True)
        assert json.loads(done.stdout)["missing_keys"] == {"fresh": [key]}
        assert f"keys of tenant fresh are not here: {key}" in done.stderr
        assert "missing_keys" not in zhiwei("backup", "again.backup", "--json", elsewhere=True).stdout
    finally:
        file.write_bytes(content)
        file.chmod(0o644)
    drop(database_url)
    whole = zhiwei("restore", "book.backup", elsewhere=True)
    assert "warning: keys_open_to_others" in whole.stderr
    file.chmod(0o600)
    drop(database_url)
    whole = zhiwei("restore", "book.backup", elsewhere=True)
    assert f"needs of tenant fresh the keys {key}" in whole.stdout
    assert "warning" not in whole.stderr
    file.unlink()
