"""Identity takeover: what a verification said, and places too far apart for one person."""

import math
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import polars as pl
import pyarrow as pa

from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding
from zhiwei.credit.antifraud.policy import Sieve

IDENTITY = pa.schema(
    [
        ("event_id", pa.string()),
        ("party_id", pa.string()),
        ("at", pa.timestamp("s")),
        ("what", pa.string()),  # one of SIGNS, or `place`: seen at latitude and longitude
        ("latitude", pa.float64()),
        ("longitude", pa.float64()),
    ]
)
SIGNS = {
    "face_mismatch": ("人脸与证件不符", "the face is not the document's"),
    "document_mismatch": ("证件信息不符", "the document does not agree with the register"),
    "phone_mismatch": ("手机号非本人实名", "the phone is not in this person's name"),
    "bureau_alert": ("征信报告有防欺诈警示", "the bureau report carries a fraud alert"),
    "new_sim": ("手机卡刚换", "the SIM card is new"),
    "foreign_account": ("收款账户非本人", "the payout account is somebody else's"),
}
EARTH = 6371.0  # km


def identity_takeover(sieve: Sieve, identity: pa.Table) -> list[Finding]:
    """Signs counted by kind; two places that need a speed above the limit are one more."""
    rows = pl.DataFrame(identity).filter(pl.col("at").dt.date() <= sieve.on).sort("party_id", "at")
    findings = []
    for (party,), some in rows.group_by("party_id", maintain_order=True):
        told = [
            Evidence("identity_event", (event,), f"{at}：{SIGNS[what][0]}", f"{at}: {SIGNS[what][1]}")
            for event, at, what in some.select("event_id", "at", "what").iter_rows()
            if what in SIGNS
        ]
        kinds = set(some["what"].to_list()) & SIGNS.keys()
        places = list(
            some.filter(pl.col("what") == "place").select("event_id", "at", "latitude", "longitude").iter_rows()
        )
        leap = _leap(places, sieve.number("identity.speed"))
        findings += sieve.found("identity_takeover", str(party), len(kinds) + len(leap), [*leap, *told][:SHOWN])
    return findings


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
