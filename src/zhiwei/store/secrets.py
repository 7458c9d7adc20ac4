"""Personal data at rest: values sealed with a key of their tenant, and keyed hashes to find them by.

A sealed value is text, `zw1.<cipher>.<key id>.<base64 of nonce, ciphertext and tag>`. The cipher's key is derived from
the tenant's master key for one column, and the authenticated data names all of it again: tenant, column, cipher, key.
So a value does not open in another tenant or column. Two rows of one column can be exchanged unseen; and what is stored
tells how long a value is, and which values of a column are equal.
"""

import hmac
import os
import re
import unicodedata
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from enum import Enum
from typing import NoReturn, Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zhiwei.values import BadInput, Breach, Refusal
from zhiwei.values.secrets import KEY_ID, Key, Secret, known_tenant

VERSION = "zw1"
LONGEST = 2**16  # bytes of one value
LARGEST = 2**28  # bytes of one file
NONCE, TAG = 12, 16
_LONGEST_HEAD = 64
_DAMAGED = "it was damaged, or stands where it does not belong"
_CONTEXT = re.compile(r"[a-z][a-z0-9_]{0,62}\.[a-z][a-z0-9_]{0,62}")
_HALF = re.compile("[\ud800-\udfff]")
_DOTS = str.maketrans("•‧∙⋅・", "·····")  # the dot in a name, as it is typed
_UNSEEN = {"Cc", "Cf", "Zs", "Zl", "Zp"}  # categories of characters that nobody sees


class CannotOpen(Breach):
    """A stored value does not open: no key of ours sealed it, or it was damaged, or it belongs somewhere else."""


class Suite(Enum):
    """Which cipher seals and which hash finds. A vault opens and finds what either has made."""

    AES = "aes256gcm"  # AES-256-GCM, HMAC-SHA-256
    SM = "sm4gcm"  # SM4-GCM (RFC 8998), HMAC-SM3


class Keys(Protocol):
    """Where the master keys of tenants are kept; `adapters.keys` has them in files, plain or wrapped by a KMS."""

    def of(self, tenant: str, *, create: bool = True) -> tuple[Key, ...]:
        """The tenant's keys, the newest last; at least one. Called often: it answers from memory while nothing changed.

        `create`: make the first one where there is none; else a Refusal. Outage where a KMS does not answer.
        """
        ...

    def listed(self, tenant: str) -> list[tuple[str, datetime]]:
        """(id, created) of each, the newest last; none where there is none yet."""
        ...

    def rotate(self, tenant: str) -> Key:
        """Make a new one, which seals from now on."""
        ...


class Vault:
    """Seals, opens and finds one tenant's values. Make one for each unit of work: its keys are those of that moment.

    `context` is always table.column. `expected` are ids of keys that stored values need: where one of them is missing
    nothing is created, and a Refusal says so, rather than a second key growing beside a lost one.
    """

    def __init__(self, keys: Keys, tenant: str, suite: Suite = Suite.AES, expected: Collection[str] = ()) -> None:
        self.tenant, self.suite = known_tenant(tenant), suite
        self._keys, self._create = keys, not expected
        self._ring: dict[str, Key] = {}
        self._newest = ""
        self._ciphers: dict[tuple[str, str], tuple[_Aead, bytes]] = {}
        self._hashes: dict[tuple[str, Suite, str], Callable[[bytes], bytes]] = {}
        self._ask()
        missing = sorted(set(expected) - set(self._ring))
        if missing:
            raise Refusal(
                "missing_keys", f"stored values of tenant {tenant} need the keys {', '.join(missing)}",
                hint="put back the tenant's key file, from where its copies are kept",
            )  # fmt: skip

    def __repr__(self) -> str:
        return f"Vault({self.tenant!r}, {self.suite.value}, keys {', '.join(self._ring)})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a vault is neither pickled nor copied: another process makes its own")

    @property
    def prefix(self) -> str:
        """What text sealed now begins with; stored text that does not is to be resealed."""
        return f"{VERSION}.{self.suite.value}.{self._newest}."

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The newest last."""
        return tuple(self._ring)

    def seal(self, plain: str, context: str) -> str:
        """BadInput where the value is too long, or no text (half a surrogate pair)."""
        return self.seal_all([plain], context)[0]

    def open(self, sealed: str, context: str) -> str:
        """What was sealed; CannotOpen, which tells nothing of it, where it does not open."""
        return self.open_all([sealed], context)[0]

    def index(self, plain: str, context: str) -> str:
        """The keyed hash to store beside the sealed value: of equal values (see `normal`) equal, by the newest key."""
        return self.index_all([plain], context)[0]

    def indexes(self, plain: str, context: str) -> list[str]:
        """Every hash under which the value may stand, whichever key and suite stored it: search for any of them."""
        data = _encoded(normal(plain), context)
        suites = sorted(Suite, key=lambda suite: suite is not self.suite)
        return [_text(self._hash(key_id, s, context)(data)) for s in suites for key_id in reversed(self.key_ids)]

    def fingerprint(self, plain: str, context: str) -> str:
        """The keyed hash of exactly this text by the tenant's first key: a rotation does not change it. For ids."""
        return self._hash(self.key_ids[0], self.suite, context)(_encoded(plain, context)).hex()

    def secrets(self, context: str) -> dict[str, Secret]:
        """Key id -> a secret for one purpose, the newest last: what was made with an older one is known."""
        _check(context)
        return {key_id: self._derived(key_id, self.suite, "sign", context) for key_id in self.key_ids}

    def seal_all(self, plains: Iterable[str], context: str) -> list[str]:
        """As `seal`, for many values of one column."""
        encoded = [_encoded(plain, context) for plain in plains]
        prefix = self.prefix
        cipher, bound = self._cipher(prefix[:-1], context)
        random = os.urandom(NONCE * len(encoded))
        nonces = (random[at : at + NONCE] for at in range(0, len(random), NONCE))
        return [
            prefix + _text(nonce + cipher.encrypt(nonce, data, bound))
            for nonce, data in zip(nonces, encoded, strict=True)
        ]

    def open_all(self, sealed: Iterable[str], context: str) -> list[str]:
        """As `open`, for many values of one column; all of them or none."""
        opened = []
        for number, text in enumerate(sealed):
            head, _, body = text.rpartition(".")
            cipher, bound = self._cipher(head, context)
            plain = _opened(cipher, bound, body)
            if plain is None:
                raise CannotOpen(f"sealed value {number + 1} of {context} does not open: {_DAMAGED}")
            opened.append(plain)
        return opened

    def index_all(self, plains: Iterable[str], context: str) -> list[str]:
        """As `index`, for many values of one column."""
        digest = self._hash(self._newest, self.suite, context)
        return [_text(digest(_encoded(normal(plain), context))) for plain in plains]

    def seal_bytes(self, plain: bytes, context: str) -> bytes:
        """A whole file, say of records: the same form, with bytes where text has base64. BadInput where too large."""
        if len(plain) > LARGEST:
            raise BadInput("value_too_long", f"a value of {context} has {len(plain):,} bytes; {LARGEST:,} is the most")
        cipher, bound = self._cipher(self.prefix[:-1], context)
        nonce = os.urandom(NONCE)
        return self.prefix.encode() + nonce + cipher.encrypt(nonce, plain, bound)

    def open_bytes(self, sealed: bytes, context: str) -> bytes:
        """What `seal_bytes` sealed; CannotOpen as with `open`."""
        head = b".".join(sealed[:_LONGEST_HEAD].split(b".", 3)[:3])
        cipher, bound = self._cipher(head.decode("ascii", "replace"), context)
        plain = _decrypted(cipher, bound, sealed[len(head) + 1 :])
        if plain is None:
            raise CannotOpen(f"a sealed file of {context} does not open: {_DAMAGED}")
        return plain

    def reseal(self, sealed: str, context: str) -> str:
        """The same value under the newest key and this vault's suite; text that is so already stays as it is."""
        return self.reseal_all([sealed], context)[0]

    def reseal_all(self, sealed: Iterable[str], context: str) -> list[str]:
        """As `reseal`, for many values of one column. Their hashes are to be made anew as well."""
        texts = list(sealed)
        old = [place for place, text in enumerate(texts) if not text.startswith(self.prefix)]
        opened = self.open_all([texts[place] for place in old], context)
        for place, text in zip(old, self.seal_all(opened, context), strict=True):
            texts[place] = text
        return texts

    def _ask(self) -> None:
        ring = self._keys.of(self.tenant, create=self._create)
        self._ring.update({key.key_id: key for key in ring})
        self._newest = self._newest or ring[-1].key_id  # what is sealed in one unit of work is sealed with one key

    def _cipher(self, head: str, context: str) -> "tuple[_Aead, bytes]":
        """-> (cipher, authenticated data) of text that begins so."""
        found = self._ciphers.get((head, context))
        if found is None:
            _check(context)
            suite, key_id = _parts(head, context)
            if key_id not in self._ring:
                self._ask()  # another process may have made it meanwhile
            if key_id not in self._ring:
                raise CannotOpen(
                    f"a sealed value of {context} needs key {key_id}, and tenant {self.tenant} has"
                    f" {', '.join(self._ring)}: put back the key file that has it"
                )
            key = self._derived(key_id, suite, "seal", context)
            bound = "\0".join((head, self.tenant, context)).encode()
            found = self._ciphers[head, context] = _aead(suite, key), bound
        return found

    def _hash(self, key_id: str, suite: Suite, context: str) -> Callable[[bytes], bytes]:
        found = self._hashes.get((key_id, suite, context))
        if found is None:
            _check(context)
            found = _keyed(suite, self._derived(key_id, suite, "index", context))
            self._hashes[key_id, suite, context] = found
        return found

    def _derived(self, key_id: str, suite: Suite, purpose: str, context: str) -> Secret:
        """HKDF (RFC 5869): one key for each purpose, suite and column, none of which tells another."""
        length = 16 if (suite, purpose) == (Suite.SM, "seal") else 32
        kind = hashes.SM3() if suite is Suite.SM else hashes.SHA256()
        info = "\0".join((VERSION, purpose, suite.value, self.tenant, context)).encode()
        return Secret(HKDF(kind, length, None, info).derive(self._ring[key_id].secret.reveal()))


def normal(plain: str) -> str:
    """The form in which values are compared: width, case, spaces and kinds of dots in a name make no difference.

    A column with a normal form of its own (a phone with its +86) is brought into it before.
    """
    text = unicodedata.normalize("NFKC", plain).casefold()
    if not text.isalnum():
        text = "".join(character for character in text if unicodedata.category(character) not in _UNSEEN)
    return unicodedata.normalize("NFKC", text).translate(_DOTS)


class _Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...


class _Sm4Gcm:
    """SM4-GCM with the face of AESGCM."""

    __slots__ = ("_cipher",)

    def __init__(self, key: Secret) -> None:
        self._cipher = algorithms.SM4(key.reveal())

    def encrypt(self, nonce: bytes, data: bytes, bound: bytes, /) -> bytes:
        encryptor = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(bound)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, bound: bytes, /) -> bytes:
        decryptor = Cipher(self._cipher, modes.GCM(nonce, data[-TAG:])).decryptor()
        decryptor.authenticate_additional_data(bound)
        return decryptor.update(data[:-TAG]) + decryptor.finalize()


def _aead(suite: Suite, key: Secret) -> _Aead:
    if suite is Suite.AES:
        return AESGCM(key.reveal())
    try:
        cipher = _Sm4Gcm(key)
        cipher.encrypt(bytes(NONCE), b"", b"")
    except UnsupportedAlgorithm:
        raise Refusal(
            "no_sm4", "the cryptography library here was built without SM4", hint="install it as its wheel"
        ) from None
    return cipher


def _keyed(suite: Suite, key: Secret) -> Callable[[bytes], bytes]:
    if suite is Suite.AES:
        return lambda data: hmac.digest(key.reveal(), data, "sha256")
    begun = HMAC(key.reveal(), hashes.SM3())

    def digest(data: bytes) -> bytes:
        mac = begun.copy()
        mac.update(data)
        return mac.finalize()

    return digest


def _opened(cipher: _Aead, bound: bytes, body: str) -> str | None:
    """None where it does not open. No error of a library leaves this: some hold what they failed on."""
    try:
        blob = a2b_base64(body, strict_mode=True)
        plain = _decrypted(cipher, bound, blob) if _text(blob) == body else None
        return None if plain is None else plain.decode()
    except ValueError:
        return None


def _decrypted(cipher: _Aead, bound: bytes, blob: bytes) -> bytes | None:
    if len(blob) < NONCE + TAG:
        return None
    try:
        return cipher.decrypt(blob[:NONCE], blob[NONCE:], bound)
    except InvalidTag:
        return None


def _parts(head: str, context: str) -> tuple[Suite, str]:
    version, _, rest = head.partition(".")
    name, _, key_id = rest.partition(".")
    suite = next((suite for suite in Suite if suite.value == name), None)
    if version != VERSION or suite is None or not KEY_ID.fullmatch(key_id):
        raise CannotOpen(
            f"a value of {context} is not in a sealed form that this version knows: it was stored in plain, damaged,"
            " or written by a later version"
        )
    return suite, key_id


def _check(context: str) -> None:
    if not _CONTEXT.fullmatch(context):
        raise BadInput("bad_context", "the context of a sealed value is the table and column where it stands: a.b")


def _encoded(plain: str, context: str) -> bytes:
    """UTF-8. What is wrong is found without an exception of the codec: that would hold the value."""
    if _HALF.search(plain):
        raise BadInput("not_text", f"a value of {context} holds half a character (a lone surrogate)")
    data = plain.encode()
    if len(data) > LONGEST:
        raise BadInput("value_too_long", f"a value of {context} has {len(data):,} bytes; {LONGEST:,} is the most")
    return data


def _text(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")
