"""What comes by webhook is believed when it is signed with our secret, and is new."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from zhiwei.client import BadWebhook, Event, verify_webhook

SECRET, OTHER = "whsec_" + "c2VjcmV0IG9mIGEgc2hvcA==", "whsec_" + "YW5vdGhlciBzZWNyZXQgaGVyZQ=="
EVENT: dict[str, Any] = {
    "specversion": "1.0", "id": "event_1", "source": "zhiwei/bank", "type": "draw.paid", "subject": "line_1",
    "time": "2026-03-01T08:00:00+00:00", "datacontenttype": "application/json",
    "dataschema": "urn:zhiwei:event:draw.paid:1", "businessdate": "2026-03-01",
    "data": {"draw": "draw_1", "amount": {"amount": 3_000_000, "currency": "CNY"}},
    "something_new": {"of": "a later version"},
}  # fmt: skip
BODY, NO_EVENT = json.dumps(EVENT), json.dumps(EVENT | {"id": 7})


def signed(body: str = BODY, secret: str = SECRET, ago: timedelta = timedelta()) -> dict[str, str]:
    at = datetime.now(UTC) - ago
    return {"Webhook-Id": "event_1", "Webhook-Timestamp": str(int(at.timestamp())),
            "Webhook-Signature": Webhook(secret).sign("event_1", at, body)}  # fmt: skip


def test_an_event_is_typed_and_what_is_new_in_it_is_passed_over() -> None:
    event = verify_webhook(BODY.encode(), signed(), SECRET)
    assert event == Event(
        "event_1", "draw.paid", "zhiwei/bank", datetime(2026, 3, 1, 8, tzinfo=UTC), "line_1", date(2026, 3, 1),
        "urn:zhiwei:event:draw.paid:1", EVENT["data"],
    )  # fmt: skip


def test_while_a_secret_is_rotated_either_is_believed() -> None:
    assert verify_webhook(BODY, signed(secret=OTHER), [SECRET, OTHER]).id == "event_1"
    both = signed() | {
        "Webhook-Signature": f"{signed(secret=OTHER)['Webhook-Signature']} {signed()['Webhook-Signature']}"
    }
    assert verify_webhook(BODY, both, SECRET).id == "event_1"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY, signed(secret=OTHER)),
        (BODY.replace("draw_1", "draw_2"), signed()),
        (BODY, signed() | {"Webhook-Id": "event_2"}),
        (BODY, signed(ago=timedelta(minutes=6))),
        (BODY, signed(ago=timedelta(hours=-6))),  # from when this file is read: not six minutes, which pass
        (BODY, {}),
        (BODY, signed() | {"Webhook-Signature": "v1"}),
        (BODY, signed() | {"Webhook-Signature": "v1,!!!"}),
        (BODY, signed() | {"Webhook-Timestamp": "now"}),
        (b"\xff\xfe", signed()),
        ("[]", signed("[]")),
        ("{", signed("{")),
        ("{}", signed("{}")),
        (NO_EVENT, signed(NO_EVENT)),
    ],
)  # fmt: skip
def test_anything_else_is_refused(body: str | bytes, headers: dict[str, str]) -> None:
    with pytest.raises(BadWebhook):
        verify_webhook(body, headers, SECRET)


def test_a_secret_that_is_none_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="base64"):
        verify_webhook(BODY, signed(), "whsec_!")
