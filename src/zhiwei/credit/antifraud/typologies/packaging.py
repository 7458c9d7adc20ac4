"""Dressed up to apply: tax of the past paid in a lump, a firm revived, new faces, many lenders asked at once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from zhiwei.credit.antifraud.columns import Columns, following, grouped_by
from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.credit.antifraud.typologies.borrowing import HARD
from zhiwei.values import DAY, add_months, grouped

TRADING, CLOSED = ("存续", "在业", "开业", "在营"), ("吊销", "注销", "停业", "清算", "撤销")
Signs = Mapping[str, list[Evidence]]


def taxes_in_a_lump(sieve: Sieve, returns: Columns) -> list[Finding]:
    """Share of 12 months' tax paid with returns that were filed just before the day, long after their periods."""
    findings = []
    for party, (total, late) in _lumps(sieve, returns).items():
        if len(late) >= sieve.number("lump.fewest") and total > 0:
            findings += sieve.found("taxes_in_a_lump", party, sum(one.paid for one in late) / total, [_lump(late)])
    return findings


def packaged_signs(
    sieve: Sieve, registry: Columns, *, returns: Columns | None = None, queries: Columns | None = None
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


class Paid(NamedTuple):
    """A return by which tax was paid."""

    party: str
    period_start: date | None
    period_end: date | None
    filed_on: date
    tax: str
    paid: int


def _lumps(sieve: Sieve, returns: Columns) -> dict[str, tuple[int, list[Paid]]]:
    """Party -> tax paid in 12 months, and the returns that were filed late and lately."""
    since, lately = add_months(sieve.on, -12), sieve.on - DAY * int(sieve.number("lump.days"))
    late = sieve.number("lump.late")
    told = returns.every("party_id", "period_start", "period_end", "filed_on", "tax", "paid")
    year = [Paid(*row) for row in told if row[3] and since < row[3] <= sieve.on and (row[5] or 0) > 0]
    return {
        party: (
            sum(one.paid for one in mine),
            [one for one in following(mine, 1)
             if one.period_end and (one.filed_on - one.period_end).days > late and one.filed_on > lately],
        )
        for party, mine in grouped_by(year).items()
    }  # fmt: skip


def _lump(late: Sequence[Paid]) -> Evidence:
    told = [f"{one.period_start} {one.tax} ({one.filed_on})" for one in late]
    paid = grouped(sum(one.paid for one in late))
    return Evidence(
        "tax_return", tuple(str(one.period_start) for one in late),
        f"近期补申报 {len(late)} 期，{paid} 元：{listed(told)}",
        f"{len(late)} returns of past periods filed lately, {paid} 元: {listed(told)}",
    )  # fmt: skip


def _registered(sieve: Sieve, registry: Columns) -> Signs:
    """A new legal representative, and a firm that trades again after it had stopped."""
    told = registry.every("party_id", "on", "what", "value")
    rows = following([row for row in told if row[1] and row[1] <= sieve.on], 0, 1)
    changed = add_months(sieve.on, -int(sieve.number("shell.changes_months")))
    revived = add_months(sieve.on, -int(sieve.number("signs.revived_months")))
    found: dict[str, list[Evidence]] = {}
    for party, some in grouped_by(rows).items():
        mine = found.setdefault(party, [])
        days = sorted({on for _, on, what, _ in some if what == "legal_representative"})
        if len(days) > 1 and days[-1] > changed:
            mine.append(Evidence("legal_representative", (str(days[-1]),), f"{days[-1]} 变更法定代表人",
                                 f"legal representative changed on {days[-1]}"))  # fmt: skip
        stopped = False
        for on, value in ((on, value) for _, on, what, value in some if what == "status"):
            if stopped and value in TRADING and on > revived:
                mine.append(Evidence("status", (str(on),), f"{on} 恢复{value}", f"trading again since {on}"))
            stopped = value in CLOSED
    return found


def _paid(sieve: Sieve, returns: Columns | None) -> Signs:
    found = {} if returns is None else _lumps(sieve, returns)
    return {party: [_lump(late)] for party, (_, late) in found.items() if len(late) >= sieve.number("lump.fewest")}


def _asked(sieve: Sieve, queries: Columns | None) -> Signs:
    if queries is None:
        return {}
    since = add_months(sieve.on, -1)
    told = queries.every("party_id", "queried_on", "lender", "reason")
    hard = {row[:3] for row in told if row[1] and since < row[1] <= sieve.on and row[3] in HARD}
    return {
        party: [Evidence("query", (), f"近1个月硬查询 {many} 次", f"{many} hard queries in a month")]
        for party, many in Counter(party for party, _, _ in hard).items()
        if many >= sieve.number("signs.queries")
    }
