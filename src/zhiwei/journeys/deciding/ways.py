"""What would change the answer of a stored decision, by the product version and the inputs it was made from."""

from collections.abc import Collection
from dataclasses import dataclass

from zhiwei.credit.underwriting import Way, nearest_approvals
from zhiwei.credit.underwriting.disclosure import untold_facts
from zhiwei.journeys.deciding.decide import facts_of
from zhiwei.journeys.ports import Books
from zhiwei.journeys.products import by_hash
from zhiwei.tables import text, unscaled
from zhiwei.values import Actor, NotFound, quantized


@dataclass(frozen=True, slots=True)
class Approvable:
    """What would have to be seen, fact by fact (was, would be; None not known), and what would then be offered.

    `untold`: something else would have to be seen too, which is not told.
    """

    changes: dict[str, tuple[str | None, str]]
    limit: str
    annual_rate: str | None
    untold: bool = False


def ways_to_yes(*, books: Books, by: Actor, decision_id: str, to_applicant: bool = False) -> list[Approvable]:
    """The nearest approvals of a decision that was no yes; [] for one that was, or where none was found.

    `to_applicant`: without what would teach how to pass a check.
    """
    with books.unit(by.tenant) as unit:
        stored = unit.decisions.get(decision_id)
        if stored is None:
            raise NotFound(
                "no_such_decision", f"no decision {decision_id}", hint="`zhiwei decide --json` prints the ids"
            )
        product = by_hash(unit, stored.product, stored.product_hash)
    untold = untold_facts(product.policy) if to_applicant else set()
    ways = nearest_approvals(product.policy, facts_of(product, stored.inputs), stored.as_of)
    return [told for way in ways if (told := _told(way, untold)).changes]


def _told(way: Way, untold: Collection[str]) -> Approvable:
    changes = {
        one.fact: (None if one.value is None else text(one.value), text(one.becomes))
        for one in way.changes
        if one.fact not in untold
    }
    rate = None if way.annual_rate is None else format(quantized(unscaled(way.annual_rate), "0.0001"), "f")
    return Approvable(changes, text(way.limit), rate, len(changes) < len(way.changes))
