"""Who may call: proofs, scopes, rates and keys; each thing that is wrong is refused by its own code."""

import base64
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey
from tests.api.conftest import BASE, Partner

from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.interfaces.api import create_app
from zhiwei.interfaces.api.access import admission
from zhiwei.interfaces.api.access.proofs import fingerprint
from zhiwei.interfaces.api.access.scopes import SCOPES
from zhiwei.journeys.partners.ports import ACTIVE, SUSPENDED, Terms

PARTY = {"name": "某某五金店", "since": "2020-01-01", "kind": "sole_trader",
         "identifiers": [{"kind": "phone", "value": "13800138000"}]}  # fmt: skip
HOUR = 3600


def change(platform: Platform, partner: Partner, **terms: Any) -> None:
    said = {"scopes": tuple(SCOPES), "jwks": partner.jwks, "status": ACTIVE} | terms
    with platform.unit("local") as unit:
        unit.clients.set_terms(Terms(partner.client, **said), "tester", "second")


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_proved_client_registers_a_party_and_lists_it(shop: Partner) -> None:
    made = shop.post("/v1/parties", PARTY)
    assert made.status_code == 201, made.text
    party = made.json()["party"]
    assert made.headers["Location"] == f"/v1/parties/{party}"
    assert shop.get("/v1/parties").json() == {"items": [{"party": party}], "next": None}


# --- asking for a token -----------------------------------------------------------------------------------------------


def test_a_token_is_short_bound_and_kept_by_nobody_on_the_way(shop: Partner) -> None:
    answer = shop.ask_token("lines:read draws:write")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    said = answer.json()
    assert (said["token_type"], said["expires_in"], said["scope"]) == ("DPoP", 600, "draws:write lines:read")


@pytest.mark.parametrize(
    ("claims", "code_"),
    [
        ({"aud": "https://elsewhere.example"}, "invalid_client"),
        ({"iss": "other.local"}, "invalid_client"),
        ({"sub": "other.local"}, "invalid_client"),
        ({"exp": int(time.time()) - HOUR}, "invalid_client"),
        ({"exp": int(time.time()) + HOUR}, "invalid_client"),
        ({"exp": "soon"}, "invalid_client"),
        ({"jti": "short"}, "invalid_client"),
    ],
)
def test_an_assertion_that_does_not_fit_gives_no_token(shop: Partner, claims: dict[str, Any], code_: str) -> None:
    assert code(shop.ask_token(client_assertion=shop.assertion(**claims))) == (401, code_)


def test_an_assertion_is_good_once(shop: Partner) -> None:
    one = shop.assertion()
    assert shop.ask_token(client_assertion=one).status_code == 200
    assert code(shop.ask_token(client_assertion=one)) == (401, "invalid_client")


def test_another_ones_key_proves_nothing(shop: Partner, partner_of: Callable[..., Partner]) -> None:
    other = partner_of("other")
    forged = other.assertion(iss=shop.client, sub=shop.client)
    assert code(shop.ask_token(client_assertion=forged)) == (401, "invalid_client")


@pytest.mark.parametrize(
    "client", ["nobody.local", "nobody", "shop.elsewhere", "shop.", ".local", "shop.Bad Tenant", ""]
)
def test_an_unknown_client_learns_nothing(shop: Partner, client: str) -> None:
    assert code(shop.ask_token(client_id=client)) == (401, "invalid_client")


def test_a_scope_beyond_the_terms_is_not_given(partner_of: Callable[..., Partner]) -> None:
    small = partner_of("small", scopes=("lines:read",))
    assert code(small.ask_token("lines:read draws:write")) == (403, "invalid_scope")
    assert small.ask_token().json()["scope"] == "lines:read"


@pytest.mark.parametrize(
    "form", [{"grant_type": "password"}, {"client_assertion_type": "other"}, {"client_assertion": "x"}]
)
def test_another_way_in_does_not_exist(shop: Partner, form: dict[str, str]) -> None:
    assert shop.ask_token(**form).status_code in (400, 401)


# --- showing it -------------------------------------------------------------------------------------------------------


def test_who_says_nothing_is_asked_who_it_is(shop: Partner) -> None:
    answer = shop.http.get("/v1/parties")
    assert code(answer) == (401, "no_credentials")
    assert answer.headers["WWW-Authenticate"].startswith("DPoP ")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_stolen_token_without_its_key_is_worth_nothing(shop: Partner) -> None:
    shop.token = shop.ask_token().json()["access_token"]
    thief = ECKey.generate_key("P-256")
    proof = shop.proof("GET", "/v1/parties", shop.token, key=thief)
    assert code(shop.send("GET", "/v1/parties", spoil={"DPoP": proof})) == (401, "invalid_dpop_proof")
    assert code(shop.send("GET", "/v1/parties", spoil={"DPoP": None})) == (401, "invalid_dpop_proof")
    plain = {"DPoP": None, "Authorization": f"Bearer {shop.token}"}
    assert code(shop.send("GET", "/v1/parties", spoil=plain)) == (401, "invalid_token")


def test_a_token_signed_by_somebody_else_is_none(shop: Partner) -> None:
    shop.token = shop.ask_token().json()["access_token"]
    head, body, signature = shop.token.split(".")
    for forged in (f"{head}.{body}.{signature[::-1]}", f"{head}.{body}.", "x.y.z", "e30.e30.e30", f"..{signature}"):
        shop.token = forged
        assert code(shop.get("/v1/parties")) == (401, "invalid_token")


@pytest.mark.parametrize(
    "claims",
    [
        {"htm": "POST"}, {"htu": BASE + "/v1/lines"}, {"htu": "https://elsewhere.example/v1/parties"}, {"ath": "x"},
        {"iat": int(time.time()) - HOUR}, {"iat": int(time.time()) + HOUR}, {"iat": True}, {"jti": ""}, {"jti": None},
    ],
)  # fmt: skip
def test_a_proof_of_another_call_does_not_fit(shop: Partner, claims: dict[str, Any]) -> None:
    shop.token = shop.ask_token().json()["access_token"]
    spoilt = shop.proof("GET", "/v1/parties", shop.token, **claims)
    assert code(shop.send("GET", "/v1/parties", spoil={"DPoP": spoilt})) == (401, "invalid_dpop_proof")


def test_a_proof_is_good_for_one_call(shop: Partner) -> None:
    shop.token = shop.ask_token().json()["access_token"]
    once = {"DPoP": shop.proof("GET", "/v1/parties", shop.token)}
    assert shop.send("GET", "/v1/parties", spoil=once).status_code == 200
    assert code(shop.send("GET", "/v1/parties", spoil=once)) == (401, "invalid_dpop_proof")


def test_a_token_is_of_its_scopes_alone(shop: Partner) -> None:
    shop.token = shop.ask_token("lines:read").json()["access_token"]
    assert code(shop.get("/v1/parties")) == (403, "insufficient_scope")


def test_what_is_taken_away_is_gone_with_the_next_call(platform: Platform, shop: Partner) -> None:
    assert shop.get("/v1/parties").status_code == 200
    change(platform, shop, scopes=("lines:read",))
    assert code(shop.get("/v1/parties")) == (403, "insufficient_scope")
    change(platform, shop, status=SUSPENDED)
    assert code(shop.get("/v1/parties")) == (403, "client_suspended")
    assert code(shop.ask_token()) == (403, "client_suspended")


# --- by a certificate -------------------------------------------------------------------------------------------------


def certificate() -> tuple[str, str]:
    """-> (the Client-Cert header of RFC 9440, the thumbprint) of a certificate that a client made itself."""
    key, day = ec.generate_private_key(ec.SECP256R1()), datetime(2026, 1, 1, tzinfo=UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(day).not_valid_after(day + timedelta(days=365)).sign(key, hashes.SHA256())
    )  # fmt: skip
    der = made.public_bytes(Encoding.DER)
    return f":{base64.b64encode(der).decode()}:", fingerprint(der)


def test_a_certificate_proves_a_client_behind_our_own_proxy_and_only_there(
    platform: Platform, partner_of: Callable[..., Partner]
) -> None:
    (header, thumbprint), (other, _) = certificate(), certificate()
    shop = partner_of("shop", thumbprints=(thumbprint,))
    form = {"grant_type": "client_credentials", "client_id": shop.client}
    assert code(shop.http.post("/oauth/token", data=form, headers={"Client-Cert": header})) == (401, "invalid_client")
    ours = create_app(Tenancy(platform), proxy="10.0.0.0/8")
    with TestClient(ours, base_url=BASE, client=("203.0.113.7", 1)) as http:  # past the proxy, with what it would tell
        assert code(http.post("/oauth/token", data=form, headers={"Client-Cert": header})) == (401, "invalid_client")
    with TestClient(ours, base_url=BASE, client=("10.1.2.3", 1)) as http:
        assert code(http.post("/oauth/token", data=form, headers={"Client-Cert": other})) == (401, "invalid_client")
        assert code(http.post("/oauth/token", data=form, headers={"Client-Cert": "x"})) == (401, "invalid_client")
        said = http.post("/oauth/token", data=form, headers={"Client-Cert": header}).json()
        assert said["token_type"] == "Bearer"
        shown = {"Authorization": f"Bearer {said['access_token']}"}
        assert http.get("/v1/parties", headers={**shown, "Client-Cert": header}).status_code == 200
        assert code(http.get("/v1/parties", headers={**shown, "Client-Cert": other})) == (401, "invalid_token")
        assert code(http.get("/v1/parties", headers=shown)) == (401, "invalid_token")


# --- signed where money moves -----------------------------------------------------------------------------------------


DRAW = {"amount": {"amount": 100_000}}
PATH = "/v1/lines/line_x/draws"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda shop, body: None,
        lambda shop, body: "not.a.jws",
        lambda shop, body: shop.sign(b"{}", "POST", PATH, "k"),
        lambda shop, body: shop.sign(body, "POST", PATH, "another key"),
        lambda shop, body: shop.sign(body, "POST", "/v1/lines/other/draws", "k"),
        lambda shop, body: shop.sign(body, "PUT", PATH, "k"),
        lambda shop, body: shop.sign(body, "POST", PATH, "k", iat=int(time.time()) - HOUR),
        lambda shop, body: shop.sign(body, "POST", PATH, "k", kid="k2"),
    ],
)
def test_money_moves_by_a_signed_request_alone(shop: Partner, spoil: Callable[[Partner, bytes], str | None]) -> None:
    body = b'{"amount": {"amount": 100000}}'
    answer = shop.send("POST", PATH, content=body, key="k", spoil={"x-jws-signature": spoil(shop, body)})
    assert code(answer) == (401, "bad_signature")
    assert code(shop.send("POST", PATH, content=body, key="k")) == (404, "no_such_line")


def test_what_was_signed_is_kept(platform: Platform, shop: Partner) -> None:
    answer = shop.post(PATH, DRAW, key="k9")
    with platform.unit("local") as unit:
        kept = unit.clients.rows("select request_id, client_id, key, path from signed_request")
    assert kept == [(answer.headers["X-Request-Id"], "shop.local", "k9", PATH)]


def test_a_key_that_was_taken_away_leaves_the_writes_key_free(platform: Platform, shop: Partner) -> None:
    shop.post(PATH, DRAW)
    change(platform, shop, scopes=tuple(set(SCOPES) - {"draws:write"}))
    assert code(shop.post(PATH, DRAW, key="k")) == (403, "insufficient_scope")
    change(platform, shop)
    assert code(shop.post(PATH, DRAW, key="k")) == (404, "no_such_line")


def test_keys_are_rotated_and_the_old_one_signs_no_more(platform: Platform, shop: Partner) -> None:
    assert shop.get("/v1/parties").status_code == 200
    new = ECKey.generate_key("P-256", {"kid": "k2"})
    change(platform, shop, jwks={"keys": [new.as_dict(private=False)]})
    assert code(shop.post(PATH, DRAW)) == (401, "bad_signature")
    assert code(shop.ask_token()) == (401, "invalid_client")
    shop.key = new
    body = b'{"amount": {"amount": 100000}}'
    signed = {"x-jws-signature": shop.sign(body, "POST", PATH, "k", kid="k2")}
    assert code(shop.send("POST", PATH, content=body, key="k", spoil=signed)) == (404, "no_such_line")


# --- once for each key ------------------------------------------------------------------------------------------------


def test_a_write_without_a_key_is_no_write(shop: Partner) -> None:
    assert code(shop.post("/v1/parties", PARTY, spoil={"Idempotency-Key": None})) == (400, "no_idempotency_key")
    assert code(shop.post("/v1/parties", PARTY, key="k" * 129)) == (400, "bad_idempotency_key")


def test_the_same_key_is_answered_the_same_and_with_another_body_refused(platform: Platform, shop: Partner) -> None:
    first, again = shop.post("/v1/parties", PARTY, key="k"), shop.post("/v1/parties", PARTY, key="k")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert code(shop.post("/v1/parties", {**PARTY, "name": "某某面馆"}, key="k")) == (422, "key_used")


def test_two_clients_may_choose_the_same_key(shop: Partner, partner_of: Callable[..., Partner]) -> None:
    assert shop.post("/v1/parties", PARTY, key="k").status_code == 201
    assert partner_of("other").post("/v1/parties", {**PARTY, "name": "某某面馆"}, key="k").status_code == 201


def test_what_was_refused_leaves_its_key_free(shop: Partner) -> None:
    assert code(shop.post("/v1/parties", {**PARTY, "kind": "spaceship"}, key="k"))[0] == 422
    assert shop.post("/v1/parties", PARTY, key="k").status_code == 201


def test_a_key_whose_call_runs_is_told_so(shop: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first call is held up between its admission and its answer; the second finds its key taken."""
    held, go_on = threading.Event(), threading.Event()
    ended = admission.Admission.ended

    def wait(self: Any, *said: Any) -> None:
        held.set()
        assert go_on.wait(30)
        ended(self, *said)

    monkeypatch.setattr(admission.Admission, "ended", wait)
    answers: list[Any] = []
    first = threading.Thread(target=lambda: answers.append(shop.post("/v1/parties", PARTY, key="k")))
    shop.token = shop.ask_token().json()["access_token"]
    first.start()
    assert held.wait(30)
    assert code(shop.post("/v1/parties", PARTY, key="k")) == (409, "still_running")
    go_on.set()
    first.join()
    assert answers[0].status_code == 201


# --- how often, how much ----------------------------------------------------------------------------------------------


def test_a_client_hears_what_is_left_and_is_stopped_at_nothing(partner_of: Callable[..., Partner]) -> None:
    eager = partner_of("eager", per_day=5)
    answers = [eager.get("/v1/parties") for _ in range(6)]
    assert "r=3" not in answers[0].headers["RateLimit-Policy"]
    assert '"day";q=5;w=86400' in answers[0].headers["RateLimit-Policy"]
    stopped = next(one for one in answers if one.status_code == 429)
    assert code(stopped) == (429, "quota_used_up")
    assert int(stopped.headers["Retry-After"]) > 0


def test_a_body_beyond_its_bound_is_not_read(shop: Partner) -> None:
    answer = shop.post("/v1/parties", {**PARTY, "name": "某" * 2**20})
    assert code(answer) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("content", "status", "code_"),
    [
        (b"{", 400, "not_json"), (b"\xff\xfe", 400, "not_json"), (b"[]", 422, "bad_request_body"),
        (b'{"name": 1}', 422, "bad_request_body"), (b'{"unheard": 1}', 422, "bad_request_body"),
        (b"", 422, "bad_request_body"), (b"[" * 100_000, 400, "not_json"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_right_is_told_by_its_places(
    shop: Partner, content: bytes, status: int, code_: str
) -> None:
    answer = shop.post("/v1/parties", content=content)
    assert code(answer) == (status, code_)


def test_a_problem_never_repeats_what_was_sent(shop: Partner) -> None:
    secret = "110105199003071234"
    for body in ({**PARTY, "kind": secret * 3}, {**PARTY, "since": secret}, {**PARTY, "identifiers": [secret]}):
        assert secret not in shop.post("/v1/parties", body).text


# --- pages and names of content ---------------------------------------------------------------------------------------


def test_pages_hold_each_thing_once(shop: Partner) -> None:
    made = []
    for n in range(5):
        phone = {"kind": "phone", "value": f"1380013800{n}"}
        made.append(shop.post("/v1/parties", {**PARTY, "name": f"第{n}家店", "identifiers": [phone]}).json()["party"])
    seen, cursor = [], ""
    for _ in range(3):
        page = shop.get("/v1/parties", limit=2, cursor=cursor).json()
        seen += [one["party"] for one in page["items"]]
        cursor = page["next"] or ""
    assert seen == made
    assert not cursor
    assert code(shop.get("/v1/parties", cursor="made-up")) == (422, "bad_cursor")


def test_what_is_known_already_is_not_sent_again(shop: Partner) -> None:
    tag = shop.get("/v1/parties").headers["ETag"]
    assert shop.send("GET", "/v1/parties", spoil={"If-None-Match": tag}).status_code == 304
    shop.post("/v1/parties", PARTY)
    assert shop.send("GET", "/v1/parties", spoil={"If-None-Match": tag}).status_code == 200


def test_a_call_is_found_by_one_word_on_both_sides(shop: Partner) -> None:
    assert (
        shop.send("GET", "/v1/parties", spoil={"X-Request-Id": "order-2026-0001"}).headers["X-Request-Id"]
        == "order-2026-0001"
    )
    assert shop.send("GET", "/v1/parties", spoil={"X-Request-Id": "bad id\t"}).headers["X-Request-Id"] != "bad id\t"


def test_an_address_or_method_that_does_not_exist_is_a_problem_too(shop: Partner) -> None:
    assert code(shop.get("/v1/nothing")) == (404, "no_such_address")
    assert code(shop.send("PATCH", "/v1/parties", {})) == (405, "no_such_method")


def test_a_request_id_may_be_said_again(platform: Platform, shop: Partner) -> None:
    for _ in range(2):
        assert code(shop.post(PATH, DRAW, spoil={"X-Request-Id": "order-0001"})) == (404, "no_such_line")
    with platform.unit("local") as unit:
        assert unit.clients.rows("select request_id from signed_request") == [("order-0001",)] * 2
