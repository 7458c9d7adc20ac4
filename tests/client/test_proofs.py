"""Who calls proves it: tokens are renewed, clocks that are off are set, and keys show themselves to nobody."""

import logging
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey
from tests.client.conftest import AT_ONCE, Line, a_shop

from zhiwei.client import Client, KeyPair, Money, NotAllowed, NotProved, Options


def tokens(line: Line) -> int:
    return sum(path == "/oauth/token" for _, path, _ in line.calls)


def test_a_token_serves_many_calls(shop: Client, line: Line) -> None:
    for _ in range(3):
        assert list(shop.parties()) == []
    assert tokens(line) == 1


def test_a_token_near_its_end_is_renewed(shop: Client, line: Line) -> None:
    list(shop.parties())
    shop._wire._over -= 540  # of the 600 seconds that it lasts; it is renewed 30 early
    list(shop.parties())
    assert tokens(line) == 1
    shop._wire._over -= 40
    list(shop.parties())
    assert tokens(line) == 2


def test_a_token_that_the_server_knows_no_more_is_renewed(shop: Client, line: Line) -> None:
    list(shop.parties())
    shop._wire._token = shop._wire._token[:-4] + "AAAA"
    assert list(shop.parties()) == []
    assert tokens(line) == 2


@pytest.mark.parametrize("off", [timedelta(hours=-3), timedelta(hours=3)])
def test_a_clock_that_is_off_is_set_by_the_servers(
    url: str, line: Line, registered: Callable[..., str], key: KeyPair, off: timedelta
) -> None:
    options = Options(first=0.0, clock=lambda: time.time() + off.total_seconds())
    with Client(url, registered("late"), private_key=key, options=options) as late:
        assert list(late.parties()) == []
        late.register_party(a_shop("某某"))
    assert tokens(line) == 2


def test_a_clock_that_goes_wrong_meanwhile_is_set(url: str, registered: Callable[..., str], key: KeyPair) -> None:
    off = [0.0]
    options = Options(first=0.0, clock=lambda: time.time() + off[0])
    with Client(url, registered("late"), private_key=key, options=options) as late:
        list(late.parties())
        off[0] = -900.0
        assert list(late.parties()) == []


def test_another_key_is_not_believed_however_often(url: str, line: Line, registered: Callable[..., str]) -> None:
    other = Client(url, registered("shop"), private_key=KeyPair.made("k1"), options=AT_ONCE)
    with other, pytest.raises(NotProved) as found:
        list(other.parties())
    assert found.value.code == "invalid_client"
    assert tokens(line) == 1


def test_what_the_terms_do_not_have_is_told(url: str, registered: Callable[..., str], key: KeyPair) -> None:
    with Client(url, registered("reader", scopes=("parties:read",)), private_key=key) as reader:
        assert list(reader.parties()) == []
        with pytest.raises(NotAllowed, match="parties:write"):
            reader.register_party(a_shop("某某"))


@pytest.mark.parametrize(
    "made", [ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519"), RSAKey.generate_key(2048)],
    ids=["P-256", "Ed25519", "RSA"],
)  # fmt: skip
def test_a_key_of_each_kind_and_form_proves(
    url: str, registered: Callable[..., str], made: ECKey, tmp_path: Path, opened: Callable[[str], str]
) -> None:
    pem = made.as_pem(private=True)
    file = tmp_path / "client.pem"
    file.write_bytes(pem)
    public = KeyPair.read(pem, "k9").public
    assert "d" not in public
    client, line = registered("shop", jwks={"keys": [public]}), opened("shop.local")
    for given in (pem, pem.decode(), file, {**made.as_dict(private=True), "kid": "k9"}):
        with Client(url, client, private_key=given, key_id="k9") as shop:
            assert shop.draw(line, Money(1000_00), value_date=date(2024, 3, 2)).line == line


@pytest.mark.parametrize("given", [b"no key", "{}", {"kty": "oct", "k": "c2VjcmV0"}, KeyPair.made().public])
def test_what_is_no_private_key_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="private"):
        Client("https://api.example.com", "shop.local", private_key=given)  # type: ignore[arg-type]


def test_keys_show_themselves_to_nobody(
    shop: Client, key: KeyPair, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in a repr, not in the log of whoever logs everything, not in an error."""
    caplog.set_level(logging.DEBUG)
    line.faults = [503, "broken"]
    list(shop.parties())
    with pytest.raises(Exception, match="no_such_line") as found:
        shop.draw("none", Money(1))
    secret = key._key.as_dict(private=True)["d"]
    token = shop._wire._token
    told = "\n".join(
        [repr(shop), repr(shop._wire), repr(key), repr(vars(shop)), str(found.value), repr(found.value), caplog.text]
    )
    assert "shop.local" in told
    assert secret not in told
    assert token not in told
    assert "zwtest.a.b" not in repr(vars(Client("https://api.example.com", test_key="zwtest.a.b")))


@pytest.mark.parametrize(
    "given",
    [{}, {"private_key": KeyPair.made()}, {"client_id": "a.b"}, {"test_key": "t", "private_key": KeyPair.made()}],
)
def test_a_client_says_who_it_is_in_one_way(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="client_id"):
        Client("https://api.example.com", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["api.example.com", "ftp://x", "https://x?y=1", "https://"])
def test_an_address_is_one(url: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        Client(url, test_key="t")
