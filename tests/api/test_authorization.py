"""Nobody gets in where they should not: every route, tried by everybody who may not use it.

The specification itself says which routes there are, so that a new one is tried too: or a test says what it lacks.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from tests.api.conftest import Partner

from zhiwei.bootstrap import Platform
from zhiwei.interfaces.api.access.scopes import MONEY, SCOPES
from zhiwei.journeys import Offer, accept, decide

OPEN = {"/.well-known/oauth-authorization-server", "/oauth/token"}  # who has nothing yet begins here
# What is the caller's own, or everybody's: another client gets its own answer, with nothing of the first one's in it.
OWN = {
    "/v1/products", "/v1/products/{product}", "/v1/schedules", "/v1/parties", "/v1/parties/many", "/v1/applications",
    "/v1/tasks", "/v1/lines", "/v1/events", "/v1/events/types", "/v1/events/stream", "/v1/webhooks", "/v1/client",
    "/v1/client/keys", "/v1/sandboxes", "/v1/sandbox", "/v1/sandbox/clock", "/v1/records/{kind}",
    "/v1/services/admission", "/v1/services/assessment", "/v1/services/limit", "/v1/services/price",
    "/v1/services/warning",
}  # fmt: skip
INVOICE = {
    "direction": "sale", "invoice_no": "1", "issue_date": "2025-01-01", "counterparty": "某某公司", "amount": 100,
    "tax": 0, "total": 100, "status": "valid",
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    said: dict[str, Any]

    def at(self, ids: dict[str, str]) -> str:
        return re.sub(r"{(\w+)}", lambda name: ids[name[1]], self.path)

    @property
    def asks(self) -> bool:
        return bool(self.said.get("x-asks"))


class World:
    """A shop with one of each thing, and what it can do with them."""

    def __init__(self, platform: Platform, shop: Partner, other: Partner, firm: str) -> None:
        self.platform, self.shop, self.other = platform, shop, other
        self.spec = shop.http.get("/openapi.json").json()
        self.ids = self._made(firm)

    @property
    def routes(self) -> list[Route]:
        return [
            Route(method.upper(), path, said)
            for path, methods in self.spec["paths"].items() for method, said in methods.items()
        ]  # fmt: skip

    def body(self, route: Route) -> Any:
        """The example that the specification shows of what goes in, with ids of the shop's."""
        content = route.said.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return None
        if "/records/" in route.path:
            return {"rows": [INVOICE]}
        schema = self.resolved(content["schema"])
        made = content.get("examples") or schema.get("examples") or [content.get("example") or {}]
        said = json.loads(json.dumps(made[0] if isinstance(made, list) else next(iter(made.values()))["value"]))
        return said | {name: self.ids[name] for name in said if name in self.ids and isinstance(said[name], str)}

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        return self.spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema

    def _made(self, firm: str) -> dict[str, str]:
        books, by, on = self.platform, self.platform.actor, date(2024, 3, 1)
        [decision] = decide(books=books, by=by, product="tax_credit", parties=[firm], as_of=on)
        line = accept(books=books, by=by, key="a", offer=Offer(decision.decision_id), on=on).line
        with books.unit("local") as unit:
            consents = [("consent", one.consent_id) for one in unit.parties.consents([firm])]
            held = [("party", firm), ("decision", decision.decision_id), ("line", line), *consents]
            unit.clients.hold(self.shop.client, held)
        draw = self.shop.post(f"/v1/lines/{line}/draws", {"amount": {"amount": 100_000}, "value_date": "2024-03-01"})
        assert draw.status_code == 201, draw.text
        paid = self.shop.post(
            f"/v1/lines/{line}/repayments", {"amount": {"amount": 50_000}, "value_date": "2024-03-02"}
        )
        assert paid.status_code == 201, paid.text
        asked = self.shop.post("/v1/applications", {"party": firm, "product": "tax_credit"})
        assert asked.status_code == 201, asked.text
        pushed = self.shop.post(f"/v1/parties/{firm}/records/invoices", {"rows": [INVOICE]})
        assert pushed.status_code == 201, pushed.text
        hook = self.shop.post("/v1/webhooks", {"url": "https://shop.example/hook"})
        assert hook.status_code == 201, hook.text
        box = self.shop.post("/v1/sandboxes", {"name": "shop"})
        assert box.status_code == 201, box.text
        return {
            "party": firm, "decision": decision.decision_id, "line": line, "draw": draw.json()["draw"],
            "repayment": paid.json()["repayment"], "application": asked.json()["application"],
            "delivery": pushed.json()["delivery"], "webhook": hook.json()["webhook"],
            "sandbox": box.json()["sandbox"], "consent": consents[0][1], "product": "tax_credit", "kind": "invoices",
        }  # fmt: skip

    def call(self, who: Partner, route: Route, **spoil: Any) -> Any:
        body = self.body(route)
        query = (
            {"source": "invoices"} if route.path.endswith("/files") else {"wait": 0} if "stream" in route.path else None
        )
        if body is None and route.method != "GET":
            return who.send(route.method, route.at(self.ids), content=b"", query=query, **spoil)
        return who.send(route.method, route.at(self.ids), body, query=query, **spoil)


@pytest.fixture
def world(platform: Platform, partner_of: Callable[..., Partner], good_firm: str) -> World:
    return World(platform, partner_of("shop"), partner_of("other"), good_firm)


def test_every_route_is_shut_to_whom_it_is_not_for(
    platform: Platform, partner_of: Callable[..., Partner], world: World
) -> None:
    """By route: who shows nothing, a stolen token, every scope but the right one, another tenant's client, another
    client of the same tenant with the ids of the first. One test, since the world takes long to make.
    """
    platform.database.add_tenant("elsewhere")
    platform.database.unlock("elsewhere")
    stranger = partner_of("shop", tenant="elsewhere")
    narrow = {
        scope: partner_of(f"no-{scope.replace(':', '-')}", scopes=tuple(set(SCOPES) - {scope})) for scope in SCOPES
    }
    wrong: list[str] = []

    def told(what: str, route: Route, answer: Any, *expected: int) -> None:
        if answer.status_code not in expected:
            wrong.append(f"{what}: {route.method} {route.path} -> {answer.status_code} {answer.text[:150]}")

    for route in world.routes:
        if route.path in OPEN:
            continue
        scope = route.said["x-scope"]
        bare = {"Authorization": None, "DPoP": None}
        told("nobody", route, world.call(world.shop, route, spoil=bare), 401)
        stolen = {"Authorization": f"Bearer {world.shop.token}", "DPoP": None}
        told("a stolen token", route, world.call(world.shop, route, spoil=stolen), 401)
        told(f"all scopes but {scope}", route, world.call(narrow[scope], route), 403)
        if SCOPES[scope].level == MONEY:
            told("unsigned", route, world.call(world.shop, route, spoil={"x-jws-signature": None}), 401)
        if route.path not in OWN:
            told("another tenant", route, world.call(stranger, route), 404)
            told("another client", route, world.call(world.other, route), 404)
    assert not wrong, "\n".join(wrong)


def test_what_is_ones_own_shows_nothing_of_anothers(world: World) -> None:
    """Lists, products, plans and services: no id of the shop's is in what the other one gets."""
    secret = {world.ids[name] for name in world.ids if name not in ("product", "kind")}
    for route in world.routes:
        if route.path in OWN:
            answer = world.call(world.other, route)
            assert answer.status_code < 500, f"{route.method} {route.path}: {answer.text}"
            sent = json.dumps(world.body(route) or {})
            shown = {one for one in secret if one in answer.text and one not in sent}
            assert not shown, f"{route.method} {route.path} shows {shown}"


def test_ids_in_a_body_are_looked_at_too(world: World) -> None:
    """A party, a line or a decision of another's does not exist, wherever one names it."""
    other, party = world.other, world.ids["party"]
    phone = {"kind": "phone", "value": "13800138001"}
    new = {"name": "某某面馆", "kind": "sole_trader", "since": "2020-01-01", "identifiers": [phone]}
    mine = other.post("/v1/parties", new).json()["party"]
    tried = {
        "apply": other.post("/v1/applications", {"party": party, "product": "tax_credit"}),
        "link": other.post(f"/v1/parties/{mine}/links", {"kind": "guarantees", "other": party, "since": "2024-01-01"}),
        "ask": other.post("/v1/services/admission", {"product": "tax_credit", "party": party}),
        "rows": other.send("POST", "/v1/records/invoices", content=json.dumps(INVOICE | {"party": party}).encode(),
                           media="application/x-ndjson"),
    }  # fmt: skip
    assert {what: answer.status_code for what, answer in tried.items()} == dict.fromkeys(tried, 404), {
        what: answer.text for what, answer in tried.items() if answer.status_code != 404
    }


def test_the_shop_itself_gets_in(world: World) -> None:
    """Else the tests above would prove nothing: what they ask for is there, and is the shop's."""
    for route in world.routes:
        if route.method == "GET" and route.path not in OPEN | {"/v1/sandbox"}:
            answer = world.call(world.shop, route)
            assert answer.status_code == 200, f"{route.path}: {answer.text}"
