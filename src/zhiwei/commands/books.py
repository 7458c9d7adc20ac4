"""zhiwei books, account, chart, funders, reconcile, differences, resolve, doctor: the book as finance reads it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from zhiwei import journeys
from zhiwei.adapters.bankfile import read_bank_file
from zhiwei.bootstrap import open_platform
from zhiwei.borrower.identity.masks import mask_name, masked_cell, masked_file, masked_text
from zhiwei.commands.show import REFUSED, Json, day, out, print_json, print_result, print_table
from zhiwei.journeys.bookkeeping import OpenDifference
from zhiwei.ledger import CHART, Account, Chart
from zhiwei.reports import (
    Balances,
    FunderStatement,
    Turnover,
    account_statement,
    funder_days,
    funder_statements,
    trial_balances,
)
from zhiwei.reports.statement import KINDS
from zhiwei.tables import did_you_mean
from zhiwei.values import CURRENCY, EARLIEST, NotFound, grouped, yuan

First = Annotated[date | None, typer.Option("--since", parser=day, metavar="DATE", help="First day; default all.")]
Last = Annotated[date | None, typer.Option("--until", parser=day, metavar="DATE", help="Last day; default the last.")]
SIDES = {"asset": "资产", "liability": "负债", "income": "收入", "expense": "支出", "memo": "表外"}


def books(
    on: Annotated[date | None, typer.Option("--on", parser=day, metavar="DATE", help="Day; default the last.")] = None,
    since: First = None,
    as_json: Json = False,
) -> None:
    """The trial balance at the end of a day, and what moved since another day; one per currency. 试算平衡表

    Days are those on which entries were written, so what is read of a closed day never changes.
    """
    with open_platform() as platform, platform.unit(platform.actor.tenant) as unit:
        turnovers, chart = unit.general_ledger.turnovers(on or date.max, since), unit.charts.chart()
    if as_json:
        for book in trial_balances(turnovers, chart):
            _print_json(book)
    else:
        print_books(turnovers, chart)


def _print_json(book: Balances) -> None:
    for row in book.rows:
        known = row.account
        print_json({
            "currency": book.currency, "account": known.number, "name": known.name, "zh": known.zh, "en": known.en,
            "opening": yuan(row.opening), "debit": yuan(row.debit), "credit": yuan(row.credit),
            "balance": yuan(row.closing),
        })  # fmt: skip


def print_books(turnovers: Iterable[Turnover], chart: Chart = CHART) -> None:
    for book in trial_balances(turnovers, chart):
        rows = []
        sums = [0] * 5
        for row in book.rows:
            cells = [row.opening, row.debit, row.credit, max(row.closing, 0), max(-row.closing, 0)]
            sums = [total + cell for total, cell in zip(sums, cells, strict=True)]
            rows.append([row.account.number, row.account.zh, row.account.en, *map(_blank, cells)])
        rows.append(["", "合计", "total" if book.balanced else "OUT OF BALANCE", *map(grouped, sums)])
        columns = [
            "no.", "科目", "account", "opening 期初", "debit 借方", "credit 贷方", "in debit 借余", "in credit 贷余",
        ]  # fmt: skip
        print_table(f"Ledger 总账 ({book.currency})", columns, rows, right=range(3, 8))


def _blank(amount: int) -> str:
    return grouped(amount) if amount else ""


def account(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name or number, as `zhiwei chart` lists it.")],
    since: First = None,
    until: Last = None,
    currency: Annotated[str, typer.Option("--currency", help="ISO 4217.")] = CURRENCY,
    as_json: Json = False,
) -> None:
    """An account line by line: every posting to it, and the balance after. 明细账"""
    period = since or EARLIEST, until or date.max
    with open_platform() as platform, platform.unit(platform.actor.tenant) as unit:
        known = _account(unit.charts.chart(), name)
        found = account_statement(known, currency, period, *unit.general_ledger.account(known.name, currency, *period))
    if as_json:
        for line in found.lines:
            print_json(line.posted._asdict() | {"amount": yuan(line.posted.amount), "balance": yuan(line.balance)})
        return
    rows = [["", "", "opening 期初", "", "", "", "", grouped(found.opening)]]
    for line in found.lines:
        one, amount = line.posted, line.posted.amount
        rows.append([
            str(one.business_date), str(one.value_date), f"{KINDS[one.kind][0]} {one.kind}", one.loan or one.line,
            one.funder, _blank(max(amount, 0)), _blank(max(-amount, 0)), grouped(line.balance),
        ])  # fmt: skip
    columns = [
        "written 记账日", "value 起息日", "what 摘要", "loan or line", "funder 资金方", "debit 借方", "credit 贷方",
        "balance 余额",
    ]  # fmt: skip
    print_table(f"{known.number} {known.zh} {known.en} ({currency})", columns, rows, right=range(5, 8))


def _account(chart: Chart, name: str) -> Account:
    for known in chart.values():
        if name in (known.name, known.number):
            return known
    hint = did_you_mean(name, chart) or "see `zhiwei chart`"
    raise NotFound("no_such_account", f"the chart has no account {name!r}", hint=hint)


def chart(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="TOML of accounts to adopt; without it: show.")
    ] = None,
    as_json: Json = False,
) -> None:
    """The chart of accounts; with a file, adopt other numbers and names, or accounts beside the standard ones. 会计科目

    The file has a table for each account: number, zh, en, and side where the account is your own; see docs/start.md.
    """
    content = file.read_text(encoding="utf-8") if file else ""
    with open_platform() as platform:
        if file:
            changed = journeys.adopt_chart(books=platform, by=platform.actor, file=str(file), content=content)
            if not as_json:
                out.print(f"{changed} accounts changed 科目变更\n")
        with platform.unit(platform.actor.tenant) as unit:
            accounts = list(unit.charts.chart().values())
    if as_json:
        for one in accounts:
            print_json(asdict(one))
        return
    rows = [[one.number, one.name, one.zh, one.en, _side(one), "" if one.sure else "own"] for one in accounts]
    print_table("Chart of accounts 会计科目", ["no.", "name", "科目", "account", "side", ""], rows)


def _side(one: Account) -> str:
    return f"{SIDES[one.side]}{'(备抵)' if one.contra else ''} {'contra ' if one.contra else ''}{one.side}"


def funders(
    funder: Annotated[str | None, typer.Argument(metavar="[FUNDER]", help="One funder: its statement by day.")] = None,
    as_json: Json = False,
) -> None:
    """Each funder's balances, which add up to the ledger; or one funder's statement by day. 资金方对账"""
    with open_platform() as platform, platform.unit(platform.actor.tenant) as unit:
        totals, roles, chart = unit.journal.totals(), journeys.booked(unit), unit.charts.chart()
        rows = unit.journal.of_funder(funder) if funder else []
    if funder is None:
        print_funders(funder_statements(totals, roles, chart), as_json)
        return
    if not rows:
        known = ", ".join(sorted({name for _, name, _ in totals if name})) or "none yet"
        raise NotFound("no_such_funder", f"{funder} has no entries", hint=f"funders: {known}")
    days = funder_days(rows, roles, chart)
    names = ("principal", "receivables", "earned", "cash", "balance")
    if as_json:
        for item in days:
            print_json({"date": item.on, "kind": item.kind, **{name: yuan(getattr(item, name)) for name in names}})
        return
    table = [[item.on, *KINDS[item.kind], *(grouped(getattr(item, name)) for name in names)] for item in days]
    columns = ["date", "摘要", "what", "principal 本金", "receivable 应收", "earned 收入", "cash 资金", "balance 余额"]
    print_table(f"{funder} (元)", columns, table, right=range(3, 8))


_FUNDED = ("principal", "receivables", "allowance", "other", "earned", "provisions", "net_funding")


def print_funders(statements: Sequence[FunderStatement], as_json: bool = False) -> None:
    if as_json:
        for one in statements:
            amounts = {name: yuan(getattr(one, name)) for name in _FUNDED}
            print_json({"funder": one.funder, **amounts, "balances": one.balances})
        return
    rows = [
        [one.funder, *(grouped(getattr(one, name)) for name in _FUNDED), "yes" if one.balances else "NO"]
        for one in statements
    ]
    rows.append(["total 合计", *(grouped(sum(getattr(one, name) for one in statements)) for name in _FUNDED), ""])
    columns = [
        "funder 资金方", "principal 本金", "receivable 应收", "allowance 准备", "other 其他", "earned 收入",
        "provisions 拨备", "net cash in 净出资", "balances",
    ]  # fmt: skip
    print_table("Funders 资金方 (元)", columns, rows, right=range(1, 8))


def reconcile(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The bank's statement as CSV.")],
    account: Annotated[str, typer.Option("--account", help="Name or number of the account it is of.")] = "cash",
    as_json: Json = False,
) -> None:
    """Compare a bank's statement with the book, row by row; what differs waits for a person. 银行对账

    Its first line: date,direction,amount,currency,reference,counterparty,text
    or 日期,收付,金额,币种,流水号,对方户名,摘要. Direction is in or out (收, 付). The same file twice is taken once.
    """
    statement = read_bank_file(file)
    with open_platform() as platform:
        with platform.unit(platform.actor.tenant) as unit:
            known = _account(unit.charts.chart(), account)
        done = journeys.reconcile(books=platform, by=platform.actor, statement=statement, account=known.name)
    print_result(done, as_json)


def differences(as_json: Json = False) -> None:
    """What differs between bank and book and waits for a person, oldest first. 对账差异"""
    with open_platform() as platform:
        found = journeys.differences(books=platform, by=platform.actor)
    if as_json:
        for one in found:
            print_json(asdict(_masked(one)))
        return
    rows = [[one.difference_id, DIFFERS[one.kind], _things(one.facts), one.file] for one in map(_masked, found)]
    print_table("Differences 差异", ["difference", "what", "bank and book", "file"], rows)


DIFFERS = {
    "only_in_bank": "银行有账面无 only in bank", "only_in_book": "账面有银行无 only in book",
    "amount_differs": "金额不符 amount differs", "ambiguous": "无法唯一匹配 ambiguous",
}  # fmt: skip
_SHOWN = 4


def _masked(one: OpenDifference) -> OpenDifference:
    """Whoever settles it has the bank's file and the line in it: a list shows no names, accounts and words."""
    facts = {
        side: [
            {name: MASKED.get(name, str)(told) if isinstance(told, str) else told for name, told in thing.items()}
            for thing in one.facts[side]
        ]
        for side in ("bank", "book")
    }  # fmt: skip
    return replace(one, facts=facts, file=masked_file(one.file))


MASKED = {"counterparty": mask_name, "text": masked_cell, "reference": masked_text}


def _things(facts: dict[str, Any]) -> str:
    found = [
        " ".join(filter(None, (side, one["on"], one["amount"], one["reference"], one["counterparty"])))
        for side in ("bank", "book")
        for one in facts[side]
    ]
    return "; ".join([*found[:_SHOWN], *([f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else [])])


def resolve(
    difference: Annotated[str, typer.Argument(metavar="ID", help="As `zhiwei differences` lists it.")],
    because: Annotated[str, typer.Option("--because", help="Why; kept with your name.")],
) -> None:
    """Close a difference for good, with a reason. 差异处理"""
    with open_platform() as platform:
        journeys.resolve(books=platform, by=platform.actor, difference=difference, because=because)
    out.print(f"{difference} resolved 已处理", markup=False)


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


def print_findings(findings: Sequence[journeys.Finding]) -> None:
    rows = [
        [f.invariant, f.zh, f.en, f"{f.checked:,}", "ok" if not f.wrong else f"WRONG: {', '.join(f.wrong[:3])}"]
        for f in findings
    ]
    print_table("Doctor 体检", ["", "不变量", "invariant", "checked", "result"], rows, right=[3])
