"""zhiwei accept, draw, repay, settle, statement, lines: a line's life in money."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import typer

from zhiwei import journeys
from zhiwei.bootstrap import Platform, open_platform
from zhiwei.commands.show import Amount, Json, Key, On, out, print_json, print_result, print_table
from zhiwei.reports.statement import KINDS
from zhiwei.values import Actor, Refusal, grouped, yuan

Line = Annotated[str, typer.Argument(metavar="LINE", help="Id of the line, as `zhiwei accept` printed it.")]
AMOUNTS = ("limit", "used", "held", "available", "payoff")


def _do(journey: Callable[..., Any], on: date | None, key: str | None, as_json: bool, **request: Any) -> None:
    """Run a journey that takes a key and a day, with a new key and today where none is given, and print its answer."""
    with open_platform() as platform:
        key = uuid.uuid4().hex if key is None else key
        result = journey(books=platform, by=platform.actor, key=key, on=on or platform.today(), **request)
    print_result(result, as_json)


def accept(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="Id of an approved decision.")],
    on: On = None,
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Accept the offer of an approved decision: opens the line. 接受授信"""
    _do(journeys.accept, on, key, as_json, offer=journeys.Offer(decision))


def draw(line: Line, amount: Amount, on: On = None, key: Key = None, as_json: Json = False) -> None:
    """Draw on a line; checked against limit - used - held. 支用"""
    _do(journeys.draw, on, key, as_json, line=line, amount=amount)


def repay(
    line: Line,
    amount: Amount,
    on: On = None,
    reference: Annotated[str, typer.Option("--reference", help="The bank's number of the transfer.")] = "",
    key: Key = None,
    as_json: Json = False,
) -> None:
    """Repay: what is due, then interest to date, then principal, oldest draw first; too much is kept. 还款"""
    _do(_repay, on, key, as_json, line=line, amount=amount, reference=reference)


def _repay(*, books: Platform, by: Actor, key: str, **asked: Any) -> Any:
    answer = journeys.repay_many(books=books, by=by, repayments={key: journeys.Repayment(**asked)})[key]
    if isinstance(answer, Refusal):
        raise answer
    return answer


def settle(as_json: Json = False) -> None:
    """Ask the bank again about payouts whose end nobody knows, and settle what it says. 清算在途支用"""
    with open_platform() as platform:
        with platform.unit(platform.actor.tenant) as unit:
            ordered = unit.lines.payouts(status="ordered")
        settled = [journeys.pay_out(books=platform, by=platform.actor, payout=payout.payout_id) for payout in ordered]
    for result in settled:
        print_result(result, as_json)
    if not settled and not as_json:
        out.print("nothing on its way 无在途支用")


def statement(line: Line, on: On = None, as_json: Json = False) -> None:
    """A line's statement: what happened, what is owed, what it costs per day and per year. 对账单"""
    with open_platform() as platform:
        found = journeys.statement(books=platform, by=platform.actor, line=line, on=on or platform.today())
    if as_json:
        print_json({**found.head, "rows": found.rows})
        return
    head = found.head
    out.print(
        f"[bold]{head['line']}[/]  {head['party']}  {head['product']}  {head['status']}  "
        f"{head['opened_on']} - {head['expires_on']}"
    )
    for names in (
        ("limit", "used", "held", "available"),
        ("principal", "interest_billed", "interest_accrued", "penalty", "fee", "payoff"),
    ):
        out.print("   ".join(f"{name.replace('_', ' ')} {float(head[name]):,.2f}" for name in names))
    yearly = head["annualised"]
    out.print(
        f"due {float(head['due']):,.2f}   next due {head['next_due'] or '-'}   days past due {head['days_past_due']}   "
        f"credit {float(head['credit']):,.2f}\n"
        f"年化利率 annual rate {float(head['annual_rate']):.2%} (单利 simple, 360 days); "
        f"{yearly['simple_365']} % over 365 days, {yearly['compounded']} % compounded; "
        f"日利率 per day {float(head['daily_rate']):.4%}\n"
    )
    rows = [
        [
            row["date"],
            *KINDS[row["kind"]],
            *(f"{float(row[name]):,.2f}" for name in ("principal", "interest", "penalty", "fee", "cash", "balance")),
        ]
        for row in found.rows
    ]
    columns = [
        "date", "摘要", "what", "principal 本金", "interest 利息", "penalty 罚息", "fee 费用", "cash 资金",
        "balance 余额",
    ]  # fmt: skip
    print_table("", columns, rows, right=range(3, 9))


def lines(on: On = None, as_json: Json = False) -> None:
    """All lines with balances, days past due and class. 额度清单"""
    with open_platform() as platform:
        found = journeys.portfolio(books=platform, by=platform.actor, on=on or platform.today())
    rows: list[dict[str, Any]] = []
    for line, product, loans in found:
        late = max((state.days_past_due() for _, state in loans), default=0)
        rows.append({
            "line": line.line_id, "party": line.party, "status": line.status, "limit": line.limit, "used": line.used,
            "held": line.held, "available": line.available, "payoff": sum(state.payoff for _, state in loans),
            "days_past_due": late, "class": product.watch.rules(on or platform.today()).classify(late),
        })  # fmt: skip
    written = yuan if as_json else grouped
    shown = [{name: written(cell) if name in AMOUNTS else cell for name, cell in row.items()} for row in rows]
    if as_json:
        for row in shown:
            print_json(row)
        return
    columns = ["line", "party", "status", "limit", "used", "held", "available", "payoff", "days past due", "class"]
    print_table("Lines 额度", columns, [list(row.values()) for row in shown], right=range(3, 9))
