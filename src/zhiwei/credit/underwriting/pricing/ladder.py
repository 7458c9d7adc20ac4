"""What each score pays: break-even, or the rate at which most is earned where it is known how many customers leave.

The profit of one yuan OFFERED for a year at rate r to a grade whose default has the probability pd, the campaign's
formula (`margin`) with all terms of price.csv as its costs:

    take-up(grade, r) x [ (1 - pd) x r  -  (cost of funds + expected loss + cost to serve + capital) ]

Break-even is the sum of the terms, as a price without a curve is. It is the least anybody pays and earns a shade less
than nothing, since a defaulter pays no interest: the search begins there and tries every 0.01 % up to the cap, or to
the end of what was observed. All of it is whole numbers: the same rate on every machine. Of equal profits the lowest
rate wins.

Decided: then nobody pays less than somebody safer does. Going from the safest score down, a price is the highest so
far (a running maximum). Within a grade the search alone rises with the PD (see `campaign`); where the next grade is
touchier about rates, it would fall. Not chosen: pooling adjacent violators, or the most profitable rising prices, as
in a campaign: both need to know how many customers stand at each score, which a product does not, and a mean of two
rates may stand below somebody's break-even where that does not rise with the PD. The running maximum needs no weights,
never goes below break-even nor above the cap, and is said in a sentence: what you pay follows from your own risk and
from those safer than you, never from those riskier, whose demand is known least.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from zhiwei.credit.underwriting.pricing.curves import Curve
from zhiwei.credit.underwriting.scoring import Scorecard, possible_scores
from zhiwei.credit.underwriting.terms import RATE_STEP, Grade, Term, annual_rate
from zhiwei.tables import MICRO, text

MOST_SCORES = 2_000  # a price is searched for each; a card of people's points has some hundred
Offers = list[tuple[int, int]]


def margin(rate: Any, default: Any, cost: Any, years: Any = 1, one: int = 1) -> Any:
    """What one yuan lent earns: interest from those who repay, less all it costs. Numbers or arrays of any kind.

    `default`: share of the yuan that is not repaid, where `one` is all of it; `cost` over all years.
    """
    return (one - default) * (rate * years) - cost


class Step(NamedTuple):
    """A score as it comes from the card; `cost`: the sum of the price terms, None where one cannot be computed."""

    score: int
    pd: int
    grade: str
    cost: int | None


class Rung(NamedTuple):
    """A score's price. Rates, `pd` and `cost` in micro-units.

    break_even   the cost at 0.01 %, not below the floor; None where the cost is not known
    searched     the rate that earns most by itself; break-even where no curve tells more; None above the cap
    rate         the price: `searched`, or what somebody safer pays
    """

    score: int
    pd: int
    grade: str
    cost: int | None
    break_even: int | None
    searched: int | None
    rate: int | None

    @property
    def moved(self) -> bool:
        """Somebody safer pays more than this score would by itself."""
        return self.rate != self.searched


@dataclass(frozen=True, slots=True)
class Ladder:
    """The prices of one policy on one day, the safest score first; made by `ladder`.

    `offers` by grade: every rate that may be tried, with its take-up over one denominator.
    """

    rungs: tuple[Rung, ...]
    by_score: Mapping[int, Rung]
    curve: Curve | None
    floor: int
    cap: int
    offers: Mapping[str, Offers] = field(repr=False)

    def priced(self, step: Step) -> Rung:
        """The price of a step: the rung of its score, or, for a PD the card does not give, one between its neighbours.

        There it is what the search says, not below what anybody safer pays nor above what the next riskier one does.
        """
        found = self.by_score.get(step.score)
        if found and (found.pd, found.cost) == (step.pd, step.cost):
            return found
        alone = _alone(step, self.offers, self.floor, self.cap)
        if alone.searched is None or self.curve is None:
            return alone
        safer = [rung.rate for rung in self.rungs if rung.rate is not None and rung.pd <= step.pd]
        riskier = [rung.rate for rung in self.rungs if rung.rate is not None and rung.pd > step.pd]
        rate = min(max([alone.searched, *safer]), *riskier, self.cap)
        return alone._replace(rate=max(rate, alone.break_even or 0))

    def taken(self, rung: Rung, rate: int | None) -> Fraction | None:
        """Share of such customers who take the loan at a rate; None where nobody was asked."""
        return None if self.curve is None or rate is None else self.curve.taken(rung.grade, rate)

    def earned(self, rung: Rung, rate: int | None) -> Fraction | None:
        """Profit of one yuan lent for a year; below 0 where it costs more than it brings."""
        if rung.cost is None or rate is None:
            return None
        return Fraction(margin(rate, rung.pd, rung.cost * MICRO, one=MICRO), MICRO * MICRO)

    def profit(self, rung: Rung, rate: int | None) -> Fraction | None:
        """Expected profit of one yuan offered for a year: an offer nobody takes costs nothing."""
        taken, earned = self.taken(rung, rate), self.earned(rung, rate)
        return None if taken is None or earned is None else taken * earned

    def shown(self, rung: Rung) -> dict[str, Any]:
        """What a decision tells of its price, as plain values: per 100 元 offered, six decimals half to even."""
        at = {"break_even": rung.break_even, "searched": rung.searched, "charged": rung.rate}
        return {
            "rates": {name: _text(rate) for name, rate in at.items()},
            "take_up": {name: _text(self.taken(rung, rate), MICRO) for name, rate in at.items()},
            "profit_of_100": {name: _text(self.profit(rung, rate), 100 * MICRO) for name, rate in at.items()},
            "moved": rung.moved,
        }


def ladder(steps: Iterable[Step], curve: Curve | None, floor: int, cap: int) -> Ladder:
    """Price every step; of two with one PD the higher score counts as the safer."""
    offers = {grade: _offers(curve, grade, cap) for grade in curve.grades} if curve else {}
    rungs: list[Rung] = []
    highest = 0
    for step in sorted(steps, key=lambda step: (step.pd, -step.score)):
        rung = _alone(step, offers, floor, cap)
        if rung.searched is not None and curve:
            highest = max(highest, rung.searched)
            rung = rung._replace(rate=highest)
        rungs.append(rung)
    return Ladder(tuple(rungs), {rung.score: rung for rung in rungs}, curve, floor, cap, offers)


def _alone(step: Step, offers: Mapping[str, Offers], floor: int, cap: int) -> Rung:
    """A step's price by itself."""
    if step.cost is None:
        return Rung(*step, None, None, None)
    break_even = annual_rate(step.cost, floor)
    if break_even > cap:
        return Rung(*step, break_even, None, None)
    searched = _best(offers.get(step.grade, []), step.pd, step.cost, break_even)
    return Rung(*step, break_even, searched, searched)


def graded(grades: Iterable[Grade], pd: int) -> str:
    return next(grade.name for grade in grades if grade.cell.holds(pd))


def steps_of(
    card: Scorecard, grades: Sequence[Grade], price: Sequence[Term], numbers: Mapping[str, int],
    known: Mapping[str, int | None],
) -> list[Step]:  # fmt: skip
    """Every score that a card can give, with its PD, grade and cost; `known`: facts that price terms ask for."""
    return [
        step_of(score, card.calibration.probability(score, numbers["base_rate"]), grades, price, {**known, **numbers})
        for score in possible_scores(card, MOST_SCORES)
    ]


def step_of(
    score: int, pd: int, grades: Sequence[Grade], price: Sequence[Term], known: Mapping[str, int | None]
) -> Step:
    """A score with its grade and cost. Names that `known` does not hold are facts that are not known."""
    names = {name for term in price for name in term.expression.names}
    everything = {**dict.fromkeys(names), **known, "pd": pd, "score": score * MICRO}
    values = [term.expression.value(everything) for term in price]
    cost = None if any(value is None for value in values) else sum(value or 0 for value in values)
    return Step(score, pd, graded(grades, pd), cost)


def searchable(price: Iterable[Term], facts: Iterable[str]) -> list[str]:
    """The facts in price terms: with a curve a price follows from the score alone, so there may be none."""
    return sorted({name for term in price for name in term.expression.names} & set(facts))


def _offers(curve: Curve, grade: str, cap: int) -> Offers:
    """Rates of 0.01 % that were observed and are not above the cap, each with its take-up over one denominator."""
    first, last = -(-curve.rates[0] // RATE_STEP), min(curve.rates[-1], cap) // RATE_STEP
    rates = [number * RATE_STEP for number in range(first, last + 1)]
    shares = [share for rate in rates if (share := curve.taken(grade, rate)) is not None]
    whole = lcm(*(share.denominator for share in shares))
    return [(rate, int(share * whole)) for rate, share in zip(rates, shares, strict=True)]


def _best(offers: Offers, pd: int, cost: int, least: int) -> int:
    """The rate, not below `least`, at which most is earned; the lowest of equally good ones, `least` where none is."""
    possible = [offer for offer in offers if offer[0] >= least]
    if not possible:
        return least
    return max(possible, key=lambda offer: offer[1] * margin(offer[0], pd, cost * MICRO, one=MICRO))[0]


def _text(value: int | Fraction | None, times: int = 1) -> str | None:
    return None if value is None else text(round(value * times))
