"""What is told of a business: parties, consents, records."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhiwei.client.shapes.money import Money


@dataclass(frozen=True, slots=True)
class Particulars:
    """`region` of GB/T 2260, `industry` of GB/T 4754; `revenue` of a year. What is not known is left out."""

    region: str | None = None
    industry: str | None = None
    opened_on: date | None = None
    staff: int | None = None
    revenue: Money | None = None
    assets: Money | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Who is made known, since when. `identifiers`: {"uscc": ..., "mobile": ...}; a name alone tells nobody apart."""

    name: str
    since: date
    kind: str = ""
    identifiers: dict[str, str] = field(default_factory=dict, repr=False)
    roles: tuple[str, ...] = ()
    profile: Particulars | None = None

    def said(self) -> dict[str, Any]:
        """As the API takes it."""
        pairs = [{"kind": kind, "value": value} for kind, value in self.identifiers.items()]
        said = {"name": self.name, "since": self.since, "kind": self.kind, "identifiers": pairs, "roles": self.roles}
        return said | {"profile": self.profile}


@dataclass(frozen=True, slots=True)
class PartyKnown:
    """`new`: you had not brought it before. `warnings` name a kind of identifier and what is odd about it."""

    party: str
    new: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartyHeld:
    party: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a business agreed to: kinds of record, in which words, and how that can be shown later.

    `until`: the first day it ends on. `recurring` false: for one delivery of each kind.
    """

    scopes: tuple[str, ...]
    text: str
    evidence: str
    since: date | None = None
    until: date | None = None
    purpose: str = "credit_assessment"
    recurring: bool = True


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    consent: str
    scope: str


@dataclass(frozen=True, slots=True)
class ConsentsGiven:
    consents: tuple[ConsentGiven, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """`withdrawn_on`: use ended that day; what came under it is deleted by `delete_by`."""

    consent: str
    scope: str
    purpose: str
    since: date
    until: date | None
    recurring: bool
    in_force: bool
    withdrawn_on: date | None
    delete_by: date | None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """`deliveries` counts what came under it and is deleted by `delete_by`."""

    consent: str
    withdrawn_on: date
    delete_by: date
    deliveries: int


@dataclass(frozen=True, slots=True)
class Counted:
    kind: str
    rows: int


@dataclass(frozen=True, slots=True)
class Noted:
    """What was understood, is odd, and is kept as it is."""

    what: str
    times: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """`new` false: the same came before, and nothing changed."""

    delivery: str
    new: bool
    rows: tuple[Counted, ...]
    notes: tuple[Noted, ...] = ()
