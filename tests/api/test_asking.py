"""Products, plans and the five services through the API: questions that change nothing and are kept nowhere."""

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.api.conftest import Partner

from zhiwei.bootstrap import Platform
from zhiwei.credit.underwriting import admit, advise_limit, assess
from zhiwei.journeys import asked_about
from zhiwei.tables import text

CASE = Path(__file__).parents[2] / "products" / "owner_loan" / "cases" / "served_for_years.toml"


@pytest.fixture
def facts() -> dict[str, str]:
    told = tomllib.loads(CASE.read_text("utf-8"))["facts"]
    return {name: str(value) for name, value in told.items()}


def test_products_in_force_say_for_whom_they_are_and_what_they_cost(shop: Partner) -> None:
    found = shop.get("/v1/products").json()["items"]
    assert {"tax_credit", "owner_loan"} <= {one["product"] for one in found}
    one = shop.get("/v1/products/tax_credit").json()
    assert one in found
    assert one["segment"].startswith("companies")
    assert (one["needs"]["records"], one["needs"]["optional"]) == (["invoices"], [])
    assert (one["charges"]["annual_rate_floor"], one["charges"]["annual_rate_cap"]) == ("0.04", "0.15")
    assert one["charges"]["daily_rate_cap"] == "0.000417"
    assert (one["tenor"]["method"], one["tenor"]["periods"], one["tenor"]["line_months"]) == ("revolving", None, 12)
    assert shop.get("/v1/products/none").json()["code"] == "product_not_published"


def test_products_come_in_pages(shop: Partner) -> None:
    first = shop.get("/v1/products", limit=2).json()
    second = shop.get("/v1/products", limit=2, cursor=first["next"]).json()
    names = [one["product"] for page in (first, second) for one in page["items"]]
    assert names == sorted(set(names))
    assert len(names) == 4


def test_a_plan_says_the_rate_a_year_beside_that_a_day(shop: Partner) -> None:
    """等额本息 of 120,000.00 over 24 months at 6 %: the principal comes back whole, and the simple rate is the rate."""
    asked = {"product": "owner_loan", "amount": {"amount": 12_000_000}, "annual_rate": "0.06",
             "value_date": "2026-01-01"}  # fmt: skip
    told = shop.post("/v1/schedules", asked)
    assert told.status_code == 200, told.text
    plan = told.json()
    assert (len(plan["rows"]), plan["rows"][0]["due_date"]) == (24, "2026-02-01")
    assert plan["rows"][0]["interest"]["amount"] == 60_000
    assert sum(row["principal"]["amount"] for row in plan["rows"]) == 12_000_000
    assert plan["payments"]["amount"] == 12_000_000 + plan["interest"]["amount"]
    assert (plan["daily_rate"], plan["found_by"]) == ("0.000167", "1-month IRR x 12")
    assert float(plan["annualised_simple"]) == pytest.approx(0.06, abs=2e-6)
    assert float(plan["annualised_compound"]) == pytest.approx(1.005**12 - 1, abs=2e-6)


def test_a_plan_keeps_to_the_product(shop: Partner) -> None:
    asked: dict[str, Any] = {"product": "tax_credit", "amount": {"amount": 1_000_000}, "value_date": "2026-01-01"}
    line = shop.post("/v1/schedules", asked).json()
    assert (line["annual_rate"], line["rows"][-1]["due_date"]) == ("0.15", "2027-01-01")  # the dearest it may be
    for other, code in (
        ({"annual_rate": "0.30"}, "rate_out_of_bounds"), ({"amount": {"amount": 1}}, "amount_too_small"),
        ({"amount": {"amount": 0}}, "bad_request_body"), ({"matures_on": "2025-01-01"}, "bad_terms"),
        ({"value_date": "1990-01-01", "matures_on": "8999-01-01"}, "product_not_in_force"),
        ({"annual_rate": 0.1}, "bad_request_body"), ({"wish": 1}, "bad_request_body"),
        ({"product": "none"}, "product_not_published"),
    ):  # fmt: skip
        told = shop.post("/v1/schedules", asked | other)
        assert told.status_code in (404, 409, 422), told.text
        assert told.json()["code"] == code


def test_a_question_needs_no_key_and_leaves_nothing(shop: Partner, facts: dict[str, str], database_url: str) -> None:
    asked = {"product": "owner_loan", "facts": facts, "as_of": "2026-11-01"}
    told = shop.post("/v1/services/assessment", asked, spoil={"Idempotency-Key": None})
    assert (told.status_code, told.json()["grade"]) == (200, "A"), told.text
    assert "ETag" not in told.headers
    with psycopg.connect(database_url) as owner:
        kept = owner.execute("select (select count(*) from api_call), (select count(*) from decision)").fetchone()
    assert kept == (0, 0)


def test_four_services_of_given_facts_are_the_golden_case(shop: Partner, facts: dict[str, str]) -> None:
    asked = {"product": "owner_loan", "facts": facts, "as_of": "2026-11-01"}
    admission, limit, price = (
        shop.post(f"/v1/services/{name}", asked).json() for name in ("admission", "limit", "price")
    )
    assert (admission["outcome"], admission["party"]) == ("approve", None)
    assert (limit["limit"], limit["binding"]) == ({"amount": 24_000_000, "currency": "CNY"}, "room")
    assert {one["name"]: one["amount"] for one in limit["terms"]}["cap"] == 30_000_000
    assert (price["annual_rate"], price["floor"], price["cap"]) == ("0.0555", "0.04", "0.15")
    assert price["daily_rate"] == "0.000154"


def test_a_probability_alone_has_a_price(shop: Partner) -> None:
    price = shop.post("/v1/services/price", {"product": "owner_loan", "pd": "0.02", "as_of": "2026-11-01"}).json()
    assert price["annual_rate"] == "0.062"
    nothing = shop.post("/v1/services/price", {"product": "owner_loan"})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "whose")


def test_warnings_of_given_facts_stand_beside_what_was(shop: Partner) -> None:
    rules = shop.post("/v1/services/warning", {"product": "tax_credit", "facts": {}, "before": {}}).json()["lines"][0]
    assert rules["warnings"] == []
    assert rules["unknown"]


def test_facts_that_are_none_are_refused(shop: Partner) -> None:
    for facts in ({"shoe_size": "1"}, {"sales_12m": "1e9"}, {"sales_12m": 1.5}, {"Sales": "1"}, {"sales_12m": "NaN"}):
        told = shop.post("/v1/services/admission", {"product": "tax_credit", "facts": facts})
        assert told.status_code == 422, told.text
        assert told.json()["code"] in ("bad_facts", "bad_request_body")


def test_a_party_is_assessed_under_its_consent_as_a_decision_would(
    shop: Partner, partner_of: Callable[..., Partner], platform: Platform, good_firm: str
) -> None:
    """The firm's invoices are known to the lender; this client may ask once the firm allows it through this client."""
    asked = {"product": "tax_credit", "party": good_firm, "as_of": "2024-03-01"}
    assert shop.post("/v1/services/assessment", asked).json()["code"] == "no_such_party"
    with platform.unit("local") as unit:
        unit.clients.hold(shop.client, [("party", good_firm)])
    refused = shop.post("/v1/services/assessment", asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_consent")
    given = {"scopes": ["invoices"], "text": "I agree.", "evidence": "page 1", "since": "2024-01-01"}
    assert shop.post(f"/v1/parties/{good_firm}/consents", given).status_code == 201
    known = asked_about(books=platform, by=platform.actor, product="tax_credit", party=good_firm,
                        as_of=date(2024, 3, 1))  # fmt: skip
    assessed = assess(known.product.policy, known.facts, known.on)
    told = shop.post("/v1/services/assessment", asked).json()
    assert (told["score"], told["pd"], told["grade"]) == (assessed.score, text(assessed.pd), assessed.grade)
    admitted = shop.post("/v1/services/admission", asked).json()
    assert admitted["outcome"] == admit(known.product.policy, known.facts, known.on).outcome == "approve"
    limit = shop.post("/v1/services/limit", asked).json()["limit"]["amount"]
    assert limit * 10_000 == advise_limit(known.product.policy, known.facts, known.on).limit
    early = shop.post("/v1/services/admission", asked | {"as_of": "2026-02-01"})
    assert (early.status_code, early.json()["code"]) == (409, "future_date")
    other = partner_of("other").post("/v1/services/assessment", asked)
    assert (other.status_code, other.json()["code"]) == (404, "no_such_party")


def test_warnings_are_of_the_clients_own_lines(
    shop: Partner, platform: Platform, open_line: Callable[..., str], good_firm: str
) -> None:
    line = open_line()
    with platform.unit("local") as unit:
        unit.clients.hold(shop.client, [("party", good_firm)])
    given = {"scopes": ["invoices"], "text": "I agree.", "evidence": "page 1", "since": "2024-01-01"}
    shop.post(f"/v1/parties/{good_firm}/consents", given)
    asked = {"product": "tax_credit", "party": good_firm, "as_of": "2024-06-01"}
    assert shop.post("/v1/services/warning", asked).json()["lines"] == []
    with platform.unit("local") as unit:
        unit.clients.hold(shop.client, [("line", line)])
    [told] = shop.post("/v1/services/warning", asked).json()["lines"]
    assert (told["line"], told["since"], told["used"]["amount"]) == (line, "2024-03-01", 0)


def test_who_may_not_ask_is_refused(partner_of: Callable[..., Partner]) -> None:
    reader = partner_of("reader", scopes=("products:read",))
    assert reader.get("/v1/products").status_code == 200
    told = reader.post("/v1/services/price", {"product": "owner_loan", "pd": "0.02"})
    assert (told.status_code, told.json()["code"]) == (403, "insufficient_scope")
