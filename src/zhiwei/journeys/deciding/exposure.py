"""What we have at stake already: read from our own book for parties together, and looked at again before a line opens.

It needs no consent: it is what we were told of who owns whom, and our own contracts.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from zhiwei.borrower.control import threshold
from zhiwei.borrower.relations import holds
from zhiwei.borrower.sameness import Sameness
from zhiwei.credit.underwriting import underwrite
from zhiwei.credit.underwriting.group import EXPOSURES, JOINT_SHARE, Ties, exposures
from zhiwei.journeys.borrower.members import everybody, members_of, tied_to
from zhiwei.journeys.ports import LineChange, StoredDecision, Unit
from zhiwei.journeys.view import account
from zhiwei.loans.line import CLOSED, EXPIRED, FROZEN, OPEN, Line
from zhiwei.shelf import Product
from zhiwei.tables import MICRO, micro, text
from zhiwei.values import Breach, Refusal, fen, grouped

_FEN = MICRO // 100  # micro-units of 元 in a 分
_STATUS = {"freeze": FROZEN, "unfreeze": OPEN, "close": CLOSED}


def stored_exposures(
    unit: Unit, product: Product, parties: Sequence[str], on: date
) -> dict[str, dict[str, str | None]]:
    """Party -> those of these facts that the product looks at, as of a day, as a decision keeps them.

    What was opened, cut, frozen, closed, drawn and repaid after that day is not seen; who is one with whom is as now.
    """
    names = _wanted(product)
    if not names:
        return {}
    ties = ties_of(unit, parties, names, on)
    lines = _as_of(unit, unit.lines.of_parties(sorted(_everybody(ties.values()))), on)
    found = {party: exposures(ties[party], product.product_id, lines, on) for party in parties}
    return {party: {name: _text(values[name]) for name in names} for party, values in found.items()}


def to_hold(unit: Unit, product: Product, party: str, on: date) -> set[str]:
    """Whose lines must not grow in number while an offer of this product is accepted, the party's own among them."""
    return set(_everybody(ties_of(unit, [party], _wanted(product), on).values()))


def check_exposure(
    unit: Unit, product: Product, decision: StoredDecision, offer: int, held: Collection[str], on: date
) -> None:
    """Refusal where more is at stake than when this was decided, and the product would no longer offer as much (分).

    Lines count as they are now, those opened for a later day among them. What a person ruled stands on what that person
    saw: there any rise needs another word. `held`: whose lines stand still.
    """
    names = _wanted(product)
    if not names:
        return
    ties = _held_ties(unit, decision.party, names, held, on)
    now = exposures(ties, product.product_id, unit.lines.of_parties(sorted(held)), on)
    inputs = json.loads(decision.inputs)
    then = {name: inputs["facts"].get(name) for name in names}
    risen = [name for name in names if _rose(then[name], now[name])]
    if not risen:
        return
    if "ruling" not in inputs:
        facts = _facts(product, inputs["facts"] | {one: _text(now[one]) for one in risen})
        verdict = underwrite(product.policy, facts, decision.as_of)
        if verdict.outcome == "approve" and offer * _FEN <= verdict.limit:
            return
    told = ", ".join(f"{name} was {then[name]} 元 and is {_said(now[name])} 元" for name in risen)
    raise Refusal("exposure_changed", f"{decision.party}: {told}", hint="decide again: less may be offered now")


def check_raise(unit: Unit, product: Product, line: Line, limit: int, on: date) -> None:
    """Refusal where a line of so much (分) is more than the product leaves beside all else that is at stake now.

    Only what rests on what is at stake is asked again: for the rest two persons stand. Whose lines count is held until
    the transaction ends, so call this before the line is locked: `accept` takes them in the same order.
    """
    names = _wanted(product)
    if not names:
        return
    unit.merges.hold()
    held = to_hold(unit, product, line.party, on)
    unit.lines.hold(sorted(held))
    ties = _held_ties(unit, line.party, names, held, on)
    others = [one for one in unit.lines.of_parties(sorted(held)) if one.line_id != line.line_id]
    now = exposures(ties, product.product_id, others, on)
    decision = unit.decisions.get(line.decision)
    if decision is None:
        raise Breach(f"line {line.line_id} was opened on no decision")
    known = json.loads(decision.inputs)["facts"] | {name: _text(now[name]) for name in names}
    verdict = underwrite(product.policy, _facts(product, known), on)
    resting = product.policy.resting_on(names)
    [terms] = [one["terms"] for one in verdict.trace if one["step"] == "limit"]
    names_of = {term.name: term.expression.names for term in product.policy.limit}
    asked = [name for name, those in names_of.items() if those & resting and JOINT_SHARE not in those]  # a share of all
    passed = [name for name in asked if terms[name] is None or limit * _FEN > micro(terms[name])]
    passed += [one.code for one in verdict.reasons if one.effect == "decline" and one.fact in resting]
    if passed:
        told = ", ".join(f"{name} is {_said(now[name])} 元" for name in names)
        message = f"{grouped(limit)} 元 for {line.party} is more than {', '.join(passed)} leaves: {told}"
        raise Refusal("over_exposure", message, hint="raise it to less, or cut another line first")


def _held_ties(unit: Unit, party: str, names: Collection[str], held: Collection[str], on: date) -> Ties:
    ties = ties_of(unit, [party], names, on)[party]
    if not ties.everybody <= set(held):
        raise Refusal("group_changed", f"the group of {party} grew meanwhile", hint="do it again")
    return ties


def _facts(product: Product, known: Mapping[str, str | None]) -> dict[str, int | None]:
    return {name: None if (value := known.get(name)) is None else micro(value) for name in product.facts}


def ties_of(unit: Unit, parties: Sequence[str], names: Collection[str], on: date) -> dict[str, Ties]:
    """Who is one with each of these, in its group, and guaranteed by it: as far as these facts ask."""
    own = members_of(unit, parties)
    groups: dict[str, frozenset[str] | None] = dict.fromkeys(parties, frozenset())
    guaranteed: dict[str, frozenset[str]] = dict.fromkeys(parties, frozenset())
    control = threshold("control_share", on)
    if "exposure_group" in names and control:
        tied = tied_to(unit, [own[party][0] for party in parties], on, control.share)
        found = {party: tied[own[party][0]] for party in parties}
        groups = {party: one.members if one.complete else None for party, one in found.items()}
    if "exposure_guaranteed" in names:
        guaranteed = _guaranteed(unit, own, on)
    ends = {end for some in (*groups.values(), *guaranteed.values()) for end in some or ()}
    same = members_of(unit, sorted(ends)) if ends else {}

    def others(party: str, some: frozenset[str]) -> frozenset[str]:
        return frozenset(member for one in some for member in same[one]) - set(own[party])

    return {
        party: Ties(
            frozenset(own[party]), None if (group := groups[party]) is None else others(party, group),
            others(party, guaranteed[party]),
        )
        for party in parties
    }  # fmt: skip


def _guaranteed(unit: Unit, own: Mapping[str, Sequence[str]], on: date) -> dict[str, frozenset[str]]:
    links = [link for link in unit.relations.links(everybody(own)) if link.kind == "guarantees" and holds(link, on)]
    one = Sameness(unit.merges.around(sorted({link.other for link in links}))).one
    return {
        party: frozenset(one(link.other) for link in links if link.party in members) for party, members in own.items()
    }


def _as_of(unit: Unit, lines: Sequence[Line], on: date) -> list[Line]:
    """The lines that were open by then, each as it was: most are read as they are, few have changed since."""
    lines = [line for line in lines if line.opened_on <= on]
    changes: dict[str, list[LineChange]] = {}
    for change in unit.lines.changes([line.line_id for line in lines]) if lines else ():
        changes.setdefault(change.line, []).append(change)
    moved = [line.line_id for line in lines if line.last_event and line.last_event > on]
    loans = unit.loans.of_lines(moved) if moved else []
    events = unit.loans.events(moved) if moved else {}
    on_their_way = unit.lines.payouts(status="ordered") if any(line.held for line in lines) else []
    found = []
    for line in lines:
        then = _limited(line, changes.get(line.line_id, ()), on)
        if line.line_id in moved:
            state = account([loan for loan in loans if loan.line == line.line_id], events.get(line.line_id, []), on)
            then = replace(then, used=sum(loan.principal for loan in state.loans.values()))
        if line.held:
            ordered = (one for one in on_their_way if one.line == line.line_id and one.value_date <= on)
            then = replace(then, held=sum(payout.amount for payout in ordered))
        found.append(then)
    return found


def _limited(line: Line, changes: Sequence[LineChange], on: date) -> Line:
    """Its limit and status, by what people changed of it until then; what only its lateness froze counts as open."""
    later = [change for change in changes if change.on > on and change.what in ("cut", "raise")]
    then = replace(line, limit=fen(later[0].was)) if later else line
    switches = [change for change in changes if change.what in _STATUS]
    known = [change for change in switches if change.on <= on]
    if len(known) == len(switches):
        return replace(then, status=OPEN) if line.status == EXPIRED else then
    status, because = (_STATUS[known[-1].what], known[-1].because) if known else (OPEN, "")
    return replace(then, status=status, frozen_because=because)


def _wanted(product: Product) -> list[str]:
    used = product.policy.facts()
    return [name for name in EXPOSURES if name in used]


def _everybody(ties: Collection[Ties]) -> frozenset[str]:
    return frozenset().union(*(one.everybody for one in ties))


def _rose(then: str | None, now: int | None) -> bool:
    return then is not None and (now is None or now * _FEN > micro(then))


def _text(amount: int | None) -> str | None:
    return None if amount is None else text(amount * _FEN)


def _said(amount: int | None) -> str:
    return "not known" if amount is None else grouped(amount)
