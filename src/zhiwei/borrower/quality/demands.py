"""What a product demands of records: rules on figures of their quality, each with the code of its reason.

As a block of a product's borrower.toml, beside demands on facts (which have `fact` and `test`, and are not read here):

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

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from zhiwei.borrower.records import KINDS
from zhiwei.tables import Rule, did_you_mean, micro, parse_cell, text
from zhiwei.tables.rules import EFFECTS
from zhiwei.values import BadInput

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


def rules_of(demand: Demand, line: int = 0) -> tuple[Rule, ...]:
    """The demand as rules on figures of quality, one for each figure it names; `line` is where it stands."""
    tests = [
        None if demand.coverage is None else f"< {text(micro(demand.coverage))}",
        None if demand.freshness_days is None else f"> {demand.freshness_days}",
        None if demand.agreement is None else f"< {text(micro(demand.agreement))}",
    ]
    if not any(tests):
        tests = ["null"]
    missing = demand.if_missing or demand.effect
    return tuple(
        Rule(demand.code, fact, parse_cell(test), demand.effect, missing, demand.zh, demand.en, line)
        for fact, test in zip(figure_names(demand), tests, strict=False)
        if test
    )


def figure_names(demand: Demand) -> tuple[str, str, str]:
    """Coverage, freshness and agreement of a kind, as facts: what a reason names, and a golden case gives."""
    window = f"{demand.months}m"
    return f"{demand.kind}.coverage_{window}", f"{demand.kind}.freshness_days", f"{demand.kind}.agreement_{window}"


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _require(holds: bool, message: str, hint: str | Collection[str] = "") -> None:
    if not holds:
        raise BadInput("bad_demand", f"demand: {message}", hint=str(hint))
