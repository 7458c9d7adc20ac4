"""Make a sandbox, give it another key, end it: by who will call it, or a person for them."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhiwei.journeys.once import step
from zhiwei.journeys.partners.ports import ACTIVE, SUSPENDED, Sandbox, Terms
from zhiwei.journeys.ports import Books, Unit
from zhiwei.journeys.sandboxes.grounds import Grounds
from zhiwei.values import INSTALLER, Actor, BadInput, NotFound, Refusal, canonical, identifier
from zhiwei.values.secrets import fingerprint

EARLIEST, LATEST = date(2024, 1, 1), date(2035, 12, 31)  # first days: all products of the shelf are in force
STARTS_ON = date(2026, 1, 1)  # the first day of a sandbox where nothing else is said: stories in guides stay true
QUOTA = 5  # sandboxes of one client that have not ended
PREFIX, TEST_KEY = "sandbox-", "zwtest"
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class NewSandbox:
    """What is asked for. `client` makes it for itself and is known there by its own keys too; '' for a person."""

    name: str
    scopes: tuple[str, ...]
    client: str = ""
    jwks: Mapping[str, Any] = field(default_factory=lambda: {"keys": []})
    thumbprints: tuple[str, ...] = ()
    starts_on: date = STARTS_ON


@dataclass(frozen=True, slots=True)
class SandboxMade:
    """`test_key` is told once, and '' where it was told before: only its hash is kept."""

    sandbox: str
    client: str
    today: str
    test_key: str = field(default="", repr=False)


def make_sandbox(*, books: Books, by: Actor, key: str, grounds: Grounds, wanted: NewSandbox) -> SandboxMade:
    """Make one, with a client and its test key. In steps, each of which may be repeated: cut off anywhere, the same
    key goes on. Refusal for a name that is taken, a sixth of one client, or from inside a sandbox.
    """
    if not _NAME.fullmatch(wanted.name):
        raise BadInput("bad_name", "a sandbox's name has small letters, digits and -, 20 at most", hint="shop")
    if not EARLIEST <= wanted.starts_on <= LATEST:
        raise BadInput("bad_day", f"a sandbox begins on a day from {EARLIEST} to {LATEST}, not on {wanted.starts_on}")
    request = {"name": wanted.name, "client": wanted.client, "starts_on": wanted.starts_on}
    more = f"-{identifier('', by.tenant, wanted.client, key)[1:9]}" if wanted.client else ""
    tenant = PREFIX + wanted.name + more  # a person's word for it as it is; a client cannot know which ones are taken
    with step(books, by, "make_sandbox", identifier("sandbox", key), request) as current:
        if current.earlier is None:
            _register(current.unit, tenant, wanted, by)
            current.result = {"sandbox": tenant}
        elif any(one.sandbox == tenant and one.ended for one in current.unit.sandboxes.made()):
            raise _ended(tenant)
    if not grounds.lay(tenant, by.tenant, wanted.starts_on, by.person):
        with books.unit(by.tenant) as unit:
            unit.sandboxes.end(tenant, by.person)
        raise Refusal("name_taken", f"{tenant} is there and none of yours", hint="choose another name")
    client = f"{wanted.name}.{tenant}"
    inside, scripted = grounds.of(tenant), Actor(tenant, INSTALLER, "system")
    grounds.scene.begin(inside, scripted)
    with inside.unit(tenant) as unit:
        if unit.clients.add(client, wanted.name, by.person):
            terms = Terms(client, ACTIVE, wanted.scopes, wanted.jwks, wanted.thumbprints)
            unit.clients.set_terms(terms, by.person, INSTALLER)
        parties = [one.party for one in grounds.scene.borrowers()]
        allowed = [("consent", one.consent_id) for one in unit.parties.consents(parties)]
        unit.clients.hold(client, [*(("party", party) for party in parties), *allowed])
        secret = "" if unit.clients.test_keys(client) else _new_key(unit, tenant, client)
        today = unit.sandboxes.today()
    return SandboxMade(tenant, client, f"{today}", secret)


def _register(unit: Unit, tenant: str, wanted: NewSandbox, by: Actor) -> None:
    if unit.sandboxes.today():
        raise Refusal("inside_a_sandbox", "a sandbox makes no sandboxes")
    unit.sandboxes.hold()
    made = unit.sandboxes.made()
    if any(one.sandbox == tenant for one in made):
        raise Refusal("name_taken", f"{tenant} was made before", hint="choose another name")
    if wanted.client and sum(one.client == wanted.client and not one.ended for one in made) >= QUOTA:
        raise Refusal("too_many_sandboxes", f"a client has {QUOTA} sandboxes at most", hint="end one of them")
    unit.sandboxes.register(tenant, wanted.client, by.person)


def _new_key(unit: Unit, tenant: str, client: str) -> str:
    secret = secrets.token_urlsafe(24)
    unit.clients.add_test_key(client, fingerprint(secret))
    return f"{TEST_KEY}.{tenant}.{secret}"


def sandboxes(*, books: Books, by: Actor, client: str = "") -> list[Sandbox]:
    """All that this tenant made, or one of its clients."""
    with books.unit(by.tenant) as unit:
        return [one for one in unit.sandboxes.made() if client in ("", one.client)]


def renew_test_key(*, books: Books, by: Actor, grounds: Grounds, sandbox: str, client: str = "") -> SandboxMade:
    """A new test key; those before it open nothing any more. `client`: whose sandbox it must be, '' for a person."""
    if _found(books, by, sandbox, client).ended:
        raise _ended(sandbox)
    with _inside(grounds, sandbox, by) as unit:
        [(known, *_)] = unit.clients.all()
        unit.clients.revoke_test_keys(known)
        made = _new_key(unit, sandbox, known)
        unit.steps.audit(by, "renew_test_key", [canonical({"sandbox": sandbox})])
        return SandboxMade(sandbox, known, f"{unit.sandboxes.today()}", made)


def end_sandbox(*, books: Books, by: Actor, grounds: Grounds, sandbox: str, client: str = "") -> Sandbox:
    """Nobody gets in any more; what happened in it stays. Again changes nothing."""
    one = _found(books, by, sandbox, client)
    if one.ended:
        return one
    with _inside(grounds, sandbox, by) as unit:
        for known, _, _, terms in unit.clients.all():
            unit.clients.revoke_test_keys(known)
            if terms.status == ACTIVE:
                ended = Terms(known, SUSPENDED, terms.scopes, terms.jwks, because="the sandbox has ended")
                unit.clients.set_terms(ended, by.person, INSTALLER)
    with books.unit(by.tenant) as unit:
        if unit.sandboxes.end(sandbox, by.person):
            unit.steps.audit(by, "end_sandbox", [canonical({"sandbox": sandbox})])
    return _found(books, by, sandbox, client)


@contextmanager
def _inside(grounds: Grounds, sandbox: str, by: Actor) -> Iterator[Unit]:
    """NotFound where the tenant of this name is not a sandbox that this one made."""
    with grounds.of(sandbox).unit(sandbox) as unit:
        if unit.sandboxes.made_by() != by.tenant:
            raise _none(sandbox)
        yield unit


def _found(books: Books, by: Actor, sandbox: str, client: str) -> Sandbox:
    for one in sandboxes(books=books, by=by, client=client):
        if one.sandbox == sandbox:
            return one
    raise _none(sandbox)


def _ended(sandbox: str) -> Refusal:
    return Refusal("sandbox_ended", f"{sandbox[:60]} has ended", hint="make another one")


def _none(sandbox: str) -> NotFound:
    return NotFound("no_such_sandbox", f"no sandbox {sandbox[:60]}", hint="the list of sandboxes tells of each")
