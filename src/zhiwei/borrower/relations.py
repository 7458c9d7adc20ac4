"""Who parties are to each other: identifiers they hold, roles they play, links between them, each with its days."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

ROLES = (
    "borrower", "owner", "guarantor", "core_enterprise", "supplier", "dealer", "driver", "agent", "shipper", "fleet",
    "station", "auction", "group",
)  # fmt: skip
LINKS = ("owns", "manages", "guarantees", "supplies", "member_of", "spouse_of", "employs")
SHARED = ("address", "phone", "mobile", "device", "account", "bank_card")
"""Kinds of identifier that link two parties which hold the same one; such links are found, not told."""


@dataclass(frozen=True, slots=True)
class Held:
    """An identifier of a party: a number, phone, address, another name. `until` is the first day it is not."""

    identifier_id: str
    party: str
    kind: str
    value: str = field(repr=False)
    since: date
    until: date | None
    source: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Role:
    role_id: str
    party: str
    role: str
    since: date
    until: date | None
    source: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """`party` owns, manages, guarantees, supplies `other`. `share` of it, 0 to 1, where one is known."""

    link_id: str
    party: str
    kind: str
    other: str
    share: Decimal | None
    since: date
    until: date | None
    source: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Merge:
    """`gone` is `kept` by another name, from `merged_at` until `undone_at`."""

    merge_id: str
    kept: str
    gone: str
    because: str
    proposed_by: str
    approved_by: str
    merged_at: datetime
    undone_at: datetime | None
    undone_by: str | None = None
    undone_because: str | None = None
