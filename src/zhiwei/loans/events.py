"""What can happen to a line's loans. Events are facts with a value date; the order in which they arrive means nothing.

A state is a function of the set of events: sorted by value date, then by kind, then by id; an event that another
reverses is as if it had never been. Backdating and reversal are nothing special to the kernel.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from zhiwei.loans.terms import Repayment
from zhiwei.values import from_plain, to_plain


@dataclass(frozen=True, slots=True)
class Event:
    """`loan` '' means the whole line; amounts in 分."""

    event_id: str
    value_date: date
    loan: str = ""


@dataclass(frozen=True, slots=True)
class Charge(Event):
    """A fee falls due (手续费): named, paid like anything else that is due."""

    amount: int = 0
    name: str = "fee"


@dataclass(frozen=True, slots=True)
class RateChange(Event):
    """Another yearly rate from this day on: re-decided, repriced; with `until` for a time: relief, promotion, pause."""

    annual_rate: Decimal = Decimal(0)
    until: date | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Misuse(Event):
    """The money went elsewhere (挪用): the higher penalty applies from this day, on all of the principal."""


@dataclass(frozen=True, slots=True)
class Technical(Event):
    """What is overdue on this day is so for a technical reason; classes may forgive a few days of it."""


@dataclass(frozen=True, slots=True)
class Reschedule(Event):
    """Another plan for the principal not yet due: extension 展期, restructuring 重组, a changed due date.

    `capitalise`: what is overdue joins the principal (利息转本) instead of staying due.
    """

    repayment: Repayment = field(default_factory=lambda: Repayment("bullet"))
    matures_on: date | None = None
    capitalise: bool = False
    because: str = "restructuring"


@dataclass(frozen=True, slots=True)
class Payment(Event):
    """Money received. What is due comes first; the rest prepays a revolving loan, or any loan where `prepay` asks.

    What nothing takes is kept as the borrower's credit. `reference` is the bank's number of the transfer.
    """

    amount: int = 0
    prepay: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Renewal(Event):
    """无还本续贷: `amount` of the loan's principal is repaid by a new loan `by` that runs `until`; no cash moves.

    It comes before the day's payments, which may then pay the new loan. What the old loan does not owe after all (it
    was paid by money heard of later) is the borrower's credit.
    """

    by: str = ""
    amount: int = 0
    until: date = date.max


@dataclass(frozen=True, slots=True)
class Waiver(Event):
    """Relief (减免): what is asked for is forgiven, up to these amounts."""

    interest: int = 0
    penalty: int = 0
    compound: int = 0
    fee: int = 0


@dataclass(frozen=True, slots=True)
class Refund(Event):
    """The borrower's credit is paid back to it."""

    amount: int = 0


@dataclass(frozen=True, slots=True)
class WriteOff(Event):
    """核销: the principal leaves the books against the allowance; the claim stays (账销案存)."""


@dataclass(frozen=True, slots=True)
class Transfer(Event):
    """The loan is sold to another owner for `price`; it is no longer ours."""

    price: int = 0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Reversal(Event):
    """Event (or loan) `of` was a mistake or bounced: everything is as if it had not been."""

    of: str = ""


KINDS: dict[str, type[Event]] = {
    "charge": Charge, "rate": RateChange, "misuse": Misuse, "technical": Technical, "reschedule": Reschedule,
    "renewal": Renewal, "payment": Payment, "waiver": Waiver, "refund": Refund, "write_off": WriteOff,
    "transfer": Transfer, "reversal": Reversal,
}  # fmt: skip
NAMES = {kind: name for name, kind in KINDS.items()}
_RANK = {kind: rank for rank, kind in enumerate(KINDS.values())}


def order(event: Event) -> tuple[int, int, bool, str]:
    """The place of an event among all of its line: by day, by kind, by id; nothing depends on when it was heard of.

    Payments that name a loan come before those of the whole line: else these might settle that loan, and what was paid
    for it be kept as credit while others are owed.
    """
    anywhere = type(event) is Payment and not event.loan
    return event.value_date.toordinal(), _RANK[type(event)], anywhere, event.event_id


def effective(events: Iterable[Event]) -> tuple[list[Event], set[str]]:
    """Events in order without the reversed, and the ids of what is reversed (loans among them)."""
    known = list(events)
    gone = {event.of for event in known if type(event) is Reversal}
    renewals = [event for event in known if type(event) is Renewal]
    while (
        more := {name for one in renewals if gone & {one.event_id, one.by, one.loan} for name in (one.event_id, one.by)}
        - gone
    ):  # a renewal and its new loan are one thing; one of a loan that never was, is none
        gone |= more
    kept = [event for event in known if type(event) is not Reversal and event.event_id not in gone]
    kept.sort(key=order)
    return kept, gone


_HEAD = ("event_id", "value_date", "loan")


def body(event: Event) -> dict[str, Any]:
    """What is particular to an event, as plain JSON values."""
    return {name: found for name, found in to_plain(event).items() if name not in _HEAD}


def event_of(kind: str, event_id: str, value_date: date, loan: str, details: dict[str, Any]) -> Event:
    """The event again; ValueError or TypeError where details are not of its kind."""
    found = from_plain(KINDS[kind], details | {"event_id": event_id, "value_date": value_date.isoformat()})
    return found if not loan else type(found)(**{**_values(found), "loan": loan})


def _values(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in type(event).__dataclass_fields__}
