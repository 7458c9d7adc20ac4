"""How applications stand: what was decided on each, as far as who applied may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from zhiwei.journeys.borrower.members import members_of
from zhiwei.journeys.ports import Books
from zhiwei.values import Actor


@dataclass(frozen=True, slots=True)
class AppliedFor:
    """`decision` and `outcome` are '' where nothing was decided yet; after a person's word they are what it made."""

    application: str
    party: str
    product: str
    applied_on: date
    channel: str
    decision: str
    outcome: str


def applied_for(*, books: Books, by: Actor, client: str, applications: Sequence[str]) -> list[AppliedFor]:
    """In the order asked; what is not there is left out. Of a party that was merged the one that was kept decides."""
    with books.unit(by.tenant) as unit:
        known = unit.applications.known(applications)
        kept = {party: those[0] for party, those in members_of(unit, [one.party for one in known.values()]).items()}
        asked = [(kept[one.party], one.product, one.on) for one in known.values()]
        decided = unit.decisions.seen_by(client, asked)
    found = [known[name] for name in applications if name in known]
    return [
        AppliedFor(
            one.application_id, one.party, one.product, one.on, one.channel,
            *decided.get((kept[one.party], one.product, one.on), ("", "")),
        )
        for one in found
    ]  # fmt: skip
