"""Collusion of staff: one officer's loans miss their first payment far more often than the others' do."""

import polars as pl
import pyarrow as pa

from zhiwei.credit.antifraud.findings import Evidence, Finding, listed
from zhiwei.credit.antifraud.policy import Sieve

OFFICER_LOANS = pa.schema(
    [
        ("loan_id", pa.string()),
        ("officer", pa.string()),  # a staff code
        ("drawn_on", pa.date32()),
        ("first_payment_missed", pa.bool_()),
    ]
)


def early_defaults(sieve: Sieve, loans: pa.Table) -> list[Finding]:
    """An officer's rate over that of all others, where the lower end of its exact interval is above theirs too.

    `party` of the finding is the officer's code.
    """
    rows = pl.DataFrame(loans).filter(pl.col("drawn_on") <= sieve.on)
    total, missed = rows.height, int(rows["first_payment_missed"].sum())
    findings = []
    for (officer,), some in rows.sort("officer", "loan_id").group_by("officer", maintain_order=True):
        many, bad = some.height, int(some["first_payment_missed"].sum())
        others = total - many
        if many < sieve.number("officer.fewest") or not others or not bad:
            continue
        peers = max((missed - bad) / others, 1 / (others + 1))  # peers without any default have had few loans
        low, high = interval(bad, many, sieve.number("officer.confidence"))
        ids = tuple(some.filter(pl.col("first_payment_missed"))["loan_id"].to_list())
        words = Evidence(
            "loan", ids,
            f"{many} 笔中 {bad} 笔首期未还（{bad / many:.1%}，区间 {low:.1%}–{high:.1%}），"
            f"同事 {peers:.1%}：{listed(ids)}",
            f"{bad} of {many} loans missed their first payment ({bad / many:.1%}, interval {low:.1%} to {high:.1%}), "
            f"peers {peers:.1%}: {listed(ids)}",
        )  # fmt: skip
        if low > peers:
            findings += sieve.found("early_defaults", str(officer), bad / many / peers, [words])
    return findings


def interval(hits: int, tries: int, confidence: float) -> tuple[float, float]:
    """Exact (Clopper-Pearson) interval of a share."""
    from scipy.special import betaincinv  # noqa: PLC0415 - every command would wait a quarter of a second for it

    tail = (1 - confidence) / 2
    low = float(betaincinv(hits, tries - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, tries - hits, 1 - tail)) if hits < tries else 1.0
    return low, high
