"""A card and its validation as four pictures for a risk manager, in 中文 where a font for it is installed."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from zhiwei.borrower.features import CATALOGUE, Fact
from zhiwei.lab.binning import Floats
from zhiwei.lab.measures import auc, roc
from zhiwei.lab.scorecard import Attribute, Card, Facts
from zhiwei.lab.validation import Validation
from zhiwei.lab.words import span_words

INK, GOOD, BAD, PALE = "#1f2937", "#2563a8", "#c2410c", "#9ca3af"
CJK = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Microsoft YaHei",
       "PingFang SC", "SimHei", "Noto Sans CJK JP")  # fmt: skip
DRAWS = 1000


def draw_all(card: Card, validation: Validation, facts: Facts, label: Floats, folder: Path) -> list[Path]:
    """roc.png, calibration.png, points.png and scores.png in `folder`; `facts` and `label` are the card's sample."""
    folder.mkdir(parents=True, exist_ok=True)
    say = Words(cjk_font() is not None)
    figures = {
        "roc": _roc(validation, say),
        "calibration": _calibration(validation, say),
        "points": _points(card, say),
        "scores": _scores(card, card.score(facts), label, say),
    }
    for name, figure in figures.items():
        save(figure, folder / f"{name}.png")
    return [folder / f"{name}.png" for name in figures]


def save(figure: Figure, path: Path) -> None:
    """Write a picture, in 中文 where a font for it is installed; png or svg by its name."""
    font = cjk_font()
    with mpl.rc_context({"font.sans-serif": [*([font] if font else []), "DejaVu Sans"], "axes.unicode_minus": False}):
        figure.savefig(path, dpi=130)


def cjk_font() -> str | None:
    """An installed font that has Chinese characters, or None."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in CJK if name in installed), None)


class Words:
    """Picks the language once: say(zh, en)."""

    def __init__(self, chinese: bool) -> None:
        self.chinese = chinese

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.chinese else en


def framed(title: str, note: str, size: tuple[float, float] = (8.0, 5.6)) -> tuple[Figure, Axes]:
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    figure.suptitle(title, x=0.02, ha="left", fontsize=13, color=INK, fontweight="bold")
    axes.set_title(note, loc="left", fontsize=9.5, color="#4b5563", pad=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#e5e7eb", linewidth=0.8)
    axes.set_axisbelow(True)
    return figure, axes


def percents(axes: Axes, which: str) -> None:
    for axis in which:
        (axes.xaxis if axis == "x" else axes.yaxis).set_major_formatter(lambda value, _: f"{value * 100:.0f}%")


def _roc(validation: Validation, say: Words) -> Figure:
    """ROC of out-of-fold predictions, with the band over firms, and the yardstick's."""
    risk, label, at = validation.pd, validation.label, np.linspace(0, 1, 201)
    random = np.random.default_rng(validation.plan.seed)
    draws = (random.integers(0, len(label), len(label)) for _ in range(DRAWS))
    curves = [roc(risk[draw], label[draw], at) for draw in draws if 0 < label[draw].sum() < len(label)]
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    area, alone = validation.auc_firms, auc(validation.benchmark, label)
    figure, axes = framed(
        say("评分卡能把违约企业排到前面吗？", "Does the card put defaulters first?"),
        say(
            f"样本外预测；{validation.firms}家企业，{validation.defaults}家违约；色带为企业自助抽样95%区间",
            f"Predictions for firms not seen in fitting; {validation.firms} firms, {validation.defaults} defaults; "
            "band: 95 % over firms",
        ),
        (7.0, 6.6),
    )
    axes.fill_between(at, low, high, color=GOOD, alpha=0.15, linewidth=0)
    axes.plot(at, roc(risk, label, at), color=GOOD, linewidth=2.4,
              label=say("评分卡", "Card") + f"  AUC {area.value:.3f} [{area.low:.3f}, {area.high:.3f}]")  # fmt: skip
    axes.plot(at, roc(validation.benchmark, label, at), color=BAD, linewidth=1.4, linestyle="--",
              label=say("仅累计销售额", "Total sales alone") + f"  AUC {alone:.3f}")  # fmt: skip
    axes.plot([0, 1], [0, 1], color=PALE, linewidth=1, linestyle=":", label=say("随机", "By chance") + "  AUC 0.5")
    axes.set_xlabel(say("被误拒的正常企业占比（%）", "Payers refused by mistake (% of all payers)"))
    axes.set_ylabel(say("被识别的违约企业占比（%）", "Defaulters caught (% of all defaulters)"))
    axes.set(xlim=(-0.01, 1), ylim=(0, 1.01))
    percents(axes, "xy")
    axes.legend(loc="lower right", frameon=False)
    return figure


def _calibration(validation: Validation, say: Words) -> Figure:
    """Predicted and observed default rate of each fifth."""
    figure, axes = framed(
        say("预测违约率与实际相符吗？", "Do predicted default rates come true?"),
        say(
            f"样本外预测，违约水平同样本；校准斜率{validation.slope}（1为最佳），Brier {validation.brier:.3f}",
            "Predictions for firms not seen in fitting, at the sample's level of default;\n"
            f"slope {validation.slope} (1 is best), Brier {validation.brier:.3f} (the mean alone: "
            f"{validation.brier_of_mean:.3f})",
        ),
    )
    place = np.arange(len(validation.groups))
    observed = np.array([group.observed.value for group in validation.groups])
    ends = np.array([[group.observed.value - group.observed.low, group.observed.high - group.observed.value]
                     for group in validation.groups]).T  # fmt: skip
    axes.bar(place, observed, width=0.55, color=GOOD, alpha=0.35, label=say("实际违约率", "Observed"))
    axes.errorbar(place, observed, yerr=np.maximum(ends, 0), fmt="none", ecolor=GOOD, capsize=5, linewidth=1.4,
                  label=say("实际违约率95%区间（Wilson）", "95 % interval of observed (Wilson)"))  # fmt: skip
    predicted = [group.predicted for group in validation.groups]
    axes.plot(place, predicted, "D", color=BAD, markersize=8, label=say("预测违约率", "Predicted"))
    names = [say(f"第{number}组", f"{number}") for number in place + 1]
    names[0] += say("（最安全）", " (safest)")
    names[-1] += say("（最高风险）", " (riskiest)")
    defaults = [round(group.observed.value * group.firms) for group in validation.groups]
    counts = [
        say(f"{bad}/{group.firms}家违约", f"{bad} of {group.firms} defaulted")
        for bad, group in zip(defaults, validation.groups, strict=True)
    ]
    axes.set_xticks(place, [f"{name}\n{count}" for name, count in zip(names, counts, strict=True)])
    axes.set_xlabel(say("按预测违约概率分为五组", "Fifth of firms by predicted probability of default"))
    axes.set_ylabel(say("违约率（%）", "Default rate (%)"))
    axes.set_ylim(0, 1)
    axes.grid(visible=False, axis="x")
    percents(axes, "y")
    axes.legend(loc="upper left", frameon=False)
    return figure


def _points(card: Card, say: Words) -> Figure:
    """Points of each bin, one panel an attribute, all on one scale."""
    many = max(len(card.attributes), 1)
    columns = 2 if many > 1 else 1
    rows = -(-many // columns)
    figure = Figure(figsize=(6.2 * columns, 1.0 + 2.15 * rows), layout="constrained")
    title = say(
        f"每个区间加减多少分？起点{card.base_points}分，每{card.points_to_double_odds}分好坏比翻倍",
        f"What each answer adds to a start of {card.base_points} points "
        f"({card.points_to_double_odds} points double the odds of paying)",
    )
    figure.suptitle(title, fontsize=13, color=INK, fontweight="bold")
    reach = 1.25 * max((abs(p) for item in card.attributes for p in item.points), default=1)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True).ravel()
    for axes, item in zip(panels, card.attributes, strict=False):
        _panel(axes, item, say)
        axes.set_xlim(-reach, reach)
    for axes in panels[len(card.attributes) :]:
        axes.set_visible(False)
    for axes in panels[max(len(card.attributes) - columns, 0) : len(card.attributes)]:
        axes.set_xlabel(say("分值（分）", "Points"))
        axes.tick_params(labelbottom=True)
    return figure


def _panel(axes: Axes, item: Attribute, say: Words) -> None:
    fact = CATALOGUE.get(item.name, Fact(item.name, item.name, item.name, ""))
    names = [say(*span_words(fact.unit, low, high)) for low, high in item.bins.spans]
    tallies = [
        say(f"{bad}/{n}家违约", f"{bad} of {n} defaulted") if n else say("样本中无", "none in sample")
        for bad, n in zip(item.bins.defaults, item.bins.counts, strict=True)
    ]
    place = np.arange(len(names))
    colours = [GOOD if points >= 0 else BAD for points in item.points[:-1]]
    axes.barh(place[:-1], item.points[:-1], color=colours, height=0.66)
    axes.barh(place[-1:], item.points[-1:], color="none", edgecolor=PALE, hatch="////", height=0.66)
    for y, points in zip(place, item.points, strict=True):
        away, side = (4, "left") if points >= 0 else (-4, "right")
        axes.annotate(f"{points:+d}" if points else "0", (points, y), xytext=(away, 0), textcoords="offset points",
                      va="center", ha=side, fontsize=9)  # fmt: skip
    said = [f"{name}  ({tally})" for name, tally in zip(names, tallies, strict=True)]
    axes.set_yticks(place, said, fontsize=9)
    axes.invert_yaxis()
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_title(say(fact.zh, fact.en), loc="left", fontsize=10)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(left=False)


def _scores(card: Card, scores: Floats, label: Floats, say: Words) -> Figure:
    """Scores of payers and defaulters, with the probability of default along the top."""
    figure, axes = framed(
        say("正常与违约企业的得分分布", "Scores of firms that paid and firms that defaulted"),
        say("建模样本内（非样本外）", "The card on its own sample (not out of fold)"),
    )
    edges = np.arange(np.floor(scores.min() / 10) * 10, scores.max() + 10.01, 10)
    bad = label > 0.5
    axes.hist([scores[bad], scores[~bad]], bins=edges.tolist(), stacked=True, color=[BAD, GOOD], rwidth=0.92,
              label=[say(f"违约（{bad.sum()}家）", f"Defaulted ({bad.sum()} firms)"),
                     say(f"正常（{(~bad).sum()}家）", f"Paid ({(~bad).sum()} firms)")])  # fmt: skip
    axes.set_xlabel(say("得分（分，越高越安全）", "Score (points; more is safer)"))
    axes.set_ylabel(say("企业数（家，每10分一组）", "Firms (count, per 10 points)"))
    top = axes.secondary_xaxis("top")
    marks = np.array([0.8, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01])
    places = card.even_odds_score + np.log2(1 / marks - 1) * card.points_to_double_odds
    seen = (places >= edges[0]) & (places <= edges[-1])
    top.set_xticks(places[seen], [f"{mark:.0%}" for mark in marks[seen]])
    top.set_xlabel(say("违约概率（样本水平）", "Probability of default (at the sample's level)"), fontsize=9)
    axes.legend(frameon=False, loc="upper left")
    axes.grid(visible=False, axis="x")
    return figure
