"""Evidence names what a person can look up: the row, the earlier pledge, the two places, the loans of an officer."""

from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from zhiwei.borrower import KINDS
from zhiwei.credit.antifraud import Finding, Seen, search
from zhiwei.credit.antifraud.typologies.applications import APPLICATIONS
from zhiwei.credit.antifraud.typologies.staff import OFFICER_LOANS, interval

ON = date(2024, 3, 1)
SCHEMAS = {"applications": APPLICATIONS, "loans": OFFICER_LOANS}


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
        {"event_id": e, "party_id": "A", "checked_at": t, "what": "place", "latitude": a, "longitude": b}
        for e, t, a, b in places
    ]
    one = found("identity", rows)["identity_takeover"]
    assert one.evidence[0].ids == ("e1", "e2")
    rows[1]["checked_at"] = at + timedelta(hours=4)
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


def event(number: int, what: str, outcome: str, **more: Any) -> dict[str, Any]:
    at = datetime.fromisoformat("2024-02-01T09:00:00") + timedelta(minutes=number)
    return {"event_id": f"e{number}", "party_id": "A", "checked_at": at, "what": what, "outcome": outcome, **more}


def test_a_later_pass_takes_a_failure_back_and_an_unclear_does_not() -> None:
    failed = event(1, "face", "failed")
    assert found("identity", [failed])["identity_takeover"].evidence[0].ids == ("e1",)
    assert found("identity", [failed, event(2, "face", "passed")]) == {}
    assert "identity_takeover" in found("identity", [failed, event(2, "face", "unclear")])
    assert "identity_takeover" in found("identity", [failed, event(2, "phone", "passed")]), "of another check"


def test_each_list_speaks_for_itself() -> None:
    hit = event(1, "list", "failed", detail="l7")
    assert found("identity", [hit, event(2, "list", "passed", detail="l8")])["identity_listed"].value == 1
    assert found("identity", [hit, event(2, "list", "passed", detail="l7")]) == {}


def test_four_failures_within_a_day_are_told_though_it_passed_in_the_end() -> None:
    tries = [event(n, "liveness", "failed") for n in range(4)] + [event(9, "liveness", "passed")]
    assert set(found("identity", tries)) == {"identity_retries"}
    assert found("identity", tries[1:]) == {}


def test_one_business_that_applies_again_and_again() -> None:
    """What is known of it without an application is none."""
    rows = [
        {"application_id": f"n{k}", "party_id": "A", "applied_on": date(2024, 2, 1 + k), "kind": None, "token": None}
        for k in range(4)
    ]
    assert found("applications", rows)["velocity_party"].value == 4
    known = {"application_id": None, "party_id": "A", "applied_on": date(2024, 2, 3), "kind": "phone", "token": "t"}
    assert found("applications", [*rows[:3], known]) == {}


def taxed(tax: str, first: date, last: date, sales: int, **more: Any) -> dict[str, Any]:
    filed = last + timedelta(days=14)
    return {"party_id": "A", "tax": tax, "period_start": first, "period_end": last, "filed_on": filed, "sales": sales,
            **more}  # fmt: skip


QUARTERS = [(date(2023, 1, 1), date(2023, 3, 31)), (date(2023, 4, 1), date(2023, 6, 30)),
            (date(2023, 7, 1), date(2023, 9, 30)), (date(2023, 10, 1), date(2023, 12, 31))]  # fmt: skip


def test_income_tax_of_the_year_to_date_is_held_against_the_quarters_of_vat() -> None:
    vat = [taxed("vat", *days, 100) for days in QUARTERS]
    income = [taxed("cit", QUARTERS[0][0], last, 100 * (n + 1)) for n, (_, last) in enumerate(QUARTERS)]
    assert found("tax_returns", [*vat, *income]) == {}
    less = taxed("cit", QUARTERS[0][0], QUARTERS[3][1], 360)
    one = found("tax_returns", [*vat, *income[:3], less])["vat_cit_gap"]
    assert (one.value, one.evidence[0].ids) == (0.1, ("2023-01-01", "2023-12-31"))
    assert found("tax_returns", [*vat[1:], less]) == {}, "a quarter of VAT is missing: nothing can be held against it"


def test_tax_of_the_past_paid_just_before() -> None:
    late = [taxed("vat", *days, 100, paid=10) | {"filed_on": date(2024, 2, 10)} for days in QUARTERS[:3]]
    in_time = taxed("vat", *QUARTERS[3], 100, paid=10)
    one = found("tax_returns", [*late, in_time])["taxes_in_a_lump"]
    assert (one.value, len(one.evidence[0].ids)) == (0.75, 3)
    assert found("tax_returns", [*late[:2], in_time]) == {}, "two are a mishap"


def test_a_firm_revived_with_a_new_face() -> None:
    rows: list[dict[str, Any]] = [
        {"party_id": "A", "on": date(2020, 1, 1), "what": "legal_representative", "value": "p1"},
        {"party_id": "A", "on": date(2024, 1, 5), "what": "legal_representative", "value": "p2"},
        {"party_id": "A", "on": date(2022, 1, 1), "what": "status", "value": "停业"},
        {"party_id": "A", "on": date(2024, 1, 9), "what": "status", "value": "存续"},
    ]
    one = found("registry", rows)["packaged_signs"]
    assert [each.kind for each in one.evidence] == ["legal_representative", "status"]
    assert found("registry", rows[:3]) == {}, "one sign is no finding"


def test_two_copies_of_a_row_with_another_balance() -> None:
    row = {**bank((2, 100, 1_100))[0], "reference": "R1", "counterparty": "C"}
    one = found("bank_flow", [row, {**row, "balance": 9_100, "sequence": 2}])["copies_differ"]
    assert (one.effect, one.evidence[0].ids) == ("block", ("2024-01-02 R1",))
    assert "copies_differ" not in found("bank_flow", [row, {**row, "balance": 1_200, "sequence": 2, "reference": "R2"}])


def sale(number: int, amount: int, **more: Any) -> dict[str, Any]:
    return {"party_id": "A", "direction": "sale", "invoice_no": str(number), "issue_date": date(2024, 2, 1),
            "counterparty": "B", "amount": amount, "tax": amount // 10, "total": amount, "status": "valid",
            "occurrence": 1, **more}  # fmt: skip


def test_tax_that_was_voided() -> None:
    """20,000 元 of 30,000 元 are; of 10,000 元 nothing is said, however large a share."""
    rows = [sale(1, 100_000_00), sale(2, 200_000_00, status="void")]
    assert found("invoices", rows)["void_tax"].value == pytest.approx(2 / 3, abs=1e-6)
    assert "void_tax" not in found("invoices", [sale(1, 10_000_00), sale(2, 100_000_00, status="void")])


def test_sales_at_the_limit_of_the_invoice() -> None:
    """The limit is the smallest usual one that holds the largest invoice: 99,999.99 元 here."""
    rows = [sale(n, 95_000_00) for n in range(10)] + [sale(n, 10_000_00) for n in range(10, 35)]
    one = found("invoices", rows)["top_face_amounts"]
    assert (len(one.evidence[0].ids), one.value) == (10, pytest.approx(950 / 1200, abs=1e-6))
    assert "top_face_amounts" not in found("invoices", [*rows, sale(99, 100_000_00)]), "so the limit is the next one"


def test_what_a_young_firm_has_sold_since_it_was_founded() -> None:
    born = {"party_id": "A", "on": date(2024, 1, 15), "what": "established"}
    registry = pa.Table.from_pylist([born], schema=KINDS["registry"].schema)

    def told(*rows: dict[str, Any]) -> dict[str, Finding]:
        invoices = pa.Table.from_pylist(list(rows), schema=KINDS["invoices"].schema)
        seen = Seen({"invoices": invoices, "registry": registry})
        return {one.check: one for one in search(seen, {"A"}, ON).findings}

    assert told(sale(1, 20_000_000_00))["young_sales"].value == 20_000_000
    assert "young_sales" not in told(sale(1, 20_000_000_00, issue_date=date(2024, 1, 1)))
    assert "young_sales" not in told(sale(1, 10_000_000_00))


def test_sales_that_power_does_not_follow() -> None:
    """Sales times six, power as before: six. Of a firm that opened in the earlier half nothing is said."""
    months = [date(2023, 3, 5) + timedelta(days=30 * n) for n in range(12)]
    meters = [
        {"party_id": "A", "utility": "power", "meter": "m", "read_on": day, "usage": 100.0, "unit": "kWh"}
        for day in months
    ]
    table = pa.Table.from_pylist(meters, schema=KINDS["meters"].schema)
    sales = [sale(n, 100 if day < date(2023, 9, 2) else 600, issue_date=day) for n, day in enumerate(months)]

    def told(rows: list[dict[str, Any]]) -> dict[str, Finding]:
        invoices = pa.Table.from_pylist(rows, schema=KINDS["invoices"].schema)
        seen = Seen({"invoices": invoices, "meters": table})
        return {one.check: one for one in search(seen, {"A"}, ON).findings}

    assert told(sales)["energy_gap"].value == 6
    assert "energy_gap" not in told(sales[3:])


def test_a_few_payers_make_most_of_a_tills_takings() -> None:
    at = datetime.fromisoformat("2024-02-01T09:00:00")
    rows = [
        {"party_id": "A", "merchant": "m", "reference": f"r{n}", "paid_at": at, "amount": 1_001,
         "payer": f"hand{n % 5}" if n < 150 else f"p{n}"}
        for n in range(300)
    ]  # fmt: skip
    assert set(found("acquiring", rows)) == {"pos_top_payers"}
    assert found("acquiring", rows[:299]) == {}, "less than a taking a day"
    assert set(found("acquiring", [{**row, "payer": f"q{row['reference']}", "amount": 10_000} for row in rows])) == {
        "pos_round_amounts"
    }
