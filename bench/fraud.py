"""Each anti-fraud check on planted fraud: precision and recall by strength, and false alarms on honest towns.

The papers of the towns are made, not collected: the figures say what a check sees and what it cannot, not how often
anybody cheats. A weak plant stays below a threshold or avoids the sign; what is found of those is a gift.
"""

import argparse
import json
from datetime import UTC, date, datetime
from pathlib import Path

from zhiwei.credit.antifraud import sieve
from zhiwei.economy.trial import Share, Trial, try_checks, try_honest

AS_OF = date(2024, 3, 1)
HEAD = """# What the anti-fraud checks find, and whom they find wrongly · 反欺诈检查的检出与误报

Made by `bench/fraud.py` on {made}: figures of seed {seed} as of {as_of}. Again, with a newer day:
`./dev bench` prints them, `python bench/fraud.py --keep docs/reference/fraud.md` writes this page.

All of it is a made economy. Honest towns say how often a check cries wolf over untidy but honest papers that we made
up; plants say which ways of cheating that we thought of it sees. Neither says how often anybody cheats. Intervals are
exact (Clopper-Pearson, 95 %). Basis: L law or tax authority, P practice, X our own start, to be tuned on data.

## False alarms · 误报

{parties:,} honest businesses in {towns} towns. `could look`: those with the records, and as many of them, that the
check wants; for `early_defaults` officers. Not found is worth as much as the town is untidy: few of 500 businesses
share a device or an agent, so that the figures of `velocity` say little of a city. `near_bad_party` needs the network.
"""
PLANTED = """
## Planted fraud · 植入欺诈

Each way of cheating alone, at three strengths, among {parties:,} businesses. The weak ones are made to slip by. Recall:
of those planted, found. Precision: of those found, planted.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="figures for a machine")
    parser.add_argument("--businesses", type=int, default=200, help="of the town in which fraud is planted")
    parser.add_argument("--planted", type=int, default=30, help="parties of each typology and strength")
    parser.add_argument("--towns", type=int, default=1, help="honest towns of 500 businesses for the false alarms")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="write the page there; with 24 towns unless said")
    given = parser.parse_args()
    towns = 24 if given.keep and given.towns == 1 else given.towns
    found = try_checks(seed=given.seed, businesses=given.businesses, on=AS_OF, planted=given.planted)
    parties, alarms = try_honest(seed=given.seed + 1000, towns=towns, businesses=500, on=AS_OF)
    if given.json:
        trials = [
            {"check": one.check, "strength": one.strength, "recall": one.recall.as_dict(),
             "precision": one.precision.as_dict()}
            for one in found.trials
        ]  # fmt: skip
        figures = {name: share.as_dict() for name, share in alarms.items()}
        print(json.dumps({"parties": parties, "seed": given.seed, "false_alarms": figures, "trials": trials}))
        return
    head = HEAD.format(made=datetime.now(UTC).date(), seed=given.seed, as_of=AS_OF, parties=parties, towns=towns)
    page = head + alarms_table(alarms) + PLANTED.format(parties=found.parties) + trials_table(found.trials)
    if given.keep:
        given.keep.write_text(page, encoding="utf-8")
        print(f"{given.keep} written; above 1 %: {', '.join(too_many(alarms)) or 'none'}")
    else:
        print(page)


def alarms_table(alarms: dict[str, Share]) -> str:
    rows = [
        "",
        "| check | 中文 | test | basis | could look | found | share | at most |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, check in sieve(AS_OF).checks.items():
        if (share := alarms.get(name)) and share.tries:
            high, value = f"{share.ends[1]:.2%}", f"{share.hits / share.tries:.2%}"
            told = f"| `{name}` | {check.zh} | {check.test} | {check.basis} |"
            rows.append(f"{told} {share.tries:,} | {share.hits} | {value} | {high} |")
    return "\n".join([*rows, ""])


def trials_table(trials: list[Trial]) -> str:
    rows = [
        "",
        "| check | strength | planted | recall | interval | found | precision |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in trials:
        low, high = one.recall.ends
        precision = f"{one.precision.hits / one.precision.tries:.0%}" if one.precision.tries else "-"
        recall = f"{one.recall.hits / one.recall.tries:.0%}" if one.recall.tries else "-"
        rows.append(
            f"| `{one.check}` | {one.strength} | {one.recall.tries} | {recall} | {low:.0%} - {high:.0%} | "
            f"{one.precision.tries} | {precision} |"
        )
    return "\n".join([*rows, ""])


def too_many(alarms: dict[str, Share]) -> list[str]:
    """Checks of which it is not proved that they alarm at less than 1 % of the honest."""
    return [name for name, share in alarms.items() if share.tries and share.ends[1] >= 0.01]


if __name__ == "__main__":
    main()
