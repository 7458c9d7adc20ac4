"""What every adapter of keys does, whether it keeps them in a file or has them wrapped by a KMS."""

import json
import os
import pickle
import stat
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhiwei.adapters import keys as module
from zhiwei.adapters.keys import FileKeys
from zhiwei.values import BadInput, Refusal

from . import fake_kms

Opener = Callable[[], FileKeys]


def file_of(folder: Path, tenant: str = "local") -> Path:
    return folder / f"{tenant}.json"


def test_the_first_use_makes_a_key(keys: FileKeys) -> None:
    [key] = keys.of("local")
    assert len(key.secret.reveal()) == 32
    assert abs((datetime.now(UTC) - key.created).total_seconds()) < 3600
    assert keys.of("local") == (key,)


def test_another_process_finds_the_same(opener: Opener) -> None:
    assert opener().of("local") == opener().of("local")


def test_a_copy_for_another_process_carries_no_key(keys: FileKeys) -> None:
    [key] = keys.of("local")
    sent = pickle.dumps(keys)
    assert key.secret.reveal() not in sent
    assert pickle.loads(sent).of("local") == (key,)


def test_only_its_owner_reads_it(keys: FileKeys, folder: Path) -> None:
    before = os.umask(0)
    try:
        keys.of("local")
    finally:
        os.umask(before)
    assert stat.S_IMODE(file_of(folder).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "local.json"]


def test_the_file_says_what_it_is(keys: FileKeys, folder: Path) -> None:
    [key] = keys.of("local")
    content = json.loads(file_of(folder).read_text())
    assert (content["format"], content["tenant"]) == (module.FORMAT, "local")
    assert [entry["id"] for entry in content["keys"]] == [key.key_id]
    assert datetime.fromisoformat(content["keys"][0]["created"]) == key.created
    assert content["kept"] == keys.kept


def test_tenants_have_keys_of_their_own(keys: FileKeys) -> None:
    assert keys.of("local")[0].secret != keys.of("other")[0].secret


def test_rotation_adds_the_newest_last(opener: Opener) -> None:
    first, second = opener(), opener()
    [old] = first.of("local")
    assert second.of("local") == (old,)
    new = first.rotate("local")
    assert first.of("local") == (old, new)
    assert second.of("local") == (old, new), "another process sees at once that the file changed"
    assert new.secret != old.secret


def test_keys_have_a_limit(keys: FileKeys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEYS", 2)
    keys.of("local")
    keys.rotate("local")
    with pytest.raises(Refusal, match="too_many_keys"):
        keys.rotate("local")
    assert len(keys.of("local")) == 2


def test_processes_at_once_get_one_key(kind: str, folder: Path) -> None:
    """Four of them, let go together, with no folder there yet."""
    command = [sys.executable, fake_kms.__file__, kind, str(folder), "local"]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = {process.communicate()[0].strip() for process in running}
    assert [process.returncode for process in running] == [0] * 4
    assert len(said) == 1
    assert len(said.pop()) == 64
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "local.json"]


def test_nothing_is_left_of_a_write_that_fails(
    keys: FileKeys, opener: Opener, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [key] = keys.of("local")
    before = file_of(folder).read_bytes()

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(Refusal, match=r"cannot_use_keys.*No space left"):
            keys.rotate("local")
        with pytest.raises(Refusal, match="cannot_use_keys"):
            keys.of("other")
    assert file_of(folder).read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "local.json"]
    assert opener().of("local") == (key,)


def test_what_a_stopped_process_left_is_cleared_away(keys: FileKeys, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / ".local.stopped.partial").touch()
    keys.of("local")
    assert not list(folder.glob("*.partial"))


def test_no_key_is_made_where_one_must_be(keys: FileKeys, folder: Path) -> None:
    with pytest.raises(Refusal, match=r"no_keys.*put it back"):
        keys.of("local", create=False)
    assert not folder.exists()
    with pytest.raises(Refusal, match="no_keys"):
        keys.rotate("local")


def test_a_file_that_went_away_is_not_made_anew(keys: FileKeys, opener: Opener, folder: Path) -> None:
    """Say, its disk was unmounted: the process that knew it does not begin a second key."""
    keys.of("local")
    file_of(folder).unlink()
    with pytest.raises(Refusal, match="no_keys"):
        keys.of("local")
    assert not file_of(folder).exists()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_a_file_open_to_others_is_refused(keys: FileKeys, folder: Path, mode: int) -> None:
    """Also by who has its keys in memory already; and it is used again once it is private."""
    before = keys.of("local")
    file_of(folder).chmod(mode)
    with pytest.raises(Refusal, match=rf"keys_open_to_others.*0{mode:o}.*chmod 600 .*local\.json"):
        keys.of("local")
    file_of(folder).chmod(0o600)
    assert keys.of("local") == before


def test_a_folder_others_write_in_is_refused(keys: FileKeys, opener: Opener, folder: Path) -> None:
    keys.of("local")
    folder.chmod(0o770)
    with pytest.raises(Refusal, match=r"keys_open_to_others.*chmod 700"):
        opener().of("local")
    with pytest.raises(Refusal, match="keys_open_to_others"):
        opener().of("other")
    assert not file_of(folder, "other").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_of_another_user_is_refused(keys: FileKeys, opener: Opener, folder: Path) -> None:
    keys.of("local")
    os.chown(file_of(folder), 12345, -1)
    with pytest.raises(Refusal, match=r"keys_of_another_user.*12345.*chown"):
        opener().of("local")


def test_another_tenants_file_is_refused(keys: FileKeys, folder: Path) -> None:
    keys.of("other")
    file_of(folder, "other").rename(file_of(folder))
    with pytest.raises(Refusal, match=r"foreign_keys.*not of tenant local"):
        keys.of("local")


def test_another_tenants_key_is_refused(keys: FileKeys, folder: Path) -> None:
    """Its file renamed, and its tenant overwritten: the id belongs to key and tenant together."""
    keys.of("other")
    text = file_of(folder, "other").read_text().replace('"tenant": "other"', '"tenant": "local"')
    file_of(folder, "other").write_text(text)
    file_of(folder, "other").rename(file_of(folder))
    with pytest.raises((Refusal, module.Outage)):  # a KMS says so itself: it was wrapped for another tenant
        keys.of("local")


def test_every_damaged_byte_of_a_key_is_noticed(keys: FileKeys, opener: Opener, folder: Path) -> None:
    keys.of("local")
    path = file_of(folder)
    content = json.loads(path.read_text())
    kept = b64decode(content["keys"][0]["key"])
    for place in range(len(kept)):
        hurt = bytearray(kept)
        hurt[place] ^= 1
        content["keys"][0]["key"] = b64encode(hurt).decode()
        path.write_text(json.dumps(content))
        with pytest.raises((Refusal, module.Outage)) as caught:
            opener().of("local")
        assert content["keys"][0]["key"] not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "null", "[" * 100_000, '{"format": "zhiwei keys 1"', "\x00" * 50,
        pytest.param("x" * (module.LARGEST_FILE + 2), id="too large"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused(keys: FileKeys, folder: Path, content: str) -> None:
    folder.mkdir(mode=0o700)
    file_of(folder).write_text(content)
    file_of(folder).chmod(0o600)
    with pytest.raises(Refusal, match=r"damaged_keys.*put back a copy"):
        keys.of("local")
    assert file_of(folder).read_text() == content, "what may be repaired is not overwritten"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": "zhiwei keys 9"}, "strange_keys"), ({"kept": "otherwise"}, "keys_kept_otherwise"),
        ({"keys": []}, "damaged_keys"), ({"keys": "k"}, "damaged_keys"), ({"keys": [{}]}, "damaged_keys"),
        ({"keys": [1]}, "damaged_keys"), ({"keys": None}, "damaged_keys"),
    ],
)  # fmt: skip
def test_a_file_that_says_otherwise_is_refused(
    keys: FileKeys, folder: Path, change: dict[str, object], code: str
) -> None:
    keys.of("local")
    content = json.loads(file_of(folder).read_text())
    file_of(folder).write_text(json.dumps(content | change))
    with pytest.raises(Refusal) as caught:
        keys.of("local")
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize(
    "change",
    [{"id": "short"}, {"id": 5}, {"created": "yesterday"}, {"created": "2026-01-01"}, {"key": "?"}, {"key": "AA=="}],
)
def test_an_entry_that_says_otherwise_is_refused(keys: FileKeys, folder: Path, change: dict[str, object]) -> None:
    keys.of("local")
    content = json.loads(file_of(folder).read_text())
    content["keys"][0] |= change
    file_of(folder).write_text(json.dumps(content))
    with pytest.raises((Refusal, module.Outage)):
        keys.of("local")


def test_a_folder_in_place_of_the_file_is_refused(keys: FileKeys, folder: Path) -> None:
    (folder / "local.json").mkdir(parents=True)
    folder.chmod(0o700)
    with pytest.raises(Refusal, match="cannot_use_keys"):
        keys.of("local")


@pytest.mark.parametrize("tenant", ["", "..", "../x", "a/b", "A", "a" * 42, "a\n", "名", None])
def test_a_tenant_is_no_path(keys: FileKeys, folder: Path, tenant: str) -> None:
    with pytest.raises(BadInput, match="bad_tenant"):
        keys.of(tenant)
    assert not folder.exists()


def test_nothing_prints_a_key(keys: FileKeys) -> None:
    [key] = keys.of("local")
    content = key.secret.reveal()
    for said in (repr(keys), str(keys), repr(key), str(key), f"{key.secret}", repr(keys.__dict__)):
        assert repr(content) not in said
        assert content.hex() not in said
        assert b64encode(content).decode() not in said
    with pytest.raises(TypeError, match="neither pickled nor copied"):
        pickle.dumps(key)
