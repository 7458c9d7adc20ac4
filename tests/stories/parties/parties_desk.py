"""A desk for stories about parties: short verbs, days of 2025, and numbers made by their check digit rules."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from zhiwei.bootstrap import Platform
from zhiwei.borrower.identity.forms import organisation_digit, person_digit, uscc_digit
from zhiwei.borrower.told import Profile, Told
from zhiwei.journeys import (
    Tie,
    add_identifiers,
    end_what,
    find_party,
    know_party,
    link_parties,
    party_sheet,
    play_role,
)
from zhiwei.journeys.borrower.parties import Ended, Known, Said
from zhiwei.journeys.borrower.sheets import Found, Sheet

FIRST = date(2025, 1, 1)
_numbers = count(1)


def uscc(head: str = "91") -> str:
    """A new 统一社会信用代码: 91 company, 92 sole trader, 93 cooperative, N2 village collective."""
    organisation = f"MA{next(_numbers):06d}"
    body = f"{head}330106{organisation}{organisation_digit(organisation)}"
    return body + uscc_digit(body)


def id_card() -> str:
    body = f"33010619900307{next(_numbers):03d}"
    return body + person_digit(body)


def mobile() -> str:
    return f"139{next(_numbers):08d}"


@dataclass
class Desk:
    platform: Platform

    def know(self, name: str, *ids: tuple[str, str], since: date = FIRST, key: str | None = None, **more: Any) -> Known:
        profile = Profile(**{field: more.pop(field) for field in Profile.__slots__ if field in more})
        told = Told(name, since, identifiers=ids, profile=profile, **more)
        return know_party(books=self.platform, by=self.platform.actor, told=told, key=key)

    def person(self, name: str = "某甲", **more: Any) -> str:
        return self.know(name, ("id_card", id_card()), kind="person", **more).party

    def firm(self, name: str = "G1 有限公司", **more: Any) -> str:
        return self.know(name, ("uscc", uscc()), **more).party

    def tell(self, party: str, *ids: tuple[str, str], since: date = FIRST, source: str = "told") -> Known:
        return add_identifiers(
            books=self.platform, by=self.platform.actor, party=party, identifiers=ids, since=since, source=source
        )

    def link(self, party: str, kind: str, other: str, share: str | None = None, since: date = FIRST) -> Said:
        tie = Tie(party, kind, other, since, Decimal(share) if share else None)
        return link_parties(books=self.platform, by=self.platform.actor, tie=tie)

    def role(self, party: str, role: str, since: date = FIRST) -> Said:
        return play_role(books=self.platform, by=self.platform.actor, party=party, role=role, since=since)

    def end(self, what: str, on: date, because: str = "they told us") -> Ended:
        return end_what(books=self.platform, by=self.platform.actor, what=what, on=on, because=because)

    def sheet(self, party: str, on: date = FIRST, **more: Any) -> Sheet:
        return party_sheet(books=self.platform, by=self.platform.actor, party=party, on=on, **more)

    def find(self, value: str, kind: str = "") -> list[Found]:
        return find_party(books=self.platform, by=self.platform.actor, value=value, kind=kind)

    def steps(self, party: str, on: date = FIRST) -> dict[str, str]:
        return {one["step"]: one["state"] for one in self.sheet(party, on).steps}

    def members(self, party: str, on: date = FIRST) -> set[str]:
        return set(self.sheet(party, on).group.members)
