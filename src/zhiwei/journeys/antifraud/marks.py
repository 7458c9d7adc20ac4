"""Who is known to be bad: marked by one person with a reason and evidence, and let off again only by two."""

import json
from dataclasses import asdict, dataclass
from datetime import date

from zhiwei.journeys.network import Mark
from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books
from zhiwei.journeys.referred import Proposal
from zhiwei.values import Actor, BadInput, NotFound, Refusal, canonical, digest, identifier

VERB = "end_mark"


@dataclass(frozen=True, slots=True)
class Marked:
    mark: str
    party: str
    new: bool


@dataclass(frozen=True, slots=True)
class MarkEnded:
    mark: str
    party: str
    ended_on: str


def mark_party(*, books: Books, by: Actor, party: str, why: str, evidence: str, since: date) -> Marked:
    """A party, one of ours or not, is known to be bad from a day on. The same words again are the same mark."""
    if not (party.strip() and why.strip() and evidence.strip()):
        raise BadInput("no_reason", "a mark names a party, a reason and evidence for it")
    if since > books.today():
        raise Refusal("future_date", f"{since} is in the future", hint=f"today is {books.today()}")
    request = {"party": party, "why": why, "evidence": evidence, "since": since}
    with step(books, by, "mark_party", f"mark:{digest(request)}", request) as current:
        if current.earlier is None:
            mark = Mark(identifier("mark", request), party, why, evidence, since, None, by.person)
            current.unit.network.mark(mark)
            current.result = {"mark": mark.mark_id, "party": party}
        return Marked(**(current.earlier or current.result), new=current.earlier is None)


def marks(*, books: Books, by: Actor, on: date) -> list[Mark]:
    """All that are in force on a day."""
    with books.unit(by.tenant) as unit:
        return unit.network.marks(on)


def propose_end_of_mark(*, books: Books, by: Actor, mark: str, on: date, because: str) -> str:
    """-> the proposal's id; another person approves it."""
    if not because.strip():
        raise BadInput("no_reason", "a mark ends for a reason")
    request = {"mark": mark, "on": on, "because": because}
    proposal = identifier("prop", VERB, request)
    with step(books, by, "propose_end_of_mark", proposal, request) as current:
        if current.earlier is None:
            _find(current.unit.network.marks(books.today()), mark)
            current.unit.steps.propose(Proposal(proposal, VERB, canonical(request), by.person, None))
            current.result = {"proposal": proposal}
    return proposal


def approve_end_of_mark(*, books: Books, by: Actor, proposal: str) -> MarkEnded:
    """By a second person: the mark no longer holds from its day on; what was decided before stays decided."""
    with step(books, by, "approve_end_of_mark", f"approve:{proposal}", {"proposal": proposal}) as current:
        if current.earlier is None:
            unit = current.unit
            found = unit.steps.proposal(proposal)
            if found is None or found.verb != VERB:
                raise NotFound("no_such_proposal", f"no proposal {proposal} to end a mark")
            if by.is_same_person(found.proposed_by):
                raise Refusal("four_eyes", f"{proposal} was proposed by {by.person}", hint="another person approves")
            asked = json.loads(found.request)
            mark = _find(unit.network.marks(books.today()), asked["mark"])
            unit.steps.approve(proposal, by.person)
            unit.relations.end(mark.mark_id, date.fromisoformat(asked["on"]), asked["because"], by.person)
            current.result = asdict(MarkEnded(mark.mark_id, mark.party, asked["on"]))
        return MarkEnded(**(current.earlier or current.result))


def _find(known: list[Mark], mark: str) -> Mark:
    for one in known:
        if one.mark_id == mark:
            return one
    raise NotFound("no_such_mark", f"no mark {mark} is in force", hint="zhiwei network marks")
