"""The verbs: receive, decide, accept, draw, repay, amend, close_day, reconcile, and those about products."""

from zhiwei.journeys.antifraud.ask import ask_network
from zhiwei.journeys.antifraud.build import build_network
from zhiwei.journeys.antifraud.findings import findings_on
from zhiwei.journeys.antifraud.marks import approve_end_of_mark, mark_party, marks, propose_end_of_mark
from zhiwei.journeys.antifraud.staff import findings_on_staff
from zhiwei.journeys.borrower.consents import (
    Permission,
    Withheld,
    forget,
    give_consent,
    give_consents,
    prove_consent,
    withdraw_consent,
    withdraw_one,
    withheld_of,
)
from zhiwei.journeys.borrower.duplicates import Duplicates, find_duplicates
from zhiwei.journeys.borrower.members import members_of, under
from zhiwei.journeys.borrower.merges import (
    Merged,
    Merging,
    ProposedMerge,
    Rejected,
    Undone,
    approve_merge,
    merges_of,
    propose_merge,
    reject_merge,
    undo_merge,
)
from zhiwei.journeys.borrower.parties import (
    Tie,
    add_identifiers,
    end_what,
    know_parties,
    know_party,
    link_parties,
    play_role,
)
from zhiwei.journeys.borrower.pictures import picture_of, quality_of
from zhiwei.journeys.borrower.pulls import Pulled, Standing, Wanted, pull_figures, pull_records
from zhiwei.journeys.borrower.receive import Received, receive, receive_demand
from zhiwei.journeys.borrower.records import Source, receive_records, records_of
from zhiwei.journeys.borrower.sheets import find_party, list_parties, party_sheet
from zhiwei.journeys.chart import adopt_chart
from zhiwei.journeys.day.close_day import close_day, close_days
from zhiwei.journeys.day.doctor import Finding, examine
from zhiwei.journeys.day.reconcile import Reconciled, differences, reconcile, resolve
from zhiwei.journeys.deciding.advising import (
    Asked,
    LineWarned,
    Watched,
    asked_about,
    asked_of,
    facts_on,
    warnings_of,
)
from zhiwei.journeys.deciding.apply import Applied, CameWith, apply
from zhiwei.journeys.deciding.decide import decide, replay
from zhiwei.journeys.deciding.letters import letter_of, told_of
from zhiwei.journeys.deciding.prices import Priced, Risk, priced, prices
from zhiwei.journeys.deciding.standing import AppliedFor, applied_for
from zhiwei.journeys.deciding.tasks import Settled, Word, rule, rulings, tasks
from zhiwei.journeys.deciding.ways import ways_to_yes
from zhiwei.journeys.keeping.keys import keys_in_use, reseal, rotate_key
from zhiwei.journeys.lines.accept import Offer, accept
from zhiwei.journeys.lines.control import Change, Changed, change_line, propose_change
from zhiwei.journeys.money.amend import TWO_PERSONS, amend, approve_amendment, proposals, propose_amendment
from zhiwei.journeys.money.draw import (
    Draw,
    draw,
    draw_many,
    order_draw,
    order_draws,
    pay_out,
    pay_outs,
    settle_payout,
    settle_payouts,
)
from zhiwei.journeys.money.repay import Repayment, repay, repay_many
from zhiwei.journeys.products import approve, booked, install_shelf, propose
from zhiwei.journeys.view import dues, portfolio, quote, sample, statement
from zhiwei.journeys.webhooks.deliver import Sent, deliver_due, events_of
from zhiwei.journeys.webhooks.endpoints import (
    Again,
    Endpoint,
    EndpointChange,
    Registered,
    change_webhook,
    deliveries_of,
    register_webhook,
    replay_events,
    rotate_secret,
    secret_of,
    webhook_of,
    webhooks_of,
    written_secret,
)

__all__ = [
    "TWO_PERSONS", "Again", "Applied", "AppliedFor", "Asked", "CameWith", "Change", "Changed", "Draw", "Duplicates",
    "Endpoint", "EndpointChange", "Finding", "LineWarned", "Merged", "Merging", "Offer", "Permission", "Priced",
    "ProposedMerge", "Pulled", "Received", "Reconciled", "Registered", "Rejected", "Repayment", "Risk", "Sent",
    "Settled", "Source", "Standing", "Tie", "Undone", "Wanted", "Watched", "Withheld", "Word", "accept",
    "add_identifiers", "adopt_chart", "amend", "applied_for", "apply", "approve", "approve_amendment",
    "approve_end_of_mark", "approve_merge", "ask_network", "asked_about", "asked_of", "booked", "build_network",
    "change_line", "change_webhook", "close_day", "close_days", "decide", "deliver_due", "deliveries_of",
    "differences", "draw", "draw_many", "dues", "end_what", "events_of", "examine", "facts_on", "find_duplicates",
    "find_party", "findings_on", "findings_on_staff", "forget", "give_consent", "give_consents", "install_shelf",
    "keys_in_use", "know_parties", "know_party", "letter_of", "link_parties", "list_parties", "mark_party", "marks",
    "members_of", "merges_of", "order_draw", "order_draws", "party_sheet", "pay_out", "pay_outs", "picture_of",
    "play_role", "portfolio", "priced", "prices", "proposals", "propose", "propose_amendment", "propose_change",
    "propose_end_of_mark", "propose_merge", "prove_consent", "pull_figures", "pull_records", "quality_of", "quote",
    "receive", "receive_demand", "receive_records", "reconcile", "records_of", "register_webhook", "reject_merge",
    "repay", "repay_many", "replay", "replay_events", "reseal", "resolve", "rotate_key", "rotate_secret", "rule",
    "rulings", "sample", "secret_of", "settle_payout", "settle_payouts", "statement", "tasks", "told_of", "under",
    "undo_merge", "warnings_of", "ways_to_yes", "webhook_of", "webhooks_of", "withdraw_consent", "withdraw_one",
    "withheld_of", "written_secret",
]  # fmt: skip
