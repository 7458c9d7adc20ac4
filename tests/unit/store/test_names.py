"""Names of parties stand sealed in the database, are found by how they sound, and old ones are taken over."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from zhiwei.adapters.keys import FileKeys
from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.store import Database
from zhiwei.store import database as module
from zhiwei.values import Refusal

PARTIES = [Party("P1", "城南（某）五金", "test"), Party("P2", "城北", "test"), Party("P10", "城南(某)五金", "test")]


def put_plain(owner: psycopg.Connection, count: int) -> None:
    """As an earlier version left them."""
    owner.execute("alter table party drop constraint never_plain_again")
    owner.execute(
        "insert into party (tenant_id, party_id, name, source) select 'local', 'N' || n, '店' || n, 'test'"
        " from generate_series(1, %s) n",
        [count],
    )
    owner.execute("alter table party add constraint never_plain_again check (name is null) not valid")


def test_a_name_is_sealed_and_found(platform: Platform, owner: psycopg.Connection) -> None:
    with platform.unit("local") as unit:
        assert unit.parties.add(PARTIES) == 3
        assert unit.parties.add(PARTIES) == 0
    assert "城" not in str(owner.execute("select party::text from party").fetchall())
    with platform.unit("local") as unit:
        assert unit.parties.names(["P1", "P2", "P3"]) == {"P1": "城南（某）五金", "P2": "城北"}
        assert unit.parties.named("城南(某)五金 ") == ["P1", "P10"]
        assert unit.parties.named("城") == []
    assert "城" not in repr(PARTIES)


def test_no_name_is_stored_in_plain_any_more(platform: Platform) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="never_plain_again"), platform.unit("local") as unit:
        unit.parties.run("insert into party (tenant_id, party_id, name, source) values ('local', 'X', 'x', 'test')")


def test_old_names_are_taken_over(
    platform: Platform, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 7)
    put_plain(owner, 40)
    assert platform.database.unlock("local") == 40
    assert platform.database.unlock("local") == 0
    with platform.unit("local") as unit:
        assert unit.parties.names(["N1", "N40"]) == {"N1": "店1", "N40": "店40"}
        assert unit.parties.named("店 33") == ["N33"]
    owner.execute("alter table party validate constraint never_plain_again")


def test_a_take_over_that_stops_is_taken_up(
    platform: Platform, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 10)
    put_plain(owner, 40)
    assert platform.database._taken_over("local") == 10

    def killed() -> None:
        with platform.unit("local") as unit:
            assert unit.parties.take_over(10) == 10
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()
    assert platform.database.unlock("local") == 30


def test_two_take_over_together(platform: Platform, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 3)
    put_plain(owner, 200)
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(platform.database.unlock, ["local", "local"])) == 200
    with platform.unit("local") as unit:
        assert unit.parties.names([f"N{n}" for n in range(1, 201)]) == {f"N{n}": f"店{n}" for n in range(1, 201)}


def test_another_machine_makes_no_second_key(platform: Platform, tmp_path: Path) -> None:
    platform.database.unlock("local")
    elsewhere = Database(platform.database.url, FileKeys(tmp_path / "keys"))
    with pytest.raises(Refusal, match="no_keys"):
        elsewhere.unlock("local")
    with pytest.raises(Refusal, match="no_keys"), elsewhere.unit("local") as unit:
        unit.parties.add(PARTIES)
    assert not (tmp_path / "keys").exists()
    elsewhere.close()


def test_after_a_rotation_all_is_found_and_resealed(platform: Platform, tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "keys")
    database = Database(platform.database.url, keys)
    database.add_tenant("fresh")
    database.unlock("fresh")
    with database.unit("fresh") as unit:
        unit.parties.add(PARTIES[:2])
    new = keys.rotate("fresh")
    with database.unit("fresh") as unit:
        unit.parties.add(PARTIES[2:])
        assert unit.parties.named("城南(某)五金") == ["P1", "P10"]
        assert new.key_id in unit.parties.key_ids()
        assert unit.parties.reseal(100) == 2
    with database.unit("fresh") as unit:
        assert unit.parties.reseal(100) == 0
        assert unit.parties.named("城南(某)五金") == ["P1", "P10"]
        assert unit.parties.names(["P1"]) == {"P1": "城南（某）五金"}
    database.close()
