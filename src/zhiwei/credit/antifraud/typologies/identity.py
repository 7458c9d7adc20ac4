"""Identity takeover: what a verification said last, how often it was tried, lists, and places too far apart."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import polars as pl
import pyarrow as pa

from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding, by_party
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


def identity_takeover(sieve: Sieve, identity: pa.Table) -> list[Finding]:
    """Checks whose latest word is "failed": a pass takes back what failed before it, since cameras and people err;
    an "unclear" takes back nothing.

    Two places that need a speed above the limit are one sign more. Lists and repeated tries are checks of their own.
    """
    rows = (
        pl.DataFrame(identity)
        .filter(pl.col("checked_at").dt.date() <= sieve.on)
        .sort("party_id", "checked_at", "event_id")
    )
    findings = []
    for party, some in by_party(rows):
        said = some.filter(pl.col("outcome").is_in(["passed", "failed"]))
        of = ["what", pl.when(pl.col("what") == "list").then(pl.col("detail"))]  # each list speaks for itself
        last = said.filter(pl.col("checked_at") == pl.col("checked_at").max().over(of))
        failed = last.filter(pl.col("outcome") == "failed")
        told = [
            Evidence("identity_event", (event,), f"{at}：{SIGNS[what][0]}", f"{at}: {SIGNS[what][1]}")
            for event, at, what in failed.select("event_id", "checked_at", "what").iter_rows()
            if what in SIGNS
        ]
        kinds = set(failed["what"].to_list()) & SIGNS.keys()
        places = some.filter(
            pl.col("what") == "place", pl.col("latitude").is_not_null(), pl.col("longitude").is_not_null()
        )
        leap = _leap(
            list(places.select("event_id", "checked_at", "latitude", "longitude").iter_rows()),
            sieve.number("identity.speed"),
        )
        findings += sieve.found("identity_takeover", party, len(kinds) + len(leap), [*leap, *told][:SHOWN])
        findings += _listed(sieve, party, failed)
        findings += _tries(sieve, party, some)
    return findings


def _listed(sieve: Sieve, party: str, failed: pl.DataFrame) -> list[Finding]:
    hits = failed.filter(pl.col("what") == "list")
    evidence = [
        Evidence("identity_event", (event,), f"{at}：命中名单 {detail or ''}", f"{at}: stands on a list {detail or ''}")
        for event, at, detail in hits.select("event_id", "checked_at", "detail").head(SHOWN).iter_rows()
    ]
    return sieve.found("identity_listed", party, hits.height, evidence)


def _tries(sieve: Sieve, party: str, rows: pl.DataFrame) -> list[Finding]:
    """The most failures of one biometric check within a day, whether it passed in the end or not."""
    span = timedelta(hours=sieve.number("identity.tries.hours"))
    most: Sequence[tuple[str, datetime]] = ()
    for what in ("liveness", "face"):
        failed = (
            rows.filter((pl.col("what") == what) & (pl.col("outcome") == "failed"))
            .select("event_id", "checked_at")
            .rows()
        )
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
