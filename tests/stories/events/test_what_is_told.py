"""Every journey tells what it did, with the change and once; what it says fits its schema and names nobody."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import jsonschema_rs

from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.reading import Parsed, table_of
from zhiwei.borrower.told import Told
from zhiwei.journeys import (
    CameWith,
    Change,
    Permission,
    Source,
    Word,
    amend,
    apply,
    change_line,
    close_days,
    decide,
    draw,
    give_consent,
    know_party,
    order_draw,
    receive_records,
    repay,
    rule,
    settle_payout,
    withdraw_consent,
)
from zhiwei.loans.events import Charge
from zhiwei.values import Actor
from zhiwei.values.happenings import KINDS

FIRST = date(2024, 3, 1)


def told(platform: Platform, *types: str) -> list[tuple[str, dict[str, Any]]]:
    """(type, data) in the order of the outbox; each fits its schema."""
    with platform.unit("local") as unit:
        rows = unit.outbox.rows("select type, data from outbox_event order by number")
    found = [(type, json.loads(data)) for type, data in rows]
    for type, data in found:
        jsonschema_rs.validate(KINDS[type].schema, data, validate_formats=True)
    return [(type, data) for type, data in found if not types or type in types]


def names(platform: Platform) -> list[str]:
    return [type for type, _ in told(platform)]


def money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}


def test_from_records_to_a_line(platform: Platform, open_line: Callable[..., str]) -> None:
    line = open_line(FIRST)
    assert names(platform) == [
        "party.registered", "consent.given", "records.received", "application.received", "decision.made", "line.opened"
    ]  # fmt: skip
    said = dict(told(platform))
    assert said["records.received"]["kinds"] == ["invoices"]
    assert said["decision.made"]["outcome"] == "approve"
    assert said["line.opened"]["line"] == line
    assert said["line.opened"]["limit"] == said["decision.made"]["limit"]
    decide(books=platform, by=platform.actor, product="tax_credit", parties=["G1"], as_of=FIRST)
    assert len(names(platform)) == 6  # decided twice it is told once


def test_a_line_drawn_late_repaid_and_ended(platform: Platform, open_line: Callable[..., str]) -> None:
    line, by = open_line(FIRST), platform.actor
    draw(books=platform, by=by, key="d", line=line, amount=1_000_000, on=FIRST)
    close_days(books=platform, by=by, since=FIRST, until=date(2024, 3, 30))
    repay(books=platform, by=by, key="r", line=line, amount=2_000_000, on=date(2024, 3, 31))
    repay(books=platform, by=by, key="r", line=line, amount=2_000_000, on=date(2024, 3, 31))
    assert names(platform)[6:] == [
        "draw.ordered", "draw.paid", "loan.overdue", "line.frozen", "line.changed", "loan.settled", "repayment.received"
    ]  # fmt: skip
    said = dict(told(platform)[6:])
    assert said["draw.paid"] == said["draw.ordered"]
    assert said["draw.paid"]["amount"] == money(1_000_000)
    assert said["line.frozen"] == {"line": line, "because": "late"}
    assert (said["line.changed"]["status"], said["loan.overdue"]["oldest_due"]) == ("open", "2024-03-21")
    paid = said["repayment.received"]
    assert (paid["amount"], paid["principal"], paid["outstanding"]) == (money(2_000_000), money(1_000_000), money(0))
    parts = ("fee", "penalty", "interest", "principal", "credit")
    assert sum(paid[name]["amount"] for name in parts) == 2_000_000
    with platform.unit("local") as unit:
        days = dict(unit.outbox.rows("select type, business_date from outbox_event where line_id = %s", line))
    assert days["loan.overdue"] == date(2024, 3, 22)
    assert days["repayment.received"] == date(2024, 3, 31)


def test_a_payout_that_failed(platform: Platform, open_line: Callable[..., str]) -> None:
    line, by = open_line(FIRST), platform.actor
    ordered = order_draw(books=platform, by=by, key="d", line=line, amount=1_000_000, on=FIRST)
    for _ in range(2):
        settle_payout(books=platform, by=by, payout=ordered.payout, status="failed", reference=None)
    assert names(platform)[6:] == ["draw.ordered", "draw.failed"]


def test_what_people_do_to_a_line(platform: Platform, open_line: Callable[..., str]) -> None:
    line, by = open_line(FIRST), platform.actor
    loan = draw(books=platform, by=by, key="d", line=line, amount=1_000_000, on=FIRST).loan
    amend(books=platform, by=by, key="a", line=line, event=Charge("", FIRST, loan, 5_000))
    for key, change in enumerate(
        [Change("freeze", "某甲 called"), Change("cut", "less", 5_000_000), Change("sub_limit", "why", 100, "partner")]
    ):
        change_line(books=platform, by=by, key=f"c{key}", line=line, change=change, on=FIRST)
    found = told(platform)[8:]
    assert [type for type, _ in found] == ["line.amended", "line.frozen", "line.changed", "line.changed"]
    assert found[0][1]["outstanding"] == money(1_005_000)
    assert found[1][1]["because"] == "person"
    assert found[2][1]["limit"] == money(5_000_000)
    assert "某甲" not in json.dumps(found, ensure_ascii=False)


def test_parties_consents_records_and_applications(platform: Platform) -> None:
    by = platform.actor
    party = know_party(books=platform, by=by, told=Told("某甲", FIRST, "person"), key="k").party
    permission = Permission(Party("G1", "某甲", "test"), ["meters", "pledges"], "Read my meter.", "page 1", FIRST)
    for _ in range(2):
        give_consent(books=platform, by=by, permission=permission)
    row = {"party_id": "G1", "utility": "power", "meter": "8", "read_on": FIRST, "reading": 1.0}
    source = Source("meters", "m.csv", "1" * 64)
    receive_records(books=platform, by=by, source=source, parsed=Parsed({"meters": table_of("meters", [row])}))
    apply(books=platform, by=by, product="tax_credit", party="G1", on=FIRST, came_with=CameWith("counter", []))
    withdraw_consent(books=platform, by=by, party="G1", scopes=["meters"], on=FIRST, because="asked")
    assert names(platform) == [
        "party.registered", "party.registered", "consent.given", "consent.given", "records.received",
        "application.received", "consent.withdrawn",
    ]  # fmt: skip
    assert [data["party"] for _, data in told(platform, "party.registered")] == [party, "G1"]
    assert "某甲" not in json.dumps(told(platform), ensure_ascii=False)


def test_a_ruling_settles_a_task(platform: Platform, good_firm: str) -> None:
    decided = decide(books=platform, by=platform.actor, product="tax_credit", parties=[good_firm], as_of=FIRST)[0]
    with platform.unit("local") as unit:
        unit.tasks.open([("t", decided.decision_id)])
    by = Actor("local", "second", "officer")
    rule(books=platform, by=by, decision=decided.decision_id, word=Word(False, "not now"))
    assert names(platform)[-2:] == ["decision.made", "task.settled"]
    assert told(platform)[-1][1]["decision"] == decided.decision_id
    assert told(platform)[-1][1]["outcome"] == "decline"
