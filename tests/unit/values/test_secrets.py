"""A secret is shown by `reveal` alone."""

import copy
import pickle
from datetime import UTC, datetime

import pytest

from zhiwei.values import BadInput
from zhiwei.values.secrets import KEY_ID, Secret, key_of, known_tenant, new_key

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_it_is_not_printed() -> None:
    secret = Secret(b"hidden bytes")
    assert repr(secret) == str(secret) == f"{secret}" == "Secret(12 bytes)"
    assert not hasattr(secret, "__dict__")
    assert secret.reveal() == b"hidden bytes"


@pytest.mark.parametrize("move", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_stays_where_it_is(move: object) -> None:
    with pytest.raises(TypeError, match="neither pickled nor copied"):
        move(Secret(b"x"))


def test_it_is_equal_to_its_like_alone() -> None:
    assert Secret(b"x") == Secret(b"x")
    assert Secret(b"x") != Secret(b"y")
    assert Secret(b"x") != b"x"
    with pytest.raises(TypeError, match="unhashable"):
        hash(Secret(b"x"))


def test_an_id_is_of_key_and_tenant() -> None:
    one, other = key_of("a", NOW, Secret(b"k" * 32)), key_of("b", NOW, Secret(b"k" * 32))
    assert KEY_ID.fullmatch(one.key_id)
    assert one.key_id != other.key_id
    assert one == key_of("a", NOW, Secret(b"k" * 32))
    assert len({new_key("a", NOW).key_id for _ in range(100)}) == 100


@pytest.mark.parametrize("tenant", ["local", "a", "0-_", "a" * 41])
def test_a_tenant(tenant: str) -> None:
    assert known_tenant(tenant) == tenant


@pytest.mark.parametrize("tenant", ["", "-a", "A", "a/b", "a.b", "a" * 42, "a\n", None, 1])
def test_no_tenant(tenant: object) -> None:
    with pytest.raises(BadInput, match="bad_tenant"):
        known_tenant(tenant)
