"""Accept an offer: an approved decision becomes a line."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhiwei.journeys.borrower.members import members_of
from zhiwei.journeys.deciding.decide import accepted_rate
from zhiwei.journeys.deciding.exposure import check_exposure, to_hold
from zhiwei.journeys.lines.find import check_day
from zhiwei.journeys.lines.news import line_opened
from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books, StoredDecision, Unit
from zhiwei.journeys.products import by_hash
from zhiwei.loans import CLOSED, FROZEN, Line
from zhiwei.shelf import Product
from zhiwei.tables import unscaled
from zhiwei.values import Actor, BadInput, NotFound, Refusal, add_months, as_rate, fen, grouped, identifier, yuan


@dataclass(frozen=True, slots=True)
class Offer:
    """What the borrower accepts: all of the decision, or (a campaign's) less of it at another rate."""

    decision: str
    limit: int | None = None
    annual_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    line: str
    party: str
    limit: str
    annual_rate: str
    opened_on: str
    expires_on: str


def accept(*, books: Books, by: Actor, key: str, offer: Offer, on: date) -> Accepted:
    """Open the line. Refusal where the decision is no approval, is stale, was ruled on, or already has a line.

    Where the product looks at what we have at stake already, also where that rose since and it would offer less now.
    """
    request = {"decision": offer.decision, "on": on, "limit": offer.limit, "annual_rate": offer.annual_rate}
    with step(books, by, "accept", key, request) as current:
        if current.earlier is not None:
            return Accepted(**current.earlier)
        unit = current.unit
        check_day(books, on, unit.days.last_closed())
        decision = unit.decisions.get(offer.decision)
        if decision is None:
            raise NotFound("no_such_decision", f"no decision {offer.decision}")
        line = _line(unit, decision, offer, on)  # holds the party's lines: nobody rules on them meanwhile
        if ruled := unit.tasks.ruling(decision.decision_id):
            hint = f"what became of it is {ruled.became}"
            raise Refusal("overruled", f"a person ruled on {decision.decision_id}", hint=hint)
        unit.lines.add(line)
        unit.outbox.tell([line_opened(line)])
        current.result = {
            "line": line.line_id, "party": line.party, "limit": yuan(line.limit),
            "annual_rate": format(line.annual_rate.normalize(), "f"), "opened_on": on.isoformat(),
            "expires_on": line.expires_on.isoformat(),
        }  # fmt: skip
        return Accepted(**current.result)


def _check_rate(product: Product, rate: Decimal, on: date) -> None:
    numbers = product.policy.numbers(on)
    floor, cap = unscaled(numbers["rate_floor"]), unscaled(numbers["rate_cap"])
    if not floor <= rate <= cap:
        raise BadInput("bad_rate", f"a rate of {rate} is outside the product's {floor} to {cap}")


def _check_other_lines(unit: Unit, decision: StoredDecision, on: date) -> None:
    """One running line per business and product: limits of several decisions must not add up past the product's cap.

    A business that is known under several ids is one here too.
    """
    for line in unit.lines.of_parties(sorted(members_of(unit, [decision.party])[decision.party])):
        if line.decision == decision.decision_id:
            raise Refusal("already_accepted", f"decision {decision.decision_id} already has a line")
        if line.status == FROZEN:
            raise Refusal("line_frozen", f"line {line.line_id} of {line.party} is frozen", hint="repay it first")
        if line.product == decision.product and line.status != CLOSED and (on < line.expires_on or line.used):
            raise Refusal(
                "already_has_line",
                f"{line.party} has line {line.line_id} of {decision.product} until {line.expires_on}",
                hint="draw on it, or repay and wait for its end",
            )  # fmt: skip


def _opening(decision: StoredDecision) -> int:
    """分 that the line opens with: the rest of a secured limit is given (raise) when its security is registered."""
    at_once = json.loads(decision.document).get("at_once")
    opening = decision.limit if at_once is None else min(fen(at_once), decision.limit)
    if not opening:
        raise Refusal(
            "nothing_at_once", f"nothing of {grouped(decision.limit)} 元 can be drawn before security is registered",
            hint="register the mortgage, receive the record that says so, and decide again",
        )  # fmt: skip
    return opening


def _line(unit: Unit, decision: StoredDecision, offer: Offer, on: date) -> Line:
    rate, limit = accepted_rate(decision), _opening(decision)
    if offer.limit is not None:
        if not 0 < offer.limit <= limit:
            raise Refusal(
                "over_decision", f"an offer of {grouped(offer.limit)} exceeds the decision's {grouped(limit)}"
            )
        limit = offer.limit
    if offer.annual_rate is not None:
        try:
            rate = as_rate(offer.annual_rate)
        except ValueError as error:
            raise BadInput("bad_rate", str(error)) from None
    product = by_hash(unit, decision.product, decision.product_hash)
    if on < decision.as_of or (on - decision.as_of).days > product.line.offer_days:
        raise Refusal(
            "offer_expired",
            f"the decision is of {decision.as_of}, to be accepted within {product.line.offer_days} days, not on {on}",
            hint="decide again on fresh records",
        )  # fmt: skip
    _check_rate(product, rate, on)
    unit.merges.hold()  # nobody merges these meanwhile, nor opens a line of any of them
    held = to_hold(unit, product, decision.party, on)
    unit.lines.hold(sorted(held))
    _check_other_lines(unit, decision, on)
    check_exposure(unit, product, decision, limit, held, on)
    return Line(
        identifier("line", decision.decision_id), decision.party, decision.product, decision.product_hash,
        decision.decision_id, limit, rate, on, add_months(on, product.line.months),
    )  # fmt: skip
