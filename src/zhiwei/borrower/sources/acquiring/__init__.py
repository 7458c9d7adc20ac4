"""Card and QR takings of a shop, as the acquirer's daily files bring them: JSON lines, one object, or a table.

    {"merchant": "898310148160001", "transactions": [
        {"reference": "T1", "paid_at": "2024-03-01T12:30:05", "amount": "58.00", "fee": "0.22",
         "terminal": "00010001", "payer": "tok_9f2c", "channel": "card"}]}

`from` and `to` above the list: the days that it is of. A refund is a negative amount and its fee, where one
is given back, is negative too. `payer` is a token.
"""

from collections.abc import Iterator

from zhiwei.borrower.reading.forms import Form, Row, gather, is_json
from zhiwei.borrower.reading.mapping import Mapping
from zhiwei.borrower.reading.parsed import Parsed
from zhiwei.borrower.reading.readers import money, one_of, text, time, token
from zhiwei.borrower.reading.tabled import gather_table, mappings_of

KINDS = ("acquiring",)
GIVEN = {"merchant": (), "channel": ("card", "wechat", "alipay", "unionpay", "other")}
LAYOUTS = ("mapping_by_type.toml", "mapping.toml")  # the first whose headers a table has
CHANNELS = {
    "card": "card", "wechat": "wechat", "alipay": "alipay", "unionpay": "unionpay", "other": "other",
    "银行卡": "card", "微信": "wechat", "支付宝": "alipay", "云闪付": "unionpay", "其他": "other",
}  # fmt: skip


def _wrong(row: Row) -> Iterator[tuple[str, str]]:
    if row["amount"] == 0:
        yield "amount", "expected an amount above zero, or below it for a refund"


def _odd(row: Row) -> Iterator[str]:
    if abs(row["fee"] or 0) > abs(row["amount"]):
        yield "fee above the amount"
    # lengths of the card network's identifiers (domain sheet 4); wallets' own merchants have others
    if row["channel"] == "card" and len(row["merchant"]) != 15:
        yield "merchant of a card taking without 15 characters"
    if row["channel"] == "card" and row["terminal"] is not None and len(row["terminal"]) != 8:
        yield "terminal of a card taking without 8 characters"


FORM = Form(
    "acquiring",
    "transactions",
    {
        "merchant": text, "terminal": text, "paid_at": time, "amount": money, "fee": money, "payer": token,
        "channel": one_of(CHANNELS), "reference": text,
    },
    needed=("merchant", "paid_at", "amount", "reference"),
    shared=("merchant", "terminal", "channel"),
    feed=("merchant",),
    wrong=_wrong,
    odd=_odd,
)  # fmt: skip


def read(
    content: bytes, name: str, party: str, mapping: Mapping | None = None, given: dict[str, str] | None = None
) -> Parsed:
    """Takings of one party; BadInput where the file is neither the form nor a table of its columns.

    `mapping`: what the columns of a table mean, where it is not one of the shipped layouts. `given`: the
    merchant or channel, where the file does not say them.
    """
    if is_json(content, name):
        return gather(content, name, [FORM], given=given).parsed(party)
    layouts = [mapping] if mapping else mappings_of(__name__, *LAYOUTS)
    return gather_table(content, name, FORM, layouts, given).parsed(party)
