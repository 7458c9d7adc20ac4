"""Webhooks: where a client is called with what happens, what was sent to it, and what is to be sent again."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import BaseModel, Field

from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.pages import Cursor, Limit, Page, after, cursor_of
from zhiwei.interfaces.api.shapes import WHOLE, Id, Instant, Shape, Text, Yes, example, one_of
from zhiwei.journeys import (
    Again,
    Endpoint,
    EndpointChange,
    change_webhook,
    deliveries_of,
    register_webhook,
    replay_events,
    rotate_secret,
    secret_of,
    webhook_of,
    webhooks_of,
    written_secret,
)
from zhiwei.journeys.partners import telling
from zhiwei.values.happenings import KINDS

room = Room("webhooks")

Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2_000,
        description="On the open internet.",
        json_schema_extra={"pattern": "^https://[!-~]+$"},
    ),
]
Types = Annotated[
    list[Annotated[str, Field(max_length=60, json_schema_extra=one_of(KINDS))]],
    Field(max_length=60, description="Types of events; none is all."),
]
Description = Annotated[str, Field(max_length=200, json_schema_extra={"pattern": r"^[^\x00-\x1f\x7f-\x9f]*$"})]
SCOPE = "webhooks:write"


class NewWebhook(Shape):
    model_config = example(url="https://shop.example.com/zhiwei", types=["draw.paid", "repayment.received"])

    url: Url
    types: Types = Field(default_factory=list)
    description: Description = ""


class WebhookChange(Shape):
    """What is left out stays."""

    model_config = example(status="paused")

    url: Url | None = None
    types: Types | None = None
    description: Description | None = None
    status: Literal["active", "paused"] | None = None


class Webhook(BaseModel):
    """`status`: active, paused (by you, or because it took nothing for three days) or disabled (it answered 410)."""

    webhook: Id
    url: str
    types: list[str]
    description: str
    status: str
    because: str


class WebhookStatus(BaseModel):
    webhook: Id
    status: str


class WebhookSecret(BaseModel):
    """As Standard Webhooks writes it."""

    secret: str


class NewSecret(Shape):
    model_config = example(overlap_hours=24)

    overlap_hours: Annotated[
        int, Field(strict=True, ge=0, le=168, description="For how long the old one signs as well."), WHOLE
    ] = 24


class SecretRotated(BaseModel):
    webhook: Id
    overlap_seconds: int


class Delivery(BaseModel):
    """`answer`: the last status of HTTP, null where none came back; then `error` says why."""

    delivery: int
    event: Id
    type: str
    status: str
    attempts: int
    due_at: datetime
    settled_at: datetime | None
    answer: int | None
    error: str


class NewReplay(Shape):
    """One event, or all since a time; `delivered_too`: also those that had arrived."""

    model_config = example(since="2026-01-01T00:00:00Z")

    event: Text = ""
    since: Instant | None = None
    delivered_too: Yes = False


class Replayed(BaseModel):
    webhook: Id
    events: int


@room.write("/webhooks", SCOPE, summary="Register a webhook 登记回调", response_model=WebhookStatus)
def create_webhook(body: NewWebhook, caller: Calls, response: Response) -> Any:
    """Its secret is asked for apart, so that no answer that is kept holds it."""
    wanted = Endpoint(body.url, tuple(body.types), body.description)
    made = register_webhook(books=caller.books, by=caller.by, key=caller.key, client=caller.client, wanted=wanted)
    response.headers["Location"] = f"/v1/webhooks/{made.webhook}"
    return WebhookStatus(webhook=made.webhook, status=made.status)


@room.read("/webhooks", SCOPE, summary="Webhooks 回调列表", response_model=Page[Webhook])
def list_webhooks(caller: Calls) -> Any:
    """All of them: there are few."""
    found = webhooks_of(books=caller.books, by=caller.by, client=caller.client)
    return Page[Webhook](items=[_shown(one) for one in found], next=None)


@room.read("/webhooks/{webhook}", SCOPE, summary="A webhook 回调", response_model=Webhook)
def get_webhook(webhook: Id, caller: Calls) -> Any:
    return _shown(webhook_of(books=caller.books, by=caller.by, webhook=webhook, client=caller.client))


@room.write("/webhooks/{webhook}", SCOPE, method="PATCH", status=200, summary="Change a webhook 修改回调",
            response_model=WebhookStatus)  # fmt: skip
def update_webhook(webhook: Id, body: WebhookChange, caller: Calls) -> Any:
    """While it is paused nothing waits for it: ask for what it missed with a replay."""
    types = None if body.types is None else tuple(body.types)
    return _changed(caller, webhook, EndpointChange(body.url, types, body.description, body.status))


@room.write("/webhooks/{webhook}", SCOPE, method="DELETE", status=200, summary="Delete a webhook 删除回调",
            response_model=WebhookStatus)  # fmt: skip
def delete_webhook(webhook: Id, caller: Calls) -> Any:
    return _changed(caller, webhook, EndpointChange(status=telling.DELETED))


def _changed(caller: Calls, webhook: str, change: EndpointChange) -> WebhookStatus:
    done = change_webhook(
        books=caller.books, by=caller.by, key=caller.key, webhook=webhook, client=caller.client, change=change
    )
    return WebhookStatus(webhook=done.webhook, status=done.status)


@room.read("/webhooks/{webhook}/secret", SCOPE, summary="Its newest secret 签名密钥", response_model=WebhookSecret)
def get_webhook_secret(webhook: Id, caller: Calls, response: Response) -> Any:
    found = secret_of(books=caller.books, by=caller.by, webhook=webhook, client=caller.client)
    response.headers["Cache-Control"] = "no-store"
    return WebhookSecret(secret=written_secret(found))


@room.write("/webhooks/{webhook}/secret", SCOPE, summary="A new secret 更换密钥", response_model=SecretRotated)
def renew_webhook_secret(webhook: Id, body: NewSecret, caller: Calls) -> Any:
    """Both sign for a while, so that the receiver can change over when it likes."""
    done = rotate_secret(
        books=caller.books, by=caller.by, key=caller.key, webhook=webhook, client=caller.client,
        overlap=timedelta(hours=body.overlap_hours),
    )  # fmt: skip
    return SecretRotated(webhook=done.webhook, overlap_seconds=done.overlap_seconds)


@room.read(
    "/webhooks/{webhook}/deliveries", SCOPE, summary="What was sent to it 推送记录", response_model=Page[Delivery]
)
def list_webhook_deliveries(
    webhook: Id, caller: Calls, limit: Limit = 50, cursor: Cursor = "",
    status: Annotated[Literal["", "waiting", "delivered", "given_up"], Query()] = "",
) -> Any:  # fmt: skip
    """The latest first."""
    found = deliveries_of(
        books=caller.books, by=caller.by, webhook=webhook, client=caller.client, before=after(cursor), status=status
    )
    return Page[Delivery](
        items=[
            Delivery(
                delivery=one.number, event=one.event, type=one.type, status=one.status, attempts=one.attempts,
                due_at=one.due_at, settled_at=one.settled_at, answer=one.answer, error=one.error,
            )
            for one in found[:limit]
        ],
        next=cursor_of(found[limit - 1].number) if len(found) > limit else None,
    )  # fmt: skip


@room.write("/webhooks/{webhook}/replays", SCOPE, summary="Send again 重新推送", response_model=Replayed)
def replay_webhook(webhook: Id, body: NewReplay, caller: Calls) -> Any:
    """Under the same ids and in the same order: who keeps the ids it has seen sees nothing twice."""
    done = replay_events(
        books=caller.books, by=caller.by, key=caller.key, webhook=webhook, client=caller.client,
        again=Again(body.event, body.since, body.delivered_too),
    )  # fmt: skip
    return Replayed(webhook=done.webhook, events=done.events)


def _shown(one: telling.Webhook) -> Webhook:
    return Webhook(
        webhook=one.webhook, url=one.url, types=list(one.types), description=one.description, status=one.status,
        because=one.because,
    )  # fmt: skip
