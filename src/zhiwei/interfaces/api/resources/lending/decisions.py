"""Decisions and offers: what was decided and why, what would change it, what is offered, and its acceptance."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Response
from pydantic import BaseModel, Field

from zhiwei.borrower.features import CATALOGUE
from zhiwei.interfaces.api.access.admission import Caller
from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.resources.lending.lines import YearlyCost
from zhiwei.interfaces.api.shapes import Day, Id, Money, Rate, Reason, Shape, Something, example, money
from zhiwei.journeys import Offer, accept, letter_of, told_of, ways_to_yes
from zhiwei.loans import annualised
from zhiwei.reports.letter import BUREAU
from zhiwei.values import Refusal

room = Room("decisions and offers")

Outcome = Annotated[str, Field(description="approve, refer (a person looks at it) or decline.", examples=["approve"])]


class Versions(BaseModel):
    """With what it was decided: the same inputs with the same versions give the same decision, byte for byte."""

    product: str
    product_hash: str
    code: str


class DecisionShown(BaseModel):
    """`limit` and `annual_rate` where it was approved; `reasons` where it was not. `decided_by`: policy or person.

    `became`: the decision that a person's word made of this one; that one counts.
    """

    decision: str
    party: str
    product: str
    as_of: date
    outcome: Outcome
    decided_by: str
    limit: Money | None
    annual_rate: Rate | None
    grade: str
    reasons: list[Reason]
    versions: Versions
    inputs_hash: str
    became: str | None


class SourceShown(BaseModel):
    """A kind of record that was used; `by` who reported it, of a credit bureau's reports."""

    kind: str
    zh: str
    en: str
    by: list[str]


class LetterShown(BaseModel):
    """What the applicant is told, word for word in both languages; it is to reach the applicant."""

    decision: str
    as_of: date
    outcome: Outcome
    decided_by: str
    zh: str
    en: str
    reasons: list[Reason]
    sources: list[SourceShown]


class FactMoved(BaseModel):
    """`was` is null where it is not known, or a credit bureau said it: that report is between it and the applicant."""

    fact: str
    zh: str
    en: str
    was: str | None
    would_be: str


class Way(BaseModel):
    """These together would be approved, and then offered so. `untold`: with something else, which a check looks at."""

    changes: list[FactMoved]
    untold: bool
    limit: Money
    annual_rate: Rate | None


class Ways(BaseModel):
    """The nearest ways first; none of them is a promise. Empty where it was approved, or nothing tried was enough."""

    decision: str
    ways: list[Way]


class Rest(BaseModel):
    """The part of the limit that cannot be drawn at once, and what it waits for."""

    amount: Money
    zh: str
    en: str


class OfferShown(BaseModel):
    """`limit` is all that was decided, `at_once` what the line opens with. `accept_by` is the last day to accept."""

    decision: str
    party: str
    product: str
    limit: Money
    at_once: Money
    rest: Rest | None
    annual_rate: Rate
    daily_rate: Rate
    day_basis: int
    annualised: YearlyCost
    accept_by: date
    open: bool
    line: str | None


class Acceptance(Shape):
    """`limit`: less than is offered, where the borrower wants less. `value_date`: the line opens on it; today."""

    model_config = example(limit={"amount": 20_000_000, "currency": "CNY"})

    limit: Something | None = None
    value_date: Day | None = None


class Opened(BaseModel):
    line: str
    decision: str
    limit: Money
    annual_rate: Rate
    opened_on: date
    expires_on: date


@room.read("/decisions/{decision}", "decisions:read", summary="A decision 决定", response_model=DecisionShown)
def get_decision(decision: Id, caller: Calls) -> Any:
    """The outcome, and the reasons that the applicant is entitled to. 结果及应告知的理由。"""
    may_see_decision(caller, decision)
    found = told_of(books=caller.books, by=caller.by, decision_id=decision)
    return DecisionShown(
        decision=found.decision, party=found.party, product=found.product, as_of=found.as_of, outcome=found.outcome,
        decided_by=found.decided_by, limit=None if found.limit is None else Money(amount=found.limit),
        annual_rate=found.annual_rate, grade=found.grade, versions=Versions(**found.versions),
        reasons=[Reason(code=one.code, zh=one.zh, en=one.en) for one in found.reasons],
        inputs_hash=found.inputs_hash, became=found.became or None,
    )  # fmt: skip


@room.read(
    "/decisions/{decision}/letter", "decisions:read", summary="The letter to the applicant 告知书",
    response_model=LetterShown,
)  # fmt: skip
def get_letter(decision: Id, caller: Calls) -> Any:
    """In 中文 and English. There is none where a person ruled since: ask for what it became. 中英文告知书。"""
    may_see_decision(caller, decision)
    found = letter_of(books=caller.books, by=caller.by, decision_id=decision)
    return LetterShown(
        decision=found.decision, as_of=date.fromisoformat(found.as_of), outcome=found.outcome,
        decided_by=found.decided_by, zh=found.zh, en=found.en,
        reasons=[Reason(code=one.code, zh=one.zh, en=one.en) for one in found.reasons],
        sources=[SourceShown(kind=one.kind, zh=one.zh, en=one.en, by=list(one.by)) for one in found.sources],
    )  # fmt: skip


@room.read(
    "/decisions/{decision}/ways", "decisions:read", summary="What would change the answer 如何获批", response_model=Ways
)
def list_ways(decision: Id, caller: Calls) -> Any:
    """Each found by the very same policy; what would teach how to pass a check is left out. 由同一政策推算。"""
    may_see_decision(caller, decision)
    found = ways_to_yes(books=caller.books, by=caller.by, decision_id=decision, to_applicant=True)
    told = [
        Way(
            changes=[_moved(fact, was, becomes) for fact, (was, becomes) in one.changes.items()],
            limit=money(one.limit), annual_rate=one.annual_rate, untold=one.untold,
        )
        for one in found
    ]  # fmt: skip
    return Ways(decision=decision, ways=told)


@room.read("/offers/{decision}", "decisions:read", summary="An offer 要约", response_model=OfferShown)
def get_offer(decision: Id, caller: Calls) -> Any:
    """Of an approved decision: what it costs, and until when it may be accepted. 额度、利率与有效期。"""
    may_see_decision(caller, decision)
    told = told_of(books=caller.books, by=caller.by, decision_id=decision)
    found = letter_of(books=caller.books, by=caller.by, decision_id=decision)
    if found.offer is None or told.limit is None:
        raise Refusal("not_approved", f"decision {decision} is {told.outcome}: nothing is offered")
    with caller.books.unit(caller.by.tenant) as unit:
        lines = unit.lines.of_parties([told.party])
    line = next((one.line_id for one in lines if one.decision == decision), None)
    at_once = told.limit if told.at_once is None else told.at_once
    accept_by, rate = date.fromisoformat(found.offer.accept_by), Decimal(found.offer.annual_rate)
    return OfferShown(
        decision=decision, party=told.party, product=told.product, limit=Money(amount=told.limit),
        at_once=Money(amount=at_once), rest=_rest(told.limit - at_once), annual_rate=found.offer.annual_rate,
        daily_rate=found.offer.daily_rate, day_basis=found.offer.day_basis,
        annualised=YearlyCost(**annualised(rate / found.offer.day_basis)), accept_by=accept_by,
        open=line is None and caller.books.today() <= accept_by, line=line,
    )  # fmt: skip


@room.write("/offers/{decision}/accept", "offers:accept", summary="Accept an offer 接受要约", response_model=Opened)
def accept_offer(decision: Id, body: Acceptance, caller: Calls, response: Response) -> Any:
    """A line is opened, at the rate that was offered. 按要约利率开立额度。"""
    may_see_decision(caller, decision)
    done = accept(
        books=caller.books, by=caller.by, key=caller.key, on=body.value_date or caller.books.today(),
        offer=Offer(decision, body.limit.amount if body.limit else None),
    )  # fmt: skip
    caller.hold(("line", done.line))
    response.headers["Location"] = f"/v1/lines/{done.line}"
    return Opened(
        line=done.line, decision=decision, limit=money(done.limit), annual_rate=done.annual_rate,
        opened_on=date.fromisoformat(done.opened_on), expires_on=date.fromisoformat(done.expires_on),
    )  # fmt: skip


def may_see_decision(caller: Caller, decision: str) -> None:
    """What a person's word made of a decision is seen by who sees that decision."""
    if not caller.sees.holds(caller, "decision", decision):
        with caller.books.unit(caller.by.tenant) as unit:
            ruled = unit.tasks.ruled_on(decision)
        if ruled is None or not caller.sees.holds(caller, "decision", ruled):
            caller.may_see("decision", decision)


def _moved(fact: str, was: str | None, becomes: str) -> FactMoved:
    known = CATALOGUE.get(fact)
    said = None if known and known.kind.startswith(BUREAU) else was
    return FactMoved(
        fact=fact, zh=known.zh if known else fact, en=known.en if known else fact, was=said, would_be=becomes
    )


def _rest(amount: int) -> Rest | None:
    if not amount:
        return None
    return Rest(
        amount=Money(amount=amount), zh="完成抵押等担保登记并提交登记记录后可用",
        en="when its security is registered, and the record that says so is received",
    )  # fmt: skip
