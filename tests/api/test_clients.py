"""Clients come and change: two persons agree, one can stop it at once, and a client changes its own keys by itself."""

import json
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey, OctKey, OKPKey
from tests.api.conftest import Partner

from zhiwei.bootstrap import Platform
from zhiwei.journeys.clients.keys import key_set
from zhiwei.journeys.clients.terms import (
    TermsWanted,
    approve_client,
    client_of,
    clients,
    propose_client,
    propose_terms,
    suspend_client,
)
from zhiwei.journeys.partners.ports import ACTIVE
from zhiwei.values import Actor, BadInput, Forbidden, NotFound, Refusal

FIRST, SECOND = Actor("local", "first"), Actor("local", "second")
READS = ("client:read", "client:write", "parties:read")


def proposed(platform: Platform, partner: Partner, key: str = "k", **more: Any) -> str:
    said = {"scopes": READS, "jwks": partner.jwks} | more
    done = propose_client(books=platform, by=FIRST, key=key, name="shop", title="A shop", wanted=TermsWanted(**said))
    return done.proposal


@pytest.fixture
def shop(platform: Platform, http: TestClient) -> Partner:
    """A client that came in by the front door."""
    partner = Partner(http, "shop.local")
    approve_client(books=platform, by=SECOND, proposal=proposed(platform, partner))
    return partner


def change(platform: Platform, **wanted: Any) -> str:
    done = propose_terms(
        books=platform, by=FIRST, key=json.dumps(wanted, default=str), client="shop.local",
        wanted=TermsWanted(**wanted), because="agreed in March",
    )  # fmt: skip
    return done.proposal


def test_a_client_calls_when_a_second_person_agreed_and_not_before(platform: Platform, http: TestClient) -> None:
    partner = Partner(http, "shop.local")
    proposal = proposed(platform, partner)
    assert proposed(platform, partner) == proposal
    assert partner.ask_token().json()["code"] == "invalid_client"
    with pytest.raises(Forbidden, match="four_eyes"):
        approve_client(books=platform, by=Actor("local", "First"), proposal=proposal)
    assert clients(books=platform, by=FIRST) == []
    done = approve_client(books=platform, by=SECOND, proposal=proposal)
    assert approve_client(books=platform, by=SECOND, proposal=proposal) == done
    assert partner.get("/v1/parties").status_code == 200
    [only] = clients(books=platform, by=FIRST)
    assert (only.client, only.name, only.terms.scopes) == ("shop.local", "A shop", READS)
    with pytest.raises(Refusal, match="client_known"):
        proposed(platform, partner, key="another")


def test_who_did_what_is_in_the_audit(platform: Platform, shop: Partner) -> None:
    suspend_client(books=platform, by=FIRST, key="s", client="shop.local", because="a key was lost")
    with platform.unit("local") as unit:
        rows = unit.clients.rows("select person, verb from audit where verb like '%%client' order by 2, 1")  # type: ignore[attr-defined]
        terms = unit.clients.rows("select person, approved_by from client_terms order by number")  # type: ignore[attr-defined]
    assert rows == [("second", "approve_client"), ("first", "propose_client"), ("first", "suspend_client")]
    assert terms == [("first", "second"), ("first", "first")]


def test_one_person_stops_a_client_at_once_and_two_let_it_call_again(platform: Platform, shop: Partner) -> None:
    assert shop.get("/v1/parties").status_code == 200
    done = suspend_client(books=platform, by=FIRST, key="s", client="shop.local", because="a key was lost")
    assert suspend_client(books=platform, by=FIRST, key="s", client="shop.local", because="a key was lost") == done
    assert (shop.get("/v1/parties").status_code, shop.get("/v1/parties").json()["code"]) == (403, "client_suspended")
    with pytest.raises(Refusal, match="already_suspended"):
        suspend_client(books=platform, by=SECOND, key="t", client="shop.local", because="a key was lost")
    again = change(platform, status=ACTIVE)
    assert shop.get("/v1/parties").status_code == 403
    approve_client(books=platform, by=SECOND, proposal=again)
    assert shop.get("/v1/parties").status_code == 200


def test_what_changed_since_is_proposed_anew(platform: Platform, shop: Partner) -> None:
    """Two proposals on the same terms: the second would undo the first unseen."""
    more, fewer = change(platform, per_minute=5_000), change(platform, scopes=("client:read",))
    approve_client(books=platform, by=SECOND, proposal=more)
    with pytest.raises(Refusal, match="terms_changed"):
        approve_client(books=platform, by=SECOND, proposal=fewer)
    approve_client(
        books=platform, by=SECOND, proposal=change(platform, scopes=("client:read", "parties:read"), per_day=9)
    )
    found = client_of(books=platform, by=FIRST, client="shop.local").terms
    assert (found.per_minute, found.per_day, found.scopes) == (5_000, 9, ("client:read", "parties:read"))


def test_a_client_sees_its_terms_and_sets_its_keys_signed_by_the_old_one(platform: Platform, shop: Partner) -> None:
    terms = shop.get("/v1/client").json()
    assert (terms["client"], terms["scopes"], terms["keys"]) == ("shop.local", [*READS], shop.jwks["keys"])
    new = ECKey.generate_key("P-256", {"kid": "k2"})
    both = {"keys": [*shop.jwks["keys"], new.as_dict(private=False)]}
    unsigned = shop.send("PUT", "/v1/client/keys", both, spoil={"x-jws-signature": None})
    assert (unsigned.status_code, unsigned.json()["code"]) == (401, "bad_signature")
    done = shop.send("PUT", "/v1/client/keys", both, key="rotate")
    assert (done.status_code, done.json()["kids"]) == (200, ["k1", "k2"])
    again = shop.send("PUT", "/v1/client/keys", both, key="rotate")
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (done.json(), "true")
    alone = shop.send("PUT", "/v1/client/keys", {"keys": [new.as_dict(private=False)]})
    assert alone.status_code == 200
    old = shop.send("PUT", "/v1/client/keys", both)
    assert (old.status_code, old.json()["code"]) == (401, "bad_signature")
    assert shop.ask_token().status_code == 401
    with platform.unit("local") as unit:
        last = unit.clients.rows("select person, approved_by from client_terms order by number desc limit 1")  # type: ignore[attr-defined]
    assert last == [("shop.local", "shop.local")]


def test_keys_that_prove_nothing_are_refused_and_never_repeated(shop: Partner) -> None:
    secret = ECKey.generate_key("P-256", {"kid": "k2"}).as_dict(private=True)
    told = shop.send("PUT", "/v1/client/keys", {"keys": [secret]})
    assert told.status_code == 422
    assert secret["d"] not in told.text
    point = ECKey.generate_key("P-256", {"kid": "k2"}).as_dict(private=False)
    wrong = shop.send("PUT", "/v1/client/keys", {"keys": [point | {"x": point["y"]}]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_keys")


@pytest.mark.parametrize(
    ("key", "why"),
    [
        (ECKey.generate_key("P-256").as_dict(private=False), "no kid"),
        (ECKey.generate_key("P-256", {"kid": "a"}).as_dict(private=True), "private part"),
        (OctKey.generate_key(256, {"kid": "a"}).as_dict(), "private part"),
        (ECKey.generate_key("P-384", {"kid": "a"}).as_dict(private=False), "curve"),
        (OKPKey.generate_key("X25519", {"kid": "a"}).as_dict(private=False), "curve"),
        ({"kty": "RSA", "kid": "a", "n": "s" * 171, "e": "AQAB"}, "weak"),
        ({"kty": "EC", "kid": "a", "crv": "P-256", "x": "AA", "y": "AA"}, "no key"),
        ({"kty": "EC", "kid": "a"}, "no key"),
        ("key", "no kid"),
    ],
)
def test_each_key_that_is_none_of_a_clients_is_told_why(key: Any, why: str) -> None:
    good = ECKey.generate_key("P-256", {"kid": "good"}).as_dict(private=False)
    with pytest.raises(BadInput, match=f"key 2 .*{why}"):
        key_set([good, key])


def test_two_keys_of_one_name_and_too_many_are_refused() -> None:
    good = ECKey.generate_key("P-256", {"kid": "good"}).as_dict(private=False)
    with pytest.raises(BadInput, match="one kid"):
        key_set([good, good])
    with pytest.raises(BadInput, match="1 to 10"):
        key_set([good] * 11)
    with pytest.raises(BadInput, match="1 to 10"):
        key_set([])


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"jwks": None}, "bad_keys"), ({"scopes": ("everything",)}, "bad_scopes"), ({"scopes": ()}, "bad_scopes"),
        ({"per_minute": 0}, "bad_rate"), ({"thumbprints": ("short",)}, "bad_thumbprint"),
        ({"status": "x"}, "bad_status"),
    ],
)  # fmt: skip
def test_terms_that_are_none_are_refused(
    platform: Platform, http: TestClient, wanted: dict[str, Any], code: str
) -> None:
    with pytest.raises(BadInput, match=code):
        proposed(platform, Partner(http, "shop.local"), **wanted)


def test_another_tenant_knows_nothing_of_it(platform: Platform, shop: Partner) -> None:
    platform.database.add_tenant("other")
    other = replace(FIRST, tenant="other")
    assert clients(books=platform, by=other) == []
    with pytest.raises(NotFound):
        client_of(books=platform, by=other, client="shop.local")
    with pytest.raises(NotFound):
        suspend_client(books=platform, by=other, key="s", client="shop.local", because="why not")


def test_a_clients_approval_is_no_lines_approval(platform: Platform, http: TestClient) -> None:
    from zhiwei.journeys import approve_amendment

    with pytest.raises(Refusal, match="other_proposal"):
        approve_amendment(books=platform, by=SECOND, proposal=proposed(platform, Partner(http, "shop.local")))
