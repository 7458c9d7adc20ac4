"""How steadily money comes in: what takings and orders have in common, each under its own name; and what gathers."""

import numpy as np

from zhiwei.borrower.features.windows import (
    Bools,
    Floats,
    Rows,
    longest_run,
    over,
    peak,
    ratio,
    season,
    slope,
    variation,
)


def rhythm(name: str, rows: Rows, monthly: Floats, year: Bools, amount: Floats) -> dict[str, Floats]:
    """Facts `{name}_variation_12m` and so on. `monthly`: sums, newest first; `year`: rows of 12 months that count."""
    found = {
        "variation_12m": variation(monthly),
        "slope_12m": slope(monthly),
        "season_24m": season(monthly, rows.reach),
        "peak_share_12m": peak(monthly),
        "latest_share_12m": ratio(monthly[:, 0], over(monthly, 0, 12)),
        "idle_run_12m": longest_run(monthly[:, :12] <= 0),
        "days_12m": rows.busy_days(year),
        "longest_gap_12m": rows.longest_gap(year),
        "holiday_share_12m": ratio(rows.sums(year & rows.closed, amount), over(monthly, 0, 12)),
    }
    return {f"{name}_{what}": values for what, values in found.items()}


def gathered(monthly: Floats) -> Floats:
    """The most that adds up over months on end, of each row: what a season leaves to repay with. 0 where all lose."""
    run = best = np.zeros(len(monthly))
    for column in monthly.T:
        run = np.maximum(run + column, 0)
        best = np.maximum(best, run)
    return best
