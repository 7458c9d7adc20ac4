"""Lines: what may be drawn, what is owed, what happened, and what is due when."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from zhiwei.interfaces.api.access.admission import Caller
from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.pages import Cursor, Limit, Page, after, cursor_of
from zhiwei.interfaces.api.shapes import Amount, Day, Id, Money, Rate, Shape, example, money, signed
from zhiwei.journeys import Change, change_line, dues, quote, statement
from zhiwei.loans import Line
from zhiwei.loans.line import LATE
from zhiwei.values import NotFound

room = Room("lines")

On = Annotated[Day | None, Query(description="At the end of this day; today, if none.")]


class LinePart(BaseModel):
    """A part of the limit that is kept for something; a draw names it by `under`."""

    name: str
    limit: Money


class LineShown(BaseModel):
    """`used` is principal outstanding, `held` on its way to the borrower, `credit` the borrower's own money with us.

    `frozen_because`: late (repay what is overdue) or lender (ask there); null unless it is frozen.
    """

    line: str
    party: str
    product: str
    decision: str
    status: str
    frozen_because: Literal["late", "lender"] | None
    limit: Money
    used: Money
    held: Money
    available: Money
    credit: Amount
    annual_rate: Rate
    opened_on: date
    expires_on: date


class LineWhole(LineShown):
    parts: list[LinePart]


class Closing(Shape):
    """Nothing is to be said."""

    model_config = example()


class Closed(BaseModel):
    line: str
    status: str


class Quoted(BaseModel):
    """What settles a loan on the day: `total` has all of it. `prepayment_fee` is what repaying early costs."""

    loan: str
    principal: Money
    interest: Money
    penalty: Money
    fee: Money
    prepayment_fee: Money
    total: Money


class Quotes(BaseModel):
    line: str
    on: date
    total: Money
    loans: list[Quoted]


class Moved(BaseModel):
    """`cash` is positive when the borrower pays; `balance` is the principal after it."""

    on: date = Field(alias="date")
    kind: str
    loan: str
    principal: Amount
    interest: Amount
    penalty: Amount
    fee: Amount
    cash: Amount
    balance: Amount


class YearlyCost(BaseModel):
    """A day's rate as percentages of a year: of the contract's 360 days, of 365, and compounded over 365."""

    contract_360: str
    simple_365: str
    compounded: str


class StatementShown(BaseModel):
    """`payoff` settles the line; `due` is payable by the end of the day; `next_due` is when more falls due."""

    line: str
    on: date
    status: str
    limit: Money
    used: Money
    held: Money
    available: Money
    credit: Amount
    principal: Money
    interest_billed: Money
    interest_accrued: Money
    penalty: Money
    fee: Money
    payoff: Money
    due: Money
    next_due: date | None
    days_past_due: int
    annual_rate: Rate
    daily_rate: Rate
    annualised: YearlyCost
    rows: list[Moved]


class DueShown(BaseModel):
    """`overdue`: it fell due before the day asked about."""

    due_on: date
    loan: str
    principal: Money
    interest: Money
    penalty: Money
    fee: Money
    total: Money
    overdue: bool


class LineSchedule(BaseModel):
    """What is due as things stand: overdue amounts as of `on`, others as planned if all before them is paid in time."""

    line: str
    on: date
    total: Money
    dues: list[DueShown]


@room.read("/lines", "lines:read", summary="The lines of a client's customers 额度列表", response_model=Page[LineShown])
def list_lines(caller: Calls, limit: Limit = 50, cursor: Cursor = "") -> Any:
    """In the order in which they were opened. 按开立先后。"""
    with caller.books.unit(caller.by.tenant) as unit:
        found = unit.clients.holdings(caller.client, "line", after(cursor), limit + 1)
        known = unit.lines.known([one.id for one in found[:limit]])
    return Page[LineShown](
        items=[_shown(known[one.id]) for one in found[:limit]],
        next=cursor_of(found[limit - 1].number) if len(found) > limit else None,
    )


@room.read("/lines/{line}", "lines:read", summary="A line 额度", response_model=LineWhole)
def get_line(line: Id, caller: Calls) -> Any:
    """As it is now. An `If-None-Match` with its ETag is answered 304 where nothing changed. 当前额度。"""
    caller.may_see("line", line)
    with caller.books.unit(caller.by.tenant, pipelined=True) as unit:
        found, parts = unit.lines.get(line), unit.lines.sub_limits(line)
    if found is None:
        raise NotFound("no_such_line", f"no line {line}")
    named = [LinePart(name=name, limit=Money(amount=limit)) for name, limit in parts]
    return LineWhole(**_shown(found).model_dump(), parts=named)


@room.read("/lines/{line}/quote", "lines:read", summary="What settles a line 结清试算", response_model=Quotes)
def get_quote(line: Id, caller: Calls, on: On = None) -> Any:
    """On a day, also one to come if nothing else happens until then. 指定日结清金额。"""
    day = _day(caller, line, on)
    found = [
        Quoted(
            loan=one.loan, principal=money(one.principal), interest=money(one.interest), penalty=money(one.penalty),
            fee=money(one.fee), prepayment_fee=money(one.prepayment_fee), total=money(one.total),
        )
        for one in quote(books=caller.books, by=caller.by, line=line, on=day)
    ]  # fmt: skip
    return Quotes(line=line, on=day, total=Money(amount=sum(one.total.amount for one in found)), loans=found)


@room.read("/lines/{line}/statement", "lines:read", summary="A line's statement 对账单", response_model=StatementShown)
def get_statement(line: Id, caller: Calls, on: On = None) -> Any:
    """What happened, what is owed, what it costs, at the end of a day. 截至指定日的对账单。"""
    found = statement(books=caller.books, by=caller.by, line=line, on=_day(caller, line, on))
    head = found.head
    amounts = (
        "limit", "used", "held", "available", "principal", "interest_billed", "interest_accrued", "penalty", "fee",
        "payoff", "due",
    )  # fmt: skip
    plain = ("line", "on", "status", "next_due", "days_past_due", "annual_rate", "daily_rate", "annualised")
    return StatementShown.model_validate({
        **{name: head[name] for name in plain}, **{name: money(head[name]) for name in amounts},
        "credit": signed(head["credit"]), "rows": [_moved(row) for row in found.rows],
    })  # fmt: skip


@room.read("/lines/{line}/schedule", "lines:read", summary="What is due when 还款计划", response_model=LineSchedule)
def get_schedule(line: Id, caller: Calls, on: On = None) -> Any:
    """Over all loans of the line, the earliest first; what the borrower paid too much is taken off. 按到期日排列。"""
    day = _day(caller, line, on)
    found = [
        DueShown(
            due_on=one.due_on, loan=one.loan, principal=Money(amount=one.principal),
            interest=Money(amount=one.interest), penalty=Money(amount=one.penalty), fee=Money(amount=one.fee),
            total=Money(amount=one.total), overdue=one.due_on < day,
        )
        for one in dues(books=caller.books, by=caller.by, line=line, on=day)
    ]  # fmt: skip
    return LineSchedule(line=line, on=day, total=Money(amount=sum(one.total.amount for one in found)), dues=found)


@room.write("/lines/{line}/close", "lines:close", status=200, summary="Close a line 结束额度", response_model=Closed)
def close_line(line: Id, body: Closing, caller: Calls) -> Any:
    """The borrower wants it no more. Refused while anything is owed, on its way or kept for it. 借款人不再需要。"""
    caller.may_see("line", line)
    change = Change("close", f"asked for through {caller.client}")
    done = change_line(
        books=caller.books, by=caller.by, key=caller.key, line=line, change=change, on=caller.books.today()
    )
    return Closed(line=line, status=done.status)


def _day(caller: Caller, line: str, on: date | None) -> date:
    caller.may_see("line", line)
    return on or caller.books.today()


def _moved(row: dict[str, Any]) -> dict[str, Any]:
    plain = ("date", "kind", "loan")
    return {name: value if name in plain else signed(value) for name, value in row.items()}


def _shown(line: Line) -> LineShown:
    frozen = None if not line.frozen_because else "late" if line.frozen_because == LATE else "lender"
    return LineShown(
        line=line.line_id, party=line.party, product=line.product, decision=line.decision, status=line.status,
        frozen_because=frozen, limit=Money(amount=line.limit), used=Money(amount=line.used),  # type: ignore[arg-type]
        held=Money(amount=line.held), available=Money(amount=line.available), credit=Amount(amount=line.credit),
        annual_rate=format(line.annual_rate.normalize(), "f"), opened_on=line.opened_on, expires_on=line.expires_on,
    )  # fmt: skip
