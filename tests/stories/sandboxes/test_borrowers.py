"""The borrowers of a sandbox do what their scripts say, and nothing of it waits for a real day to pass."""

import json

from tests.stories.sandboxes.conftest import Inside

from zhiwei.journeys import findings_on, pull_figures, repay
from zhiwei.loans import FROZEN, OPEN


def reasons(document: str, effect: str) -> set[str]:
    return {one["code"] for one in json.loads(document)["reasons"] if one["effect"] == effect}


def test_the_good_one_is_approved_at_once_and_pays_on_its_due_days(inside: Inside) -> None:
    """30,000 元 drawn on January 1st; interest to the 20th is due on the 21st of each month."""
    line = inside.lend("good", 3_000_000)
    inside.until("2026-03-21")
    due = inside.of(line)[1].due(inside.books.today())
    inside.until("2026-03-22")
    found, state = inside.of(line)
    assert due > 0
    assert (found.status, state.days_past_due(), state.due(inside.books.today())) == (OPEN, 0, 0)
    assert found.used == 3_000_000


def test_the_late_one_falls_behind_is_frozen_and_pays_after_forty_days(inside: Inside) -> None:
    line = inside.lend("late", 3_000_000)
    inside.until("2026-01-24")
    assert (inside.of(line)[0].status, inside.of(line)[1].days_past_due()) == (OPEN, 3)
    inside.until("2026-01-26")
    assert (inside.of(line)[0].status, inside.of(line)[1].days_past_due()) == (FROZEN, 5)
    inside.until("2026-03-02")
    assert inside.of(line)[1].days_past_due() == 40
    inside.until("2026-03-03")
    assert (inside.of(line)[0].status, inside.of(line)[1].days_past_due()) == (OPEN, 0)


def test_what_a_partner_repays_itself_need_not_be_paid_by_the_script(inside: Inside) -> None:
    line = inside.lend("late", 3_000_000)
    inside.until("2026-01-26")
    books = inside.books
    repay(books=books, by=inside.by, key="r", line=line, amount=inside.of(line)[1].payoff, on=books.today())
    inside.until("2026-04-01")
    found, _ = inside.of(line)
    assert (found.status, found.used, found.credit) == (OPEN, 0, 0)


def test_the_fraud_is_declined_for_its_circle_of_invoices(inside: Inside) -> None:
    decision = inside.decide("fraud")
    assert (decision.outcome, reasons(decision.document, "decline")) == ("decline", {"F07"})
    books = inside.books
    found = findings_on(books=books, by=inside.by, party="fraud", as_of=books.today())
    assert "circular_invoicing" in {one.check for one in found.findings}


def test_the_slow_one_is_referred_until_its_source_answers(inside: Inside) -> None:
    """Its last invoices are 140 days old, and the tax bureau answers from the fourth day on: each day it is asked twice
    in vain until then, as the table of calls says.
    """
    before = inside.decide("slow")
    assert (before.outcome, "D02" in reasons(before.document, "refer")) == ("refer", True)
    inside.until("2026-01-04")
    [standing] = pull_figures(books=inside.books, by=inside.by)
    assert (standing.counted.failures, standing.counted.calls, standing.counted.hits) == (3, 6, 0)
    assert inside.decide("slow").outcome == "refer"
    inside.until("2026-01-05")
    assert inside.decide("slow").outcome == "approve"


def test_records_go_on_as_time_does(inside: Inside) -> None:
    inside.until("2026-08-02")
    assert [inside.decide(party).outcome for party in ("good", "slow")] == ["approve", "approve"]
