"""What happened reaches who should know of it: in order, at least once, for three days, and then no more."""

import base64
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_http_event
from standardwebhooks import Webhook, WebhookVerificationError
from tests.stories.events.conftest import CLIENT, ON, Post, repayment

from zhiwei.journeys import Again, Sent, replay_events, rotate_secret
from zhiwei.journeys.partners.ports import SUSPENDED, Terms
from zhiwei.journeys.partners.telling import Answer, Message
from zhiwei.journeys.webhooks.deliver import LEASE, LONGEST, TRIED_FOR, deliver_due, outcome_of
from zhiwei.values import NotFound, Refusal
from zhiwei.values.happenings import happening

SOON = timedelta(hours=9)  # longer than any wait but those that Retry-After asks for


def test_a_call_is_signed_and_is_a_cloud_event(post: Post) -> None:
    [event] = post.tell(repayment(150))
    post.now = datetime.now(UTC)  # the library compares with the clock of the day
    assert post.deliver().delivered == 1
    [got] = post.receiver.got
    assert Webhook(base64.b64encode(post.secret()).decode()).verify(got.body, got.headers)["id"] == event
    with pytest.raises(WebhookVerificationError):
        Webhook(bytes(32)).verify(got.body, got.headers)
    told = from_http_event(HTTPMessage(got.headers, got.body))
    assert (told.get_id(), told.get_type(), told.get_subject()) == (event, "repayment.received", "L1")
    assert told.get_source() == "zhiwei/local"
    assert told.get_extension("businessdate") == "2024-03-01"
    assert got.event["data"]["amount"] == {"amount": 150, "currency": "CNY"}


def test_on_one_line_the_next_waits_for_the_one_before_and_other_lines_do_not(post: Post) -> None:
    first, second, other = post.tell(repayment(1), repayment(2), repayment(3, "L2"))
    post.receiver.answers = [500]
    assert post.deliver() == Sent(delivered=1, again=1)
    assert post.receiver.ids == [first, other]
    post.deliver(SOON)
    assert post.receiver.ids == [first, other, first, second]


def test_it_is_tried_again_later_and_later_for_three_days_and_then_given_up(post: Post) -> None:
    post.tell(repayment(1), repayment(2))
    post.receiver.answers = [500, 404, 302, 429, *[503] * 30]
    begun, waits = post.now, []
    while post.deliver().again:
        [[due]] = post.rows("select min(due_at) from webhook_delivery where attempts > 0 and status = 'waiting'")
        waits.append((due - post.now).total_seconds())
        post.now = due
    assert waits[0] < 7
    assert waits[:8] == sorted(waits[:8])
    assert max(waits) <= LONGEST * 1.2
    assert begun + TRIED_FOR - timedelta(seconds=LONGEST * 1.2) < post.now <= begun + TRIED_FOR
    assert post.rows("select status from webhook_delivery order by number") == [("given_up",), ("given_up",)]
    assert len(set(post.receiver.ids)) == 1  # the second was never sent: the webhook took nothing for three days
    assert post.rows("select status, because from webhook_terms order by number desc limit 1") == [
        ("paused", "failing")
    ]


def test_what_is_given_up_makes_way_where_others_arrive(post: Post) -> None:
    first, second = post.tell(repayment(1), repayment(2))
    post.receiver.answers = [500]
    post.deliver()
    other, *_ = post.tell(repayment(3, "L2"))
    post.deliver()
    post.receiver.answers = [500]
    assert post.deliver(TRIED_FOR) == Sent(delivered=1, given_up=1)
    assert post.receiver.ids == [first, other, first, second]


def test_who_asks_to_come_later_is_called_later(post: Post) -> None:
    post.tell(repayment(1))
    post.receiver.answers = [(503, {"retry-after": "40000"})]
    post.deliver()
    assert post.deliver(timedelta(seconds=39_999)) == Sent()
    assert post.deliver(timedelta(seconds=1)).delivered == 1


def test_gone_ends_it_until_somebody_says_go_on(post: Post) -> None:
    first, second = post.tell(repayment(1), repayment(2))
    post.receiver.answers = [410]
    assert post.deliver().given_up == 1
    third, *_ = post.tell(repayment(3))
    assert post.deliver(SOON) == Sent()
    assert post.terms() == ("disabled", "gone")
    with pytest.raises(Refusal, match="disabled"):
        again(post, Again(since=datetime(2020, 1, 1, tzinfo=UTC)))
    assert post.change(status="active") == "active"
    assert again(post, Again(since=datetime(2020, 1, 1, tzinfo=UTC))) == 3
    post.deliver()
    assert post.receiver.ids == [first, first, second, third]


def test_one_event_is_sent_again_under_its_own_id(post: Post) -> None:
    first, _ = post.tell(repayment(1), repayment(2))
    post.deliver()
    assert again(post, Again(since=datetime(2020, 1, 1, tzinfo=UTC))) == 0  # all of it arrived
    assert again(post, Again(event=first)) == 1
    post.deliver()
    assert post.receiver.ids.count(first) == 2
    assert again(post, Again(since=datetime(2020, 1, 1, tzinfo=UTC), delivered_too=True)) == 2
    with pytest.raises(NotFound):
        again(post, Again(event="event_0"))


def test_while_it_is_paused_nothing_waits_and_afterwards_it_goes_on(post: Post) -> None:
    post.change(status="paused")
    missed, *_ = post.tell(repayment(1))
    post.deliver()
    post.change(status="active")
    later, *_ = post.tell(repayment(2))
    post.deliver()
    assert post.receiver.ids == [later]
    again(post, Again(since=datetime(2020, 1, 1, tzinfo=UTC)))
    post.deliver()
    assert post.receiver.ids == [later, missed]


def test_several_workers_deliver_each_event_once_and_every_line_in_order(post: Post) -> None:
    told = {line: post.tell(*(repayment(n, line) for n in range(20))) for line in ("L1", "L2")}

    def work() -> None:
        while post.rows("select from webhook_delivery where status = 'waiting' limit 1"):
            deliver_due(books=post.platform, by=post.platform.actor, clock=lambda: post.now)

    post.deliver(most=1)
    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert len(post.receiver.ids) == 40
    for events in told.values():
        assert [event for event in post.receiver.ids if event in events] == events


class Killed(BaseException):
    """As a signal would end a worker: no handler of ours runs."""


def test_a_worker_that_dies_after_its_call_leaves_it_to_the_next_under_the_same_id(post: Post) -> None:
    [event] = post.tell(repayment(1))
    messenger = post.platform.messenger

    class Dying:
        def check(self, url: str) -> None:
            messenger.check(url)

        def send(self, message: Message) -> Answer:
            messenger.send(message)
            raise Killed

    with pytest.raises(Killed):
        deliver_due(
            books=replace(post.platform, messenger=Dying()), by=post.platform.actor, clock=lambda: post.now
        )  # fmt: skip
    assert post.deliver() == Sent()  # still the dead one's
    assert post.deliver(LEASE).delivered == 1
    assert post.receiver.ids == [event, event]
    assert post.rows("select attempts, status from webhook_delivery") == [(2, "delivered")]


def test_what_a_worker_says_after_its_time_changes_nothing(post: Post) -> None:
    """It was slow, another has delivered it meanwhile; that it was tried is kept."""
    post.tell(repayment(1))
    with post.platform.unit("local") as unit:
        unit.outbox.fan_out(10)
        slow = unit.webhooks.claim(post.now, post.now + LEASE)
    post.deliver(LEASE)
    with post.platform.unit("local") as unit:
        assert not unit.webhooks.record(slow, outcome_of(slow, Answer(500), post.now))
    assert post.rows("select status from webhook_delivery") == [("delivered",)]
    assert post.rows("select attempt, answer from webhook_attempt order by attempt") == [(1, 500), (2, 204)]


def test_while_a_secret_is_exchanged_both_sign(post: Post) -> None:
    old = post.secret()
    rotate_secret(
        books=post.platform, by=post.platform.actor, key="turn", webhook=post.webhook, client=CLIENT,
        overlap=timedelta(days=2),
    )  # fmt: skip
    new = post.secret()
    assert new != old
    for wait, good in ((timedelta(), {old, new}), (timedelta(days=3), {new})):
        post.tell(repayment(wait.days))
        post.deliver(wait)
        got = post.receiver.got[-1]
        at = datetime.fromtimestamp(int(got.headers["webhook-timestamp"]), UTC)
        signed = {Webhook(one).sign(got.headers["webhook-id"], at, got.body.decode()) for one in good}
        assert set(got.headers["webhook-signature"].split(" ")) == signed


def test_a_secret_is_in_no_row_no_repr_and_no_json(post: Post) -> None:
    secret = post.secret()
    forms = [secret.hex(), base64.b64encode(secret).decode()]
    for table in ("webhook_secret", "webhook_terms", "step", "audit", "webhook"):
        rows = json.dumps(post.rows(f"select t::text from {table} t"))
        assert not [form for form in forms if form in rows]
    post.tell(repayment(1))
    with post.platform.unit("local") as unit:
        unit.outbox.fan_out(10)
        claimed = unit.webhooks.claim(post.now, post.now + LEASE)
    assert claimed.secrets[0].reveal() == secret
    shown = repr(claimed)
    assert not [form for form in forms if form in shown]
    assert post.receiver.url not in shown


def test_who_is_suspended_is_not_called(post: Post) -> None:
    post.tell(repayment(1))
    with post.platform.unit("local") as unit:
        unit.clients.set_terms(Terms(CLIENT, SUSPENDED, ()), "tester", "second")
    assert post.deliver() == Sent()
    assert post.receiver.got == []


def test_a_webhook_is_told_of_the_types_it_asked_for(post: Post) -> None:
    post.change(types=("line.frozen",))
    frozen = happening("line.frozen", 1, ON, {"because": "late"}, line="L1")
    post.tell(repayment(1), frozen)
    post.deliver()
    assert post.receiver.ids == [frozen.event_id]


def again(post: Post, again: Again) -> int:
    return replay_events(
        books=post.platform, by=post.platform.actor, key=f"again {next(post.keys)}", webhook=post.webhook,
        client=CLIENT, again=again,
    ).events  # fmt: skip
