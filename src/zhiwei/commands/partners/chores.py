"""What goes on beside calls: webhooks are sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog

from zhiwei.bootstrap import Platform, Tenancy
from zhiwei.journeys import Sent, deliver_due

log = structlog.get_logger("zhiwei.chores")

PAUSE = 1.0  # seconds between two looks, where there was nothing to do


def platforms(platform: Platform, tenants: Tenancy | None) -> list[Platform]:
    """Of the tenant and, where its tenancy is given, of the sandboxes that it made."""
    if tenants is None:
        return [platform]
    with platform.unit(platform.actor.tenant) as unit:
        made = [one.sandbox for one in unit.sandboxes.made() if not one.ended]
    return [platform, *(tenants.of(one) for one in made)]


def send(platform: Platform, most: int, tenants: Tenancy | None) -> Sent:
    """Webhooks that are due. `tenants` remembers which of them are sandboxes from one look to the next."""
    done = [deliver_due(books=one, by=one.actor, clock=_now, most=most) for one in platforms(platform, tenants)]
    return Sent(*(sum(getattr(one, name) for one in done) for name in ("delivered", "again", "given_up")))


@contextmanager
def beside(platform: Platform) -> Iterator[None]:
    """Do them in a thread of this process. Any number of processes may; what one is at, others leave alone."""
    stop = threading.Event()
    thread = threading.Thread(target=_go_on, args=(platform, stop), name="chores", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def _go_on(platform: Platform, stop: threading.Event) -> None:
    tenants = Tenancy(platform)
    while not stop.is_set():
        try:
            sent = send(platform, 20, tenants)
        except Exception:
            log.exception("chores_failed")
            stop.wait(10 * PAUSE)
            continue
        if not (sent.delivered or sent.again or sent.given_up):
            stop.wait(PAUSE)


def _now() -> datetime:
    return datetime.now(UTC)
