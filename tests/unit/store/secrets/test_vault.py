"""What is sealed opens again where it belongs and nowhere else, over every adapter of keys and with both ciphers."""

import copy
import pickle
import traceback
from base64 import b64decode, b64encode
from types import TracebackType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiwei.adapters.keys import FileKeys
from zhiwei.store.secrets import LONGEST, CannotOpen, Suite, Vault, normal
from zhiwei.values import BadInput, Breach

NAME, PHONE = "party.name", "owner.phone"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(TEXT)
def test_any_text_comes_back(vault: Vault, plain: str) -> None:
    sealed = vault.seal(plain, NAME)
    assert vault.open(sealed, NAME) == plain
    assert sealed.isascii()
    assert sealed.startswith(vault.prefix)


@given(st.lists(TEXT, max_size=20))
def test_many_are_as_one_by_one(vault: Vault, plains: list[str]) -> None:
    sealed = vault.seal_all(plains, NAME)
    assert vault.open_all(sealed, NAME) == plains
    assert [vault.open(text, NAME) for text in sealed] == plains
    assert vault.index_all(plains, NAME) == [vault.index(plain, NAME) for plain in plains]


def test_no_two_seals_are_alike(vault: Vault) -> None:
    """Of one value: neither the text nor its nonce."""
    sealed = vault.seal_all(["知微"] * 2000, NAME)
    bodies = [b64decode(text.rpartition(".")[2]) for text in sealed]
    assert len({body[:12] for body in bodies}) == len({body[12:] for body in bodies}) == 2000


@given(TEXT)
def test_a_hash_is_stable_and_of_its_column(vault: Vault, keys: FileKeys, plain: str) -> None:
    again = Vault(keys, "local", vault.suite)
    assert vault.index(plain, NAME) == again.index(plain, NAME)
    assert vault.index(plain, NAME) != vault.index(plain, PHONE)
    assert vault.index(plain, NAME) in vault.indexes(plain, NAME)


@given(TEXT, TEXT)
def test_hashes_are_equal_where_values_are(vault: Vault, one: str, other: str) -> None:
    assert (vault.index(one, NAME) == vault.index(other, NAME)) == (normal(one) == normal(other))


@given(TEXT)
def test_tenants_are_apart(vault: Vault, keys: FileKeys, plain: str) -> None:
    other = Vault(keys, "other", vault.suite)
    assert not set(vault.indexes(plain, NAME)) & set(other.indexes(plain, NAME))
    with pytest.raises(CannotOpen):
        other.open(vault.seal(plain, NAME), NAME)


def test_another_tenants_seal_renamed_to_our_key_does_not_open(vault: Vault, keys: FileKeys) -> None:
    other = Vault(keys, "other", vault.suite)
    body = other.seal("甲", NAME).rpartition(".")[2]
    with pytest.raises(CannotOpen):
        vault.open(vault.prefix + body, NAME)


def test_one_master_key_in_two_tenants_keeps_them_apart(vault: Vault, keys: FileKeys) -> None:
    """Should two tenants ever have the same bytes for a key, their values still do not open for each other."""

    class Same:
        def of(self, tenant: str, *, create: bool = True) -> tuple[object, ...]:
            return keys.of("local")

    here, there = Vault(Same(), "local", vault.suite), Vault(Same(), "there", vault.suite)
    assert here.index("甲", NAME) != there.index("甲", NAME)
    with pytest.raises(CannotOpen):
        there.open(here.seal("甲", NAME), NAME)


@given(TEXT)
def test_a_value_in_another_column_does_not_open(vault: Vault, plain: str) -> None:
    with pytest.raises(CannotOpen):
        vault.open(vault.seal(plain, NAME), PHONE)


def test_every_damaged_character_is_noticed(vault: Vault) -> None:
    sealed = vault.seal("某某五金商店", NAME)
    for place in range(len(sealed)):
        for other in {"A", "b", "0", "=", ".", "+", " ", "\n", "é", chr(ord(sealed[place]) ^ 1)} - {sealed[place]}:
            with pytest.raises(CannotOpen):
                vault.open(sealed[:place] + other + sealed[place + 1 :], NAME)


def test_every_damaged_bit_is_noticed(vault: Vault) -> None:
    head, dot, body = vault.seal("五金", NAME).rpartition(".")
    blob = b64decode(body)
    for bit in range(len(blob) * 8):
        hurt = bytearray(blob)
        hurt[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CannotOpen):
            vault.open(head + dot + b64encode(hurt).decode(), NAME)


def test_every_cut_and_every_addition_is_noticed(vault: Vault) -> None:
    sealed = vault.seal("五金", NAME)
    wrong = [sealed[:place] for place in range(len(sealed))] + [sealed[place:] for place in range(1, len(sealed))]
    for text in [*wrong, sealed + "A", sealed + "=", sealed + "\n", " " + sealed, sealed * 2, sealed + "." + sealed]:
        with pytest.raises(CannotOpen):
            vault.open(text, NAME)


@given(st.text(max_size=80))
def test_what_was_never_sealed_does_not_open(vault: Vault, text: str) -> None:
    with pytest.raises(CannotOpen):
        vault.open(text, NAME)


@given(st.binary(max_size=60))
def test_what_only_looks_sealed_does_not_open(vault: Vault, blob: bytes) -> None:
    with pytest.raises(CannotOpen):
        vault.open(vault.prefix + b64encode(blob).decode(), NAME)


def test_the_other_suites_name_on_it_does_not_open(vault: Vault) -> None:
    sealed = vault.seal("五金", NAME)
    for other in Suite:
        if other is not vault.suite:
            with pytest.raises(CannotOpen):
                vault.open(sealed.replace(vault.suite.value, other.value), NAME)


@given(st.binary(max_size=300))
def test_any_bytes_come_back(vault: Vault, plain: bytes) -> None:
    sealed = vault.seal_bytes(plain, "record_batch.body")
    assert vault.open_bytes(sealed, "record_batch.body") == plain
    assert sealed != vault.seal_bytes(plain, "record_batch.body")
    with pytest.raises(CannotOpen):
        vault.open_bytes(sealed, "record_batch.other")


def test_a_large_file_comes_back(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = bytes(range(256)) * 20_000
    sealed = vault.seal_bytes(plain, NAME)
    assert vault.open_bytes(sealed, NAME) == plain
    assert len(sealed) < len(plain) + 100
    monkeypatch.setattr("zhiwei.store.secrets.LARGEST", len(plain) - 1)
    with pytest.raises(BadInput, match="value_too_long"):
        vault.seal_bytes(plain, NAME)


def test_every_damaged_byte_of_a_file_is_noticed(vault: Vault) -> None:
    sealed = vault.seal_bytes(b"file", NAME)
    wrong = [sealed[:place] for place in range(len(sealed))] + [sealed + b"x", b"." + sealed]
    for place in range(len(sealed)):
        wrong += [sealed[:place] + bytes([sealed[place] ^ bit]) + sealed[place + 1 :] for bit in (1, 32, 128)]
    for blob in wrong:
        with pytest.raises(CannotOpen):
            vault.open_bytes(blob, NAME)


@given(st.binary(max_size=100))
def test_bytes_never_sealed_do_not_open(vault: Vault, blob: bytes) -> None:
    for given_ in (blob, vault.prefix.encode() + blob):
        with pytest.raises(CannotOpen):
            vault.open_bytes(given_, NAME)


def test_a_file_is_no_text_and_text_no_file(vault: Vault) -> None:
    with pytest.raises(CannotOpen):
        vault.open_bytes(vault.seal("甲", NAME).encode(), NAME)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (("zw1.", "zw2."), "later version"), (("gcm.", "ccm."), "later version"), (("zw1.", ""), "later version"),
    ],
)  # fmt: skip
def test_an_unknown_form_is_said_to_be_one(vault: Vault, change: tuple[str, str], word: str) -> None:
    with pytest.raises(CannotOpen, match=word):
        vault.open(vault.seal("五金", NAME).replace(*change, 1), NAME)


def test_a_missing_key_is_named(vault: Vault) -> None:
    sealed = vault.seal("五金", NAME).replace(vault.key_ids[-1], "0123456789abcdef")
    with pytest.raises(CannotOpen, match=r"needs key 0123456789abcdef.*put back the key file"):
        vault.open(sealed, NAME)


def test_many_open_all_or_none_and_the_wrong_one_is_named(vault: Vault) -> None:
    sealed = vault.seal_all(["甲", "乙", "丙"], NAME)
    sealed[1] = vault.seal("乙", PHONE)
    with pytest.raises(CannotOpen, match=r"sealed value 2 of party\.name"):
        vault.open_all(sealed, NAME)


def test_it_is_a_breach() -> None:
    """Stop and wake someone: what the database holds is not what was written."""
    assert issubclass(CannotOpen, Breach)
    assert str(pickle.loads(pickle.dumps(CannotOpen("so")))) == "so"


@pytest.mark.parametrize("context", ["", "name", "party.", ".name", "Party.name", "party.name\n", "a.b.c", "a b.c"])
def test_a_context_is_a_table_and_a_column(vault: Vault, context: str) -> None:
    for ask in (vault.seal, vault.open, vault.index, vault.indexes):
        with pytest.raises(BadInput, match="bad_context"):
            ask("x", context)


@pytest.mark.parametrize("plain", ["\ud800", "a\udfff", "\ud83d \ude00"])
def test_half_a_character_is_refused_without_saying_it(vault: Vault, plain: str) -> None:
    for ask in (vault.seal, vault.index, vault.indexes):
        with pytest.raises(BadInput, match="not_text") as caught:
            ask(plain, NAME)
        assert plain not in str(caught.value)
        assert caught.value.__context__ is None, "the codec's error would hold the value"


def test_a_value_has_a_limit(vault: Vault) -> None:
    longest = "微" * (LONGEST // 3)
    assert vault.open(vault.seal(longest, NAME), NAME) == longest
    with pytest.raises(BadInput, match="value_too_long"):
        vault.seal(longest + "微", NAME)


def frames(trace: TracebackType | None) -> str:
    """The traceback with all that our own frames held, as a debugger or an error collector would print it."""
    said = []
    for frame, _ in traceback.walk_tb(trace):
        if "zhiwei" in frame.f_code.co_filename and "tests" not in frame.f_code.co_filename:
            said += [repr(value) for value in frame.f_locals.values()]
            said += [repr(getattr(value, "__dict__", "")) for value in frame.f_locals.values()]
    return "\n".join(said)


def test_a_failure_tells_neither_key_nor_value(vault: Vault, keys: FileKeys) -> None:
    secret, plain = keys.of("local")[-1].secret.reveal(), "不可说的名字"
    sealed = vault.seal(plain, NAME)
    vault.index(plain, NAME)
    with pytest.raises(CannotOpen) as caught:
        vault.open(sealed[:-6] + "AAAAA=", NAME)
    error = caught.value
    assert error.__cause__ is None
    assert error.__context__ is None
    said = "\n".join([str(error), *traceback.format_exception(error), frames(error.__traceback__), repr(vault)])
    said += repr(vault.__dict__)
    for hidden in (plain, repr(secret), secret.hex(), b64encode(secret).decode(), repr(secret)[2:12]):
        assert hidden not in said
    assert vault.key_ids[-1] in repr(vault)


def test_a_vault_stays_where_it_is(vault: Vault) -> None:
    for move in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="makes its own"):
            move(vault)
