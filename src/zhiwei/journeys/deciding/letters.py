"""Tell the applicant: the letter of a stored decision, from the product version and the inputs it was made with."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from zhiwei.credit.underwriting.disclosure import Told as Reason
from zhiwei.journeys.borrower.members import members_of
from zhiwei.journeys.ports import Books, Unit
from zhiwei.journeys.products import by_hash
from zhiwei.reports.letter import BUREAU, PERSON, POLICY, Letter, letter, reasons_of
from zhiwei.values import Actor, NotFound, Refusal, fen


def letter_of(*, books: Books, by: Actor, decision_id: str) -> Letter:
    """Refusal where a person ruled on it since: the letter is of what became of it."""
    with books.unit(by.tenant) as unit:
        stored = unit.decisions.get(decision_id)
        if stored is None:
            raise NotFound(
                "no_such_decision", f"no decision {decision_id}", hint="`zhiwei decide --json` prints the ids"
            )
        if ruled := unit.tasks.ruling(decision_id):
            raise Refusal("overruled", f"a person ruled on {decision_id}", hint=f"what became of it is {ruled.became}")
        product = by_hash(unit, stored.product, stored.product_hash)
        inputs = json.loads(stored.inputs)
        name = unit.parties.names([stored.party]).get(stored.party) or stored.party
        reported = _reported(unit, stored.party, stored.as_of)
    return letter(json.loads(stored.document), inputs, product, name, reported)


@dataclass(frozen=True, slots=True)
class Told:
    """What of a decision the applicant and who applied for it are told. `became`: what a person's word made of it, or
    ''. `limit`, `at_once` (分) and rate are there where it was approved.
    """

    decision: str
    party: str
    product: str
    as_of: date
    outcome: str
    decided_by: str
    grade: str
    reasons: tuple[Reason, ...]
    versions: Mapping[str, str]
    inputs_hash: str
    became: str
    limit: int | None
    at_once: int | None
    annual_rate: str | None


def told_of(*, books: Books, by: Actor, decision_id: str) -> Told:
    with books.unit(by.tenant) as unit:
        stored = unit.decisions.get(decision_id)
        if stored is None:
            raise NotFound("no_such_decision", f"no decision {decision_id}")
        ruled = unit.tasks.ruling(decision_id)
    document, person = json.loads(stored.document), "ruling" in json.loads(stored.inputs)
    yes, at_once = stored.outcome == "approve", document.get("at_once")
    return Told(
        decision_id, stored.party, stored.product, stored.as_of, stored.outcome, PERSON if person else POLICY,
        stored.grade, reasons_of(document, person), document["versions"], document["inputs_hash"],
        ruled.became if ruled else "", stored.limit if yes else None,
        min(fen(at_once), stored.limit) if yes and at_once is not None else None,
        document["annual_rate"] if yes else None,
    )  # fmt: skip


def _reported(unit: Unit, party: str, as_of: date) -> dict[str, list[str]]:
    """Kind of record -> the bureaus whose reports were seen; none of what was deleted since."""
    found: dict[str, set[str]] = {}
    for member in members_of(unit, [party])[party]:
        for one in unit.batches.filed(member):
            if one.kind.startswith(BUREAU) and one.first_day <= as_of:
                found.setdefault(one.kind, set()).add(one.source)
    return {kind: sorted(sources) for kind, sources in found.items()}
