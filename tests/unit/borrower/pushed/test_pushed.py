"""Pushed rows: what a row may say, how much a stream may hold, and that damage is told and nothing else happens."""

import io
import json
import random
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import ipc

from zhiwei.borrower.pushed import MOST_PUSHED, read_arrow, read_lines, read_list, row_schema
from zhiwei.borrower.pushed import rows as pushed_rows
from zhiwei.borrower.pushed.columns import form_of
from zhiwei.borrower.records import KINDS
from zhiwei.values import BadInput

PAID = datetime.fromisoformat("2025-03-01T10:00:00")
METER = {"utility": "power", "meter": "M1", "read_on": "2025-03-01", "usage": 12.5, "amount": 1_050}


def listed(kind: str, *rows: Any) -> Any:
    content = json.dumps({"rows": rows}).encode()
    return read_list(content, kind, "P1")[0].parsed


def stream(table: pa.Table, **options: Any) -> bytes:
    into = io.BytesIO()
    with ipc.new_stream(into, table.schema, options=ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return into.getvalue()


def meters(**columns: Any) -> pa.Table:
    return pa.table({"party": ["P1", "P2"], "utility": ["power", "water"], "meter": ["M1", "M2"],
                     "read_on": pa.array([date(2025, 3, 1)] * 2), "usage": [12.5, 3.0], **columns})  # fmt: skip


def test_every_kind_has_a_form_whose_columns_are_the_records() -> None:
    for kind, words in KINDS.items():
        form, schema = form_of(kind), row_schema(kind, party=True)
        assert set(form.fields) < set(words.schema.names)
        assert words.day in form.needed
        assert schema["required"] == ["party", *form.needed]
        assert list(schema["properties"]) == ["party", *form.fields]


def test_money_is_whole_minor_units_and_a_number_stays_exact() -> None:
    found = listed("meters", METER, {**METER, "meter": "M2", "amount": 10**15})
    assert found.problems == []
    assert found.tables["meters"]["amount"].to_pylist() == [1_050, 10**15]
    assert found.tables["meters"]["usage"].to_pylist() == [12.5, 12.5]
    for amount in ("10.50", "1050", 10.5, True, 10**15 + 1, [1], {"amount": 1}):
        assert [one.column for one in listed("meters", {**METER, "amount": amount}).problems] == ["amount"]
    assert listed("meters", {**METER, "amount": 1_050.0}).problems == []  # in JSON the same number
    for written, kept in (("1e-300", 0.0), ("1e3", 1000.0), ("0.1234567890123456", 0.123456789012), ("1e13", None),
                          ("9999999999999999.99999999999999", None), ("1e999", None), ("9" * 400, None)):  # fmt: skip
        row = json.dumps(METER).replace("12.5", written)
        parsed = read_list(f'{{"rows": [{row}]}}'.encode(), "meters", "P1")[0].parsed
        assert parsed.tables["meters"]["usage"].to_pylist() == ([] if kept is None else [kept])
        assert len(parsed.problems) == (kept is None)


def test_what_says_nothing_is_null_and_never_blank() -> None:
    assert listed("meters", {**METER, "unit": None}).tables["meters"]["unit"].to_pylist() == [None]
    [blank] = listed("meters", {**METER, "unit": " "}).problems
    assert (blank.place, blank.column) == ("rows[0]", "unit")


def test_the_same_invoice_twice_is_numbered_and_the_same_record_twice_is_one() -> None:
    invoice = {"direction": "sale", "invoice_no": "1", "issue_date": "2025-01-01", "counterparty": "C", "amount": 100,
               "tax": 13, "total": 113, "status": "valid"}  # fmt: skip
    found = listed("invoices", invoice, invoice, {**invoice, "status": "void"})
    assert found.tables["invoices"]["occurrence"].to_pylist() == [1, 2, 1]
    found = listed("meters", METER, METER)
    assert (found.tables["meters"].num_rows, found.warnings["repeated row left out"]) == (1, 1)
    [differs] = listed("meters", METER, {**METER, "amount": 1}).problems
    assert (differs.place, differs.column) == ("rows[1]", "read_on")


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that stands twice is seen across chunks, and rows keep their order."""
    monkeypatch.setattr(pushed_rows, "CHUNK", 7)
    rows = [{**METER, "party": "P1", "meter": f"M{number}"} for number in range(50)]
    found = read_lines(b"\n".join(json.dumps(row).encode() for row in [*rows, rows[0]]), "meters").parsed
    assert found.tables["meters"]["meter"].to_pylist() == [row["meter"] for row in rows]
    assert found.warnings["repeated row left out"] == 1


def test_a_stream_ends_at_its_most_rows_and_a_line_at_its_most_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushed_rows, "MOST_PUSHED", 3)
    lines = [json.dumps({**METER, "party": "P1", "meter": f"M{number}"}).encode() for number in range(4)]
    assert read_lines(b"\n".join(lines[:3]), "meters").parsed.rows() == 3
    with pytest.raises(BadInput, match="more than 3 rows"):
        read_lines(b"\n".join(lines), "meters")
    with pytest.raises(BadInput) as long:
        read_lines(b'{"party": "' + b"P" * 2**16 + b'"}', "meters")
    assert long.value.code == "line_too_long"


def test_a_line_that_is_no_row_is_a_problem_with_its_number() -> None:
    body = b'\xef\xbb\xbf{"party": "P1"}\n\n[1]\nnull\n{"party"\n\xff\n{"party": 1, "party": 2}\n{"a": "' + b"[" * 9_000
    places = [one.place for one in read_lines(body, "meters").parsed.problems]
    assert list(dict.fromkeys(places)) == ["line 1", "line 3", "line 4", "line 5", "line 6", "line 7", "line 8"]


def test_arrow_columns_come_exact() -> None:
    amounts = pa.array([10**15, -5], pa.int64())
    found = read_arrow(stream(meters(amount=amounts)), "meters").parsed
    assert found.problems == []
    assert found.tables["meters"]["amount"].to_pylist() == [10**15, -5]
    assert found.tables["meters"]["party_id"].to_pylist() == ["P1", "P2"]
    orders = pa.table({"party": ["P1"], "platform": ["p"], "order_no": ["1"], "amount": [5], "status": ["paid"],
                       "ordered_at": pa.array([PAID.replace(microsecond=999_999)])})  # fmt: skip
    told = read_arrow(stream(orders), "orders").parsed.tables["orders"]["ordered_at"].to_pylist()
    assert told == [PAID]


@pytest.mark.parametrize(
    "column",
    [pa.array([1.5, 2.5]), pa.array([Decimal("1.50")] * 2), pa.array(["1", "2"]), pa.array([[1], [2]]), pa.nulls(2),
     pa.array([1, 2]).dictionary_encode(), pa.array([True, False])],
    ids=lambda column: str(column.type),
)  # fmt: skip
def test_a_column_of_money_of_another_type_is_refused_by_its_name(column: Any) -> None:
    with pytest.raises(BadInput) as refused:
        read_arrow(stream(meters(amount=column)), "meters")
    assert refused.value.code == "bad_columns"
    assert [one for _, one, _ in refused.value.facts["errors"]] == ["amount"]


def test_a_batch_without_end_is_not_unfolded() -> None:
    """Its rows are counted before any of them is made; of a compressed one not a byte is unpacked."""
    rows = MOST_PUSHED + 1
    many = pa.table({"party": pa.array(["P"] * rows), "amount": pa.array([1] * rows)})
    with pytest.raises(BadInput, match="more than"):
        read_arrow(stream(many), "meters")
    zeros = pa.table({"party": pa.array(["P"] * rows), "amount": pa.array([0] * rows)})
    small = stream(zeros, compression="zstd")
    assert 5 * len(small) < len(stream(zeros))
    for bomb in (small, stream(zeros, compression="lz4")):
        with pytest.raises(BadInput) as refused:
            read_arrow(bomb, "meters")
        assert refused.value.code == "compressed_arrow"


def test_damage_is_told_and_is_never_anything_else() -> None:
    whole, chance = stream(meters(amount=pa.array([1, 2]))), random.Random(20261126)
    codes = set()
    for _ in range(1_500):
        hurt = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            hurt[chance.randrange(len(hurt) - 8)] = chance.randrange(256)
        try:
            read_arrow(bytes(hurt), "meters")
        except BadInput as error:
            codes.add(error.code)
    assert {"bad_arrow", "bad_columns"} <= codes
    for cut in range(0, len(whole), 7):
        with pytest.raises(BadInput):
            read_arrow(whole[:cut], "meters")
    for empty in (b"", b"\xff\xff\xff\xff\x00\x00\x00\x00", b"x" * 100 + b"\xff\xff\xff\xff\x00\x00\x00\x00"):
        with pytest.raises(BadInput):
            read_arrow(empty, "meters")
