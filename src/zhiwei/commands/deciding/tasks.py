"""zhiwei tasks, rule, rulings: what the policy leaves to people, and how they settled it."""

from dataclasses import asdict
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer

from zhiwei import journeys
from zhiwei.bootstrap import open_platform
from zhiwei.commands.show import Json, amount, out, print_json, print_table
from zhiwei.journeys.deciding.tasks import missing_of
from zhiwei.values import as_rate, grouped


def _rate(written: str) -> Decimal:
    try:
        return as_rate(written)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


class Choice(StrEnum):
    APPROVE = "approve"
    DECLINE = "decline"


def tasks(
    product: Annotated[str | None, typer.Option(help="Only tasks of this product.")] = None, as_json: Json = False
) -> None:
    """What waits for a person: decisions that were referred, and what is missing or speaks against. 待办"""
    with open_platform() as platform:
        found = journeys.tasks(books=platform, by=platform.actor, product=product)
    if as_json:
        for task in found:
            shown = asdict(task) | {"opened_at": task.opened_at.isoformat(), "reasons": missing_of(task)}
            del shown["document"]
            print_json(shown)
        return
    rows = [
        [
            task.decision, task.party, task.product, str(task.as_of), grouped(task.limit),
            "\n".join(f"{one['code']} {one['zh']} · {one['en']}" for one in missing_of(task)),
        ]
        for task in found
    ]  # fmt: skip
    columns = ["decision", "party", "product", "as of", "limit 额度 元", "why 原因"]
    print_table(f"{len(found)} tasks 待办", columns, rows, right=[4])


def rule(
    decision: Annotated[str, typer.Argument(help="The decision, as `zhiwei tasks` names it.")],
    word: Annotated[Choice, typer.Argument(help="What you say of it.")],
    because: Annotated[str, typer.Option(help="Why; kept with the decision.")],
    limit: Annotated[int | None, typer.Option(parser=amount, metavar="元", help="Default: the policy's.")] = None,
    rate: Annotated[
        Decimal | None, typer.Option(parser=_rate, metavar="RATE", help="Per year, 0.06; default: the policy's.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Approve or decline instead of the policy, within the authority of $ZHIWEI_ROLE (default officer). 人工审批

    It becomes another decision, which `zhiwei accept` takes; the product's underwriting/authority.csv says who may
    approve how much.
    """
    with open_platform() as platform:
        said = journeys.Word(word is Choice.APPROVE, because, limit, rate)
        done = journeys.rule(books=platform, by=platform.actor, decision=decision, word=said)
    if as_json:
        print_json(asdict(done))
    else:
        offer = f", limit {done.limit} 元 at {done.annual_rate}" if done.annual_rate else ""
        out.print(f"{done.decision}: {done.outcome} instead of {done.overruled}{offer}", markup=False)


def rulings(as_json: Json = False) -> None:
    """How often people ruled against the policy, and how the lines they approved turned out. 人工审批统计"""
    with open_platform() as platform:
        found = journeys.rulings(books=platform, by=platform.actor)
    if as_json:
        print_json(found)
        return
    columns = ["product", "person", "role", "rulings", "up 推翻拒转", "down 推翻批准", "lines 开户", "bad 不良",
               "overrides 推翻率", "bad rate 不良率"]  # fmt: skip
    shown = [["-" if value is None else value for value in one.values()] for one in found]
    print_table("Rulings 人工审批", columns, shown, right=[3, 4, 5, 6, 7, 8, 9])
