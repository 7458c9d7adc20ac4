"""What the applicant reads: approved, declined, referred, and decided by a person."""

import json
import re
from datetime import date
from typing import Any

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.reading import Parsed, table_of
from zhiwei.journeys import (
    Permission,
    Source,
    Word,
    decide,
    give_consent,
    letter_of,
    receive_records,
    rule,
)
from zhiwei.journeys.ports import StoredDecision
from zhiwei.values import Actor, NotFound, Refusal, fen

ON = date(2025, 3, 10)
KINDS = ("bureau_accounts", "bureau_queries")


@pytest.fixture
def report(platform: Platform) -> Any:
    """Decide owner_loan on a report of the owner of G8: so many months overdue, so many queries in a month."""

    def given(months: str = "N" * 24, queries: int = 1) -> StoredDecision:
        permission = Permission(Party("G8", "八号商行", "test"), KINDS, "May you ask? Yes.", "page 8", ON)
        give_consent(books=platform, by=platform.actor, permission=permission)
        head = {"party_id": "G8", "report_on": date(2025, 3, 9), "subject": "owner"}
        usual = {**head, "opened_on": date(2020, 1, 5), "overdue": 0, "class": "normal"}
        accounts = [
            {**usual, "account": "c", "lender": "bank 1", "kind": "card", "limit": fen("120000"),
             "balance": fen("30000"), "months": months},
            {**usual, "account": "l", "lender": "bank 2", "kind": "loan", "limit": fen("140000"),
             "balance": fen("120000"), "months": "N" * 24},
        ]  # fmt: skip
        asked = [{**head, "queried_on": date(2025, 3, 1), "lender": f"bank {n}", "reason": "loan"}
                 for n in range(queries)]  # fmt: skip
        tables = {KINDS[0]: table_of(KINDS[0], accounts), KINDS[1]: table_of(KINDS[1], asked)}
        source = Source("a credit bureau", "r.json", f"{months}{queries}".ljust(64, "8"))
        receive_records(books=platform, by=platform.actor, source=source, parsed=Parsed(tables))
        [one] = decide(books=platform, by=platform.actor, product="owner_loan", parties=["G8"], as_of=ON)
        return one

    return given


def written(platform: Platform, decision: StoredDecision | str) -> Any:
    name = decision if isinstance(decision, str) else decision.decision_id
    return letter_of(books=platform, by=platform.actor, decision_id=name)


def test_an_approval_says_the_year_before_the_day(platform: Platform, report: Any) -> None:
    """5.55 % a year by twelfths; a day is a 360th of it."""
    decision = report()
    found = written(platform, decision)
    assert (found.outcome, found.reasons, found.decided_by) == ("approve", (), "policy")
    assert (found.offer.limit, found.offer.annual_rate, found.offer.daily_rate) == ("240000.00", "0.0555", "0.000154")
    assert found.offer.accept_by == "2025-05-09"
    assert "致：八号商行" in found.zh
    assert "额度：240,000.00 元\n年利率（单利）：5.55 %；日利率：0.0154 %（一年按360天）" in found.zh
    assert "Rate per year (simple): 5.55 %; rate per day: 0.0154 % (a year of 360 days)" in found.en


def test_where_interest_runs_by_days_of_360_the_year_says_so(platform: Platform, good_firm: str) -> None:
    [one] = decide(books=platform, by=platform.actor, product="tax_credit", parties=[good_firm], as_of=date(2024, 3, 1))
    found = written(platform, one)
    assert (found.offer.annual_rate, found.offer.year_365) == ("0.0523", "0.05303")
    assert "年利率（单利）：5.23 %；按365天计为每年 5.303 %；日利率：0.0145 %" in found.zh
    assert [source.kind for source in found.sources] == ["invoices"]


def test_a_decline_says_why_from_what_and_what_one_may_do(platform: Platform, report: Any) -> None:
    decision = report(months="N" * 20 + "123N")
    found = written(platform, decision)
    assert found.offer is None
    assert found.reasons[0].zh == "近24个月连三累六"
    assert "1. Overdue three months in a row, six in all or three deep in 24 months" in found.en
    assert [(one.kind, one.by) for one in found.sources] == [
        ("bureau_accounts", ("a credit bureau",)), ("bureau_queries", ("a credit bureau",)),
    ]  # fmt: skip
    assert "征信账户（由 a credit bureau 提供）、征信查询（由 a credit bureau 提供）；截至 2025-03-10" in found.zh
    for right in ("要求由人工审核", "第二十四条", "要求更正或补充", decision.decision_id):
        assert right in found.zh
    for right in ("a person looks at your application", "article 24", "corrected or completed", decision.decision_id):
        assert right in found.en


def test_a_check_on_fraud_is_one_sentence(platform: Platform, report: Any) -> None:
    """Five queries in a month: F01 refers. Neither its words nor its count stand in the letter."""
    decision = report(queries=5)
    assert json.loads(decision.document)["reasons"][0]["code"] == "F01"
    found = written(platform, decision)
    assert (found.outcome, found.offer) == ("refer", None)
    assert found.reasons[0].zh == "我们未能核实申请中的部分信息"
    for said in (found.zh, found.en):
        assert not re.search("F01|硬查询过多|hard queries on the owner in a month|owner_hard_queries_1m", said)


def test_no_points_no_probability_and_no_limit_that_is_no_offer(platform: Platform, report: Any) -> None:
    for decision in (report(queries=5), report(months="N" * 20 + "123N")):
        document = json.loads(decision.document)
        found = written(platform, decision)
        said = found.zh + found.en
        assert str(document["score"]) not in said
        assert document["pd"] not in said
        assert f"{float(document['pd']):.2%}" not in said
        assert not re.search("额度：|Limit:", said)
        assert not re.search(r"\b(pd|score|grade)\b", found.en)


def test_a_person_who_ruled_is_said_and_the_earlier_letter_is_not_given_again(platform: Platform, report: Any) -> None:
    decision, by = report(queries=5), Actor("local", "officer one")
    word = Word(approve=False, because="the neighbour says the shop is closed")
    settled = rule(books=platform, by=by, decision=decision.decision_id, word=word)
    with pytest.raises(Refusal, match="a person ruled") as refused:
        written(platform, decision)
    found = written(platform, settled.decision)
    assert refused.value.hint == f"what became of it is {settled.decision}"
    assert (found.decided_by, found.outcome) == ("person", "decline")
    assert found.reasons[0].en == "A person looked at the application and did not approve it"
    assert "neighbour" not in found.zh + found.en
    assert "officer one" not in found.zh + found.en
    assert "本决定由人工作出" in found.zh
    with pytest.raises(NotFound, match="no decision dec_0"):
        written(platform, "dec_0")


def test_nothing_handed_in_is_said_to_be_missing(platform: Platform) -> None:
    permission = Permission(Party("G8", "八号商行", "test"), KINDS, "May you ask? Yes.", "page 8", ON)
    give_consent(books=platform, by=platform.actor, permission=permission)
    [one] = decide(books=platform, by=platform.actor, product="owner_loan", parties=["G8"], as_of=ON)
    found = written(platform, one)
    assert {"未能取得所需信息：征信账户", "未能取得所需信息：连三累六"} <= {told.zh for told in found.reasons}
    assert "使用的信息：无；截至 2025-03-10" in found.zh
