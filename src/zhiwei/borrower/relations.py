"""Who parties are to each other: identifiers they hold, roles they play, links between them, each with its days."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

PERSON = "person"
"""A natural person who is known for others' sake (a guarantor, a spouse, a driver) and does no business here."""

ROLES = {
    "borrower": "借款人", "owner": "所有人", "guarantor": "保证人", "core_enterprise": "核心企业", "supplier": "供应商",
    "dealer": "经销商", "driver": "司机", "agent": "代理人", "shipper": "货主", "fleet": "车队", "station": "加油站",
    "auction": "拍卖行", "group": "集团",
}  # fmt: skip
LINKS = {
    "owns": "持股", "manages": "任职管理", "guarantees": "担保", "supplies": "供货", "member_of": "成员",
    "spouse_of": "配偶", "employs": "雇用",
}  # fmt: skip
MUTUAL = ("spouse_of",)
"""Links that are the same from either side."""
SHARED = ("address", "phone", "mobile", "device", "account", "bank_card")
"""Kinds of identifier that link two parties which hold the same one; such links are found, not told."""


@dataclass(frozen=True, slots=True)
class Held:
    """An identifier of a party: a number, phone, address, another name. `until` is the first day it is not.

    `source` says where it was heard. Where that is what a step of the identity path asks for (registry, carrier, bank,
    ...; see `identity.Step.proof`), it is proved; else it was only told.
    """

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

    def other_than(self, party: str) -> str:
        """Who stands at its other end."""
        return self.other if party == self.party else self.party


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


T = TypeVar("T", Held, Role, Link)


def holds(one: Held | Role | Link, on: date) -> bool:
    """Is it so on this day? The first day counts, `until` does not."""
    return one.since <= on and (one.until is None or on < one.until)


def covering(rows: Iterable[T], on: date) -> T | None:
    """The first of them that is so on this day."""
    return next((one for one in rows if holds(one, on)), None)


def shares(links: Iterable[Link], of: str, on: date) -> dict[str, Decimal]:
    """Owner -> share of a party on a day. What two sources tell of one owner is one share, not two."""
    found: dict[str, Decimal] = {}
    for link in links:
        if link.kind == "owns" and link.other == of and link.share is not None and holds(link, on):
            found[link.party] = max(link.share, found.get(link.party, Decimal(0)))
    return found


def owned_too_much(links: Iterable[Link], new: Link) -> tuple[date, Decimal] | None:
    """The first day from which, with `new` among them, the owners of its party would hold more than all of it."""
    every = [link for link in (*links, new) if link.kind == "owns" and link.other == new.other]
    for day in sorted({new.since} | {link.since for link in every if link.since > new.since}):
        total = sum(shares(every, new.other, day).values(), Decimal(0))
        if total > 1:
            return day, total
    return None
