"""Lending to a group whose members answer for each other (联保): what their word is worth, and how much is too much.

Whoever fails is paid for by those who do not, each as far as its free capacity goes; what is left over is lost at the
loss given default. In an ordinary year somebody nearly always can pay. Members who live on the same market fail in the
same year, and then nobody is left to pay: the guarantee is worth least when it is needed. So the limit of a group is
set by the downturn: its loss there, after what the guarantee still brings, may not be more than what the same members
would lose with all they asked for, each alone, unrelated and without any guarantee. A loss for each 元 lent was not
chosen: where all fail together no amount is small enough for it, and what can be limited is the amount.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

import numpy as np

from zhiwei.credit.underwriting.group.factor import (
    Floats,
    both_default,
    count_defaults,
    failing,
    in_year,
    line_of,
    patterns,
    years,
)
from zhiwei.credit.underwriting.group.likeness import Alike, Member, Numbers, alike, loadings, numbers_on
from zhiwei.values import BadInput

LEAST, MOST = 2, 12  # members: a group is small, and every pattern of who fails is counted
_LARGEST = 10**15  # 分
_HALVINGS = 50
Pairs = Mapping[tuple[int, int], Alike]
"""Likeness of two members by their places, the first before the second."""


@dataclass(frozen=True, slots=True)
class Year:
    """Expected losses in 分: of all members without the guarantee and with it; `value` is the difference.

    `covered` is the value as a share of the loss without it.
    """

    loss_alone: float
    loss_guaranteed: float
    value: float
    covered: float


@dataclass(frozen=True, slots=True)
class Place:
    """A member in its group: `loading` on the year, `downturn_pd` there, what it may pay for others, its limit (分)."""

    member: str
    pd: float
    downturn_pd: float
    loading: float
    asked: int
    capacity: int
    limit: int


@dataclass(frozen=True, slots=True)
class Pair:
    """`default_correlation` is that of the two failures, `correlation` that of what the members are worth."""

    one: str
    other: str
    correlation: float
    both_default: float
    default_correlation: float
    shared: tuple[str, ...]
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """`defaults`: probability of 0, 1, ... n defaults a year. `average` is over all years, `downturn` the bad one.

    `kept`: of what the guarantee covers on average, the share that it still covers in the downturn. `downturn_loss` and
    `bearable` are for each 元 asked: of the group after the guarantee, and of unrelated borrowers alone. `scale` brings
    the one to the other: `limit` 分 is the sum of the members' limits so scaled, `asked` that of what each would get
    alone. `misfit` is the largest difference between a pair's correlation and that of the one-factor group; `unsure`
    names parameters.
    """

    on: date
    members: tuple[Place, ...]
    pairs: tuple[Pair, ...]
    defaults: tuple[float, ...]
    average: Year
    downturn: Year
    kept: float
    downturn_loss: float
    bearable: float
    scale: float
    asked: int
    limit: int
    misfit: float
    unsure: tuple[str, ...]


def advise(members: Sequence[Member], on: date) -> Advice:
    """What a group may get and why, by the parameters of a day. BadInput where it is no group."""
    numbers = numbers_on(on)
    _check(members)
    pairs = {pair: alike(members[pair[0]], members[pair[1]], numbers) for pair in combinations(range(len(members)), 2)}
    return advise_so(members, pairs, numbers, on)


def advise_so(members: Sequence[Member], pairs: Pairs, numbers: Numbers, on: date) -> Advice:
    """The same with the likeness of each two members, by their places, and the numbers at hand."""
    correlation = np.eye(len(members))
    for (one, other), found in pairs.items():
        correlation[one, other] = correlation[other, one] = found.correlation
    group = Group.of(members, loadings(correlation, numbers.unrelated), numbers)
    off = ~np.eye(len(members), dtype=bool)
    average, downturn = group.average(), group.downturn()
    bearable, loss = group.bearable(), downturn.loss_guaranteed / sum(group.limits)
    scale = group.scale(bearable)
    given = group.given_downturn
    places = tuple(
        Place(one.name, pd, float(bad), load, one.limit, capacity, _stepped(one, scale))
        for one, pd, bad, load, capacity in zip(
            members, group.pds, given, group.loads, group.capacities, strict=True
        )
    )  # fmt: skip
    return Advice(
        on=on, members=places, pairs=tuple(_pair(members, group.pds, at, found) for at, found in pairs.items()),
        defaults=tuple(map(float, count_defaults(group.pds, group.loads))), average=average, downturn=downturn,
        kept=downturn.covered / average.covered if average.covered else 0.0, downturn_loss=loss, bearable=bearable,
        scale=scale, asked=sum(group.limits), limit=sum(place.limit for place in places),
        misfit=float(np.abs(np.outer(group.loads, group.loads) - correlation)[off].max()), unsure=numbers.unsure,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Members as columns, in one order: what each may fail by, owe, and pay for others; amounts in 分."""

    pds: tuple[float, ...]
    loads: tuple[float, ...]
    limits: tuple[int, ...]
    capacities: tuple[int, ...]
    numbers: Numbers

    @classmethod
    def of(cls, members: Sequence[Member], loads: Sequence[float], numbers: Numbers) -> "Group":
        return cls(
            tuple(max(one.pd, numbers.lowest_pd) for one in members), tuple(loads),
            tuple(one.limit for one in members),
            tuple(
                math.floor(one.limit * numbers.free_capacity) if one.capacity is None else one.capacity
                for one in members
            ), numbers,
        )  # fmt: skip

    @property
    def given_downturn(self) -> Floats:
        return in_year(self.pds, self.loads, self._bad_year)

    @property
    def _bad_year(self) -> float:
        return -line_of(self.numbers.downturn)

    def average(self) -> Year:
        weights, given = years(self.pds, self.loads)
        return self._year(weights, given)

    def downturn(self) -> Year:
        return self._year(np.ones(1), self.given_downturn[:, None])

    def bearable(self) -> float:
        """Lost in the downturn for each 元 by the same members, each alone and unrelated to any other."""
        alone = in_year(self.pds, [math.sqrt(self.numbers.unrelated)] * len(self.pds), self._bad_year)
        return float(self.numbers.loss_given_default * (alone @ np.array(self.limits)) / sum(self.limits))

    def scale(self, bearable: float) -> float:
        """The largest share of the limits, at most 1, with which the downturn takes no more than that of each 元 asked.

        What members can pay for others does not shrink with what they owe themselves.
        """
        chance = patterns(self.given_downturn[:, None])[:, 0]
        owed, free = self._amounts()
        most = bearable * sum(self.limits) / self.numbers.loss_given_default

        def fits(share: float) -> bool:
            return float(chance @ np.maximum(owed * share - free, 0)) <= most * (1 + 1e-12)

        if fits(1):
            return 1.0
        low, high = 0.0, 1.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if fits(middle) else (low, middle)
        return low

    def _amounts(self) -> tuple[Floats, Floats]:
        """(what those who fail owe, what the others can pay) in each pattern."""
        fails = failing(len(self.pds))
        return fails @ np.array(self.limits, dtype=float), ~fails @ np.array(self.capacities, dtype=float)

    def _year(self, weights: Floats, given: Floats) -> Year:
        chance = patterns(given) @ weights
        owed, free = self._amounts()
        given_default = self.numbers.loss_given_default
        alone = given_default * float(chance @ owed)
        guaranteed = given_default * float(chance @ np.maximum(owed - free, 0))
        return Year(alone, guaranteed, alone - guaranteed, (alone - guaranteed) / alone)


def _stepped(one: Member, scale: float) -> int:
    return math.floor(one.limit * scale) // one.step * one.step


def _pair(members: Sequence[Member], pds: Sequence[float], at: tuple[int, int], found: Alike) -> Pair:
    one, other = pds[at[0]], pds[at[1]]
    both = both_default(one, other, found.correlation)
    spread = math.sqrt(one * (1 - one) * other * (1 - other))
    return Pair(
        members[at[0]].name, members[at[1]].name, found.correlation, both, (both - one * other) / spread,
        found.shared, found.assumed,
    )  # fmt: skip


def _check(members: Sequence[Member]) -> None:
    if not LEAST <= len(members) <= MOST:
        raise BadInput("bad_group", f"a group has {LEAST} to {MOST} members, not {len(members)}")
    names = [one.name for one in members]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadInput("bad_group", f"{', '.join(twice)} is in the group twice")
    for one in members:
        if not 0 <= one.pd < 1:
            raise BadInput("bad_pd", f"{one.name}: a probability of default is from 0 to less than 1, not {one.pd}")
        if not 0 < one.limit <= _LARGEST or not 0 <= (one.capacity or 0) <= _LARGEST:
            raise BadInput("bad_limit", f"{one.name}: amounts are more than zero and within reason")
        if one.step < 1:
            raise BadInput("bad_step", f"{one.name}: a step of limits is more than zero")
