"""A client's webhooks: registered, changed, their secret exchanged, what was sent looked at and sent again."""

import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from zhiwei.journeys.once import step
from zhiwei.journeys.partners.ports import ACTIVE as AT_WORK
from zhiwei.journeys.partners.telling import ACTIVE, DELETED, DELIVERED, GIVEN_UP, PAUSED, WAITING, Delivery, Webhook
from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import Actor, BadInput, NotFound, Refusal, digest, identifier
from zhiwei.values.happenings import KINDS
from zhiwei.values.secrets import Secret

MOST_WEBHOOKS = 16  # of a client
LONGEST_DESCRIPTION = 200
LONGEST_OVERLAP = timedelta(days=7)
MOST_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a client wants to be told, of which types of event; none: of all, those that come later too."""

    url: str = field(repr=False)
    types: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """How a webhook stands. Its secret is asked for apart (`secret_of`), so that no answer that is kept holds it."""

    webhook: str
    client: str
    status: str


@dataclass(frozen=True, slots=True)
class EndpointChange:
    """What becomes of a webhook; what is None stays. `status` active, paused or deleted."""

    url: str | None = field(default=None, repr=False)
    types: tuple[str, ...] | None = None
    description: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Rotated:
    """From now on the new secret signs; the one before it signs beside it for as long as was said."""

    webhook: str
    overlap_seconds: int


@dataclass(frozen=True, slots=True)
class Again:
    """What to send again: one event, or all since a time; `delivered_too`: also what had arrived."""

    event: str = ""
    since: datetime | None = None
    delivered_too: bool = False


@dataclass(frozen=True, slots=True)
class Replayed:
    webhook: str
    events: int


def register_webhook(*, books: Books, by: Actor, key: str, client: str, wanted: Endpoint) -> Registered:
    """A new webhook of a client; from now on it is told what the client is told. Its secret is made here."""
    _check(books, wanted.url, wanted.types, wanted.description)
    request = {"client": client, **_said(wanted.url, wanted.types, wanted.description)}
    with step(books, by, "register_webhook", key, request) as current:
        if current.earlier is None:
            unit, name = current.unit, identifier("hook", client, key)
            terms = unit.clients.terms(client)
            if terms is None:
                raise NotFound("no_such_client", f"no client {client}")
            if terms.status != AT_WORK:
                raise Refusal("client_suspended", f"client {client} is suspended")
            kept = [one for one in unit.webhooks.of_client(client) if one.status != DELETED]
            if len(kept) >= MOST_WEBHOOKS:
                raise Refusal("too_many", f"a client has at most {MOST_WEBHOOKS} webhooks", hint="delete one")
            webhook = Webhook(name, client, wanted.url, wanted.types, wanted.description)
            unit.webhooks.add(webhook, by.person)
            unit.webhooks.add_secret(name, _new_secret(), timedelta())
            current.result = {"webhook": name, "client": client, "status": ACTIVE}
        return Registered(**(current.earlier or current.result))


def change_webhook(
    *, books: Books, by: Actor, key: str, webhook: str, client: str, change: EndpointChange
) -> Registered:  # fmt: skip
    """Change a webhook, pause it, let it go on, or delete it. Meanwhile nothing waits for it: `replay_events` later."""
    if change.status not in (None, ACTIVE, PAUSED, DELETED):
        raise BadInput("bad_status", f"a webhook becomes {ACTIVE}, {PAUSED} or {DELETED}, not {change.status!r}")
    request = {"webhook": webhook, "client": client, "status": change.status}
    request |= _said(change.url or "", change.types, change.description)
    with step(books, by, "change_webhook", key, request) as current:
        if current.earlier is None:
            found = _found(current.unit, webhook, client)
            status = found.status if change.status is None else change.status
            fresh = replace(
                found, url=found.url if change.url is None else change.url,
                types=found.types if change.types is None else change.types,
                description=found.description if change.description is None else change.description,
                status=status, because=found.because if status == found.status else "",
            )  # fmt: skip
            _check(books, fresh.url, fresh.types, fresh.description)
            current.unit.webhooks.set(fresh, by.person)
            current.result = {"webhook": webhook, "client": found.client, "status": status}
        return Registered(**(current.earlier or current.result))


def rotate_secret(
    *, books: Books, by: Actor, key: str, webhook: str, client: str, overlap: timedelta
) -> Rotated:  # fmt: skip
    """A new secret. For `overlap` both sign, so that the receiver can change over when it likes."""
    if not timedelta() <= overlap <= LONGEST_OVERLAP:
        raise BadInput("bad_overlap", f"two secrets sign for at most {LONGEST_OVERLAP.days} days")
    request = {"webhook": webhook, "client": client, "overlap": int(overlap.total_seconds())}
    with step(books, by, "rotate_secret", key, request) as current:
        if current.earlier is None:
            _found(current.unit, webhook, client)
            current.unit.webhooks.add_secret(webhook, _new_secret(), overlap)
            current.result = {"webhook": webhook, "overlap_seconds": request["overlap"]}
        return Rotated(**(current.earlier or current.result))


def secret_of(*, books: Books, by: Actor, webhook: str, client: str = "") -> Secret:
    """The newest secret of a webhook. To be shown to its client and to nobody else, and written nowhere."""
    with books.unit(by.tenant) as unit:
        _found(unit, webhook, client)
        return unit.webhooks.secrets(webhook)[0]


def written_secret(secret: Secret) -> str:
    """As Standard Webhooks writes it."""
    return f"whsec_{b64encode(secret.reveal()).decode()}"


def webhooks_of(*, books: Books, by: Actor, client: str) -> list[Webhook]:
    """Those of a client (or, for '', of all) that are not deleted, the oldest first."""
    with books.unit(by.tenant) as unit:
        return [one for one in unit.webhooks.of_client(client) if one.status != DELETED]


def webhook_of(*, books: Books, by: Actor, webhook: str, client: str = "") -> Webhook:
    with books.unit(by.tenant) as unit:
        return _found(unit, webhook, client)


def deliveries_of(
    *, books: Books, by: Actor, webhook: str, client: str = "", before: int = 0, status: str = ""
) -> list[Delivery]:  # fmt: skip
    """What was and is to be sent to a webhook, the latest first; `before`: the number of the last one seen."""
    if status not in ("", WAITING, DELIVERED, GIVEN_UP):
        raise BadInput("bad_status", f"a delivery is {WAITING}, {DELIVERED} or {GIVEN_UP}, not {status!r}")
    with books.unit(by.tenant) as unit:
        _found(unit, webhook, client)
        return unit.webhooks.deliveries(webhook, before or 2**62, MOST_ROWS, status)


def replay_events(*, books: Books, by: Actor, key: str, webhook: str, client: str, again: Again) -> Replayed:
    """Send again what the client was told, under the same ids and in the same order, each behind what waits."""
    if bool(again.event) == (again.since is not None):
        raise BadInput("bad_replay", "an event is named, or a time since when", hint="one of the two")
    request: Mapping[str, Any] = {
        "webhook": webhook, "client": client, "event": again.event, "since": again.since, "too": again.delivered_too,
    }  # fmt: skip
    with step(books, by, "replay_events", key, request) as current:
        if current.earlier is None:
            found = _found(current.unit, webhook, client)
            if found.status != ACTIVE:
                raise Refusal("webhook_not_active", f"webhook {webhook} is {found.status}", hint="let it go on first")
            whole = again.delivered_too or bool(again.event)
            count = current.unit.webhooks.replay(found, again.event, again.since, whole)
            if again.event and not count:
                raise NotFound(
                    "no_such_event", f"no event {again.event} that {found.client} was told, or it is waiting"
                )
            current.result = {"webhook": webhook, "events": count}
        return Replayed(**(current.earlier or current.result))


def _found(unit: Unit, webhook: str, client: str) -> Webhook:
    """A client finds its own; '' is who runs the platform, and finds all."""
    found = unit.webhooks.get(webhook)
    if found is None or found.status == DELETED or client not in ("", found.client):
        raise NotFound("no_such_webhook", f"no webhook {webhook}")
    return found


def _check(books: Books, url: str, types: tuple[str, ...], description: str) -> None:
    books.messenger.check(url)
    known_types(types)
    if len(description) > LONGEST_DESCRIPTION or not description.isprintable():
        raise BadInput("bad_description", f"a description has at most {LONGEST_DESCRIPTION} printable characters")


def known_types(types: Sequence[str]) -> None:
    if unknown := sorted(set(types) - KINDS.keys()):
        raise BadInput("no_such_type", f"no event is of type {unknown[0]!r}", hint=", ".join(KINDS))


def _said(url: str, types: tuple[str, ...] | None, description: str | None) -> dict[str, Any]:
    """What the audit keeps: an address may hold what only its owner should know."""
    return {"url": digest(url), "types": types and sorted(types), "description": description}


def _new_secret() -> Secret:
    return Secret(os.urandom(32))
