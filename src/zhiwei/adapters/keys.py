"""Where tenants' master keys are: a file of each in the data folder, plain (FileKeys) or wrapped by a KMS (KmsKeys).

A key file is JSON: its format, the tenant, how keys are kept, and each key with its id and the moment of its creation,
the newest last. Whoever has it reads everything sealed with it, and without it nobody does: keep copies of it, away
from those of the database.
"""

import fcntl
import json
import os
import re
import stat
import tempfile
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from math import inf
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, Protocol

from zhiwei.values import Outage, Refusal
from zhiwei.values.secrets import KEY_BYTES, KEY_ID, Key, Secret, key_of, known_tenant, new_key

FORMAT = "zhiwei keys 1"
LARGEST_FILE = 2**20
MOST_KEYS = 100
LARGEST_WRAPPED = 2**12  # bytes
_NOTE = "Reads all that is sealed for this tenant. Keep copies of this file apart from those of the database."
_KMS_NAME = re.compile(r"[\w.:/@+=-]{1,200}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A key as it stands in the file. `kept` is the key itself or what the KMS wrapped it into."""

    key_id: str
    created: datetime
    kept: Secret


class FileKeys:
    """Keys in the folder, readable by nobody but their owner. Any number of processes of one machine share it."""

    kept = "plain"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, tuple[tuple[int, ...], float, tuple[Key, ...]]] = {}
        self._asking = Lock()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.folder)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process reads them itself."""
        return type(self), (self.folder,)

    def of(self, tenant: str, *, create: bool = True) -> tuple[Key, ...]:
        """The tenant's keys, the newest last; see `store.secrets.Keys`.

        Refusal where the file is missing (and not to be made), damaged, another tenant's or open to others.
        """
        path = self._path(tenant)
        with self._asking:
            found = self._read(tenant, path)
            if found is None and create and tenant not in self._known:  # what was there and is gone is not made anew
                with self._alone():
                    found = self._read(tenant, path)  # another process may have made it meanwhile
                    if found is None:
                        self._write(path, tenant, [self._new(tenant)])
                        found = self._read(tenant, path)
        if found is None:
            raise Refusal(
                "no_keys", f"tenant {tenant} has no key file {path}",
                hint="put it back, from where copies of it are kept; without it what was sealed stays sealed",
            )  # fmt: skip
        return found

    def rotate(self, tenant: str) -> Key:
        """Make a new key, which seals from now on; the older ones go on opening. What is stored is resealed later."""
        path = self._path(tenant)
        self.of(tenant, create=False)
        with self._asking, self._alone():
            entries = self._entries(tenant, path)[1]
            if len(entries) >= MOST_KEYS:
                raise Refusal("too_many_keys", f"{path} has {len(entries)} keys, {MOST_KEYS} is the most")
            self._write(path, tenant, [*entries, self._new(tenant)])
            found = self._read(tenant, path)
        assert found is not None
        return found[-1]

    def listed(self, tenant: str) -> list[tuple[str, datetime]]:
        """(id, created) of each key in the file, the newest last; none where there is no file. No KMS is asked."""
        path = self._path(tenant)
        if not path.exists():
            return []
        return [(entry.key_id, entry.created) for entry in self._entries(tenant, path)[1]]

    # What an adapter that keeps them otherwise does differently.

    def _new(self, tenant: str) -> Entry:
        key = new_key(tenant, datetime.now(UTC).replace(microsecond=0))
        return Entry(key.key_id, key.created, key.secret)

    def _secrets(self, tenant: str, entries: Sequence[Entry]) -> list[Secret]:
        return [entry.kept for entry in entries]

    def _until(self) -> float:
        """How long keys may be answered from memory, by the monotonic clock, while their file does not change."""
        return inf

    # The file.

    def _path(self, tenant: str) -> Path:
        return self.folder / f"{known_tenant(tenant)}.json"

    def _read(self, tenant: str, path: Path) -> tuple[Key, ...] | None:
        """None where there is no file."""
        try:
            seen = path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _unusable(path, error) from None
        earlier = self._known.get(tenant)
        if earlier and earlier[0] == _signature(seen) and time.monotonic() < earlier[1]:
            return earlier[2]
        signature, entries = self._entries(tenant, path)
        secrets = self._secrets(tenant, entries)
        keys = tuple(key_of(tenant, e.created, secret) for e, secret in zip(entries, secrets, strict=True))
        for key, entry in zip(keys, entries, strict=True):
            if key.key_id != entry.key_id or len(key.secret) != KEY_BYTES:
                raise _damaged(path, f"what stands as key {entry.key_id} is another one")
        self._known[tenant] = signature, self._until(), keys
        return keys

    def _entries(self, tenant: str, path: Path) -> tuple[tuple[int, ...], list[Entry]]:
        """-> (what tells this state of the file from another, its entries)."""
        try:
            with path.open("rb") as file:
                seen = os.fstat(file.fileno())
                _check_private(path, seen)
                _check_folder(self.folder)
                content = file.read(LARGEST_FILE + 1)
        except OSError as error:
            raise _unusable(path, error) from None
        found = _parsed(content)
        if found is None:
            raise _damaged(path, "it is not the JSON that was written")
        if found.get("format") != FORMAT:
            raise Refusal("strange_keys", f"{path} is no key file of format {FORMAT!r}", hint="a later version's?")
        if found.get("tenant") != tenant:
            raise Refusal("foreign_keys", f"{path} is not of tenant {tenant}", hint="put back that tenant's own file")
        if found.get("kept") != self.kept:
            raise Refusal(
                "keys_kept_otherwise", f"the keys in {path} are not kept as set up here ({self.kept})",
                hint="the settings for keys changed, or the file comes from another installation",
            )  # fmt: skip
        entries = _listed(found.get("keys"))
        if not entries:
            raise _damaged(path, "its list of keys cannot be read")
        return _signature(seen), entries

    def _write(self, path: Path, tenant: str, entries: Sequence[Entry]) -> None:
        """Whole or not at all, also where the machine stops in the middle."""
        keys = [
            {"id": e.key_id, "created": e.created.isoformat(), "key": b64encode(e.kept.reveal()).decode()}
            for e in entries
        ]
        content = {"format": FORMAT, "note": _NOTE, "tenant": tenant, "kept": self.kept, "keys": keys}
        for left in self.folder.glob(f".{tenant}.*.partial"):  # of a process that was stopped: nobody else writes now
            left.unlink()
        number, name = tempfile.mkstemp(prefix=f".{tenant}.", suffix=".partial", dir=self.folder)  # its mode is 0600
        partial = Path(name)
        try:
            with os.fdopen(number, "w", encoding="ascii") as file:
                json.dump(content, file, indent=1)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
            _sync(self.folder)
        except OSError as error:
            raise _unusable(path, error) from None
        finally:
            partial.unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other process writes key files of this folder meanwhile."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            number = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise _unusable(self.folder, error) from None
        try:
            fcntl.flock(number, fcntl.LOCK_EX)
            _check_folder(self.folder)
            yield
        finally:
            os.close(number)


class Kms(Protocol):
    """An outside service that holds a key which never leaves it. `name` is that key's name, written into key files.

    `context` must be given again to unwrap (the service's encryption context, or authenticated data). A service raises
    what it likes; what it says is not repeated, except in an Outage or Refusal of its own making.
    """

    @property
    def name(self) -> str: ...
    def wrap(self, secret: bytes, context: Mapping[str, str], *, timeout: float) -> bytes: ...
    def unwrap(self, wrapped: bytes, context: Mapping[str, str], *, timeout: float) -> bytes: ...


class KmsKeys(FileKeys):
    """Keys in the folder, each wrapped by a KMS. In memory they are kept `keep` seconds; then the KMS is asked again.

    A call is given `timeout` seconds and made `ATTEMPTS` times; after that the KMS is left alone for `timeout` seconds,
    and everybody meanwhile is told at once. Outage where it does not answer.
    """

    ATTEMPTS = 2

    def __init__(self, folder: Path, kms: Kms, *, timeout: float = 3.0, keep: float = 300.0) -> None:
        if not _KMS_NAME.fullmatch(kms.name):
            raise ValueError(f"a KMS key's name has 1 to 200 letters, digits and . : / @ + = - _, not {kms.name!r}")
        super().__init__(folder)
        self.kms, self.timeout, self.keep = kms, timeout, keep
        self.kept = f"wrapped by {kms.name}"
        self._pause: tuple[float, str] = (-inf, "")

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), timeout=self.timeout, keep=self.keep), (self.folder, self.kms)

    def _new(self, tenant: str) -> Entry:
        key = new_key(tenant, datetime.now(UTC).replace(microsecond=0))
        wrapped = self._wrapped(tenant, key)
        return Entry(key.key_id, key.created, wrapped)

    def _wrapped(self, tenant: str, key: Key) -> Secret:
        """Unwrapped once, before anything is sealed with it: what is wrapped wrongly would be lost."""
        context = self._context(tenant, key.key_id)
        wrapped = self._asked(lambda: self.kms.wrap(key.secret.reveal(), context, timeout=self.timeout), "wrap")
        again = self._asked(lambda: self.kms.unwrap(wrapped.reveal(), context, timeout=self.timeout), "unwrap")
        if again != key.secret or key.secret.reveal() in wrapped.reveal():
            raise Outage(f"KMS {self.kms.name} does not give back what it wrapped; no key was made")
        return wrapped

    def _secrets(self, tenant: str, entries: Sequence[Entry]) -> list[Secret]:
        return [self._unwrapped(tenant, entry) for entry in entries]

    def _unwrapped(self, tenant: str, entry: Entry) -> Secret:
        context = self._context(tenant, entry.key_id)
        return self._asked(lambda: self.kms.unwrap(entry.kept.reveal(), context, timeout=self.timeout), "unwrap")

    def _context(self, tenant: str, key_id: str) -> dict[str, str]:
        return {"purpose": "zhiwei tenant key", "tenant": tenant, "key": key_id}

    def _until(self) -> float:
        return time.monotonic() + self.keep

    def _asked(self, call: Callable[[], bytes], what: str) -> Secret:
        if time.monotonic() < self._pause[0]:
            raise Outage(self._pause[1])
        trouble: Exception | str = ""
        for _ in range(self.ATTEMPTS):
            answer = _within(call, self.timeout)
            if isinstance(answer, Secret):
                return answer
            trouble = answer
            if isinstance(trouble, Refusal):
                raise trouble.with_traceback(None)
        said = str(trouble) if isinstance(trouble, Outage | str) else type(trouble).__name__
        message = f"KMS {self.kms.name} did not {what} a key: {said}"
        self._pause = time.monotonic() + self.timeout, message
        raise Outage(message)


def _within(call: Callable[[], bytes], seconds: float) -> Secret | Exception | str:
    """The answer, or why there is none. Who does not come back is left behind in a thread that holds up nobody."""
    answers: SimpleQueue[Secret | Exception | str] = SimpleQueue()

    def ask() -> None:
        try:
            answer = call()
            fit = isinstance(answer, bytes) and 0 < len(answer) <= LARGEST_WRAPPED
            answers.put(Secret(answer) if fit else "its answer is no key")
        except Exception as error:  # noqa: BLE001 - whatever a service's library raises is an outage of it
            answers.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except Empty:
        return f"no answer within {seconds:g} s"


def _parsed(content: bytes) -> dict[str, Any] | None:
    """None where it is none. The error of json is not let out: it holds the whole file."""
    try:
        found = json.loads(content) if len(content) <= LARGEST_FILE else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _listed(items: Any) -> list[Entry] | None:
    """None where something is not as it was written."""
    if not isinstance(items, list) or len(items) > MOST_KEYS:
        return None
    entries = []
    try:
        for item in items:
            kept = Secret(b64decode(item["key"], validate=True))
            created = datetime.fromisoformat(item["created"])
            exact = b64encode(kept.reveal()) == item["key"].encode()
            if not exact or not KEY_ID.fullmatch(item["id"]) or created.tzinfo is None:
                return None
            entries.append(Entry(item["id"], created, kept))
    except (KeyError, TypeError, ValueError):
        return None
    return entries if len({entry.key_id for entry in entries}) == len(entries) else None


def _check_private(path: Path, seen: os.stat_result) -> None:
    if not stat.S_ISREG(seen.st_mode):
        raise Refusal("strange_keys", f"{path} is no plain file", hint="put back the tenant's key file")
    if seen.st_mode & 0o077:
        raise Refusal(
            "keys_open_to_others", f"{path} can be used by others (mode {stat.S_IMODE(seen.st_mode):04o})",
            hint=f"chmod 600 {path}; if others could read it, make a new key and reseal",
        )  # fmt: skip
    if seen.st_uid not in (os.geteuid(), 0):
        raise Refusal(
            "keys_of_another_user", f"{path} belongs to user {seen.st_uid}, who can read and change it",
            hint=f"if you trust its content: chown {os.geteuid()} {path}",
        )  # fmt: skip


def _check_folder(folder: Path) -> None:
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o022 and not mode & stat.S_ISVTX:
        raise Refusal(
            "keys_open_to_others", f"others can put files into {folder} (mode {mode:04o})", hint=f"chmod 700 {folder}"
        )


def _signature(seen: os.stat_result) -> tuple[int, ...]:
    return seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _damaged(path: Path, what: str) -> Refusal:
    return Refusal("damaged_keys", f"{path} is damaged: {what}", hint="put back a copy of it; do not edit it by hand")


def _unusable(path: Path, error: OSError) -> Refusal:
    return Refusal(
        "cannot_use_keys", f"{path}: {error.strerror or type(error).__name__}",
        hint="run as the user whom the file belongs to, and see that its disk is there and not full",
    )  # fmt: skip
