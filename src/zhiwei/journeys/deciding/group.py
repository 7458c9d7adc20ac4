"""Parties that answer for each other (联保): advice on those somebody names, and what a decision takes off a member."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from zhiwei.borrower.control import reached, threshold
from zhiwei.borrower.relations import holds
from zhiwei.credit.underwriting import underwrite
from zhiwei.credit.underwriting.group import JOINT_SHARE, MOST, Advice, Member, advise
from zhiwei.journeys.borrower.members import Tied, links_of, members_of, tied_to
from zhiwei.journeys.ports import Books, StoredDecision, Unit
from zhiwei.journeys.products import by_hash
from zhiwei.shelf import Product
from zhiwei.tables import MICRO, micro, text
from zhiwei.values import Actor, BadInput, NotFound, Refusal

TERM = "joint_group"
"""The term of a limit that a group takes something off: what a member would get alone is the least of the others."""
_FEN = MICRO // 100  # micro-units of 元 in a 分


def advise_group(*, books: Books, by: Actor, members: Sequence[str], pds: Mapping[str, float] | None = None) -> Advice:
    """What these parties may get as one group today. `pds` in the place of what their latest decisions found.

    Each counts with what that decision would give it alone, in the steps of its product, with the industry and the
    region of its profile, and as linked to whom it is tied to by control or by a link other than a guarantee. Refusal
    where one has no limit of its own.
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
        risks = []
        for name in members:
            pd, limit, step = _decided(unit, one[name])
            risks.append((one[name], said.get(name, pd), limit, step))
        found = _told(unit, risks, today)
    return advise(found, today)


def joint_shares(
    unit: Unit, product: Product, facts: Mapping[str, Mapping[str, str | None]], on: date
) -> dict[str, str | None]:
    """Party -> the share of its limit that its joint-liability group leaves it, where the product asks; else nothing.

    A group are those who guarantee each other on the day. It is judged by what this product finds of the party alone
    and by the latest decision on each of the others; where one was not decided on, or gets nothing, it is not known.
    """
    if JOINT_SHARE not in product.facts:
        return {}
    groups = _answering(unit, facts.keys(), on)
    return {party: _share(unit, product, party, groups[party], facts[party], on) for party in facts}


def _share(
    unit: Unit, product: Product, party: str, group: frozenset[str], facts: Mapping[str, str | None], on: date
) -> str | None:
    if group == {party}:
        return "1"
    if len(group) > MOST:
        return None
    known = {name: None if (value := facts.get(name)) is None else micro(value) for name in product.facts}
    verdict = underwrite(product.policy, known, on)
    step = product.policy.limit_step // _FEN
    alone = _alone(verdict.trace, step)
    if not alone:
        return "1"  # nothing to take a share of: other terms say why
    risks = [(party, verdict.pd / MICRO, alone, step)]
    for other in sorted(group - {party}):
        decision = unit.decisions.latest(other, on)
        limit, steps = _limit(unit, decision) if decision else (0, 1)
        if decision is None or not limit:
            return None
        risks.append((other, float(decision.pd), limit, steps))
    return text(math.floor(advise(_told(unit, risks, on), on).scale * MICRO))


def _told(unit: Unit, risks: Sequence[tuple[str, float, int, int]], on: date) -> list[Member]:
    """Members by (party, PD, limit alone in 分, its step), with what is known of them on a day."""
    parties = [party for party, *_ in risks]
    profiles, near = unit.relations.profiles(parties, on), _near(unit, parties, on)
    return [
        Member(
            party, pd, limit, (profile := profiles.get(party, {})).get("industry"), profile.get("region"),
            links=near[party], step=step,
        )
        for party, pd, limit, step in risks
    ]  # fmt: skip


def _decided(unit: Unit, party: str) -> tuple[float, int, int]:
    decision = unit.decisions.latest(party)
    if decision is None:
        raise NotFound("no_decision", f"{party} was never decided on", hint="decide first, or give a --file")
    limit, step = _limit(unit, decision)
    if not limit:
        what = f"{party} was {decision.outcome}d on {decision.as_of} ({decision.decision_id})"
        raise Refusal("not_approved", f"{what} and has no limit of its own", hint="a group lends to its members")
    return float(decision.pd), limit, step


def _limit(unit: Unit, decision: StoredDecision) -> tuple[int, int]:
    """What a decision would give alone, and the step of its limits, in 分; what a person ruled stands."""
    step = by_hash(unit, decision.product, decision.product_hash).policy.limit_step // _FEN
    if decision.outcome == "decline" or "ruling" in json.loads(decision.inputs):
        return decision.limit, step
    return _alone(json.loads(decision.document)["trace"], step), step


def _alone(trace: Iterable[Mapping[str, Any]], step: int) -> int:
    """The least term of a limit but the group's, rounded down, in 分; 0 where one of them cannot be computed."""
    [terms] = [one["terms"] for one in trace if one["step"] == "limit"]
    values = [value for name, value in terms.items() if name != TERM]
    least = 0 if None in values else min(map(Decimal, values), default=Decimal(0))
    return max(0, math.floor(least * 100)) // step * step


def _answering(unit: Unit, parties: Iterable[str], on: date) -> dict[str, frozenset[str]]:
    """Each of these -> who answers with it, itself among them: those who guarantee each other, and so on.

    Links are read step by step for all at once; a group that grew past what one may be is not read to its end.
    """
    mutual: dict[str, set[str]] = {}
    found = {party: frozenset([party]) for party in parties}
    while wanted := sorted({one for group in found.values() if len(group) <= MOST for one in group - mutual.keys()}):
        for party, links in links_of(unit, wanted).items():
            given = [link for link in links if link.kind == "guarantees" and holds(link, on)]
            answers = {link.other for link in given if link.party == party}
            mutual[party] = answers & {link.party for link in given if link.other == party}
        found = {party: reached(party, mutual) for party in found}
    return found


def _near(unit: Unit, parties: Sequence[str], on: date) -> dict[str, frozenset[str]]:
    """Party -> others of these that are tied to it on a day."""
    control = threshold("control_share", on)
    tied = tied_to(unit, parties, on, control.share) if control else {party: Tied(frozenset()) for party in parties}
    direct = {
        party: {link.other_than(party) for link in one.links.values()
                if party in (link.party, link.other) and link.kind != "guarantees" and holds(link, on)}
        for party, one in tied.items()
    }  # fmt: skip
    return {party: frozenset((tied[party].members | direct[party]) & set(parties)) - {party} for party in parties}
