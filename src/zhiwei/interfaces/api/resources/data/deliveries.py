"""What came of a party's records and what it is worth: deliveries, and the quality of what a client may see."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from zhiwei.borrower.quality import Agreement, Quality
from zhiwei.interfaces.api.door import Calls, Room
from zhiwei.interfaces.api.resources.data.consents import allows
from zhiwei.interfaces.api.shapes import Day, Id
from zhiwei.journeys import quality_of
from zhiwei.journeys.filing import Filed, FiledCover
from zhiwei.values import BadInput, NotFound, Refusal

room = Room("records")
Share = str | None


class DeliveredPart(BaseModel):
    """A kind of record of a delivery. `delete_by`: its consent was withdrawn, and some of it is deleted by that day."""

    kind: str
    parties: int
    rows: int
    first_day: date
    last_day: date
    delete_by: date | None


class DeliveryHeld(BaseModel):
    delivery: Id
    source: str
    received_at: datetime
    parts: list[DeliveredPart]
    covers: list[DeliveredPart]


class KindQuality(BaseModel):
    """Shares are decimal text from 0 to 1; null is not known, never zero.

    `freshness_days`: since the latest day spoken for; `held` of `tried` checks hold, `weakest_check` least often.
    `score` weighs coverage, freshness and agreement.
    """

    kind: str
    rows: int
    coverage: Share
    freshness_days: int | None
    longest_gap_days: int | None
    tried: int
    held: int
    agreement: Share
    weakest_check: str | None
    score: Share


class SourcesAgree(BaseModel):
    """`verdict` on two sources over the months that both cover, and why. `ratio`: sum of one over sum of the other."""

    one: str
    other: str
    months_used: int
    ratio: str | None
    verdict: str
    because: str


class PartyQuality(BaseModel):
    """`agreements` are left out where a source stands behind them that this client may not see."""

    party: Id
    as_of: date
    months: int
    kinds: list[KindQuality]
    agreements: list[SourcesAgree]


AsOf = Annotated[Day | None, Query(description="The day; today if not given.")]
Months = Annotated[int, Query(ge=1, le=60, description="The window, in months.")]


@room.read(
    "/parties/{party}/quality",
    "records:write",
    summary="What its records are worth 数据质量",
    response_model=PartyQuality,
)
def get_quality(party: Id, caller: Calls, as_of: AsOf = None, months: Months = 12) -> Any:
    """Coverage, freshness, gaps and agreement of the kinds of record that this client has a consent for."""
    caller.may_see("party", party)
    kinds, today = allows(caller, party), caller.books.today()
    if not kinds:
        raise Refusal("no_consent", f"{party} has allowed nothing through this client",
                      hint="give its consent: POST /v1/parties/{party}/consents")  # fmt: skip
    if as_of and as_of > today:
        raise BadInput("future_date", f"{as_of} is in the future", hint=f"today is {today}")
    measured, between = quality_of(
        books=caller.books, by=caller.by, parties=[party], as_of=as_of or today, months=months
    )  # fmt: skip
    known = [one for one in measured.of(party) if one.rows or one.coverage is not None]
    whole = {one.kind for one in known} <= kinds
    return PartyQuality(
        party=party, as_of=as_of or today, months=months, kinds=[_quality(one) for one in known if one.kind in kinds],
        agreements=[_agree(one) for one in between.of(party) if one.months_used] if whole else [],
    )  # fmt: skip


def _quality(one: Quality) -> KindQuality:
    return KindQuality(
        kind=one.kind, rows=one.rows, coverage=_share(one.coverage), freshness_days=one.freshness_days,
        longest_gap_days=one.longest_gap_days, tried=one.tried, held=one.held, agreement=_share(one.agreement),
        weakest_check=one.weakest_check, score=_share(one.score),
    )  # fmt: skip


def _agree(one: Agreement) -> SourcesAgree:
    return SourcesAgree(one=one.one, other=one.other, months_used=one.months_used, ratio=_share(one.ratio),
                        verdict=one.verdict, because=one.because)  # fmt: skip


def _share(value: float | None) -> Share:
    return None if value is None else f"{value:.4f}"


@room.read("/deliveries/{delivery}", "records:write", summary="A delivery 交付", response_model=DeliveryHeld)
def get_delivery(delivery: Id, caller: Calls) -> Any:
    """What came with it, as long as it is kept."""
    caller.may_see("delivery", delivery)
    with caller.books.unit(caller.by.tenant) as unit:
        filed, covers = unit.batches.of_delivery(delivery)
    if not filed and not covers:
        raise NotFound(
            "delivery_deleted", "nothing of this delivery is kept any more", hint="its consent was withdrawn"
        )
    every: list[Filed | FiledCover] = [*filed, *covers]
    first = min(every, key=lambda one: one.received_at)
    return DeliveryHeld(
        delivery=delivery, source=first.source, received_at=first.received_at, parts=_parts(filed),
        covers=_parts(covers),
    )  # fmt: skip


def _parts(found: Sequence[Filed] | Sequence[FiledCover]) -> list[DeliveredPart]:
    parts = []
    for kind in dict.fromkeys(one.kind for one in found):
        mine = [one for one in found if one.kind == kind]
        parts.append(DeliveredPart(
            kind=kind, parties=len({one.party for one in mine}), rows=sum(getattr(one, "rows", 0) for one in mine),
            first_day=min(one.first_day for one in mine), last_day=max(one.last_day for one in mine),
            delete_by=max((one.delete_by for one in mine if one.delete_by), default=None),
        ))  # fmt: skip
    return parts
