"""What else people do to a loan: fees, rates, extensions, relief, write-off, sale, refunds, and undoing a mistake.

Each is an event on its value date. What gives money or rights away needs two persons: one proposes, another approves.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from zhiwei.journeys.lines.control import Change, Changed, apply_change
from zhiwei.journeys.lines.find import check_not_ahead, no_line, products_of
from zhiwei.journeys.money.touch import Held, happened, held_of, owed
from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books, Loan, Unit
from zhiwei.journeys.referred import Proposal
from zhiwei.loans import replay
from zhiwei.loans.accrual import running
from zhiwei.loans.events import (
    KINDS,
    NAMES,
    Charge,
    Event,
    RateChange,
    Refund,
    Renewal,
    Reschedule,
    Reversal,
    Transfer,
    Waiver,
    WriteOff,
    body,
    event_of,
)
from zhiwei.loans.loan import open_loan
from zhiwei.values import Actor, BadInput, Forbidden, NotFound, Refusal, canonical, grouped, identifier, yuan

TWO_PERSONS = (RateChange, Reschedule, Renewal, Waiver, Refund, WriteOff, Transfer)


@dataclass(frozen=True, slots=True)
class Amended:
    """What happened and what is owed afterwards."""

    event: str
    kind: str
    line: str
    loan: str
    value_date: str
    outstanding: str
    credit: str
    status: str


@dataclass(frozen=True, slots=True)
class Proposed:
    proposal: str
    verb: str
    proposed_by: str


def amend(*, books: Books, by: Actor, key: str, line: str, event: Event) -> Amended:
    """Let one event happen to a line; its id follows from the key. Refusal where two persons are needed."""
    if isinstance(event, TWO_PERSONS):
        raise Forbidden("four_eyes", f"{_name(event)} needs two persons", hint="propose it; another person approves it")
    with step(books, by, _name(event), key, _request(line, event)) as current:
        if current.earlier is None:
            current.result = _happen(books, current.unit, line, event, key)
        return Amended(**(current.earlier or current.result))


def propose_amendment(*, books: Books, by: Actor, key: str, line: str, event: Event) -> Proposed:
    """Ask for an event that needs a second person. Nothing happens yet, but what cannot happen is refused at once."""
    request = _request(line, event)
    with step(books, by, "propose_amendment", key, request) as current:
        if current.earlier is None:
            held = _held(current.unit, line)
            _check(books, held, event)
            proposal = Proposal(identifier("prop", key, request), _name(event), canonical(request), by.person, None)
            current.unit.steps.propose(proposal)
            current.result = {
                "proposal": proposal.proposal_id, "verb": proposal.verb, "proposed_by": by.person
            }  # fmt: skip
        return Proposed(**(current.earlier or current.result))


def approve_amendment(*, books: Books, by: Actor, proposal: str) -> Amended | Changed:
    """Another person agrees, and it happens. Approved twice it happens once."""
    with step(books, by, "approve_amendment", f"approve:{proposal}", {"proposal": proposal}) as current:
        if current.earlier is None:
            found = current.unit.steps.proposal(proposal)
            if found is None:
                raise NotFound("no_such_proposal", f"no proposal {proposal}")
            if by.is_same_person(found.proposed_by):
                raise Forbidden("four_eyes", f"{by.person} proposed this", hint="another person approves it")
            current.result = _approved(books, current.unit, by, found)
            current.unit.steps.approve(proposal, by.person)
        answer = current.earlier or current.result
        return Amended(**answer) if "event" in answer else Changed(**answer)


def _approved(books: Books, unit: Unit, by: Actor, proposal: Proposal) -> dict[str, Any]:
    if not (proposal.verb.startswith("line.") or proposal.verb in KINDS):
        message = f"{proposal.proposal_id} asks for {proposal.verb}, which is no change of a line"
        raise Refusal("other_proposal", message, hint="approve it where it was proposed")
    request = json.loads(proposal.request)
    line, on = request["line"], date.fromisoformat(request["on"])
    if proposal.verb.startswith("line."):
        change = Change(request["what"], request["because"], request["limit"], request["name"])
        return apply_change(books, unit, by, line, change, on)
    event = event_of(proposal.verb, "", on, request["loan"], request["details"])
    return _happen(books, unit, line, event, proposal.proposal_id)


def proposals(*, books: Books, by: Actor) -> list[Proposal]:
    """What waits for a second person."""
    with books.unit(by.tenant) as unit:
        return unit.steps.proposals()


def _happen(books: Books, unit: Unit, line: str, event: Event, key: str) -> dict[str, Any]:
    held = _held(unit, line)
    _check(books, held, event)
    named = replace(event, event_id=identifier("evt", line, key))
    if isinstance(named, Renewal):
        named = _renewed(unit, held, named)
    done = happened(unit, held, [named], named.value_date, named.event_id)
    return {
        "event": named.event_id, "kind": _name(named), "line": line, "loan": named.loan,
        "value_date": named.value_date.isoformat(), "outstanding": yuan(owed(done.account).total),
        "credit": yuan(done.account.credit), "status": held.line.status,
    }  # fmt: skip


def _held(unit: Unit, line: str) -> Held:
    opened = unit.desk.open([], [line], loans=True)
    return held_of(opened, products_of(unit)).get(line) or no_line(unit, line)


def _name(event: Event) -> str:
    return NAMES[type(event)]


def _request(line: str, event: Event) -> Mapping[str, Any]:
    return {"line": line, "loan": event.loan, "on": event.value_date.isoformat(), "details": body(event)}


def _check(books: Books, held: Held, event: Event) -> None:
    """Refusal where an event does not fit the line as it is on its day."""
    check_not_ahead(books, event.value_date)
    if event.value_date < held.line.opened_on:
        raise Refusal("line_not_open_yet", f"line {held.line.line_id} opened on {held.line.opened_on}")
    if type(event) not in KINDS.values():
        raise BadInput("no_such_event", f"nothing is called {type(event).__name__}")
    if event.loan and event.loan not in held.loans:
        raise NotFound("no_such_loan", f"line {held.line.line_id} has no loan {event.loan}")
    if isinstance(event, Reschedule | Renewal | WriteOff | Transfer) and not event.loan:
        raise BadInput("no_loan", f"{_name(event)} is about one loan", hint="name it")
    for name in ("amount", "price", "interest", "penalty", "compound", "fee"):
        if getattr(event, name, 0) < 0:
            raise BadInput("bad_amount", f"{name} is not negative")
    match event:
        case Reversal():
            _check_reversal(held, event)
        case Charge() | Refund() if event.amount == 0:
            raise BadInput("bad_amount", "an amount above 0 is needed")
        case Refund() if event.amount > held.line.credit:
            message = f"a refund of {grouped(event.amount)} 元 exceeds the {grouped(held.line.credit)} 元 kept"
            raise Refusal("over_credit", message)
        case Renewal():
            _check_renewal(held, event)
        case Reschedule() if (event.matures_on is not None) != (held.loans[event.loan].terms.matures_on is not None):
            raise BadInput(
                "bad_plan", "a revolving loan keeps a maturity, and other plans have none", hint="matures_on"
            )
        case _:
            pass


def _check_reversal(held: Held, event: Reversal) -> None:
    known = {one.event_id: one for one in held.events}
    if event.of not in known and event.of not in held.loans:
        raise NotFound("no_such_event", f"line {held.line.line_id} has no event {event.of}")
    if isinstance(known.get(event.of), Reversal):
        raise Refusal("reversed_reversal", "a reversal is not reversed", hint="enter what happened again")
    if any(isinstance(one, Reversal) and one.of == event.of for one in held.events):
        raise Refusal("already_reversed", f"{event.of} is reversed already")


def _check_renewal(held: Held, event: Renewal) -> None:
    """无还本续贷 (金规〔2024〕13号): before maturity, of a loan that is normal and has nothing overdue."""
    loan = held.loans[event.loan]
    state = replay([(name, one.terms) for name, one in held.loans.items()], held.events, event.value_date)
    found = state.loans.get(event.loan)
    if found is None or not found.principal or event.value_date >= found.matures_on:
        raise Refusal("cannot_renew", f"loan {event.loan} owes nothing or has matured", hint="renew before maturity")
    if found.days_past_due() or loan.asset_class != "normal":
        raise Refusal("cannot_renew", f"loan {event.loan} is overdue or not of class normal")
    if event.until <= event.value_date:
        raise BadInput("bad_maturity", f"a renewed loan matures after {event.value_date}")


def _renewed(unit: Unit, held: Held, event: Renewal) -> Renewal:
    """The renewal with its amount and its new loan, which is opened here: it repays the old one, no cash moves."""
    old = held.loans[event.loan]
    contracts = [(name, one.terms) for name, one in held.loans.items()]
    principal = replay(contracts, held.events, event.value_date).loans[event.loan].principal
    terms = replace(old.terms, principal=principal, drawn_on=event.value_date, funded="renewal")
    if terms.matures_on:
        terms = replace(terms, matures_on=event.until)
    named = replace(event, by=identifier("loan", event.event_id), amount=principal)
    new = Loan(
        named.by, held.line.line_id, held.line.party, held.line.product, held.line.product_hash, old.sub_limit, terms,
        0, 0, 0, 0, None, "normal", None, running(open_loan(terms)),
    )  # fmt: skip
    held.loans[new.loan_id] = new
    return named
