"""A KMS behind a command: a program of its own, asked through pipes, and all that a program can do wrong."""

import json
import pickle
import sys
from pathlib import Path

import pytest

from zhiwei.adapters.keys import KmsKeys
from zhiwei.adapters.kms import CommandKms
from zhiwei.bootstrap import keys_of, suite_of
from zhiwei.settings import Settings
from zhiwei.store.secrets import Suite, Vault
from zhiwei.values import BadInput, Outage, Refusal

TOOL = """
import base64, json, os, sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
asked = json.load(sys.stdin)
master, bound = AESGCM(b"m" * 32), json.dumps([asked["key"], asked["context"]], sort_keys=True).encode()
data = base64.b64decode(asked["data"])
if asked["do"] == "wrap":
    nonce = os.urandom(12)
    data = nonce + master.encrypt(nonce, data, bound)
else:
    data = master.decrypt(data[:12], data[12:], bound)
open(sys.argv[1], "a").write(asked["do"] + " " + " ".join(sys.argv[2:]) + "\\n")
print(json.dumps({"data": base64.b64encode(data).decode()}))
"""
CONTEXT = {"tenant": "local"}


@pytest.fixture
def tool(tmp_path: Path) -> Path:
    path = tmp_path / "tool.py"
    path.write_text(TOOL, "utf-8")
    return path


@pytest.fixture
def words(tool: Path, tmp_path: Path) -> str:
    return f"hsm/key-1 '{sys.executable}' '{tool}' '{tmp_path / 'log'}' --slot 3"


def program(code: str) -> CommandKms:
    return CommandKms("hsm/key-1", (sys.executable, "-c", code))


def test_a_key_is_wrapped_bound_to_its_context(words: str, tmp_path: Path) -> None:
    kms = CommandKms.from_words(words)
    wrapped = kms.wrap(b"k" * 32, CONTEXT, timeout=60)
    assert b"k" * 32 not in wrapped
    assert kms.unwrap(wrapped, CONTEXT, timeout=60) == b"k" * 32
    with pytest.raises(Outage, match="ended with exit code 1"):
        kms.unwrap(wrapped, {"tenant": "other"}, timeout=60)
    assert (tmp_path / "log").read_text().splitlines() == ["wrap --slot 3", "unwrap --slot 3"]


def test_the_setting_makes_keys_that_it_wraps(words: str, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "data", None, "local", "x", kms=words)
    keys = keys_of(settings)
    assert isinstance(keys, KmsKeys)
    keys.timeout = 60.0
    assert pickle.loads(pickle.dumps(keys)).kms == keys.kms
    vault = Vault(keys, "local")
    assert vault.open(vault.seal("甲", "party.name"), "party.name") == "甲"
    held = json.loads((tmp_path / "data/keys/local.json").read_text())
    assert held["kept"] == "wrapped by hsm/key-1"
    unwraps = (tmp_path / "log").read_text().count("unwrap")
    assert [key_id for key_id, _ in keys.listed("local")] == [held["keys"][0]["id"]]
    assert (tmp_path / "log").read_text().count("unwrap") == unwraps, "to list them no KMS is asked"
    with pytest.raises(Refusal, match="keys_kept_otherwise"):
        keys_of(Settings(tmp_path / "data", None, "local", "x")).of("local")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import sys; sys.stderr.write('s3cret'); sys.exit(3)", "exit code 3"), ("print('s3cret')", "base64 in JSON"),
        ("print('{}')", "base64 in JSON"), ("print('[1]')", "base64 in JSON"), ("", "base64 in JSON"),
        ("print('{\"data\": \"s3cret!\"}')", "base64 in JSON"), ("print('{\"data\": 1}')", "base64 in JSON"),
        ("print('[' * 100000)", "base64 in JSON"),
    ],
)  # fmt: skip
def test_a_program_that_fails_is_an_outage_that_tells_nothing(code: str, said: str) -> None:
    with pytest.raises(Outage, match=said) as caught:
        program(code).wrap(b"k" * 32, CONTEXT, timeout=60)
    assert "s3cret" not in str(caught.value)


def test_a_program_that_hangs_is_ended() -> None:
    """It waits for ever; how long one waits for it makes no difference."""
    with pytest.raises(Outage, match=r"did not end within 0.05 s"):
        program("import threading; threading.Event().wait()").wrap(b"k" * 32, CONTEXT, timeout=0.05)


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(Outage, match="cannot be run: No such file"):
        CommandKms("hsm/key-1", ("no-such-program-anywhere",)).wrap(b"k", CONTEXT, timeout=60)


@pytest.mark.parametrize("words", ["", "hsm/key-1", "hsm/key-1 'open", "a,b tool"])
def test_a_setting_that_says_nothing(words: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="bad_kms"):
        keys_of(Settings(tmp_path, None, "local", "x", kms=words or " "))


def test_the_cipher_is_a_setting() -> None:
    found = [suite_of(Settings(Path(), None, "local", "x", cipher=suite.value)) for suite in Suite]
    assert found == list(Suite)
    with pytest.raises(BadInput, match="ZHIWEI_CIPHER is aes256gcm or sm4gcm"):
        suite_of(Settings(Path(), None, "local", "x", cipher="rot13"))
