"""A sandbox is a tenant of its own with a time of its own: made, moved on, given another key, ended."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from tests.stories.sandboxes.conftest import Inside

from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.journeys import close_day, examine
from zhiwei.journeys.partners.ports import ACTIVE, Terms
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
from zhiwei.store import Database
from zhiwei.values import Actor, BadInput, NotFound, Refusal
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


def test_what_is_nobodys_sandbox_is_neither_ended_nor_given_a_key(platform: Platform, tenants: Tenancy) -> None:
    """Somebody asked for a sandbox under the name of a tenant that is none: its clients go on as before."""
    platform.database.add_tenant("sandbox-bank")
    platform.database.unlock("sandbox-bank")
    with platform.unit("sandbox-bank") as unit:
        unit.clients.add("app.sandbox-bank", "app", "x")
        unit.clients.set_terms(Terms("app.sandbox-bank", ACTIVE, ()), "x", "y")
    with pytest.raises(Refusal, match="name_taken"):
        make(platform, tenants, "1", NewSandbox("bank", ()))
    said = {"books": platform, "by": platform.actor, "grounds": tenants, "sandbox": "sandbox-bank"}
    with pytest.raises(Refusal, match="sandbox_ended"):
        renew_test_key(**said)
    end_sandbox(**said)
    with platform.unit("sandbox-bank") as unit:
        terms = unit.clients.terms("app.sandbox-bank")
        assert terms is not None
        assert (terms.status, unit.clients.test_keys("app.sandbox-bank")) == (ACTIVE, 0)


def test_one_that_was_begun_and_cut_off_is_finished_by_the_same_call(platform: Platform, tenants: Tenancy) -> None:
    tenants.lay("sandbox-shop", "local", date(2026, 1, 1), "tester")
    tenants.scene.begin(tenants.of("sandbox-shop"), Actor("sandbox-shop", "script"))
    made = make(platform, tenants, "1", NewSandbox("shop", ()))
    assert (made.sandbox, bool(made.test_key)) == ("sandbox-shop", True)


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
    with pytest.raises(Refusal, match="sandbox_ended"):
        make_sandbox(books=platform, by=platform.actor, key="1", grounds=inside.tenants,
                     wanted=NewSandbox("shop", ("draws:write",)))  # fmt: skip


def test_time_goes_forward_only_and_not_too_far_at_once(inside: Inside) -> None:
    assert inside.until("2026-01-01").days == 0
    assert inside.until("2026-01-10").days == 9
    with pytest.raises(Refusal, match="clock_goes_forward"):
        inside.until("2026-01-09")
    with pytest.raises(BadInput, match="too_far"):
        inside.until("2028-01-01")
    with inside.books.unit(inside.made.sandbox) as unit:
        assert unit.days.last_closed() == date(2026, 1, 9)


def test_a_move_that_was_cut_off_goes_on_where_it_was(inside: Inside) -> None:
    """The day was lived and closed, and then the process died before the clock moved."""
    line = inside.lend("good", 3_000_000)
    inside.until("2026-01-21")
    inside.tenants.scene.act(inside.books, Actor(inside.made.sandbox, "script", "system"), date(2026, 1, 21))
    close_day(books=inside.books, by=inside.by, on=date(2026, 1, 21))
    assert inside.until("2026-01-22").days == 1
    with inside.books.unit(inside.made.sandbox) as unit:
        assert len(unit.loans.payments(line, 0, 10)) == 1


def test_who_moves_a_clock_that_moves_is_refused(inside: Inside) -> None:
    """Another process has it, until it lets go."""
    sandbox = inside.made.sandbox
    other = Database(inside.books.database.url, inside.books.database.keys)
    with other.unit(sandbox) as unit:
        assert unit.sandboxes.seize()
    with pytest.raises(Refusal, match="clock_is_moving"):
        inside.until("2026-01-02")
    with other.unit(sandbox) as unit:
        unit.sandboxes.release()
    other.close()
    assert inside.until("2026-01-02").days == 1
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(inside.until, "2026-01-03").result().days == 1


def test_the_books_of_a_sandbox_hold_as_any_do(inside: Inside) -> None:
    lines = [inside.lend(party, 3_000_000) for party in ("good", "late")]
    inside.until("2026-03-05")
    with inside.books.unit(inside.made.sandbox) as unit:
        assert [len(unit.loans.payments(line, 0, 10)) for line in lines] == [2, 1]
    assert not [one for one in examine(books=inside.books, by=inside.by) if one.wrong]


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


@pytest.mark.parametrize("day", ["2023-12-31", "2036-01-01"])
def test_it_begins_when_all_products_are_in_force(platform: Platform, tenants: Tenancy, day: str) -> None:
    with pytest.raises(BadInput, match="bad_day"):
        make(platform, tenants, "k", NewSandbox("shop", (), starts_on=date.fromisoformat(day)))


@pytest.mark.parametrize("day", ["2024-01-01", "2024-02-29", "2035-12-31"])
def test_on_any_first_day_the_stories_hold(platform: Platform, tenants: Tenancy, day: str) -> None:
    inside = Inside(tenants, make(platform, tenants, "k", NewSandbox("shop", (), starts_on=date.fromisoformat(day))))
    outcomes = [inside.decide(party).outcome for party in ("good", "late", "fraud", "slow")]
    assert outcomes == ["approve", "approve", "decline", "refer"]


@pytest.mark.parametrize("name", ["", "A", "-a", "a-", "a b", "x" * 21, "a.b", "\u0000"])
def test_a_name_is_short_and_plain(platform: Platform, tenants: Tenancy, name: str) -> None:
    with pytest.raises(BadInput, match="bad_name"):
        make(platform, tenants, "k", NewSandbox(name, ()))
