"""From decision to line: what cannot be accepted, by its stable code."""

from datetime import date
from decimal import Decimal

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys import Offer, accept, decide
from zhiwei.journeys.ports import StoredDecision
from zhiwei.values import Refusal

AS_OF = date(2024, 3, 1)


def decision(platform: Platform, party: str, as_of: date = AS_OF) -> StoredDecision:
    return decide(books=platform, by=platform.actor, product="tax_credit", parties=[party], as_of=as_of)[0]


def refused(platform: Platform, offer: Offer, on: date = AS_OF) -> tuple[str, int]:
    with pytest.raises(Refusal) as refusal:
        accept(books=platform, by=platform.actor, key="k", offer=offer, on=on)
    with platform.unit("local") as unit:
        assert unit.lines.all() == []
    return refusal.value.code, refusal.value.status


def test_a_declined_business_has_nothing_to_accept(platform: Platform, good_firm: str) -> None:
    """A year and more after its last invoice nobody can say what the firm is worth."""
    late = date(2025, 6, 1)
    declined = decision(platform, good_firm, late)
    assert (declined.outcome, declined.limit) == ("decline", 0)
    assert refused(platform, Offer(declined.decision_id), late) == ("not_approved", 409)


@pytest.mark.parametrize(
    ("change", "on", "code"),
    [
        ({"limit": 10**9}, AS_OF, "over_decision"),
        ({"limit": 0}, AS_OF, "over_decision"),
        ({}, date(2024, 2, 29), "offer_expired"),
        ({}, date(2024, 5, 1), "offer_expired"),
        ({}, date(2026, 1, 2), "future_date"),
    ],
)
def test_an_offer_that_is_not_there(platform: Platform, good_firm: str, change: dict, on: date, code: str) -> None:
    """Less than ten million were decided on 1 March 2024, to be accepted within 60 days, that is until 30 April."""
    offer = Offer(decision(platform, good_firm).decision_id, **change)
    assert refused(platform, offer, on) == (code, 409)


def test_the_last_day_and_less_than_all(platform: Platform, good_firm: str) -> None:
    """A campaign's smaller limit at its own rate; the line runs twelve months from the day of acceptance."""
    offer = Offer(decision(platform, good_firm).decision_id, 20_000_000, Decimal("0.04"))
    line = accept(books=platform, by=platform.actor, key="k", offer=offer, on=date(2024, 4, 30))
    assert (line.limit, line.annual_rate, line.expires_on) == ("200000.00", "0.04", "2025-04-30")


@pytest.mark.parametrize("rate", ["-0.01", "1.5"])
def test_a_rate_out_of_reason_is_refused(platform: Platform, good_firm: str, rate: str) -> None:
    """By us, in words; not by the database's constraint."""
    offer = Offer(decision(platform, good_firm).decision_id, None, Decimal(rate))
    with pytest.raises(Refusal):
        accept(books=platform, by=platform.actor, key="k", offer=offer, on=AS_OF)


def test_a_decision_nobody_made(platform: Platform) -> None:
    assert refused(platform, Offer("dec_nobody")) == ("no_such_decision", 404)


def test_a_business_nobody_knows(platform: Platform) -> None:
    with pytest.raises(Refusal) as refusal:
        decision(platform, "nobody")
    assert (refusal.value.code, refusal.value.status) == ("no_such_party", 404)
