"""A town of groups that answer for each other, in four thousand years: friends of one market, strangers of five.

The same 2,000 borrowers with the same probability of default are put into 400 groups of five in two ways. Their worth
follows the economy, their market (25 % together) and luck; the years are drawn with a seed that is printed. What the
groups live through is nobody's one-factor model: five markets, each with a fate of its own.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtri

from zhiwei.credit.underwriting.group import Alike, Member, numbers_on
from zhiwei.credit.underwriting.group.advice import Advice, advise_so
from zhiwei.values import fen

SEED, YEARS, MARKETS, EACH, SIZE, PD = 20190501, 4000, 5, 400, 5, 0.03
ECONOMY, MARKET = 0.03, 0.22  # shares of a borrower's worth: 3 % is everybody's, another 22 % its market's
LIMIT = fen("300000")
NUMBERS = numbers_on(date(2026, 3, 1))
FREE = NUMBERS.free_capacity
Failed = NDArray[np.bool_]


@dataclass(frozen=True)
class Lived:
    """By year: what fell due in all groups, and what survivors left of it; counted in members' limits."""

    owed: NDArray[np.float64]
    left: NDArray[np.float64]
    all_failed: float
    three_and_more: float

    def covered(self, years: NDArray[np.intp]) -> float:
        """What survivors paid of all that fell due in these years together."""
        return float(1 - self.left[years].sum() / self.owed[years].sum())

    def interval(self, years: NDArray[np.intp], rng: np.random.Generator) -> tuple[float, float]:
        """Of `covered`, nineteen in twenty, by drawing years again."""
        drawn = [self.covered(rng.choice(years, len(years))) for _ in range(400)]
        return float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


def town() -> Failed:
    """Who fails: year, market, borrower of the market."""
    rng = np.random.default_rng(SEED)
    economy = rng.standard_normal((YEARS, 1, 1)) * ECONOMY**0.5
    market = rng.standard_normal((YEARS, MARKETS, 1)) * MARKET**0.5
    luck = rng.standard_normal((YEARS, MARKETS, EACH)) * (1 - ECONOMY - MARKET) ** 0.5
    return economy + market + luck < ndtri(PD)


def lived(groups: Failed) -> Lived:
    """Groups of five (year, group, member) through all years: survivors pay up to their free capacity, each group."""
    failed = groups.sum(axis=2)
    left = np.maximum(failed - FREE * (SIZE - failed), 0)
    return Lived(
        failed.sum(axis=1).astype(float), left.sum(axis=1), float((failed == SIZE).mean()), float((failed >= 3).mean())
    )


@pytest.fixture(scope="module")
def both() -> tuple[Lived, Lived]:
    """(groups of one market, groups with one member of each market), of the very same borrowers."""
    print(f"seed {SEED}")
    failed = town()
    friends = failed.reshape(YEARS, MARKETS * EACH // SIZE, SIZE)
    strangers = failed.transpose(0, 2, 1)
    return lived(friends), lived(strangers)


def by_model(correlation: float) -> Advice:
    members = [Member(f"G{number}", PD, LIMIT) for number in range(SIZE)]
    pairs = {(one, other): Alike(correlation, (), ()) for other in range(SIZE) for one in range(other)}
    return advise_so(members, pairs, NUMBERS, date(2026, 3, 1))


def test_the_same_people_fail_as_often_and_not_together(both: tuple[Lived, Lived]) -> None:
    """Nothing but who stands beside whom differs: as many defaults, and twenty times as many groups that fail whole."""
    friends, strangers = both
    assert (friends.owed == strangers.owed).all()
    assert friends.owed.sum() / (YEARS * MARKETS * EACH) == pytest.approx(PD, abs=0.001)
    assert friends.three_and_more > 5 * strangers.three_and_more
    assert friends.all_failed > 20 * strangers.all_failed


def test_in_a_downturn_friends_cannot_pay_and_strangers_mostly_can(both: tuple[Lived, Lived]) -> None:
    """The worst hundredth of years by what fell due: intervals do not touch, and both are below the average year's."""
    friends, strangers = both
    rng = np.random.default_rng(SEED + 1)
    every, bad = np.arange(YEARS), np.argsort(friends.owed)[-YEARS // 100 :]
    told = {name: [one.interval(years, rng) for years in (every, bad)] for name, one in
            (("friends", friends), ("strangers", strangers))}  # fmt: skip
    print(told)
    (friends_every, friends_bad), (strangers_every, strangers_bad) = told["friends"], told["strangers"]
    assert friends_every[1] < strangers_every[0]
    assert friends_bad[1] < strangers_bad[0]
    assert friends_bad[1] < friends_every[0]
    assert strangers_bad[1] < strangers_every[0]
    lost = {name: told[name][0][0] - told[name][1][1] for name in told}
    assert lost["friends"] > lost["strangers"], "the guarantee loses more of its worth where it was worth less already"


def test_the_advice_says_beforehand_what_the_town_lives_through(both: tuple[Lived, Lived]) -> None:
    """On average over all years, within the interval: five of one market by a correlation of 25 %, strangers by 3 %."""
    rng = np.random.default_rng(SEED + 2)
    for town_, correlation in zip(both, (ECONOMY + MARKET, ECONOMY), strict=True):
        low, high = town_.interval(np.arange(YEARS), rng)
        advice = by_model(correlation)
        assert low <= advice.average.covered <= high
        assert sum(advice.defaults[3:]) == pytest.approx(town_.three_and_more, rel=0.2)


def test_the_limits_it_gives_bring_both_to_what_is_bearable() -> None:
    """The group of friends is cut, that of strangers is not; in the model's bad year both then lose within bounds."""
    friends, strangers = by_model(ECONOMY + MARKET), by_model(ECONOMY)
    assert strangers.limit == strangers.asked
    assert friends.limit < 0.7 * friends.asked
    assert strangers.downturn_loss <= strangers.bearable < friends.downturn_loss
