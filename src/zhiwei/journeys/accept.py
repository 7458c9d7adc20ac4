"""Accept an offer: an approved decision becomes a line."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhiwei.journeys.decide import accepted_rate
from zhiwei.journeys.ports import Books, StoredDecision, Unit, step
from zhiwei.journeys.products import by_hash
from zhiwei.journeys.servicing import check_day
from zhiwei.loans import Line
from zhiwei.values import Actor, BadInput, NotFound, Refusal, add_months, as_rate, grouped, identifier, yuan

OFFER_DAYS = 60  # how long a decision can be accepted: after that the records it saw are stale


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
    """Open the line. Refusal where the decision is no approval, is stale, or already has a line."""
    request = {"decision": offer.decision, "on": on, "limit": offer.limit, "annual_rate": offer.annual_rate}
    with step(books, by, "accept", key, request) as current:
        if current.earlier is not None:
            return Accepted(**current.earlier)
        unit = current.unit
        check_day(books, unit, on)
        decision = unit.decisions.get(offer.decision)
        if decision is None:
            raise NotFound("no_such_decision", f"no decision {offer.decision}")
        line = _line(unit, decision, offer, on)
        if not unit.lines.add(line):  # somebody else was quicker
            raise Refusal("already_accepted", f"decision {decision.decision_id} already has a line")
        current.result = {
            "line": line.line_id, "party": line.party, "limit": yuan(line.limit),
            "annual_rate": format(line.annual_rate.normalize(), "f"), "opened_on": on.isoformat(),
            "expires_on": line.expires_on.isoformat(),
        }  # fmt: skip
        return Accepted(**current.result)


def _line(unit: Unit, decision: StoredDecision, offer: Offer, on: date) -> Line:
    rate, limit = accepted_rate(decision), decision.limit
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
    if on < decision.as_of or (on - decision.as_of).days > OFFER_DAYS:
        raise Refusal(
            "offer_expired",
            f"the decision is of {decision.as_of}; it can be accepted within {OFFER_DAYS} days, not on {on}",
            hint="decide again on fresh records",
        )  # fmt: skip
    product = by_hash(unit, decision.product, decision.product_hash)
    return Line(
        identifier("line", decision.decision_id), decision.party, decision.product, decision.product_hash,
        decision.decision_id, limit, rate, on, add_months(on, product.line.months),
    )  # fmt: skip
