"""A small web shop platform that lends: its merchants see their credit, apply, accept, draw and repay, by Zhiwei's SDK.

Everything a partner writes is here; keys, proofs, signatures and repetitions are the SDK's affair.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from zhiwei.client import Agreed, ApiProblem, BadWebhook, Client, Money, Party, verify_webhook

PRODUCT = "tax_credit"
WORDS = "我同意本平台将我的开票记录提供给贷款方，用于评估我的信用。I agree that my invoices are shown to the lender."


@dataclass
class Merchant:
    """What the shop keeps of a merchant: its ids at the lender, and what it was told. A database in a real shop."""

    party: str
    decision: str = ""
    line: str = ""
    news: list[str] = field(default_factory=list)


class Joins(BaseModel):
    mobile: str
    since: date
    agrees: bool


class Pays(BaseModel):
    """`order` is the shop's own number of it: pressed twice, it happens once."""

    yuan: str
    order: str


Invoices = Callable[[str], list[dict[str, Any]]]


def create_shop(api: Client, invoices: Invoices, webhook_secret: str) -> FastAPI:
    """The shop's back-end. `invoices`: what it knows of a merchant already."""
    app, merchants, seen = FastAPI(title="A shop that lends"), dict[str, Merchant](), set[str]()

    def of(name: str) -> Merchant:
        if name not in merchants:
            raise HTTPException(404, f"no merchant {name}")
        return merchants[name]

    @app.post("/merchants/{name}/join")
    def join(name: str, joins: Joins, request: Request) -> dict[str, Any]:
        """A merchant ticks the box: it is made known, its consent kept, and what the shop knows of it pushed."""
        if not joins.agrees:
            raise HTTPException(409, "without consent nothing is shown to anybody")
        party = api.register_party(
            Party(name, joins.since, "sole_trader", {"mobile": joins.mobile}), key=f"join {joins.mobile}"
        ).party
        agreed = Agreed(("invoices",), WORDS, f"box ticked on page {request.url.path}", since=joins.since)
        api.give_consent(party, agreed, key=f"agree {party}")
        rows = invoices(name)
        first, last = min(row["issue_date"] for row in rows), max(row["issue_date"] for row in rows)
        api.push_records(party, "invoices", rows, key=f"invoices {party} {first} {last} {len(rows)}")
        merchants.setdefault(name, Merchant(party))
        return seen_by(name)

    @app.get("/merchants/{name}")
    def seen_by(name: str) -> dict[str, Any]:
        """What a merchant's page shows: apply, or an offer and its price, or the credit that is left."""
        one = of(name)
        if one.line:
            line, due = api.line(one.line), api.schedule(one.line).dues
            return {
                "state": "line", "available": str(line.available), "used": str(line.used), "news": one.news,
                "next": f"{due[0].total} by {due[0].due_on}" if due else "",
            }  # fmt: skip
        if not one.decision:
            return {"state": "may apply"}
        decision = api.decision(one.decision)
        if decision.outcome != "approve":
            return {"state": decision.outcome, "why": [reason.zh for reason in decision.reasons]}
        offer = api.offer(one.decision)
        price = f"{offer.daily_rate:.3%} a day, {offer.annualised.simple_365} % a year"  # both, always
        return {"state": "offer", "limit": str(offer.limit), "price": price, "until": str(offer.accept_by)}

    @app.post("/merchants/{name}/apply")
    def apply(name: str) -> dict[str, Any]:
        one = of(name)
        one.decision = api.apply(one.party, PRODUCT, channel="shop", key=f"apply {one.party}").decision
        return seen_by(name)

    @app.post("/merchants/{name}/accept")
    def accept(name: str) -> dict[str, Any]:
        one = of(name)
        one.line = api.accept(one.decision, key=f"accept {one.decision}").line
        return seen_by(name)

    @app.post("/merchants/{name}/draw")
    def draw(name: str, pays: Pays) -> dict[str, Any]:
        api.draw(of(name).line, Money.yuan(pays.yuan), key=f"draw {pays.order}")
        return seen_by(name)

    @app.post("/merchants/{name}/repay")
    def repay(name: str, pays: Pays) -> dict[str, Any]:
        """The shop took the money from the merchant's takings, and passes it on."""
        api.repay(of(name).line, Money.yuan(pays.yuan), reference=pays.order, key=f"repay {pays.order}")
        return seen_by(name)

    @app.post("/zhiwei")
    async def told(request: Request) -> dict[str, bool]:
        """The lender's webhook: verified first; told again it is the same, since its id is."""
        try:
            event = verify_webhook(await request.body(), request.headers, webhook_secret)
        except BadWebhook as wrong:
            raise HTTPException(400, "not signed by the lender") from wrong
        new = event.id not in seen
        seen.add(event.id)
        for one in merchants.values() if new else ():
            if event.data.get("party") == one.party or event.data.get("line") == one.line != "":
                one.news.append(event.type)
        return {"new": new}

    @app.exception_handler(ApiProblem)
    def problem(request: Request, trouble: ApiProblem) -> JSONResponse:
        """What cannot be done, in the lender's words; `request_id` is what to ask the lender about."""
        said = {"code": trouble.code, "why": trouble.detail, "do": trouble.hint, "request": trouble.request_id}
        return JSONResponse(said, 502 if trouble.status >= 500 else 409)

    return app


def made_up(today: date) -> Invoices:
    """Three years of a steady trade, as a shop's own books would have them."""

    def invoices(name: str) -> list[dict[str, Any]]:
        months = [today.year * 12 + today.month - 2 - back for back in range(36)]
        return [
            {"direction": way, "invoice_no": f"{way[0]}{month}{place}", "counterparty": f"{way} {place}",
             "issue_date": date(month // 12, month % 12 + 1, 4 * place + 3).isoformat(), "status": "valid",
             "amount": net, "tax": net * 13 // 100, "total": net + net * 13 // 100}
            for month in months for way, share in (("sale", 100), ("purchase", 70)) for place in range(6)
            for net in [70_000_000 * share // 600 + place * 1000]
        ]  # fmt: skip

    return invoices


def application() -> FastAPI:
    """`uvicorn --factory shop:application`: as the variables say; in a sandbox a test key is enough."""
    url, secret, test_key = (os.environ.get(f"ZHIWEI_{name}", "") for name in ("URL", "WEBHOOK_SECRET", "TEST_KEY"))
    if test_key:
        api = Client(url, test_key=test_key)
        return create_shop(api, made_up(api.sandbox().today), secret)
    api = Client(url, os.environ["ZHIWEI_CLIENT"], private_key=Path(os.environ["ZHIWEI_KEY"]))
    return create_shop(api, made_up(datetime.now(UTC).date()), secret)
