"""Evidence names what a person can look up: the row, the earlier pledge, the two places, the loans of an officer."""

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from zhiwei.borrower import KINDS
from zhiwei.credit.antifraud import Finding, Seen, search
from zhiwei.credit.antifraud.typologies.applications import APPLICATIONS
from zhiwei.credit.antifraud.typologies.identity import IDENTITY
from zhiwei.credit.antifraud.typologies.staff import OFFICER_LOANS, interval

ON = date(2024, 3, 1)
SCHEMAS = {"applications": APPLICATIONS, "identity": IDENTITY, "loans": OFFICER_LOANS}


def found(kind: str, rows: list[dict[str, Any]], **more: Any) -> dict[str, Finding]:
    schema = SCHEMAS.get(kind) or KINDS[kind].schema
    parties = {str(row.get("party_id")) for row in rows}
    table = pa.Table.from_pylist(rows, schema=schema)
    return {one.check: one for one in search(Seen({kind: table}, **more), parties, ON).findings}


def bank(*rows: tuple[int, int, int], text: str = "货款") -> list[dict[str, Any]]:
    base = {"party_id": "A", "account": "a", "currency": "CNY", "text": text}
    return [
        {**base, "booked_on": date(2024, 1, day), "sequence": n, "amount": amount, "balance": balance}
        for n, (day, amount, balance) in enumerate(rows, start=1)
    ]


def test_a_balance_that_does_not_follow_is_named_by_its_row() -> None:
    one = found("bank_flow", bank((2, 100, 1_100), (3, -50, 1_050), (4, 10, 1_100)))["balance_break"]
    assert (one.value, one.effect, one.evidence[0].ids) == (1, "block", ("2024-01-04 #3",))
    assert "balance_break" not in found("bank_flow", bank((2, 100, 1_100), (3, -50, 1_050)))


def test_interest_on_the_20th_to_the_22nd_of_a_quarters_end_is_in_order() -> None:
    rows = bank((21, 5, 5), text="结息")
    assert found("bank_flow", rows)["interest_days"].evidence[0].ids == ("2024-01-21 #1",)
    assert "interest_days" not in found("bank_flow", [{**rows[0], "booked_on": date(2023, 12, 21)}])


def test_what_lies_after_the_day_is_not_seen() -> None:
    late = [{**row, "booked_on": ON + timedelta(days=1)} for row in bank((21, 5, 5), text="结息")]
    assert found("bank_flow", late) == {}


def test_the_earlier_pledge_is_named_first() -> None:
    base = {"lender": "B1", "vin": "V1", "amount": 100}
    rows = [
        {**base, "pledge_id": "p2", "party_id": "B", "registered_on": date(2024, 2, 1)},
        {**base, "pledge_id": "p1", "party_id": "A", "registered_on": date(2024, 1, 1)},
    ]
    one = found("pledges", rows)["double_pledge"]
    assert (one.party, one.evidence[0].ids) == ("B", ("p1", "p2"))
    assert "p1 (A)" in one.evidence[0].en
    released = [rows[0], {**rows[1], "released_on": date(2024, 1, 15)}]
    assert found("pledges", released) == {}


def test_one_registration_is_one_pledge_whoever_tells_it() -> None:
    """The firm and its owner pledge together; the same number at another lender is another registration."""
    base = {"pledge_id": "p1", "lender": "B1", "vin": "V1", "registered_on": date(2024, 1, 1)}
    rows = [{**base, "party_id": "A"}, {**base, "party_id": "O"}]
    assert found("pledges", rows) == {}
    assert found("pledges", [rows[0], {**rows[1], "lender": "B2"}])["double_pledge"].value == 1


def test_a_number_that_is_written_otherwise_is_the_same() -> None:
    base = {"party_id": "A", "registered_on": date(2024, 1, 1)}
    rows = [
        {**base, "pledge_id": "1", "lender": "B1", "receipt_no": "ＷR-77"},
        {**base, "pledge_id": "2", "lender": "B2", "receipt_no": "wr 77"},
    ]
    assert found("pledges", rows)["double_pledge"].evidence[0].ids == ("1", "2")


@pytest.mark.parametrize(("amount", "days", "invoice", "expected"), [
    (100_900, 7, None, True), (101_100, 7, None, False), (100_000, 8, None, False), (100_000, 0, "I2", False),
])  # fmt: skip
def test_claims_very_alike(amount: int, days: int, invoice: str | None, expected: bool) -> None:
    """Within 1 % and 7 days of one contract and debtor; two invoices that both have numbers are two claims."""
    base = {"party_id": "A", "lender": "B", "debtor": "D", "contract": "C"}
    first = {
        **base,
        "pledge_id": "1",
        "registered_on": date(2024, 1, 1),
        "dated_on": date(2024, 1, 1),
        "amount": 100_000,
    }
    second = {**base, "pledge_id": "2", "registered_on": date(2024, 2, 1), "dated_on": date(2024, 1, 1 + days)}
    rows = [{**first, "invoice_no": invoice and "I1"}, {**second, "amount": amount, "invoice_no": invoice}]
    assert ("double_pledge_alike" in found("pledges", rows)) is expected


def test_nobody_is_in_two_far_places_within_an_hour() -> None:
    at = datetime.fromisoformat("2024-02-01T09:00:00")
    places = [("e1", at, 25.0, 102.7), ("e2", at + timedelta(hours=1), 39.9, 116.4)]  # Kunming, Beijing
    rows = [
        {"event_id": e, "party_id": "A", "at": t, "what": "place", "latitude": a, "longitude": b}
        for e, t, a, b in places
    ]
    one = found("identity", rows)["identity_takeover"]
    assert one.evidence[0].ids == ("e1", "e2")
    rows[1]["at"] = at + timedelta(hours=4)
    assert found("identity", rows) == {}


def test_three_applicants_of_one_device_and_no_value_of_it_is_shown() -> None:
    token = "0123456789abcdef"
    rows = [
        {
            "application_id": f"n{k}",
            "party_id": f"P{k}",
            "applied_on": date(2024, 2, 1 + k * 9),
            "kind": "device",
            "token": token,
        }
        for k in range(3)
    ]
    one = found("applications", rows)["velocity_device"]
    assert (one.value, one.evidence[0].ids) == (3, ("n0", "n1", "n2"))
    assert token not in str(one)
    rows[0]["applied_on"] = date(2024, 1, 1)
    assert "velocity_device" not in found("applications", rows), "49 days are no window of 30"


def test_one_officers_early_defaults() -> None:
    """8 of 40 against 4 of 200 of the others is no chance; 2 of 40 may be, though it is over twice theirs."""

    def loans(bad: int) -> list[dict[str, Any]]:
        return [
            {
                "loan_id": f"{officer}{n}",
                "officer": officer,
                "drawn_on": date(2024, 1, 1),
                "first_payment_missed": n < misses,
            }
            for officer, many, misses in (("S1", 40, bad), ("S2", 100, 2), ("S3", 100, 2))
            for n in range(many)
        ]

    one = found("loans", loans(8))["early_defaults"]
    assert (one.party, one.value, len(one.evidence[0].ids)) == ("S1", 10, 8)
    assert found("loans", loans(2)) == {}


def test_the_interval_is_exact() -> None:
    """Clopper-Pearson of 1 in 20 at 95 %, as tables print it."""
    assert interval(1, 20, 0.95) == pytest.approx((0.001265, 0.248733), abs=1e-6)
    assert interval(0, 20, 0.95)[0] == 0
    assert interval(20, 20, 0.95)[1] == 1
