"""The five services, each alone: admission, assessment, limit, price, warning; nothing is stored. 单项服务"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field

from zhiwei.credit.monitoring import EarlyWarning, Warned, warn
from zhiwei.credit.underwriting import admit, advise_limit, assess, price
from zhiwei.credit.underwriting.disclosure import told_reasons
from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.resources.data.consents import must_allow
from zhiwei.interfaces.api.resources.products import MOST_PRODUCT, of
from zhiwei.interfaces.api.shapes import Day, Id, Money, Rate, Shape, example
from zhiwei.journeys import Asked, asked_about, asked_of, warnings_of
from zhiwei.loans.rates import daily_rate
from zhiwei.shelf import read_given
from zhiwei.shelf.load import FACTS
from zhiwei.tables import micro, text, unscaled
from zhiwei.values import BadInput, Reason

room = Room("services")
MOST_FACTS = 500
Fact = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[a-z][a-z0-9_.]*$")]
Number = Annotated[str, Field(max_length=24, pattern=r"^-?[0-9]{1,13}(\.[0-9]{1,6})?$", description="Decimal text.")]
Facts = Annotated[
    dict[Fact, Number | None],
    Field(max_length=MOST_FACTS, description="As in the catalogue of facts.",
          json_schema_extra={"additionalProperties": False}),
]  # fmt: skip
Probability = Annotated[
    str, Field(max_length=8, pattern=r"^0\.[0-9]*[1-9][0-9]*$", description="Instead of the card's own.")
]


class Question(Shape):
    """Of a party on record, under the consents that a decision needs, or of facts that are given: either of them."""

    model_config = example(product="tax_credit", party="good", as_of="2026-01-01")

    product: str = Field(min_length=1, max_length=MOST_PRODUCT)
    party: Id | None = None
    facts: Facts | None = None
    as_of: Day | None = None


class RiskQuestion(Question):
    """`pd`: somebody else's probability of default in 12 months; then nothing else needs to be known."""

    pd: Probability | None = None


class WarningQuestion(Question):
    """`before`: the facts as they were when the line was granted, where facts are given."""

    model_config = example(product="tax_credit", facts={"sales_12m": "800000"}, before={"sales_12m": "1200000"})

    before: Facts | None = None


class Told(BaseModel):
    """A reason in an applicant's words. What checks on fraud found is one sentence without a code."""

    code: str
    zh: str
    en: str


class Answer(BaseModel):
    """`product_hash` names the version that answered."""

    product: Id
    product_hash: str
    party: Id | None
    as_of: date


class AdmissionAnswer(Answer):
    """`outcome`: approve, refer or decline."""

    outcome: str
    reasons: list[Told]


class AssessmentAnswer(Answer):
    """`pd`: probability of default in 12 months; `reasons` are what held the score down."""

    score: int
    pd: Rate
    grade: str
    reasons: list[Told]


class LimitTerm(BaseModel):
    """`amount` in 分, rounded down; null where a fact is missing. The smallest of them binds."""

    name: str
    amount: int | None
    zh: str
    en: str


class LimitAnswer(Answer):
    """`at_once`: what can be drawn before security is registered; null where all of it can."""

    outcome: str
    limit: Money
    at_once: Money | None
    binding: str
    terms: list[LimitTerm]
    reasons: list[Told]


class PriceTerm(BaseModel):
    name: str
    annual_rate: Rate | None
    zh: str
    en: str


class PriceAnswer(Answer):
    """`annual_rate` is the sum of the terms within floor and cap; null where none may be offered."""

    outcome: str
    annual_rate: Rate | None
    daily_rate: Rate | None
    floor: Rate
    cap: Rate
    terms: list[PriceTerm]
    reasons: list[Told]


class Spoke(BaseModel):
    """A warning that speaks. `change` against the day of the decision, as a share of what it was."""

    code: str
    action: str
    zh: str
    en: str
    fact: str
    before: str | None
    value: str | None
    change: str | None


class LineSpoke(BaseModel):
    """Of a running line, or of the facts given (`line` null). `action`: the most severe; null where nothing speaks."""

    line: Id | None
    since: date | None
    used: Money | None
    action: str | None
    warnings: list[Spoke]
    unknown: list[str]


class WarningAnswer(Answer):
    lines: list[LineSpoke]


@room.ask("/services/admission", "services:use", summary="May it apply 准入", response_model=AdmissionAnswer)
def ask_admission(body: Question, caller: Calls) -> Any:
    asked = _asked(body, caller)
    found = admit(asked.product.policy, asked.facts, asked.on)
    return AdmissionAnswer(**_head(asked), outcome=found.outcome, reasons=_told(found.reasons, found.trace))


@room.ask("/services/assessment", "services:use", summary="How good is it 信用评估", response_model=AssessmentAnswer)
def ask_assessment(body: Question, caller: Calls) -> Any:
    asked = _asked(body, caller)
    found = assess(asked.product.policy, asked.facts, asked.on)
    return AssessmentAnswer(
        **_head(asked), score=found.score, pd=text(found.pd), grade=found.grade,
        reasons=_told(found.reasons, found.trace),
    )  # fmt: skip


@room.ask("/services/limit", "services:use", summary="How much at most 额度建议", response_model=LimitAnswer)
def ask_limit(body: RiskQuestion, caller: Calls) -> Any:
    asked = _asked(body, caller, enough=body.pd is not None)
    found = advise_limit(asked.product.policy, asked.facts, asked.on, _pd(body))
    return LimitAnswer(
        **_head(asked), outcome=found.outcome, limit=Money(amount=_fen(found.limit)),
        at_once=None if found.at_once is None else Money(amount=_fen(found.at_once)), binding=found.binding,
        terms=[LimitTerm(name=one.name, amount=None if one.value is None else _fen(one.value), zh=one.zh, en=one.en)
               for one in found.terms],
        reasons=_told(found.reasons, found.trace),
    )  # fmt: skip


@room.ask("/services/price", "services:use", summary="At which rate 风险定价", response_model=PriceAnswer)
def ask_price(body: RiskQuestion, caller: Calls) -> Any:
    asked = _asked(body, caller, enough=body.pd is not None)
    found = price(asked.product.policy, asked.facts, asked.on, _pd(body))
    rate, basis = found.annual_rate, asked.product.line.day_basis
    return PriceAnswer(
        **_head(asked), outcome=found.outcome, annual_rate=None if rate is None else text(rate),
        daily_rate=None if rate is None else f"{daily_rate(unscaled(rate), basis)}", floor=text(found.floor),
        cap=text(found.cap), reasons=_told(found.reasons, found.trace),
        terms=[PriceTerm(name=one.name, annual_rate=None if one.value is None else text(one.value), zh=one.zh,
                         en=one.en) for one in found.terms],
    )  # fmt: skip


@room.ask("/services/warning", "services:use", summary="What warns of a line 预警", response_model=WarningAnswer)
def ask_warning(body: WarningQuestion, caller: Calls) -> Any:
    """Of the running lines of a party that are this client's, or of facts beside those of before. Nobody acts on it."""
    if body.party is None:
        asked = _asked(body, caller, before=body.before)
        warned = warn(asked.product.watch.warnings, asked.before, asked.facts, asked.on)
        return WarningAnswer(**_head(asked), lines=[_spoke(warned)])
    if body.facts is not None or body.before is not None:
        raise _either()
    product, on = _may_ask(body.product, body.party, caller), body.as_of or caller.books.today()
    found = warnings_of(books=caller.books, by=caller.by, product=body.product, parties=[body.party], as_of=on)
    with caller.books.unit(caller.by.tenant) as unit:
        mine = unit.clients.held(caller.client, "line", [one.line for one in found.lines])
    return WarningAnswer(
        product=product.product_id, product_hash=product.hash, party=body.party, as_of=on,
        lines=[_spoke(one.warned, line=one.line, since=one.since, used=Money(amount=one.used))
               for one in found.lines if one.line in mine],
    )  # fmt: skip


def _asked(
    body: Question, caller: Calls, before: Mapping[str, str | None] | None = None, enough: bool = False
) -> Asked:
    """What is asked about. `enough`: a probability is given, so that nothing else need be known."""
    today = caller.books.today()
    if (body.party is None) == (body.facts is None) and not (enough and body.party is None):
        raise _either()
    if body.party is not None:
        _may_ask(body.product, body.party, caller)
        return asked_about(books=caller.books, by=caller.by, product=body.product, party=body.party,
                           as_of=body.as_of or today)  # fmt: skip
    product = of(caller, body.product)
    if body.facts is None:
        return asked_of(product, body.as_of or today)
    content = json.dumps({"facts": body.facts, "before": before or {}})
    given = read_given("the request", content, product.facts, FACTS)
    return asked_of(product, body.as_of or today, given)


def _may_ask(name: str, party: str, caller: Calls) -> Any:
    """The product, where the party allows what it needs through this client."""
    caller.may_see("party", party)
    product = of(caller, name)
    must_allow(caller, {party: product.needs.scopes})
    return product


def _either() -> BadInput:
    return BadInput("whose", "give either a party or facts", hint='"party": id, or "facts": {"sales_12m": "800000"}')


def _pd(body: RiskQuestion) -> int | None:
    return None if body.pd is None else micro(body.pd)


def _head(asked: Asked) -> dict[str, Any]:
    return {"product": asked.product.product_id, "product_hash": asked.product.hash, "party": asked.party,
            "as_of": asked.on}  # fmt: skip


def _told(reasons: Sequence[Reason], trace: Sequence[Mapping[str, Any]]) -> list[Told]:
    """As an applicant is told them: no threshold of a check teaches anybody how to pass it."""
    found = told_reasons([one.as_dict() for one in reasons], trace)
    return [Told(code=one.code, zh=one.zh, en=one.en) for one in found]


def _fen(value: int) -> int:
    return int(unscaled(value) * 100 // 1)


def _spoke(warned: Warned, **of: Any) -> LineSpoke:
    plain = {"line": None, "since": None, "used": None} | of
    return LineSpoke(**plain, action=warned.action, warnings=[_one(one) for one in warned.warnings],
                     unknown=[*warned.unknown])  # fmt: skip


def _one(one: EarlyWarning) -> Spoke:
    return Spoke(code=one.code, action=one.action, zh=one.zh, en=one.en, fact=one.fact, before=one.before,
                 value=one.value, change=one.change)  # fmt: skip
