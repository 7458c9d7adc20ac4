"""zhiwei demo: a town of small businesses, from its invoices to a quarter of lending, in one minute."""

import json
import sys
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated

import typer

from zhiwei import journeys
from zhiwei.bootstrap import Platform, Tenancy, open_platform
from zhiwei.commands.books import print_books, print_findings, print_funders
from zhiwei.commands.deciding.decide import print_summary
from zhiwei.commands.partners.chores import beside
from zhiwei.commands.partners.sandboxes import made
from zhiwei.commands.serve import PORT, over
from zhiwei.commands.show import BREACH, Json, out, print_json, print_table, progress
from zhiwei.credit.monitoring import CLASSES, ZH
from zhiwei.economy.living import Life, delivery, live
from zhiwei.economy.town import Town, build_town
from zhiwei.journeys.ports import StoredDecision
from zhiwei.reports import FunderStatement, Turnover, funder_statements
from zhiwei.reports.portfolio import Portfolio, portfolio_of
from zhiwei.settings import Settings
from zhiwei.store import fresh_database
from zhiwei.values import grouped, yuan

DATABASE = "zhiwei_demo"
TOWN, BANK = "sandbox-demo", "demo"  # a sandbox, so that a plain key opens it; the tenant that made it
LENDING_STARTS = date(2025, 7, 1)
DAYS = 90


@dataclass(frozen=True, slots=True)
class Story:
    """All that the report is made from."""

    town: Town
    decided: list[StoredDecision]
    life: Life
    portfolio: Portfolio
    turnovers: list[Turnover]
    funders: list[FunderStatement]
    findings: list[journeys.Finding]


def demo(
    seed: Annotated[int, typer.Option(help="Another seed, another town; the same seed, the same report.")] = 1,
    businesses: Annotated[int, typer.Option(min=10, max=2000, help="Size of the town.")] = 200,
    serve: Annotated[
        bool | None, typer.Option("--serve/--no-serve", help="Serve the API on the town then. Default: in a terminal.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the API.")] = PORT,
    as_json: Json = False,
) -> None:
    """A made-up town issues invoices for three years; tax_credit lends to it for 90 days; here is what happened. 演示

    It starts afresh each time, in a database of its own, and touches nothing else. To look around in it afterwards set
    ZHIWEI_DATABASE=zhiwei_demo ZHIWEI_TENANT=sandbox-demo. In a terminal it ends by serving the API on the town, with a
    test key, until it is interrupted.
    """
    settings = replace(Settings.from_environment(), tenant=BANK, person="demo", database=DATABASE)
    ends = LENDING_STARTS + timedelta(days=DAYS)
    with progress("starting PostgreSQL", total=1) as update:
        fresh_database(settings.data, settings.database_url, DATABASE)
        update(1)
    with open_platform(settings) as opened:
        grounds = Tenancy(opened)
        grounds.lay(TOWN, BANK, ends, "demo")
        platform = grounds.of(TOWN)
        with progress(f"{businesses} businesses issue invoices", total=1) as update:
            town = build_town(seed=seed, businesses=businesses, until=ends, months=39)
            update(1)
        story = _story(platform, town)
        if as_json:
            _print_json(story)
        else:
            _print(story)
        if any(finding.wrong for finding in story.findings):
            raise typer.Exit(BREACH)
        if serve or (serve is None and not as_json and sys.stdout.isatty()):
            _serve(opened, platform, ends, port)


def _serve(opened: Platform, town: Platform, today: date, port: int) -> None:
    """The open API on the town, until Ctrl-C: a client of its own may see all that happened in it."""
    import uvicorn

    client = made(opened, TOWN.removeprefix("sandbox-"), today)
    with town.unit(TOWN) as unit:
        parties = unit.parties.ids()
        held = [("party", party) for party in parties]
        held += [("consent", one.consent_id) for one in unit.parties.consents(parties)]
        held += [("decision", one.decision_id) for one in unit.decisions.all()]
        held += [("line", line.line_id) for line in unit.lines.all()]
        unit.clients.hold(client.client, held)
    here = f"http://127.0.0.1:{port}"
    out.print(
        f"\n[bold]The open API 开放接口[/] on this town: {here}/docs, until Ctrl-C. Its test key, told once:\n"
        f"  export KEY={client.test_key}\n"
        f'  curl -s {here}/v1/lines -H "Authorization: Bearer $KEY"\n'
        "docs/guides/embed-in-a-day.md goes on from here: five calls to the first draw."
    )
    with beside(opened):
        uvicorn.run(over(opened), host="127.0.0.1", port=port, log_level="warning", server_header=False)


def _story(platform: Platform, town: Town) -> Story:
    by = platform.actor
    records = delivery(town, LENDING_STARTS)
    with progress("importing invoices", total=records.invoices.num_rows) as update:
        journeys.receive(books=platform, by=by, deliveries=[records], folder="", on_progress=update)
    with progress("deciding") as update:
        decided = journeys.decide(
            books=platform, by=by, product="tax_credit", parties=None, as_of=LENDING_STARTS - timedelta(days=1),
            on_progress=update,
        )  # fmt: skip
    approved = [decision.decision_id for decision in decided if decision.outcome == "approve"]
    with progress("opening lines", total=len(approved)) as update:
        for number, decision in enumerate(approved, start=1):
            offer = journeys.Offer(decision)
            journeys.accept(books=platform, by=by, key=decision, offer=offer, on=LENDING_STARTS)
            update(number)
    with progress(f"{DAYS} days pass") as update:
        life = live(books=platform, by=by, town=town, since=LENDING_STARTS, days=DAYS, on_progress=update)
    on = LENDING_STARTS + timedelta(days=DAYS - 1)
    with progress("examining the books", total=1) as update:
        rows = [
            (line, [(loan.asset_class, state) for loan, state in loans])
            for line, _, loans in journeys.portfolio(books=platform, by=by, on=on)
        ]
        with platform.unit(by.tenant) as unit:
            turnovers = unit.general_ledger.turnovers(on)
            funders = funder_statements(unit.journal.totals(), journeys.booked(unit))
        findings = journeys.examine(books=platform, by=by)
        update(1)
    return Story(town, decided, life, portfolio_of(rows, on), turnovers, funders, findings)


def _print(story: Story) -> None:
    town, life = story.town, story.life
    out.print(
        f"\n[bold]知微 Zhiwei demo[/]: town {town.seed}, {len(town.businesses)} businesses, {town.invoices.num_rows:,} "
        f"invoices {town.first_day} - {town.until}; simulated, nothing here is real\n"
    )
    out.print(f"[bold]Applications 申请[/] on {LENDING_STARTS}")
    print_summary([json.loads(decision.document) for decision in story.decided])
    rows: list[list[object]] = [
        ["draws 支用", f"{life.acts['draw']:,}", grouped(life.amounts["draw"])],
        ["repayments 还款", f"{life.acts['repay']:,}", grouped(life.amounts["repay"])],
        ["lines frozen 冻结", life.frozen, ""],
        ["lines freed 解冻", life.freed, ""],
        *([f"refused 拒绝: {code}", count, ""] for code, count in sorted(life.refusals.items())),
    ]
    print_table(f"{DAYS} days 九十天", ["what", "count", "amount 金额 (元)"], rows, right=[1, 2])
    book = story.portfolio
    rows = [
        ["lines 额度", f"{book.lines:,} ({book.drawn_lines:,} drawn, {book.frozen:,} frozen)", grouped(book.limit)],
        ["principal outstanding 贷款余额", "", grouped(book.principal)],
        ["interest receivable 应收利息", "", grouped(book.interest_receivable)],
        ["accrued, not yet billed 应计未结", "", grouped(book.interest_accrued)],
        ["overpayments kept 溢缴款", "", grouped(book.credit)],
    ]
    print_table(f"Balances 余额, {book.on}", ["what", "", "元"], rows, right=[2])
    rows = [[name, count, grouped(principal)] for name, count, principal in book.overdue]
    print_table("Overdue 逾期", ["days past due 天", "lines", "principal 本金 (元)"], rows, right=[1, 2])
    ranked = sorted(book.classes, key=lambda row: CLASSES.index(row[0]))
    rows = [[ZH[name], name, count, grouped(principal)] for name, count, principal in ranked]
    print_table("Five classes 五级分类", ["", "class", "loans", "principal 本金 (元)"], rows, right=[2, 3])
    print_funders(story.funders)
    print_books(story.turnovers)
    print_findings(story.findings)


def _print_json(story: Story) -> None:
    book = story.portfolio
    outcomes = [decision.outcome for decision in story.decided]
    print_json({
        "seed": story.town.seed, "businesses": len(story.town.businesses), "invoices": story.town.invoices.num_rows,
        "applications": {outcome: outcomes.count(outcome) for outcome in ("approve", "refer", "decline")},
        "draws": story.life.acts["draw"], "repayments": story.life.acts["repay"], "frozen": story.life.frozen,
        "freed": story.life.freed, "principal": yuan(book.principal), "limit": yuan(book.limit),
        "interest_receivable": yuan(book.interest_receivable),
        "overdue": [{"days": name, "lines": count, "principal": yuan(amount)} for name, count, amount in book.overdue],
        "ledger": {f"{row.account}:{row.funder}": yuan(row.closing) for row in story.turnovers},
        "invariants": {finding.invariant: not finding.wrong for finding in story.findings},
    })  # fmt: skip
