"""zhiwei sandbox: a tenant of its own for a partner to try, with scripted borrowers and simulated time."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated

import typer

from zhiwei.bootstrap import Platform, Tenancy, open_platform
from zhiwei.commands.show import Json, day, out, print_json, print_table, progress
from zhiwei.journeys.sandboxes import (
    STARTS_ON,
    NewSandbox,
    SandboxMade,
    end_sandbox,
    make_sandbox,
    move_clock,
    renew_test_key,
    sandboxes,
)
from zhiwei.values import Actor, NotFound

app = typer.Typer(no_args_is_help=True, help="Sandboxes for partners: scripted borrowers, simulated time. 沙箱")
Name = Annotated[str, typer.Argument(help="Its name: shop, or sandbox-shop.", metavar="NAME")]


def made(platform: Platform, name: str, starts_on: date = STARTS_ON) -> SandboxMade:
    """A sandbox with a client that may do everything in it; made before, it is the same and its key is not told."""
    from zhiwei.interfaces.api.access.scopes import SCOPES

    wanted = NewSandbox(name, tuple(SCOPES), starts_on=starts_on)
    tenants = Tenancy(platform)
    return make_sandbox(books=platform, by=platform.actor, key=f"by hand {name}", grounds=tenants, wanted=wanted)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Small letters, digits and -, 20 at most.", metavar="NAME")],
    starts_on: Annotated[str, typer.Option(help="Its first day; records of three years go before it.")] = "",
    as_json: Json = False,
) -> None:
    """Make a sandbox and print its test key, once: only the key's hash is kept. 建沙箱"""
    with open_platform() as platform:
        done = made(platform, name, day(starts_on) if starts_on else STARTS_ON)
    _print(done, as_json)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Sandboxes that this tenant made. 沙箱列表"""
    with open_platform() as platform:
        found = sandboxes(books=platform, by=platform.actor)
        tenants = Tenancy(platform)
        todays = {one.sandbox: tenants.of(one.sandbox).today() for one in found if tenants.is_sandbox(one.sandbox)}
    if as_json:
        print_json([{**asdict(one), "today": todays.get(one.sandbox)} for one in found])
        return
    rows = [
        [one.sandbox, one.client or one.person, one.since.date(), todays.get(one.sandbox, "-"),
         "ended 已结束" if one.ended else ""]
        for one in found
    ]  # fmt: skip
    print_table("Sandboxes 沙箱", ["sandbox", "made for 归属", "made on", "its today 模拟日期", ""], rows)


@app.command()
def advance(
    name: Name,
    to: Annotated[str, typer.Option(help="Its new today.")] = "",
    days: Annotated[int, typer.Option(min=1, help="Or so many days on.")] = 1,
    as_json: Json = False,
) -> None:
    """Let its time pass: borrowers act, and each day is closed. 拨快时钟"""
    with open_platform() as platform:
        tenant, tenants = _tenant(name), Tenancy(platform)
        if tenant not in [one.sandbox for one in sandboxes(books=platform, by=platform.actor)]:
            raise NotFound("no_such_sandbox", f"no sandbox {tenant}", hint="`zhiwei sandbox list` tells of each")
        books = tenants.of(tenant)
        wanted = day(to) if to else books.today() + timedelta(days=days)
        by = Actor(tenant, platform.actor.person, platform.actor.role)
        with progress("days 天") as update:
            moved = move_clock(books=books, by=by, grounds=tenants, to=wanted, on_progress=update)
    if as_json:
        print_json(asdict(moved))
    else:
        out.print(f"{moved.sandbox}: {moved.was} -> {moved.today}, {moved.days} days closed", markup=False)


@app.command()
def key(name: Name, as_json: Json = False) -> None:
    """Print a new test key; those before it open nothing any more. 更换测试密钥"""
    with open_platform() as platform:
        tenants, tenant = Tenancy(platform), _tenant(name)
        done = renew_test_key(books=platform, by=platform.actor, grounds=tenants, sandbox=tenant)
    _print(done, as_json)


@app.command()
def end(name: Name, as_json: Json = False) -> None:
    """Nobody gets in any more; what happened in it stays. 结束沙箱"""
    with open_platform() as platform:
        tenants, tenant = Tenancy(platform), _tenant(name)
        ended = end_sandbox(books=platform, by=platform.actor, grounds=tenants, sandbox=tenant)
    if as_json:
        print_json(asdict(ended))
    else:
        out.print(f"{ended.sandbox} has ended", markup=False)


def _tenant(name: str) -> str:
    return name if name.startswith("sandbox-") else f"sandbox-{name}"


def _print(done: SandboxMade, as_json: bool) -> None:
    if as_json:
        print_json(asdict(done))
        return
    told = done.test_key or f"told before; a new one: zhiwei sandbox key {done.sandbox.removeprefix('sandbox-')}"
    for title, value in (("sandbox", done.sandbox), ("client", done.client), ("today", done.today), ("test key", told)):
        out.print(f"{title:9s} {value}", markup=False)
