"""What a change of lines and loans tells those who embed us; it is written in the same statement as the change."""

from collections.abc import Iterator
from datetime import date

from zhiwei.journeys.ports import Loan, Payout
from zhiwei.loans import Balances, Line
from zhiwei.loans.events import NAMES, Event, Payment
from zhiwei.loans.line import FROZEN, LATE
from zhiwei.values.happenings import Happening, happening

WRITTEN_OFF = "written off"  # why a line is frozen by what was written off on it


def line_opened(line: Line) -> Happening:
    said = {
        "product": line.product, "decision": line.decision, "limit": line.limit, "annual_rate": line.annual_rate,
        "opened_on": line.opened_on, "expires_on": line.expires_on,
    }  # fmt: skip
    return happening("line.opened", line.line_id, line.opened_on, said, party=line.party, line=line.line_id)


def line_news(was: Line, now: Line, key: str, on: date) -> Iterator[Happening]:
    """Where how it stands or how much it lends changed; what is used of it is told by draws and repayments."""
    if now.status == FROZEN != was.status:
        why = {LATE: "late", WRITTEN_OFF: "written_off"}.get(now.frozen_because, "person")
        yield happening("line.frozen", [key, now.line_id], on, {"because": why}, line=now.line_id)
    elif (now.status, now.limit) != (was.status, was.limit):
        yield line_changed(now, key, on)


def line_changed(now: Line, key: str, on: date) -> Happening:
    said = {"status": now.status, "limit": now.limit, "available": now.available}
    return happening("line.changed", [key, now.line_id], on, said, line=now.line_id)


def loan_news(was: Loan | None, now: Loan, settled: bool, key: str, on: date) -> Iterator[Happening]:
    if now.late and not (was and was.late):
        said = {"loan": now.loan_id, "oldest_due": now.oldest_due, "days_past_due": now.late}
        yield happening("loan.overdue", [key, now.loan_id], on, said, line=now.line)
    if settled and was and not _nothing_owed(was):
        yield happening("loan.settled", [key, now.loan_id], on, {"loan": now.loan_id}, line=now.line)


def _nothing_owed(loan: Loan) -> bool:
    """As it was when it was last touched: what is owed of it either is late, or will be due some day."""
    return not loan.principal and not loan.late and loan.next_on is None


def draw_news(payout: Payout, on: date) -> Happening:
    said = {
        "draw": payout.payout_id, "loan": payout.loan, "amount": payout.amount, "value_date": payout.value_date
    }  # fmt: skip
    return happening(f"draw.{payout.status}", payout.payout_id, on, said, line=payout.line)


def repayment_news(line: str, event: Payment, used: Balances, outstanding: int, on: date) -> Happening:
    said = {
        "repayment": event.event_id, "amount": event.amount, "value_date": event.value_date, "fee": used.fee,
        "penalty": used.penalty, "interest": used.interest, "principal": used.principal,
        "credit": event.amount - used.total, "outstanding": outstanding,
    }  # fmt: skip
    return happening("repayment.received", event.event_id, on, said, line=line)


def amendment_news(line: str, event: Event, outstanding: int, on: date) -> Happening:
    said = {
        "kind": NAMES[type(event)], "loan": event.loan or None, "event": event.event_id,
        "value_date": event.value_date, "outstanding": outstanding,
    }  # fmt: skip
    return happening("line.amended", event.event_id, on, said, line=line)
