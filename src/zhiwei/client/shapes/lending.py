"""From an application to money and back: decisions, offers, lines, draws, repayments, and what is owed."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from zhiwei.client.shapes.money import Money


@dataclass(frozen=True, slots=True)
class Reason:
    """One that may be told to the applicant, in both languages."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Applied:
    """`outcome` approve: see the offer; refer: a person looks at it; decline: see the letter."""

    application: str
    party: str
    product: str
    applied_on: date
    decision: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Application:
    """`decision` and `outcome` as they stand now, None where nothing was decided."""

    application: str
    party: str
    product: str
    applied_on: date
    channel: str
    decision: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Task:
    """A decision that a person looks at. `status`: waiting, approve, decline or replaced; `became`: the new one."""

    task: str
    decision: str
    party: str
    product: str
    as_of: date
    opened_at: datetime
    status: str
    missing: tuple[Reason, ...]
    became: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """`limit` and `annual_rate` where it was approved; `reasons` where it was not. `became`: that decision counts."""

    decision: str
    party: str
    product: str
    as_of: date
    outcome: str
    decided_by: str
    limit: Money | None
    annual_rate: Decimal | None
    grade: str
    reasons: tuple[Reason, ...]
    inputs_hash: str
    became: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """What the applicant is told, word for word in both languages; it is to reach the applicant."""

    decision: str
    as_of: date
    outcome: str
    decided_by: str
    zh: str
    en: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class FactMoved:
    """`was` is None where it is not known, or not yours to be told."""

    fact: str
    zh: str
    en: str
    was: str | None
    would_be: str


@dataclass(frozen=True, slots=True)
class Way:
    """These changes together would be approved, and then offered so. `untold`: with something that is not told."""

    changes: tuple[FactMoved, ...]
    untold: bool
    limit: Money
    annual_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Ways:
    decision: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Rest:
    """The part of a limit that cannot be drawn at once, and what it waits for."""

    amount: Money
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class YearlyCost:
    """A day's rate as percentages of a year: of 360 days, of 365, and compounded over 365."""

    contract_360: Decimal
    simple_365: Decimal
    compounded: Decimal


@dataclass(frozen=True, slots=True)
class Offer:
    """`limit` is all that was decided, `at_once` what the line opens with; `accept_by` is the last day to accept."""

    decision: str
    party: str
    product: str
    limit: Money
    at_once: Money
    rest: Rest | None
    annual_rate: Decimal
    daily_rate: Decimal
    day_basis: int
    annualised: YearlyCost
    accept_by: date
    open: bool
    line: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    line: str
    decision: str
    limit: Money
    annual_rate: Decimal
    opened_on: date
    expires_on: date


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the limit that is kept for something; a draw names it by `under`."""

    name: str
    limit: Money


@dataclass(frozen=True, slots=True)
class Line:
    """`used` is principal outstanding, `held` on its way to the borrower, `credit` the borrower's own money."""

    line: str
    party: str
    product: str
    decision: str
    status: str
    frozen_because: str | None
    limit: Money
    used: Money
    held: Money
    available: Money
    credit: Money
    annual_rate: Decimal
    opened_on: date
    expires_on: date
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    line: str
    status: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """`status`: ordered (the bank has not said yet), paid or failed."""

    draw: str
    line: str
    loan: str
    amount: Money
    value_date: date
    status: str


@dataclass(frozen=True, slots=True)
class Toward:
    """What a repayment is for: `loan` names one loan, else the oldest is first; `prepay`: also what is not due yet."""

    loan: str = ""
    prepay: bool = False


@dataclass(frozen=True, slots=True)
class Repaid:
    """How it was used: `credit` is what nothing took, kept for the borrower; `outstanding` what the line still owes."""

    repayment: str
    line: str
    amount: Money
    principal: Money
    interest: Money
    penalty: Money
    fee: Money
    credit: Money
    outstanding: Money
    value_date: date
    line_status: str


@dataclass(frozen=True, slots=True)
class Repayment:
    """`taken_back`: it bounced or was a mistake, and is as if it had not been."""

    repayment: str
    line: str
    loan: str
    amount: Money
    value_date: date
    prepay: bool
    reference: str
    taken_back: bool


@dataclass(frozen=True, slots=True)
class Quoted:
    """What settles a loan: `total` has all of it. `prepayment_fee` is what repaying early costs."""

    loan: str
    principal: Money
    interest: Money
    penalty: Money
    fee: Money
    prepayment_fee: Money
    total: Money


@dataclass(frozen=True, slots=True)
class Quote:
    line: str
    on: date
    total: Money
    loans: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """`cash` is positive when the borrower pays; `balance` is the principal after it."""

    date: date
    kind: str
    loan: str
    principal: Money
    interest: Money
    penalty: Money
    fee: Money
    cash: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """`payoff` settles the line; `due` is payable by the end of the day; `next_due` is when more falls due."""

    line: str
    on: date
    status: str
    limit: Money
    used: Money
    held: Money
    available: Money
    credit: Money
    principal: Money
    interest_billed: Money
    interest_accrued: Money
    penalty: Money
    fee: Money
    payoff: Money
    due: Money
    next_due: date | None
    days_past_due: int
    annual_rate: Decimal
    daily_rate: Decimal
    annualised: YearlyCost
    rows: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """`overdue`: it fell due before the day asked about."""

    due_on: date
    loan: str
    principal: Money
    interest: Money
    penalty: Money
    fee: Money
    total: Money
    overdue: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is due as things stand: overdue amounts as of `on`, others as planned."""

    line: str
    on: date
    total: Money
    dues: tuple[Due, ...]
