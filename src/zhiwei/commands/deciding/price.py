"""zhiwei price: what a product charges, score by score, and what it earns by it."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from zhiwei.bootstrap import open_platform
from zhiwei.commands.deciding.advise import STANDARD_INPUT, File, content_of
from zhiwei.commands.show import Json, day, out, print_json, print_table, probability
from zhiwei.credit.underwriting import Ladder
from zhiwei.credit.underwriting.pricing import Rung
from zhiwei.journeys import Priced, Risk, priced, prices
from zhiwei.shelf import Product, load, read_folder, read_given
from zhiwei.shelf.given import Facts
from zhiwei.shelf.load import FACTS
from zhiwei.tables import text
from zhiwei.values import BadInput

PICTURES = (".png", ".svg")
COLUMNS = ["score 评分", "PD 违约概率", "grade 等级", "break-even 保本", "price 定价", "take-up 接受率",
           "earned on 100 lent 每100元放款", "on 100 offered 每100元报价"]  # fmt: skip


def price(
    product: Annotated[str, typer.Argument(help="Product, e.g. merchant_line, or a product folder.")],
    pd: Annotated[
        int | None, typer.Option(parser=probability, metavar="PD", help="One probability of default: 0.02 is 2 %.")
    ] = None,
    party: Annotated[str | None, typer.Option(help="A party, by the facts of its latest decision.")] = None,
    facts: File = None,
    as_of: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="Parameters and demand of this day; default today.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw expected profit over the rate: a .png or .svg.")] = None,
    as_json: Json = False,
) -> None:
    """Prices by score: break-even, the rate charged, who takes it, what it earns. 定价

    Break-even is cost of funds + expected loss + cost to serve + capital. Where the product knows how many customers a
    rate drives away (underwriting/demand.toml), the price is the rate that earns most, never lower for a higher risk.
    """
    if sum(one is not None for one in (pd, party, facts)) > 1:
        raise typer.BadParameter("give one of --pd, --party and --facts")
    if plot and plot.suffix.lower() not in PICTURES:
        raise BadInput("unknown_picture", f"{plot.name} is neither a .png nor a .svg", hint="name the file so")
    content = None if facts is None else content_of(facts)

    def told(known: Product) -> Facts:
        return read_given("stdin" if facts == STANDARD_INPUT else facts or "", content or "", known.facts, FACTS).facts

    found = _priced(product, Risk(party, None if facts is None else told, pd), as_of)
    if plot:
        _draw(found, plot)
    rungs = found.ladder.rungs if found.asked is None else (found.asked,)
    if as_json:
        print_json(_document(found, rungs))
        return
    _print(found, rungs)
    if plot:
        out.print(f"plot: {plot}", markup=False)


def _priced(product: str, risk: Risk, on: date | None) -> Priced:
    with open_platform() as platform:
        if not (Path(product) / "product.toml").is_file():
            return prices(books=platform, by=platform.actor, product=product, on=on, risk=risk)
        today = platform.today()
    if risk.party:
        raise BadInput("not_published", f"{product} is a folder, and decides on nobody yet", hint="give its id")
    loaded, problems = load(read_folder(Path(product)))
    if loaded is None:
        raise BadInput("product_not_sound", "; ".join(map(str, problems[:10])), hint="see `zhiwei check`")
    return priced(loaded, on or today, risk)


def _draw(found: Priced, plot: Path) -> None:
    if found.ladder.curve is None:
        raise BadInput(
            "no_demand", f"{found.product} does not know who leaves at which rate, so there is no profit to draw",
            hint="give the product an underwriting/demand.toml",
        )  # fmt: skip
    if found.asked and found.asked.grade not in found.ladder.offers:
        raise BadInput("no_demand", f"nobody of grade {found.asked.grade} was asked, so there is no profit to draw")
    try:
        from zhiwei.lab.prices import draw_prices
    except ModuleNotFoundError as error:
        raise BadInput("no_lab", f"{error.name} is not installed", hint="pip install 'zhiwei[lab]'") from None
    draw_prices(found.ladder, found.asked, f"{found.product} {found.on}", plot)


def _row(ladder: Ladder, rung: Rung) -> dict[str, Any]:
    told = ladder.shown(rung)
    return {
        "score": rung.score, "pd": text(rung.pd), "grade": rung.grade, **told["rates"], "moved": rung.moved,
        "take_up": told["take_up"], "profit_of_100_offered": told["profit_of_100"],
        "profit_of_100_lent": _hundred(ladder.earned(rung, rung.rate)),
    }  # fmt: skip


def _hundred(share: Fraction | None) -> str | None:
    return None if share is None else text(round(share * 100 * 10**6))


def _document(found: Priced, rungs: tuple[Rung, ...]) -> dict[str, Any]:
    ladder, curve = found.ladder, found.ladder.curve
    demand = None if curve is None else {"from": curve.since, "sure": curve.sure, "because": curve.because}
    return {
        "product": found.product, "as_of": found.on, "floor": text(ladder.floor), "cap": text(ladder.cap),
        "demand": demand, "prices": [_row(ladder, rung) for rung in rungs],
    }  # fmt: skip


def _print(found: Priced, rungs: tuple[Rung, ...]) -> None:
    ladder, curve = found.ladder, found.ladder.curve
    if curve is None:
        out.print("no demand is known 无需求曲线: prices are break-even, the sum of their costs", markup=False)
    else:
        sure = "" if curve.sure else ", NOT SURE 未核实"
        out.print(f"demand of {curve.since}{sure}: {curve.because}", markup=False)
    rows = []
    for rung in rungs:
        rate, taken = rung.rate, ladder.taken(rung, rung.rate)
        if rung.cost is None:
            said = "depends on facts"
        else:
            said = "declined 拒绝 (P02)" if rate is None else f"{rate / 10**4:.2f} %" + (" ↑" if rung.moved else "")
        rows.append([
            rung.score, f"{rung.pd / 10**4:.2f} %", rung.grade,
            "-" if rung.break_even is None else f"{rung.break_even / 10**4:.2f} %", said,
            "-" if taken is None else f"{float(taken):.1%}", _yuan(ladder.earned(rung, rate)),
            _yuan(ladder.profit(rung, rate)),
        ])  # fmt: skip
    floor, cap = (f"{rate / 10**4:.2f} %" for rate in (ladder.floor, ladder.cap))
    title = f"Prices 定价 {found.product} {found.on}: floor 下限 {floor}, cap 上限 {cap}; profit 利润 in 元 a year"
    print_table(title, COLUMNS, rows, right=[0, 1, 3, 4, 5, 6, 7])
    if any(rung.moved for rung in rungs):
        out.print("↑ raised to what a safer business pays 不低于更低风险客户的价格", markup=False)


def _yuan(share: Fraction | None) -> str:
    return "-" if share is None else f"{float(share) * 100:,.3f}"
