"""Consents and records through the API: nothing without consent, all of a push or none, the same push once."""

import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import ipc
from tests.api.conftest import Partner
from tests.unit.borrower.sources.bank_flow.test_camt import balance, document, entry, statement
from tests.unit.borrower.sources.einvoice.conftest import einvoice

from zhiwei.bootstrap import Platform
from zhiwei.borrower.records import KINDS
from zhiwei.economy.businesses import credit_code
from zhiwei.journeys import records_of

LINES, ARROW = "application/x-ndjson", "application/vnd.apache.arrow.stream"


def known(partner: Partner, shop: str = "某某五金店") -> str:
    """A party of the partner's, known by the device of its shop."""
    told = {"name": shop, "since": "2020-01-01", "kind": "sole_trader",
            "identifiers": [{"kind": "device", "value": f"till of {shop}"}]}  # fmt: skip
    made = partner.post("/v1/parties", told)
    assert made.status_code == 201, made.text
    return str(made.json()["party"])


def allowing(partner: Partner, party: str, *kinds: str, **said: Any) -> list[str]:
    body = {"scopes": [*kinds], "text": "I agree.", "evidence": "page 1", "since": "2025-01-01"} | said
    given = partner.post(f"/v1/parties/{party}/consents", body)
    assert given.status_code == 201, given.text
    return [one["consent"] for one in given.json()["consents"]]


def invoice(number: int, **other: Any) -> dict[str, Any]:
    return {"direction": "sale", "invoice_no": f"{number:08}", "issue_date": f"2025-{number % 12 + 1:02}-03",
            "counterparty": "C1", "amount": 10_000, "tax": 1_300, "total": 11_300,
            "status": "valid"} | other  # fmt: skip


def lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def stream(rows: list[dict[str, Any]], **options: Any) -> bytes:
    table = pa.Table.from_pylist([row | {"issue_date": date.fromisoformat(row["issue_date"])} for row in rows])
    into = io.BytesIO()
    with ipc.new_stream(into, table.schema, options=ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return into.getvalue()


@pytest.fixture
def party(shop: Partner) -> str:
    return known(shop)


def places(response: Any) -> list[tuple[str, str]]:
    return [(one["place"], one["column"]) for one in response.json()["errors"]]


def test_without_consent_nothing_is_pushed_and_nothing_is_read(shop: Partner, party: str) -> None:
    push = shop.post(f"/v1/parties/{party}/records/invoices", {"rows": [invoice(1)]})
    assert (push.status_code, push.json()["code"]) == (409, "no_consent")
    read = shop.get(f"/v1/parties/{party}/quality")
    assert (read.status_code, read.json()["code"]) == (409, "no_consent")


def test_a_thousand_rows_come_in_one_request_and_the_same_push_changes_nothing(
    shop: Partner, party: str, platform: Platform
) -> None:
    allowing(shop, party, "invoices")
    year = {"from": "2025-01-01", "until": "2026-01-01"}
    rows = {"rows": [invoice(number) for number in range(1_000)], "covers": year}
    first = shop.post(f"/v1/parties/{party}/records/invoices", rows)
    assert first.status_code == 201, first.text
    assert first.json()["rows"] == [{"kind": "invoices", "rows": 1_000}]
    assert first.json()["new"]
    assert first.json()["covers"] == [{"kind": "invoices"} | year]
    again = shop.post(f"/v1/parties/{party}/records/invoices", rows)  # a key of its own: it is another call
    assert again.json() == first.json() | {"new": False}
    kept = records_of(books=platform, by=platform.actor, parties=[party], kinds=["invoices"], until=date(2026, 1, 1))
    assert kept["invoices"].num_rows == 1_000
    assert sum(kept["invoices"]["total"].to_pylist()) == 11_300_000
    found = shop.get(first.headers["Location"]).json()
    assert [(one["kind"], one["rows"], one["parties"]) for one in found["parts"]] == [("invoices", 1_000, 1)]
    quality = shop.get(f"/v1/parties/{party}/quality").json()
    assert [one["kind"] for one in quality["kinds"]] == ["invoices"]
    assert quality["kinds"][0]["rows"] > 0
    assert quality["kinds"][0]["coverage"] == "1.0000"


def test_more_than_a_thousand_rows_are_a_stream(shop: Partner, party: str) -> None:
    allowing(shop, party, "invoices")
    rows = {"rows": [invoice(number) for number in range(1_001)]}
    many = shop.post(f"/v1/parties/{party}/records/invoices", rows)
    assert (many.status_code, many.json()["code"]) == (422, "too_many_rows")


def test_each_wrong_cell_is_named_by_its_place_and_nothing_is_taken(
    shop: Partner, party: str, platform: Platform
) -> None:
    allowing(shop, party, "invoices")
    rows = [
        invoice(1), invoice(2, amount="100.00"), invoice(3, issue_date="3 March"), invoice(4, colour="red"),
        invoice(5, direction="gift"), invoice(6, tax=None), invoice(7, amount=100.5), "row",
        invoice(8, counterparty=" "), invoice(9, total=True), invoice(10, total=-11_300),
    ]  # fmt: skip
    told = shop.post(f"/v1/parties/{party}/records/invoices", {"rows": rows})
    assert (told.status_code, told.json()["code"]) == (422, "bad_rows"), told.text
    assert places(told) == [
        ("rows[1]", "amount"), ("rows[2]", "issue_date"), ("rows[3]", "colour"), ("rows[4]", "direction"),
        ("rows[5]", "tax"), ("rows[6]", "amount"), ("rows[7]", ""), ("rows[8]", "counterparty"), ("rows[9]", "total"),
        ("rows[10]", "total"),
    ]  # fmt: skip
    assert "3 March" not in told.text
    assert "gift" not in told.text
    kept = records_of(books=platform, by=platform.actor, parties=[party], kinds=["invoices"], until=date(2026, 1, 1))
    assert kept["invoices"].num_rows == 0


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'{"rows": 1}', b'{"rows": [], "rows": []}', b'{"rows": [{"amount": NaN}]}', b"\xff\xfe",
     b'{"rows": [], "wish": 1}', b'{"rows": []}', b"[" * 100_000, b'{"rows": [{"amount": ' + b"9" * 5_000 + b"}]}"],
)  # fmt: skip
def test_what_is_no_push_is_refused(shop: Partner, party: str, body: bytes) -> None:
    allowing(shop, party, "invoices")
    told = shop.post(f"/v1/parties/{party}/records/invoices", content=body)
    assert told.status_code == 422, told.text


def test_what_a_kind_says_of_its_rows_holds_for_pushed_rows_too(shop: Partner, party: str) -> None:
    """The rules of a source are the rules of its kind, however it comes; and a card's number is no token."""
    allowing(shop, party, "orders", "tax_returns", "bank_flow", "meters")
    order = {"platform": "p", "order_no": "1", "ordered_at": "2025-03-01T10:00:00", "amount": 5_000, "status": "signed"}
    wrong = [order | {"shipped_at": "2025-02-01T10:00:00"}, order | {"order_no": "2", "buyer": "4111 1111 1111 1111"}]
    told = shop.post(f"/v1/parties/{party}/records/orders", {"rows": wrong})
    assert places(told) == [("rows[0]", "shipped_at"), ("rows[1]", "buyer")]
    assert "4111" not in told.text
    twice = shop.post(f"/v1/parties/{party}/records/orders", {"rows": [order, order, order | {"amount": 6_000}]})
    assert places(twice) == [("rows[2]", "order_no")]
    returned = {"tax": "vat", "period_start": "2025-01-01", "period_end": "2025-03-31", "filed_on": "2025-04-10"}
    assert shop.post(f"/v1/parties/{party}/records/tax_returns", {"rows": [returned]}).status_code == 201
    paid = {"account": "A1", "booked_on": "2025-03-01", "amount": 100, "currency": "CNY"}
    assert shop.post(f"/v1/parties/{party}/records/bank_flow", {"rows": [paid, paid]}).json()["rows"][0]["rows"] == 2
    read = {"utility": "power", "meter": "M1", "read_on": "2025-03-01", "usage": 12.25, "unit": "kWh"}
    assert shop.post(f"/v1/parties/{party}/records/meters", {"rows": [read]}).status_code == 201


def test_a_stream_of_lines_holds_rows_of_many_parties(shop: Partner, platform: Platform) -> None:
    parties = [known(shop, f"shop {number}") for number in range(3)]
    for one in parties:
        allowing(shop, one, "invoices")
    body = lines([invoice(number, party=parties[number % 3]) for number in range(3_000)])
    done = shop.post("/v1/records/invoices", content=body, media=LINES)
    assert done.status_code == 201, done.text
    assert done.json()["rows"] == [{"kind": "invoices", "rows": 3_000}]
    found = shop.get(done.headers["Location"]).json()
    assert [(one["rows"], one["parties"]) for one in found["parts"]] == [(3_000, 3)]
    assert shop.post("/v1/records/invoices", content=body, media=LINES).json()["new"] is False


def test_a_push_that_is_cut_in_the_middle_of_a_row_leaves_nothing(
    shop: Partner, party: str, platform: Platform
) -> None:
    allowing(shop, party, "invoices")
    body = lines([invoice(number, party=party) for number in range(100)])[:-20]
    told = shop.post("/v1/records/invoices", content=body, media=LINES)
    assert (told.status_code, told.json()["code"], places(told)) == (422, "bad_rows", [("line 100", "")])
    kept = records_of(books=platform, by=platform.actor, parties=[party], kinds=["invoices"], until=date(2026, 1, 1))
    assert kept["invoices"].num_rows == 0
    arrow = stream([invoice(number, party=party) for number in range(100)])
    for cut in (arrow[:-8], arrow[: len(arrow) // 2], arrow[:10]):
        told = shop.post("/v1/records/invoices", content=cut, media=ARROW)
        assert (told.status_code, told.json()["code"]) == (422, "cut_stream")


def test_an_arrow_stream_says_the_same_as_lines(shop: Partner, party: str, platform: Platform) -> None:
    allowing(shop, party, "invoices")
    rows = [invoice(number, party=party, amount=2**53 + number, total=2**53 + number + 1_300) for number in range(10)]
    assert max(row["amount"] for row in rows) > 10**15
    told = shop.post("/v1/records/invoices", content=stream(rows), media=ARROW)
    assert (told.json()["code"], places(told)[0]) == ("bad_rows", ("row 1", "amount"))  # beyond all reason
    rows = [invoice(number, party=party, amount=10**14 + number, total=10**14 + number + 1_300) for number in range(10)]
    done = shop.post("/v1/records/invoices", content=stream(rows), media=ARROW)
    assert done.status_code == 201, done.text
    kept = records_of(books=platform, by=platform.actor, parties=[party], kinds=["invoices"], until=date(2026, 1, 1))
    assert kept["invoices"]["amount"].to_pylist() == [row["amount"] for row in rows]


def test_an_arrow_stream_that_unfolds_is_not_opened(shop: Partner, party: str) -> None:
    """Compression, dictionaries, nothing repeated a billion times: what is small and becomes large."""
    allowing(shop, party, "invoices")
    rows = [invoice(number, party=party) for number in range(1_000)]
    bomb = shop.post("/v1/records/invoices", content=stream(rows, compression="zstd"), media=ARROW)
    assert (bomb.status_code, bomb.json()["code"]) == (422, "compressed_arrow")
    nothing = pa.table({"party": pa.nulls(10)})
    packed = pa.table({"party": pa.array([party] * 10).dictionary_encode()})
    doubled = pa.table([pa.array([party]), pa.array(["x"])], names=["party", "party"])
    wide = pa.table({f"c{number}": [1] for number in range(1_000)})
    euros = pa.table({"party": [party], "amount": [1.5]})
    for table in (nothing, packed, doubled, wide, euros):
        into = io.BytesIO()
        with ipc.new_stream(into, table.schema) as writer:
            writer.write_table(table)
        told = shop.post("/v1/records/invoices", content=into.getvalue(), media=ARROW)
        assert (told.status_code, told.json()["code"] in ("bad_columns", "bad_arrow")) == (422, True), told.text


def test_what_is_another_clients_is_not_there(partner_of: Callable[..., Partner], shop: Partner, party: str) -> None:
    [consent] = allowing(shop, party, "invoices")
    mine = shop.post(f"/v1/parties/{party}/records/invoices", {"rows": [invoice(1)]}).json()["delivery"]
    other = partner_of("other")
    own = known(other, "other shop")
    allowing(other, own, "invoices")
    body = lines([invoice(1, party=own), invoice(2, party=party)])
    told = other.post("/v1/records/invoices", content=body, media=LINES)
    assert (told.status_code, told.json()["code"], places(told)) == (404, "no_such_party", [("line 2", "party")])
    for response in (
        other.post(f"/v1/parties/{party}/records/invoices", {"rows": [invoice(1)]}),
        other.send("POST", f"/v1/parties/{party}/files", content=b"x", query={"source": "orders"}),
        other.get(f"/v1/parties/{party}/consents"),
        other.post(f"/v1/parties/{party}/consents", {"scopes": ["invoices"], "text": "x", "evidence": "y"}),
        other.post(f"/v1/parties/{own}/consents/{consent}/withdrawal", {"because": "x"}),
        other.get(f"/v1/deliveries/{mine}"),
        other.get(f"/v1/parties/{party}/quality"),
    ):
        assert response.status_code == 404, response.text
        assert response.json()["code"] in ("no_such_party", "no_such_consent", "no_such_delivery")


def test_a_consent_given_through_one_client_opens_nothing_to_another(
    partner_of: Callable[..., Partner], shop: Partner
) -> None:
    """Two shops bring the same firm; what it allows the one it has not allowed the other, nor can it end it."""
    party, other = known(shop), partner_of("other")
    assert known(other) == party
    allowing(shop, party, "invoices")
    shop.post(f"/v1/parties/{party}/records/invoices", {"rows": [invoice(1)]})
    assert other.get(f"/v1/parties/{party}/consents").json()["items"] == []
    assert other.get(f"/v1/parties/{party}/quality").json()["code"] == "no_consent"
    refused = other.post(f"/v1/parties/{party}/records/invoices", {"rows": [invoice(2)]})
    assert refused.json()["code"] == "no_consent"


def test_a_withdrawn_consent_ends_use_and_the_same_push_may_come_under_a_new_one(
    shop: Partner, party: str, platform: Platform
) -> None:
    invoices, orders = allowing(shop, party, "invoices", "orders")
    rows = {"rows": [invoice(1)]}
    first = shop.post(f"/v1/parties/{party}/records/invoices", rows).json()
    gone = shop.post(f"/v1/parties/{party}/consents/{invoices}/withdrawal", {"because": "it wishes so"})
    assert (gone.status_code, gone.json()["deliveries"]) == (201, 1), gone.text
    again = shop.post(f"/v1/parties/{party}/consents/{invoices}/withdrawal", {"because": "once more"})
    assert again.json()["delete_by"] == gone.json()["delete_by"]
    assert shop.get(f"/v1/deliveries/{first['delivery']}").json()["parts"][0]["delete_by"] == gone.json()["delete_by"]
    held = shop.get(f"/v1/parties/{party}/consents").json()["items"]
    assert {one["consent"]: one["in_force"] for one in held} == {invoices: False, orders: True}
    assert shop.post(f"/v1/parties/{party}/records/invoices", rows).json()["code"] == "no_consent"
    allowing(shop, party, "invoices", evidence="page 2")
    anew = shop.post(f"/v1/parties/{party}/records/invoices", rows)
    assert (anew.status_code, anew.json()["new"]) == (201, True), anew.text
    kept = records_of(books=platform, by=platform.actor, parties=[party], kinds=["invoices"], until=date(2026, 1, 1))
    assert kept["invoices"].num_rows == 1


def test_a_consent_to_one_delivery_lets_one_come(shop: Partner, party: str) -> None:
    allowing(shop, party, "invoices", recurring=False)
    assert shop.post(f"/v1/parties/{party}/records/invoices", {"rows": [invoice(1)]}).status_code == 201
    second = shop.post(f"/v1/parties/{party}/records/invoices", {"rows": [invoice(2)]})
    assert (second.status_code, second.json()["code"]) == (409, "no_consent")


def test_a_file_of_a_known_source_is_read_as_it_is(shop: Partner, party: str) -> None:
    allowing(shop, party, "orders")
    content = json.dumps({"orders": [
        {"platform": "p", "order_no": "1", "ordered_at": "2025-03-01T10:00:00", "amount": "50.00", "status": "paid"}
    ]}).encode()  # fmt: skip
    path = f"/v1/parties/{party}/files"
    done = shop.post(path, content=content, media="application/octet-stream", query={"source": "orders"})
    assert (done.status_code, done.json()["rows"]) == (201, [{"kind": "orders", "rows": 1}]), done.text
    unknown = shop.post(path, content=content, query={"source": "rumours"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "no_such_source")
    other = shop.post(path, content=content, query={"source": "bank_flow", "given": ["party=platform"]})
    assert other.status_code == 422
    returns = b'{"returns": [{"tax": "vat", "period": "2025Q1", "filed_on": "2025-04-10"}]}'
    refused = shop.post(path, content=returns, query={"source": "tax"})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_consent")


def test_an_electronic_invoice_is_a_sale_of_the_party_whose_number_it_bears(shop: Partner, platform: Platform) -> None:
    """The party's own number tells its sales from its purchases: nobody says it again."""
    code = credit_code("92450300", "MA000001")
    told = {"name": "某某五金店", "since": "2020-01-01", "identifiers": [{"kind": "uscc", "value": code}]}
    party = shop.post("/v1/parties", told).json()["party"]
    allowing(shop, party, "invoices", "bank_flow")
    path, content = f"/v1/parties/{party}/files", einvoice(seller_no=code, issued="2025-03-18 16:05:42")
    done = shop.post(path, content=content, query={"source": "einvoice", "name": "a.xml"})
    assert (done.status_code, done.json().get("rows")) == (201, [{"kind": "invoices", "rows": 1}]), done.text
    kept = records_of(books=platform, by=platform.actor, parties=[party], kinds=["invoices"], until=date(2026, 1, 1))
    assert kept["invoices"]["direction"].to_pylist() == ["sale"]
    camt = document(statement(balance("OPBD", "1.00"), entry("20.00", "CRDT"), balance("CLBD", "21.00")))
    done = shop.post(path, content=camt, query={"source": "bank_flow", "name": "a.xml"})
    assert (done.status_code, done.json().get("rows")) == (201, [{"kind": "bank_flow", "rows": 1}]), done.text


def test_the_specification_tells_every_column_of_every_kind(shop: Partner) -> None:
    paths = shop.http.get("/openapi.json").json()["paths"]
    for kind, words in KINDS.items():
        body = paths[f"/v1/parties/{{party}}/records/{kind}"]["post"]["requestBody"]
        row = body["content"]["application/json"]["schema"]["properties"]["rows"]["items"]
        assert set(row["properties"]) == set(words.schema.names) - {"party_id", "occurrence"}
        assert all(column["description"] for column in row["properties"].values())
        assert words.day in row["required"]
        money = {name for name, column in row["properties"].items() if column.get("x-unit") == "分"}
        assert money == {field.name for field in words.schema if field.type == pa.int64()}
