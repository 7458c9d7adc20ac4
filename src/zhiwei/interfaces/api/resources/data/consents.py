"""Consents: what a business lets be seen, through this client; without one nothing of it is pushed or read."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Response
from pydantic import BaseModel, Field

from zhiwei.borrower import KINDS, PURPOSES, Consent, Party
from zhiwei.borrower.identity import masked_numbers
from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.pages import Cursor, Limit, Page, after, cursor_of
from zhiwei.interfaces.api.shapes import Day, Id, Shape, Yes, example, one_of
from zhiwei.journeys import Permission, give_consent, withdraw_one
from zhiwei.values import BadInput, Refusal

room = Room("consents")
MOST_EVIDENCE, MOST_TEXT, MOST_REASON = 500, 100_000, 500
_WRITABLE: dict[str, Any] = {"pattern": r"^[^\x00]*[^\s\x00][^\x00]*$"}
Scope = Annotated[str, Field(max_length=40, json_schema_extra=one_of(KINDS), description="A kind of record.")]


class NewConsent(Shape):
    """What a business agreed to, in which words, and how that can be shown later. `until`: the first day it ends on.

    `recurring` false: for one delivery of each kind.
    """

    model_config = example(
        scopes=["invoices", "tax_returns"], text="本企业同意……", evidence="page 7f3a, signed 2026-01-01T10:12:07",
        since="2026-01-01", until="2027-01-01",
    )  # fmt: skip

    scopes: list[Scope] = Field(min_length=1, max_length=len(KINDS))
    text: str = Field(min_length=1, max_length=MOST_TEXT, json_schema_extra=_WRITABLE,
                      description="The words that it agreed to, in full.")  # fmt: skip
    evidence: str = Field(min_length=1, max_length=MOST_EVIDENCE, json_schema_extra=_WRITABLE,
                          description="Signature, call, or page id.")  # fmt: skip
    since: Day | None = Field(None, description="The first day; today if not given.")
    until: Day | None = None
    purpose: Literal["credit_assessment", "research"] = "credit_assessment"
    recurring: Yes = True


class ConsentGiven(BaseModel):
    consent: Id
    scope: str


class ConsentsGiven(BaseModel):
    consents: list[ConsentGiven]


class ConsentHeld(BaseModel):
    """`withdrawn_on`: use ended that day; what came under it is deleted by `delete_by`. `evidence` is masked."""

    consent: Id
    scope: str
    purpose: str
    since: date
    until: date | None
    recurring: bool
    in_force: bool
    text_sha256: str
    evidence: str
    withdrawn_on: date | None
    delete_by: date | None


class Withdrawal(Shape):
    model_config = example(because="the business asked for it")

    because: str = Field(min_length=1, max_length=MOST_REASON, json_schema_extra=_WRITABLE,
                         description="Why, in a few words.")  # fmt: skip


class WithdrawnConsent(BaseModel):
    """Use has ended. `deliveries` counts what came under it and is deleted by `delete_by`."""

    consent: Id
    withdrawn_on: date
    delete_by: date
    deliveries: int


PATH = "/parties/{party}/consents"


@room.write(PATH, "consents:write", summary="Give consent 授权", response_model=ConsentsGiven)
def give_consents(party: Id, body: NewConsent, caller: Calls, response: Response) -> Any:
    """One consent for each kind of record. The same words again are the same consents."""
    caller.may_see("party", party)
    _writable(body.text, body.evidence)
    permission = Permission(
        Party(party, party, "consent"), body.scopes, body.text, body.evidence, body.since or caller.books.today(),
        body.until, body.purpose, recurring=body.recurring,
    )  # fmt: skip
    given = give_consent(books=caller.books, by=caller.by, permission=permission).consents
    caller.hold(*(("consent", one) for one in given))
    response.headers["Location"] = f"/v1/parties/{party}/consents"
    found = zip(given, sorted(set(body.scopes)), strict=True)
    return ConsentsGiven(consents=[ConsentGiven(consent=one, scope=scope) for one, scope in found])


@room.read(PATH, "parties:read", summary="Consents given 授权列表", response_model=Page[ConsentHeld])
def list_consents(party: Id, caller: Calls, limit: Limit = 50, cursor: Cursor = "") -> Any:
    """Those given through this client, withdrawn ones too."""
    caller.may_see("party", party)
    start, today = after(cursor), caller.books.today()
    with caller.books.unit(caller.by.tenant) as unit:
        every = unit.parties.consents([party])
        mine = unit.clients.held(caller.client, "consent", [one.consent_id for one in every])
    found = [one for one in every if one.consent_id in mine]
    return Page[ConsentHeld](
        items=[_shown(one, today) for one in found[start : start + limit]],
        next=cursor_of(start + limit) if len(found) > start + limit else None,
    )


@room.write(
    PATH + "/{consent}/withdrawal", "consents:write", summary="Withdraw a consent 撤回授权",
    response_model=WithdrawnConsent,
)  # fmt: skip
def withdraw_consent(party: Id, consent: Id, body: Withdrawal, caller: Calls) -> Any:
    """Use ends at once; what came under it is deleted within 30 days. Consents given elsewhere stand."""
    caller.may_see("party", party)
    caller.may_see("consent", consent)
    _writable(body.because)
    gone = withdraw_one(books=caller.books, by=caller.by, party=party, consent=consent, on=caller.books.today(),
                        because=masked_numbers(body.because))  # fmt: skip
    return WithdrawnConsent(
        consent=consent, withdrawn_on=date.fromisoformat(gone.withdrawn_on), deliveries=gone.batches + gone.covers,
        delete_by=date.fromisoformat(gone.delete_by),
    )  # fmt: skip


def must_allow(caller: Calls, wanted: Mapping[str, Sequence[str]], places: Mapping[str, str] | None = None) -> None:
    """Party -> kinds of record: Refusal unless each is allowed today by a consent that was given through this client.

    `places`: where each party stands in what was sent.
    """
    allowed = _allowed(caller, list(wanted))
    missing = [(party, kind) for party, kinds in wanted.items() for kind in kinds if (party, kind) not in allowed]
    if missing:
        party, kind = missing[0]
        raise Refusal(
            "no_consent", f"{party} has not allowed {kind} through this client" + _more(missing[1:]),
            hint="give its consent: POST /v1/parties/{party}/consents",
            errors=[((places or {}).get(whose, ""), "party", f"has not allowed {what}") for whose, what in missing],
        )  # fmt: skip


def allows(caller: Calls, party: str) -> set[str]:
    """Kinds of record of a party that a consent given through this client lets us see today."""
    return {kind for _, kind in _allowed(caller, [party])}


def _allowed(caller: Calls, parties: Sequence[str]) -> set[tuple[str, str]]:
    today = caller.books.today()
    with caller.books.unit(caller.by.tenant) as unit:
        every = [one for one in unit.parties.consents(parties) if one.covers(one.scope, PURPOSES, today)]
        mine = unit.clients.held(caller.client, "consent", [one.consent_id for one in every])
    return {(one.party, one.scope) for one in every if one.consent_id in mine}


def _more(others: Sequence[object]) -> str:
    return f"; and {len(others):,} more" if others else ""


def _shown(one: Consent, today: date) -> ConsentHeld:
    return ConsentHeld(
        consent=one.consent_id, scope=one.scope, purpose=one.purpose, since=one.since, until=one.until,
        recurring=one.recurring, in_force=one.covers(one.scope, PURPOSES, today), text_sha256=one.text_hash,
        evidence=masked_numbers(one.evidence), withdrawn_on=one.withdrawn_on, delete_by=one.delete_by,
    )  # fmt: skip


def _writable(*texts: str) -> None:
    """No NUL and no half of a character: no database holds them."""
    if any("\x00" in one or any("\ud800" <= char <= "\udfff" for char in one) for one in texts):
        raise BadInput("bad_text", "a text holds a NUL or half of a character", hint="UTF-8 text")
