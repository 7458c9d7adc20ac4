"""The specification, OpenAPI 3.1: what the routes say of themselves, and what is said once for all of them."""

import json
import re
from typing import Any

from fastapi import FastAPI

from zhiwei.interfaces.api.access.scopes import SCOPES
from zhiwei.interfaces.api.shapes import Problem

# What each chapter is about, in the order in which a partner meets them.
TAGS = {
    "authorization": "A short access token, bound to the client's key or certificate. 访问令牌：绑定客户端密钥或证书。",
    "products": "What is lent, for whom and at what cost; plans of repayment. 产品、费率与还款试算。",
    "parties": "The businesses and people that a client brings. 合作方带来的经营主体与相关人员。",
    "consents": "What a business lets be seen; nothing is read or pushed without. 授权：没有授权，不取数、不推数。",
    "records": "Records that are pushed, and what they are worth. 推送经营数据与数据质量。",
    "services": "One service alone: admission, assessment, limit, price, warning. 准入、评估、额度、定价、预警。",
    "applications": "A business asks for a product and is answered at once; tasks wait for a person. 申请与待办。",
    "decisions and offers": "What was decided and why, what would change it, what is offered. 决定、理由与要约。",
    "lines": "What may be drawn, what is owed and when it is due. 额度、对账单与还款计划。",
    "draws and repayments": "Money to the borrower and back. 提款与还款。",
    "events": "What happened to what a client holds, in order. 按先后列出的事件。",
    "webhooks": "Where a client is called with what happens. 事件回调。",
    "client": "The client itself: its terms and its keys. 本方约定与密钥。",
    "sandboxes": "A tenant of one's own to try in: scripted borrowers, simulated time. 沙箱：剧本化借款人与模拟时钟。",
}

# Of parameters, by name: those of a sandbox, where what can be known beforehand is there.
EXAMPLES: dict[str, Any] = {
    "party": "good", "product": "tax_credit", "kind": "invoices", "consent": "consent_0123456789abcdef0123",
    "delivery": "delivery_0123456789abcdef0123", "application": "application_0123456789abcdef0123",
    "decision": "decision_0123456789abcdef0123", "line": "line_0123456789abcdef0123",
    "draw": "payout_0123456789abcdef0123", "repayment": "pay_0123456789abcdef0123",
    "webhook": "hook_0123456789abcdef0123", "sandbox": "sandbox-shop-01234567",
    "limit": 50, "cursor": "n120", "last-event-id": "n120", "wait": 30, "type": ["draw.paid", "repayment.received"],
    "on": "2026-01-01", "as_of": "2026-01-01", "from": "2025-12-01", "until": "2026-01-01", "months": 12,
    "waiting": True, "status": "waiting", "source": "bank_flow", "name": "statement.csv",
    "given": ["account=account-1"],
    "idempotency-key": "2026-01-01 draw 1", "x-jws-signature": "eyJhbGciOiJFUzI1NiJ9..c2lnbmF0dXJl",
}  # fmt: skip


def specification(app: FastAPI, token_path: str) -> dict[str, Any]:
    """With the two ways to prove who calls, the shape of problems, and an example of every parameter."""
    if app.openapi_schema is None:
        app.openapi_schema = _completed(FastAPI.openapi(app), token_path)
    return app.openapi_schema


def _completed(made: dict[str, Any], token_path: str) -> dict[str, Any]:
    text = json.dumps(made)  # Page_LineShown_ becomes LineShownPage: clients name their types after it
    made = json.loads(re.sub(r"\bPage(?:_(\w+?)_|\[(\w+)\])(?=\")", r"\1\2Page", text))
    parts = made["components"]
    parts["schemas"]["Problem"] = Problem.model_json_schema()
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    parts["securitySchemes"] = {
        "DPoP": {"type": "oauth2", "description": "private_key_jwt or mutual TLS, token bound to the client's key",
                 "flows": {"clientCredentials": {"tokenUrl": token_path, "scopes": {
                     one.name: f"{one.en} {one.zh} ({one.level})" for one in SCOPES.values()}}}},
        "TestKey": {"type": "http", "scheme": "bearer", "description": "A sandbox's plain test key"},
    }  # fmt: skip
    for path in made["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                parameter["example"] = EXAMPLES[parameter["name"].lower()]
    return made
