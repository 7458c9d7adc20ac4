"""Circles of invoices are seen among all who let us see theirs, and no longer through those who withdrew."""

import json
from datetime import date

from zhiwei.bootstrap import Platform
from zhiwei.journeys import decide, receive, withdraw_consent

from ...conftest import delivery_of, invoice_rows

ON = date(2024, 3, 1)
RING = {"G1": "G2", "G2": "G3", "G3": "G1"}


def loops(platform: Platform) -> dict[str, str | None]:
    """Party -> share of its sales that run in circles, as its decision kept it."""
    parties = [party for party in RING if party != "G2"]
    found = decide(books=platform, by=platform.actor, product="tax_credit", parties=parties, as_of=ON)
    inputs = [json.loads(one.inputs) for one in found]
    return {one["party"]: one["facts"]["loop_share_12m"] for one in inputs}


def test_a_circle_through_who_withdrew_is_seen_no_more(platform: Platform) -> None:
    """Three firms bill each other 1,000,000 元 in a ring, beside honest sales of 700,000 a month."""
    for seller, buyer in RING.items():
        rows = invoice_rows(seller, ON)
        row = rows[0] | {"invoice_no": "ring", "issue_date": date(2024, 1, 9), "counterparty": buyer}
        rows.append(row | {"direction": "sale", "amount": 100_000_000, "tax": 0, "total": 100_000_000})
        receive(books=platform, by=platform.actor, deliveries=[delivery_of(rows)], folder="")
    before = loops(platform)
    assert all(share is not None and 0.1 < float(share) < 0.2 for share in before.values())
    withdraw_consent(books=platform, by=platform.actor, party="G2", scopes=None, on=ON, because="asked")
    assert loops(platform) == {"G1": "0", "G3": "0"}
