"""A sandbox is a tenant of its own with a time of its own: made, moved on, given another key, ended."""

from datetime import date

import pytest
from tests.stories.sandboxes.conftest import Inside

from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.journeys.sandboxes import (
    QUOTA,
    NewSandbox,
    SandboxMade,
    end_sandbox,
    look_at_sandbox,
    make_sandbox,
    move_clock,
    renew_test_key,
    sandboxes,
)
from zhiwei.values import BadInput, NotFound, Refusal
from zhiwei.values.secrets import fingerprint


def make(platform: Platform, tenants: Tenancy, key: str, wanted: NewSandbox) -> SandboxMade:
    return make_sandbox(books=platform, by=platform.actor, key=key, grounds=tenants, wanted=wanted)


def client_of(inside: Inside, test_key: str) -> str | None:
    with inside.books.unit(inside.made.sandbox) as unit:
        return unit.clients.client_of(fingerprint(test_key.split(".")[2]))


def test_it_says_what_it_is_and_who_lives_there(inside: Inside) -> None:
    seen = look_at_sandbox(books=inside.books, by=inside.by, grounds=inside.tenants)
    assert (seen.sandbox, seen.starts_on, seen.today) == ("sandbox-shop", "2026-01-01", "2026-01-01")
    assert [one.party for one in seen.borrowers] == ["good", "late", "fraud", "slow"]


def test_made_again_under_the_same_key_it_is_the_same_and_its_test_key_is_not_told_again(
    platform: Platform, tenants: Tenancy
) -> None:
    wanted = NewSandbox("shop", ("draws:write",))
    first, again = make(platform, tenants, "k", wanted), make(platform, tenants, "k", wanted)
    assert (again.sandbox, again.client, again.test_key) == (first.sandbox, first.client, "")
    assert first.test_key.startswith("zwtest.sandbox-shop.")
    assert first.test_key not in repr(first)


def test_a_name_is_taken_once_also_by_a_tenant_that_is_no_sandbox(platform: Platform, tenants: Tenancy) -> None:
    make(platform, tenants, "1", NewSandbox("shop", ()))
    with pytest.raises(Refusal, match="name_taken"):
        make(platform, tenants, "2", NewSandbox("shop", ()))
    platform.database.add_tenant("sandbox-bank")
    with pytest.raises(Refusal, match="name_taken"):
        make(platform, tenants, "3", NewSandbox("bank", ()))
    assert not tenants.is_sandbox("sandbox-bank")


def test_a_client_has_five_and_one_more_where_one_has_ended(platform: Platform, tenants: Tenancy) -> None:
    wanted = NewSandbox("shop", (), client="shop.local")
    made = [make(platform, tenants, str(number), wanted) for number in range(QUOTA)]
    assert len({one.sandbox for one in made}) == QUOTA
    with pytest.raises(Refusal, match="too_many_sandboxes"):
        make(platform, tenants, "more", wanted)
    ended = end_sandbox(
        books=platform, by=platform.actor, grounds=tenants, sandbox=made[0].sandbox, client="shop.local"
    )
    assert ended.ended
    assert make(platform, tenants, "more", wanted).test_key


def test_another_clients_sandbox_is_not_there(platform: Platform, tenants: Tenancy) -> None:
    made = make(platform, tenants, "1", NewSandbox("shop", (), client="shop.local"))
    with pytest.raises(NotFound, match="no_such_sandbox"):
        renew_test_key(books=platform, by=platform.actor, grounds=tenants, sandbox=made.sandbox, client="other.local")
    assert sandboxes(books=platform, by=platform.actor, client="other.local") == []


def test_inside_a_sandbox_nobody_makes_another(inside: Inside) -> None:
    with pytest.raises(Refusal, match="inside_a_sandbox"):
        make_sandbox(books=inside.books, by=inside.by, key="k", grounds=inside.tenants, wanted=NewSandbox("more", ()))


def test_a_new_test_key_is_the_only_one_and_an_ended_sandbox_has_none(inside: Inside, platform: Platform) -> None:
    old = inside.made.test_key
    said = {"books": platform, "by": platform.actor, "grounds": inside.tenants, "sandbox": inside.made.sandbox}
    new = renew_test_key(**said).test_key
    assert (client_of(inside, old), client_of(inside, new)) == (None, inside.made.client)
    end_sandbox(**said)
    assert client_of(inside, new) is None
    with pytest.raises(Refusal, match="sandbox_ended"):
        renew_test_key(**said)


def test_time_goes_forward_only_and_not_too_far_at_once(inside: Inside) -> None:
    assert inside.until("2026-01-01").days == 0
    assert inside.until("2026-01-10").days == 9
    with pytest.raises(Refusal, match="clock_goes_forward"):
        inside.until("2026-01-09")
    with pytest.raises(BadInput, match="too_far"):
        inside.until("2028-01-01")
    with inside.books.unit(inside.made.sandbox) as unit:
        assert unit.days.last_closed() == date(2026, 1, 9)


def test_another_process_sees_the_same_day(inside: Inside, platform: Platform) -> None:
    other = Tenancy(platform)
    assert other.of(inside.made.sandbox).today() == date(2026, 1, 1)
    inside.until("2026-01-05")
    assert other.of(inside.made.sandbox).today() == inside.books.today() == date(2026, 1, 5)


def test_a_tenant_that_is_no_sandbox_has_everybodys_time(platform: Platform, tenants: Tenancy) -> None:
    with pytest.raises(NotFound, match="not_a_sandbox"):
        move_clock(books=platform, by=platform.actor, grounds=tenants, to=date(2026, 1, 2))
    with pytest.raises(NotFound, match="not_a_sandbox"):
        look_at_sandbox(books=platform, by=platform.actor, grounds=tenants)


@pytest.mark.parametrize("name", ["", "A", "-a", "a-", "a b", "x" * 21, "a.b", "\u0000"])
def test_a_name_is_short_and_plain(platform: Platform, tenants: Tenancy, name: str) -> None:
    with pytest.raises(BadInput, match="bad_name"):
        make(platform, tenants, "k", NewSandbox(name, ()))
