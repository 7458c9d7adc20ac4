"""The network of a town: built, asked, marked and let off again, and what checks find about one business."""

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import psycopg
import pyarrow as pa
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.borrower import INVOICES, Party
from zhiwei.borrower.delivery import BAD_ROW, Delivery
from zhiwei.borrower.relations import Held, Link
from zhiwei.borrower.sources import identity
from zhiwei.credit.antifraud import check_names, found_names
from zhiwei.journeys import Permission, Source, give_consent, receive, receive_records, withdraw_consent
from zhiwei.journeys.antifraud.ask import Asked, ask_network
from zhiwei.journeys.antifraud.build import build_network
from zhiwei.journeys.antifraud.findings import findings_on
from zhiwei.journeys.antifraud.marks import approve_end_of_mark, mark_party, marks, propose_end_of_mark
from zhiwei.values import Actor, NotFound, Refusal

ON = date(2024, 3, 1)
RING = ("G1", "G2", "G3")


def sale(seller: str, buyer: str, number: int, amount: int) -> dict[str, object]:
    return {
        "party_id": seller, "direction": "sale", "invoice_no": f"{seller}{number}", "issue_date": date(2024, 1, 10),
        "counterparty": buyer, "amount": amount, "tax": 0, "total": amount, "status": "valid", "occurrence": 1,
    }  # fmt: skip


def delivered(rows: list[dict[str, object]]) -> Delivery:
    known = [Party(name, name, "test") for name in (*RING, "G4")]
    table = pa.Table.from_pylist(rows, schema=INVOICES)
    bad = pl.DataFrame(schema=BAD_ROW)
    return Delivery("test", "made", "0" * 64, known, table, bad, "credit_assessment", "Look at my invoices.")


@pytest.fixture
def town(platform: Platform) -> Platform:
    """G1, G2 and G3 bill each other in a circle and sell as much outside; G4 sells to G1 and to nobody else."""
    rows = [sale(one, other, 1, 100_000) for one, other in zip(RING, (*RING[1:], RING[0]), strict=True)]
    rows += [sale(one, "OUT-1", 2, 100_000) for one in RING] + [sale("G4", "G1", 1, 500_000)]
    given = delivered(rows)
    receive(books=platform, by=platform.actor, deliveries=[given], folder="")
    return platform


def build(town: Platform) -> None:
    build_network(books=town, by=town.actor, as_of=ON)


def answers(town: Platform, party: str) -> dict[str, tuple[bool, float]]:
    asked: Asked = ask_network(books=town, by=town.actor, party=party)
    return {one.question: (one.yes, one.value) for one in asked.answers}


def link(town: Platform, kind: str, *pairs: tuple[str, str]) -> None:
    now = datetime.now(UTC)
    with town.unit("local") as unit:
        links = [Link(f"{kind}{a}{b}", a, kind, b, None, date(2023, 1, 1), None, "test", now) for a, b in pairs]
        unit.relations.add_links(links, "x")


def test_before_it_is_built_it_cannot_be_asked(town: Platform) -> None:
    with pytest.raises(Refusal, match="no network"):
        ask_network(books=town, by=town.actor, party="G1")


def test_a_circle_is_found_with_the_invoices_it_is_made_of(town: Platform) -> None:
    build(town)
    assert answers(town, "G1")["in_circle"] == (True, 0.5)
    assert answers(town, "G4")["in_circle"] == (False, 0)
    found = findings_on(books=town, by=town.actor, party="G1", as_of=ON)
    [one] = [each for each in found.of("G1") if each.check == "circular_invoicing"]
    assert one.value == 0.5
    assert one.evidence[0].ids == ("G11",)
    assert "G1 → G2 → G3 → G1" in one.evidence[0].zh
    facts = found.figures("G1", check_names())
    assert set(facts) == set(found_names(check_names()))
    assert (facts["found_circular_invoicing"], facts["found_void_and_red"], facts["found_balance_break"]) == (
        0.5,
        0,
        None,
    )


def test_a_sale_in_two_circles_counts_once(platform: Platform) -> None:
    """G1 bills G2, and both G3 and G4 bring it back: half of what G1 sells, not all of it."""
    pairs = (("G1", "G2"), ("G2", "G3"), ("G3", "G1"), ("G2", "G4"), ("G4", "G1"), ("G1", "OUT-1"))
    given = delivered([sale(one, other, n, 100_000) for n, (one, other) in enumerate(pairs)])
    receive(books=platform, by=platform.actor, deliveries=[given], folder="")
    build(platform)
    assert answers(platform, "G1")["in_circle"] == (True, 0.5)


def test_without_a_network_circles_are_not_said_to_be_absent(town: Platform) -> None:
    """Nor where the only snapshot is later than the day that is asked about."""
    before = findings_on(books=town, by=town.actor, party="G1", as_of=ON)
    assert before.figures("G1", check_names())["found_circular_invoicing"] is None
    build(town)
    earlier = findings_on(books=town, by=town.actor, party="G1", as_of=date(2024, 2, 1))
    assert earlier.figures("G1", check_names())["found_circular_invoicing"] is None


def test_guarantees_in_a_ring(town: Platform) -> None:
    link(town, "guarantees", ("G1", "G2"), ("G2", "G4"), ("G4", "G1"), ("G1", "G3"))
    build(town)
    assert answers(town, "G4")["in_guarantee_ring"] == (True, 3)
    assert answers(town, "G3")["in_guarantee_ring"] == (False, 0)
    found = {one.check for one in findings_on(books=town, by=town.actor, party="G4", as_of=ON).findings}
    assert "guarantee_ring" in found
    assert "mutual_guarantee" not in found


def test_a_shared_phone_leads_to_a_bad_party_two_steps_away(town: Platform) -> None:
    """G4's phone is S1's too, who is no customer of ours and owns the one that ran away."""
    now = datetime.now(UTC)
    with town.unit("local") as unit:
        unit.parties.add([Party(name, name, "test") for name in ("S1", "S2")])
        held = [Held(f"i{p}", p, "mobile", "13800138000", date(2023, 5, 1), None, "test", now) for p in ("G4", "S1")]
        unit.relations.add_identifiers(held, "x")
    link(town, "owns", ("S1", "S2"))
    mark_party(books=town, by=town.actor, party="S2", why="走逃户", evidence="notice 7", since=ON)
    build(town)
    [near] = [
        one for one in ask_network(books=town, by=town.actor, party="G4").answers if one.question == "near_bad_party"
    ]
    assert near.yes
    assert near.evidence[0].ids[1:] == ("G4", "S1", "S2")
    assert "shares_mobile, owns" in near.evidence[0].en
    assert "13800138000" not in str(near)
    assert not answers(town, "G2")["near_bad_party"][0], "three steps away"


def test_a_mark_is_made_once_and_ends_by_two(town: Platform) -> None:
    make = {"party": "G3", "why": "异常凭证", "evidence": "tax notice", "since": ON}
    first = mark_party(books=town, by=town.actor, **make)
    assert mark_party(books=town, by=town.actor, **make) == replace(first, new=False)
    build(town)
    assert answers(town, "G1")["near_bad_party"][0]

    day = town.today()
    proposal = propose_end_of_mark(books=town, by=town.actor, mark=first.mark, on=day, because="cleared")
    with pytest.raises(Refusal, match="was proposed by"):
        approve_end_of_mark(books=town, by=town.actor, proposal=proposal)
    second = Actor("local", "second")
    assert approve_end_of_mark(books=town, by=second, proposal=proposal).party == "G3"
    approve_end_of_mark(books=town, by=second, proposal=proposal)
    assert marks(books=town, by=town.actor, on=day) == []
    assert [one.party for one in marks(books=town, by=town.actor, on=ON)] == ["G3"], "what was known then, was"
    assert not answers(town, "G1")["near_bad_party"][0]
    with pytest.raises(NotFound):
        propose_end_of_mark(books=town, by=town.actor, mark="m9", on=day, because="x")


def test_a_new_snapshot_takes_the_place_of_the_old(town: Platform) -> None:
    build(town)
    build(town)
    with town.unit("local") as unit:
        run = unit.steps.connection.execute
        assert run("select count(distinct snapshot), min(snapshot) = max(snapshot) from network_edge").fetchone() == (
            1,
            True,
        )
        assert run("select count(*) from network_snapshot").fetchone() == (2,)
        assert run("delete from network_edge").rowcount == 0, "the latest stays, whoever asks"
    with pytest.raises(psycopg.errors.InsufficientPrivilege), town.unit("local") as unit:
        unit.steps.connection.execute("update network_edge set weight = 0")


def test_what_a_verifier_said_is_looked_at_as_long_as_the_party_allows_it(town: Platform) -> None:
    """The face was not hers; whether or not a network was built."""
    party = Party("G1", "G1", "test")
    said = Permission(party, ["identity"], "Check who I am.", "page 1", date(2023, 1, 1))
    give_consent(books=town, by=town.actor, permission=said)
    content = (
        b'{"events": [{"event_id": "V1", "checked_at": "2024-02-20T09:30:00", "what": "face", "outcome": "failed"}]}'
    )
    read = identity.read(content, "answer.json", "G1")
    source = Source("identity", "answer.json", "1" * 64)
    receive_records(books=town, by=town.actor, source=source, parsed=read)
    found = findings_on(books=town, by=town.actor, party="G1", as_of=ON).figures("G1", check_names())
    assert (found["found_identity_takeover"], found["found_identity_listed"]) == (1, 0)
    withdraw_consent(books=town, by=town.actor, party="G1", scopes=["identity"], on=town.today(), because="they asked")
    found = findings_on(books=town, by=town.actor, party="G1", as_of=ON).figures("G1", check_names())
    assert found["found_identity_takeover"] is None


def test_the_future_is_refused(town: Platform) -> None:
    with pytest.raises(Refusal, match="future"):
        build_network(books=town, by=town.actor, as_of=date(2030, 1, 1))
    with pytest.raises(NotFound):
        findings_on(books=town, by=town.actor, party="nobody", as_of=ON)
