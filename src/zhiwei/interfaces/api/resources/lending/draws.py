"""Draws and repayments: money to the borrower and back."""

from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field

from zhiwei.interfaces.api.access.admission import Caller
from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.pages import Cursor, Limit, Page, after, cursor_of
from zhiwei.interfaces.api.resources.lending.gate import MoneyGate
from zhiwei.interfaces.api.shapes import (
    LARGEST,
    WHOLE,
    Amount,
    Day,
    Id,
    Money,
    Shape,
    Something,
    Text,
    Yes,
    example,
    money,
    signed,
)
from zhiwei.journeys import Draw, Repayment
from zhiwei.journeys.money.repay import LARGEST as MOST_REPAID
from zhiwei.journeys.ports import Payout, Received
from zhiwei.loans.line import PAY_FIRST
from zhiwei.values import NotFound, Refusal, yuan

room = Room("draws and repayments")


def gate_of(request: Request) -> MoneyGate:
    found: MoneyGate = request.app.state.gate
    return found


Gated = Annotated[MoneyGate, Depends(gate_of)]


class NewDraw(Shape):
    """`value_date`: today, where none is given. `under` names a part of the limit that is kept for something."""

    model_config = example(amount={"amount": 3_000_000, "currency": "CNY"})

    amount: Something
    value_date: Day | None = None
    under: Text = ""


class Drawn(BaseModel):
    """`status`: ordered (the bank has not said yet), paid or failed."""

    draw: str
    line: str
    loan: str
    amount: Money
    value_date: date
    status: str


class Sent(Something):
    """What a borrower can have sent: at most 1000 亿 元."""

    amount: Annotated[
        int,
        Field(
            strict=True, ge=1, le=LARGEST, description="Minor units: 分.", json_schema_extra={"maximum": MOST_REPAID}
        ),
        WHOLE,
    ]


class NewRepayment(Shape):
    """`loan` names one loan of the line, else the oldest is paid first. `prepay` repays early what is not due yet.

    `reference`: the bank's number of the transfer. `value_date`: the day the money came; today, where none is given.
    """

    model_config = example(amount={"amount": 1_000_000, "currency": "CNY"}, reference="BANK-17")

    amount: Sent
    value_date: Day | None = None
    reference: Text = ""
    loan: Text = ""
    prepay: Yes = False


class Repaid(BaseModel):
    """How it was used: `credit` is what nothing took, kept for the borrower; `outstanding` what the line still owes.

    Of money that is heard of late the parts are what it changed: interest paid since may have been too much.
    """

    repayment: str
    line: str
    amount: Money
    principal: Amount
    interest: Amount
    penalty: Amount
    fee: Amount
    credit: Amount
    outstanding: Money
    value_date: date
    line_status: str


class RepaymentMade(BaseModel):
    """`taken_back`: it bounced or was a mistake, and is as if it had not been."""

    repayment: str
    line: str
    loan: str
    amount: Money
    value_date: date
    prepay: bool
    reference: str
    taken_back: bool


@room.write("/lines/{line}/draws", "draws:write", summary="Draw 提款", response_model=Drawn)
def order_draw(line: Id, body: NewDraw, caller: Calls, gate: Gated, response: Response) -> Any:
    """The amount is held on the line, the bank asked to pay, and a loan is made when it has. 放款成功后成为借据。"""
    caller.may_see("line", line)
    wanted = Draw(line, body.amount.amount, body.value_date or caller.books.today(), body.under)
    try:
        done = gate.draw(caller.books, caller.by, caller.key, wanted)
    except Refusal as refusal:
        if refusal.code == "line_frozen":  # why a person froze it is the lender's own
            hint = refusal.hint if refusal.hint == PAY_FIRST else "the lender froze it: ask there"
            raise Refusal(refusal.code, refusal.message, hint=hint) from None
        raise
    response.headers["Location"] = f"/v1/draws/{done.payout}"
    return Drawn(
        draw=done.payout, line=done.line, loan=done.loan, amount=money(done.amount), status=done.status,
        value_date=date.fromisoformat(done.value_date),
    )  # fmt: skip


@room.read("/lines/{line}/draws", "lines:read", summary="The draws of a line 提款列表", response_model=Page[Drawn])
def list_draws(line: Id, caller: Calls, limit: Limit = 50, cursor: Cursor = "") -> Any:
    """In the order in which they were asked for. 按申请先后。"""
    caller.may_see("line", line)
    skip = after(cursor)
    with caller.books.unit(caller.by.tenant) as unit:
        found = sorted(unit.lines.payouts(line=line), key=lambda one: one.loan)  # loans of a line are numbered
    return Page[Drawn](
        items=[_drawn(one) for one in found[skip : skip + limit]],
        next=cursor_of(skip + limit) if len(found) > skip + limit else None,
    )


@room.read("/draws/{draw}", "lines:read", summary="A draw 提款", response_model=Drawn)
def get_draw(draw: Id, caller: Calls) -> Any:
    """How it stands: ordered until the bank has said, then paid or failed. 提款状态。"""
    with caller.books.unit(caller.by.tenant) as unit:
        found = unit.lines.payouts_of([draw]).get(draw)
    if found is None or not _sees(caller, found.line):
        raise NotFound("no_such_draw", f"no draw {draw}")
    return _drawn(found)


@room.write("/lines/{line}/repayments", "repayments:write", summary="Repay 还款", response_model=Repaid)
def make_repayment(line: Id, body: NewRepayment, caller: Calls, gate: Gated, response: Response) -> Any:
    """What is due comes first, then interest to date and principal; too much is kept for the borrower. 先还到期款。"""
    caller.may_see("line", line)
    on = body.value_date or caller.books.today()
    wanted = Repayment(line, body.amount.amount, on, body.loan, body.prepay, body.reference)
    done = gate.repay(caller.books, caller.by, caller.key, wanted)
    response.headers["Location"] = f"/v1/repayments/{done.event}"
    return Repaid(
        repayment=done.event, line=done.line, amount=money(done.amount), principal=signed(done.principal),
        interest=signed(done.interest), penalty=signed(done.penalty), fee=signed(done.fee), credit=signed(done.credit),
        outstanding=money(done.outstanding), value_date=on, line_status=done.status,
    )  # fmt: skip


@room.read(
    "/lines/{line}/repayments", "lines:read", summary="The repayments of a line 还款列表",
    response_model=Page[RepaymentMade],
)  # fmt: skip
def list_repayments(line: Id, caller: Calls, limit: Limit = 50, cursor: Cursor = "") -> Any:
    """In the order in which they were heard of. 按入账先后。"""
    caller.may_see("line", line)
    skip = after(cursor)
    with caller.books.unit(caller.by.tenant) as unit:
        found = unit.loans.payments(line, skip, limit + 1)
    return Page[RepaymentMade](
        items=[_made(one) for one in found[:limit]], next=cursor_of(skip + limit) if len(found) > limit else None
    )


@room.read("/repayments/{repayment}", "lines:read", summary="A repayment 还款", response_model=RepaymentMade)
def get_repayment(repayment: Id, caller: Calls) -> Any:
    """As it came in, and whether it was taken back since. 还款及是否已冲正。"""
    with caller.books.unit(caller.by.tenant) as unit:
        found = unit.loans.payment(repayment)
    if found is None or not _sees(caller, found.line):
        raise NotFound("no_such_repayment", f"no repayment {repayment}")
    return _made(found)


def _sees(caller: Caller, line: str) -> bool:
    """What is of a line is seen by who sees the line."""
    return caller.sees.holds(caller, "line", line)


def _drawn(one: Payout) -> Drawn:
    return Drawn(
        draw=one.payout_id, line=one.line, loan=one.loan, amount=money(yuan(one.amount)), value_date=one.value_date,
        status=one.status,
    )  # fmt: skip


def _made(one: Received) -> RepaymentMade:
    paid = one.payment
    return RepaymentMade(
        repayment=paid.event_id, line=one.line, loan=paid.loan, amount=Money(amount=paid.amount), prepay=paid.prepay,
        value_date=paid.value_date, reference=paid.reference, taken_back=one.taken_back,
    )  # fmt: skip
