"""Events and webhooks as a partner meets them over HTTP."""

import json
from collections.abc import Callable

import pytest
from tests.api.conftest import Partner

from zhiwei.bootstrap import Platform

PARTY = {"name": "某某五金店", "since": "2020-01-01", "kind": "sole_trader",
         "identifiers": [{"kind": "phone", "value": "13800138000"}]}  # fmt: skip
HOOK = {"url": "https://shop.example.com/told", "types": ["party.registered"], "description": "ours"}


def party(partner: Partner, n: int = 0) -> str:
    phone = [{"kind": "phone", "value": f"1380013800{n}"}]
    return partner.post("/v1/parties", PARTY | {"identifiers": phone}).json()["party"]


def test_a_client_reads_on_from_where_it_was(shop: Partner) -> None:
    first = party(shop, 1)
    page = shop.get("/v1/events").json()
    assert [(one["type"], one["subject"], one["specversion"]) for one in page["items"]] == [
        ("party.registered", first, "1.0")
    ]
    assert not page["more"]
    assert shop.get("/v1/events", cursor=page["next"]).json() == {"items": [], "next": page["next"], "more": False}
    second = party(shop, 2)
    assert [one["subject"] for one in shop.get("/v1/events", cursor=page["next"]).json()["items"]] == [second]
    assert shop.get("/v1/events", limit=1).json()["more"]
    assert shop.get("/v1/events", type="draw.paid").json()["items"] == []


def test_another_client_reads_nothing_of_it(shop: Partner, partner_of: Callable[..., Partner]) -> None:
    party(shop)
    assert partner_of("other").get("/v1/events").json()["items"] == []
    assert partner_of("third", scopes=("lines:read",)).get("/v1/events").status_code == 403


def test_a_stream_says_the_same_and_goes_on_after_the_last_id(shop: Partner) -> None:
    one, two = party(shop, 1), party(shop, 2)
    answer = shop.get("/v1/events/stream", wait=0)
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = [dict(line.split(": ", 1) for line in block.split("\n")) for block in answer.text.split("\n\n") if block]
    assert [json.loads(block["data"])["subject"] for block in blocks] == [one, two]
    assert {block["event"] for block in blocks} == {"party.registered"}
    rest = shop.send("GET", "/v1/events/stream", query={"wait": 0}, spoil={"Last-Event-ID": blocks[0]["id"]})
    assert rest.text.count("data: ") == 1
    assert two in rest.text


def test_the_types_are_told_with_their_schemas(shop: Partner) -> None:
    found = {one["type"]: one for one in shop.get("/v1/events/types").json()}
    assert found["draw.paid"]["data_schema"]["required"] == ["draw", "line", "loan", "amount", "value_date"]


def test_a_webhook_from_its_registration_to_its_end(shop: Partner) -> None:
    made = shop.post("/v1/webhooks", HOOK, key="hook")
    assert made.status_code == 201, made.text
    name = made.json()["webhook"]
    assert made.headers["Location"] == f"/v1/webhooks/{name}"
    assert shop.post("/v1/webhooks", HOOK, key="hook").json() == made.json()
    [listed] = shop.get("/v1/webhooks").json()["items"]
    assert listed == HOOK | {"webhook": name, "status": "active", "because": ""}
    changed = shop.send("PATCH", f"/v1/webhooks/{name}", {"status": "paused"})
    assert changed.json() == {"webhook": name, "status": "paused"}
    assert shop.get(f"/v1/webhooks/{name}").json()["status"] == "paused"
    assert shop.post(f"/v1/webhooks/{name}/replays", {"since": "2026-01-01T00:00:00Z"}).status_code == 409
    assert shop.send("DELETE", f"/v1/webhooks/{name}").json()["status"] == "deleted"
    assert shop.get(f"/v1/webhooks/{name}").status_code == 404


def test_its_secret_is_told_apart_and_exchanged(shop: Partner, platform: Platform) -> None:
    name = shop.post("/v1/webhooks", HOOK).json()["webhook"]
    told = shop.get(f"/v1/webhooks/{name}/secret")
    assert told.headers["cache-control"] == "no-store"
    old = told.json()["secret"]
    assert old.startswith("whsec_")
    assert shop.post(f"/v1/webhooks/{name}/secret", {"overlap_hours": 1}).json()["overlap_seconds"] == 3600
    new = shop.get(f"/v1/webhooks/{name}/secret").json()["secret"]
    assert new != old
    with platform.unit("local") as unit:
        kept = str(unit.clients.rows("select answer from api_call") + unit.clients.rows("select result from step"))
    assert old.removeprefix("whsec_") not in kept
    assert new.removeprefix("whsec_") not in kept


def test_what_was_sent_is_listed_and_sent_again(shop: Partner, platform: Platform) -> None:
    name = shop.post("/v1/webhooks", HOOK).json()["webhook"]
    known = party(shop)
    assert [one["subject"] for one in shop.get("/v1/events").json()["items"]] == [known]
    [waiting] = shop.get(f"/v1/webhooks/{name}/deliveries").json()["items"]
    assert (waiting["type"], waiting["status"], waiting["attempts"]) == ("party.registered", "waiting", 0)
    again = shop.post(f"/v1/webhooks/{name}/replays", {"since": "2026-01-01T00:00:00Z"})
    assert again.json() == {"webhook": name, "events": 0}  # it is on its way already
    assert shop.post(f"/v1/webhooks/{name}/replays", {}).json()["code"] == "bad_replay"


def test_a_webhook_of_another_client_does_not_exist(shop: Partner, partner_of: Callable[..., Partner]) -> None:
    name, other = shop.post("/v1/webhooks", HOOK).json()["webhook"], partner_of("other")
    for path in ("", "/secret", "/deliveries"):
        assert other.get(f"/v1/webhooks/{name}{path}").json()["code"] == "no_such_webhook"
    for method, path, body in (
        ("PATCH", "", {"status": "paused"}), ("DELETE", "", None), ("POST", "/secret", {}),
        ("POST", "/replays", {"since": "2026-01-01T00:00:00Z"}),
    ):  # fmt: skip
        assert other.send(method, f"/v1/webhooks/{name}{path}", body).status_code == 404
    assert other.get("/v1/webhooks").json()["items"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"url": "http://shop.example.com/"}, "bad_address"), ({"url": "https://169.254.169.254/"}, "bad_address"),
        ({"types": ["line.sold"]}, "no_such_type"), ({"url": 5}, "bad_request_body"),
        ({"surprise": 1}, "bad_request_body"),
    ],
)  # fmt: skip
def test_a_webhook_that_cannot_be_is_refused(shop: Partner, change: dict[str, object], code: str) -> None:
    answer = shop.post("/v1/webhooks", HOOK | change)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
