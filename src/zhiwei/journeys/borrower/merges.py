"""Two records of one party: one person proposes to merge them, another approves or anybody rejects, anybody undoes.

Nothing of either party changes, and no money moves: a line stays with the party it was opened for, and what is read
through a merge is read as if both had been one (`records`, `pictures`).
"""

import json
from dataclasses import dataclass
from datetime import date

from zhiwei.borrower.identity import masked_text
from zhiwei.borrower.relations import Merge
from zhiwei.borrower.sameness import Rejection, Sameness
from zhiwei.journeys.borrower.duplicates import against, known_of, stands
from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books, Unit
from zhiwei.journeys.referred import Proposal
from zhiwei.loans import FROZEN, OPEN
from zhiwei.loans.line import LATE, Line
from zhiwei.values import Actor, BadInput, Forbidden, NotFound, Refusal, canonical, identifier

VERB = "party.merge"
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Merging:
    """`gone` is `kept` by another name. `again`: although somebody rejected this, and nothing new is known since."""

    kept: str
    gone: str
    because: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class ProposedMerge:
    proposal: str
    kept: str
    gone: str
    proposed_by: str


@dataclass(frozen=True, slots=True)
class Merged:
    merge: str
    kept: str
    gone: str
    proposed_by: str
    approved_by: str
    merged_at: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """`proposals`: those that had been waiting, and wait no more."""

    one: str
    other: str
    proposals: list[str]
    person: str


@dataclass(frozen=True, slots=True)
class Undone:
    merge: str
    kept: str
    gone: str
    undone_by: str
    undone_at: str


def propose_merge(*, books: Books, by: Actor, key: str, merging: Merging) -> ProposedMerge:
    """Ask for two parties to be one. Nothing happens yet, but what cannot happen is refused at once."""
    because = _why(merging.because)
    request = {"kept": merging.kept, "gone": merging.gone, "because": because, "again": merging.again}
    with step(books, by, "propose_merge", key, request) as current:
        if current.earlier is None:
            unit = current.unit
            unit.merges.lock()
            sameness = _may_be_one(unit, merging.kept, merging.gone, books.today())
            _check_proposals(unit, merging)
            if not merging.again:
                _check_rejections(unit, sameness, merging, books.today())
            proposal = Proposal(identifier("prop", key, request), VERB, canonical(request), by.person, None)
            unit.steps.propose(proposal)
            current.result = {
                "proposal": proposal.proposal_id, "kept": merging.kept, "gone": merging.gone, "proposed_by": by.person,
            }  # fmt: skip
        return ProposedMerge(**(current.earlier or current.result))


def approve_merge(*, books: Books, by: Actor, proposal: str) -> Merged:
    """Another person agrees, and from this moment the two are one. Approved twice it happens once."""
    with step(books, by, "approve_merge", f"approve-merge:{proposal}", {"proposal": proposal}) as current:
        if current.earlier is None:
            unit = current.unit
            unit.merges.lock()
            found, kept, gone = _waiting(unit, proposal)
            if by.is_same_person(found.proposed_by):
                raise Forbidden("four_eyes", f"{by.person} proposed this", hint="another person approves it")
            _may_be_one(unit, kept, gone, books.today())
            merge_id, because = identifier("mrg", proposal), str(json.loads(found.request)["because"])
            unit.merges.add(merge_id, kept, gone, because, (found.proposed_by, by.person))
            unit.steps.approve(proposal, by.person)
            merge = _merge(unit, merge_id)
            current.result = {
                "merge": merge_id, "kept": kept, "gone": gone, "proposed_by": merge.proposed_by,
                "approved_by": merge.approved_by, "merged_at": merge.merged_at.isoformat(),
            }  # fmt: skip
        return Merged(**(current.earlier or current.result))


def reject_merge(*, books: Books, by: Actor, key: str, what: str | tuple[str, str], because: str) -> Rejected:
    """These two are two: a proposal, or a pair that nobody proposed yet. It is remembered with what was known of them.

    One person is enough, the one who proposed it among them: nothing happens by it, and what is new opens it again.
    """
    reason = _why(because)
    request = {"what": what if isinstance(what, str) else sorted(what), "because": reason}
    with step(books, by, "reject_merge", key, request) as current:
        if current.earlier is None:
            unit = current.unit
            unit.merges.lock()
            pair = _waiting(unit, what)[1:] if isinstance(what, str) else what
            one, other = sorted(pair)
            sameness = _two(unit, one, other)
            everyone = sorted({*sameness.members(one), *sameness.members(other)})
            rows = known_of(unit, everyone, sameness, books.today())
            waiting = [found for found, kept, gone in _proposals(unit) if {kept, gone} == {one, other}]
            for proposal in waiting or [""]:
                unit.merges.reject(
                    Rejection(
                        identifier("rej", key, request, proposal), one, other, reason, by.person, proposal,
                        frozenset(rows["id"]), against(rows),
                    )
                )  # fmt: skip
            current.result = {"one": one, "other": other, "proposals": waiting, "person": by.person}
        return Rejected(**(current.earlier or current.result))


def undo_merge(*, books: Books, by: Actor, key: str, merge: str, because: str) -> Undone:
    """The two are two again, each as it was; what was decided meanwhile stays as it was decided.

    One person is enough. A wrong merge shows the records of one business in the picture of another, who never agreed to
    that: whoever sees it stops it, and does not wait for a second. It gives nothing that was not there: each has its
    own records and lines as before, the two are found as duplicates again, and who undid it and why is written down.
    """
    reason = _why(because)
    with step(books, by, "undo_merge", key, {"merge": merge, "because": reason}) as current:
        if current.earlier is None:
            unit = current.unit
            unit.merges.lock()
            if not unit.merges.undo(_merge(unit, merge).merge_id, reason, by.person):
                raise Refusal("already_undone", f"merge {merge} is undone already")
            done = _merge(unit, merge)
            current.result = {
                "merge": merge, "kept": done.kept, "gone": done.gone, "undone_by": by.person,
                "undone_at": str(done.undone_at and done.undone_at.isoformat()),
            }  # fmt: skip
        return Undone(**(current.earlier or current.result))


def merges_of(*, books: Books, by: Actor, party: str | None = None) -> list[Merge]:
    """All merges, or those of a party and of whoever it was ever merged with; undone ones among them."""
    with books.unit(by.tenant) as unit:
        if party is None:
            return unit.merges.all()
        _known(unit, party)
        return sorted(unit.merges.around([party]), key=lambda merge: merge.merged_at)


def _why(because: str) -> str:
    """Free text as it is kept: numbers of people are hidden in it."""
    if not because.strip() or len(because) > LONGEST:
        raise BadInput("no_reason", f"say why, in 1 to {LONGEST} characters", hint="because")
    return masked_text(because.strip())


def _merge(unit: Unit, merge_id: str) -> Merge:
    found = unit.merges.get(merge_id)
    if found is None:
        raise NotFound("no_such_merge", f"no merge {merge_id}", hint="`zhiwei party merges` lists them")
    return found


def _known(unit: Unit, *parties: str) -> None:
    unknown = sorted(set(parties) - unit.parties.sources(parties).keys())
    if unknown:
        raise NotFound("no_such_party", f"no party {', '.join(unknown)}")


def _two(unit: Unit, one: str, other: str) -> Sameness:
    """Who is who around two parties that are two. BadInput or Refusal where they are one."""
    _known(unit, one, other)
    sameness = Sameness(unit.merges.around([one, other]))
    if one == other:
        raise BadInput("same_party", f"{one} is itself", hint="name two parties")
    if sameness.one(one) == sameness.one(other):
        raise Refusal("already_one", f"{one} and {other} are one: {sameness.one(one)}", hint="undo their merge")
    return sameness


def _may_be_one(unit: Unit, kept: str, gone: str, today: date) -> Sameness:
    """Who is who around two parties that may be merged. BadInput, NotFound or Refusal where they may not be."""
    _known(unit, kept, gone)
    sameness = Sameness(unit.merges.around([kept, gone]))
    sameness.check(kept, gone)
    _check_lines(unit, sameness, kept, gone, today)
    return sameness


def _check_lines(unit: Unit, sameness: Sameness, kept: str, gone: str, today: date) -> None:
    """Refusal where both have a line that can be drawn on: one business would have two limits, and nobody decided that.

    A line that a person froze does not count. So arrears never keep two records apart: freeze a line, which takes one
    person and no time, and merge; to free it again takes two, who then see the whole business.
    """
    sides = [(party, sameness.members(party)) for party in (kept, gone)]
    lines: dict[str, list[Line]] = {}
    for member in sorted({one for _, members in sides for one in members}):  # in one order, for each is locked
        found = [line.line_id for line in unit.lines.of_party(member)]
        lines[member] = list(unit.lines.lock(found).values()) if found else []
    drawn = [[line.line_id for one in members for line in lines[one] if _drawable(line, today)] for _, members in sides]
    if all(drawn):
        raise Refusal(
            "two_open_lines",
            f"{kept} has line {', '.join(drawn[0])} open, and {gone} has {', '.join(drawn[1])}",
            hint="freeze or close the lines of one of them first",
        )


def _drawable(line: Line, today: date) -> bool:
    """Open, or open again as soon as what is late is paid."""
    running = line.status == OPEN or (line.status == FROZEN and line.frozen_because == LATE)
    return running and today < line.expires_on


def _proposals(unit: Unit) -> list[tuple[str, str, str]]:
    """(proposal, kept, gone) of those that wait."""
    found = [(one.proposal_id, json.loads(one.request)) for one in unit.steps.proposals() if one.verb == VERB]
    return [(proposal, request["kept"], request["gone"]) for proposal, request in found]


def _waiting(unit: Unit, proposal: str) -> tuple[Proposal, str, str]:
    """A proposal of a merge that waits for its second person, who is kept by it and who is gone."""
    found = unit.steps.proposal(proposal)
    if found is None:
        raise NotFound("no_such_proposal", f"no proposal {proposal}")
    if found.verb != VERB:
        raise Refusal("other_proposal", f"{proposal} asks for {found.verb}, which is no merge", hint="zhiwei approve")
    if found.approved_by:
        raise Refusal("already_approved", f"{found.approved_by} approved {proposal}", hint="undo the merge instead")
    for rejection in unit.merges.rejections(proposal):
        raise Refusal("rejected", f"{rejection.person} rejected {proposal}", hint="propose it anew if there is reason")
    request = json.loads(found.request)
    return found, request["kept"], request["gone"]


def _check_proposals(unit: Unit, merging: Merging) -> None:
    for proposal, kept, gone in _proposals(unit):
        if {kept, gone} == {merging.kept, merging.gone}:
            message = f"{proposal} asks for {kept} and {gone} to be one, and waits"
            raise Refusal("already_proposed", message, hint="approve it or reject it")


def _check_rejections(unit: Unit, sameness: Sameness, merging: Merging, today: date) -> None:
    """Refusal where somebody said that these are two, and nothing is known that was not known then."""
    sides = [sameness.members(party) for party in (merging.kept, merging.gone)]
    said = [
        one
        for one in unit.merges.rejections()
        if any({one.one, one.other} == {left, right} for left in sides[0] for right in sides[1])
    ]
    if not said:
        return
    rows = known_of(unit, [*sides[0], *sides[1]], sameness, today)
    still = against(rows)
    for rejection in reversed(said):
        if stands(rejection, rows, still):
            raise Refusal(
                "rejected_before",
                f"{rejection.person} found on {rejection.rejected_at:%Y-%m-%d} that {rejection.one} and "
                f"{rejection.other} are two, and nothing new is known of them",
                hint="record what is new, or ask for it `again`",
            )
