"""One invoice, two lenders: what the register tells is a record, and the same thing pledged again is found in it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from typing import Any

import numpy as np
import psycopg
import pytest

from zhiwei.bootstrap import Platform
from zhiwei.borrower import Party
from zhiwei.borrower.sources import pledges
from zhiwei.credit.antifraud import Finding, Searched
from zhiwei.journeys import (
    Permission,
    Source,
    findings_on,
    forget,
    give_consent,
    picture_of,
    receive_records,
    rotate_key,
    withdraw_consent,
)
from zhiwei.journeys.deciding.decide import looked_at
from zhiwei.journeys.products import published
from zhiwei.shelf import Product

INVOICE = "25332000000000012345"
ON = date(2025, 12, 1)
ALLOWED = Permission(Party("G5", "五号商行", "test"), ["pledges"], "You may ask the register.", "page 5", ON)
Tell = Callable[..., Any]


@pytest.fixture
def tell(platform: Platform) -> Tell:
    """Hands in a file about a party that allows it: one's own registrations, or a search of the register on a day."""
    for party in ("G5", "G6"):
        give_consent(books=platform, by=platform.actor, permission=replace(ALLOWED, party=Party(party, party, "test")))

    def told(*rows: dict[str, Any], searched: str = "", party: str = "G5") -> None:
        content = json.dumps({"pledges": rows} | ({"report_on": searched} if searched else {})).encode()
        parsed = pledges.read(content, "p.json", party)
        assert not parsed.problems
        source = Source("pledges", "p.json", sha256(content).hexdigest())
        receive_records(books=platform, by=platform.actor, source=source, parsed=parsed)

    return told


def by_needs(platform: Platform, name: str, scopes: tuple[str, ...]) -> Product:
    """A product of the shelf that asks for these kinds alone."""
    with platform.unit("local") as unit:
        product = published(unit, name)
    return replace(product, needs=replace(product.needs, scopes=scopes, optional=()))


def pledge(pledge_id: str, lender: str, day: str, **more: Any) -> dict[str, Any]:
    about = {"invoice_no": INVOICE, "amount": "200000.00", "debtor": "D1", "contract": "C1", "dated_on": "2025-10-20"}
    return {"pledge_id": pledge_id, "lender": lender, "registered_on": day} | about | more


def asked(platform: Platform, party: str = "G5", as_of: date = date(2025, 12, 31)) -> Searched:
    return findings_on(books=platform, by=platform.actor, party=party, as_of=as_of)


def doubles(found: Searched) -> list[Finding]:
    return [one for one in found.findings if one.check == "double_pledge"]


OURS = pledge("R1", "us", "2025-11-03")
THEIRS = pledge("R2", "bank 9", "2025-11-20")


def test_an_invoice_pledged_elsewhere_too_is_found_when_the_party_asks_again(platform: Platform, tell: Tell) -> None:
    """At first the register shows our own registration alone; a month later it shows another lender's, too."""
    assert "double_pledge" not in asked(platform).looked, "nobody has searched: no pledge is not known"
    tell(OURS)
    assert "double_pledge" not in asked(platform).looked, "one's own registrations are not the register"
    tell(OURS, searched="2025-11-05")
    first = asked(platform, as_of=date(2025, 11, 10))
    assert "double_pledge" in first.looked
    assert doubles(first) == [], "told twice it is one registration"

    tell(OURS, THEIRS, searched="2025-12-20")
    [one] = doubles(asked(platform))
    assert (one.party, one.effect, one.value) == ("G5", "block", 1)
    [evidence] = one.evidence
    assert evidence.ids == ("R1", "R2")
    assert INVOICE in evidence.en
    assert "2025-11-03 for us, then R2 on 2025-11-20 for bank 9" in evidence.en
    assert doubles(asked(platform, as_of=date(2025, 11, 19))) == [], "the day before it was not pledged again"

    tell(OURS, {**THEIRS, "released_on": "2025-12-28"}, searched="2025-12-29")
    assert doubles(asked(platform)) == [], "a later word on the same registration counts"
    assert len(doubles(asked(platform, as_of=date(2025, 12, 25)))) == 1


def test_what_nobody_searched_is_not_known_and_not_zero_where_it_is_decided(platform: Platform, tell: Tell) -> None:
    """G6 was searched and has no pledge, G5 told of its own registration alone; decided together or each by itself."""
    tell(OURS)
    tell(searched="2025-12-20", party="G6")

    def known(*parties: str) -> dict[str, float | None]:
        product = by_needs(platform, "property_line", ("pledges",))
        with platform.unit("local") as unit:
            seen = looked_at(unit, product, list(parties), (date(2025, 12, 31),) * 2, {})
        return {party: one.facts["found_double_pledge"] for party, one in seen.items()}

    assert known("G5", "G6") == {"G5": None, "G6": "0"}
    assert known("G5") | known("G6") == {"G5": None, "G6": "0"}
    tell(OURS, searched="2025-12-21")
    assert known("G5") == {"G5": "0"}
    tell(OURS, THEIRS, searched="2025-12-22")
    assert known("G5") == {"G5": "1"}
    assert "double_pledge" in asked(platform, "G6").looked


def test_the_same_invoice_of_another_party_is_found_through_the_stored_hash(platform: Platform, tell: Tell) -> None:
    """Written otherwise it is the same number. Who pledged it first has done nothing; who came later is found."""
    tell(OURS)
    tell(pledge("X7", "bank 9", "2025-12-02", invoice_no=f" {INVOICE[:8]} {INVOICE[8:]}"), party="G6")
    [one] = doubles(asked(platform, "G6"))
    assert (one.party, one.evidence[0].ids) == ("G6", ("R1", "X7"))
    assert "R1 (G5)" in one.evidence[0].en
    assert doubles(asked(platform, "G5")) == []
    rotate_key(books=platform, by=platform.actor, key="k", because="a laptop was lost")
    assert len(doubles(asked(platform, "G6"))) == 1, "what an older key hashed is found with a newer one"


def test_a_claim_like_anothers_is_found_by_contract_and_debtor(platform: Platform, tell: Tell) -> None:
    tell(pledge("R1", "us", "2025-11-03", invoice_no=None))
    tell(pledge("X7", "bank 9", "2025-12-02", invoice_no=None, amount="200900.00"), party="G6")
    [one] = asked(platform, "G6").findings
    assert (one.check, one.effect, one.party) == ("double_pledge_alike", "refer", "G6")


def test_two_who_pledge_one_thing_on_one_day_are_both_found(platform: Platform, tell: Tell) -> None:
    tell(OURS)
    tell(pledge("X7", "bank 9", "2025-11-03"), party="G6")
    assert [len(doubles(asked(platform, party))) for party in ("G5", "G6")] == [1, 1]


def test_what_another_party_does_not_allow_any_more_is_not_held_against_this_one(
    platform: Platform, tell: Tell
) -> None:
    tell(OURS)
    tell(pledge("X7", "bank 9", "2025-12-02"), party="G6")
    assert len(doubles(asked(platform, "G6"))) == 1
    by, day = platform.actor, date(2025, 12, 30)
    gone = withdraw_consent(books=platform, by=by, party="G5", scopes=["pledges"], on=day, because="they asked")
    assert doubles(asked(platform, "G6")) == []
    forget(books=platform, by=by, on=date.fromisoformat(gone.delete_by))
    with psycopg.connect(platform.database.url) as owner:
        left = owner.execute(
            "select distinct b.party_id from pledged_thing t join record_batch b using (batch_id)"
        ).fetchall()
        [(things,)] = owner.execute("select count(*) from pledged_thing").fetchall()
        [(plain,)] = owner.execute("select count(*) from pledged_thing where thing_index ~ %s", [INVOICE]).fetchall()
    assert (left, things, plain) == ([("G6",)], 2, 0), "its things went with its records, and no number is in plain"


def test_an_empty_search_is_zero_and_ones_own_registrations_are_not_all(platform: Platform, tell: Tell) -> None:
    def fact(name: str, as_of: date = date(2025, 12, 31)) -> float:
        found = picture_of(books=platform, by=platform.actor, parties=["G5"], as_of=as_of)
        return float(found[name][0]) if name in found else np.nan

    tell({**OURS, "released_on": "2025-11-30"})
    assert np.isnan(fact("pledges_open")), "that ours is released says nothing of others'"
    tell(searched="2025-12-20")
    assert (fact("pledges_open"), fact("pledge_lenders"), fact("pledged_last_90d")) == (0, 0, 1)
    assert np.isnan(fact("pledges_open", date(2025, 12, 19))), "the day before nobody had searched"
