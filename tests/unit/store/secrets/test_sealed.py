"""What stands sealed in a database, by its keys: counted, rotated, brought to the newest, and checked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
import pytest

from zhiwei.adapters.keys import FileKeys
from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.reading import Parsed, table_of
from zhiwei.borrower.relations import Held
from zhiwei.journeys import (
    Permission,
    Source,
    examine,
    give_consent,
    keys_in_use,
    receive_records,
    records_of,
    reseal,
    rotate_key,
)
from zhiwei.journeys.keeping import keys as module
from zhiwei.store import Database
from zhiwei.store.secrets import Suite
from zhiwei.values import Actor, BadInput

FIRST = date(2024, 3, 1)


def opened(url: str, folder: Path, suite: Suite = Suite.AES) -> Platform:
    database = Database(url, FileKeys(folder), suite)
    return Platform(database, Actor("fresh", "officer"), clock=date(2026, 1, 1))


@pytest.fixture
def fresh(platform: Platform, tmp_path: Path) -> Iterator[Platform]:
    """A tenant of its own with keys of its own: three parties, two identifiers, a batch of records from a file."""
    found = opened(platform.database.url, tmp_path / "keys")
    found.database.add_tenant("fresh")
    found.database.unlock("fresh")
    allowed = Permission(Party("P0", "店0", "test"), ["meters"], "Read my meter.", "page 1", FIRST)
    give_consent(books=found, by=found.actor, permission=allowed)
    rows = [{"party_id": "P0", "utility": "power", "meter": "8", "read_on": FIRST, "reading": 1.0}]
    parsed = Parsed({"meters": table_of("meters", rows)})
    receive_records(books=found, by=found.actor, source=Source("meters", "m.csv", "1" * 64), parsed=parsed)
    with found.unit("fresh") as unit:
        unit.parties.add([Party("P1", "店1", "test"), Party("P2", "店2", "test")])
        now = datetime.now(UTC)
        held = [Held(f"i{n}", f"P{n}", "mobile", "13800138000", FIRST, None, "test", now) for n in range(2)]
        unit.relations.add_identifiers(held, "x")
    yield found
    found.database.close()


def uses(platform: Platform) -> list[tuple[bool, dict[str, int]]]:
    return [(one.newest, one.sealed) for one in keys_in_use(books=platform, by=platform.actor)]


def sound(platform: Platform) -> tuple[str, ...]:
    [finding] = [one for one in examine(books=platform, by=platform.actor) if one.invariant == "INV-14"]
    assert finding.checked
    return finding.wrong


def rotate(platform: Platform, key: str = "k"):
    return rotate_key(books=platform, by=platform.actor, key=key, because="a laptop was lost")


ALL = {"names aes256gcm": 3, "identifiers aes256gcm": 2, "files aes256gcm": 1, "batches aes256gcm": 1}


def test_a_rotation_and_what_stays_under_the_older_key(fresh: Platform) -> None:
    assert uses(fresh) == [(True, ALL)]
    done = rotate(fresh)
    assert (done.left, done.batches, done.key != done.before) == (6, 1, True)
    assert uses(fresh) == [(False, ALL), (True, {})]
    heard: list[tuple[int, int]] = []
    again = reseal(books=fresh, by=fresh.actor, on_progress=lambda *said: heard.append(said))
    assert (again.key, again.values, again.batches, heard[-1]) == (done.key, 6, 1, (6, 6))
    assert uses(fresh) == [
        (False, {"batches aes256gcm": 1}),
        (True, {"names aes256gcm": 3, "identifiers aes256gcm": 2, "files aes256gcm": 1}),
    ]  # fmt: skip
    with fresh.unit("fresh") as unit:
        assert unit.parties.named("店1") == ["P1"]
        assert [one.party for one in unit.relations.held_by([("mobile", "13800138000")])[0]] == ["P0", "P1"]
    found = records_of(books=fresh, by=fresh.actor, parties=["P0"], kinds=["meters"], until=FIRST)
    assert found["meters"].num_rows == 1, "the batch opens with the key it came with"
    assert sound(fresh) == ()


def test_the_same_rotation_happens_once_and_is_written_down(fresh: Platform) -> None:
    assert rotate(fresh) == rotate(fresh)
    assert len(uses(fresh)) == 2
    assert rotate(fresh, "another").key != rotate(fresh).key
    with fresh.unit("fresh") as unit:
        audits = unit.steps.connection.execute(
            "select person, verb from audit where request like '%%laptop%%' order by recorded_at"
        ).fetchall()
    assert audits == [("officer", "order_rotation"), ("officer", "rotate_key")] * 2
    with pytest.raises(BadInput, match="no_reason"):
        rotate_key(books=fresh, by=fresh.actor, key="n", because=" ")


def test_a_rotation_that_was_cut_off_finds_the_key_it_made(fresh: Platform) -> None:
    class Killed(FileKeys):
        def rotate(self, tenant: str):
            super().rotate(tenant)
            raise KeyboardInterrupt

    folder = fresh.database.keys.folder  # type: ignore[union-attr]
    cut = replace(fresh, database=Database(fresh.database.url, Killed(folder)))
    with pytest.raises(KeyboardInterrupt):
        rotate(cut)
    cut.database.close()
    assert len(fresh.keys.listed("fresh")) == 2
    done = rotate(fresh)
    assert [key for key, _ in fresh.keys.listed("fresh")] == [done.before, done.key]
    with fresh.unit("fresh") as unit:
        assert set(unit.parties.key_ids()) == {done.before, done.key}


def test_resealing_stops_and_goes_on(fresh: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 2)
    rotate(fresh)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reseal(books=fresh, by=fresh.actor, on_progress=stop)
    heard: list[int] = []
    done = reseal(books=fresh, by=fresh.actor, on_progress=lambda done, total: heard.append(done))
    assert (done.values, heard) == (4, [1, 3, 4])
    assert reseal(books=fresh, by=fresh.actor).values == 0
    assert sound(fresh) == ()


def test_another_cipher_takes_over(fresh: Platform, tmp_path: Path) -> None:
    chinese = opened(fresh.database.url, tmp_path / "keys", Suite.SM)
    with chinese.unit("fresh") as unit:
        unit.parties.add([Party("P3", "店3", "test")])
        assert unit.parties.named("店1") == ["P1"], "what the other cipher sealed is found"
        assert unit.sealed.left() == 6
    assert reseal(books=chinese, by=chinese.actor).values == 6
    assert uses(chinese) == [
        (True, {"names sm4gcm": 4, "identifiers sm4gcm": 2, "files sm4gcm": 1, "batches aes256gcm": 1})
    ]
    assert sound(chinese) == ()
    assert sound(fresh) == (), "and who is still set up otherwise opens it"
    chinese.database.close()


DAMAGES = {
    "update party set name_sealed = left(name_sealed, -6) || 'AAAAA=' where party_id = 'P1'": "name of P1",
    "update party set name_index = 'x' where party_id = 'P2'": "name of P2",
    "update party a set name_sealed = b.name_sealed from party b where a.party_id = 'P1' and b.party_id = 'P2'":
        "name of P1",
    "update party_identifier set value_sealed = left(value_sealed, -6) || 'AAAAA=' where identifier_id = 'i0'":
        "identifier i0",
    """update party set name = '店1', name_sealed = null, name_index = null where party_id = 'P1'""":
        "name of P1 in plain",
    "update party set name_sealed = replace(name_sealed, split_part(name_sealed, '.', 3), repeat('0', 16))"
    " where party_id = 'P1'": "name of P1",
    "update record_batch set body = overlay(body placing repeat('0', 16)::bytea from 15 for 16)":
        "batches under aes256gcm key 0000000000000000",
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_doctor_names_what_does_not_open(fresh: Platform, owner: psycopg.Connection, damage: str) -> None:
    owner.execute("select set_config('zhiwei.tenant', 'fresh', false)")
    owner.execute("alter table party drop constraint never_plain_again")
    owner.execute("alter table record_batch disable trigger user")
    assert owner.execute(damage + (" and" if " where " in damage else " where") + condition(damage)).rowcount == 1
    wrong = sound(fresh)
    assert DAMAGES[damage] in wrong
    assert "店" not in str(wrong)
    assert "13800138000" not in str(wrong)


def condition(damage: str) -> str:
    """The owner sees all tenants."""
    return (" a." if damage.startswith("update party a") else " ") + "tenant_id = 'fresh'"


def test_without_keys_the_doctor_says_nothing_of_it(fresh: Platform) -> None:
    keyless = replace(fresh, database=Database(fresh.database.url))
    [finding] = [one for one in examine(books=keyless, by=keyless.actor) if one.invariant == "INV-14"]
    assert (finding.checked, finding.wrong) == (0, ())
    keyless.database.close()
