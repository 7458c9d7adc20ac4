"""Owners who answer for each other get less, the more alike they are: 联保. Nobody else does."""

import json
from datetime import date

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.reading import Parsed, table_of
from zhiwei.borrower.told import Profile, Told
from zhiwei.credit.underwriting.group import Member, advise
from zhiwei.journeys import (
    Permission,
    Source,
    Tie,
    decide,
    give_consent,
    know_party,
    link_parties,
    receive_records,
    replay,
)
from zhiwei.journeys.deciding.group import advise_group
from zhiwei.journeys.ports import StoredDecision
from zhiwei.values import fen

ON = date(2025, 3, 10)
SINCE = date(2024, 1, 1)
KINDS = ("bureau_accounts", "bureau_queries")
ALONE = fen("240000")


class Village:
    """Owners with one and the same report: a card a quarter used, a loan; alone each gets 240,000 元."""

    def __init__(self, platform: Platform) -> None:
        self.books, self.by = platform, platform.actor

    def owner(self, name: str, industry: str, region: str) -> None:
        permission = Permission(Party(name, name, "test"), KINDS, "May you ask the bureau? Yes.", name, ON)
        give_consent(books=self.books, by=self.by, permission=permission)
        head = {"party_id": name, "report_on": date(2025, 3, 9), "subject": "owner"}
        card = {
            "account": "card 1",
            "lender": "bank 1",
            "kind": "card",
            "limit": fen("120000"),
            "balance": fen("30000"),
        }
        loan = {
            "account": "loan 1",
            "lender": "bank 2",
            "kind": "loan",
            "limit": fen("140000"),
            "balance": fen("120000"),
        }
        kept = {"opened_on": date(2020, 1, 5), "overdue": 0, "class": "normal", "months": "N" * 24}
        asked = {"queried_on": date(2025, 2, 1), "lender": "bank 3", "reason": "loan"}
        tables = {
            KINDS[0]: table_of(KINDS[0], [{**head, **card, **kept}, {**head, **loan, **kept}]),
            KINDS[1]: table_of(KINDS[1], [{**head, **asked}]),
        }
        source = Source("bureau", f"{name}.json", f"{name:0<64}")
        receive_records(books=self.books, by=self.by, source=source, parsed=Parsed(tables))
        told = Told(name, SINCE, kind="company", party=name, profile=Profile(industry=industry, region=region))
        know_party(books=self.books, by=self.by, told=told)

    def answer(self, *names: str) -> None:
        """Each guarantees each other."""
        for one in names:
            for other in names:
                if one != other:
                    link_parties(books=self.books, by=self.by, tie=Tie(one, "guarantees", other, SINCE))

    def decide(self, name: str, on: date = ON) -> StoredDecision:
        [found] = decide(books=self.books, by=self.by, product="owner_loan", parties=[name], as_of=on)
        return found


@pytest.fixture
def village(platform: Platform) -> Village:
    village = Village(platform)
    for name in ("G1", "G2", "G3"):
        village.owner(name, "F5112", "330106")
    village.owner("G4", "A0111", "450300")
    return village


def terms(decision: StoredDecision) -> tuple[str, dict[str, str | None]]:
    [step] = [one for one in json.loads(decision.document)["trace"] if one["step"] == "limit"]
    return step["binding"], step["terms"]


def test_who_stands_alone_loses_nothing(village: Village) -> None:
    """To guarantee somebody who does not answer for oneself makes no group."""
    link_parties(books=village.books, by=village.by, tie=Tie("G1", "guarantees", "G2", SINCE))
    for name in ("G1", "G2"):
        decided = village.decide(name)
        assert (decided.outcome, decided.limit, terms(decided)[0]) == ("approve", ALONE, "room")
        assert json.loads(decided.inputs)["facts"]["joint_share"] == "1"


def test_neighbours_of_one_trade_get_less_in_whole_steps(village: Village) -> None:
    """Until all were decided on nobody knows what the group can bear, and a person looks; then all get the same."""
    village.answer("G1", "G2", "G3")
    for name in ("G1", "G2"):
        first = village.decide(name)
        assert (first.outcome, first.limit) == ("refer", 0)
        assert [one["fact"] for one in json.loads(first.document)["reasons"] if one["code"] == "L01"] == ["joint_group"]
    third = village.decide("G3")
    risk = Member("", float(third.pd), ALONE, "F5112", "330106")
    scale = advise([Member(name, *(risk.pd, risk.limit, risk.industry, risk.region)) for name in "abc"], ON).scale
    assert 0 < scale < 1
    for decided in (third, village.decide("G1"), village.decide("G2")):
        binding, found = terms(decided)
        assert (decided.outcome, binding) == ("approve", "joint_group")
        assert float(found["joint_group"] or 0) == pytest.approx(240_000 * scale, abs=10_000)
        assert decided.limit == fen(found["joint_group"] or "") // fen("10000") * fen("10000") < ALONE
        assert replay(books=village.books, by=village.by, decision_id=decided.decision_id) == (decided, True)


def test_strangers_of_another_trade_get_more_together_than_neighbours(village: Village) -> None:
    village.answer("G1", "G2")
    village.answer("G3", "G4")
    for name in ("G1", "G3"):
        village.decide(name)
    alike, unlike = village.decide("G2"), village.decide("G4")
    assert alike.limit < unlike.limit <= ALONE


def test_a_member_that_gets_nothing_leaves_the_others_to_a_person(village: Village) -> None:
    """G4 was never decided on; and the group of a day is that of its links on that day."""
    tomorrow = date(2025, 3, 11)
    village.answer("G1", "G2")
    for one, other in (("G2", "G4"), ("G4", "G2")):
        link_parties(books=village.books, by=village.by, tie=Tie(one, "guarantees", other, tomorrow))
    village.decide("G1")
    assert village.decide("G2").outcome == "approve"
    assert village.decide("G2", tomorrow).outcome == "refer"


def test_advice_on_the_group_says_what_the_decisions_do(village: Village) -> None:
    """What a decision took off already is not taken off twice, and limits are whole steps of the product."""
    village.answer("G1", "G2", "G3")
    for _ in range(2):
        decided = [village.decide(name) for name in ("G1", "G2", "G3")]
    advice = advise_group(books=village.books, by=village.by, members=["G1", "G2", "G3"])
    assert advice.asked == 3 * ALONE
    assert [place.limit for place in advice.members] == [one.limit for one in decided]
