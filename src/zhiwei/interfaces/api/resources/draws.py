"""Draws and repayments: money to the borrower and back."""

from typing import Any

from fastapi import Response
from pydantic import BaseModel

from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.shapes import Day, Id, Money, Shape, example, money, more_than_nothing
from zhiwei.journeys import draw

room = Room("draws")


class NewDraw(Shape):
    model_config = example(amount={"amount": 3_000_000, "currency": "CNY"})

    amount: Money
    value_date: Day | None = None


class Drawn(BaseModel):
    """`status`: ordered (the bank has not said yet), paid or failed."""

    draw: Id
    line: Id
    loan: Id
    amount: Money
    value_date: Day
    status: str


@room.write("/lines/{line}/draws", "draws:write", summary="Draw 提款", response_model=Drawn)
def order(line: Id, body: NewDraw, caller: Calls, response: Response) -> Any:
    caller.may_see("line", line)
    done = draw(
        books=caller.books, by=caller.by, key=caller.key, line=line, amount=more_than_nothing(body.amount),
        on=body.value_date or caller.books.today(),
    )  # fmt: skip
    caller.hold(("draw", done.payout))
    response.headers["Location"] = f"/v1/draws/{done.payout}"
    return Drawn(
        draw=done.payout, line=done.line, loan=done.loan, amount=money(done.amount), value_date=done.value_date,  # type: ignore[arg-type]
        status=done.status,
    )  # fmt: skip
