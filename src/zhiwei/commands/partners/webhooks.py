"""zhiwei webhook: where clients are told of what happens, what was sent, sent again, and the worker that sends."""

import sys
import threading
import uuid
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from zhiwei import journeys
from zhiwei.bootstrap import Platform, Tenancy, open_platform
from zhiwei.commands.partners.chores import PAUSE, send
from zhiwei.commands.show import Json, Key, out, print_json, print_result, print_table
from zhiwei.journeys import Again, Endpoint, EndpointChange
from zhiwei.journeys.partners.telling import ACTIVE, DELETED, PAUSED
from zhiwei.values import Outage
from zhiwei.values.happenings import KINDS, events_page

app = typer.Typer(no_args_is_help=True, help="Where clients are told of what happens. 回调通知")
WebhookId = Annotated[str, typer.Argument(metavar="WEBHOOK", help="Its id; `zhiwei webhook list` prints it.")]


@app.command("list")
def webhooks(
    client: Annotated[str, typer.Option(help="Only this client's.")] = "", as_json: Json = False
) -> None:  # fmt: skip
    """Webhooks, their types and how they stand. 回调列表"""
    with open_platform() as platform:
        found = journeys.webhooks_of(books=platform, by=platform.actor, client=client)
    if as_json:
        for one in found:
            print_json(asdict(one))
        return
    rows = [
        [one.webhook, one.client, one.url, ", ".join(one.types) or "all", f"{one.status} {one.because}".strip(),
         one.description]
        for one in found
    ]  # fmt: skip
    print_table("Webhooks 回调", ["webhook", "client 客户", "url", "types 事件", "status 状态", ""], rows)


@app.command()
def add(
    client: Annotated[str, typer.Argument(metavar="CLIENT", help="The client's id.")],
    url: Annotated[str, typer.Argument(metavar="URL", help="https://..., on the open internet.")],
    types: Annotated[
        list[str] | None, typer.Option("--type", help="A type of event; give it again for more. Default: all.")
    ] = None,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Register a webhook. `zhiwei webhook secret` shows what it is signed with. 登记回调"""
    wanted = Endpoint(url, tuple(types or ()), description)
    with open_platform() as platform:
        made = journeys.register_webhook(
            books=platform, by=platform.actor, key=key or uuid.uuid4().hex, client=client, wanted=wanted
        )
    print_result(made, as_json)


@app.command()
def secret(webhook: WebhookId) -> None:
    """Print the newest secret, for its client and nobody else (whsec_..., as Standard Webhooks writes it). 签名密钥"""
    with open_platform() as platform:
        found = journeys.secret_of(books=platform, by=platform.actor, webhook=webhook)
    sys.stdout.write(journeys.written_secret(found) + "\n")


@app.command()
def rotate(
    webhook: WebhookId,
    overlap: Annotated[int, typer.Option(help="Hours for which the old secret signs beside the new one.")] = 24,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Make a new secret. 更换密钥"""
    with open_platform() as platform:
        done = journeys.rotate_secret(
            books=platform, by=platform.actor, key=key or uuid.uuid4().hex, webhook=webhook, client="",
            overlap=timedelta(hours=overlap),
        )  # fmt: skip
    print_result(done, as_json)


@app.command()
def pause(webhook: WebhookId, as_json: Json = False) -> None:
    """Send it nothing for now; `replay --since` brings later what it missed. 暂停"""
    _become(webhook, PAUSED, as_json)


@app.command()
def resume(webhook: WebhookId, as_json: Json = False) -> None:
    """Let a webhook go on that was paused, or disabled because it was gone. 恢复"""
    _become(webhook, ACTIVE, as_json)


@app.command()
def delete(webhook: WebhookId, as_json: Json = False) -> None:
    """End a webhook. 删除"""
    _become(webhook, DELETED, as_json)


def _become(webhook: str, status: str, as_json: bool) -> None:
    with open_platform() as platform:
        done = journeys.change_webhook(
            books=platform, by=platform.actor, key=uuid.uuid4().hex, webhook=webhook, client="",
            change=EndpointChange(status=status),
        )  # fmt: skip
    print_result(done, as_json)


@app.command()
def deliveries(
    webhook: WebhookId,
    status: Annotated[str, typer.Option(help="waiting, delivered or given_up.")] = "",
    as_json: Json = False,
) -> None:
    """What was and is to be sent, the latest first. 推送记录"""
    with open_platform() as platform:
        found = journeys.deliveries_of(books=platform, by=platform.actor, webhook=webhook, status=status)
    if as_json:
        for one in found:
            print_json(asdict(one))
        return
    rows = [
        [one.number, one.event, one.type, one.status, one.attempts, one.answer or one.error,
         f"{one.settled_at or one.due_at:%Y-%m-%d %H:%M:%S}"]
        for one in found
    ]  # fmt: skip
    columns = ["number", "event", "type 事件", "status 状态", "calls 次数", "answer 应答", "settled or due 时间"]
    print_table("Deliveries 推送记录", columns, rows, right=[0, 4])


@app.command()
def replay(
    webhook: WebhookId,
    event: Annotated[str, typer.Option(help="One event, by its id.")] = "",
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="All since then, by UTC.")
    ] = None,
    delivered_too: Annotated[bool, typer.Option("--all", help="Also what had arrived.")] = False,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Send again, under the same ids: a receiver that keeps them sees nothing twice. 重新推送"""
    again = Again(event, since and since.replace(tzinfo=UTC), delivered_too)
    with open_platform() as platform:
        done = journeys.replay_events(
            books=platform, by=platform.actor, key=key or uuid.uuid4().hex, webhook=webhook, client="", again=again
        )
    print_result(done, as_json)


@app.command()
def deliver(
    once: Annotated[bool, typer.Option("--once", help="Send what is due now, and end.")] = False,
    workers: Annotated[int, typer.Option(min=1, max=32, help="How many calls at once.")] = 4,
    as_json: Json = False,
) -> None:
    """Send what is due, of the sandboxes of this tenant too, until it is interrupted. Any number may run. 推送服务"""
    with open_platform() as platform:
        if once:
            print_result(send(platform, 100_000, Tenancy(platform)), as_json)
            return
        stop = threading.Event()
        threads = [threading.Thread(target=_work, args=(platform, stop, not n)) for n in range(workers)]
        for one in threads:
            one.start()
        try:
            while all(one.is_alive() for one in threads):  # one that broke ends all: a supervisor starts them anew
                stop.wait(PAUSE)
        finally:
            stop.set()
            for one in threads:
                one.join()
    raise Outage("a worker ended; what it had claimed is sent after its lease")


def _work(platform: Platform, stop: threading.Event, sandboxes: bool) -> None:
    """One worker of them looks after the sandboxes: nobody waits there but who tries things out."""
    tenants = Tenancy(platform) if sandboxes else None
    while not stop.is_set():
        sent = send(platform, 100, tenants)
        if not (sent.delivered or sent.again or sent.given_up):
            stop.wait(PAUSE)


@app.command()
def events(
    page: Annotated[bool, typer.Option("--page", help="Print docs/reference/events.md.")] = False,
    as_json: Json = False,
) -> None:
    """Types of events and what each says; with --json the JSON Schema of each. 事件目录"""
    if page:
        sys.stdout.write(events_page())
        return
    if as_json:
        for kind in KINDS.values():
            print_json(kind.schema)
        return
    rows = [[kind.type, kind.zh, kind.en, ", ".join(fact.name for fact in kind.facts)] for kind in KINDS.values()]
    print_table(f"{len(rows)} types of events 事件目录", ["type", "中文", "what", "says"], rows)
    out.print("zhiwei webhook events --json prints their schemas", style="dim")
