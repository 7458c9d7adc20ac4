"""Multi-lending: who asks many lenders at once, owes many, and borrows anew to pay the last one."""

from datetime import date

from zhiwei.credit.antifraud.columns import Columns, following, grouped_by
from zhiwei.credit.antifraud.findings import Evidence, Finding, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import add_months

HARD = ("loan", "card", "guarantee", "before_guarantee", "financing", "standing")  # of the reasons a bureau names


def multi_lending(sieve: Sieve, queries: Columns | None, accounts: Columns | None) -> list[Finding]:
    return [*_queries(sieve, queries), *_accounts(sieve, accounts)]


def _queries(sieve: Sieve, queries: Columns | None) -> list[Finding]:
    """Hard queries; one lender on one day asked once, however many reasons it gave."""
    if queries is None:
        return []
    told = queries.every("party_id", "queried_on", "lender", "reason")
    hard = following(list({row[:3] for row in told if row[1] and row[1] <= sieve.on and row[3] in HARD}), 0, 1, 2)
    findings = []
    for months in (1, 3):
        since = add_months(sieve.on, -months)
        for party, some in grouped_by([row for row in hard if row[1] > since]).items():
            asked = [f"{on} {lender}" for _, on, lender in some]
            words = Evidence("query", tuple(asked), f"硬查询 {len(asked)} 次：{listed(asked)}",
                             f"{len(asked)} hard queries: {listed(asked)}")  # fmt: skip
            findings += sieve.found(f"many_queries_{months}m", party, len(asked), [words])
    return findings


def _accounts(sieve: Sieve, accounts: Columns | None) -> list[Finding]:
    """Of the latest report: lenders of loans that are not repaid, and loans opened in the last three months."""
    if accounts is None:
        return []
    told = accounts.every("party_id", "report_on", "kind", "lender", "account", "balance", "opened_on")
    known = [row for row in told if row[1] and row[1] <= sieve.on and row[2] in ("loan", "line")]
    latest: dict[str, date] = {}
    for party, on, *_ in known:
        latest[party] = max(on, latest.get(party, on))
    loans = [row for row in known if row[1] == latest[row[0]]]
    findings = []
    for party, owed in grouped_by([row for row in loans if (row[5] or 0) > 0]).items():
        lenders = sorted({row[3] for row in owed if row[3]})
        words = Evidence("lender", tuple(lenders), f"{len(lenders)} 家在贷机构：{listed(lenders)}",
                         f"loans from {len(lenders)} lenders: {listed(lenders)}")  # fmt: skip
        findings += sieve.found("many_lenders", party, len(lenders), [words])
    since = add_months(sieve.on, -3)
    new = following([row for row in loans if row[6] and row[6] > since], 0, 6, 4)
    for party, some in grouped_by(new).items():
        opened = [f"{row[6]} {row[3]}" for row in some]
        words = Evidence("account", tuple(str(row[4]) for row in some), f"新增贷款 {len(opened)} 笔：{listed(opened)}",
                         f"{len(opened)} new loans: {listed(opened)}")  # fmt: skip
        findings += sieve.found("new_loans_3m", party, len(opened), [words])
    return findings
