"""What breaks on the way is asked again, under the same key, and happens once."""

from collections.abc import Callable
from datetime import date

import pytest
from tests.client.conftest import AT_ONCE, Line, a_shop

from zhiwei.client import (
    ApiProblem,
    Client,
    Conflict,
    Down,
    KeyPair,
    Money,
    NotFound,
    Options,
    TooMany,
    Unreachable,
    Wrong,
)

DAY = date(2024, 3, 2)


@pytest.mark.parametrize("faults", [[429], [503], ["broken"], ["lost"], ["lost", 429, "broken", 503, 502]])
def test_a_draw_is_asked_again_under_its_key_and_happens_once(
    shop: Client, line: Line, opened: Callable[[str], str], faults: list[int | str]
) -> None:
    of = opened("shop.local")
    line.faults = list(faults)
    drawn = shop.draw(of, Money.yuan(30_000), value_date=DAY)
    assert (drawn.line, drawn.amount, drawn.value_date) == (of, Money(3_000_000), DAY)
    keys = line.keys(f"/v1/lines/{of}/draws")
    assert len(keys) == len(faults) + 1
    assert len(set(keys)) == 1
    proofs = [headers["dpop"] for method, _, headers in line.calls if method == "POST"]
    assert len(set(proofs)) == len(proofs)
    assert shop.draw(of, Money.yuan(30_000), value_date=DAY, key=keys[0]) == drawn
    assert shop.draw(of, Money.yuan(30_000), value_date=DAY).draw != drawn.draw


def test_a_key_of_ones_own_is_kept(shop: Client, line: Line) -> None:
    line.faults = [503, "broken"]
    party = shop.register_party(a_shop("某某五金店"), key="mine")
    assert line.keys("/v1/parties") == ["mine"] * 3
    assert [one.party for one in shop.parties()] == [party.party]


def test_patience_ends(shop: Client, line: Line) -> None:
    line.faults = ["broken"] * AT_ONCE.tries
    with pytest.raises(Unreachable) as found:
        shop.register_party(a_shop("某某"), key="mine")
    assert found.value.key == "mine"
    line.faults = [503] * AT_ONCE.tries
    with pytest.raises(Down) as down:
        shop.register_party(a_shop("某某"))
    assert (down.value.status, down.value.code) == (503, "http_503")
    assert not line.faults


def test_what_cannot_be_done_is_asked_once(shop: Client, line: Line) -> None:
    with pytest.raises(NotFound) as found:
        shop.draw("line_of_nobody", Money(100))
    assert (found.value.status, found.value.code) == (404, "no_such_line")
    assert found.value.request_id == line.calls[-1][2]["x-request-id"]
    assert len(line.keys("/v1/lines/line_of_nobody/draws")) == 1
    with pytest.raises(Wrong) as wrong:
        shop.register_party(a_shop("某" * 300))
    assert wrong.value.errors[0]["pointer"] == "/name"
    assert "/name" in str(wrong.value)
    assert "某" not in str(wrong.value)


def test_the_same_key_with_other_content_is_told(shop: Client) -> None:
    shop.register_party(a_shop("某某一店"), key="k")
    with pytest.raises(Wrong, match="key_used"):
        shop.register_party(a_shop("某某二店"), key="k")


def test_a_wait_beyond_patience_is_told_at_once(url: str, registered: Callable[..., str], key: KeyPair) -> None:
    """A day's calls are used up: nobody waits until tomorrow for the next."""
    small = Client(url, registered("small", per_day=3), private_key=key, options=Options(first=0.0, longest=0.0))
    list(small.parties())
    with small, pytest.raises(TooMany, match="quota_used_up"):
        list(small.parties())


def test_a_call_that_still_runs_is_asked_again(
    platform, shop: Client, line: Line, opened: Callable[[str], str]
) -> None:  # fmt: skip
    """Another process of the same client holds the key; it gives it up, and the second try goes through."""
    from zhiwei.journeys.partners.ports import Call

    with platform.unit("local") as unit:
        unit.clients.admit(Call("shop.local", "another", key="shared", request_hash="x"), date(2024, 3, 1))
    with pytest.raises(ApiProblem) as other:
        shop.register_party(a_shop("某某"), key="shared")
    assert other.value.code == "key_used"
    assert not isinstance(other.value, Conflict)
