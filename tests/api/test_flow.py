"""The whole flow by HTTP alone: a partner brings a business, applies, accepts, draws, repays and draws again."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient
from tests.api.conftest import BASE, Partner
from tests.conftest import delivery_of, invoice_rows

from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.credit.antifraud.typologies.applications import KINDS
from zhiwei.interfaces.api import create_app
from zhiwei.interfaces.api.resources.lending.applications import Thing
from zhiwei.journeys import Change, Word, change_line, close_days, examine, receive, rule
from zhiwei.journeys.ports import Payout
from zhiwei.values import Actor, Outage, fen

FIRST = date(2024, 3, 1)
FIRM = {"name": "某某五金店", "kind": "sole_trader", "since": "2019-05-01",
        "identifiers": [{"kind": "phone", "value": "13800138000"}]}  # fmt: skip


@dataclass
class Bank:
    """Pays, unless it is away."""

    away: bool = False
    paid: dict[str, int] = field(default_factory=dict)

    def pay(self, payout: Payout) -> tuple[str, str | None]:
        if self.away:
            raise Outage("the line was cut")
        self.paid[payout.payout_id] = payout.amount
        return "paid", f"ref {payout.payout_id}"


@dataclass
class Days(Tenancy):
    """All tenants have the same today, which the story moves."""

    platform: Platform
    today: date = FIRST
    bank: Bank = field(default_factory=Bank)

    def __post_init__(self) -> None:
        super().__init__(self.platform)

    def of(self, tenant: str) -> Platform:
        return replace(super().of(tenant), clock=self.today, payments=self.bank)


@pytest.fixture
def days(platform: Platform) -> Days:
    return Days(platform)


@pytest.fixture
def http(days: Days) -> Iterator[TestClient]:
    with TestClient(create_app(days), base_url=BASE, raise_server_exceptions=False) as http:
        yield http


@dataclass
class Story:
    """What every chapter begins with: a business that a partner brought, with three good years of invoices."""

    days: Days
    shop: Partner

    def firm(self) -> str:
        made = self.shop.post("/v1/parties", FIRM)
        assert made.status_code == 201, made.text
        party: str = made.json()["party"]
        books = self.days.of("local")
        delivery = delivery_of(invoice_rows(party, FIRST))
        receive(books=books, by=books.actor, deliveries=[delivery], folder="")
        with books.unit("local") as unit:  # as if it had been given through this client
            allowed = [one.consent_id for one in unit.parties.consents([party])]
            unit.clients.hold(self.shop.client, [("consent", one) for one in allowed])
        return party

    def apply(self, party: str, **more: Any) -> Any:
        made = self.shop.post("/v1/applications", {"party": party, "product": "tax_credit", **more})
        assert made.status_code == 201, made.text
        return made.json()

    def line(self, party: str | None = None) -> str:
        decision = self.apply(party or self.firm())["decision"]
        made = self.shop.post(f"/v1/offers/{decision}/accept", {})
        assert made.status_code == 201, made.text
        line: str = made.json()["line"]
        return line

    def draw(self, line: str, yuan: str, **more: Any) -> Any:
        return self.shop.post(f"/v1/lines/{line}/draws", {"amount": money(yuan)}, **more)

    def repay(self, line: str, yuan: str, **more: Any) -> Any:
        return self.shop.post(f"/v1/lines/{line}/repayments", {"amount": money(yuan), **more})


@pytest.fixture
def story(days: Days, shop: Partner) -> Story:
    return Story(days, shop)


def money(yuan: str) -> dict[str, Any]:
    return {"amount": fen(yuan), "currency": "CNY"}


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_business_borrows_repays_and_borrows_again(story: Story, days: Days) -> None:
    """Applied for, decided, offered and accepted on 1 March; drawn; three weeks later the interest is due."""
    shop, party = story.shop, story.firm()
    applied = story.apply(party, channel="app", came_with=[{"kind": "device", "value": "fingerprint 1"}])
    assert (applied["party"], applied["outcome"], applied["applied_on"]) == (party, "approve", "2024-03-01")
    assert shop.get(f"/v1/applications/{applied['application']}").json() == {
        "application": applied["application"], "party": party, "product": "tax_credit", "applied_on": "2024-03-01",
        "channel": "app", "decision": applied["decision"], "outcome": "approve",
    }  # fmt: skip

    decision = shop.get(f"/v1/decisions/{applied['decision']}").json()
    assert (decision["decided_by"], decision["reasons"], decision["became"]) == ("policy", [], None)
    assert len(decision["inputs_hash"]) == 64
    offer = shop.get(f"/v1/offers/{applied['decision']}").json()
    assert offer["limit"] == offer["at_once"] == decision["limit"]
    assert (offer["annual_rate"], offer["day_basis"], offer["rest"]) == (decision["annual_rate"], 360, None)
    assert (offer["open"], offer["line"], offer["accept_by"]) == (True, None, "2024-04-30")
    assert float(offer["annualised"]["compounded"]) > float(offer["annualised"]["simple_365"])
    assert Decimal(offer["annualised"]["contract_360"]) == Decimal(offer["annual_rate"]) * 100

    opened = shop.post(f"/v1/offers/{applied['decision']}/accept", {"limit": money("200000")})
    assert opened.status_code == 201
    line = opened.json()["line"]
    assert opened.headers["Location"] == f"/v1/lines/{line}"
    assert opened.json() == {
        "line": line, "decision": applied["decision"], "limit": money("200000"), "opened_on": "2024-03-01",
        "annual_rate": opened.json()["annual_rate"], "expires_on": "2025-03-01",
    }  # fmt: skip
    assert shop.get(f"/v1/offers/{applied['decision']}").json()["line"] == line

    drawn = story.draw(line, "100000")
    assert (drawn.status_code, drawn.json()["status"]) == (201, "paid")
    draw = drawn.json()["draw"]
    assert drawn.headers["Location"] == f"/v1/draws/{draw}"
    assert shop.get(f"/v1/draws/{draw}").json() == drawn.json()
    assert days.bank.paid == {draw: fen("100000")}
    now = shop.get(f"/v1/lines/{line}").json()
    assert [now[name]["amount"] for name in ("limit", "used", "held", "available")] == [
        fen("200000"), fen("100000"), 0, fen("100000"),
    ]  # fmt: skip

    plan = shop.get(f"/v1/lines/{line}/schedule").json()["dues"]
    first = plan[0]
    assert (first["due_on"], first["principal"]["amount"], first["overdue"]) == ("2024-03-21", 0, False)
    assert sum(due["principal"]["amount"] for due in plan) == fen("100000")

    days.today = date(2024, 3, 21)
    quote = shop.get(f"/v1/lines/{line}/quote").json()
    assert quote["total"]["amount"] == fen("100000") + first["total"]["amount"]
    repaid = story.repay(line, "60000", reference="BANK-17")
    assert repaid.status_code == 201
    told = repaid.json()
    assert told["interest"]["amount"] == first["interest"]["amount"]
    assert told["interest"]["amount"] + told["principal"]["amount"] == fen("60000")
    assert told["outstanding"]["amount"] == fen("100000") - told["principal"]["amount"]
    assert shop.get(repaid.headers["Location"]).json() == {
        "repayment": told["repayment"], "line": line, "loan": "", "amount": money("60000"), "prepay": False,
        "value_date": "2024-03-21", "reference": "BANK-17", "taken_back": False,
    }  # fmt: skip

    again = story.draw(line, "120000")
    assert (again.status_code, again.json()["status"], again.json()["value_date"]) == (201, "paid", "2024-03-21")
    assert [one["draw"] for one in shop.get(f"/v1/lines/{line}/draws").json()["items"]] == [draw, again.json()["draw"]]
    [one] = shop.get(f"/v1/lines/{line}/repayments").json()["items"]
    assert one["repayment"] == told["repayment"]
    stated = shop.get(f"/v1/lines/{line}/statement").json()
    assert [(row["date"], row["kind"]) for row in stated["rows"]] == [
        ("2024-03-01", "drawn"), ("2024-03-21", "billed"), ("2024-03-21", "repaid"), ("2024-03-21", "drawn"),
    ]  # fmt: skip
    assert stated["principal"]["amount"] == fen("220000") - told["principal"]["amount"] == stated["used"]["amount"]
    books = days.of("local")
    assert [finding for finding in examine(books=books, by=books.actor) if finding.wrong] == []


def test_what_is_planned_is_what_falls_due(story: Story, days: Days) -> None:
    """Each due date is paid as the schedule of the first day said, and the line ends owing nothing."""
    line = story.line()
    story.draw(line, "100000")
    for due in story.shop.get(f"/v1/lines/{line}/schedule").json()["dues"]:
        days.today = date.fromisoformat(due["due_on"])
        [now] = [one for one in story.shop.get(f"/v1/lines/{line}/schedule").json()["dues"] if not one["overdue"]][:1]
        assert now == due
        stated = story.shop.get(f"/v1/lines/{line}/statement").json()
        assert stated["due"] == due["total"]
        assert story.repay(line, str(due["total"]["amount"] / 100)).json()["credit"]["amount"] == 0
    assert story.shop.get(f"/v1/lines/{line}/schedule").json()["dues"] == []
    assert story.shop.get(f"/v1/lines/{line}").json()["used"]["amount"] == 0


def test_the_same_call_twice_is_one_and_its_key_is_taken_for_any_other(story: Story, days: Days) -> None:
    line = story.line()
    first, second = (story.draw(line, "1000", key="a key") for _ in range(2))
    assert (second.status_code, second.json(), second.headers["Idempotent-Replayed"]) == (201, first.json(), "true")
    assert code(story.draw(line, "2000", key="a key")) == (422, "key_used")
    assert days.bank.paid == {first.json()["draw"]: fen("1000")}


def test_what_is_of_one_client_does_not_exist_for_another(story: Story, partner_of: Callable[..., Partner]) -> None:
    applied = story.apply(story.firm())
    line = story.shop.post(f"/v1/offers/{applied['decision']}/accept", {}).json()["line"]
    draw = story.draw(line, "1000").json()["draw"]
    repayment = story.repay(line, "10").json()["repayment"]
    other, decision = partner_of("other"), applied["decision"]
    for path in (
        f"applications/{applied['application']}", f"decisions/{decision}", f"decisions/{decision}/letter",
        f"decisions/{decision}/ways", f"offers/{decision}", f"lines/{line}", f"lines/{line}/draws",
        f"lines/{line}/repayments", f"lines/{line}/quote", f"lines/{line}/statement", f"lines/{line}/schedule",
        f"draws/{draw}", f"repayments/{repayment}",
    ):  # fmt: skip
        assert story.shop.get(f"/v1/{path}").status_code == 200, path
        kind, name = path.split("/")[:2]
        theirs, nobodys = other.get(f"/v1/{path}"), other.get(f"/v1/{path.replace(name, 'nobodys')}")
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.json() | {"detail": ""} == nobodys.json() | {"detail": ""}, kind
        assert theirs.json()["detail"].replace(name, "") == nobodys.json()["detail"].replace("nobodys", "")
    amount = {"amount": money("1000")}
    for path, body in (
        ("applications", {"party": applied["party"], "product": "tax_credit"}), (f"offers/{decision}/accept", {}),
        (f"lines/{line}/draws", amount), (f"lines/{line}/repayments", amount),
    ):  # fmt: skip
        assert other.post(f"/v1/{path}", body).status_code == 404, path
    for path in ("applications", "lines", "tasks"):
        assert other.get(f"/v1/{path}").json() == {"items": [], "next": None}
    assert len(story.shop.get("/v1/lines").json()["items"]) == 1


def test_a_declined_business_is_told_why_and_what_would_change_it(story: Story, days: Days) -> None:
    """The same firm half a year after its last invoice."""
    days.today = date(2024, 9, 20)
    applied = story.apply(story.firm())
    assert applied["outcome"] == "decline"
    decision = f"/v1/decisions/{applied['decision']}"
    told = story.shop.get(decision).json()
    assert (told["limit"], told["annual_rate"], told["outcome"]) == (None, None, "decline")
    assert told["reasons"]
    assert all(set(one) == {"code", "zh", "en"} and one["zh"] and one["en"] for one in told["reasons"])
    letter = story.shop.get(f"{decision}/letter").json()
    assert (letter["reasons"], letter["outcome"]) == (told["reasons"], "decline")
    assert told["reasons"][0]["zh"] in letter["zh"]
    assert told["reasons"][0]["en"] in letter["en"]
    assert story.shop.get(f"{decision}/ways").json()["ways"]
    assert code(story.shop.get(f"/v1/offers/{applied['decision']}")) == (409, "not_approved")
    assert code(story.shop.post(f"/v1/offers/{applied['decision']}/accept", {})) == (409, "not_approved")
    assert story.shop.get("/v1/tasks").json()["items"] == []


def test_a_referred_business_is_a_task_until_a_person_rules(story: Story, days: Days) -> None:
    days.today = date(2024, 7, 5)
    applied = story.apply(story.firm())
    assert applied["outcome"] == "refer"
    [task] = story.shop.get("/v1/tasks", waiting=True).json()["items"]
    assert (task["decision"], task["status"], task["became"]) == (applied["decision"], "waiting", None)
    assert task["missing"]
    [way] = story.shop.get(f"/v1/decisions/{applied['decision']}/ways").json()["ways"]
    assert [(one["fact"], one["was"], one["would_be"]) for one in way["changes"]] == [
        ("days_since_record", "133", "120"), ("days_since_sale", "133", "120"),
    ]  # fmt: skip
    assert (way["untold"], way["limit"]) == (True, money("650000")), "the longest gap is what a check looks at"

    books = days.of("local")
    word = Word(True, "the officer's own words", fen("200000"))
    became = rule(books=books, by=Actor("local", "officer one"), decision=applied["decision"], word=word).decision
    assert story.shop.get("/v1/tasks", waiting=True).json()["items"] == []
    [task] = story.shop.get("/v1/tasks").json()["items"]
    assert (task["status"], task["became"]) == ("approve", became)
    now = story.shop.get(f"/v1/applications/{applied['application']}").json()
    assert (now["decision"], now["outcome"]) == (became, "approve")
    was = story.shop.get(f"/v1/decisions/{applied['decision']}").json()
    assert (was["outcome"], was["became"]) == ("refer", became)
    assert code(story.shop.get(f"/v1/offers/{applied['decision']}")) == (409, "overruled")
    told = story.shop.get(f"/v1/decisions/{became}")
    assert (told.json()["decided_by"], told.json()["limit"]) == ("person", money("200000"))
    assert "own words" not in told.text + story.shop.get(f"/v1/decisions/{became}/letter").text
    opened = story.shop.post(f"/v1/offers/{became}/accept", {})
    assert (opened.status_code, opened.json()["limit"]) == (201, money("200000"))


def test_who_has_not_allowed_it_is_not_decided_on(story: Story) -> None:
    party = story.shop.post("/v1/parties", FIRM).json()["party"]
    asked = {"party": party, "product": "tax_credit"}
    assert story.shop.post("/v1/applications", asked).status_code == 409
    assert code(story.shop.post("/v1/applications", asked | {"product": "moon"})) == (404, "product_not_published")
    assert code(story.shop.post("/v1/applications", asked | {"party": "nobody"})) == (404, "no_such_party")
    assert story.shop.get("/v1/applications").json()["items"] == []


def test_more_than_is_left_is_not_drawn(story: Story, days: Days) -> None:
    line = story.line()
    limit = story.shop.get(f"/v1/lines/{line}").json()["limit"]["amount"]
    assert code(story.draw(line, str(limit // 100 + 1))) == (409, "over_limit")
    assert code(story.draw(line, "0.01")) == (409, "draw_too_small")
    assert code(story.draw(line, "0")) == (422, "bad_request_body")
    assert story.draw(line, str(limit / 100)).status_code == 201
    assert code(story.draw(line, "1000")) == (409, "over_limit")
    assert sum(days.bank.paid.values()) == limit
    late = story.shop.post(f"/v1/lines/{line}/draws", {"amount": money("1000"), "value_date": "2024-03-02"})
    assert code(late) == (409, "future_date")


def test_a_frozen_line_says_who_may_help_and_not_what_an_officer_suspects(story: Story, days: Days) -> None:
    line, books = story.line(), days.of("local")
    story.draw(line, "1000")
    frozen = Change("freeze", "suspected of a circle with G7")
    change_line(books=books, by=books.actor, key="f", line=line, change=frozen, on=FIRST)
    refused = story.draw(line, "1000")
    assert code(refused) == (409, "line_frozen")
    shown = story.shop.get(f"/v1/lines/{line}")
    assert (shown.json()["status"], shown.json()["frozen_because"]) == ("frozen", "lender")
    assert shown.json()["available"]["amount"] == 0
    assert "circle" not in refused.text + shown.text
    assert story.repay(line, "1000").status_code == 201, "what is owed can be repaid on any line"


def test_a_late_line_is_frozen_until_what_is_overdue_is_paid(story: Story, days: Days) -> None:
    line, books = story.line(), days.of("local")
    story.draw(line, "10000")
    days.today = date(2024, 4, 10)
    close_days(books=days.of("local"), by=books.actor, since=FIRST, until=date(2024, 4, 9))
    shown = story.shop.get(f"/v1/lines/{line}").json()
    assert (shown["status"], shown["frozen_because"]) == ("frozen", "late")
    refused = story.draw(line, "1000")
    assert (code(refused), refused.json()["hint"]) == ((409, "line_frozen"), "repay what is overdue first")
    due = story.shop.get(f"/v1/lines/{line}/schedule").json()["dues"][0]
    assert (due["due_on"], due["overdue"]) == ("2024-03-21", True)
    assert story.repay(line, str(due["total"]["amount"] / 100)).json()["line_status"] == "open"
    assert story.draw(line, "1000").status_code == 201


def test_what_is_repaid_too_much_is_kept_for_the_borrower(story: Story) -> None:
    line = story.line()
    story.draw(line, "1000")
    told = story.repay(line, "1500").json()
    assert (told["credit"], told["outstanding"]) == (money("500"), money("0"))
    assert story.shop.get(f"/v1/lines/{line}").json()["credit"]["amount"] == fen("500")


def test_a_line_is_closed_when_nothing_is_left_of_it(story: Story, partner_of: Callable[..., Partner]) -> None:
    line = story.line()
    path = f"/v1/lines/{line}/close"
    story.draw(line, "1000")
    assert code(story.shop.post(path, {})) == (409, "line_in_use")
    story.repay(line, "1000")
    assert code(partner_of("other").post(path, {})) == (404, "no_such_line")
    done = story.shop.post(path, {})
    assert (done.status_code, done.json()) == (200, {"line": line, "status": "closed"})
    assert code(story.draw(line, "1000")) == (409, "line_closed")


def test_a_bank_that_does_not_answer_is_asked_again_under_the_same_key(story: Story, days: Days) -> None:
    line = story.line()
    days.bank.away = True
    asked = story.draw(line, "1000", key="k")
    assert code(asked) == (503, "outage")
    assert asked.headers["Retry-After"]
    [one] = story.shop.get(f"/v1/lines/{line}/draws").json()["items"]
    assert one["status"] == "ordered"
    assert story.shop.get(f"/v1/lines/{line}").json()["held"]["amount"] == fen("1000")
    days.bank.away = False
    again = story.draw(line, "1000", key="k")
    assert (again.status_code, again.json()["draw"], again.json()["status"]) == (201, one["draw"], "paid")
    assert days.bank.paid == {one["draw"]: fen("1000")}


def test_money_that_came_earlier_than_it_was_heard_of_takes_interest_back(story: Story, days: Days) -> None:
    line = story.line()
    story.draw(line, "100000")
    days.today = date(2024, 3, 21)
    first = story.repay(line, "90000").json()
    late = story.repay(line, "99000", value_date="2024-03-02")
    assert late.status_code == 201
    told = late.json()
    assert told["interest"]["amount"] < 0 < first["interest"]["amount"], "19 days on 99,000 元 were not owed after all"
    parts = [told[name]["amount"] for name in ("principal", "interest", "penalty", "fee", "credit")]
    assert sum(parts) == fen("99000")
    assert told["outstanding"] == money("0")


def test_thirty_calls_at_once_on_one_line_add_up(story: Story, days: Days, shop: Partner) -> None:
    """A line takes five draws of a fifth of its limit. Each key is asked for twice, and done once."""
    line, books = story.line(), days.of("local")
    limit = story.shop.get(f"/v1/lines/{line}").json()["limit"]["amount"]
    path, body = f"/v1/lines/{line}/draws", {"amount": {"amount": limit // 5, "currency": "CNY"}}
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda n: shop.post(path, body, key=f"key {n // 2}"), range(30)))
    paid = {one.json()["draw"] for one in told if one.status_code == 201}
    assert len(paid) == 5
    assert {code(one) for one in told if one.status_code != 201} <= {(409, "over_limit"), (409, "still_running")}
    assert days.bank.paid == dict.fromkeys(paid, limit // 5)
    shown = story.shop.get(f"/v1/lines/{line}").json()
    assert [shown[name]["amount"] for name in ("used", "held", "available")] == [limit - limit % 5, 0, limit % 5]
    assert [finding for finding in examine(books=books, by=books.actor) if finding.wrong] == []


def test_what_an_application_may_come_with_is_what_checks_look_at() -> None:
    assert set(get_args(Thing.model_fields["kind"].annotation)) == KINDS.keys()


def test_lists_come_in_pages_and_an_unchanged_line_is_not_sent_again(story: Story) -> None:
    line = story.line()
    names = [story.draw(line, "1000").json()["draw"] for _ in range(3)]
    paid = [story.repay(line, "100").json()["repayment"] for _ in range(3)]
    for kind, made in (("draws", names), ("repayments", paid)):
        page = story.shop.get(f"/v1/lines/{line}/{kind}", limit=2).json()
        rest = story.shop.get(f"/v1/lines/{line}/{kind}", limit=2, cursor=page["next"]).json()
        found = [one[kind.removesuffix("s")] for one in page["items"] + rest["items"]]
        assert (sorted(found), rest["next"]) == (sorted(made), None)
    seen = story.shop.get(f"/v1/lines/{line}")
    same = story.shop.send("GET", f"/v1/lines/{line}", spoil={"If-None-Match": seen.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    story.draw(line, "1000")
    other = story.shop.send("GET", f"/v1/lines/{line}", spoil={"If-None-Match": seen.headers["ETag"]})
    assert other.status_code == 200


def test_a_draw_under_a_part_of_the_limit_fits_that_part(story: Story, days: Days) -> None:
    line, books = story.line(), days.of("local")
    part = Change("sub_limit", "kept for stock", fen("5000"), "stock")
    change_line(books=books, by=books.actor, key="s", line=line, change=part, on=FIRST)
    assert story.shop.get(f"/v1/lines/{line}").json()["parts"] == [{"name": "stock", "limit": money("5000")}]
    path = f"/v1/lines/{line}/draws"
    assert story.shop.post(path, {"amount": money("4000"), "under": "stock"}).status_code == 201
    assert code(story.shop.post(path, {"amount": money("4000"), "under": "stock"})) == (409, "over_sub_limit")
    assert code(story.shop.post(path, {"amount": money("4000"), "under": "moon"})) == (404, "no_such_sub_limit")
