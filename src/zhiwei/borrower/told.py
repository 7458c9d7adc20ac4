"""What somebody tells of a party, before it is known: checked, in its written forms, nothing personal shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhiwei.borrower.identity import (
    IDENTIFIERS,
    PartyKind,
    is_valid,
    kind_of_uscc,
    masked_text,
    normal,
    read_industry,
    read_region,
    read_uscc,
)
from zhiwei.borrower.particulars import LONGEST_NAME, Read, plain_text, read_particular
from zhiwei.borrower.relations import PERSON, ROLES
from zhiwei.values import EARLIEST, BadInput, to_plain

MOST_IDENTIFIERS = 100
LONGEST_PLAIN = 100
LATEST = date(9000, 1, 1)
LARGEST = 10**17  # 分; more is a mistake
KINDS_OF_PARTY = (*(kind.value for kind in PartyKind), PERSON)
_PARTY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_FARM_WITH_LICENCE = PartyKind.FARM_FAMILY  # registered as sole trader or company


@dataclass(frozen=True, slots=True)
class Profile:
    """`region` of GB/T 2260, `industry` of GB/T 4754-2017; `revenue` of a year and `assets` in 分. None: not known."""

    region: str | None = None
    industry: str | None = None
    opened_on: date | None = None
    staff: int | None = None
    revenue: int | None = None
    assets: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """`identifiers` are (kind, text) as somebody typed them. `kind` may be left out where a USCC or an earlier telling
    says it. `party` is an id under which a source knows it already; else the platform makes one. Who is known under it
    needs no name.
    """

    name: str = field(repr=False)
    since: date
    kind: str = ""
    identifiers: Sequence[tuple[str, str]] = field(default=(), repr=False)
    roles: Sequence[str] = ()
    profile: Profile = Profile()
    source: str = "told"
    party: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """What was told, read. `given` is the id it came with, `body` what goes into the profile."""

    name: str = field(repr=False)
    kind: str
    identifiers: tuple[Read, ...] = field(repr=False)
    roles: tuple[str, ...]
    body: dict[str, Any]
    since: date
    source: str
    given: str
    uscc: str
    warnings: tuple[str, ...]

    @property
    def kinds(self) -> list[str]:
        return sorted(one.kind for one in self.identifiers)

    def content(self) -> list[Any]:
        """All of it as plain values: the same content is the same request."""
        identifiers = sorted((one.kind, one.value) for one in self.identifiers)
        return [self.name, identifiers, sorted(self.roles), self.body, self.since, self.source, self.given]


def made_ready(told: Told) -> Ready:
    """BadInput says what cannot be right, without any value of an identifier."""
    name = plain_text("name", told.name, LONGEST_NAME) if told.name or not told.party else ""
    if masked_text(name) != name:
        raise BadInput("bad_name", "the name looks like the number of a person", hint="a number is an identifier")
    reasonable_day("since", told.since)
    if len(told.identifiers) > MOST_IDENTIFIERS:
        raise BadInput("too_many", f"{len(told.identifiers)} identifiers; {MOST_IDENTIFIERS} is the most")
    identifiers = tuple(dict.fromkeys(read_particular(kind, text) for kind, text in told.identifiers))
    unknown = sorted(set(told.roles) - ROLES.keys())
    if unknown:
        raise BadInput("unknown_role", f"no role is called {', '.join(unknown)}", hint=", ".join(ROLES))
    codes = [one.value for one in identifiers if one.kind == "uscc"]
    if len(codes) > 1:
        raise BadInput("two_codes", f"{len(codes)} different 统一社会信用代码: a party has one", hint="tell them apart")
    kind, warnings = _kind(told.kind, codes[0] if codes else "")
    body = _body(told.profile, told.since) | ({"kind": kind} if kind else {})
    return Ready(
        name, kind, identifiers, tuple(dict.fromkeys(told.roles)), body, told.since, impersonal("source", told.source),
        party_code(told.party), codes[0] if codes else "", warnings,
    )  # fmt: skip


def party_code(text: str) -> str:
    """An id of a party as a source writes it; '' stays. BadInput where it is none, or may be a person's number."""
    if not text or is_valid("uscc", text):
        return normal(text)
    personal = any(kind.personal and kind.name != "account" and is_valid(name, text) for name, kind in _PERSONAL)
    if not _PARTY.fullmatch(text) or personal or masked_text(text) != text:
        raise BadInput(
            "bad_party", "an id of a party has letters, digits and _ . : - and is no number of a person",
            hint="leave it out: the platform makes one",
        )  # fmt: skip
    return text


_PERSONAL = tuple(IDENTIFIERS.items())


def _kind(said: str, uscc: str) -> tuple[str, tuple[str, ...]]:
    if said and said not in KINDS_OF_PARTY:
        raise BadInput("unknown_kind", f"no kind of party is called {said!r}", hint=", ".join(KINDS_OF_PARTY))
    if not uscc:
        return said, ()
    if said == PERSON:
        raise BadInput("kind_differs", "a person has no 统一社会信用代码", hint="add the business, and link the two")
    registered = kind_of_uscc(read_uscc(uscc))
    if registered is None:
        return said, ("uscc: no kind of borrower",)
    if said not in ("", registered, _FARM_WITH_LICENCE):
        raise BadInput("kind_differs", f"its 统一社会信用代码 is that of a {registered}, not of a {said}")
    return said or registered.value, ()


def _body(profile: Profile, since: date) -> dict[str, Any]:
    if profile.opened_on and profile.opened_on > since:
        raise BadInput("bad_day", f"opened on {profile.opened_on}, after {since}, from when this is told")
    for name in ("staff", "revenue", "assets"):
        value = getattr(profile, name)
        if value is not None and not 0 <= value <= LARGEST:
            raise BadInput("bad_measure", f"{name} is {value:,}: from 0 to {LARGEST:,}")
    body = {name: to_plain(value) for name in Profile.__slots__ if (value := getattr(profile, name)) is not None}
    if profile.region:
        body["region"] = read_region(profile.region).code
    if profile.industry:
        body["industry"] = read_industry(profile.industry).code
    return body


def impersonal(name: str, text: str) -> str:
    """What is stored in plain: short, and no number of a person."""
    plain = plain_text(name, text, LONGEST_PLAIN)
    if masked_text(plain) != plain:
        raise BadInput(f"personal_{name}", f"the {name} looks like the number of a person", hint="choose another")
    return plain


def reasonable_day(name: str, day: date) -> None:
    if not EARLIEST <= day < LATEST:
        raise BadInput("bad_day", f"{name} is {day}, outside {EARLIEST} to {LATEST}")
