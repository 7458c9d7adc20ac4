"""Tell clients what happened: by a feed that they read on, and by calling their webhooks until they took it.

An event goes out at least once, always under the same id. In a lane (a line, or a party) the next one waits until the
one before arrived or was given up. A worker claims a delivery for a while, calls with no transaction open, and writes
down how it went: one that dies leaves its claim to run out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from zhiwei.journeys.partners.telling import (
    ACTIVE,
    DELIVERED,
    DISABLED,
    GIVEN_UP,
    PAUSED,
    WAITING,
    Answer,
    Claimed,
    Message,
    Outcome,
    Told,
)
from zhiwei.journeys.ports import Books, Unit
from zhiwei.journeys.webhooks.endpoints import known_types
from zhiwei.values import Actor, BadInput, canonical, digest

LEASE = timedelta(minutes=2)  # longer than any call
TRIED_FOR = timedelta(days=3)
FIRST, TIMES, LONGEST = 5, 3, 8 * 3600  # seconds: 5, 15, 45, ... and at most eight hours
LATEST = 24 * 3600  # seconds that a receiver can put us off at a time
AT_ONCE = 1_000  # events given to clients in one transaction
MOST_EVENTS = 500  # of one page of the feed
GONE = 410


@dataclass(slots=True)
class Sent:
    """How many calls went how: `again` are those that will be tried once more."""

    delivered: int = 0
    again: int = 0
    given_up: int = 0


def deliver_due(*, books: Books, by: Actor, clock: Callable[[], datetime], most: int = 1_000) -> Sent:
    """Send what is due, one after the other, at most so many. Any number of workers may do this at once."""
    sent = Sent()
    for _ in range(most):
        with books.unit(by.tenant) as unit:
            unit.outbox.fan_out(AT_ONCE)
            now = clock()
            claimed = unit.webhooks.claim(now, now + LEASE)
        if claimed is None:
            break
        answer = books.messenger.send(_message(claimed, by.tenant, now))
        outcome = outcome_of(claimed, answer, clock())
        with books.unit(by.tenant) as unit:
            if unit.webhooks.record(claimed, outcome):
                _consequences(unit, claimed, outcome, by)
                sent.delivered += outcome.status == DELIVERED
                sent.again += outcome.status == WAITING
                sent.given_up += outcome.status == GIVEN_UP
    return sent


def outcome_of(claimed: Claimed, answer: Answer, now: datetime) -> Outcome:
    """2xx arrived. 410 is wanted no more. All else is tried again for three days, and not before the receiver said."""
    if answer.status is not None and 200 <= answer.status < 300:
        return Outcome(DELIVERED, now, now, answer)
    asked = timedelta(seconds=min(answer.later or 0, LATEST))
    due = now + max(wait_after(claimed.attempt, claimed.number), asked)
    over = answer.status == GONE or due > claimed.begun_at + TRIED_FOR
    return Outcome(GIVEN_UP if over else WAITING, now if over else due, now, answer)


def wait_after(attempt: int, delivery: int) -> timedelta:
    """Longer each time, and up to a fifth longer or shorter for each delivery, so that they do not all come at once."""
    share = int(digest([delivery, attempt])[:8], 16) / 2**32
    return timedelta(seconds=min(FIRST * TIMES ** min(attempt - 1, 20), LONGEST) * (0.8 + 0.4 * share))


def _message(claimed: Claimed, tenant: str, now: datetime) -> Message:
    body = canonical(claimed.told.envelope(tenant)).encode()
    return Message(claimed.webhook.url, claimed.told.event_id, now, body, claimed.secrets)


def _consequences(unit: Unit, claimed: Claimed, outcome: Outcome, by: Actor) -> None:
    """Who is gone is not called any more, and who took nothing for three days not until somebody says so."""
    found = unit.webhooks.get(claimed.webhook.webhook)
    if outcome.status != GIVEN_UP or found is None or found.status != ACTIVE:
        return
    if outcome.answer.status == GONE:
        unit.webhooks.set(replace(found, status=DISABLED, because="gone"), by.person)
    elif not unit.webhooks.delivered_since(found.webhook, claimed.begun_at):
        unit.webhooks.set(replace(found, status=PAUSED, because="failing"), by.person)


def events_of(
    *, books: Books, by: Actor, client: str, after: int = 0, most: int = 100, types: Sequence[str] = ()
) -> list[Told]:
    """What a client is told, in order, from behind the number of the last one it read; nothing is ever put in before.

    An event is given its number when it is visible, one transaction after another: one that was written early and
    committed late comes later, and is passed over by nobody.
    """
    if after < 0 or not 0 < most <= MOST_EVENTS:
        raise BadInput("bad_page", f"a page has 1 to {MOST_EVENTS} events, after a number that was given")
    known_types(types)
    with books.unit(by.tenant) as unit:
        unit.outbox.fan_out(AT_ONCE)
    with books.unit(by.tenant) as unit:
        return unit.outbox.of_client(client, after, most, types)
