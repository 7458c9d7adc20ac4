"""A campaign: a budget, a demand curve and real firms: offers that earn most, and a simulated year of what follows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from zhiwei import journeys
from zhiwei.bootstrap import Platform, open_platform
from zhiwei.borrower.sources import cumcm2020c as source
from zhiwei.commands.show import err, out, print_json, print_table, progress
from zhiwei.credit.underwriting.campaign import CampaignPlan, CampaignTerms, Candidate, plan_campaign
from zhiwei.credit.underwriting.demand import DemandCurve, smooth
from zhiwei.economy.lending_year import Made, Year, live_year, take_up
from zhiwei.journeys.ports import StoredDecision
from zhiwei.journeys.products import published
from zhiwei.settings import Settings
from zhiwei.shelf import Product
from zhiwei.store import database_of, database_url, forget_money, fresh_database
from zhiwei.tables import unscaled, values_on
from zhiwei.values import BadInput, add_months, grouped, yuan

DATABASE = "zhiwei_lend"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A plan with all it was made from and what became of it."""

    decided: list[StoredDecision]
    plan: CampaignPlan
    terms: CampaignTerms
    answers: list[tuple[Made, int | None]]
    year: Year


def run(product: str, budget: int, as_of: date | None, seed: int, *, as_json: bool) -> None:
    """Decide, plan, lend and live a year in a copy of the database, and print what happened."""
    settings = Settings.from_environment()
    with open_platform(settings) as platform:
        curve = _demand(platform)
        original = database_of(platform.database.url)
    with progress("copying the database", total=1) as update:
        fresh_database(settings.data, settings.database_url, DATABASE, copy_of=original)
        update(1)
    forget_money(database_url(settings.data, settings.database_url, DATABASE))
    with open_platform(replace(settings, database=DATABASE)) as opened:
        campaign, start = _run(opened, curve, product, budget, as_of, seed)
        with opened.unit(opened.actor.tenant) as unit:
            numbers = values_on(published(unit, product).policy.parameters, start)
        findings = journeys.examine(books=opened, by=opened.actor)
    shown = {name: unscaled(value) for name, value in numbers.items()}
    if as_json:
        _print_json(campaign, shown, all(not finding.wrong for finding in findings))
    else:
        _print(campaign, shown, start, seed)
        broken = [finding.invariant for finding in findings if finding.wrong]
        out.print(f"books: {'in balance, every invariant holds' if not broken else 'BROKEN: ' + ', '.join(broken)}")
        out.print(f"look closer with ZHIWEI_DATABASE={DATABASE} zhiwei lines (statement, funders, books, doctor)")


def _demand(platform: Platform) -> DemandCurve:
    """The imported demand curve; where only the firms were imported, 附件3 beside their workbook."""
    with platform.unit(platform.actor.tenant) as unit:
        points = unit.records.demand(source.SOURCE)
        folders = unit.records.folders(source.SOURCE)
    if not points:
        beside = [path for folder in folders for path in sorted(Path(folder).glob("附件3*.xlsx"))]
        if not beside:
            raise BadInput(
                "no_demand_curve", "no demand curve was imported", hint="zhiwei import cumcm2020c 附件3*.xlsx"
            )
        err.print(f"demand curve: {beside[0].name}, found beside the imported workbook", style="dim", markup=False)
        points = [(rate, grade, churn) for rate, row in source.read_demand(beside[0]) for grade, churn in row.items()]
    rates = sorted({rate for rate, _, _ in points}, key=Decimal)
    churn: defaultdict[str, list[float]] = defaultdict(list)
    for _, grade, value in sorted(points, key=lambda point: Decimal(point[0])):
        churn[grade].append(float(value))
    return smooth(rates, churn)


def _run(
    platform: Platform, curve: DemandCurve, product: str, budget: int, as_of: date | None, seed: int
) -> tuple[Campaign, date]:
    by = platform.actor
    with platform.unit(by.tenant) as unit:
        labelled = unit.records.labels("default")
        firms = [party for party in unit.parties.ids("cumcm2020c") if party not in labelled]
        shelf = published(unit, product)
        on = as_of or unit.records.latest(firms)
    if not firms or on is None:
        raise BadInput("no_firms", "the firms of 附件2 were not imported", hint="zhiwei import cumcm2020c 附件2*.xlsx")
    on = as_of or add_months(on, 1, 1)
    with progress("deciding") as update:
        decided = journeys.decide(
            books=platform, by=by, product=product, parties=firms, as_of=on, on_progress=update
        )  # fmt: skip
    terms = _terms(shelf, budget, on)
    plan = plan_campaign(_candidates(decided, curve), curve, terms)
    by_party = {decision.party: decision for decision in decided}
    made = [
        Made(
            offer.party_id, journeys.Offer(by_party[offer.party_id].decision_id, offer.amount, offer.annual_rate),
            offer.acceptance, float(by_party[offer.party_id].pd),
        )
        for offer in plan.offers
    ]  # fmt: skip
    answers = take_up(made, seed)
    with progress("a year passes") as update:
        year = live_year(books=platform, by=by, answers=answers, start=on, on_progress=update)
    return Campaign(decided, plan, terms, answers, year), on


def _candidates(decided: Sequence[StoredDecision], curve: DemandCurve) -> list[Candidate]:
    """Approved firms whose own grade the demand curve knows: A, B and C by PD. Grade D is not lent to."""
    return [
        Candidate(decision.party, float(decision.pd), decision.grade, decision.limit)
        for decision in decided
        if decision.outcome == "approve" and decision.grade in curve.grades
    ]


def _terms(product: Product, budget: int, on: date) -> CampaignTerms:
    numbers = {name: unscaled(value) for name, value in values_on(product.campaign, on).items()}
    costs = {name: float(unscaled(value)) for name, value in values_on(product.policy.parameters, on).items()}
    needed = ("smallest_offer", "largest_offer", "offer_step", "rate_floor", "rate_cap")
    if missing := [name for name in needed if name not in numbers]:
        raise BadInput("no_parameter", f"{product.product_id} has no {', '.join(missing)} in force on {on}")
    floor, cap, step = (int(numbers[name] * 100) for name in needed[:3])
    return CampaignTerms(
        budget=budget, floor_amount=floor, cap_amount=cap, amount_step=step, rate_floor=numbers["rate_floor"],
        rate_cap=numbers["rate_cap"], months=product.line.months, loss_given_default=costs["loss_given_default"],
        cost_of_funds=costs["cost_of_funds"], cost_to_serve=costs["cost_to_serve"],
    )  # fmt: skip


def _profit(campaign: Campaign) -> dict[str, int]:
    """Realised (simulated) profit in 分: interest received less losses, funds and service."""
    year, terms = campaign.year, campaign.terms
    loss = round(year.unpaid * terms.loss_given_default)
    funds = round(year.balance_days * terms.cost_of_funds / 360)
    service = round(year.lent * terms.cost_to_serve)
    return {
        "interest": year.interest, "loss": loss, "funds": funds, "service": service,
        "profit": year.interest - loss - funds - service,
    }  # fmt: skip


def _print(campaign: Campaign, numbers: dict[str, Decimal], start: date, seed: int) -> None:
    plan, terms, year = campaign.plan, campaign.terms, campaign.year
    outcomes = [decision.outcome for decision in campaign.decided]
    out.print(
        f"{len(outcomes)} firms decided as of {start}: {outcomes.count('approve')} approved, {outcomes.count('refer')} "
        f"referred, {outcomes.count('decline')} declined\n"
    )
    grades = {decision.party: decision.grade for decision in campaign.decided}
    rows = []
    for grade in "ABC":
        offers = [offer for offer in plan.offers if grades[offer.party_id] == grade]
        if offers:
            rates = [float(offer.annual_rate) for offer in offers]
            rows.append([
                grade, len(offers), f"{sum(offer.amount for offer in offers) / 1e6:,.0f}",
                f"{min(rates):.2%} - {max(rates):.2%}", f"{sum(o.acceptance for o in offers) / len(offers):.0%}",
                f"{sum(offer.expected_profit for offer in offers) / 1e4:,.1f}",
            ])  # fmt: skip
    columns = ["grade", "offers", "amount (万元)", "annual rate", "expected to accept", "expected profit (万元)"]
    print_table(f"Plan 授信方案: budget {grouped(terms.budget)} 元", columns, rows, right=range(1, 6))
    out.print(
        f"offers {grouped(plan.budget_used)} 元, expected to be taken {grouped(plan.expected_take_up)}, "
        f"expected profit {plan.expected_profit:,.0f} 元; HiGHS: {plan.solver_status}, gap {plan.gap:.2%}\n"
        f"with LGD {numbers['loss_given_default']:.0%}, cost of funds {terms.cost_of_funds:.2%}, "
        f"cost to serve {terms.cost_to_serve:.2%}, base rate of default {numbers['base_rate']:.2%} (dated parameters)\n"
    )
    result = _profit(campaign)
    rows = [
        ["offers taken", f"{year.taken} of {len(plan.offers)}"],
        ["lent", grouped(year.lent)],
        ["stopped paying", str(year.defaults)],
        ["principal unpaid at maturity", grouped(year.unpaid)],
        ["interest received", grouped(result["interest"])],
        ["loss (LGD x unpaid)", grouped(-result["loss"])],
        ["cost of funds", grouped(-result["funds"])],
        ["cost to serve", grouped(-result["service"])],
        ["profit", grouped(result["profit"])],
    ]
    title = f"SIMULATED year 模拟 {start} - {add_months(start, terms.months)}, seed {seed} (元)"
    print_table(title, ["what", ""], rows, right=[1])


def _print_json(campaign: Campaign, numbers: dict[str, Decimal], sound: bool) -> None:
    plan, year = campaign.plan, campaign.year
    print_json({
        "budget": yuan(campaign.terms.budget), "offered": yuan(plan.budget_used),
        "expected_take_up": yuan(plan.expected_take_up), "expected_profit": f"{plan.expected_profit:.2f}",
        "solver": plan.solver_status, "gap": plan.gap, "parameters": {k: str(v) for k, v in numbers.items()},
        "offers": [
            {"party": o.party_id, "amount": yuan(o.amount), "annual_rate": str(o.annual_rate),
             "acceptance": round(o.acceptance, 6), "expected_profit": f"{o.expected_profit:.2f}"}
            for o in plan.offers
        ],
        "simulated": {
            "taken": year.taken, "lent": yuan(year.lent), "stopped_paying": year.defaults, "unpaid": yuan(year.unpaid),
            **{name: yuan(value) for name, value in _profit(campaign).items()},
        },
        "books_in_balance": sound,
    })  # fmt: skip
