"""The verbs: receive, decide, accept, draw, repay, close_day, and those about products; one function each."""

from zhiwei.journeys.accept import Offer, accept
from zhiwei.journeys.close_day import close_day, close_days
from zhiwei.journeys.decide import decide, replay
from zhiwei.journeys.doctor import Finding, examine
from zhiwei.journeys.draw import draw, order_draw, pay_out, settle_payout
from zhiwei.journeys.products import approve, install_shelf, propose
from zhiwei.journeys.receive import Received, receive, receive_demand
from zhiwei.journeys.repay import repay
from zhiwei.journeys.view import portfolio, sample, statement

__all__ = [
    "Finding", "Offer", "Received", "accept", "approve", "close_day", "close_days", "decide", "draw", "examine",
    "install_shelf", "order_draw", "pay_out", "portfolio",
    "propose", "receive", "receive_demand", "repay", "replay", "sample",
    "settle_payout", "statement",
]  # fmt: skip
