"""A line on property, owner and business: an unsecured part at once, and the rest when the mortgage is registered."""

import json
from datetime import date
from typing import Any

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.reading import Parsed, table_of
from zhiwei.journeys import (
    Change,
    Offer,
    Permission,
    Source,
    accept,
    approve_amendment,
    change_line,
    decide,
    draw,
    give_consent,
    propose_change,
    receive_records,
    replay,
    ways_to_yes,
)
from zhiwei.journeys.ports import StoredDecision
from zhiwei.values import Actor, Forbidden, Refusal, fen

SEEN, LATER = date(2025, 3, 10), date(2025, 3, 24)
OWNER = Party("G9", "九号商行", "test")
KINDS = ("property", "bureau_accounts", "bureau_queries", "bank_flow")
Row = dict[str, Any]
FLAT: Row = {
    "party_id": "G9", "title_no": "粤(2019)不动产权第0000009号", "said_on": date(2025, 3, 1), "city": 440300,
    "use": "residential", "area": 88.0, "built_year": 2019, "purchase_price": fen("5000000"),
    "appraisal_1": fen("4800000"), "appraisal_2": fen("5100000"), "first_lien_balance": fen("2100000"), "seized": "no",
    "co_owners_consent": "sole",
}  # fmt: skip


def hand_in(books: Platform, file: str, **rows: list[Row]) -> None:
    source, parsed = Source("test", file, f"{file:0>64}"), Parsed({k: table_of(k, some) for k, some in rows.items()})
    receive_records(books=books, by=books.actor, source=source, parsed=parsed)


def report(months: str, drawn: str = "30000") -> dict[str, list[Row]]:
    head = {"party_id": "G9", "report_on": date(2025, 3, 9), "subject": "owner"}
    card = {"account": "card 1", "lender": "bank 1", "kind": "card", "opened_on": date(2020, 1, 5), "overdue": 0,
            "limit": fen("120000"), "balance": fen(drawn), "class": "normal", "months": months}  # fmt: skip
    asked = {"queried_on": date(2025, 2, 1), "lender": "bank 3", "reason": "loan"}
    return {"bureau_accounts": [{**head, **card}], "bureau_queries": [{**head, **asked}]}


def statement(loans: int = 0) -> list[Row]:
    """A year to March: 400,000 元 in and 350,000 out a month, `loans` of it for debts; the balance follows."""
    rows, balance = list[Row](), fen("300000")
    for month in range(13):
        year, of_year = divmod(2024 * 12 + 1 + month, 12)
        for day, amount, text in ((3, 400_000, "货款"), (9, loans - 350_000, "货款"), (20, -loans, "归还贷款")):
            if amount:
                balance += amount * 100
                rows.append({
                    "party_id": "G9", "account": "1", "booked_on": date(year, of_year + 1, day), "sequence": len(rows),
                    "amount": amount * 100, "balance": balance, "currency": "CNY", "counterparty": f"party {day}",
                    "text": text,
                })  # fmt: skip
    return [row for row in rows if row["booked_on"] < SEEN]


@pytest.fixture
def books(platform: Platform) -> Platform:
    permission = Permission(OWNER, KINDS, "May you look at flat, report and account? Yes.", "page 9", SEEN)
    give_consent(books=platform, by=platform.actor, permission=permission)
    return platform


def decided(books: Platform, on: date = SEEN) -> StoredDecision:
    [one] = decide(books=books, by=books.actor, product="property_line", parties=["G9"], as_of=on)
    return one


def steps(decision: StoredDecision, step: str) -> list[Row]:
    return [one for one in json.loads(decision.document)["trace"] if one["step"] == step]


def test_a_part_at_once_and_the_rest_when_the_mortgage_is_registered(books: Platform) -> None:
    """480 x 80 % - 210 is 174万; the best may draw some of it before anybody has been to the registry."""
    hand_in(books, "1", property=[FLAT], bank_flow=statement(), **report("N" * 24))
    first = decided(books)
    assert (first.outcome, first.limit) == ("approve", fen("1740000"))
    assert [one["anchor"] for one in steps(first, "anchor") if one["pd"]] == ["collateral", "owner", "business"]
    at_once = fen(json.loads(first.document)["at_once"])
    assert 0 < at_once < fen("300000")
    line = accept(books=books, by=books.actor, key="a", offer=Offer(first.decision_id), on=SEEN)
    assert fen(line.limit) == at_once
    draw(books=books, by=books.actor, key="d", line=line.line, amount=at_once, on=SEEN)
    with pytest.raises(Refusal):
        draw(books=books, by=books.actor, key="e", line=line.line, amount=fen("1000"), on=SEEN)

    hand_in(books, "2", property=[{**FLAT, "said_on": date(2025, 3, 20), "mortgage_registered_on": date(2025, 3, 20)}])
    again = decided(books, LATER)
    assert (again.limit, json.loads(again.document)["at_once"]) == (fen("1740000"), "1740000.00")
    more = Change("raise", "the mortgage is registered", again.limit)
    with pytest.raises(Forbidden):
        change_line(books=books, by=books.actor, key="r", line=line.line, change=more, on=LATER)
    proposal = propose_change(books=books, by=books.actor, key="r", line=line.line, change=more, on=LATER)
    other = Actor(books.actor.tenant, "another", books.actor.role)
    approve_amendment(books=books, by=other, proposal=proposal.proposal_id)
    draw(books=books, by=books.actor, key="f", line=line.line, amount=fen("1500000"), on=LATER)
    assert replay(books=books, by=books.actor, decision_id=first.decision_id)[1]


def test_without_a_statement_the_business_says_nothing_and_the_line_is_smaller(books: Platform) -> None:
    hand_in(books, "1", property=[FLAT], **report("N" * 24))
    blind = decided(books)
    assert blind.outcome == "approve"
    assert steps(blind, "fusion") == [{"step": "fusion", "known": "collateral+owner", "shift": "-20"}]
    hand_in(books, "2", bank_flow=statement())
    seen = decided(books)
    assert (blind.limit, seen.limit) == (fen("1000000"), fen("1740000"))
    assert blind.pd > seen.pd


def test_who_may_draw_nothing_at_once_registers_first(books: Platform) -> None:
    """A weaker owner, all of the card drawn: the limit stands, and no line is opened before the mortgage."""
    hand_in(books, "1", property=[FLAT], bank_flow=statement(loans=150_000), **report("N" * 20 + "1NN1", "115000"))
    weaker = decided(books)
    assert (weaker.outcome, json.loads(weaker.document)["at_once"]) == ("approve", "0.00")
    with pytest.raises(Refusal, match="before security is registered"):
        accept(books=books, by=books.actor, key="a", offer=Offer(weaker.decision_id), on=SEEN)


@pytest.mark.parametrize(
    ("flat", "code"),
    [({"city": 451200}, "A02"), ({"built_year": 1990}, "A02"), ({"seized": "seized"}, "A01"),
     ({"said_on": date(2024, 1, 5)}, "R08")],
)  # fmt: skip
def test_what_is_not_on_the_list_or_long_valued_is_told(books: Platform, flat: Row, code: str) -> None:
    hand_in(books, "1", property=[{**FLAT, **flat}], bank_flow=statement(), **report("N" * 24))
    found = decided(books)
    assert found.outcome != "approve"
    assert code in {one["code"] for one in json.loads(found.document)["reasons"]}


def test_the_nearest_yes_is_another_table_row(books: Platform) -> None:
    """A flat of 34 years is off the list; in the list's words: one of at most 30."""
    hand_in(books, "1", property=[{**FLAT, "built_year": 1991}], bank_flow=statement(), **report("N" * 24))
    found = decided(books)
    assert found.outcome == "decline"
    ways = ways_to_yes(books=books, by=books.actor, decision_id=found.decision_id)
    assert {"property_age_years": ("34", "30")} in [way.changes for way in ways]
