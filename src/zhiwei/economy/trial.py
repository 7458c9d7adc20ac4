"""What the checks are worth: on honest towns, and on one with each way of cheating planted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from zhiwei.borrower.records import KINDS
from zhiwei.credit.antifraud import Seen, search, sieve
from zhiwei.credit.antifraud.typologies.staff import interval
from zhiwei.economy.fraud import PLANTS, STRENGTHS, Plant, crooked_officers
from zhiwei.economy.paper import OFFICERS, Papers, honest
from zhiwei.economy.town import build_town
from zhiwei.values import add_months

CONFIDENCE = 0.95
PLANTED = 40  # parties, of one typology and strength: at least, where groups allow
_SOLD = pl.col("direction") == "sale"
FEWEST: Mapping[str, tuple[str, pl.Expr, str]] = {
    "void_and_red": ("invoices", _SOLD, "void.fewest"),
    "top_face_amounts": ("invoices", _SOLD & (pl.col("status") == "valid") & (pl.col("amount") > 0), "void.fewest"),
    "wash_top_buyers": ("orders", pl.col("amount") > 0, "wash.fewest"),
    "wash_round_amounts": ("orders", pl.col("amount") > 0, "wash.fewest"),
    "wash_signing": ("orders", pl.col("signed_at").is_not_null(), "wash.fewest"),
    "pos_top_payers": ("acquiring", pl.col("amount") > 0, "pos.fewest"),
    "pos_round_amounts": ("acquiring", pl.col("amount") > 0, "pos.fewest"),
    "first_digits": ("bank_flow", pl.col("amount") != 0, "digits.fewest"),
    "repeated_amounts": ("bank_flow", pl.col("amount").abs() % 10_000 != 0, "repeated.fewest"),
}
"""Check -> the rows of 12 months of which it wants so many before it says anything."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its exact interval."""

    hits: int
    tries: int

    @property
    def ends(self) -> tuple[float, float]:
        return interval(self.hits, self.tries, CONFIDENCE) if self.tries else (0.0, 1.0)

    def as_dict(self) -> dict[str, object]:
        low, high = self.ends
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
    """`false_alarms`: by check, parties (officers) of honest towns that it found, of those it could look at."""

    parties: int
    false_alarms: dict[str, Share]
    trials: list[Trial]


def try_checks(
    *, seed: int, businesses: int, on: date, planted: int = PLANTED,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Trials:  # fmt: skip
    """Plant each typology alone, at each strength, and look with every check. The same arguments, the same figures."""
    papers = _honest(seed, businesses, on)
    trials = []
    total = (len(PLANTS) + 1) * len(STRENGTHS)
    for number, plant in enumerate((*PLANTS, None)):
        for strength in range(len(STRENGTHS)):
            trials.append(_trial(papers, plant, strength, np.random.default_rng([seed, number, strength]), planted))
            on_progress(len(trials), total)
    return Trials(len(papers.parties), _alarms(papers), trials)


def try_honest(
    *, seed: int, towns: int, businesses: int, on: date, on_progress: Callable[[int, int], None] = lambda d, t: None
) -> tuple[int, dict[str, Share]]:
    """Businesses of so many honest towns, and by check those it found of those it could look at."""
    many, sums = 0, dict[str, Share]()
    for number in range(towns):
        papers = _honest(seed + number, businesses, on)
        many += len(papers.parties)
        for name, share in _alarms(papers).items():
            before = sums.get(name, Share(0, 0))
            sums[name] = Share(before.hits + share.hits, before.tries + share.tries)
        on_progress(number + 1, towns)
    return many, sums


def _honest(seed: int, businesses: int, on: date) -> Papers:
    return honest(build_town(seed=seed, businesses=businesses, until=on, months=14), on, seed)


def _alarms(papers: Papers) -> dict[str, Share]:
    clean = search(papers.seen(), papers.parties, papers.on)
    found = {name: {one.party for one in clean.findings if one.check == name} for name in clean.looked}
    looked = {name: seen_by(papers, name) for name in clean.looked if name != "early_defaults"}
    shares = {name: Share(len(found[name]), len(parties | found[name])) for name, parties in looked.items()}
    return shares | {"early_defaults": Share(len(found["early_defaults"]), OFFICERS)}


def seen_by(papers: Papers, check: str) -> set[str]:
    """Parties at which a check can look: they have rows of every kind it needs, and as many as it wants."""
    parties = set(papers.parties)
    for kind in sieve(papers.on).checks[check].needs:
        if kind in papers.tables:
            parties &= set(papers.tables[kind]["party_id"].to_list())
    if check == "near_bad_party":  # a question to the network, which is not built here
        return set()
    if check == "young_sales":
        months = int(sieve(papers.on).number("young.months"))
        young = (pl.col("what") == "established") & (pl.col("on") > add_months(papers.on, -months))
        parties &= set(papers.tables["registry"].filter(young)["party_id"].to_list())
    if check == "vat_cit_gap":
        taxed = papers.tables["tax_returns"].filter(pl.col("tax") == "cit")
        parties &= set(taxed["party_id"].to_list())
    if check in FEWEST:
        kind, which, name = FEWEST[check]
        day = pl.col(KINDS[kind].day).cast(pl.Date)
        year = papers.tables[kind].filter(which & (day > add_months(papers.on, -12)) & (day <= papers.on))
        many = year.group_by("party_id").len()
        parties &= set(many.filter(pl.col("len") >= sieve(papers.on).number(name))["party_id"].to_list())
    return parties


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
