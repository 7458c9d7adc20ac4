"""Clients of the API: a call is admitted once, counted, and its key is one call's at a time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.journeys.partners.ports import ACTIVE, SUSPENDED, Admitted, Call, Signature, Terms

ON = date(2026, 1, 1)
SOON = datetime.now(UTC) + timedelta(minutes=1)


@pytest.fixture
def shop(platform: Platform) -> Platform:
    with platform.unit("local") as unit:
        unit.clients.add("shop.local", "A shop", "tester")
        unit.clients.set_terms(Terms("shop.local", ACTIVE, ("lines:read",), per_minute=3), "tester", "second")
    return platform


def admit(platform: Platform, **said: object) -> Admitted:
    with platform.unit("local", pipelined=True) as unit:
        stands = unit.clients.admit(Call("shop.local", "r1", **said), ON)  # type: ignore[arg-type]
    return stands()


def test_a_proof_is_good_once(shop: Platform) -> None:
    assert admit(shop, proof="p1", good_until=SOON).fresh
    assert not admit(shop, proof="p1", good_until=SOON).fresh
    assert admit(shop, proof="p2", good_until=SOON).fresh


def test_calls_are_counted(shop: Platform) -> None:
    counts = [admit(shop, proof=f"p{n}", good_until=SOON) for n in range(4)]
    assert [one.in_day for one in counts] == [1, 2, 3, 4]


def test_a_key_is_one_calls_until_it_answers_and_then_answers_the_same(shop: Platform) -> None:
    first = admit(shop, key="k", request_hash="h")
    assert first.claimed
    assert first.earlier is None
    second = admit(shop, key="k", request_hash="h")
    assert not second.claimed
    assert second.earlier == ("h", None, None)
    with shop.unit("local") as unit:
        unit.clients.answered("shop.local", "k", 201, '{"line": "l"}')
    third = admit(shop, key="k", request_hash="other")
    assert third.earlier == ("h", 201, '{"line": "l"}')


def test_a_key_that_was_let_go_is_free(shop: Platform) -> None:
    admit(shop, key="k", request_hash="h")
    with shop.unit("local") as unit:
        unit.clients.released("shop.local", "k")
    assert admit(shop, key="k", request_hash="other").claimed


def test_a_call_too_many_or_with_a_used_proof_claims_nothing(shop: Platform) -> None:
    admit(shop, proof="p", good_until=SOON)
    assert not admit(shop, proof="p", good_until=SOON, key="k", request_hash="h").claimed
    admit(shop)
    assert not admit(shop, key="k", request_hash="h").claimed  # the fourth of three a minute, or the day's first minute


def test_a_suspended_client_claims_nothing(shop: Platform) -> None:
    with shop.unit("local") as unit:
        unit.clients.set_terms(Terms("shop.local", SUSPENDED, ()), "tester", "second")
    assert not admit(shop, key="k", request_hash="h").claimed


def test_a_signature_is_kept_with_the_call_it_came_with(shop: Platform) -> None:
    signed = Signature("POST", "/v1/lines/l/draws", "0" * 64, "e30..x")
    assert admit(shop, key="k", request_hash="h", signature=signed).claimed
    with shop.unit("local") as unit:
        assert unit.clients.rows("select path, signature from signed_request") == [(signed.path, signed.jws)]


def test_what_a_client_holds_it_sees_in_order_and_nobody_else_does(shop: Platform) -> None:
    with shop.unit("local") as unit:
        assert unit.clients.hold("shop.local", [("party", "G1"), ("party", "G2"), ("party", "G1")]) == 2
        assert unit.clients.hold("shop.local", [("party", "G1")]) == 0
        held = unit.clients.holdings("shop.local", "party", 0, 10)
        assert [one.id for one in held] == ["G1", "G2"]
        assert [one.id for one in unit.clients.holdings("shop.local", "party", held[0].number, 10)] == ["G2"]
        assert unit.clients.holds("shop.local", "party", "G1")
        assert not unit.clients.holds("shop.local", "line", "G1")
        assert unit.clients.holders("party", "G2") == ["shop.local"]
        assert unit.clients.hold("nobody", [("party", "G1")]) == 0


def test_old_proofs_and_answers_are_swept(shop: Platform) -> None:
    past = datetime.now(UTC) - timedelta(minutes=1)
    admit(shop, proof="p", good_until=past, key="k", request_hash="h")
    later = datetime.now(UTC) + timedelta(minutes=1)
    with shop.unit("local") as unit:
        assert unit.clients.sweep(later) == 2  # a proof and a count: the call runs
        unit.clients.answered("shop.local", "k", 201, "{}")
        assert unit.clients.sweep(later) == 1  # its answer
    assert admit(shop, proof="p", good_until=SOON, key="k", request_hash="h").claimed
