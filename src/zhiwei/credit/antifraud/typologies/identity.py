"""Identity takeover: what a verification said last, how often it was tried, lists, and places too far apart."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from zhiwei.credit.antifraud.columns import Columns, following, grouped_by
from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding
from zhiwei.credit.antifraud.policy import Sieve

SIGNS = {
    "liveness": ("活体检测未通过", "no living person was seen"),
    "face": ("人脸与证件不符", "the face is not the document's"),
    "document": ("证件信息不符", "the document does not agree with the register"),
    "phone": ("手机号非本人实名", "the phone is not in this person's name"),
    "sim": ("手机卡刚换", "the SIM card is new"),
    "device": ("设备异常", "the device is not what it says"),
    "bureau": ("征信报告有防欺诈警示", "the bureau report carries a fraud alert"),
    "account": ("收款账户非本人", "the payout account is somebody else's"),
}
EARTH = 6371.0  # km


class Event(NamedTuple):
    """One row of the kind."""

    party_id: str
    event_id: str
    checked_at: datetime
    what: str
    outcome: str | None
    detail: str | None
    latitude: float | None
    longitude: float | None

    @property
    def of(self) -> tuple[str, str | None]:
        """What it speaks of: each list speaks for itself."""
        return self.what, self.detail if self.what == "list" else None


def identity_takeover(sieve: Sieve, identity: Columns) -> list[Finding]:
    """Checks whose latest word is "failed": a pass takes back what failed before it, since cameras and people err;
    an "unclear" takes back nothing.

    Two places that need a speed above the limit are one sign more. Lists and repeated tries are checks of their own.
    """
    events = (Event(*row) for row in identity.every(*Event._fields))
    known = [one for one in events if one.checked_at and one.checked_at.date() <= sieve.on]
    findings = []
    for party, every in grouped_by(following(known, 0, 2, 1)).items():
        said = [one for one in every if one.outcome in ("passed", "failed")]
        newest: dict[tuple[str, str | None], datetime] = {}
        for one in said:  # in the order of their times
            newest[one.of] = one.checked_at
        failed = [one for one in said if one.outcome == "failed" and one.checked_at == newest[one.of]]
        told = [
            Evidence("identity_event", (one.event_id,), f"{one.checked_at}：{SIGNS[one.what][0]}",
                     f"{one.checked_at}: {SIGNS[one.what][1]}")
            for one in failed
            if one.what in SIGNS
        ]  # fmt: skip
        kinds = {one.what for one in failed} & SIGNS.keys()
        places = [
            (one.event_id, one.checked_at, one.latitude, one.longitude)
            for one in every
            if one.what == "place" and one.latitude is not None and one.longitude is not None
        ]
        leap = _leap(places, sieve.number("identity.speed"))
        findings += sieve.found("identity_takeover", party, len(kinds) + len(leap), [*leap, *told][:SHOWN])
        findings += _listed(sieve, party, failed)
        findings += _tries(sieve, party, every)
    return findings


def _listed(sieve: Sieve, party: str, failed: Sequence[Event]) -> list[Finding]:
    hits = [one for one in failed if one.what == "list"]
    evidence = [
        Evidence("identity_event", (one.event_id,), f"{one.checked_at}：命中名单 {one.detail or ''}",
                 f"{one.checked_at}: stands on a list {one.detail or ''}")
        for one in hits[:SHOWN]
    ]  # fmt: skip
    return sieve.found("identity_listed", party, len(hits), evidence)


def _tries(sieve: Sieve, party: str, events: Sequence[Event]) -> list[Finding]:
    """The most failures of one biometric check within a day, whether it passed in the end or not."""
    span = timedelta(hours=sieve.number("identity.tries.hours"))
    most: Sequence[tuple[str, datetime]] = ()
    for what in ("liveness", "face"):
        failed = [(one.event_id, one.checked_at) for one in events if one.what == what and one.outcome == "failed"]
        for _, first in failed:
            window = [one for one in failed if first <= one[1] <= first + span]
            most = max(most, window, key=len)
    evidence = [Evidence("identity_event", (event,), f"{at}：未通过", f"{at}: failed") for event, at in most[:SHOWN]]
    return sieve.found("identity_retries", party, len(most), evidence)


def _leap(places: Sequence[tuple[str, datetime, float, float]], limit: float) -> list[Evidence]:
    """The first two places one after the other that nobody gets between in time; at most one."""
    for (one, at, *here), (other, then, *there) in pairwise(places):
        far, hours = _distance(here, there), (then - at).total_seconds() / 3600
        if far > 100 and far > limit * hours:
            return [Evidence(
                "identity_event", (one, other), f"{at} 至 {then} 相距 {far:,.0f} 公里",
                f"{far:,.0f} km between {at} and {then}",
            )]  # fmt: skip
    return []


def _distance(here: Sequence[float], there: Sequence[float]) -> float:
    """Great circle, km."""
    (a, x), (b, y) = (map(math.radians, place) for place in (here, there))
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin((y - x) / 2) ** 2
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))
