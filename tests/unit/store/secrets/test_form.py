"""The stored form, read by other means than those that wrote it, and the ciphers by published examples."""

import hmac
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.store import secrets as module
from zhiwei.store.secrets import Suite, Vault, normal
from zhiwei.values.secrets import Key, Secret, key_of

MASTER = bytes(range(32))
NAME = "party.name"
KEPT = {  # as the first version of this form stored them under MASTER: they open for ever
    Suite.AES: (
        "zw1.aes256gcm.bc7a3e066e66f62c.wLGWcDrD9dCiTI4BVXFdSChaMTQpJa4CT9rurdsfB99KyyJw0n33c4dtjkcBeqN//lXvpw==",
        "WxKj8WjxjAgXA/slwUv3xzxPqz9yf8r4a3h/3TFxutw=",
    ),
    Suite.SM: (
        "zw1.sm4gcm.bc7a3e066e66f62c.0uwq3JR4dENQGDhVKICLZ00qqUeIL/u2aHoMgICmYmUoE6aIt22rIHvbp3GJqS4G5sTTGQ==",
        "wc6LziNgjjFr92iACl1fERf0GHwI4JNUh1xiwpP010Y=",
    ),
}


class OneKey:
    """Keys that are always the same one."""

    def of(self, tenant: str, *, create: bool = True) -> tuple[Key, ...]:
        return (key_of(tenant, datetime(2026, 1, 1, tzinfo=UTC), Secret(MASTER)),)


def expanded(info: str) -> bytes:
    """RFC 5869 for one block of SHA-256 without a salt, written out."""
    begun = hmac.digest(bytes(32), MASTER, sha256)
    return hmac.digest(begun, "\0".join(info.split("|")).encode() + b"\1", sha256)


def test_a_seal_is_read_by_the_book() -> None:
    sealed = Vault(OneKey(), "local").seal("知微 1", NAME)
    head, _, body = sealed.rpartition(".")
    version, cipher, key_id = head.split(".")
    assert (version, cipher) == ("zw1", "aes256gcm")
    assert key_id == hmac.digest(MASTER, b"zhiwei key id\0local", sha256)[:8].hex()
    key = expanded("zw1|seal|aes256gcm|local|party.name")
    blob = b64decode(body)
    bound = f"{head}\0local\0{NAME}".encode()
    assert AESGCM(key).decrypt(blob[:12], blob[12:], bound).decode() == "知微 1"


def test_a_hash_is_made_by_the_book() -> None:
    key = expanded("zw1|index|aes256gcm|local|party.name")
    expected = b64encode(hmac.digest(key, "知微(1)".encode(), sha256)).decode()
    assert Vault(OneKey(), "local").index("知微（1）", NAME) == expected


@pytest.mark.parametrize("suite", Suite)
def test_what_was_stored_once_opens_for_ever(suite: Suite) -> None:
    sealed, index = KEPT[suite]
    vault = Vault(OneKey(), "local", suite)
    assert vault.open(sealed, NAME) == "知微科技有限公司"
    assert vault.index("知微科技有限公司", NAME) == index


def test_a_suite_hashes_with_its_own_hash() -> None:
    found = {Vault(OneKey(), "local", suite).index("甲", NAME) for suite in Suite}
    assert len(found) == len(Suite)


def test_sm4_by_rfc_8998() -> None:
    """Appendix A.1, SM4-GCM."""
    cipher = module._Sm4Gcm(Secret(bytes.fromhex("0123456789abcdeffedcba9876543210")))
    nonce = bytes.fromhex("00001234567800000000abcd")
    bound = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = bytes.fromhex("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffeeeeeeeeeeeeeeeeaaaaaaaaaaaaaaaa")  # fmt: skip # noqa: E501
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    assert cipher.encrypt(nonce, plain, bound) == sealed
    assert cipher.decrypt(nonce, sealed, bound) == plain


def test_sm4_by_its_standard() -> None:
    """TV 1.9: the example of GB/T 32907, key and block the same."""
    block = bytes.fromhex("0123456789abcdeffedcba9876543210")
    encryptor = Cipher(algorithms.SM4(block), modes.ECB()).encryptor()
    assert encryptor.update(block).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm3_by_its_standard() -> None:
    """TV 1.8: the example of GB/T 32905."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(b"abc")
    assert digest.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_hmac_sm3_by_its_definition() -> None:
    """RFC 2104 written out over SM3, with a key shorter than the block."""

    def sm3(data: bytes) -> bytes:
        digest = hashes.Hash(hashes.SM3())
        digest.update(data)
        return digest.finalize()

    key = bytes(range(32))
    padded = key + bytes(32)
    expected = sm3(bytes(b ^ 0x5C for b in padded) + sm3(bytes(b ^ 0x36 for b in padded) + b"data"))
    keyed = module._keyed(Suite.SM, Secret(key))
    assert keyed(b"data") == expected
    assert keyed(b"data") == expected, "the second is not built on the first"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("深圳市（某）公司", "深圳市(某)公司"), ("ABC 商店", "ａｂｃ商店"),
        ("阿卜杜•某", "阿卜杜·某"), ("阿卜杜・某", "阿卜杜·某"),
        (" 甲\u200b乙\ufeff ", "甲乙"), ("甲\u3000乙", "甲乙"), ("Straße", "STRASSE"),
        ("１３８", "138"), ("甲\t\n乙", "甲乙"),
    ],
)  # fmt: skip
def test_the_same_name_typed_otherwise_is_found(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(("one", "other"), [("甲", "乙"), ("a-b", "ab"), ("某", "某某"), ("1", "l")])
def test_another_name_is_not(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@given(st.text())
def test_a_normal_form_is_its_own(text: str) -> None:
    assert normal(normal(text)) == normal(text)
