"""Who applies, through what, and how often: kept as hashes, counted in windows, found in a decision's facts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from tests.conftest import delivery_of, invoice_rows

from zhiwei.bootstrap import Platform
from zhiwei.borrower.covers import covered_table
from zhiwei.borrower.relations import Held
from zhiwei.credit.antifraud import check_names
from zhiwei.journeys import Applied, CameWith, apply, decide, findings_on, receive
from zhiwei.journeys.antifraud.findings import findings_of
from zhiwei.values import BadInput, NotFound, Refusal

ON = date(2024, 3, 1)
FIRMS = ("G1", "G2", "G3", "G4")
PHONE = "13800138000"


@pytest.fixture
def town(platform: Platform) -> Platform:
    rows = [row for firm in FIRMS for row in invoice_rows(firm, ON, months=14)]
    receive(books=platform, by=platform.actor, deliveries=[delivery_of(rows)], folder="")
    return platform


def applied(town: Platform, firm: str, *things: tuple[str, str], on: date = ON, channel: str = "") -> Applied:
    told = CameWith(channel, things)
    return apply(books=town, by=town.actor, product="tax_credit", party=firm, on=on, came_with=told)


def figures(town: Platform, firm: str, on: date = ON) -> dict[str, float | None]:
    found = findings_on(books=town, by=town.actor, party=firm, as_of=on)
    return {name.removeprefix("found_"): value for name, value in found.figures(firm, check_names()).items()}


def test_three_firms_that_apply_from_one_device_are_referred(town: Platform) -> None:
    for days, firm in enumerate(FIRMS[:3]):
        applied(town, firm, ("device", f"  fp  {'9'} "), ("agent", "Mr X"), on=ON - timedelta(days=days))
    applied(town, "G4", ("device", "another"))
    assert figures(town, "G1")["velocity_device"] == 3
    assert figures(town, "G2", ON - timedelta(days=1))["velocity_device"] == 0, "two by then: below the threshold"
    assert figures(town, "G4")["velocity_device"] == 0
    found = findings_on(books=town, by=town.actor, party="G2", as_of=ON)
    [one] = [each for each in found.of("G2") if each.check == "velocity_device"]
    assert one.effect == "refer"
    assert len(one.evidence[0].ids) == 3
    assert "fp" not in str(one.evidence)


def test_where_nobody_has_applied_velocity_is_not_known(town: Platform) -> None:
    assert figures(town, "G1")["velocity_device"] is None


def test_the_same_told_again_is_one_application(town: Platform) -> None:
    first = applied(town, "G1", ("device", "d1"), channel="counter")
    assert applied(town, "G1", ("device", "d1"), channel="counter") == replace(first, new=False)
    assert applied(town, "G1", ("device", "d2"), channel="counter").application != first.application
    with town.unit("local") as unit:
        assert unit.network.rows("select count(*) from application") == [(2,)]


def test_one_who_applies_again_and_again(town: Platform) -> None:
    for days in range(4):
        applied(town, "G1", on=ON - timedelta(days=7 * days))
    assert figures(town, "G1")["velocity_party"] == 4
    assert figures(town, "G1", ON - timedelta(days=7))["velocity_party"] == 0


def test_who_is_decided_on_by_name_has_applied_and_a_batch_nobody_asked_for_has_not(town: Platform) -> None:
    decide(books=town, by=town.actor, product="tax_credit", parties=None, as_of=ON)
    assert figures(town, "G2")["velocity_party"] is None
    applied(town, "G1", ("device", "d1"))
    for _ in range(2):
        decide(books=town, by=town.actor, product="tax_credit", parties=["G1", "G2"], as_of=ON)
    with town.unit("local") as unit:
        told = unit.network.rows("select party_id, count(*) from application group by 1 order by 1")
    assert told == [("G1", 1), ("G2", 1)], "what was told of is not told again"


def test_what_a_party_is_known_by_comes_with_its_application(town: Platform) -> None:
    """G1 to G3 hold one mobile number; G4 gives it at the counter."""
    now = datetime.now(UTC)
    with town.unit("local") as unit:
        held = [Held(f"i{p}", p, "mobile", PHONE, ON - timedelta(days=900), None, "test", now) for p in FIRMS[:2]]
        unit.relations.add_identifiers(held, "x")
    for firm in FIRMS[:2]:
        assert applied(town, firm).kinds == ("phone",)
    applied(town, "G4", ("phone", f"+86 {PHONE}"))
    assert figures(town, "G4")["velocity_phone"] == 3
    assert figures(town, "G1")["packaged_applications"] == 3


def test_parties_that_are_one_are_one_applicant(town: Platform) -> None:
    for firm in FIRMS[:3]:
        applied(town, firm, ("device", "d1"))
    with town.unit("local") as unit:
        unit.merges.add("m1", "G1", "G2", "one owner", ("first", "second"))
        alone = findings_of(unit, tables={}, covered=covered_table([]), parties=["G1"], as_of=ON, today=ON)
    assert alone.figures("G1", ["velocity_device"])["found_velocity_device"] == 0, "two applicants, not three"


def test_no_value_is_kept_shown_or_logged(town: Platform) -> None:
    applied(town, "G1", ("phone", PHONE), ("ip", "203.0.113.7"), ("address", "某路7号"), ("account", "6222 0202"))
    with town.unit("local") as unit:
        kept = unit.network.rows(
            "select a::text, t::text, s::text, u::text from application a, application_trace t, step s, audit u"
        )
    for value in (PHONE, "203.0.113.7", "某路7号", "62220202", "6222 0202"):
        assert value not in str(kept)
    assert "13800138000" not in repr(CameWith("", [("phone", PHONE)]))


@pytest.mark.parametrize(
    ("thing", "code"),
    [
        (("ip", "300.1.1.1"), "bad_ip"), (("phone", "call me"), "bad_phone"), (("device", " "), "bad_device"),
        (("mood", "good"), "unknown_thing"), (("agent", "x" * 301), "bad_agent"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused_and_not_repeated(town: Platform, thing: tuple[str, str], code: str) -> None:
    with pytest.raises(BadInput) as refused:
        applied(town, "G1", thing)
    assert refused.value.code == code
    assert thing[1].strip() not in str(refused.value) or not thing[1].strip()


def test_strangers_and_days_to_come_are_refused(town: Platform) -> None:
    with pytest.raises(NotFound):
        applied(town, "nobody")
    with pytest.raises(Refusal, match="future"):
        applied(town, "G1", on=date(2030, 1, 1))


def test_applications_are_never_changed_and_each_tenant_sees_its_own(town: Platform) -> None:
    applied(town, "G1", ("device", "d1"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), town.unit("local") as unit:
        unit.network.run("update application_trace set token = 'x'")
    with town.unit("other") as unit:
        assert unit.network.rows("select count(*) from application_trace") == [(0,)]
