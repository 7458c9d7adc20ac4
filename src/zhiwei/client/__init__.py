"""The Python SDK of the open API: `Client` blocks, `AsyncClient` awaits, and both have the same methods.

    from zhiwei.client import Client, Money

    with Client("https://api.example.com", "shop.bank", private_key=Path("client.pem")) as zhiwei:
        drawn = zhiwei.draw(line, Money.yuan("30000"))

It needs nothing else of Zhiwei. Keys, tokens, proofs and signatures are its own affair; a write has an Idempotency-Key
that stays the same however often it is asked again.
"""

from zhiwei.client.asks import Page
from zhiwei.client.keys import KeyPair
from zhiwei.client.problems import (
    ApiProblem,
    BadWebhook,
    Conflict,
    Down,
    NotAllowed,
    NotFound,
    NotProved,
    TooMany,
    Unreachable,
    Unreadable,
    Wrong,
    ZhiweiError,
)
from zhiwei.client.shapes import Drawn, Held, Money, Registered
from zhiwei.client.verbs import AsyncClient, Client
from zhiwei.client.webhooks import Event, verify_webhook
from zhiwei.client.wire import Options
