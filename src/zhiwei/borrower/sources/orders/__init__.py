"""Orders of an online shop or a delivery platform: JSON lines, one object, or a table.

    {"platform": "waimai", "orders": [
        {"order_no": "O1", "ordered_at": "2024-03-01T12:30:05", "shipped_at": null, "signed_at": null,
         "buyer": "b_77ac", "amount": "35.50", "refund": "0", "fee": "7.10", "status": "paid"}]}

`from` and `to` above the list: the days that were exported. `amount` is what the buyer paid, before any `refund`; `fee`
what the platform kept; `buyer` a token.
"""

from collections.abc import Iterator
from itertools import pairwise

from zhiwei.borrower.reading.forms import Form, Row, below_zero, gather, is_json
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.borrower.reading.parsed import Parsed
from zhiwei.borrower.reading.readers import money, one_of, text, time, token
from zhiwei.borrower.reading.tabled import gather_table, mappings_of

KINDS = ("orders",)
GIVEN: dict[str, tuple[str, ...]] = {"platform": ()}
STATUS = {
    "paid": "paid", "shipped": "shipped", "signed": "signed", "refunded": "refunded", "cancelled": "cancelled",
    "已付款": "paid", "已发货": "shipped", "已签收": "signed", "已退款": "refunded", "已取消": "cancelled",
}  # fmt: skip
_STEPS = ("ordered_at", "shipped_at", "signed_at")


def _wrong(row: Row) -> Iterator[tuple[str, str]]:
    yield from below_zero(row, "amount", "refund")
    said = [(step, row[step]) for step in _STEPS if row[step] is not None]
    for (before, earlier), (step, later) in pairwise(said):
        if later < earlier:
            yield step, f"expected a time not before {before}, {earlier.isoformat()}"


def _odd(row: Row) -> Iterator[str]:
    if (row["refund"] or 0) > row["amount"]:
        yield "refund above what was paid"
    if row["status"] == "refunded" and row["refund"] == 0:
        yield "refunded without a refund"
    if row["status"] == "signed" and row["signed_at"] is None:
        yield "signed without a time"


FORM = Form(
    "orders",
    "orders",
    {
        "platform": text, "order_no": text, "ordered_at": time, "shipped_at": time, "signed_at": time,
        "buyer": token, "amount": money, "refund": money, "fee": money, "status": one_of(STATUS),
    },
    needed=("platform", "order_no", "ordered_at", "amount", "status"),
    shared=("platform",),
    feed=("platform",),
    wrong=_wrong,
    odd=_odd,
)  # fmt: skip


def read(
    content: bytes, name: str, party: str, mapping: Mapping | None = None, given: dict[str, str] | None = None
) -> Parsed:
    """Orders of one party; BadInput where the file is neither the form nor a table of its columns.

    `mapping`: what the columns of a table mean, where it is not one of the shipped layouts. `given`: the
    platform, where the file does not say it.
    """
    if is_json(content, name):
        return gather(content, name, [FORM], given=given).parsed(party)
    return gather_table(content, name, FORM, [mapping] if mapping else mappings_of(__name__), given).parsed(party)
