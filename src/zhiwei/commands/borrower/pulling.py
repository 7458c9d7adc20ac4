"""zhiwei pull, providers: records asked of outside companies, and what asking them comes to."""

import uuid
from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from zhiwei.bootstrap import open_platform
from zhiwei.commands.show import Json, Key, day, out, print_json, print_table
from zhiwei.journeys import Standing, Wanted, pull_figures, pull_records
from zhiwei.values import yuan


def pull(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="Of providers.toml; `zhiwei providers` lists them.")],
    party: Annotated[str, typer.Option(help="Whose records: its id.")],
    since: Annotated[date, typer.Option(parser=day, metavar="DATE", help="First day asked for.")],
    until: Annotated[date, typer.Option(parser=day, metavar="DATE", help="The day after the last.")],
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Ask an outside company for a business's records, under its consent; every call is counted. 外部数据查询

    After an outage ask again, with the same --key where one was given: what was answered is not asked twice.
    """
    wanted = Wanted(source, party, since, until)
    with open_platform() as platform:
        pulled = pull_records(books=platform, by=platform.actor, key=key or uuid.uuid4().hex, wanted=wanted)
    if as_json:
        print_json(asdict(pulled))
        return
    if pulled.outcome == "empty":
        out.print(f"{pulled.source} has nothing of {party} 查无记录", markup=False)
    else:
        rows = [[kind, f"{count:,}", "new 新" if pulled.new else "known 已有"] for kind, count in pulled.rows.items()]
        print_table(f"Pulled from {pulled.source} 已查得", ["kind", "rows", ""], rows, right=[1])
    out.print(f"{pulled.tries} calls, {yuan(pulled.cost)} 元", markup=False)


def providers(as_json: Json = False) -> None:
    """Outside companies: calls, answers with data and without, failures, cost, median time, breaker. 外部数据源"""
    with open_platform() as platform:
        found = pull_figures(books=platform, by=platform.actor)
    if as_json:
        for one in found:
            print_json(_plain(one))
        return
    columns = [
        "source", "pulls 查询", "hits 查得", "empty 查无", "failed 失败", "refused 拒绝", "cut off 中断", "calls 调用",
        "stood in 备援", "rate 查得率", "cost 费用 (元)", "p50 (ms)", "breaker 熔断", "last error",
    ]  # fmt: skip
    print_table("Providers 外部数据源", columns, [_row(one) for one in found], right=range(1, 12))


def _plain(one: Standing) -> dict[str, object]:
    return {**asdict(one.counted), "cost": yuan(one.counted.cost), "hit_rate": one.hit_rate, "breaker": one.breaker}


def _row(one: Standing) -> list[object]:
    c = one.counted
    rate = "" if one.hit_rate is None else f"{one.hit_rate:.0%}"
    p50 = "" if c.p50 is None else f"{c.p50:,.0f}"
    return [
        c.source, c.pulls, c.hits, c.empties, c.failures, c.refusals, c.unended, c.calls, c.stood_in, rate,
        yuan(c.cost), p50, one.breaker or "not set up 未配置", c.last_error,
    ]  # fmt: skip
