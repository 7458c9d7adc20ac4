"""A partner makes a sandbox, gets in with a plain key, and lets time pass; production has neither."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from tests.api.conftest import Partner

from zhiwei.bootstrap import Platform


class Inside:
    """Calls with a test key and nothing else."""

    def __init__(self, http: TestClient, test_key: str) -> None:
        self.http, self.headers, self.calls = http, {"Authorization": f"Bearer {test_key}"}, 0

    def get(self, path: str) -> httpx2.Response:
        return self.http.get(path, headers=self.headers)

    def post(self, path: str, body: Any) -> httpx2.Response:
        self.calls += 1
        return self.http.post(path, json=body, headers=self.headers | {"Idempotency-Key": f"call {self.calls}"})


def test_a_client_makes_a_sandbox_and_its_test_key_gets_in(shop: Partner, http: TestClient) -> None:
    made = shop.post("/v1/sandboxes", {"name": "shop"})
    assert made.status_code == 201, made.text
    told = made.json()
    assert told["sandbox"].startswith("sandbox-shop-")
    assert told["client"] == f"shop.{told['sandbox']}"
    seen = Inside(http, told["test_key"]).get("/v1/sandbox")
    assert seen.status_code == 200, seen.text
    assert (seen.json()["today"], [one["party"] for one in seen.json()["borrowers"]]) == (
        "2026-01-01", ["good", "late", "fraud", "slow"],
    )  # fmt: skip
    assert {one["party"] for one in Inside(http, told["test_key"]).get("/v1/parties").json()["items"]} == {
        "good", "late", "fraud", "slow",
    }  # fmt: skip


def test_its_borrowers_let_the_client_see_their_records(shop: Partner, http: TestClient) -> None:
    inside = Inside(http, shop.post("/v1/sandboxes", {"name": "shop"}).json()["test_key"])
    [consent] = inside.get("/v1/parties/good/consents").json()["items"]
    assert consent["scope"] == "invoices"
    assert inside.get("/v1/parties/good/quality").status_code == 200
    for party, outcome in (("good", "approve"), ("late", "approve"), ("fraud", "decline"), ("slow", "refer")):
        applied = inside.post("/v1/applications", {"party": party, "product": "tax_credit"})
        assert (applied.status_code, applied.json()["outcome"]) == (201, outcome)
    assert [one["party"] for one in inside.get("/v1/tasks").json()["items"]] == ["slow"]


def test_the_key_is_told_once_and_kept_nowhere(shop: Partner, platform: Platform) -> None:
    first = shop.post("/v1/sandboxes", {"name": "shop"}, key="make").json()
    again = shop.post("/v1/sandboxes", {"name": "shop"}, key="make")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first | {"test_key": None}
    secret = first["test_key"].split(".")[2]
    for tenant in ("local", first["sandbox"]):
        with platform.unit(tenant) as unit:
            run = unit.steps.connection.execute
            for table in ("api_call", "step", "audit", "test_key"):
                rows = run(f"select count(*) from {table} t where t::text like %s", [f"%{secret}%"]).fetchone()
                assert rows == (0,), table


def test_time_passes_in_the_sandbox_and_nowhere_else(shop: Partner, http: TestClient) -> None:
    inside = Inside(http, shop.post("/v1/sandboxes", {"name": "shop"}).json()["test_key"])
    moved = inside.post("/v1/sandbox/clock", {"to": "2026-01-05"})
    assert (moved.status_code, moved.json()["today"], moved.json()["days"]) == (200, "2026-01-05", 4)
    seen = inside.get("/v1/sandbox").json()
    assert (seen["today"], seen["sources"]) == (
        "2026-01-05",
        [{"source": "tax_bureau", "pulls": 4, "calls": 7, "hits": 1, "failures": 3, "breaker": "closed"}],
    )
    back = inside.post("/v1/sandbox/clock", {"to": "2026-01-04"})
    assert (back.status_code, back.json()["code"]) == (409, "clock_goes_forward")
    for answer in (shop.post("/v1/sandbox/clock", {"to": "2026-01-05"}), shop.get("/v1/sandbox")):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_a_sandbox")


def test_a_new_key_replaces_the_old_and_an_end_is_an_end(shop: Partner, http: TestClient) -> None:
    made = shop.post("/v1/sandboxes", {"name": "shop"}).json()
    path = f"/v1/sandboxes/{made['sandbox']}"
    renewed = shop.post(f"{path}/test-keys").json()
    assert Inside(http, made["test_key"]).get("/v1/sandbox").status_code == 401
    assert Inside(http, renewed["test_key"]).get("/v1/sandbox").status_code == 200
    assert shop.post(f"{path}/end").json()["ended"] is True
    assert Inside(http, renewed["test_key"]).get("/v1/sandbox").status_code == 401
    assert [one["ended"] for one in shop.get("/v1/sandboxes").json()["items"]] == [True]


def test_another_clients_sandbox_is_not_there(shop: Partner, partner_of: Callable[..., Partner]) -> None:
    made = shop.post("/v1/sandboxes", {"name": "shop"}).json()
    other = partner_of("other")
    assert other.get("/v1/sandboxes").json()["items"] == []
    for what in ("test-keys", "end"):
        answer = other.post(f"/v1/sandboxes/{made['sandbox']}/{what}")
        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_sandbox")


@pytest.mark.parametrize("change", ["another tenant", "another secret", "no secret", "production"])
def test_a_test_key_opens_its_own_sandbox_only(shop: Partner, http: TestClient, change: str) -> None:
    made, other = (shop.post("/v1/sandboxes", {"name": name}).json() for name in ("one", "two"))
    word, tenant, secret = made["test_key"].split(".")
    wrong = {
        "another tenant": f"{word}.{other['sandbox']}.{secret}", "another secret": f"{word}.{tenant}.{secret}x",
        "no secret": f"{word}.{tenant}.", "production": f"{word}.local.{secret}",
    }[change]  # fmt: skip
    answer = Inside(http, wrong).get("/v1/sandbox")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


def test_in_its_sandbox_a_client_may_prove_itself_as_in_production(shop: Partner, http: TestClient) -> None:
    """Its keys are known there: what signs in production signs in the sandbox."""
    made = shop.post("/v1/sandboxes", {"name": "shop"}).json()
    inside = Partner(http, made["client"], shop.key)
    assert inside.get("/v1/sandbox").json()["sandbox"] == made["sandbox"]
