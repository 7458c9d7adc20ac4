"""zhiwei keys and ZHIWEI_CIPHER as who keeps the keys meets them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path, zhiwei, monkeypatch: pytest.MonkeyPatch, data_folder: Path) -> Iterator[Path]:
    """The key folder of a tenant of its own, `fresh`, with one party."""
    monkeypatch.setenv("ZHIWEI_TENANT", "fresh")
    (tmp_path / "words.txt").write_text("我同意", "utf-8")
    give = ["consent", "give", "F1", "--scope", "meters", "--text", tmp_path / "words.txt", "--evidence", "page 3"]
    zhiwei(*give)
    yield data_folder / "keys"
    (data_folder / "keys" / "fresh.json").unlink(missing_ok=True)


def test_a_key_is_rotated_and_names_come_along(zhiwei, folder: Path) -> None:
    [first] = [json.loads(line) for line in zhiwei("keys", "list", "--json").stdout.splitlines()]
    assert (first["newest"], first["sealed"]) == (True, {"names aes256gcm": 1})
    assert "because" in zhiwei("keys", "rotate", code=2).stderr
    assert "no_reason" in zhiwei("keys", "rotate", "--because", " ", code=2).stderr
    made = json.loads(zhiwei("keys", "rotate", "--because", "yearly", "--key", "y", "--json").stdout)
    assert json.loads(zhiwei("keys", "rotate", "--because", "yearly", "--key", "y", "--json").stdout) == made
    assert (made["before"], made["left"]) == (first["key"], 1)
    done = json.loads(zhiwei("keys", "reseal", "--json").stdout)
    assert (done["key"], done["values"]) == (made["key"], 1)
    shown = zhiwei("keys", "list").stdout
    assert made["key"] in shown
    assert "在用" in shown
    zhiwei("doctor")


def test_the_cipher_is_set_by_a_variable(zhiwei, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIWEI_CIPHER", "sm4gcm")
    assert json.loads(zhiwei("keys", "reseal", "--json").stdout)["values"] == 1
    [only] = [json.loads(line) for line in zhiwei("keys", "list", "--json").stdout.splitlines()]
    assert only["sealed"] == {"names sm4gcm": 1}
    monkeypatch.setenv("ZHIWEI_CIPHER", "rot13")
    assert "bad_cipher" in zhiwei("keys", "list", code=2).stderr
    monkeypatch.delenv("ZHIWEI_CIPHER")
    monkeypatch.setenv("ZHIWEI_KMS", "hsm/key-1")
    assert "bad_kms" in zhiwei("keys", "list", code=2).stderr
    monkeypatch.setenv("ZHIWEI_KMS", "hsm/key-1 no-such-program-anywhere")
    assert "keys_kept_otherwise" in zhiwei("keys", "list", code=1).stderr
