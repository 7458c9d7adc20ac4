"""Keys wrapped by a KMS: what leaves memory is wrapped, and a KMS that fails holds up nobody for long."""

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from zhiwei.adapters import keys as module
from zhiwei.adapters.keys import FileKeys, KmsKeys
from zhiwei.values import Outage, Refusal

from .fake_kms import FakeKms


class Clock:
    """A monotonic clock that is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def kms() -> FakeKms:
    return FakeKms()


@pytest.fixture
def hanging() -> Iterator[Event]:
    """Calls that wait for it come back when the test is over."""
    event = Event()
    yield event
    event.set()


def test_the_file_holds_no_key(kms: FakeKms, folder: Path) -> None:
    [key] = KmsKeys(folder, kms).of("local")
    content = (folder / "local.json").read_text()
    assert b64encode(key.secret.reveal()).decode() not in content
    assert json.loads(content)["kept"] == "wrapped by fake:key/1"


def test_it_is_asked_once_while_it_is_kept(kms: FakeKms, folder: Path, clock: Clock) -> None:
    KmsKeys(folder, kms).of("local")
    before = kms.unwraps
    keys = KmsKeys(folder, kms, keep=300)
    for _ in range(10):
        keys.of("local")
        clock.now += 29
    assert kms.unwraps == before + 1
    clock.now += 29
    keys.of("local")
    assert kms.unwraps == before + 2


def test_a_key_withdrawn_is_not_used_longer_than_kept(kms: FakeKms, folder: Path, clock: Clock) -> None:
    keys = KmsKeys(folder, kms, keep=60)
    keys.of("local")
    kms.broken = PermissionError("key disabled")
    clock.now += 59
    assert keys.of("local")
    clock.now += 2
    with pytest.raises(Outage):
        keys.of("local")


def test_every_call_is_given_the_time(kms: FakeKms, folder: Path) -> None:
    KmsKeys(folder, kms, timeout=1.5).of("local")
    assert kms.timeouts
    assert set(kms.timeouts) == {1.5}


def test_one_that_never_answers_is_an_outage(kms: FakeKms, folder: Path, hanging: Event) -> None:
    KmsKeys(folder, kms).of("local")
    kms.hangs = hanging
    with pytest.raises(Outage, match=r"fake:key/1 did not unwrap a key: no answer within 0\.01 s"):
        KmsKeys(folder, kms, timeout=0.01).of("local")


def test_after_an_outage_it_is_left_alone_for_a_while(kms: FakeKms, folder: Path, clock: Clock) -> None:
    KmsKeys(folder, kms).of("local")
    keys, before = KmsKeys(folder, kms, timeout=3), kms.unwraps
    kms.broken = ConnectionError("no route")
    for _ in range(5):
        with pytest.raises(Outage, match="ConnectionError"):
            keys.of("local")
    assert kms.unwraps == before + KmsKeys.ATTEMPTS
    kms.broken = None
    clock.now += 3
    assert keys.of("local")


def test_a_call_that_fails_once_is_made_again(kms: FakeKms, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = kms.wrap, list[int]()

    def fails_first(*given: object, **named: object) -> bytes:
        calls.append(1)
        if len(calls) == 1:
            raise ConnectionError
        return real(*given, **named)

    monkeypatch.setattr(kms, "wrap", fails_first)
    assert KmsKeys(folder, kms).of("local")
    assert len(calls) == 2


def test_what_a_library_says_is_not_repeated(kms: FakeKms, folder: Path) -> None:
    """Its words may hold the request, and the request the key."""
    kms.broken = RuntimeError("body={'plaintext': 'c2VjcmV0'}")
    with pytest.raises(Outage) as caught:
        KmsKeys(folder, kms).of("local")
    assert "c2VjcmV0" not in str(caught.value)
    assert caught.value.__context__ is None
    assert not (folder / "local.json").exists()


def test_its_own_refusal_is_passed_on(kms: FakeKms, folder: Path) -> None:
    kms.broken = Refusal("kms_key_disabled", "the key was disabled", hint="ask its owner")
    with pytest.raises(Refusal, match="kms_key_disabled"):
        KmsKeys(folder, kms).of("local")


def test_no_key_is_made_that_does_not_come_back(kms: FakeKms, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kms, "unwrap", lambda *_, **__: b"x" * 32)
    with pytest.raises(Outage, match="does not give back what it wrapped"):
        KmsKeys(folder, kms).of("local")
    assert not (folder / "local.json").exists()


def test_no_key_is_made_that_is_not_wrapped(kms: FakeKms, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kms, "wrap", lambda secret, *_, **__: secret)
    monkeypatch.setattr(kms, "unwrap", lambda secret, *_, **__: secret)
    with pytest.raises(Outage):
        KmsKeys(folder, kms).of("local")
    assert not (folder / "local.json").exists()


@pytest.mark.parametrize("answer", [None, "text", b"", b"x" * (module.LARGEST_WRAPPED + 1)])
def test_an_answer_that_is_no_key_is_an_outage(
    kms: FakeKms, folder: Path, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    monkeypatch.setattr(kms, "wrap", lambda *_, **__: answer)
    with pytest.raises(Outage, match="its answer is no key"):
        KmsKeys(folder, kms).of("local")


def test_another_key_unwrapped_is_noticed(kms: FakeKms, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    KmsKeys(folder, kms).of("local")
    monkeypatch.setattr(kms, "unwrap", lambda *_, **__: b"x" * 32)
    with pytest.raises(Refusal, match="damaged_keys"):
        KmsKeys(folder, kms).of("local")


def test_plain_and_wrapped_files_are_not_confused(kms: FakeKms, tmp_path: Path) -> None:
    FileKeys(tmp_path / "a").of("local")
    with pytest.raises(Refusal, match="keys_kept_otherwise"):
        KmsKeys(tmp_path / "a", kms).of("local")
    KmsKeys(tmp_path / "b", kms).of("local")
    with pytest.raises(Refusal, match="keys_kept_otherwise"):
        FileKeys(tmp_path / "b").of("local")
    with pytest.raises(Refusal, match="keys_kept_otherwise"):
        KmsKeys(tmp_path / "b", FakeKms(name="fake:key/2")).of("local")


@pytest.mark.parametrize("name", ["", "a b", "x" * 201, "a\n"])
def test_a_name_is_plain(folder: Path, name: str) -> None:
    with pytest.raises(ValueError, match="KMS key's name"):
        KmsKeys(folder, FakeKms(name=name))
