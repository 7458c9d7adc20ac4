"""The prices of a policy on a day: searched once for both, and the very same ones however a decision is made."""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from zhiwei.credit.underwriting.pricing.curves import Demand
from zhiwei.credit.underwriting.pricing.ladder import Ladder, ladder, steps_of
from zhiwei.credit.underwriting.scoring import Scorecard
from zhiwei.credit.underwriting.terms import Grade, Term
from zhiwei.values import Breach

MOST_KEPT = 64  # ladders; a shelf has some products, and decides by a few days
_KEPT: dict[tuple[int, date], tuple["Priced", Ladder]] = {}  # holds the policy too, so that its id stays its own


class Priced(Protocol):
    """What is asked of a policy."""

    @property
    def scorecard(self) -> Scorecard: ...
    @property
    def grades(self) -> tuple[Grade, ...]: ...
    @property
    def price(self) -> tuple[Term, ...]: ...
    @property
    def demand(self) -> Demand | None: ...
    def in_force(self, on: date) -> dict[str, int]: ...


def searched_prices(policy: Priced, on: date) -> Ladder | None:
    """The ladder by which a policy prices on a day; None where no curve is in force, and a price is the sum of terms.

    Breach where a price term asks for a fact: `load` refuses such a product, since its price is none of the score.
    """
    if policy.demand is None or policy.demand.on(on) is None:
        return None
    kept = _KEPT.get((id(policy), on))
    if kept is None:
        named = {name for term in policy.price for name in term.expression.names}
        if asked := named - policy.in_force(on).keys() - {"pd", "score"}:
            raise Breach(f"prices are searched by score, and a price term asks for {', '.join(sorted(asked))}")
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        kept = _KEPT[id(policy), on] = policy, price_ladder(policy, on)
    return kept[1]


def price_ladder(policy: Priced, on: date, known: Mapping[str, int | None] | None = None) -> Ladder:
    """Every score's price, with a curve or without. `known`: facts that price terms ask for."""
    numbers = policy.in_force(on)
    steps = steps_of(policy.scorecard, policy.grades, policy.price, numbers, known or {})
    curve = policy.demand.on(on) if policy.demand else None
    return ladder(steps, curve, numbers["rate_floor"], numbers["rate_cap"])
