"""Give, withdraw and prove consent. A withdrawal ends use at once; what came under it is deleted by a day."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from zhiwei.borrower import KINDS, PURPOSES, Consent, Party, give
from zhiwei.journeys.borrower.news import consents_given, consents_withdrawn, registered
from zhiwei.journeys.once import step
from zhiwei.journeys.ports import Books, Unit
from zhiwei.values import Actor, BadInput, NotFound, Refusal, digest

DAYS_TO_DELETE = 30  # from withdrawal; ours, shorter than any period a rule of the field names
LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Given:
    consents: list[str]


@dataclass(frozen=True, slots=True)
class GivenByMany:
    """How many parties allowed it, and how many consents that are: one for each party and kind of record."""

    parties: int
    consents: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """`batches` of records, and `covers` (periods that files speak for), are no longer used; deleted by `delete_by`."""

    consents: list[str]
    withdrawn_on: str
    delete_by: str
    batches: int
    covers: int = 0


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many batches of records, and periods that files spoke for, were deleted."""

    batches: int
    covers: int = 0


@dataclass(frozen=True, slots=True)
class Withheld:
    """A kind of record that may not be used any more: since when, why, and by when what came of it is deleted."""

    kind: str
    ended_on: date
    because: str
    delete_by: date | None


@dataclass(frozen=True, slots=True)
class Permission:
    """What a business agreed to: kinds of record, for what, in which words, and how that can be shown later."""

    party: Party
    scopes: Sequence[str]
    text: str
    evidence: str
    since: date
    until: date | None = None
    purpose: str = "credit_assessment"
    recipient: str = ""
    recurring: bool = True

    def request(self) -> dict[str, Any]:
        return {
            "party": self.party.party_id, "scopes": sorted(self.scopes), "text": digest(self.text),
            "evidence": self.evidence, "since": self.since, "until": self.until, "purpose": self.purpose,
            "recipient": self.recipient, "recurring": self.recurring,
        }  # fmt: skip


def give_consent(*, books: Books, by: Actor, permission: Permission) -> Given:
    """Record what a business allowed; a party not known yet becomes known. The same words again are one consent."""
    _check(permission)
    request = permission.request()
    with step(books, by, "give_consent", f"consent:{digest(request)}", request) as current:
        if current.earlier is None:
            given = [_consent(permission, scope) for scope in sorted(set(permission.scopes))]
            _keep(current.unit, books.today(), [permission.party], given)
            current.result = {"consents": [one.consent_id for one in given]}
        answer = Given(**(current.earlier or current.result))
        ended = {
            one.consent_id for one in current.unit.parties.consents([permission.party.party_id]) if one.withdrawn_on
        }
        if ended & set(answer.consents):
            raise Refusal(
                "consent_withdrawn", "this very consent was given before and withdrawn",
                hint="to allow it anew takes new evidence",
            )  # fmt: skip
        return answer


def give_consents(*, books: Books, by: Actor, permission: Permission, parties: Sequence[Party]) -> GivenByMany:
    """The same words of many parties at once, each its own consent as `give_consent` keeps it; all of them or none.

    `permission.party` is not looked at. The same again changes nothing.
    """
    each = [replace(permission, party=party) for party in {party.party_id: party for party in parties}.values()]
    if not each:
        raise BadInput("no_parties", "consent of nobody", hint="a party a line")
    _check(permission)
    whose = digest(sorted(one.party.party_id for one in each))
    request = permission.request() | {"party": None, "parties": whose, "count": len(each)}
    with step(books, by, "give_consents", f"consents:{digest(request)}", request) as current:
        given = [_consent(one, scope) for one in each for scope in sorted(set(one.scopes))]
        if current.earlier is None:
            _keep(current.unit, books.today(), [one.party for one in each], given)
            current.result = {"parties": len(each), "consents": len(given)}
        ids = {one.consent_id for one in given}
        held = current.unit.parties.consents([one.party.party_id for one in each])
        ended = [one.party for one in held if one.withdrawn_on and one.consent_id in ids]
        if ended:
            raise Refusal(
                "consent_withdrawn", f"{len(ended):,} of these consents were given before and withdrawn; first: "
                f"{ended[0]}", hint="to allow it anew takes new evidence",
            )  # fmt: skip
        return GivenByMany(**(current.earlier or current.result))


def _keep(unit: Unit, today: date, parties: Sequence[Party], given: Sequence[Consent]) -> None:
    told = registered(unit, [party.party_id for party in parties], today)
    unit.parties.add(parties)
    unit.parties.add_consents(given)
    unit.outbox.tell([*told, *consents_given(given, today)])


def _check(permission: Permission) -> None:
    unknown = sorted(set(permission.scopes) - KINDS.keys())
    if unknown or not permission.scopes:
        raise BadInput(
            "bad_scope", f"no kind of record is called {', '.join(unknown) or '(none named)'}", hint=", ".join(KINDS)
        )
    if permission.purpose not in PURPOSES:
        raise BadInput("bad_purpose", f"no purpose {permission.purpose!r}", hint=", ".join(PURPOSES))
    if not permission.text.strip() or len(permission.text) > LONGEST_TEXT:
        raise BadInput("no_text", f"a consent has words, at most {LONGEST_TEXT:,} characters of them")
    if not permission.evidence.strip():
        raise BadInput("no_evidence", "a consent without evidence proves nothing", hint="signature, call, or page id")
    if permission.until and permission.until <= permission.since:
        raise BadInput("bad_period", f"a consent from {permission.since} cannot end on {permission.until}")


def _consent(permission: Permission, scope: str) -> Consent:
    base = give(
        permission.party.party_id, scope, permission.purpose, permission.since, digest(permission.text),
        permission.evidence,
    )  # fmt: skip
    more = digest([permission.until, permission.recipient, permission.recurring, permission.evidence])[:8]
    return Consent(
        f"{base.consent_id}_{more}", base.party, scope, base.purpose, base.since, permission.until, base.text_hash,
        base.evidence, permission.recipient, permission.recurring,
    )  # fmt: skip


def withdraw_consent(
    *, books: Books, by: Actor, party: str, scopes: Sequence[str] | None, on: date, because: str
) -> Withdrawn:
    """End the use of some kinds of a party's records, or of all. NotFound where nothing is in force."""
    request = {"party": party, "scopes": sorted(scopes) if scopes else None, "on": on, "because": because}
    with step(books, by, "withdraw_consent", f"withdraw:{digest(request)}", request) as current:
        if current.earlier is None:
            ended = [
                one.consent_id
                for one in current.unit.parties.consents([party])
                if one.withdrawn_on is None and (scopes is None or one.scope in scopes)
            ]
            if not ended:
                raise NotFound("no_consent", f"{party} has no consent in force" + (f" for {scopes}" if scopes else ""))
            current.result = _end(current.unit, by, party, ended, on, because)
        return Withdrawn(**(current.earlier or current.result))


def withdraw_one(*, books: Books, by: Actor, party: str, consent: str, on: date, because: str) -> Withdrawn:
    """End one consent alone; others of the party to the same stand. NotFound where it gave none of this id.

    To say it again changes nothing, and answers with the day on which it ended.
    """
    with step(books, by, "withdraw_consent", f"withdraw:{consent}", {"party": party, "consent": consent}) as current:
        if current.earlier is None:
            found = next((one for one in current.unit.parties.consents([party]) if one.consent_id == consent), None)
            if found is None:
                raise NotFound("no_such_consent", f"no consent {consent}")
            if found.withdrawn_on is None:
                current.result = _end(current.unit, by, party, [consent], on, because)
            else:
                ended, gone = found.withdrawn_on, found.delete_by or found.withdrawn_on
                current.result = {"consents": [consent], "withdrawn_on": ended.isoformat(),
                                  "delete_by": gone.isoformat(), "batches": 0}  # fmt: skip
        return Withdrawn(**(current.earlier or current.result))


def _end(unit: Unit, by: Actor, party: str, ended: Sequence[str], on: date, because: str) -> dict[str, Any]:
    delete_by = on + timedelta(days=DAYS_TO_DELETE)
    for consent in ended:
        unit.batches.withdraw(
            {"consent": consent, "on": on, "delete_by": delete_by, "because": because, "person": by.person}
        )
    unit.outbox.tell(consents_withdrawn(party, ended, on, delete_by))
    return {
        "consents": [*ended], "withdrawn_on": on.isoformat(), "delete_by": delete_by.isoformat(),
        "batches": sum(filed.consent in ended for filed in unit.batches.filed(party)),
        "covers": sum(filed.consent in ended for filed in unit.batches.filed_covers(party)),
    }  # fmt: skip


def prove_consent(*, books: Books, by: Actor, party: str) -> dict[str, Any]:
    """All consents of a party and all that was received under each: for the party itself, or who audits us."""
    with books.unit(by.tenant) as unit:
        consents, filed = unit.parties.consents([party]), unit.batches.filed(party)
        covers = unit.batches.filed_covers(party)
    if not consents:
        raise NotFound("no_consent", f"{party} has given no consent")
    return {
        "party": party,
        "consents": [
            asdict(one)
            | {
                "received": [asdict(batch) for batch in filed if batch.consent == one.consent_id],
                "covered": [asdict(cover) for cover in covers if cover.consent == one.consent_id],
            }
            for one in consents
        ],
    }


def withheld_of(*, books: Books, by: Actor, party: str) -> list[Withheld]:
    """Kinds of record that a party once let us see and does not now, in the order of KINDS."""
    with books.unit(by.tenant) as unit:
        consents = unit.parties.consents([party])
    found = []
    for kind in KINDS:
        mine = [one for one in consents if one.scope == kind]
        if any(one.covers(kind, PURPOSES, books.today()) for one in mine):
            continue
        ended = [Withheld(kind, one.withdrawn_on, "withdrawn", one.delete_by) for one in mine if one.withdrawn_on]
        over = [one.until for one in mine if one.until and not one.withdrawn_on and one.until <= books.today()]
        ended += [Withheld(kind, until, "ended", None) for until in over]
        found += sorted(ended, key=lambda one: one.ended_on)[-1:]
    return found


def forget(*, books: Books, by: Actor, on: date) -> Forgotten:
    """Delete what withdrawn consents brought and must be gone by this day."""
    request = {"on": on}
    with step(books, by, "forget", f"forget:{on}", request) as current:
        if current.earlier is None:
            batches, covers = current.unit.batches.forget(on)
            current.result = {"batches": batches, "covers": covers}
        return Forgotten(**(current.earlier or current.result))
