"""Expected profit over the rate, for several risks: where a price stands, and what it would earn elsewhere."""

from pathlib import Path

from matplotlib.axes import Axes

from zhiwei.credit.underwriting import Ladder
from zhiwei.credit.underwriting.pricing import Rung
from zhiwei.lab.plots import BAD, GOOD, INK, PALE, Words, cjk_font, framed, save

COLOURS = (GOOD, "#0f766e", "#a16207", BAD, "#7e22ce", "#475569")  # the safest first


def draw_prices(ladder: Ladder, asked: Rung | None, title: str, path: Path) -> None:
    """Of the one risk that was asked for, or of the middle one of each grade that the curve knows."""
    say = Words(cjk_font() is not None)
    figure, axes = framed(
        say("利率多高最划算？", "Which rate earns most?") + "  " + title,
        say(
            "每报价100元的预期年利润 = 接受率 × (正常还款者付的利息 − 资金、损失、运营、资本成本)",
            "Expected profit a year of 100 CNY offered\n"
            "= take-up x (interest of those who repay - funds, expected loss, service, capital)",
        ),
        (9.2, 5.8),
    )
    for rung, colour in zip([asked] if asked else _middles(ladder), COLOURS, strict=False):
        _draw(axes, ladder, rung, colour, say)
    low, high = ladder.floor / 10**4, ladder.cap / 10**4
    for rate, words in ((low, say("下限", "floor")), (high, say("上限", "cap"))):
        axes.axvline(rate, color=INK, linewidth=1, linestyle="--")
        axes.annotate(f" {words} {rate:g}%", (rate, 1), xycoords=("data", "axes fraction"), va="top", fontsize=9,
                      ha="left" if rate == low else "right", color=INK)  # fmt: skip
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_xlabel(say("年利率（%）", "Annual rate (%)"))
    axes.set_ylabel(say("预期年利润（元，每报价100元）", "Expected profit a year (CNY per 100 offered)"))
    axes.plot([], [], "o", color=PALE, label=say("定价", "price"))
    axes.plot(
        [],
        [],
        "D",
        color=PALE,
        markerfacecolor="white",
        label=say("保本利率（各项成本之和）", "break-even: the sum of all costs"),
    )
    axes.legend(frameon=False, fontsize=9)
    save(figure, path)


def _middles(ladder: Ladder) -> list[Rung]:
    """The middle one, by score, of those of each grade that get a price and whose demand is known."""
    known = [rung for rung in ladder.rungs if ladder.profit(rung, rung.rate) is not None]
    grades = dict.fromkeys(rung.grade for rung in known)
    by_grade = [[rung for rung in known if rung.grade == grade] for grade in grades]
    return [rungs[len(rungs) // 2] for rungs in by_grade]


def _draw(axes: Axes, ladder: Ladder, rung: Rung, colour: str, say: Words) -> None:
    rates = [rate for rate, _ in ladder.offers.get(rung.grade, ()) if rate >= ladder.floor]
    profits = [float(ladder.profit(rung, rate) or 0) * 100 for rate in rates]
    words = say("等级", "grade") + f" {rung.grade}, PD {rung.pd / 10**4:.2f}%"
    if rung.rate is not None:
        words += f": {rung.rate / 10**4:.2f}%" + (
            say("（随更低风险者上调）", " (raised to a safer one)") if rung.moved else ""
        )
    axes.plot([rate / 10**4 for rate in rates], profits, color=colour, linewidth=2.2, label=words)
    for rate, marker, face in ((rung.break_even, "D", "white"), (rung.rate, "o", colour)):
        profit = ladder.profit(rung, rate)
        if rate is not None and profit is not None:
            axes.plot(rate / 10**4, float(profit) * 100, marker, color=colour, markerfacecolor=face, markersize=8)
