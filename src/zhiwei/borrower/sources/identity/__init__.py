"""What companies that verify people say of a business's owner: JSON lines or one object; vendors map theirs.

    {"provider": "face_1", "events": [
        {"event_id": "V1", "checked_at": "2024-03-01T09:30:00", "what": "face", "outcome": "failed", "score": "0.31"},
        {"event_id": "V2", "checked_at": "2024-03-01T09:31:00", "what": "list", "outcome": "failed", "detail": "l7"},
        {"event_id": "V3", "checked_at": "2024-03-01T09:31:00", "what": "place", "latitude": 25.04, "longitude": 102.7}
    ]}

`outcome` is what became of it: passed, failed, or unclear where the company could not tell; to stand on a list is to
fail. `score` is how sure the company is that it is the person, 0 to 1. `detail` is a code (which list, which sign);
what looks like an ID or card number is refused. No picture and no biometric template has a place here.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from zhiwei.borrower.reading.forms import Form, Row, gather
from zhiwei.borrower.reading.parsed import Parsed
from zhiwei.borrower.reading.readers import one_of, share, time, token

KINDS = ("identity",)
WHAT = {
    "liveness": "liveness", "face": "face", "document": "document", "phone": "phone", "sim": "sim", "device": "device",
    "list": "list", "bureau": "bureau", "account": "account", "place": "place",
    "活体检测": "liveness", "人脸比对": "face", "证件核验": "document", "手机号实名": "phone", "手机卡": "sim",
    "设备": "device", "名单": "list", "征信警示": "bureau", "收款账户": "account", "位置": "place",
}  # fmt: skip
OUTCOMES = {
    "passed": "passed", "failed": "failed", "unclear": "unclear", "通过": "passed", "不通过": "failed",
    "无法判断": "unclear",
}  # fmt: skip


def _degrees(most: int, value: Any) -> float:
    """Decimal degrees, WGS-84."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not -most <= value <= most:
        raise ValueError(f"expected a number of degrees from -{most} to {most}")
    return float(value)


def _wrong(row: Row) -> Iterator[tuple[str, str]]:
    place = row["what"] == "place"
    for column in ("latitude", "longitude") if place else ("outcome",):
        if row[column] is None:
            yield column, f"missing: an event {row['what']} has one"


FORM = Form(
    "identity",
    "events",
    {
        "event_id": token, "checked_at": time, "what": one_of(WHAT), "outcome": one_of(OUTCOMES), "score": share,
        "detail": token, "latitude": partial(_degrees, 90), "longitude": partial(_degrees, 180),
    },
    needed=("event_id", "checked_at", "what"),
    wrong=_wrong,
)  # fmt: skip


def read(content: bytes, name: str, party: str) -> Parsed:
    """Events of one party; BadInput where the file is not the form."""
    return gather(content, name, [FORM], facts={"provider": token}).parsed(party)
