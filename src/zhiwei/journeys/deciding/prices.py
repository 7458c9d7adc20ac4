"""What a product charges on a day, score by score; and one business, one probability or one set of facts within it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from zhiwei.credit.underwriting import Ladder, compile_policy, price_ladder
from zhiwei.credit.underwriting.pricing import Rung, step_of
from zhiwei.journeys.deciding.decide import facts_of
from zhiwei.journeys.ports import Books
from zhiwei.journeys.products import published
from zhiwei.shelf import Product
from zhiwei.tables import MICRO
from zhiwei.values import Actor, BadInput, NotFound, Refusal

Facts = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Risk:
    """Whose price is asked for: one of a party, facts, and a probability of default in micro-units; or nobody's.

    Facts are told to the product that looks at them: which they may be, it knows.
    """

    party: str | None = None
    facts: Callable[[Product], Facts] | None = None
    pd: int | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """The ladder of a product on a day; `asked`: the price of the risk that was asked for."""

    product: str
    on: date
    ladder: Ladder
    asked: Rung | None


def prices(*, books: Books, by: Actor, product: str, on: date | None = None, risk: Risk | None = None) -> Priced:
    """Prices by the published version on `on`, today where it is not given.

    A party is priced by the facts of its latest decision with this product, and on that decision's day where none is
    given: nothing new is looked at, so no consent is used. Refusal where it was never decided on.
    """
    risk = risk or Risk()
    with books.unit(by.tenant) as unit:
        chosen = published(unit, product)
        if risk.party is not None:
            stored = unit.decisions.latest(risk.party)
            if stored is None or stored.product != product:
                hint = f"zhiwei decide --product {product} --party {risk.party} --as-of DATE"
                raise NotFound("not_decided", f"the latest decision on {risk.party} is none of {product}", hint=hint)
            inputs = stored.inputs
            risk, on = Risk(facts=lambda product: facts_of(product, inputs)), on or stored.as_of
    return priced(chosen, on or books.today(), risk)


def priced(product: Product, on: date, risk: Risk) -> Priced:
    """The same for a product at hand, which knows no parties."""
    if on < product.since:
        raise Refusal("product_not_in_force", f"{product.product_id} decides from {product.since} on, not on {on}")
    if risk.pd is not None and not 0 < risk.pd < MICRO:
        raise BadInput("bad_pd", "a probability of default lies between 0 and 1: 0.02 is 2 %")
    policy = product.policy
    known: Facts = dict.fromkeys(policy.facts())
    if risk.facts is not None:
        # price terms may ask for what the product's tables give
        known = policy.derived({**known, **risk.facts(product)}, policy.in_force(on))
    ladder = price_ladder(policy, on, known)
    asked = None
    if risk.facts is not None:
        decided = compile_policy(policy, on).decide(known)
        asked = _rung(product, on, ladder, (decided.score, decided.pd), known)
    elif risk.pd is not None:
        # No score goes with a probability from elsewhere: terms that name the score see the nearest safer one.
        nearest = max((rung for rung in ladder.rungs if rung.pd <= risk.pd), key=_by_pd, default=ladder.rungs[0])
        asked = _rung(product, on, ladder, (nearest.score, risk.pd), known)
    return Priced(product.product_id, on, ladder, asked)


def _by_pd(rung: Rung) -> int:
    return rung.pd


def _rung(product: Product, on: date, ladder: Ladder, place: tuple[int, int], known: Facts) -> Rung:
    policy = product.policy
    return ladder.priced(step_of(*place, policy.grades, policy.price, {**known, **policy.in_force(on)}))
