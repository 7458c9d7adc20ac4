"""What the checks are worth: on an honest town, and on the same town with each way of cheating planted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from zhiwei.credit.antifraud import Seen, search, sieve
from zhiwei.credit.antifraud.typologies.staff import interval
from zhiwei.economy.fraud import PLANTS, STRENGTHS, Plant, crooked_officers
from zhiwei.economy.paper import OFFICERS, Papers, honest
from zhiwei.economy.town import build_town

CONFIDENCE = 0.95
PLANTED = 40  # parties, of one typology and strength: at least, where groups allow


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its exact interval."""

    hits: int
    tries: int

    def as_dict(self) -> dict[str, object]:
        low, high = interval(self.hits, self.tries, CONFIDENCE) if self.tries else (0.0, 1.0)
        value = self.hits / self.tries if self.tries else None
        return {"value": value, "low": round(low, 4), "high": round(high, 4), "hits": self.hits, "tries": self.tries}


@dataclass(frozen=True, slots=True)
class Trial:
    """Of one check and strength: how much of what was planted it found, and how much of what it found was planted."""

    check: str
    strength: str
    recall: Share
    precision: Share


@dataclass(frozen=True, slots=True)
class Trials:
    """`false_alarms`: by check, parties (officers) of the honest town that it found, of all it looked at."""

    parties: int
    false_alarms: dict[str, Share]
    trials: list[Trial]


def try_checks(
    *, seed: int, businesses: int, on: date, planted: int = PLANTED,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Trials:  # fmt: skip
    """Plant each typology alone, at each strength, and look with every check. The same arguments, the same figures."""
    papers = honest(build_town(seed=seed, businesses=businesses, until=on, months=14), on, seed)
    clean = search(papers.seen(), papers.parties, on)
    alarms = {
        name: Share(
            len({one.party for one in clean.findings if one.check == name}),
            OFFICERS if name == "early_defaults" else len(papers.parties),
        )
        for name in clean.looked
    }
    trials = []
    total = (len(PLANTS) + 1) * len(STRENGTHS)
    for number, plant in enumerate((*PLANTS, None)):
        for strength in range(len(STRENGTHS)):
            trials.append(_trial(papers, plant, strength, np.random.default_rng([seed, number, strength]), planted))
            on_progress(len(trials), total)
    return Trials(len(papers.parties), alarms, trials)


def _trial(papers: Papers, plant: Plant | None, strength: int, dice: np.random.Generator, planted: int) -> Trial:
    mine = papers.copy()
    check = plant.check if plant else "early_defaults"
    if plant:
        many = max(planted, plant.members[strength])
        names = [papers.parties[place] for place in dice.permutation(len(papers.parties))[:many]]
        cheats = set(plant.into(mine, names, strength, dice))
    else:
        cheats = set(crooked_officers(mine, 3, strength, dice))
    seen = only(mine.seen(), sieve(mine.on).checks[check].needs)
    found = {one.party for one in search(seen, mine.parties, mine.on).findings if one.check == check}
    if check == "guarantee_depth":  # of a chain, only its end is told
        cheats = _ends(mine, cheats)
    hits = len(found & cheats)
    return Trial(check, STRENGTHS[strength], Share(hits, len(cheats)), Share(hits, len(found)))


def only(seen: Seen, needs: Sequence[str]) -> Seen:
    """What one check looks at, and nothing else."""
    tables = {name: rows for name, rows in seen.tables.items() if name in needs}
    return replace(seen, tables=tables, guarantees=seen.guarantees if "guarantees" in needs else None)


def _ends(papers: Papers, members: set[str]) -> set[str]:
    """Those among the members whom one of them guarantees and who guarantee none of them."""
    given = {(one.guarantor, one.debtor) for one in papers.guarantees if {one.guarantor, one.debtor} <= members}
    return {other for _, other in given} - {one for one, _ in given}
