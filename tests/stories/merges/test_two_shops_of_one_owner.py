"""Two shops of one owner under two ids: merged, the picture of either is that of both; undone, each is as before."""

import json
from datetime import date, datetime, timedelta

import pytest

from zhiwei.borrower import Party
from zhiwei.borrower.reading import table_of
from zhiwei.journeys import (
    Permission,
    decide,
    give_consent,
    members_of,
    quality_of,
    receive,
    records_of,
    under,
    withdraw_consent,
)
from zhiwei.values import Refusal

from ...conftest import delivery_of, invoice_rows
from .conftest import OFFICER, UNTIL, Desk, flow, invoice


@pytest.fixture
def shops(desk: Desk) -> Desk:
    """G1 took 3,000 元 and 5,000 元, G2 700 元; each let us see its bank flow. G3 is somebody else."""
    for party, rows in {"G1": [flow(2, 300_000), flow(3, 500_000)], "G2": [flow(3, 70_000, "2")]}.items():
        desk.allow(party, "bank_flow")
        desk.receive(party, "bank_flow", *rows)
    desk.allow("G3", "bank_flow")
    desk.receive("G3", "bank_flow", flow(3, 990_000, "3"))
    return desk


def hour_of(desk: Desk, merge: str) -> datetime:
    with desk.platform.unit("local") as unit:
        return unit.merges.get(merge).merged_at


def test_merged_the_picture_of_either_is_that_of_both(shops: Desk) -> None:
    assert shops.fact("bank_in_3m", "G1", "G2", "G3") == [8000.0, 700.0, 9900.0]
    shops.merge("G1", "G2")
    assert shops.fact("bank_in_3m", "G1", "G2", "G3") == [8700.0, 8700.0, 9900.0]
    assert shops.fact("bank_in_3m", "G2") == [8700.0]
    assert shops.picture("G2") == shops.picture("G1")
    assert shops.column("bank_flow", "party_id", ["G2"]) == ["G2"] * 3
    assert sorted(shops.column("bank_flow", "amount", ["G2"])) == [70_000, 300_000, 500_000]
    assert sorted(shops.column("bank_flow", "party_id", ["G1", "G2"])) == ["G1"] * 3 + ["G2"] * 3
    measured, _ = quality_of(books=shops.platform, by=OFFICER, parties=["G2"], as_of=UNTIL, months=3)
    assert {one.kind: one.rows for one in measured.of("G2")}["bank_flow"] == 3


def test_undone_each_is_as_before_to_the_last_bit(shops: Desk) -> None:
    before, rows = shops.picture("G1", "G2", "G3"), shops.column("bank_flow", "amount", ["G1"])
    done = shops.merge("G1", "G2")
    together = shops.picture("G1", "G2", "G3")
    assert together != before
    shops.undo(done.merge)
    assert shops.picture("G1", "G2", "G3") == before
    assert shops.column("bank_flow", "amount", ["G1"]) == rows
    again = shops.merge("G2", "G1")
    assert again.merge != done.merge
    assert shops.picture("G1", "G2", "G3") == together, "whoever is kept, the business is the same"


def test_what_was_known_at_an_hour_is_rebuilt_as_it_was(shops: Desk) -> None:
    alone = shops.picture("G1", "G2")
    done = shops.merge("G1", "G2")
    merged_at = hour_of(shops, done.merge)
    together = shops.picture("G1", "G2", known_at=merged_at)
    assert together == shops.picture("G1", "G2")
    shops.undo(done.merge)
    shops.receive("G2", "bank_flow", flow(1, 1, "2"))
    assert shops.picture("G1", "G2", known_at=merged_at) == together, "what was decided while they were one"
    assert shops.picture("G1", "G2", known_at=merged_at - timedelta(microseconds=1)) == alone
    assert shops.column("bank_flow", "amount", ["G2"], known_at=merged_at)[-1] == 70_000
    with shops.platform.unit("local") as unit:
        undone_at = unit.merges.get(done.merge).undone_at
    assert shops.picture("G1", "G2", known_at=undone_at) == alone


def test_a_chain_of_three_is_one_business_and_falls_apart_in_the_order_of_undoing(shops: Desk) -> None:
    first = shops.merge("G1", "G2")
    second = shops.merge("G3", "G1")
    assert shops.fact("bank_in_3m", "G1", "G2", "G3") == [18600.0] * 3
    shops.undo(first.merge)
    assert shops.fact("bank_in_3m", "G1", "G2", "G3") == [17900.0, 700.0, 17900.0]
    shops.undo(second.merge)
    assert shops.fact("bank_in_3m", "G1", "G2", "G3") == [8000.0, 700.0, 9900.0]


def test_each_record_is_read_under_the_consent_of_whom_it_came_from(shops: Desk) -> None:
    """G1 alone lets us see its meters; G2 withdraws its bank flow, and G1's stays readable under either id."""
    shops.merge("G1", "G2")
    with pytest.raises(Refusal, match="G2 has not allowed meters"):
        records_of(books=shops.platform, by=OFFICER, parties=["G2"], kinds=["meters"], until=UNTIL)
    shops.allow("G1", "meters")
    shops.receive("G1", "meters", {"utility": "power", "meter": "8", "read_on": UNTIL, "reading": 7.0})
    assert shops.column("meters", "reading", ["G2"]) == [7.0]
    withdraw_consent(books=shops.platform, by=OFFICER, party="G2", scopes=None, on=UNTIL, because="they asked")
    assert sorted(shops.column("bank_flow", "amount", ["G2"])) == [300_000, 500_000]
    assert shops.fact("bank_in_3m", "G1", "G2") == [8000.0, 8000.0]
    withdraw_consent(books=shops.platform, by=OFFICER, party="G1", scopes=["bank_flow"], on=UNTIL, because="they asked")
    with pytest.raises(Refusal, match="G2 has not allowed bank_flow"):
        shops.column("bank_flow", "amount", ["G2"])


def test_an_invoice_that_came_under_both_ids_counts_once(desk: Desk) -> None:
    for party in ("G1", "G2"):
        desk.allow(party, "invoices")
    desk.receive("G1", "invoices", invoice("1"), invoice("2", 30_000))
    desk.receive("G2", "invoices", invoice("1"), invoice("3", 5_000))
    desk.merge("G1", "G2")
    assert sorted(desk.column("invoices", "amount", ["G1"])) == [5_000, 30_000, 100_000]
    assert desk.fact("sales_3m", "G1", "G2") == [1350.0, 1350.0]
    desk.receive("G2", "invoices", invoice("2", 30_000, status="void"))
    assert desk.fact("sales_3m", "G1", "G2") == [1050.0, 1050.0], "voided under the other id"


def test_imported_invoices_of_both_ids_count_once_and_what_came_later_corrects_them(desk: Desk) -> None:
    rows = invoice_rows("G1", date(2024, 3, 1), months=2)
    for delivery in (delivery_of(rows), delivery_of([{**row, "party_id": "G2"} for row in rows[:9]])):
        receive(books=desk.platform, by=OFFICER, deliveries=[delivery], folder="")
    alone = desk.fact("sales_3m", "G1")
    desk.merge("G2", "G1")
    assert desk.fact("sales_3m", "G2", "G1") == alone * 2
    sold = next(row for row in rows if row["direction"] == "sale")
    allowed = Permission(Party("G2", "G2", "test"), ["invoices"], "Yes.", "page 2", date(2023, 1, 1))
    give_consent(books=desk.platform, by=OFFICER, permission=allowed)
    desk.receive("G2", "invoices", {**sold, "party_id": "G2", "status": "void"})
    assert desk.fact("sales_3m", "G2", "G1") == [alone[0] - sold["amount"] / 100] * 2


def test_each_shop_files_its_own_returns_and_neither_corrects_the_other(desk: Desk) -> None:
    quarter = {"tax": "vat", "period_start": date(2023, 10, 1), "period_end": date(2023, 12, 31),
               "filed_on": date(2024, 1, 12), "payable": 0, "paid": 0, "arrears": 0, "late_fee": 0}  # fmt: skip
    for party, sales in (("G1", 900_000), ("G2", 200_000)):
        desk.allow(party, "tax_returns")
        desk.receive(party, "tax_returns", {**quarter, "sales": sales})
    desk.merge("G1", "G2")
    assert sorted(desk.column("tax_returns", "sales", ["G2"])) == [200_000, 900_000]
    desk.receive("G2", "tax_returns", {**quarter, "sales": 250_000})
    assert sorted(desk.column("tax_returns", "sales", ["G1"])) == [250_000, 900_000]


def test_a_consent_of_one_does_not_let_the_other_bring_records(shops: Desk) -> None:
    shops.allow("G1", "orders")
    shops.merge("G1", "G2")
    order = {"platform": "p", "order_no": "1", "ordered_at": datetime(2024, 3, 1, 12), "amount": 1}  # noqa: DTZ001
    with pytest.raises(Refusal, match="G2 has not allowed orders"):
        shops.receive("G2", "orders", order)


def test_nothing_of_either_party_changes(shops: Desk) -> None:
    """Names, identifiers, consents, batches: what the store holds of each stays as it was."""

    def held() -> list[object]:
        with shops.platform.unit("local") as unit:
            both = ["G1", "G2"]
            return [
                unit.parties.names(both), unit.parties.sources(both), unit.parties.consents(both),
                unit.relations.identifiers(both), unit.batches.filed("G1"), unit.batches.filed("G2"),
            ]  # fmt: skip

    shops.hold("G1", "mobile", "13900000001")
    before = held()
    done = shops.merge("G1", "G2")
    assert held() == before
    shops.undo(done.merge)
    assert held() == before


def test_rows_of_members_are_rows_of_whom_one_asks_for(shops: Desk) -> None:
    """What whoever reads records himself uses: who stands behind a party, and their rows under its id."""
    rows = table_of(
        "bank_flow", [{"party_id": party, **flow(3, n)} for n, party in enumerate(("G2", "G1", "G3", "G2"))]
    )
    done = shops.merge("G1", "G2")
    with shops.platform.unit("local") as unit:
        members = members_of(unit, ["G2", "G3"])
        before = members_of(unit, ["G2", "G3"], unit.merges.get(done.merge).merged_at - timedelta(seconds=1))
    assert members == {"G2": ["G1", "G2"], "G3": ["G3"]}
    assert before == {"G2": ["G2"], "G3": ["G3"]}
    told = under(rows, members)
    assert told.schema == rows.schema
    assert list(zip(told["party_id"].to_pylist(), told["amount"].to_pylist(), strict=True)) == [
        ("G2", 0), ("G2", 1), ("G3", 2), ("G2", 3)
    ]  # fmt: skip
    assert under(rows, before) is rows
    both = under(rows, {"G1": ["G1", "G2"], "G2": ["G1", "G2"]})
    assert sorted(zip(both["party_id"].to_pylist(), both["amount"].to_pylist(), strict=True)) == [
        ("G1", 0), ("G1", 1), ("G1", 3), ("G2", 0), ("G2", 1), ("G2", 3)
    ]  # fmt: skip


def test_merged_they_are_decided_on_once(shops: Desk) -> None:
    """Under the one that was kept, on the records of both and by the consents of both, whichever of them is named."""

    def decided(*parties: str) -> list[tuple[str, str | None, int]]:
        found = decide(books=shops.platform, by=OFFICER, product="cash_flow_line", parties=parties or None, as_of=UNTIL)
        inputs = [json.loads(one.inputs) for one in found]
        return [(one["party"], one["facts"]["bank_in_12m"], len(one["consents"])) for one in inputs]

    assert decided("G1", "G2") == [("G1", "8000", 1), ("G2", "700", 1)]
    shops.merge("G1", "G2")
    assert decided("G1", "G2") == decided("G2") == [("G1", "8700", 2)]
    assert decided() == [("G1", "8700", 2), ("G3", "9900", 1)]
    withdraw_consent(books=shops.platform, by=OFFICER, party="G1", scopes=None, on=UNTIL, because="asked")
    assert decided("G1") == [("G1", "700", 1)]
