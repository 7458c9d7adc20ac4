"""Orders: steps in their order, buyers as tokens, refunds and fees as the platform has them."""

import json
from datetime import datetime
from typing import Any

import pytest

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.records import ORDERS
from zhiwei.borrower.sources import orders
from zhiwei.values import BadInput

SIGNED = {
    "order_no": "O1", "ordered_at": "2024-03-01T12:00:00", "shipped_at": "2024-03-01T12:20:00",
    "signed_at": "2024-03-01T12:45:10", "buyer": "b_77ac", "amount": "35.50", "refund": "0", "fee": "7.10",
    "status": "signed",
}  # fmt: skip
BACK = {**SIGNED, "order_no": "O2", "signed_at": None, "refund": 35.5, "fee": "0", "status": "已退款"}
CSV = """订单编号,下单时间,发货时间,签收时间,买家标识,实付金额,退款金额,平台服务费,订单状态,平台
O1,2024-03-01 12:00:00,2024/03/01 12:20:00,2024-03-01 12:45:10,b_77ac,35.50,0,7.10,已签收,shop
O2,2024-03-01 12:00:00,2024/03/01 12:20:00,,b_77ac,35.50,35.50,0,已退款,shop
"""


def read(*rows: Any, **more: Any) -> Parsed:
    return orders.read(json.dumps({"platform": "shop", "orders": rows, **more}).encode(), "orders.json", "P1")


def test_an_order_and_one_that_came_back() -> None:
    parsed = read(SIGNED, BACK)
    table = parsed.tables["orders"]
    assert table.schema == ORDERS
    assert table.to_pylist()[0] == {
        "party_id": "P1", "platform": "shop", "order_no": "O1", "buyer": "b_77ac", "amount": 3550, "refund": 0,
        "fee": 710, "status": "signed",
        "ordered_at": datetime(2024, 3, 1, 12), "shipped_at": datetime(2024, 3, 1, 12, 20),  # noqa: DTZ001
        "signed_at": datetime(2024, 3, 1, 12, 45, 10),  # noqa: DTZ001
    }  # fmt: skip
    assert table["status"].to_pylist() == ["signed", "refunded"]
    assert table["refund"].to_pylist() == [0, 3550]
    assert not parsed.problems
    assert not parsed.warnings


def test_a_table_says_the_same() -> None:
    parsed = orders.read(CSV.encode("gb18030"), "orders.csv", "P1")
    assert parsed.tables == read(SIGNED, BACK).tables
    assert not parsed.problems


@pytest.mark.parametrize(
    ("change", "column", "said"),
    [
        ({"shipped_at": "2024-02-29T12:00:00"}, "shipped_at", "not before ordered_at, 2024-03-01T12:00:00"),
        ({"signed_at": "2024-03-01T12:10:00"}, "signed_at", "not before shipped_at"),
        ({"shipped_at": None, "signed_at": "2024-03-01T11:00:00"}, "signed_at", "not before ordered_at"),
        ({"amount": "-1"}, "amount", "zero or more"), ({"refund": "-1"}, "refund", "zero or more"),
        ({"buyer": "6228480012345678903"}, "buyer", "a full card number"), ({"buyer": 7}, "buyer", "in quotes"),
        ({"status": "lost"}, "status", "one of paid"), ({"status": None}, "status", "missing"),
        ({"ordered_at": 1709251200}, "ordered_at", "expected a time"), ({"platform": {}}, "platform", "in quotes"),
    ],
)  # fmt: skip
def test_a_bad_order_is_named(change: dict[str, Any], column: str, said: str) -> None:
    parsed = read(BACK, {**SIGNED, **change})
    [problem] = parsed.problems
    assert (problem.place, problem.column) == ("orders[1]", column)
    assert said in problem.problem
    assert parsed.tables["orders"]["order_no"].to_pylist() == ["O2"]


def test_a_bad_order_of_a_table_is_named_by_its_number() -> None:
    text = CSV.replace("O2,2024-03-01 12:00:00,2024/03/01", "O2,2024-03-01 12:00:00,2024/02/01")
    [problem] = orders.read(text.encode(), "orders.csv", "P1").problems
    assert (problem.place, problem.column, problem.value) == ("row 3", "shipped_at", "2024-02-01 12:20:00")
    below = orders.read(CSV.replace("b_77ac,35.50,0", "b_77ac,-35.50,0").encode(), "o.csv", "P1")
    assert [(p.place, p.column) for p in below.problems] == [("row 2", "amount")]


def test_what_is_odd_is_kept() -> None:
    parsed = read({**SIGNED, "signed_at": None, "refund": "40"}, {**BACK, "refund": "0"})
    assert parsed.rows() == 2
    assert parsed.warnings == {
        "refund above what was paid": 1, "signed without a time": 1, "refunded without a refund": 1
    }  # fmt: skip


def test_the_same_number_on_two_platforms_is_two_orders() -> None:
    assert read(SIGNED, {**SIGNED, "platform": "other"}).rows() == 2
    assert read(SIGNED, SIGNED).rows() == 1


def test_a_month_without_orders() -> None:
    parsed = read()
    assert parsed.tables["orders"].num_rows == 0
    assert not parsed.problems


@pytest.mark.parametrize("content", [b"", b"{", b'{"orders": 1}', b'{"cases": []}', b"\xff\xfe\x00", b"a,b\n1,2"])
def test_what_is_no_file_of_orders(content: bytes) -> None:
    with pytest.raises(BadInput):
        orders.read(content, "orders", "P1")


def test_many_orders() -> None:
    text = CSV + "".join(
        f"N{at},2024-03-01 12:00:00,,,b{at},{at}.25,0,0,已付款,shop\n" for at in range(20_000)
    )  # fmt: skip
    assert orders.read(text.encode(), "orders.csv", "P1").rows() == 20_002
