"""Multi-lending: who asks many lenders at once, owes many, and borrows anew to pay the last one."""

import polars as pl
import pyarrow as pa

from zhiwei.credit.antifraud.findings import Evidence, Finding, by_party, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import add_months

HARD = ("loan", "card", "guarantee", "before_guarantee", "financing", "standing")  # of the reasons a bureau names


def multi_lending(sieve: Sieve, queries: pa.Table | None, accounts: pa.Table | None) -> list[Finding]:
    return [*_queries(sieve, queries), *_accounts(sieve, accounts)]


def _queries(sieve: Sieve, queries: pa.Table | None) -> list[Finding]:
    """Hard queries; one lender on one day asked once, however many reasons it gave."""
    if queries is None:
        return []
    hard = (
        pl.DataFrame(queries)
        .filter((pl.col("queried_on") <= sieve.on) & pl.col("reason").is_in(HARD))
        .unique(["party_id", "queried_on", "lender"], maintain_order=True)
        .sort("party_id", "queried_on", "lender")
    )
    findings = []
    for months in (1, 3):
        recent = hard.filter(pl.col("queried_on") > add_months(sieve.on, -months))
        for party, some in by_party(recent):
            told = [f"{on} {lender}" for on, lender in some.select("queried_on", "lender").iter_rows()]
            words = Evidence("query", tuple(told), f"硬查询 {len(told)} 次：{listed(told)}",
                             f"{len(told)} hard queries: {listed(told)}")  # fmt: skip
            findings += sieve.found(f"many_queries_{months}m", party, len(told), [words])
    return findings


def _accounts(sieve: Sieve, accounts: pa.Table | None) -> list[Finding]:
    """Of the latest report: lenders of loans that are not repaid, and loans opened in the last three months."""
    if accounts is None:
        return []
    loans = pl.DataFrame(accounts).filter((pl.col("report_on") <= sieve.on) & pl.col("kind").is_in(["loan", "line"]))
    loans = loans.filter(pl.col("report_on") == pl.col("report_on").max().over("party_id"))
    owed = loans.filter(pl.col("balance").fill_null(0) > 0).sort("party_id", "lender", "account")
    findings = []
    for party, some in by_party(owed):
        lenders = sorted({lender for lender in some["lender"].to_list() if lender})
        words = Evidence("lender", tuple(lenders), f"{len(lenders)} 家在贷机构：{listed(lenders)}",
                         f"loans from {len(lenders)} lenders: {listed(lenders)}")  # fmt: skip
        findings += sieve.found("many_lenders", party, len(lenders), [words])
    new = loans.filter(pl.col("opened_on") > add_months(sieve.on, -3)).sort("party_id", "opened_on", "account")
    for party, some in by_party(new):
        told = [f"{on} {lender}" for on, lender in some.select("opened_on", "lender").iter_rows()]
        accounts_new = tuple(map(str, some["account"].to_list()))
        words = Evidence("account", accounts_new, f"新增贷款 {len(told)} 笔：{listed(told)}",
                         f"{len(told)} new loans: {listed(told)}")  # fmt: skip
        findings += sieve.found("new_loans_3m", party, len(told), [words])
    return findings
