"""From a party to money and back by the SDK alone; awaited it is word for word the same."""

import asyncio
from collections.abc import Callable, Generator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.client.conftest import AT_ONCE, Line, a_shop
from tests.conftest import TODAY, invoice_rows

from zhiwei.client import Agreed, AsyncClient, Client, Conflict, KeyPair, Money, NotFound, Toward

Steps = Generator[Callable[[Any], Any], Any, list[Any]]
YEARS = (date(2023, 1, 1), TODAY)


def rows(party: str | None = None) -> list[dict[str, Any]]:
    """Three good years of invoices, as they are pushed: with their party in a stream, without it where it is known."""
    found = [
        {name: value for name, value in row.items() if name not in ("party_id", "occurrence")}
        for row in invoice_rows("", TODAY)
    ]
    return [{"party": party, **row} for row in found] if party else found


def each(*asks: Callable[[Any], Any]) -> Steps:
    told = []
    for ask in asks:
        told.append((yield ask))
    return told


def borrowing() -> Steps:
    """Each step is a call on a client; every write has its own key, so that it can be told again."""
    party = (yield lambda api: api.register_party(a_shop("某某五金店"), key="1")).party
    agreed = Agreed(("invoices",), "我同意", "page 3", since=date(2023, 1, 1))
    consent = yield lambda api: api.give_consent(party, agreed, key="2")
    pushed = yield lambda api: api.push_records(party, "invoices", rows(), covers=YEARS, key="3")
    streamed = yield lambda api: api.push_lines("invoices", rows(party), covers=YEARS, key="4")
    applied = yield lambda api: api.apply(party, "tax_credit", channel="till", came_with={"device": "till 7"}, key="5")
    of = applied.decision
    told = yield from each(
        lambda api: api.application(applied.application), lambda api: api.decision(of), lambda api: api.letter(of),
        lambda api: api.ways(of),
    )  # fmt: skip
    opened = yield lambda api: api.accept(of, limit=Money.yuan(200_000), key="6")
    line = opened.line
    drawn = yield lambda api: api.draw(line, Money.yuan(30_000), key="7")
    repaid = yield lambda api: api.repay(
        line, Money.yuan("1350.25"), reference="BANK-1", toward=Toward(prepay=True), key="8"
    )
    owed = yield from each(
        lambda api: api.offer(of), lambda api: api.line(line), lambda api: api.drawn(drawn.draw),
        lambda api: api.repayment(repaid.repayment),
        lambda api: api.quote(line, on=TODAY + timedelta(days=30)), lambda api: api.statement(line),
        lambda api: api.schedule(line), lambda api: api.terms(),
    )  # fmt: skip
    return [consent, pushed, streamed, applied, *told, opened, drawn, repaid, *owed]


def blocking(client: Client, steps: Steps) -> list[Any]:
    try:
        step = next(steps)
        while True:
            step = steps.send(step(client))
    except StopIteration as over:
        lists = [client.parties(), client.applications(), client.lines(), client.tasks()]
        return [*over.value, *(list(one) for one in lists)]


async def awaiting(client: AsyncClient, steps: Steps) -> list[Any]:
    async with client:
        try:
            step = next(steps)
            while True:
                step = steps.send(await step(client))
        except StopIteration as over:
            lists = [client.parties(), client.applications(), client.lines(), client.tasks()]
            return [*over.value, *[[item async for item in one] for one in lists]]


def test_awaited_it_is_the_same(shop: Client, line: Line, url: str, key: KeyPair) -> None:
    """The second time every write is a repetition: it is answered the same, and reads find what the first time did."""
    first = blocking(shop, borrowing())
    calls = [(method, path, headers.get("idempotency-key")) for method, path, headers in line.calls]
    line.calls.clear()
    second = asyncio.run(awaiting(AsyncClient(url, "shop.local", private_key=key, options=AT_ONCE), borrowing()))
    assert second == first
    assert [(method, path, headers.get("idempotency-key")) for method, path, headers in line.calls] == calls


def test_a_business_borrows_by_the_sdk_alone(shop: Client) -> None:
    told = {type(one).__name__: one for one in blocking(shop, borrowing()) if not isinstance(one, list | tuple)}
    assert told["Delivered"].rows[0].rows == 432
    assert told["Applied"].outcome == "approve"
    assert told["Offer"].annual_rate == told["Opened"].annual_rate > Decimal("0.03")
    assert told["Opened"].limit == Money.yuan(200_000)
    assert (told["Drawn"].amount, told["Drawn"].status) == (Money(3_000_000), "paid")
    assert told["Repaid"].outstanding == Money.yuan("28649.75")
    assert told["Line"].used == told["Quote"].loans[0].principal == told["Repaid"].outstanding
    assert told["Quote"].total.amount > told["Statement"].payoff.amount
    assert [one.kind for one in told["Statement"].rows] == ["drawn", "repaid"]
    assert told["Schedule"].dues
    assert told["ClientTerms"].client == "shop.local"


def test_what_was_consented_is_withdrawn_and_what_came_under_it_ends(shop: Client) -> None:
    party = shop.register_party(a_shop("某某杂货店")).party
    with pytest.raises(Conflict, match="no_consent"):
        shop.push_records(party, "invoices", rows()[:2])
    given = shop.give_consent(party, Agreed(("invoices",), "我同意", "page 3", since=date(2023, 1, 1))).consents[0]
    shop.push_records(party, "invoices", rows()[:2])
    gone = shop.withdraw_consent(party, given.consent, because="it asked for it")
    assert (gone.withdrawn_on, gone.deliveries) == (TODAY, 1)
    [held] = shop.consents(party)
    assert (held.consent, held.in_force) == (given.consent, False)


def test_a_stream_of_any_length_goes_in_parts(shop: Client, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only one part is in memory; a part that is lost on the way is sent again under its own key."""
    monkeypatch.setattr("zhiwei.client.asks.MOST_ROWS", 200)
    party = shop.register_party(a_shop("某某杂货店")).party
    shop.give_consent(party, Agreed(("invoices",), "我同意", "page 3", since=date(2023, 1, 1)))
    line.faults = [503, 503]
    done = shop.push_lines("invoices", iter(rows(party)), key="all")
    assert [one.rows[0].rows for one in done] == [200, 200, 32]
    assert line.keys("/v1/records/invoices") == ["all-1", "all-1", "all-1", "all-2", "all-3"]


def test_lists_come_page_after_page(shop: Client, line: Line, platform: Any) -> None:
    with platform.unit("local") as unit:
        unit.clients.hold("shop.local", [("party", f"P{number}") for number in range(120)])
    assert [one.party for one in shop.parties()] == [f"P{number}" for number in range(120)]
    assert sum(path == "/v1/parties" for _, path, _ in line.calls) == 3


def test_an_id_of_any_letters_is_one_part_of_the_path(shop: Client) -> None:
    for strange in ("../lines", "a/b", "某某", "a b?c=d#e", "%2e%2e"):
        with pytest.raises(NotFound):
            shop.line(strange)
    with pytest.raises(ValueError, match="id is missing"):
        shop.line("")


def test_a_sandbox_is_made_and_entered_with_a_plain_key(shop: Client, url: str) -> None:
    made = shop.make_sandbox("shop")
    assert made.test_key
    assert made.test_key not in repr(made)
    with Client(url, test_key=made.test_key, options=AT_ONCE) as inside:
        seen = inside.sandbox()
        opened = inside.accept(inside.apply("good", seen.borrowers[0].product).decision)
        inside.draw(opened.line, Money.yuan(10_000))
        moved = inside.pass_time(seen.today + timedelta(days=3))
        assert (moved.was, moved.days) == (seen.today, 3)
        assert inside.quote(opened.line).total.amount > 10_000_00
    with pytest.raises(NotFound):
        shop.line(opened.line)


def test_what_happened_is_read_on_from_where_one_was(shop: Client, opened: Callable[[str], str]) -> None:
    party = shop.register_party(a_shop("某某杂货店")).party
    first = shop.events()
    assert [(one.type, one.data) for one in first.items] == [("party.registered", {"party": party})]
    line = opened("shop.local")
    later = shop.events(after=first.next, types=["line.opened", "draw.paid"])
    [told] = later.items
    assert (told.type, told.subject, told.businessdate) == ("line.opened", line, date(2024, 3, 1))
    assert shop.events(after=later.next).items == ()


def test_a_webhook_is_kept_and_its_secret_shows_itself_to_nobody(shop: Client) -> None:
    hook = shop.register_webhook("https://shop.example.com/zhiwei", types=["draw.paid"], key="hook").webhook
    assert shop.register_webhook("https://shop.example.com/zhiwei", types=["draw.paid"], key="hook").webhook == hook
    secret = shop.webhook_secret(hook)
    assert secret.secret.startswith("whsec_")
    assert secret.secret not in repr(secret)
    assert shop.rotate_secret(hook).overlap_seconds == 86_400
    assert shop.webhook_secret(hook) != secret
    assert shop.set_webhook(hook, status="paused").status == "paused"
    assert [(one.webhook, one.status, one.types) for one in shop.webhooks()] == [(hook, "paused", ("draw.paid",))]
    assert shop.set_webhook(hook, status="active").status == "active"
    assert shop.replay(hook, since=datetime(2026, 1, 1, tzinfo=UTC)).events == 0
    assert shop.delete_webhook(hook).status == "deleted"
    assert list(shop.webhooks()) == []
