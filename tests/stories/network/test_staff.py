"""Officers by the loans they approved: whose miss their first payment far more often than the others' do."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.conftest import delivery_of, invoice_rows

from zhiwei.bootstrap import Platform
from zhiwei.credit.antifraud import Seen, search
from zhiwei.journeys import Offer, Word, accept, decide, draw, findings_on_staff, receive, repay, rule
from zhiwei.journeys.antifraud.staff import officer_loans
from zhiwei.values import Actor, Refusal, fen

ASKED = date(2024, 7, 5)  # four months after the latest invoice: the policy wants a person
DRAWN = date(2024, 7, 8)


@pytest.fixture
def lent(platform: Platform) -> Platform:
    """S1 approved G1 and G2, S2 approved G3; each draws, due on the 21st; G1 pays in time, G2 late, G3 never."""
    rows = [row for firm in ("G1", "G2", "G3", "G4") for row in invoice_rows(firm, date(2024, 3, 1))]
    receive(books=platform, by=platform.actor, deliveries=[delivery_of(rows)], folder="")
    by = platform.actor
    for firm, officer in (("G1", "S1"), ("G2", "S1"), ("G3", "S2")):
        [one] = decide(books=platform, by=by, product="tax_credit", parties=[firm], as_of=ASKED)
        word = Word(approve=True, because="seen", limit=fen("200000"), annual_rate=Decimal("0.06"))
        settled = rule(books=platform, by=Actor("local", officer), decision=one.decision_id, word=word)
        line = accept(books=platform, by=by, key=firm, offer=Offer(settled.decision), on=DRAWN).line
        draw(books=platform, by=by, key=f"d{firm}", line=line, amount=fen("100000"), on=DRAWN)
        paid_on = {"G1": date(2024, 7, 21), "G2": date(2024, 8, 5)}.get(firm)
        if paid_on:
            repay(books=platform, by=by, key=f"r{firm}", line=line, amount=fen("1000"), on=paid_on)
    return platform


def missed(platform: Platform, as_of: date) -> list[tuple[str, bool]]:
    with platform.unit("local") as unit:
        rows = officer_loans(unit, as_of).to_pylist()
    return sorted((row["officer"], row["first_payment_missed"]) for row in rows)


def test_a_first_payment_is_missed_where_it_is_not_paid_within_its_grace(lent: Platform) -> None:
    assert missed(lent, date(2024, 7, 27)) == [], "the grace of seven days is not over"
    assert missed(lent, date(2024, 7, 28)) == [("S1", False), ("S1", True), ("S2", True)]
    assert missed(lent, date(2024, 12, 1)) == [("S1", False), ("S1", True), ("S2", True)], "paid later is missed too"


def test_few_loans_accuse_nobody(lent: Platform) -> None:
    found = findings_on_staff(books=lent, by=lent.actor, as_of=date(2024, 12, 1))
    assert (found.findings, found.looked) == ((), ("early_defaults",))
    with pytest.raises(Refusal, match="future"):
        findings_on_staff(books=lent, by=lent.actor, as_of=lent.today() + timedelta(days=1))


def test_the_same_rows_many_times_over_do(lent: Platform) -> None:
    """Forty loans like G3's of S2 against eighty of S1 of which two are like G2's."""
    with lent.unit("local") as unit:
        rows = officer_loans(unit, date(2024, 12, 1)).to_pylist()
    bad, good = (next(row for row in rows if row["first_payment_missed"] is said) for said in (True, False))
    many = [{**bad, "loan_id": f"b{n}", "officer": "S2"} for n in range(40)]
    many += [{**good, "loan_id": f"g{n}", "officer": "S1"} for n in range(78)]
    many += [{**bad, "loan_id": f"l{n}", "officer": "S1"} for n in range(2)]
    with lent.unit("local") as unit:
        table = officer_loans(unit, date(2024, 12, 1))
    [one] = search(Seen({"loans": table.from_pylist(many, schema=table.schema)}), (), date(2024, 12, 1)).findings
    assert (one.check, one.party) == ("early_defaults", "S2")
