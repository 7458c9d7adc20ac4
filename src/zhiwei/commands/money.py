"""zhiwei accept, draw, repay, close-days, settle, statement, lines, funders, books, doctor: a line's life in money."""

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from zhiwei import journeys
from zhiwei.bootstrap import open_platform
from zhiwei.commands.show import REFUSED, Amount, Json, Key, On, day, out, print_json, print_table, progress
from zhiwei.reports import funder_days, funder_statements, trial_balance
from zhiwei.reports.statement import KINDS
from zhiwei.values import NotFound, grouped, yuan

Line = Annotated[str, typer.Argument(metavar="LINE", help="Id of the line, as `zhiwei accept` printed it.")]
AMOUNTS = ("limit", "used", "held", "available", "payoff")


def _print(result: Any, as_json: bool) -> None:
    fields = asdict(result)
    if as_json:
        print_json(fields)
    else:
        for name, value in fields.items():
            out.print(f"{name:14s} {value}", markup=False)


def _do(journey: Callable[..., Any], on: date | None, key: str | None, as_json: bool, **request: Any) -> None:
    """Run a journey that takes a key and a day, with a new key and today where none is given, and print its answer."""
    with open_platform() as platform:
        key = uuid.uuid4().hex if key is None else key
        result = journey(books=platform, by=platform.actor, key=key, on=on or platform.today(), **request)
    _print(result, as_json)


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


def repay(line: Line, amount: Amount, on: On = None, key: Key = None, as_json: Json = False) -> None:
    """Repay: what is due, then interest to date, then principal, oldest draw first; too much is kept. 还款"""
    _do(journeys.repay, on, key, as_json, line=line, amount=amount)


def settle(as_json: Json = False) -> None:
    """Ask the bank again about payouts whose end nobody knows, and settle what it says. 清算在途支用"""
    with open_platform() as platform:
        with platform.unit(platform.actor.tenant) as unit:
            ordered = unit.lines.payouts(status="ordered")
        settled = [journeys.pay_out(books=platform, by=platform.actor, payout=payout.payout_id) for payout in ordered]
    for result in settled:
        _print(result, as_json)
    if not settled and not as_json:
        out.print("nothing on its way 无在途支用")


def close_days(
    until: Annotated[date, typer.Option(parser=day, metavar="DATE", help="Last day to close.")],
    since: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="First day, where none is closed yet.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Close days in order: interest billed, days past due, classes, freezing. Closing again changes nothing. 日终"""
    with open_platform() as platform, progress("closing days") as update:
        closed = journeys.close_days(
            books=platform, by=platform.actor, since=since, until=until, on_progress=update
        )  # fmt: skip
    if as_json:
        for item in closed:
            print_json(asdict(item))
        return
    if not closed:
        out.print(f"nothing to close up to {until}: those days are closed 已日终")
        return
    totals = Counter[str]()
    for item in closed:
        totals.update(loans=item.loans, frozen=item.frozen, freed=item.freed)
    out.print(
        f"closed {closed[0].business_date} to {closed[-1].business_date} ({len(closed)} days): "
        f"{totals['loans']} loans touched, {totals['frozen']} lines frozen, {totals['freed']} freed"
    )


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
        ("principal", "interest_billed", "interest_accrued", "payoff"),
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
            *(f"{float(row[name]):,.2f}" for name in ("principal", "interest", "cash", "balance")),
        ]
        for row in found.rows
    ]
    columns = ["date", "摘要", "what", "principal 本金", "interest 利息", "cash 资金", "balance 余额"]
    print_table("", columns, rows, right=range(3, 7))


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


def funders(
    funder: Annotated[str | None, typer.Argument(metavar="[FUNDER]", help="One funder: its statement by day.")] = None,
    as_json: Json = False,
) -> None:
    """Each funder's balances, which add up to the ledger; or one funder's statement by day. 资金方对账"""
    with open_platform() as platform, platform.unit(platform.actor.tenant) as unit:
        totals = unit.journal.totals()
        rows = unit.journal.of_funder(funder) if funder else []
    if funder is None:
        print_funders(totals, as_json)
        return
    if not rows:
        known = ", ".join(sorted({name for _, name, _ in totals if name})) or "none yet"
        raise NotFound("no_such_funder", f"{funder} has no entries", hint=f"funders: {known}")
    days = funder_days(rows)
    names = ("principal", "interest", "earned", "cash", "balance")
    if as_json:
        for item in days:
            print_json({"date": item.on, "kind": item.kind, **{name: yuan(getattr(item, name)) for name in names}})
        return
    table = [[item.on, *KINDS[item.kind], *(grouped(getattr(item, name)) for name in names)] for item in days]
    columns = ["date", "摘要", "what", "principal 本金", "receivable 应收", "earned 收入", "cash 资金", "balance 余额"]
    print_table(f"{funder} (元)", columns, table, right=range(3, 8))


def print_funders(totals: Sequence[tuple[str, str, int]], as_json: bool = False) -> None:
    statements = funder_statements(totals)
    if as_json:
        for item in statements:
            amounts = {name: yuan(value) for name, value in asdict(item).items() if name != "funder"}
            print_json({"funder": item.funder, **amounts, "balances": item.balances})
        return
    rows = [
        [
            s.funder,
            *map(grouped, (s.principal, s.interest_receivable, s.interest_earned, s.net_funding)),
            "yes" if s.balances else "NO",
        ]
        for s in statements
    ]
    names = ("principal", "interest_receivable", "interest_earned", "net_funding")
    rows.append(["total 合计", *(grouped(sum(getattr(s, name) for s in statements)) for name in names), ""])
    columns = [
        "funder 资金方",
        "principal 本金",
        "receivable 应收利息",
        "earned 利息收入",
        "net cash in 净出资",
        "balances",
    ]
    print_table("Funders 资金方 (元)", columns, rows, right=range(1, 5))


def books(as_json: Json = False) -> None:
    """The trial balance. 试算平衡表"""
    with open_platform() as platform, platform.unit(platform.actor.tenant) as unit:
        totals = unit.journal.totals()
    print_books(totals, as_json)


def print_books(totals: Sequence[tuple[str, str, int]], as_json: bool = False) -> None:
    balance = trial_balance(totals)
    if as_json:
        for number, zh, en, total in balance.rows:
            print_json({"account": number, "zh": zh, "en": en, "balance": yuan(total)})
        return
    rows = [
        [number, zh, en, grouped(total) if total > 0 else "", grouped(-total) if total < 0 else ""]
        for number, zh, en, total in balance.rows
    ]
    debit, credit = (sum(sign * r[3] for r in balance.rows if sign * r[3] > 0) for sign in (1, -1))
    rows.append(["", "合计", "total", grouped(debit), grouped(credit)])
    print_table("Ledger 总账 (元)", ["no.", "科目", "account", "debit 借方", "credit 贷方"], rows, right=[3, 4])


def doctor(as_json: Json = False) -> None:
    """Recompute every invariant from events and journal; exit code 1 where one does not hold. 体检"""
    with open_platform() as platform:
        findings = journeys.examine(books=platform, by=platform.actor)
    if as_json:
        for finding in findings:
            print_json(asdict(finding))
    else:
        print_findings(findings)
    if any(finding.wrong for finding in findings):
        raise typer.Exit(REFUSED)


def print_findings(findings: Sequence[Any]) -> None:
    rows = [
        [f.invariant, f.zh, f.en, f"{f.checked:,}", "ok" if not f.wrong else f"WRONG: {', '.join(f.wrong[:3])}"]
        for f in findings
    ]
    print_table("Doctor 体检", ["", "不变量", "invariant", "checked", "result"], rows, right=[3])
