"""Every form, the same promise: any bytes give a Parsed of the kind's schema or BadInput, and never half a row."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.reading.forms import Form
from zhiwei.borrower.records import KINDS
from zhiwei.borrower.sources import acquiring, bureau, courts, identity, meters, orders, pledges, procurement, registry
from zhiwei.borrower.sources import property as properties
from zhiwei.values import BadInput

Read = Callable[[bytes, str, str], Parsed]
DAY, TIME, CARD = "2024-03-01", "2024-03-01T12:00:00", "6222020200112345679"
GOOD: dict[str, tuple[Any, dict[str, Any]]] = {
    "acquiring": (acquiring, {"transactions": [
        {"merchant": "M1", "paid_at": TIME, "amount": "58.00", "fee": 0.22, "reference": f"T{at}", "payer": "tok"}
        for at in range(3)]}),
    "orders": (orders, {"platform": "shop", "orders": [
        {"order_no": f"O{at}", "ordered_at": TIME, "amount": 12, "status": "paid"} for at in range(3)]}),
    "procurement": (procurement, {"role": "buyer", "documents": [
        {"document": "order", "document_no": f"D{at}", "counterparty": "c", "dated_on": DAY, "amount": "5"}
        for at in range(3)]}),
    "meters": (meters, {"utility": "gas", "readings": [
        {"meter": f"m{at}", "read_on": DAY, "reading": "7.5", "unit": "m3"} for at in range(3)]}),
    "registry": (registry, {"uscc": "91110000600037341L", "entries": [
        {"on": DAY, "what": what} for what in ("established", "abnormal", "serious")]}),
    "courts": (courts, {"cases": [
        {"subject": "firm", "what": "defendant", "case_no": f"C{at}", "filed_on": DAY} for at in range(3)]}),
    "identity": (identity, {"provider": "face_1", "events": [
        {"event_id": f"V{at}", "checked_at": TIME, "what": "face", "outcome": "passed"} for at in range(3)]}),
    "bureau": (bureau, {"report_on": DAY, "subject": "firm",
        "accounts": [{"account": "A1", "lender": "b", "kind": "loan", "months": "N" * 24}],
        "queries": [{"queried_on": DAY, "lender": f"b{at}", "reason": "self"} for at in range(2)]}),
    "property": (properties, {"said_on": DAY, "properties": [
        {"title_no": f"T{at}", "city": "330106", "use": "shop", "area": 42, "built_year": 2008, "seized": "no",
         "appraisal_1": "58.00", "first_lien_balance": "0"} for at in range(3)]}),
    "pledges": (pledges, {"report_on": DAY, "pledges": [
        {"pledge_id": f"R{at}", "lender": "b", "registered_on": DAY, "vin": "1M8GDM9AXKP042788", "amount": "5"}
        for at in range(3)]}),
}  # fmt: skip
SOURCES = pytest.mark.parametrize("name", GOOD)
FUZZ = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow], deadline=None)
STRANGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
    | st.sampled_from([DAY, TIME, "58.00", "0", "-1", CARD, "firm", "N" * 24, "\ud800", "1e400", 10**4000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=4,
)  # fmt: skip


def holds(name: str, content: bytes, file: str) -> Parsed | None:
    """Reads it or is refused; what is read has the kind's types and every needed cell."""
    source = GOOD[name][0]
    try:
        parsed = source.read(content, file, "P1")
    except BadInput:
        return None
    for kind, table in parsed.tables.items():
        assert kind in source.KINDS
        assert table.schema == KINDS[kind].schema
        for needed in ("party_id", KINDS[kind].day):
            assert table[needed].null_count == 0
    for problem in parsed.problems:
        assert problem.problem
        assert CARD not in problem.value
    return parsed


def test_the_good_ones_are_good() -> None:
    for name, (_, document) in GOOD.items():
        parsed = holds(name, json.dumps(document).encode(), "good.json")
        assert parsed is not None
        assert (parsed.rows(), parsed.problems) == (3, []), name


@SOURCES
@FUZZ
@given(content=st.binary(max_size=300), file=st.sampled_from(["f", "f.json", "f.ndjson", "f.csv", "f.xlsx", "f.xml"]))
def test_any_bytes(name: str, content: bytes, file: str) -> None:
    holds(name, content, file)


@SOURCES
@FUZZ
@given(data=st.data())
def test_mutated_bytes(name: str, data: st.DataObject) -> None:
    content = bytearray(json.dumps(GOOD[name][1]).encode())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    holds(name, bytes(content), data.draw(st.sampled_from(["f.json", "f.ndjson"])))


@SOURCES
@FUZZ
@given(data=st.data())
def test_strange_values(name: str, data: st.DataObject) -> None:
    """In any one row: the others are read as before."""
    source, document = GOOD[name]
    document = json.loads(json.dumps(document))
    forms = [form for form in vars(source).values() if isinstance(form, Form) and document.get(form.rows)]
    form = data.draw(st.sampled_from(forms))
    row = document[form.rows][0]
    for field in data.draw(st.lists(st.sampled_from(sorted(form.fields)), min_size=1, max_size=3)):
        row[field] = data.draw(STRANGE)
    parsed = holds(name, json.dumps(document).encode(), "f.json")
    if parsed is not None:
        assert parsed.rows() == 3 if not parsed.problems else parsed.rows() in (1, 2)


TABLES = {
    "acquiring": {
        "商户号": "M1",
        "交易时间": "2024-03-01 12:00:00",
        "交易类型": "退款",
        "金额": "58.00",
        "流水号": "T1",
    },
    "orders": {
        "平台": "shop",
        "订单编号": "O1",
        "下单时间": "2024-03-01 12:00:00",
        "实付金额": "5.00",
        "订单状态": "已付款",
    },
    "procurement": {"角色": "buyer", "单据类型": "发票", "单号": "D1", "供应商": "c", "日期": DAY, "金额": "1005.00"},
    "property": {"产权证号": "T1", "评估日期": DAY, "城市代码": "330106", "用途": "住宅", "评估价": "58.00"},
    "pledges": {"登记证明编号": "R1", "担保权人": "b", "登记日期": DAY, "发票号码": "2" * 20, "金额": "5.00"},
    "meters": {"类型": "电", "户号": "m1", "抄表日期": DAY, "示数": "12.5", "用量": "3", "事件": "换表"},
}


@pytest.mark.parametrize("name", TABLES)
@FUZZ
@given(data=st.data())
def test_tables_with_strange_cells(name: str, data: st.DataObject) -> None:
    """The first row is good, a cell or two of the second is anything."""
    header = data.draw(st.permutations(list(TABLES[name])))
    second = dict(TABLES[name]) | {header[0]: "x"}
    cell = st.text(st.characters(exclude_characters='\r\n",', exclude_categories=("Cs",)), max_size=8)
    for column in data.draw(st.lists(st.sampled_from(header), min_size=1, max_size=2)):
        second[column] = data.draw(cell | st.sampled_from(["", DAY, "-1", "1e9", CARD, "9" * 30]))
    rows = [header, [TABLES[name][column] for column in header], [second[column] for column in header]]
    parsed = holds(name, "\n".join(",".join(row) for row in rows).encode(), "f.csv")
    assert parsed is None or parsed.rows() in (1, 2)


def _rows() -> st.SearchStrategy[list[dict[str, Any]]]:
    row = st.fixed_dictionaries({
        "order_no": st.uuids().map(str), "ordered_at": st.datetimes(min_value=_at(1991), max_value=_at(2100)),
        "amount": st.integers(0, 10**12), "status": st.sampled_from(["paid", "shipped", "cancelled"]),
    })  # fmt: skip
    return st.lists(row, min_size=1, max_size=8, unique_by=lambda one: one["order_no"])


def _at(year: int) -> datetime:
    return datetime(year, 1, 1)  # noqa: DTZ001 - records have no zone


@FUZZ
@given(rows=_rows())
def test_what_is_written_is_what_is_read(rows: list[dict[str, Any]]) -> None:
    said = [
        {**row, "ordered_at": row["ordered_at"].isoformat(timespec="seconds"), "platform": "shop",
         "amount": f"{row['amount'] // 100}.{row['amount'] % 100:02d}"}
        for row in rows
    ]  # fmt: skip
    parsed = orders.read("\n".join(map(json.dumps, said)).encode(), "f.ndjson", "P1")
    found = [{name: row[name] for name in rows[0]} for row in parsed.tables["orders"].to_pylist()]
    assert found == [{**row, "ordered_at": row["ordered_at"].replace(microsecond=0)} for row in rows]


def test_the_party_is_in_every_row() -> None:
    for source, document in GOOD.values():
        parsed = source.read(json.dumps(document).encode(), "f.json", "E7")
        assert {party for table in parsed.tables.values() for party in table["party_id"].to_pylist()} == {"E7"}
        assert parsed.tables.keys() == set(source.KINDS)
