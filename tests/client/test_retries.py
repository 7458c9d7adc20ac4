"""What breaks on the way is asked again, under the same key, and happens once."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from tests.client.conftest import AT_ONCE, Line, a_shop

from zhiwei.bootstrap import Platform
from zhiwei.client import (
    Client,
    Down,
    KeyPair,
    Money,
    NotFound,
    Options,
    TooMany,
    Unreachable,
    Wrong,
)
from zhiwei.journeys.partners.ports import Call

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


def test_a_call_that_still_runs_is_asked_again(shop: Client, line: Line, platform: Platform) -> None:
    """A process of the same client died over its call: the key is held until it is given up, and then it is ours."""
    party = a_shop("某某")
    ask = Client.register_party(None, party, key="shared")
    asked = hashlib.sha256(b"POST /v1/parties?\n" + ask.body).hexdigest()
    with platform.unit("local") as unit:
        unit.clients.admit(Call("shop.local", "another", key="shared", request_hash=asked), date(2024, 3, 1))

    def given_up() -> None:
        with platform.unit("local") as unit:
            unit.clients.released("shop.local", "shared")

    line.faults = ["", "", given_up]
    assert shop.register_party(party, key="shared").new
    assert line.keys("/v1/parties") == ["shared"] * 3


def test_threads_share_a_client(shop: Client, line: Line) -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda number: shop.register_party(a_shop(f"某某{number}店")).party, range(12)))
    assert len(set(made)) == 12
    assert {one.party for one in shop.parties()} == set(made)


def test_the_key_that_was_made_is_told_with_the_trouble(shop: Client, line: Line) -> None:
    """Who gave none can ask again for the very same."""
    line.faults = [*["broken"] * (AT_ONCE.tries - 1), "lost"]
    with pytest.raises(Unreachable) as found:
        shop.register_party(a_shop("某某"))
    assert found.value.key == line.keys("/v1/parties")[0]
    again = shop.register_party(a_shop("某某"), key=found.value.key)
    assert again.new  # it is the answer that got lost
