"""What the platform tells by webhook: verified, then typed (CloudEvents 1.0, signed after Standard Webhooks)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

from zhiwei.client.decoding import decoded
from zhiwei.client.problems import BadWebhook, Unreadable


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `type` is like line.opened; `data` holds ids, days and amounts, and names nobody.

    It may be told more than once, and late: `id` is the same each time.
    """

    id: str
    type: str
    source: str
    time: datetime
    subject: str = ""
    businessdate: date | None = None
    dataschema: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def verify_webhook(payload: bytes | str, headers: Mapping[str, str], secret: str | Sequence[str]) -> Event:
    """The event that a webhook brings; BadWebhook where it is not signed with `secret`, or is older than 5 minutes.

    `payload`: the bytes of the body as they came, before any JSON is read. `secret`: whsec_..., or several while it is
    rotated.
    """
    said = {name.lower(): value for name, value in headers.items()}
    trouble = "no secret"
    for one in [secret] if isinstance(secret, str) else secret:
        try:
            hook = Webhook(one)
        except (ValueError, EmptyWebhookSecretError):
            raise ValueError("a webhook's secret is whsec_ and base64, as the API tells it") from None
        try:
            content = hook.verify(payload, said)
            if not isinstance(content, dict):
                raise BadWebhook("the body is no event")
            return decoded(Event, content)
        except WebhookVerificationError as error:
            trouble = str(error)
        except Unreadable as error:
            raise BadWebhook(f"signed, and no event: {error}") from None
        except json.JSONDecodeError:
            raise BadWebhook("signed, and no JSON") from None
        except (ValueError, TypeError):  # headers or bytes that are no signature at all
            trouble = "the signature cannot be read"
    raise BadWebhook(trouble)
