"""One question at a time, of a business on record: as a decision would answer it, under its consents, storing nothing.

And early warning: a line was opened on a good report; the next report is worse.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.reading import Parsed, table_of
from zhiwei.credit.underwriting import admit, advise_limit, assess, price
from zhiwei.journeys import (
    Offer,
    Permission,
    Source,
    accept,
    approve,
    decide,
    draw,
    examine,
    facts_on,
    give_consent,
    propose,
    receive_records,
    warnings_of,
    withdraw_consent,
)
from zhiwei.journeys.deciding.decide import facts_of
from zhiwei.shelf import read_folder
from zhiwei.tables import unscaled
from zhiwei.values import Actor, NotFound, Refusal, fen

ON, LATER = date(2025, 3, 10), date(2025, 9, 10)
KINDS = ("bureau_accounts", "bureau_queries")


class Desk:
    def __init__(self, platform: Platform) -> None:
        self.books, self.by = platform, platform.actor

    def allow(self, party: str) -> None:
        permission = Permission(Party(party, party, "test"), KINDS, "May you ask the bureau? Yes.", "page 8", ON)
        give_consent(books=self.books, by=self.by, permission=permission)

    def report(self, party: str, on: date, card: str = "30000", loan: str = "120000", overdue: str = "0") -> None:
        """The bureau's report on the owner: a card of 120,000 and a loan of 140,000, so much used and owed."""
        head = {"party_id": party, "report_on": on, "subject": "owner"}
        usual = {**head, "opened_on": date(2020, 1, 5), "class": "normal", "months": "N" * 24}
        accounts = [
            {**usual, "account": "c", "lender": "bank 1", "kind": "card", "limit": fen("120000"), "balance": fen(card),
             "overdue": fen(overdue)},
            {**usual, "account": "l", "lender": "bank 2", "kind": "loan", "limit": fen("140000"), "balance": fen(loan),
             "overdue": 0},
        ]  # fmt: skip
        asked = [{**head, "queried_on": date(2025, 2, 1), "lender": "bank 3", "reason": "loan"}]
        tables = {KINDS[0]: table_of(KINDS[0], accounts), KINDS[1]: table_of(KINDS[1], asked)}
        source = Source("bureau", "r.json", f"{party}{on}".ljust(64, "0"))
        receive_records(books=self.books, by=self.by, source=source, parsed=Parsed(tables))

    def line(self, party: str, drawn: str) -> str:
        """A line opened on a good report, and drawn on."""
        self.allow(party)
        self.report(party, ON)
        [one] = decide(books=self.books, by=self.by, product="owner_loan", parties=[party], as_of=ON)
        offer = Offer(one.decision_id)
        line = accept(books=self.books, by=self.by, key=f"a {party}", offer=offer, on=ON).line
        draw(books=self.books, by=self.by, key=f"d {party}", line=line, amount=fen(drawn), on=ON)
        return line

    def warnings(self, *parties: str, on: date = LATER) -> Any:
        return warnings_of(books=self.books, by=self.by, product="owner_loan", parties=list(parties) or None, as_of=on)

    def stored(self) -> int:
        with self.books.unit("local") as unit:
            return len(list(unit.decisions.all())) + len(unit.tasks.waiting())


@pytest.fixture
def desk(platform: Platform) -> Desk:
    return Desk(platform)


def test_each_question_is_answered_as_the_decision_answers_it(desk: Desk) -> None:
    desk.allow("G8")
    desk.report("G8", ON)
    product, facts = facts_on(books=desk.books, by=desk.by, product="owner_loan", party="G8", as_of=ON)
    assert desk.stored() == 0
    [one] = decide(books=desk.books, by=desk.by, product="owner_loan", parties=["G8"], as_of=ON)
    assert facts == facts_of(product, one.inputs)
    policy, document = product.policy, json.loads(one.document)
    assert admit(policy, facts, ON).outcome == one.outcome == "approve"
    assessed = assess(policy, facts, ON)
    assert (assessed.score, assessed.grade, unscaled(assessed.pd)) == (document["score"], one.grade, one.pd)
    assert unscaled(advise_limit(policy, facts, ON).limit) * 100 == one.limit
    assert unscaled(price(policy, facts, ON).annual_rate or 0) == one.annual_rate


def test_without_consent_nothing_is_looked_at(desk: Desk) -> None:
    desk.allow("G8")
    withdraw_consent(books=desk.books, by=desk.by, party="G8", scopes=None, on=ON, because="asked")
    asked: dict[str, Any] = {"books": desk.books, "by": desk.by, "product": "owner_loan", "as_of": ON}
    with pytest.raises(Refusal, match="G8 has not allowed"):
        facts_on(**asked, party="G8")
    with pytest.raises(NotFound, match="no party G9"):
        facts_on(**asked, party="G9")
    with pytest.raises(Refusal, match="is in the future"):
        facts_on(**asked | {"as_of": date(2027, 1, 1)}, party="G8")


def test_a_worse_report_warns_and_most_money_at_risk_comes_first(desk: Desk) -> None:
    """G8 owes 50,000 here and is overdue elsewhere; G9 owes 120,000 and has used its cards up; G7 is as it was."""
    eight, nine, seven = desk.line("G8", "50000"), desk.line("G9", "120000"), desk.line("G7", "200000")
    desk.report("G8", LATER, card="40000", overdue="3000")
    desk.report("G9", LATER, card="115000", loan="140000")
    desk.report("G7", LATER)
    found = desk.warnings()
    assert [(one.line, one.used) for one in found.lines] == [
        (seven, fen("200000")), (nine, fen("120000")), (eight, fen("50000")),
    ]  # fmt: skip
    spoke = {one.line: [(w.action, w.code) for w in one.warned.warnings] for one in found.lines}
    assert spoke == {
        seven: [], nine: [("visit", "W04"), ("call", "W06")], eight: [("visit", "W03")],
    }  # fmt: skip
    grown = found.lines[1].warned.warnings[0]
    assert (grown.before, grown.value, grown.change) == ("150000", "255000", "0.7")
    assert found.unseen == []
    assert all(one.since == ON for one in found.lines)
    assert desk.warnings("G8").lines == found.lines[2:]


def test_a_warning_does_nothing_to_a_line(desk: Desk) -> None:
    line, stored = desk.line("G8", "50000"), desk.stored()
    desk.report("G8", LATER, overdue="3000")
    with desk.books.unit("local") as unit:
        before = unit.lines.get(line)
    assert desk.warnings("G8").lines[0].warned.action == "visit"
    with desk.books.unit("local") as unit:
        assert unit.lines.get(line) == before
    assert desk.stored() == stored
    assert desk.warnings("G8", on=ON).lines[0].warned.action is None, "on the day of the decision nothing had changed"


def test_who_no_longer_lets_us_look_is_told_apart(desk: Desk) -> None:
    desk.line("G8", "50000")
    nine = desk.line("G9", "50000")
    withdraw_consent(books=desk.books, by=desk.by, party="G8", scopes=["bureau_queries"], on=LATER, because="asked")
    found = desk.warnings()
    assert ([one.line for one in found.lines], found.unseen) == ([nine], ["G8"])
    with pytest.raises(Refusal, match="G8 has not allowed bureau_queries"):
        desk.warnings("G8")


def test_only_running_lines_are_watched(desk: Desk) -> None:
    """Not one that is not open yet; one that has run out while something is owed. Who has none is said to have none."""
    line = desk.line("G8", "50000")
    with desk.books.unit("local") as unit:
        found = unit.lines.get(line)
        assert found is not None
    desk.allow("G7")
    with pytest.raises(NotFound, match="no running line of owner_loan: G7"):
        desk.warnings("G7")
    assert [one.line for one in desk.warnings().lines] == [line]
    assert desk.warnings(on=date(2025, 3, 9)).lines == [], "it was not open yet"
    after = found.expires_on
    desk.books = replace(desk.books, clock=after)
    assert [one.line for one in desk.warnings(on=after).lines] == [line], "something is owed still"
    assert [one for one in examine(books=desk.books, by=desk.by) if one.wrong] == []


def test_a_line_opened_on_an_older_version_is_watched_by_the_one_in_force(
    platform: Platform, open_line: Callable[..., str]
) -> None:
    """Its decision kept the facts that the later version warns on: a change shows for lines opened before."""
    line, shelf = open_line(), Path(__file__).parents[3] / "products"
    asked: dict[str, Any] = {"books": platform, "product": "tax_credit", "as_of": date(2024, 12, 31)}
    before = warnings_of(by=platform.actor, **asked, parties=None).lines[0].warned
    assert {one.code for one in before.warnings} == {"W01", "W03"}, "no invoice since February"
    files = read_folder(shelf / "tax_credit")
    files["monitoring.toml"] += (
        '[[warning]]\ncode = "W98"\nfact = "active_months_12m"\nchange = "< 0"\naction = "cut"\nfrom = 2024-01-01\n'
        'zh = "开票月数减少"\nen = "Fewer months with sales"\nbecause = "a test"\nchecked_on = 2026-11-26\n'
    )
    one, other = Actor("local", "one"), Actor("local", "other")
    version = propose(books=platform, by=one, files=files)
    approve(books=platform, by=other, product="tax_credit", hash_prefix=version.hash)
    [found] = warnings_of(by=platform.actor, **asked, parties=None).lines
    assert (found.line, found.warned.warnings[0].code) == (line, "W98")
    assert (found.warned.warnings[0].before, found.warned.warnings[0].value) == ("12", "2")
