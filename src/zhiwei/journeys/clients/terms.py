"""Clients of the API come and change: two persons agree on what one may do, and one person can stop it at once.

A client changes its own keys by itself: it signs that with a key that it has.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from zhiwei.journeys.clients.keys import key_set, key_set_of
from zhiwei.journeys.once import step
from zhiwei.journeys.partners.ports import ACTIVE, SUSPENDED, Terms
from zhiwei.journeys.ports import Books, Unit
from zhiwei.journeys.referred import Proposal
from zhiwei.values import Actor, BadInput, Forbidden, NotFound, Refusal, canonical, identifier

REGISTER, CHANGE = "client.register", "client.change"
_NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")
_SCOPE = re.compile(r"[a-z]{1,40}:[a-z]{1,40}")
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")
LONGEST_NAME, LONGEST_REASON = 80, 500
MOST_A_MINUTE, MOST_A_DAY = 100_000, 100_000_000


@dataclass(frozen=True, slots=True)
class TermsWanted:
    """What is to hold from now on; None leaves it as it is. `jwks`: public keys; `thumbprints`: of certificates."""

    scopes: tuple[str, ...] | None = None
    jwks: Mapping[str, Any] | None = None
    thumbprints: tuple[str, ...] | None = None
    per_minute: int | None = None
    per_day: int | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class TermsProposed:
    proposal: str
    verb: str
    client: str
    proposed_by: str


@dataclass(frozen=True, slots=True)
class TermsSet:
    """`number` is that of the terms that hold now."""

    client: str
    status: str
    number: int
    approved_by: str


@dataclass(frozen=True, slots=True)
class Known:
    """A client, and the terms that hold. `sees` counts what it may see, by kind."""

    client: str
    name: str
    since: datetime
    terms: Terms
    sees: dict[str, int] = field(default_factory=dict)


def propose_client(
    *, books: Books, by: Actor, key: str, name: str, title: str, wanted: TermsWanted
) -> TermsProposed:  # fmt: skip
    """Ask for a new client, `<name>.<tenant>`; another person approves it. `title`: who it is, for people."""
    if not _NAME.fullmatch(name):
        raise BadInput("bad_client", f"{name[:50]!r} names no client", hint="2 to 40 of a-z, 0-9 and -, a letter first")
    if not title.strip() or len(title) > LONGEST_NAME or not title.isprintable():
        raise BadInput("bad_client", f"a client has a title of at most {LONGEST_NAME} characters")
    client = f"{name}.{by.tenant}"
    if wanted.jwks is None and not wanted.thumbprints:
        raise BadInput("bad_keys", "a client has a public key or a certificate", hint="zhiwei client keygen FILE")
    terms = _checked(replace_terms(Terms(client, ACTIVE, ()), wanted))
    return _propose(books, by, key, REGISTER, {"title": title.strip(), "after": 0, "terms": asdict(terms)})


def propose_terms(
    *, books: Books, by: Actor, key: str, client: str, wanted: TermsWanted, because: str
) -> TermsProposed:  # fmt: skip
    """Ask for other terms: scopes, keys, certificates, rates, or that a suspended client may call again."""
    _check_reason(because)
    with books.unit(by.tenant) as unit:
        now = _terms(unit, client)
    terms = _checked(replace(replace_terms(now, wanted), because=because))
    return _propose(books, by, key, CHANGE, {"title": "", "after": now.number, "terms": asdict(terms)})


def approve_client(*, books: Books, by: Actor, proposal: str) -> TermsSet:
    """Another person agrees, and the terms hold. Refusal where others came to hold since they were proposed."""
    with step(books, by, "approve_client", f"approve:{proposal}", {"proposal": proposal}) as current:
        if current.earlier is None:
            unit = current.unit
            found = unit.steps.proposal(proposal)
            if found is None or found.verb not in (REGISTER, CHANGE):
                raise NotFound("no_such_proposal", f"no proposal {proposal} about a client")
            if by.is_same_person(found.proposed_by):
                raise Forbidden("four_eyes", f"{by.person} proposed this", hint="another person approves it")
            asked = json.loads(found.request)
            terms = _of_plain(asked["terms"])
            unit.clients.lock(terms.client)
            _check_still(unit, terms.client, asked["after"])
            if found.verb == REGISTER:
                unit.clients.add(terms.client, asked["title"], found.proposed_by)
            number = unit.clients.set_terms(terms, found.proposed_by, by.person)
            unit.steps.approve(proposal, by.person)
            current.result = asdict(TermsSet(terms.client, terms.status, number, by.person))
        return TermsSet(**(current.earlier or current.result))


def suspend_client(*, books: Books, by: Actor, key: str, client: str, because: str) -> TermsSet:
    """Stop a client at once: to take rights away needs one person, to give them back two."""
    _check_reason(because)
    request = {"client": client, "because": because}
    with step(books, by, "suspend_client", f"suspend:{key}", request) as current:
        if current.earlier is None:
            current.unit.clients.lock(client)
            now = _terms(current.unit, client)
            if now.status == SUSPENDED:
                raise Refusal("already_suspended", f"client {client} is suspended")
            terms = replace(now, status=SUSPENDED, because=because)
            number = current.unit.clients.set_terms(terms, by.person, by.person)
            current.result = asdict(TermsSet(client, SUSPENDED, number, by.person))
        return TermsSet(**(current.earlier or current.result))


def rotate_client_keys(*, books: Books, by: Actor, key: str, jwks: Mapping[str, Any]) -> TermsSet:
    """`by` is the client itself, which signed this with a key that it has: these are its public keys from now on."""
    keys = key_set_of(jwks)
    with step(books, by, "rotate_client_keys", f"keys:{key}", {"jwks": keys}) as current:
        if current.earlier is None:
            current.unit.clients.lock(by.person)
            terms = replace(_terms(current.unit, by.person), jwks=keys, because="its own keys, by itself")
            number = current.unit.clients.set_terms(terms, by.person, by.person)
            current.result = asdict(TermsSet(by.person, terms.status, number, by.person))
        return TermsSet(**(current.earlier or current.result))


def clients(*, books: Books, by: Actor) -> list[Known]:
    """All of the tenant's, and the terms that hold."""
    with books.unit(by.tenant) as unit:
        return [Known(*one) for one in unit.clients.all()]


def client_of(*, books: Books, by: Actor, client: str) -> Known:
    """One of them, with how much it may see."""
    with books.unit(by.tenant) as unit:
        for one in unit.clients.all():
            if one[0] == client:
                return Known(*one, sees=unit.clients.counted(client))
    raise _no_client(client)


def replace_terms(terms: Terms, wanted: TermsWanted) -> Terms:
    said = {name: value for name, value in asdict(wanted).items() if value is not None}
    return replace(terms, **said)


def _propose(books: Books, by: Actor, key: str, verb: str, request: dict[str, Any]) -> TermsProposed:
    client = request["terms"]["client"]
    proposal = Proposal(identifier("prop", key, verb, request), verb, canonical(request), by.person, None)
    with step(books, by, "propose_client", f"client:{key}", {"verb": verb, **request}) as current:
        if current.earlier is None:
            _check_still(current.unit, client, request["after"])
            current.unit.steps.propose(proposal)
            current.result = asdict(TermsProposed(proposal.proposal_id, verb, client, by.person))
        return TermsProposed(**(current.earlier or current.result))


def _check_still(unit: Unit, client: str, after: int) -> None:
    """The terms that hold are those that were looked at when this was proposed."""
    found = unit.clients.terms(client)
    if after == 0 and found is not None:
        raise Refusal("client_known", f"there is a client {client}", hint="zhiwei client terms changes what it may do")
    if after and (found is None or found.number != after):
        raise Refusal("terms_changed", f"the terms of {client} changed since this was proposed", hint="propose it anew")


def _terms(unit: Unit, client: str) -> Terms:
    found = unit.clients.terms(client)
    if found is None:
        raise _no_client(client)
    return found


def _no_client(client: str) -> NotFound:
    return NotFound("no_such_client", f"no client {client[:100]}", hint="zhiwei client list")


def _checked(terms: Terms) -> Terms:
    if not terms.scopes or not all(_SCOPE.fullmatch(one) for one in terms.scopes):
        raise BadInput("bad_scopes", "a client has scopes such as lines:read", hint="zhiwei client add --help")
    if not 0 < terms.per_minute <= MOST_A_MINUTE or not 0 < terms.per_day <= MOST_A_DAY:
        raise BadInput("bad_rate", f"a client may call 1 to {MOST_A_MINUTE:,} times a minute, {MOST_A_DAY:,} a day")
    if terms.status not in (ACTIVE, SUSPENDED):
        raise BadInput("bad_status", f"a client is {ACTIVE} or {SUSPENDED}")
    if not all(_THUMBPRINT.fullmatch(one) for one in terms.thumbprints):
        raise BadInput("bad_thumbprint", "a certificate is named by its SHA-256 in base64url, 43 characters")
    jwks = terms.jwks if not terms.jwks["keys"] and terms.thumbprints else key_set(terms.jwks["keys"])
    return replace(terms, scopes=tuple(sorted(set(terms.scopes))), jwks=jwks)


def _check_reason(because: str) -> None:
    if not because.strip() or len(because) > LONGEST_REASON:
        raise BadInput("no_reason", f"a change has a reason, at most {LONGEST_REASON} characters", hint="--because")


def _of_plain(said: dict[str, Any]) -> Terms:
    lists = {name: tuple(said[name]) for name in ("scopes", "thumbprints")}
    return Terms(**{**said, **lists})
