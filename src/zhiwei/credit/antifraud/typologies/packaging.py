"""Dressed up to apply: tax of the past paid in a lump, a firm revived, new faces, many lenders asked at once."""

from collections.abc import Mapping

import polars as pl
import pyarrow as pa

from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding, by_party, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.credit.antifraud.typologies.borrowing import HARD
from zhiwei.values import DAY, add_months, grouped

TRADING, CLOSED = ("存续", "在业", "开业", "在营"), ("吊销", "注销", "停业", "清算", "撤销")
Signs = Mapping[str, list[Evidence]]


def taxes_in_a_lump(sieve: Sieve, returns: pa.Table) -> list[Finding]:
    """Share of 12 months' tax paid with returns that were filed just before the day, long after their periods."""
    findings = []
    for party, rows in _lumps(sieve, returns).items():
        total, late = rows
        paid = int(late["paid"].sum())
        if late.height < sieve.number("lump.fewest") or total <= 0:
            continue
        findings += sieve.found("taxes_in_a_lump", party, paid / total, [_lump(late)])
    return findings


def packaged_signs(
    sieve: Sieve, registry: pa.Table, *, returns: pa.Table | None = None, queries: pa.Table | None = None
) -> list[Finding]:
    """Signs counted by party; of a table that is not there no sign is seen."""
    signs: dict[str, list[Evidence]] = {}
    for found in (_registered(sieve, registry), _paid(sieve, returns), _asked(sieve, queries)):
        for party, evidence in found.items():
            signs.setdefault(party, []).extend(evidence)
    return [
        one
        for party, evidence in signs.items()
        for one in sieve.found("packaged_signs", party, len(evidence), evidence[:SHOWN])
    ]


def _lumps(sieve: Sieve, returns: pa.Table) -> dict[str, tuple[int, pl.DataFrame]]:
    """Party -> tax paid in 12 months, and the returns that were filed late and lately."""
    filed = pl.col("filed_on")
    year = pl.DataFrame(returns).filter(
        (filed > add_months(sieve.on, -12)) & (filed <= sieve.on) & (pl.col("paid").fill_null(0) > 0)
    )
    late = (filed - pl.col("period_end")).dt.total_days() > sieve.number("lump.late")
    lately = filed > sieve.on - DAY * int(sieve.number("lump.days"))
    return {
        party: (int(rows["paid"].sum()), rows.filter(late & lately).sort("period_start"))
        for party, rows in by_party(year)
    }


def _lump(late: pl.DataFrame) -> Evidence:
    told = [f"{start} {tax} ({filed})" for start, tax, filed in late.select("period_start", "tax", "filed_on").rows()]
    paid = grouped(int(late["paid"].sum()))
    return Evidence(
        "tax_return", tuple(str(day) for day in late["period_start"].to_list()),
        f"近期补申报 {late.height} 期，{paid} 元：{listed(told)}",
        f"{late.height} returns of past periods filed lately, {paid} 元: {listed(told)}",
    )  # fmt: skip


def _registered(sieve: Sieve, registry: pa.Table) -> Signs:
    """A new legal representative, and a firm that trades again after it had stopped."""
    rows = pl.DataFrame(registry).filter(pl.col("on") <= sieve.on).sort("party_id", "on")
    changed = add_months(sieve.on, -int(sieve.number("shell.changes_months")))
    revived = add_months(sieve.on, -int(sieve.number("signs.revived_months")))
    found: dict[str, list[Evidence]] = {}
    for party, some in by_party(rows):
        mine = found.setdefault(party, [])
        told = some.select("what", "on", "value").rows()
        days = sorted({on for what, on, _ in told if what == "legal_representative"})
        if len(days) > 1 and days[-1] > changed:
            mine.append(Evidence("legal_representative", (str(days[-1]),), f"{days[-1]} 变更法定代表人",
                                 f"legal representative changed on {days[-1]}"))  # fmt: skip
        stopped = False
        for on, value in (one[1:] for one in told if one[0] == "status"):
            if stopped and value in TRADING and on > revived:
                mine.append(Evidence("status", (str(on),), f"{on} 恢复{value}", f"trading again since {on}"))
            stopped = value in CLOSED
    return found


def _paid(sieve: Sieve, returns: pa.Table | None) -> Signs:
    found = {} if returns is None else _lumps(sieve, returns)
    return {party: [_lump(late)] for party, (_, late) in found.items() if late.height >= sieve.number("lump.fewest")}


def _asked(sieve: Sieve, queries: pa.Table | None) -> Signs:
    if queries is None:
        return {}
    day = pl.col("queried_on")
    hard = pl.DataFrame(queries).filter(
        (day > add_months(sieve.on, -1)) & (day <= sieve.on) & pl.col("reason").is_in(HARD)
    ).unique(["party_id", "queried_on", "lender"])  # fmt: skip
    found: dict[str, list[Evidence]] = {}
    for party, many in hard.group_by("party_id", maintain_order=True).len().iter_rows():
        if many >= sieve.number("signs.queries"):
            found[party] = [Evidence("query", (), f"近1个月硬查询 {many} 次", f"{many} hard queries in a month")]
    return found
