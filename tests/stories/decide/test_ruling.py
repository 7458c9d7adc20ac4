"""What the policy refers waits for a person, who decides within an authority, once, and says why."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import Offer, Word, accept, decide, examine, replay, rule, rulings, tasks
from zhiwei.journeys.deciding.tasks import missing_of
from zhiwei.journeys.ports import StoredDecision
from zhiwei.values import Actor, BadInput, Forbidden, Refusal, fen

FIRST = date(2024, 3, 1)
OFFICER, SENIOR = Actor("local", "officer one"), Actor("local", "senior one", "senior")


@pytest.fixture
def referred(platform: Platform, good_firm: str) -> StoredDecision:
    """G1 four months after its latest invoice: D02 and R04 want a person; 840,000 元 at 5.23 % were computed."""
    [one] = decide(books=platform, by=OFFICER, product="tax_credit", parties=[good_firm], as_of=date(2024, 7, 5))
    assert one.outcome == "refer"
    return one


def say(platform: Platform, decision: StoredDecision, by: Actor = OFFICER, *, approve: bool = True, **more):
    told = {"because": "seen at the shop, the books are whole", "limit": fen("200000"), **more}
    return rule(books=platform, by=by, decision=decision.decision_id, word=Word(approve, **told))


def test_a_referral_is_a_task_that_says_what_is_missing(platform: Platform, referred: StoredDecision) -> None:
    [task] = tasks(books=platform, by=OFFICER)
    assert (task.decision, task.party, task.limit) == (referred.decision_id, "G1", referred.limit)
    assert {one["code"] for one in missing_of(task)} >= {"D02"}
    assert all(one["value"] and one["threshold"] for one in missing_of(task))
    assert tasks(books=platform, by=OFFICER, product="cash_flow_line") == []


def test_an_officer_approves_within_authority_and_the_line_opens(platform: Platform, referred: StoredDecision) -> None:
    settled = say(platform, referred)
    assert (settled.overruled, settled.outcome, settled.limit) == ("refer", "approve", "200000.00")
    assert tasks(books=platform, by=OFFICER) == []
    again, same = replay(books=platform, by=OFFICER, decision_id=settled.decision)
    assert same
    assert again.limit == fen("200000")
    offer = Offer(settled.decision)
    assert accept(books=platform, by=OFFICER, key="a", offer=offer, on=date(2024, 7, 6)).limit == "200000.00"
    assert [one for one in examine(books=platform, by=OFFICER) if one.wrong] == []
    [row] = rulings(books=platform, by=OFFICER)
    assert row == {
        "product": "tax_credit", "person": "officer one", "role": "officer", "rulings": 1, "up": 1, "down": 0,
        "lines": 1, "bad": 0, "override_rate": "1.0000", "bad_rate": "0.0000",
    }  # fmt: skip


def test_who_may_not_approve_as_much_is_told_who_may(platform: Platform, referred: StoredDecision) -> None:
    with pytest.raises(Forbidden, match="officer may not approve 200,000") as refused:
        say(platform, referred, limit=fen("200000.01"))
    assert refused.value.hint == "who may: senior, chief"
    with pytest.raises(Forbidden):
        say(platform, referred, by=replace(OFFICER, role="janitor"))
    assert say(platform, referred, by=SENIOR, limit=fen("200000.01")).limit == "200000.01"


def test_only_who_may_overturn_overturns_a_decline(platform: Platform, good_firm: str) -> None:
    [no] = decide(books=platform, by=OFFICER, product="tax_credit", parties=[good_firm], as_of=date(2024, 9, 15))
    assert no.outcome == "decline"
    assert tasks(books=platform, by=OFFICER) == []  # a decline waits for nobody
    with pytest.raises(Forbidden, match="overturn a decline"):
        say(platform, no, annual_rate=Decimal("0.06"))
    with pytest.raises(BadInput, match="no limit and rate of its own"):
        say(platform, no, by=SENIOR)
    assert say(platform, no, by=SENIOR, annual_rate=Decimal("0.06")).annual_rate == "0.06"


def test_a_ruling_is_said_once_and_has_a_reason(platform: Platform, referred: StoredDecision) -> None:
    with pytest.raises(BadInput, match="says why"):
        say(platform, referred, because=" ")
    with pytest.raises(BadInput, match="is outside the product"):
        say(platform, referred, annual_rate=Decimal("0.2"))
    first = say(platform, referred)
    assert say(platform, referred) == first
    with pytest.raises(Refusal, match="a person has ruled"):
        say(platform, referred, by=SENIOR, approve=False)
    ruled = replace(referred, decision_id=first.decision)
    with pytest.raises(Refusal, match="a person has ruled"):
        say(platform, ruled, by=SENIOR)


def test_a_person_may_decline_what_was_approved(platform: Platform, good_firm: str) -> None:
    [yes] = decide(books=platform, by=OFFICER, product="tax_credit", parties=[good_firm], as_of=FIRST)
    settled = say(platform, yes, approve=False, because="the shop is closed", limit=None)
    assert (settled.overruled, settled.outcome, settled.limit, settled.annual_rate) == (
        "approve",
        "decline",
        "0.00",
        None,
    )
    with pytest.raises(Refusal, match="there is no offer"):
        accept(books=platform, by=OFFICER, key="a", offer=Offer(settled.decision), on=FIRST)
    assert rulings(books=platform, by=OFFICER)[0]["down"] == 1


def test_a_later_decision_takes_the_place_of_a_task(platform: Platform, referred: StoredDecision) -> None:
    decide(books=platform, by=OFFICER, product="tax_credit", parties=["G1"], as_of=date(2024, 9, 15))
    assert tasks(books=platform, by=OFFICER) == []


@pytest.mark.parametrize("approve", [True, False])
def test_what_a_person_overruled_is_no_offer_any_more(platform: Platform, good_firm: str, *, approve: bool) -> None:
    """Neither the limit that was cut by a person's word, nor the whole of what a person declined."""
    [yes] = decide(books=platform, by=OFFICER, product="tax_credit", parties=[good_firm], as_of=FIRST)
    settled = say(platform, yes, by=SENIOR, approve=approve, because="the shop is half as large")
    with pytest.raises(Refusal, match="a person ruled on") as refused:
        accept(books=platform, by=OFFICER, key="a", offer=Offer(yes.decision_id), on=FIRST)
    assert (refused.value.code, refused.value.hint) == ("overruled", f"what became of it is {settled.decision}")


def test_what_has_a_line_is_ruled_on_no_more(platform: Platform, good_firm: str) -> None:
    [yes] = decide(books=platform, by=OFFICER, product="tax_credit", parties=[good_firm], as_of=FIRST)
    line = accept(books=platform, by=OFFICER, key="a", offer=Offer(yes.decision_id), on=FIRST).line
    with pytest.raises(Refusal, match=f"already has line {line}"):
        say(platform, yes, approve=False, because="too late")
    assert rulings(books=platform, by=OFFICER) == []


@pytest.mark.parametrize("rate", ["NaN", "-0.06", "0.0600001", "0.065432"])
def test_a_rate_that_no_letter_could_name_is_refused(platform: Platform, referred: StoredDecision, rate: str) -> None:
    with pytest.raises(BadInput) as refused:
        say(platform, referred, annual_rate=Decimal(rate))
    assert refused.value.code == "bad_rate"


def test_nobody_approves_less_than_the_product_lends(platform: Platform, referred: StoredDecision) -> None:
    with pytest.raises(BadInput, match="below tax_credit's smallest, 10,000"):
        say(platform, referred, limit=fen("9999.99"))
    assert say(platform, referred, limit=fen("10000")).limit == "10000.00"


def test_another_word_of_the_same_person_is_told_that_a_person_has_ruled(
    platform: Platform, referred: StoredDecision
) -> None:
    say(platform, referred)
    with pytest.raises(Refusal, match="a person has ruled"):
        say(platform, referred, approve=False)
