"""The verbs: receive, decide, accept, draw, repay, amend, close_day, reconcile, and those about products."""

from zhiwei.journeys.antifraud.ask import ask_network
from zhiwei.journeys.antifraud.build import build_network
from zhiwei.journeys.antifraud.findings import fact_names, facts_of, findings_of, findings_on
from zhiwei.journeys.antifraud.marks import approve_end_of_mark, mark_party, marks, propose_end_of_mark
from zhiwei.journeys.borrower.consents import Permission, forget, give_consent, prove_consent, withdraw_consent
from zhiwei.journeys.borrower.pictures import picture_of, quality_of
from zhiwei.journeys.borrower.records import Source, receive_records, records_of
from zhiwei.journeys.chart import adopt_chart
from zhiwei.journeys.day.close_day import close_day, close_days
from zhiwei.journeys.day.doctor import Finding, examine
from zhiwei.journeys.day.reconcile import Reconciled, differences, reconcile, resolve
from zhiwei.journeys.decide import decide, replay
from zhiwei.journeys.lines.accept import Offer, accept
from zhiwei.journeys.lines.control import Change, Changed, change_line, propose_change
from zhiwei.journeys.money.amend import TWO_PERSONS, amend, approve_amendment, proposals, propose_amendment
from zhiwei.journeys.money.draw import Draw, draw, draw_many, order_draw, pay_out, settle_payout
from zhiwei.journeys.money.repay import Repayment, repay, repay_many
from zhiwei.journeys.products import approve, booked, install_shelf, propose
from zhiwei.journeys.receive import Received, receive, receive_demand
from zhiwei.journeys.view import portfolio, quote, sample, statement

__all__ = [
    "Change", "Changed", "Draw", "Finding", "Offer", "Permission", "Received", "Reconciled", "Repayment", "Source",
    "TWO_PERSONS", "accept", "adopt_chart", "amend", "approve", "approve_amendment", "approve_end_of_mark",
    "ask_network", "booked", "build_network", "change_line", "close_day", "close_days", "decide", "differences",
    "draw", "draw_many", "examine", "fact_names", "facts_of", "findings_of", "findings_on", "forget",
    "give_consent", "install_shelf", "mark_party", "marks", "order_draw", "pay_out", "picture_of", "portfolio",
    "proposals", "propose", "propose_amendment", "propose_change", "propose_end_of_mark", "prove_consent",
    "quality_of", "quote", "receive", "receive_demand", "receive_records", "reconcile", "records_of", "repay",
    "repay_many", "replay", "resolve", "sample", "settle_payout", "statement", "withdraw_consent",
]  # fmt: skip
