"""Keys come and go: the newest seals, all of them open and find, and a lost one is noticed before a second grows."""

from pathlib import Path

import pytest

from zhiwei.adapters.keys import FileKeys, KmsKeys
from zhiwei.store.secrets import CannotOpen, Suite, Vault
from zhiwei.values import Refusal

from ...adapters.keys.fake_kms import FakeKms

NAME = "party.name"


@pytest.fixture(params=["file", "kms"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> FileKeys:
    return FileKeys(tmp_path) if request.param == "file" else KmsKeys(tmp_path, FakeKms())


def test_the_newest_seals_and_all_open(keys: FileKeys) -> None:
    before = Vault(keys, "local")
    old = before.seal("甲", NAME)
    key = keys.rotate("local")
    after = Vault(keys, "local")
    new = after.seal("甲", NAME)
    assert key.key_id in new
    assert key.key_id not in old
    assert after.open_all([old, new, old], NAME) == ["甲"] * 3


def test_what_another_process_sealed_with_a_newer_key_opens(keys: FileKeys) -> None:
    """A unit of work that began before the rotation reads what was written after it; itself it goes on as it began."""
    vault = Vault(keys, "local")
    prefix = vault.prefix
    keys.rotate("local")
    assert vault.open(Vault(keys, "local").seal("甲", NAME), NAME) == "甲"
    assert vault.prefix == prefix
    assert vault.seal("乙", NAME).startswith(prefix)


def test_a_value_is_found_under_every_key_and_suite(keys: FileKeys) -> None:
    stored = [Vault(keys, "local", suite).index("甲", NAME) for suite in Suite]
    keys.rotate("local")
    stored += [Vault(keys, "local", suite).index("甲", NAME) for suite in Suite]
    assert len(set(stored)) == 4
    for suite in Suite:
        vault = Vault(keys, "local", suite)
        found = vault.indexes(" 甲", NAME)
        assert sorted(found) == sorted(stored)
        assert found[0] == vault.index("甲", NAME)


@pytest.mark.parametrize("suite", Suite)
def test_resealing_brings_all_to_the_newest_key_and_suite(keys: FileKeys, suite: Suite) -> None:
    old = [Vault(keys, "local", one).seal("甲", NAME) for one in Suite]
    keys.rotate("local")
    vault = Vault(keys, "local", suite)
    current = vault.seal("乙", NAME)
    again = vault.reseal_all([*old, current], NAME)
    assert all(text.startswith(vault.prefix) for text in again)
    assert again[-1] == current
    assert vault.open_all(again, NAME) == ["甲", "甲", "乙"]
    assert vault.reseal(old[0], NAME) != again[0]
    assert not any(text.startswith(vault.prefix) for text in old)


def test_resealing_what_does_not_open_changes_nothing(keys: FileKeys) -> None:
    old = Vault(keys, "local").seal("甲", NAME)
    keys.rotate("local")
    with pytest.raises(CannotOpen):
        Vault(keys, "local").reseal_all([old, old[:-4] + "AAA="], NAME)


def test_keys_that_stored_values_need_are_not_replaced(keys: FileKeys, tmp_path: Path) -> None:
    """A database on a machine where the keys were not put back: nothing is created, and it says what is missing."""
    needed = Vault(keys, "local").key_ids
    assert Vault(keys, "local", expected=needed).key_ids == needed
    elsewhere = FileKeys(tmp_path / "elsewhere")
    with pytest.raises(Refusal, match="no_keys"):
        Vault(elsewhere, "local", expected=needed)
    assert not (tmp_path / "elsewhere").exists()
    Vault(elsewhere, "local")  # somebody began anew there
    with pytest.raises(Refusal, match=rf"missing_keys.*{needed[0]}.*put back"):
        Vault(elsewhere, "local", expected=needed)
