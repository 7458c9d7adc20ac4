"""Advise on parties that would answer for each other: by their latest decisions and what is known of them."""

from collections.abc import Mapping, Sequence
from datetime import date

from zhiwei.borrower.control import threshold
from zhiwei.borrower.relations import holds
from zhiwei.credit.underwriting.group import MOST, Advice, Member, advise
from zhiwei.journeys.borrower.members import Tied, members_of, tied_to
from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import Actor, BadInput, NotFound, Refusal


def advise_group(*, books: Books, by: Actor, members: Sequence[str], pds: Mapping[str, float] | None = None) -> Advice:
    """What these parties may get as one group today. `pds` in the place of what their latest decisions found.

    Each counts with that decision's limit, with the industry and the region of its profile, and as linked to whom it is
    tied to by control or by a link other than a guarantee. Refusal where one has no limit of its own.
    """
    if len(members) > MOST:
        raise BadInput("bad_group", f"a group has at most {MOST} members, not {len(members)}")
    today, said = books.today(), dict(pds or {})
    if strangers := sorted(said.keys() - set(members)):
        raise BadInput("bad_pd", f"{', '.join(strangers)} is no member of the group")
    with books.unit(by.tenant) as unit:
        if unknown := sorted(set(members) - unit.parties.sources(list(members)).keys()):
            raise NotFound("no_such_party", f"no party {', '.join(unknown)}", hint="or tell of the group in a --file")
        one = {name: those[0] for name, those in members_of(unit, members).items()}
        kept = [one[name] for name in members]
        profiles = unit.relations.profiles(kept, today)
        near = _near(unit, kept, today)
        found = []
        for name, party in zip(members, kept, strict=True):
            pd, limit = _decided(unit, party)
            profile = profiles.get(party, {})
            found.append(Member(
                party, said.get(name, pd), limit, profile.get("industry"), profile.get("region"), None, near[party]
            ))  # fmt: skip
    return advise(found, today)


def _decided(unit: Unit, party: str) -> tuple[float, int]:
    decision = unit.decisions.latest(party)
    if decision is None:
        raise NotFound("no_decision", f"{party} was never decided on", hint="decide first, or give a --file")
    if not decision.limit:
        what = f"{party} was {decision.outcome}d on {decision.as_of} ({decision.decision_id})"
        raise Refusal("not_approved", f"{what} and has no limit of its own", hint="a group lends to its members")
    return float(decision.pd), decision.limit


def _near(unit: Unit, parties: Sequence[str], on: date) -> dict[str, frozenset[str]]:
    """Party -> others of these that are tied to it today."""
    control = threshold("control_share", on)
    tied = tied_to(unit, parties, on, control.share) if control else {party: Tied(frozenset()) for party in parties}
    direct = {
        party: {link.other_than(party) for link in one.links.values()
                if party in (link.party, link.other) and link.kind != "guarantees" and holds(link, on)}
        for party, one in tied.items()
    }  # fmt: skip
    return {party: frozenset((tied[party].members | direct[party]) & set(parties)) - {party} for party in parties}
