"""The feed: what a client holds it reads about, once and in order; nothing that is committed late is passed over."""

import threading

import psycopg
import pytest
from tests.stories.events.conftest import CLIENT, ON, Post, repayment

from zhiwei.journeys import Endpoint, change_webhook, events_of, register_webhook, webhook_of, webhooks_of
from zhiwei.journeys.partners.ports import ACTIVE, Terms
from zhiwei.journeys.webhooks.endpoints import MOST_WEBHOOKS, EndpointChange
from zhiwei.values import BadInput, NotFound, Refusal
from zhiwei.values.happenings import happening


def registered(party: str) -> object:
    return happening("party.registered", party, ON, {}, party=party)


def task(party: str) -> object:
    said = {"task": f"t {party}", "decision": f"d {party}", "product": "tax_credit"}
    return happening("task.opened", party, ON, said, party=party)


def test_a_client_reads_what_it_holds_and_nothing_else(post: Post) -> None:
    mine, _, line, _ = post.tell(task("G1"), task("G2"), repayment(1), repayment(1, "L3"))
    assert [one.event_id for one in post.told()] == [mine, line]


def test_what_was_before_a_client_held_it_is_not_told_but_its_beginning_is(post: Post) -> None:
    post.tell(task("G9"))
    post.tell(registered("G9"))
    assert post.told() == []
    with post.platform.unit("local") as unit:  # as a client registers a party: it is known first, and held then
        unit.clients.hold(CLIENT, [("party", "G9")])
    assert [(one.type, one.party) for one in post.told()] == [("party.registered", "G9")]


def test_two_clients_each_read_on_by_their_own_numbers(post: Post) -> None:
    with post.platform.unit("local") as unit:
        unit.clients.add("other.local", "Another", "tester")
        unit.clients.set_terms(Terms("other.local", ACTIVE, ()), "tester", "second")
        unit.clients.hold("other.local", [("line", "L1")])
    both, only, last = post.tell(repayment(1), repayment(2, "L2"), repayment(3))
    first, *_ = page(post, CLIENT, 0, 1)
    assert first.event_id == both
    assert [one.event_id for one in page(post, CLIENT, first.number, 10)] == [only, last]
    assert [one.event_id for one in page(post, "other.local", 0, 10)] == [both, last]


def test_what_is_written_early_and_committed_late_is_read_later(post: Post) -> None:
    """The first transaction has the smaller number in the outbox and ends after the second was read."""
    written, read = threading.Event(), threading.Event()
    slow, quick = repayment(1), repayment(2, "L2")

    def work() -> None:
        with post.platform.unit("local") as unit:
            unit.outbox.tell([slow])
            written.set()
            read.wait(60)

    worker = threading.Thread(target=work)
    worker.start()
    assert written.wait(60)
    post.tell(quick)
    [seen] = post.told()
    read.set()
    worker.join()
    assert seen.event_id == quick.event_id
    assert [one.event_id for one in page(post, CLIENT, seen.number, 10)] == [slow.event_id]


def test_what_is_told_twice_is_one_and_what_did_not_happen_is_not_told(post: Post) -> None:
    [event] = post.tell(repayment(1))
    post.tell(repayment(1))
    with pytest.raises(psycopg.errors.DivisionByZero), post.platform.unit("local") as unit:
        unit.outbox.tell([repayment(2)]) and unit.outbox.run("select 1 / 0")
    assert [one.event_id for one in post.told()] == [event]


def test_without_clients_nothing_waits(platform) -> None:
    with platform.unit("local") as unit:
        assert unit.outbox.tell([repayment(1), repayment(2)]) == 2
        assert unit.outbox.rows("select from outbox_waiting") == []


def test_many_events_are_given_out_a_part_at_a_time_in_their_order(post: Post) -> None:
    events = post.tell(*(repayment(n) for n in range(10)))
    with post.platform.unit("local") as unit:
        assert [unit.outbox.fan_out(4) for _ in range(4)] == [4, 4, 2, 0]
    assert [one.event_id for one in post.told()] == events


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/a", "ftp://hooks.example.com", "https://", "https://user:pw@hooks.example.com/",
        "https://hooks.example.com/#part", "https://10.0.0.1/", "https://[::ffff:169.254.169.254]/", "https://intranet/",
        "https://db.cluster.local/", "https://hooks.example.com/ a", "https://hooks.example.com:99999/", "https://例.cn/",
        "https://hooks.example.com/" + "a" * 2000, "javascript:alert(1)", "https://[::1", "",
    ],
)  # fmt: skip
def test_a_webhook_is_at_an_address_of_the_open_internet(post: Post, url: str) -> None:
    with pytest.raises(BadInput):
        register(post, "k", url)


def test_types_that_do_not_exist_and_more_webhooks_than_allowed_are_refused(post: Post) -> None:
    with pytest.raises(BadInput, match=r"line\.sold"):
        register(post, "k", "https://hooks.example.com/", ("line.sold",))
    for n in range(MOST_WEBHOOKS - 1):
        register(post, f"k{n}", "https://hooks.example.com/")
    assert register(post, "k0", "https://hooks.example.com/").webhook  # the same again is the same
    with pytest.raises(Refusal, match="at most"):
        register(post, "one more", "https://hooks.example.com/")


def test_a_client_finds_its_own_webhooks_and_no_other(post: Post) -> None:
    books, by = post.platform, post.platform.actor
    [mine] = webhooks_of(books=books, by=by, client=CLIENT)
    assert (mine.webhook, mine.description, mine.status) == (post.webhook, "where we listen", "active")
    with pytest.raises(NotFound):
        webhook_of(books=books, by=by, webhook=post.webhook, client="other.local")
    change = EndpointChange(status="deleted")
    with pytest.raises(NotFound):
        change_webhook(books=books, by=by, key="k", webhook=post.webhook, client="other.local", change=change)
    assert post.change(status="deleted") == "deleted"
    assert webhooks_of(books=books, by=by, client=CLIENT) == []
    with pytest.raises(NotFound):
        post.change(status="active")


def page(post: Post, client: str, after: int, most: int) -> list:
    return events_of(books=post.platform, by=post.platform.actor, client=client, after=after, most=most)


def register(post: Post, key: str, url: str, types: tuple[str, ...] = ()) -> object:
    return register_webhook(
        books=post.platform, by=post.platform.actor, key=key, client=CLIENT, wanted=Endpoint(url, types)
    )  # fmt: skip
