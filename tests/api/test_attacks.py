"""What an attacker tries: each was let through once, or could end in an answer that nobody foresaw."""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc import jws, jwt
from joserfc.jwk import RSAKey
from tests.api.conftest import BASE, Partner

from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.interfaces.api import create_app
from zhiwei.interfaces.api.access.turns import Turns
from zhiwei.interfaces.api.problems import TooMany
from zhiwei.interfaces.api.resources.telling import events
from zhiwei.journeys.clients.keys import key_set
from zhiwei.journeys.clients.terms import suspend_client
from zhiwei.journeys.partners.ports import Call
from zhiwei.values import BadInput

PARTY = {"name": "某某五金店", "since": "2020-01-01", "kind": "sole_trader",
         "identifiers": [{"kind": "phone", "value": "13800138000"}]}  # fmt: skip
PATH = "/v1/lines/line_x/draws"


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


# --- proofs -----------------------------------------------------------------------------------------------------------


def test_a_signature_that_brings_its_own_words_signs_no_other_body(shop: Partner) -> None:
    """A library checks the words inside a signature where there are any: then nobody looked at the body."""
    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    small = b'{"amount": {"amount": 1}}'
    head, _, signature = shop.sign(small, "POST", PATH, "k").split(".")
    whole = f"{head}.{encoded(small)}.{signature}"
    assert jws.deserialize_compact(whole, shop.key, registry=registry).payload == small
    answer = shop.send(
        "POST", PATH, content=b'{"amount": {"amount": 900000}}', key="k", spoil={"x-jws-signature": whole}
    )
    assert code(answer) == (401, "bad_signature")


DEEP = encoded(b'{"kid":' + b"[" * 3000 + b"]" * 3000 + b"}")


@pytest.mark.parametrize("token", [f"{DEEP}.{DEEP}.x", f"e30.{DEEP}.x", "é.é.é", "\x7f..", "zwtest.", "zwtest.a.b.c.d"])
def test_a_token_of_any_form_is_only_refused(http: TestClient, token: str) -> None:
    for kind in ("DPoP", "Bearer"):
        answer = http.get("/v1/parties", headers={"Authorization": f"{kind} {token}".encode()})
        assert code(answer) == (401, "invalid_token")


@pytest.mark.parametrize("claims", [{"jti": "with\0nothing"}, {"jti": "半个字符也不行啊"}, {"jti": "x" * 129}])
def test_a_proof_whose_name_no_database_holds_is_refused(shop: Partner, claims: dict[str, Any]) -> None:
    shop.token = shop.ask_token().json()["access_token"]
    spoilt = shop.proof("GET", "/v1/parties", shop.token, **claims)
    assert code(shop.send("GET", "/v1/parties", spoil={"DPoP": spoilt})) == (401, "invalid_dpop_proof")
    assert code(shop.ask_token(client_assertion=shop.assertion(**claims))) == (401, "invalid_client")


@pytest.mark.parametrize("aud", [{"a": 1}, [[BASE]], [{BASE: 1}], None, 5])
def test_an_audience_of_any_form_is_only_refused(shop: Partner, aud: Any) -> None:
    assert code(shop.ask_token(client_assertion=shop.assertion(aud=aud))) == (401, "invalid_client")


def test_an_assertion_of_any_depth_is_only_refused(shop: Partner) -> None:
    made = jws.serialize_compact({"alg": "ES256", "kid": "k1"}, b"[" * 3000 + b"]" * 3000, shop.key)
    assert code(shop.ask_token(client_assertion=made)) == (401, "invalid_client")


@pytest.mark.parametrize("client", ["shop\0.local", "商店.local", "shop\n.local"])
def test_a_client_that_no_database_holds_is_unknown(shop: Partner, client: str) -> None:
    assert code(shop.ask_token(client_id=client)) == (401, "invalid_client")


def test_who_is_not_proved_learns_of_no_client_whether_it_is_there(
    platform: Platform, shop: Partner, partner_of: Callable[..., Partner]
) -> None:
    stopped, stranger = partner_of("stopped"), Partner(shop.http, "nobody.local")
    suspend_client(books=platform, by=platform.actor, key="stop", client=stopped.client, because="a test")
    for partner in (shop, stopped):
        partner.key = stranger.key
    told = [partner.ask_token() for partner in (shop, stopped, stranger)]
    assert {code(one) for one in told} == {(401, "invalid_client")}
    assert len({one.text for one in told}) == 1


def test_what_a_form_says_twice_is_not_read_in_two_ways(shop: Partner) -> None:
    body = f"grant_type=client_credentials&client_id={shop.client}&client_id=other.local"
    answer = shop.http.post("/oauth/token", content=body)
    assert code(answer) == (400, "unsupported_grant_type")


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_a_key_is_as_long_as_it_is_and_not_as_it_is_written() -> None:
    """Zeros before a short modulus make a long text, and no long key."""
    short = RSAKey.generate_key(1024, {"kid": "k"}).as_dict(private=False)
    written = base64.urlsafe_b64decode(short["n"] + "==")
    with pytest.raises(BadInput, match="weak"):
        key_set([short | {"n": encoded(bytes(256) + written)}])
    assert key_set([RSAKey.generate_key(2048, {"kid": "k"}).as_dict(private=False)])


@pytest.mark.filterwarnings("ignore:Key size should be")
def test_a_weak_key_binds_no_token(shop: Partner) -> None:
    weak, now = RSAKey.generate_key(1024), int(time.time())
    header = {"alg": "PS256", "typ": "dpop+jwt", "jwk": weak.as_dict(private=False)}
    claims = {"htm": "POST", "htu": BASE + "/oauth/token", "iat": now, "jti": "a name of it".replace(" ", "")}
    form = {"grant_type": "client_credentials", "client_id": shop.client, "client_assertion": shop.assertion(),
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}  # fmt: skip
    proof = jwt.encode(header, claims, weak, algorithms=["PS256"])
    assert code(shop.http.post("/oauth/token", data=form, headers={"DPoP": proof})) == (401, "invalid_dpop_proof")


# --- requests ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Authorization", "DPoP", "Idempotency-Key", "x-jws-signature"])
def test_a_header_said_twice_is_not_read_in_two_ways(shop: Partner, name: str) -> None:
    """Of two keys the one would be claimed, and the answer kept under the other."""
    body = json.dumps(PARTY).encode()
    shop.token = shop.ask_token().json()["access_token"]
    one = {"Authorization": f"DPoP {shop.token}", "DPoP": shop.proof("POST", "/v1/parties", shop.token),
           "Idempotency-Key": "a", "x-jws-signature": shop.sign(body, "POST", "/v1/parties", "a")}  # fmt: skip
    twice = [*one.items(), (name, "b")]
    assert code(shop.http.post("/v1/parties", content=body, headers=twice)) == (400, "header_twice")
    assert shop.http.post("/v1/parties", content=body, headers=one).status_code == 422  # no media type: it was read


def test_who_proves_nothing_has_no_body_read(shop: Partner) -> None:
    shop.token = shop.ask_token().json()["access_token"]

    path = "/v1/records/invoices"
    for spoil in ({"Authorization": "DPoP x.y.z"}, {"DPoP": "x.y.z"}, {"Idempotency-Key": None}):
        headers = {"Authorization": f"DPoP {shop.token}", "DPoP": shop.proof("POST", path, shop.token),
                   "Idempotency-Key": "k"} | spoil  # fmt: skip
        said = {name: value for name, value in headers.items() if value is not None}
        answer = shop.http.post(path, content=b"x" * (2**26 + 1), headers=said)
        assert answer.status_code in (400, 401)  # and not 413: nobody looked
    assert shop.send("POST", path, content=b"x" * (2**26 + 1)).status_code == 413


def test_a_proof_does_not_outlive_the_body_it_waits_for(
    shop: Partner, http: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once it is over its name is forgotten: of two slow calls with one proof both would come in."""
    shop.token, now = shop.ask_token().json()["access_token"], datetime.now(UTC)
    told = iter([now, now + timedelta(minutes=2)])
    monkeypatch.setattr(http.app.state.setting.admission, "now", lambda: next(told))
    assert code(shop.post("/v1/parties", PARTY)) == (401, "invalid_dpop_proof")


def test_nobody_is_sent_where_a_host_header_says(http: TestClient) -> None:
    answer = http.get("/v1/parties/", headers={"Host": "elsewhere.example"}, follow_redirects=False)
    assert answer.status_code == 404
    assert "location" not in answer.headers


# --- figures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "Via"])
def test_who_comes_through_a_proxy_is_not_this_machine(http: TestClient, name: str) -> None:
    assert http.get("/metrics").status_code == 200
    assert code(http.get("/metrics", headers={name: "127.0.0.1"})) == (401, "no_credentials")


def test_behind_a_proxy_a_token_alone_opens_the_figures(platform: Platform) -> None:
    with TestClient(create_app(Tenancy(platform), proxy="127.0.0.1"), client=("127.0.0.1", 1)) as http:
        assert code(http.get("/metrics")) == (401, "no_credentials")
    with TestClient(create_app(Tenancy(platform), metrics_token="s3cret"), base_url=BASE) as http:
        assert code(http.get("/metrics", headers={"Authorization": "Bearer é".encode()})) == (401, "no_credentials")


def test_words_of_a_caller_make_no_series(http: TestClient) -> None:
    http.request("BREW", "/v1/parties")
    told = http.get("/metrics").text
    assert 'method="other"' in told
    assert "BREW" not in told


# --- how much at a time -----------------------------------------------------------------------------------------------


def test_no_more_wait_for_their_turn_than_there_are_threads_for() -> None:
    turns = Turns(at_once=1, waiting=0, seconds=60)
    with turns.one("one works"), pytest.raises(TooMany), turns.one("another comes"):
        raise AssertionError("two at a time")
    with turns.one("when it is over the next may"):
        pass


def test_one_clients_streams_are_not_all_that_there_are(
    shop: Partner, partner_of: Callable[..., Partner], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(events._streams, shop.client, events.MOST_OF_CLIENT)
    assert code(shop.get("/v1/events/stream", wait=0)) == (429, "too_many_streams")
    assert partner_of("other").get("/v1/events/stream", wait=0).status_code == 200


# --- what is another's ------------------------------------------------------------------------------------------------


CONSENT = {"scopes": ["invoices"], "text": "本企业同意查询。", "evidence": "page 1", "since": "2024-01-01"}


def test_two_clients_of_one_firm_hear_nothing_of_each_others_business(
    shop: Partner, partner_of: Callable[..., Partner], platform: Platform
) -> None:
    """A firm's number is public: to register it opens neither what it told another nor what that was answered."""
    other = partner_of("other")
    for partner in (shop, other):
        party = partner.post("/v1/parties", PARTY).json()["party"]
    assert shop.post(f"/v1/parties/{party}/consents", CONSENT).status_code == 201
    assert shop.post(f"/v1/parties/{party}/records/invoices", {"rows": [], "covers": {
        "from": "2024-01-01", "until": "2024-02-01"}}).status_code == 201  # fmt: skip
    asked = {"party": party, "product": "tax_credit"}
    assert code(other.post("/v1/applications", asked)) == (409, "no_consent")
    assert shop.post("/v1/applications", asked).status_code == 201
    heard = [one["type"] for one in shop.get("/v1/events").json()["items"]]
    assert heard == ["party.registered", "consent.given", "application.received", "decision.made"]
    assert [one["type"] for one in other.get("/v1/events").json()["items"]] == ["party.registered"]


# --- what is kept, and what is written down ---------------------------------------------------------------------------


def test_calls_that_choose_one_id_are_each_kept(shop: Partner, platform: Platform) -> None:
    for key in ("a", "b"):
        answer = shop.post(PATH, {"amount": {"amount": 1}}, key=key, spoil={"X-Request-Id": "chosen-by-me"})
        assert code(answer) == (404, "no_such_line")
    with platform.unit("local") as unit:
        kept = unit.clients.rows("select key, request_id from signed_request order by recorded_at")
    assert [key for key, _ in kept] == ["a", "b"]
    assert all(name.startswith("chosen-by-me") for _, name in kept)


def test_the_api_itself_forgets_proofs_that_are_over(shop: Partner, platform: Platform) -> None:
    with platform.unit("local") as unit:
        unit.clients.admit(Call(shop.client, "r", "old", datetime.now(UTC) - timedelta(minutes=5)), date(2026, 1, 1))
    shop.get("/v1/parties")
    with platform.unit("local") as unit:
        assert unit.clients.rows("select from proof_seen where proof = 'old'") == []


def test_the_log_tells_where_it_went_wrong_and_never_the_words_of_it() -> None:
    """Not the message, which may quote a row, and not the variables, which may be the body or a key."""
    script = """
import structlog
from zhiwei.commands.serve import _log_json
_log_json()
def work(name):
    try:
        secret = name * 2
        int(name)
    except ValueError as error:
        raise LookupError("about " + name) from error
try:
    work("NOBODYSNAME")
except LookupError:
    structlog.get_logger("zhiwei.api").exception("call_failed", route="/x")
"""
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    told = json.loads(out)
    assert "NOBODYSNAME" not in out
    assert [one["type"] for one in told["exception"]] == ["builtins.LookupError", "builtins.ValueError"]
    assert "work" in told["exception"][0]["frames"][-1]
