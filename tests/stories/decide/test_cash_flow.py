"""A line on bank flow: what a business lets us see decides, what it does not is no zero, what falls short is said."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.reading import Parsed, table_of
from zhiwei.borrower.relations import Held
from zhiwei.journeys import (
    Permission,
    Source,
    build_network,
    decide,
    give_consent,
    mark_party,
    picture_of,
    receive_records,
    replay,
    ways_to_yes,
    withdraw_consent,
)
from zhiwei.journeys.ports import StoredDecision
from zhiwei.tables import micro, text
from zhiwei.values import NotFound, Refusal

YEAR_END, SHOP = date(2025, 12, 31), Party("G7", "七号商行", "test")
ALLOWED = Permission(SHOP, ["bank_flow"], "May you look at my statements? Yes.", "page 7", date(2025, 12, 1))
Row = dict[str, Any]


def statement(skip: Iterable[int] = (), forged: int = 0) -> list[Row]:
    """Fourteen months, 1,000 元 in on six days of a week, 5,400 out on the seventh; `forged`: one balance is off."""
    rows, balance = list[Row](), 3_000_000
    for month in range(14):
        year, of_year = divmod(2024 * 12 + 10 + month, 12)
        for day in range(1, 29):
            amount = 100_000 if day % 7 else -540_000
            balance += amount
            rows.append({
                "party_id": "G7", "account": "1", "booked_on": date(year, of_year + 1, day), "sequence": len(rows),
                "amount": amount, "balance": balance + (forged if len(rows) == 300 else 0), "currency": "CNY",
                "counterparty": f"{'customer' if amount > 0 else 'supplier'} {day % 5}",
            })  # fmt: skip
    gone = [f"{2024 + (10 + month) // 12}-{(10 + month) % 12 + 1:02}" for month in skip]
    return [row for row in rows if f"{row['booked_on']:%Y-%m}" not in gone]


def invoices() -> list[Row]:
    """One of 24,000 元 a month in 2025, tax among it: as much as comes in."""
    rows = []
    for month in range(1, 13):
        rows.append({
            "party_id": "G7", "direction": "sale", "invoice_no": f"{month}", "issue_date": date(2025, month, 20),
            "counterparty": "customer 1", "amount": 2_300_000, "tax": 100_000, "total": 2_400_000, "status": "valid",
            "occurrence": 1,
        })  # fmt: skip
    return rows


@pytest.fixture
def shop(platform: Platform) -> "Shop":
    return Shop(platform)


class Shop:
    def __init__(self, platform: Platform) -> None:
        self.books, self.by = platform, platform.actor

    def allow(self, *scopes: str, evidence: str = "page 7") -> list[str]:
        permission = replace(ALLOWED, scopes=scopes, evidence=evidence)
        return give_consent(books=self.books, by=self.by, permission=permission).consents

    def hand_in(self, kind: str, rows: list[Row], file: str = "a.csv") -> None:
        source, parsed = Source(kind, file, f"{kind + file:0>64}"), Parsed({kind: table_of(kind, rows)})
        receive_records(books=self.books, by=self.by, source=source, parsed=parsed)

    def decide(self) -> StoredDecision:
        [one] = decide(books=self.books, by=self.by, product="cash_flow_line", parties=["G7"], as_of=YEAR_END)
        return one

    def reasons(self) -> dict[str, str | None]:
        """Code -> the figure it rests on, of what is more than a point of the card."""
        reasons = json.loads(self.decide().document)["reasons"]
        return {one["code"]: one["value"] for one in reasons if one["effect"] != "score"}


def test_a_statement_is_enough(shop: Shop) -> None:
    [consent] = shop.allow("bank_flow")
    shop.hand_in("bank_flow", statement())
    decided = shop.decide()
    inputs = json.loads(decided.inputs)
    assert (decided.outcome, shop.reasons()) == ("approve", {})
    assert inputs["consents"] == [consent]
    assert inputs["facts"]["bank_in_12m"] == "288000"  # 24 workdays a month
    assert inputs["facts"]["bank_sales_gap_12m"] is None
    assert inputs["facts"]["bank_flow.agreement_12m"] == "1"
    assert shop.decide() == decided


def test_the_order_in_which_records_come_does_not_matter(shop: Shop) -> None:
    """The same rows of another shop, shuffled and in three files: the same facts, outcome, limit and price."""
    shop.allow("bank_flow")
    shop.hand_in("bank_flow", statement())
    other = replace(ALLOWED, party=Party("G8", "八号商行", "test"))
    give_consent(books=shop.books, by=shop.by, permission=other)
    rows = [row | {"party_id": "G8"} for row in statement()]
    Random(7).shuffle(rows)
    for part in range(3):
        shop.hand_in("bank_flow", rows[part::3], f"part{part}.csv")
    one, two = decide(books=shop.books, by=shop.by, product="cash_flow_line", parties=["G7", "G8"], as_of=YEAR_END)
    facts, same = (json.loads(each.inputs)["facts"] for each in (one, two))
    assert facts == same
    assert (one.outcome, one.limit, one.annual_rate) == (two.outcome, two.limit, two.annual_rate)


def test_without_consent_nothing_is_decided(shop: Shop) -> None:
    shop.allow("meters")
    with pytest.raises(Refusal, match="G7 has not allowed bank_flow"):
        shop.decide()


def test_what_is_allowed_besides_is_used_and_nothing_else(shop: Shop) -> None:
    """Invoices handed in under a consent that is then withdrawn are not looked at: the decision is the first again."""
    shop.allow("bank_flow")
    shop.hand_in("bank_flow", statement())
    alone = shop.decide()
    consents = shop.allow("invoices")
    shop.hand_in("invoices", invoices())
    both = shop.decide()
    facts, before = (json.loads(one.inputs)["facts"] for one in (both, alone))
    assert float(facts["bank_sales_gap_12m"]) < 0.3
    assert (facts["invoices.coverage_12m"], before["invoices.coverage_12m"]) == ("1", None)
    assert set(consents) < set(json.loads(both.inputs)["consents"])
    assert both.pd < alone.pd
    withdraw_consent(books=shop.books, by=shop.by, party="G7", scopes=["invoices"], on=YEAR_END, because="asked")
    assert shop.decide() == alone


def test_a_hole_in_the_statement_is_a_reason_with_its_figure(shop: Shop) -> None:
    shop.allow("bank_flow")
    shop.hand_in("bank_flow", statement(skip=(5, 6, 7)))
    assert shop.decide().outcome == "refer"
    reasons = shop.reasons()
    assert reasons.keys() == {"D01", "D03"}  # and the balances do not follow over the hole
    assert reasons["D01"] == text(micro(268 / 365))  # nothing from 29 March to 30 June, nor after 28 December


def test_balances_that_do_not_follow_are_a_reason(shop: Shop) -> None:
    shop.allow("bank_flow")
    shop.hand_in("bank_flow", statement(forged=100))
    assert shop.decide().outcome == "refer"
    assert shop.reasons().keys() == {"D03"}


def test_nothing_handed_in_is_declined_for_the_data(shop: Shop) -> None:
    shop.allow("bank_flow")
    assert shop.decide().outcome == "decline"
    assert {"D01", "D02", "D03"} <= shop.reasons().keys()


def test_what_was_decided_is_rebuilt_after_new_records_and_a_withdrawal(shop: Shop) -> None:
    """The missing months come, and later all use of any ends: the first decision still replays byte for byte."""
    shop.allow("bank_flow")
    shop.hand_in("bank_flow", statement(skip=(5, 6, 7)))
    first, then = shop.decide(), datetime.now(UTC)
    shop.hand_in("bank_flow", statement(), "b.csv")
    second = shop.decide()
    assert (first.outcome, second.outcome) == ("refer", "approve")
    seen = picture_of(books=shop.books, by=shop.by, parties=["G7"], as_of=YEAR_END, known_at=then)
    kept = {name: value for name, value in json.loads(first.inputs)["facts"].items() if name in seen}
    assert kept == {name: None if seen[name][0] != seen[name][0] else text(micro(seen[name][0])) for name in kept}
    withdraw_consent(books=shop.books, by=shop.by, party="G7", scopes=None, on=YEAR_END, because="asked")
    with pytest.raises(Refusal, match="it withdrew on"):
        shop.decide()
    for one in (first, second):
        assert replay(books=shop.books, by=shop.by, decision_id=one.decision_id) == (one, True)


def test_a_consent_that_has_run_out_allows_no_look_at_the_past(shop: Shop) -> None:
    """It covered the day that is asked about, and no longer covers the day on which one would look."""
    permission = replace(ALLOWED, until=date(2026, 1, 1))
    give_consent(books=shop.books, by=shop.by, permission=permission)
    with pytest.raises(Refusal, match="on 2026-01-01"):
        shop.decide()


def test_who_is_referred_learns_what_would_be_approved(shop: Shop) -> None:
    """Nine months of twelve, and balances that do not follow over the hole; who has a yes already, has it."""
    shop.allow("bank_flow")
    shop.hand_in("bank_flow", statement(skip=(5, 6, 7)))
    first = shop.decide()
    [way] = ways_to_yes(books=shop.books, by=shop.by, decision_id=first.decision_id)
    coverage, chain = (text(micro(whole)) for whole in (268 / 365, 251 / 252))  # the first of 253 follows on nothing
    assert way.changes == {"bank_flow.coverage_12m": (coverage, "0.9"), "bank_flow.agreement_12m": (chain, "1")}
    assert float(way.limit) * 100 == first.limit > 0
    shop.hand_in("bank_flow", statement(), "b.csv")
    assert ways_to_yes(books=shop.books, by=shop.by, decision_id=shop.decide().decision_id) == []
    with pytest.raises(NotFound, match="no decision dec_0"):
        ways_to_yes(books=shop.books, by=shop.by, decision_id="dec_0")


def test_whoever_stands_beside_a_known_bad_party_is_looked_at(shop: Shop) -> None:
    """G9 was marked by an officer and holds the same phone; before a network was built nobody could know."""
    shop.allow("bank_flow")
    shop.hand_in("bank_flow", statement())
    assert shop.decide().outcome == "approve"
    with shop.books.unit("local") as unit:
        unit.parties.add([Party("G9", "九号商行", "test")])
        said = datetime(2025, 12, 1, tzinfo=UTC)
        for number, party in enumerate(("G7", "G9")):
            held = Held(f"i{number}", party, "mobile", "13800138000", date(2025, 1, 1), None, "test", said)
            unit.relations.add_identifiers([held], "tester")
    mark_party(
        books=shop.books, by=shop.by, party="G9", why="forged statements", evidence="file 9", since=date(2025, 6, 1)
    )
    build_network(books=shop.books, by=shop.by, as_of=YEAR_END)
    assert shop.decide().outcome == "refer"
    assert shop.reasons().keys() == {"F07"}
