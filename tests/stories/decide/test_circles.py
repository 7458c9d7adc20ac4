"""Circles of invoices are seen among all who let us see theirs, and no longer through those who withdrew."""

import json
import random
from datetime import date

import pytest

from zhiwei.bootstrap import Platform
from zhiwei.credit.antifraud import loop_shares
from zhiwei.journeys import decide, receive, withdraw_consent
from zhiwei.journeys.deciding import decide as deciding
from zhiwei.store import records

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


def trading(platform: Platform, firms: list[str]) -> None:
    """Each sells to three of the others and to outsiders, for one of three amounts, and takes some of it back."""
    draw, rows = random.Random(7), []
    for seller in firms:
        like = invoice_rows(seller, ON)[0]
        for number, buyer in enumerate([*draw.sample(firms, 3), *(f"outsider {k}" for k in range(3))]):
            for amount in (draw.choice([100_000, 110_000, 300_000]), *draw.choice([(), (), (-400_000,)])):
                money = {"amount": amount, "tax": 0, "total": amount}
                rows.append(like | money | {"invoice_no": f"{number}{amount}", "counterparty": buyer})
    receive(books=platform, by=platform.actor, deliveries=[delivery_of(rows)], folder="")


def test_one_at_a_time_is_as_all_together(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """A firm that is decided on alone has the circles that are found in the whole town, and the same bytes."""
    firms = [f"G{k}" for k in range(1, 13)]
    trading(platform, firms)
    withdraw_consent(books=platform, by=platform.actor, party="G5", scopes=None, on=ON, because="asked")
    firms.remove("G5")

    def decided(parties: list[str]) -> list[str]:
        found = decide(books=platform, by=platform.actor, product="tax_credit", parties=parties, as_of=ON)
        return [one.inputs for one in found]

    alone = [inputs for firm in firms for inputs in decided([firm])]
    with platform.unit("local") as unit:
        sales = unit.records.sales(firms, date(2023, 3, 1), ON)
        monkeypatch.setattr(records, "FEW", 0)  # names are not opened any more: every party is looked up
        assert unit.records.sales(firms, date(2023, 3, 1), ON) == sales
    wanted = loop_shares(sales)
    shares = [json.loads(inputs)["facts"]["loop_share_12m"] for inputs in alone]
    assert [float(share or -1) for share in shares] == pytest.approx([wanted.get(firm, -1) for firm in firms], abs=1e-6)
    assert len({*shares}) > 3
    monkeypatch.setattr(deciding, "BUCKET", len(firms) - 1)
    assert decided(firms) == alone
