"""Each anti-fraud check on planted fraud: precision and recall by strength, and false alarms on the honest town.

The papers of the town are made, not collected: the figures say what a check sees and what it cannot, not how often
anybody cheats. A weak plant stays below a threshold or avoids the sign; what is found of those is a gift.
"""

import argparse
import json
from datetime import date

from zhiwei.economy.trial import Share, try_checks

AS_OF = date(2024, 3, 1)


def told(share: Share) -> str:
    figures = share.as_dict()
    value = "   -  " if figures["value"] is None else f"{figures['value']:6.1%}"
    return f"{value} [{figures['low']:6.1%}, {figures['high']:6.1%}] {share.hits:4}/{share.tries:<4}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="figures for a machine")
    parser.add_argument("--businesses", type=int, default=200)
    parser.add_argument("--planted", type=int, default=30, help="parties of each typology and strength")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found = try_checks(seed=given.seed, businesses=given.businesses, on=AS_OF, planted=given.planted)
    if given.json:
        trials = [
            {"check": one.check, "strength": one.strength, "recall": one.recall.as_dict(),
             "precision": one.precision.as_dict()}
            for one in found.trials
        ]  # fmt: skip
        alarms = {name: share.as_dict() for name, share in found.false_alarms.items()}
        print(json.dumps({"parties": found.parties, "seed": given.seed, "false_alarms": alarms, "trials": trials}))
        return
    print(f"{'check':24} {'strength':8} {'recall':36} precision")
    for one in found.trials:
        print(f"{one.check:24} {one.strength:8} {told(one.recall):36} {told(one.precision)}")
    print(f"\nfalse alarms on {found.parties} honest businesses (95 % intervals)")
    for name, share in found.false_alarms.items():
        print(f"{name:24} {told(share)}")


if __name__ == "__main__":
    main()
