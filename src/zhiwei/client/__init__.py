"""The Python SDK of the open API: `Client` blocks, `AsyncClient` awaits, and both have the same methods.

    from zhiwei.client import Client, Money

    with Client("https://api.example.com", "shop.bank", private_key=Path("client.pem")) as zhiwei:
        applied = zhiwei.apply(party, "tax_credit")
        opened = zhiwei.accept(applied.decision)
        drawn = zhiwei.draw(opened.line, Money.yuan(30_000))

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
from zhiwei.client.shapes.data import (
    Agreed,
    Consent,
    ConsentGiven,
    ConsentsGiven,
    Counted,
    Delivered,
    Noted,
    Particulars,
    Party,
    PartyHeld,
    PartyKnown,
    Withdrawn,
)
from zhiwei.client.shapes.lending import (
    Application,
    Applied,
    Closed,
    Decision,
    Drawn,
    Due,
    FactMoved,
    Letter,
    Line,
    Moved,
    Offer,
    Opened,
    Part,
    Quote,
    Quoted,
    Reason,
    Repaid,
    Repayment,
    Rest,
    Schedule,
    Statement,
    Task,
    Toward,
    Way,
    Ways,
    YearlyCost,
)
from zhiwei.client.shapes.money import Money
from zhiwei.client.shapes.sandboxes import Sandbox, SandboxSeen, Scripted, TimePassed
from zhiwei.client.shapes.telling import (
    ClientTerms,
    Events,
    KeysSet,
    Replayed,
    SecretRotated,
    Webhook,
    WebhookSecret,
    WebhookStatus,
)
from zhiwei.client.verbs import AsyncClient, Client
from zhiwei.client.webhooks import Event, verify_webhook
from zhiwei.client.wire import Options

__all__ = [
    "Agreed", "ApiProblem", "Application", "Applied", "AsyncClient", "BadWebhook", "Client", "ClientTerms", "Closed",
    "Conflict", "Consent", "ConsentGiven", "ConsentsGiven", "Counted", "Decision", "Delivered", "Down", "Drawn",
    "Due", "Event", "Events", "FactMoved", "KeyPair", "KeysSet", "Letter", "Line", "Money", "Moved", "NotAllowed",
    "NotFound", "NotProved", "Noted", "Offer", "Opened", "Options", "Page", "Part", "Particulars", "Party",
    "PartyHeld", "PartyKnown", "Quote", "Quoted", "Reason", "Repaid", "Repayment", "Replayed", "Rest", "Sandbox",
    "SandboxSeen", "Schedule", "Scripted", "SecretRotated", "Statement", "Task", "TimePassed", "TooMany", "Toward",
    "Unreachable", "Unreadable", "Way", "Ways", "Webhook", "WebhookSecret", "WebhookStatus", "Withdrawn", "Wrong",
    "YearlyCost", "ZhiweiError", "verify_webhook",
]  # fmt: skip
