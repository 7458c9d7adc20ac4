"""A KMS that wraps with AES-GCM as real ones do; run as a program, one process of several that want keys at once."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Event

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhiwei.adapters.keys import FileKeys, KmsKeys


class FakeKms:
    """`broken`: raised instead of answering. `hangs`: waited for before answering. `wraps`, `unwraps`: calls so far."""

    def __init__(self, master: bytes = b"m" * 32, name: str = "fake:key/1") -> None:
        self.master, self.name = master, name
        self.broken: Exception | None = None
        self.hangs: Event | None = None
        self.wraps = self.unwraps = 0
        self.timeouts: list[float] = []

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "hangs": None}

    def wrap(self, secret: bytes, context: Mapping[str, str], *, timeout: float) -> bytes:
        self.wraps += 1
        self._trouble(timeout)
        nonce = os.urandom(12)
        return nonce + AESGCM(self.master).encrypt(nonce, secret, self._bound(context))

    def unwrap(self, wrapped: bytes, context: Mapping[str, str], *, timeout: float) -> bytes:
        self.unwraps += 1
        self._trouble(timeout)
        return AESGCM(self.master).decrypt(wrapped[:12], wrapped[12:], self._bound(context))

    def _trouble(self, timeout: float) -> None:
        self.timeouts.append(timeout)
        if self.hangs:
            self.hangs.wait()
        if self.broken:
            raise self.broken

    def _bound(self, context: Mapping[str, str]) -> bytes:
        return repr(sorted(context.items())).encode()


if __name__ == "__main__":
    kind, folder, tenant = sys.argv[1:]
    keys = FileKeys(Path(folder)) if kind == "file" else KmsKeys(Path(folder), FakeKms())
    print("ready", flush=True)
    sys.stdin.readline()  # all of them begin together
    print(*(key.secret.reveal().hex() for key in keys.of(tenant)))
