"""What a product demands of records, and what falls short of it: each a reason with a code.

As a block of a product's TOML, beside today's demands on facts (which have `fact` and `test`, and are not read here):

    [[quality]]
    kind = "bank_flow"
    months = 12
    coverage = 0.8
    freshness_days = 31
    agreement = 1.0
    effect = "refer"
    code = "D11"
    zh = "银行流水不完整"
    en = "Bank statements are not whole"
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhiwei.borrower.quality.measure import Quality
from zhiwei.borrower.records import KINDS
from zhiwei.tables import did_you_mean, micro, text
from zhiwei.tables.rules import EFFECTS
from zhiwei.values import BadInput, Reason, by_severity

LONGEST = 120  # months of a window
_SHARES = ("coverage", "agreement")
_WORDS = ("kind", "effect", "code", "zh", "en")


@dataclass(frozen=True, slots=True)
class Demand:
    """`coverage` and `agreement` are the least shares, `freshness_days` the most days; None demands nothing of it.

    A demand with none of the three wants the kind of record to be there at all. What is not known falls short, with
    `if_missing` instead of `effect` where that is said (pass: not at all).
    """

    kind: str
    months: int
    coverage: float | None
    freshness_days: int | None
    agreement: float | None
    effect: str
    code: str
    zh: str
    en: str
    if_missing: str | None = None


_FIELDS = tuple(Demand.__dataclass_fields__)


def demand_of(plain: Mapping[str, Any]) -> Demand:
    """A demand from a plain block; BadInput bad_demand says which key is wrong and what it may be."""
    for name in plain:
        _require(name in _FIELDS, f"unknown key {name!r}", did_you_mean(name, _FIELDS))
    for name in _WORDS:
        found = plain.get(name)
        _require(isinstance(found, str) and bool(found), f"{name} is {found!r}", "expected words")
    kind, effect, missing = plain["kind"], plain["effect"], plain.get("if_missing")
    _require(kind in KINDS, f"unknown kind {kind!r}", did_you_mean(kind, KINDS) or f"one of {', '.join(KINDS)}")
    _require(effect in EFFECTS, f"unknown effect {effect!r}", f"one of {', '.join(EFFECTS)}")
    _require(missing in (None, "pass", *EFFECTS), f"unknown if_missing {missing!r}", f"pass, {', '.join(EFFECTS)}")
    months, days = plain.get("months", 12), plain.get("freshness_days")
    _require(_whole(months) and 1 <= months <= LONGEST, f"months is {months!r}", f"expected 1 to {LONGEST}")
    _require(days is None or (_whole(days) and days >= 0), f"freshness_days is {days!r}", "expected whole days")
    for name in _SHARES:
        share = plain.get(name)
        number = isinstance(share, int | float) and not isinstance(share, bool)
        _require(share is None or (number and 0 <= share <= 1), f"{name} is {share!r}", "expected a share, 0 to 1")
    fields: dict[str, Any] = {name: plain.get(name) for name in _FIELDS}
    return Demand(**fields | {"months": months})


def demands_of(plains: Iterable[Mapping[str, Any]]) -> tuple[Demand, ...]:
    """All demands of a product; BadInput for one that cannot be understood, or a code that two have."""
    found = tuple(demand_of(plain) for plain in plains)
    codes = [demand.code for demand in found]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    _require(not twice, f"code {', '.join(twice)} is said twice", "each demand has a code of its own")
    return found


def windows_of(demands: Iterable[Demand]) -> tuple[int, ...]:
    """The windows in months that quality must be measured over for these demands."""
    return tuple(sorted({demand.months for demand in demands}))


def falls_short(qualities: Iterable[Quality], demands: Sequence[Demand]) -> list[Reason]:
    """What of one party's records falls short, the gravest first: a reason for each figure of a demand that does.

    `qualities`: of one party, over every window that the demands name. The fact is `kind.figure`, with the window. A
    demand on a kind and window that were not measured, or qualities of two parties, is a ValueError.
    """
    every = list(qualities)
    if len({each.party for each in every}) > 1:
        raise ValueError("the qualities are of more than one party")
    measured = {(each.kind, each.months): each for each in every}
    found = list[Reason]()
    for demand in demands:
        quality = measured.get((demand.kind, demand.months))
        if quality is None:
            raise ValueError(f"quality of {demand.kind} over {demand.months} months was not measured")
        found += filter(None, _figures(demand, quality))
    return by_severity(found)


def _figures(demand: Demand, quality: Quality) -> list[Reason | None]:
    window = f"{demand.months}m"
    if demand.coverage is None and demand.freshness_days is None and demand.agreement is None:
        known = quality.coverage is not None
        return [None if known else _reason(demand, f"coverage_{window}", None, "> 0")]
    return [
        _least(demand, f"coverage_{window}", quality.coverage, demand.coverage),
        _most(demand, "freshness_days", quality.freshness_days, demand.freshness_days),
        _least(demand, f"agreement_{window}", quality.agreement, demand.agreement),
    ]


def _least(demand: Demand, figure: str, value: float | None, least: float | None) -> Reason | None:
    if least is None or (value is not None and micro(value) >= micro(least)):
        return None
    return _reason(demand, figure, value, f">= {text(micro(least))}")


def _most(demand: Demand, figure: str, value: int | None, most: int | None) -> Reason | None:
    if most is None or (value is not None and value <= most):
        return None
    return _reason(demand, figure, value, f"<= {most}")


def _reason(demand: Demand, figure: str, value: float | None, threshold: str) -> Reason | None:
    effect = demand.effect if value is not None else demand.if_missing or demand.effect
    if effect == "pass":
        return None
    shown = None if value is None else text(micro(value))
    return Reason(demand.code, effect, demand.zh, demand.en, f"{demand.kind}.{figure}", shown, threshold)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _require(holds: bool, message: str, hint: str | Collection[str] = "") -> None:
    if not holds:
        raise BadInput("bad_demand", f"demand: {message}", hint=str(hint))
