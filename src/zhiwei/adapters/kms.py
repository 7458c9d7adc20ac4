"""A KMS behind a command: whatever tool a bank or cloud gives for its own, wrapped in a few lines by who runs it.

    ZHIWEI_KMS="hsm/key-1 /opt/bank/kms-tool --slot 3"        the key's name, then the command

The command gets one JSON object on its standard input, {"do": "wrap" or "unwrap", "key": the key's name, "context":
{...}, "data": base64}, and answers {"data": base64} on its standard output, with exit code 0. It binds what it wraps to
the context (an encryption context, or authenticated data) and refuses to unwrap with another. Keys pass through pipes,
never through arguments, which everyone on a machine can read; what the command says on its standard error is dropped.
"""

import binascii
import json
import shlex
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from zhiwei.values import BadInput, Outage

LARGEST = 2**16  # bytes of an answer


@dataclass(frozen=True, slots=True)
class CommandKms:
    """See `adapters.keys.Kms`. `name` is the key's, written into key files: with another one they do not open."""

    name: str
    command: tuple[str, ...]

    @classmethod
    def from_words(cls, words: str) -> "CommandKms":
        """BadInput where there are not a name and a command."""
        try:
            found = shlex.split(words)
        except ValueError:
            found = []
        if len(found) < 2:
            raise BadInput(
                "bad_kms", "ZHIWEI_KMS holds the name of a key and the command that reaches the KMS",
                hint="hsm/key-1 /opt/bank/kms-tool --slot 3",
            )  # fmt: skip
        return cls(found[0], tuple(found[1:]))

    def wrap(self, secret: bytes, context: Mapping[str, str], *, timeout: float) -> bytes:
        return self._done("wrap", secret, context, timeout)

    def unwrap(self, wrapped: bytes, context: Mapping[str, str], *, timeout: float) -> bytes:
        return self._done("unwrap", wrapped, context, timeout)

    def _done(self, what: str, data: bytes, context: Mapping[str, str], timeout: float) -> bytes:
        asked = {"do": what, "key": self.name, "context": dict(context), "data": b64encode(data).decode()}
        try:
            done = subprocess.run(
                self.command, input=json.dumps(asked).encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                timeout=timeout, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise Outage(f"its command did not end within {timeout:g} s") from None
        except OSError as error:
            raise Outage(f"its command cannot be run: {error.strerror}") from None
        if done.returncode:
            raise Outage(f"its command ended with exit code {done.returncode}")
        answer = _answer(done.stdout)
        if answer is None:
            raise Outage("its command did not answer with base64 in JSON")
        return answer


def _answer(output: bytes) -> bytes | None:
    """None where it is none. The errors of json and base64 are not let out: they hold what they failed on."""
    try:
        return b64decode(json.loads(output[: LARGEST + 1])["data"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        return None
