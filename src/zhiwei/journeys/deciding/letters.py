"""Tell the applicant: the letter of a stored decision, from the product version and the inputs it was made with."""

import json
from datetime import date

from zhiwei.journeys.borrower.members import members_of
from zhiwei.journeys.ports import Books, Unit
from zhiwei.journeys.products import by_hash
from zhiwei.reports.letter import BUREAU, Letter, letter
from zhiwei.values import Actor, NotFound, Refusal


def letter_of(*, books: Books, by: Actor, decision_id: str) -> Letter:
    """Refusal where a person ruled on it since: the letter is of what became of it."""
    with books.unit(by.tenant) as unit:
        stored = unit.decisions.get(decision_id)
        if stored is None:
            raise NotFound(
                "no_such_decision", f"no decision {decision_id}", hint="`zhiwei decide --json` prints the ids"
            )
        if ruled := unit.tasks.ruling(decision_id):
            raise Refusal("overruled", f"a person ruled on {decision_id}", hint=f"zhiwei letter {ruled.became}")
        product = by_hash(unit, stored.product, stored.product_hash)
        inputs = json.loads(stored.inputs)
        name = unit.parties.names([stored.party]).get(stored.party) or stored.party
        reported = _reported(unit, stored.party, stored.as_of)
    return letter(json.loads(stored.document), inputs, product, name, reported)


def _reported(unit: Unit, party: str, as_of: date) -> dict[str, list[str]]:
    """Kind of record -> the bureaus whose reports were seen; none of what was deleted since."""
    found: dict[str, set[str]] = {}
    for member in members_of(unit, [party])[party]:
        for one in unit.batches.filed(member):
            if one.kind.startswith(BUREAU) and one.first_day <= as_of:
                found.setdefault(one.kind, set()).add(one.source)
    return {kind: sorted(sources) for kind, sources in found.items()}
