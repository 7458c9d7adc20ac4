"""How alike two members of a group are: what they share adds up to a correlation. What is not known counts as shared,
for groups are made by neighbours and colleagues.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from zhiwei.credit.underwriting.group.factor import Floats
from zhiwei.tables import MICRO, Parameter
from zhiwei.tables.shipped import shipped_parameters
from zhiwei.values import Refusal

SHARED = {
    "same_trade": ("同一行业", "the same trade"), "same_division": ("行业大类相同", "the same division of industry"),
    "same_county": ("同一区县", "the same county"), "same_city": ("同一城市", "the same city"),
    "linked": ("有关联", "linked to each other"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """`limit` 分 is what it would get alone; `capacity` 分 what it can pay for others, None where nobody said.

    `industry` of GB/T 4754 and `region` of GB/T 2260, as deep as known; `links` are names of members tied to it. Its
    limit in the group is a whole number of `step` 分.
    """

    name: str
    pd: float
    limit: int
    industry: str | None = None
    region: str | None = None
    capacity: int | None = None
    links: frozenset[str] = frozenset()
    step: int = 1


@dataclass(frozen=True, slots=True)
class Alike:
    """`shared` are names of parameters; `assumed` of those are so because something is not known."""

    correlation: float
    shared: tuple[str, ...]
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The parameters in force on a day; `unsure` names those that must be verified."""

    unrelated: float
    same_trade: float
    same_division: float
    same_county: float
    same_city: float
    linked: float
    highest: float
    downturn: float
    lowest_pd: float
    loss_given_default: float
    free_capacity: float
    unsure: tuple[str, ...] = ()


def numbers_on(on: date) -> Numbers:
    """Refusal where one of them is not in force."""
    found = {one.name: one for one in _parameters() if one.since <= on}
    names = [name for name in Numbers.__slots__ if name != "unsure"]
    if missing := [name for name in names if name not in found]:
        raise Refusal("no_parameter", f"no {', '.join(missing)} is in force on {on}")
    unsure = tuple(name for name in names if not found[name].sure)
    return Numbers(**{name: found[name].value / MICRO for name in names}, unsure=unsure)


@cache
def _parameters() -> tuple[Parameter, ...]:
    return shipped_parameters("zhiwei.credit.underwriting.group", "group.toml")


def alike(one: Member, other: Member, numbers: Numbers) -> Alike:
    """The correlation of two members, and why."""
    shared, assumed = [], []
    trade = _agree(one.industry or "", other.industry or "", 3)
    place = _agree(_said(one.region), _said(other.region), 4)
    for step, near, far, said in (
        (trade, "same_trade", "same_division", one.industry and other.industry),
        (place, "same_county", "same_city", one.region and other.region),
    ):
        if step:
            name = near if step == 2 else far
            shared.append(name)
            assumed += [] if said else [name]
    if one.name in other.links or other.name in one.links:
        shared.append("linked")
    total = numbers.unrelated + sum(getattr(numbers, name) for name in shared)
    return Alike(min(total, numbers.highest), tuple(shared), tuple(assumed))


def _agree(one: str, other: str, least: int) -> int:
    """2 where two codes say the same as far as both say anything, 1 where their first `least` signs do, else 0.

    Industries are compared down to the group (中类): a class beside another of one group is the same trade.
    """
    depth = min(len(one), len(other), least + 1 if least == 3 else 6)
    if one[:depth] == other[:depth]:
        return 2
    return int(one[:least] == other[:least])


def _said(region: str | None) -> str:
    """The part of a region that says something: 330100 is a city, and no county."""
    code = region or ""
    while code.endswith("00"):
        code = code[:-2]
    return code


def correlations(members: Sequence[Member], numbers: Numbers) -> Floats:
    """Of each two members; 1 of each with itself."""
    found = np.eye(len(members))
    for row, one in enumerate(members):
        for column, other in enumerate(members[:row]):
            found[row, column] = found[column, row] = alike(one, other, numbers).correlation
    return found


def loadings(correlation: Floats, alone: float) -> list[float]:
    """One loading a member: the root of the root mean square of its correlations with the others.

    Where all are alike it is exact. Else one close tie weighs more than several loose ones, and no correlation that
    rises ever lets a loading fall, which a best fit of products would not promise. Of one member alone: of `alone`.
    """
    size = len(correlation)
    if size == 1:
        return [math.sqrt(alone)]
    squares = (correlation**2).sum(axis=1) - 1
    return [float((max(square, 0.0) / (size - 1)) ** 0.25) for square in squares]
