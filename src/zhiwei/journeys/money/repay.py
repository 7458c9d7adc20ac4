"""Repay: what is due, interest to date, then principal, oldest loan first; what is too much is kept as credit.

A payment counts from its value date, whenever it is heard of: one that arrives after its day was closed changes what
followed, and the journal receives the difference on the first open day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhiwei.journeys.lines.find import check_not_ahead, no_line, products_of
from zhiwei.journeys.lines.news import repayment_news
from zhiwei.journeys.money.batch import Answer, Batch, Request, one, told
from zhiwei.journeys.money.touch import Held, held_of, live_with, owed, paid_before, touch
from zhiwei.journeys.ports import Books, Changes, Opened, Unit
from zhiwei.loans import Balances
from zhiwei.loans.events import Payment
from zhiwei.values import Actor, BadInput, Refusal, grouped, identifier, yuan

LARGEST = 10**13  # 1000 亿 元: a larger repayment by the smallest businesses is a typing error
LONGEST_REFERENCE = 100


@dataclass(frozen=True, slots=True)
class Repaid:
    """How the amount was used, and what is left to pay. `event` names the payment, should it bounce.

    Answers that version 0.1 gave have neither fee, penalty nor event.
    """

    line: str
    amount: str
    interest: str
    principal: str
    credit: str
    outstanding: str
    status: str
    fee: str = "0.00"
    penalty: str = "0.00"
    event: str = ""


@dataclass(frozen=True, slots=True)
class Repayment:
    """A repayment that came in: `amount` 分; `loan` names one loan of the line, or ''; `prepay` repays it early.

    `reference` is the bank's number of the transfer, by which the bank's statement is matched. `by` as in `Draw`.
    """

    line: str
    amount: int
    on: date
    loan: str = ""
    prepay: bool = False
    reference: str = ""
    by: Actor | None = None

    def request(self) -> dict[str, Any]:
        more = {"loan": self.loan, "prepay": self.prepay, "reference": self.reference}
        given = {name: value for name, value in more.items() if value}
        return {"line": self.line, "amount": self.amount, "on": self.on} | given


def repay(*, books: Books, by: Actor, key: str, line: str, amount: int, on: date) -> Repaid:
    """Take a repayment on the line. Partial, early, late and too much are all taken; nothing is turned away."""
    return one(repay_many(books=books, by=by, repayments={key: Repayment(line, amount, on)}))


def repay_many(*, books: Books, by: Actor, repayments: Mapping[str, Repayment]) -> dict[str, Repaid | Refusal]:
    """Repayments by key in one transaction, in the order given; each has its own answer."""
    requests = [Request(key, one.line, one.request(), one, one.by) for key, one in repayments.items()]

    def work(unit: Unit, opened: Opened, fresh: Sequence[Request[Repayment]], changes: Changes) -> dict[str, Answer]:
        held = held_of(opened, products_of(unit))
        answers: dict[str, Answer] = {}
        for request in fresh:
            wanted = request.asked
            try:
                found = held.get(wanted.line) or no_line(unit, wanted.line)
                _check(books, found, wanted)
            except Refusal as refusal:
                answers[request.key] = refusal
                continue
            event_id = identifier("evt", wanted.line, request.key)
            event = Payment(event_id, wanted.on, wanted.loan, wanted.amount, wanted.prepay, wanted.reference)
            before = paid_before(found, wanted.on)
            done = touch(found, [event], wanted.on, event_id, live_with(unit, wanted.line, changes))
            done.write_into(changes, found, [event], done.with_accruals(wanted.line, event_id, wanted.on))
            used = done.account.paid() - before
            left = owed(done.account).total
            changes.told.append(repayment_news(wanted.line, event, used, left, done.business_date))
            answers[request.key] = _answer(found, event, left, used)
        return answers

    return told(Batch(books, by, "repay", requests, loans=True).done(work), Repaid)


def _check(books: Books, held: Held, wanted: Repayment) -> None:
    if not 0 < wanted.amount <= LARGEST:
        raise BadInput("bad_amount", f"a repayment of {grouped(wanted.amount)} 元 is out of reason")
    if len(wanted.reference) > LONGEST_REFERENCE or not wanted.reference.isprintable():
        raise BadInput("bad_reference", f"a bank's reference has at most {LONGEST_REFERENCE} printable characters")
    check_not_ahead(books, wanted.on)
    if wanted.on < held.line.opened_on:
        raise Refusal("line_not_open_yet", f"line {held.line.line_id} opened on {held.line.opened_on}")
    if wanted.loan and wanted.loan not in held.loans:
        raise Refusal("no_such_loan", f"line {held.line.line_id} has no loan {wanted.loan}")


def _answer(held: Held, event: Payment, left: int, used: Balances) -> dict[str, Any]:
    """`used` is what this payment changed: among those of its day it need not be the last."""
    return {
        "line": held.line.line_id, "amount": yuan(event.amount), "fee": yuan(used.fee), "penalty": yuan(used.penalty),
        "interest": yuan(used.interest), "principal": yuan(used.principal),
        "credit": yuan(event.amount - used.total), "outstanding": yuan(left),
        "status": held.line.status, "event": event.event_id,
    }  # fmt: skip
