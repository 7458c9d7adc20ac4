"""zhiwei lab: fit a product's scorecard on observed outcomes, and say honestly what it is worth."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from zhiwei import journeys
from zhiwei.bootstrap import open_platform
from zhiwei.commands.show import Json, day, out, print_json, print_table, progress
from zhiwei.journeys.products import published
from zhiwei.tables import unscaled, value_on
from zhiwei.values import BadInput


def lab(
    product: Annotated[str, typer.Argument(help="Product whose scorecard is developed, e.g. tax_credit.")],
    as_of: Annotated[
        date | None, typer.Option(parser=day, metavar="DATE", help="Facts up to this date. Default: all of them.")
    ] = None,
    repeats: Annotated[int, typer.Option(min=2, max=1000, help="Repeats of the 5-fold cross-validation.")] = 50,
    plots: Annotated[Path | None, typer.Option(help="Folder for the plots; default outputs/PRODUCT.")] = None,
    write: Annotated[
        Path | None, typer.Option(help="Product folder whose scorecard.csv and calibration.toml are written.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fit the scorecard and validate it: AUC with intervals, KS, calibration, plots. 评分卡开发

    Repeated stratified 5-fold cross-validation with binning and selection inside each fold, beside log of total sales
    alone in the same folds. Needs records with outcomes (`zhiwei import cumcm2020c`).
    """
    from zhiwei.lab import DIRECTIONS, Plan, calibrated, develop, validate

    try:
        from zhiwei.lab.plots import draw_all
    except ModuleNotFoundError as error:
        raise BadInput("no_lab", f"{error.name} is not installed", hint="pip install 'zhiwei[lab]'") from None

    with open_platform() as platform:
        parties, facts, outcome, on = journeys.sample(
            books=platform, by=platform.actor, label="default", as_of=as_of
        )  # fmt: skip
        with platform.unit(platform.actor.tenant) as unit:
            base_rate = float(unscaled(value_on(published(unit, product).policy.parameters, "base_rate", on)))
    try:
        card = develop(facts, outcome, DIRECTIONS, as_of=on)
        with progress("cross-validation") as update:
            validation = validate(facts, outcome, DIRECTIONS, as_of=on, plan=Plan(repeats=repeats), on_progress=update)
    except ValueError as error:
        raise BadInput("no_card", f"no card can be made of facts as of {on}: {error}") from error
    level = _level(calibrated(card.pd(facts), float(outcome.mean()), base_rate), outcome, base_rate)
    folder = plots or Path("outputs") / product
    drawn = draw_all(card, validation, facts, outcome, folder)
    if write:
        (write / "underwriting/scorecard.csv").write_text(card.csv(), encoding="utf-8")
        (write / "underwriting/calibration.toml").write_text(card.calibration(), encoding="utf-8")
    if as_json:
        print_json(
            {"product": product, "as_of": on, "firms": len(parties), **level, "validation": _plain(asdict(validation))}
        )
        return
    _print(card, validation.lines(), level, drawn)
    if write:
        out.print(f"written to {write}: now `zhiwei check {write}`, then propose and approve it")


def _level(pds: Any, outcome: Any, base_rate: float) -> dict[str, float]:
    """Where PDs stand: their mean over the sample as it is, and reweighted to a population with the base rate."""
    sample = float(outcome.mean())
    weights = outcome * base_rate / sample + (1 - outcome) * (1 - base_rate) / (1 - sample)
    return {
        "sample_default_rate": sample,
        "base_rate": base_rate,
        "mean_pd_of_sample": float(pds.mean()),
        "mean_pd_reweighted": float((pds * weights).sum() / weights.sum()),
    }


def _print(card: Any, lines: list[str], level: dict[str, float], drawn: list[Path]) -> None:
    rows = [
        [item.name if number == 0 else "", cell, f"{points:+d}"]
        for item in card.attributes
        for number, (cell, points) in enumerate(zip(item.bins.cells, item.points, strict=True))
    ]
    print_table(
        f"Scorecard 评分卡 as of {card.as_of}, base {card.base_points}", ["attribute", "bin", "points"], rows, right=[2]
    )
    for line in lines:
        out.print(line, markup=False)
    out.print(
        f"\nPD is moved from the sample's {level['sample_default_rate']:.1%} of defaults to the dated base rate of "
        f"{level['base_rate']:.2%}: its mean is {level['mean_pd_of_sample']:.2%} over this sample and "
        f"{level['mean_pd_reweighted']:.2%} over one reweighted to the base rate"
    )
    out.print("plots: " + ", ".join(str(path) for path in drawn))


def _plain(value: Any) -> Any:
    """Arrays as lists, so that the result is JSON."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.tolist() if hasattr(value, "tolist") else value
