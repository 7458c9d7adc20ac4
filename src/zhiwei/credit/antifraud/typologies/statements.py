"""Forged bank statements: balances that do not follow, interest on odd days, digits and amounts nobody's life makes."""

import math

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding, by_party, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import add_months, grouped

_BENFORD = np.log10(1 + 1 / np.arange(1, 10))
_QUARTERS, _DAYS = (3, 6, 9, 12), (20, 21, 22)


def forged_statements(sieve: Sieve, bank_flow: pa.Table) -> list[Finding]:
    """All checks on statements; rows are in the order of their day and their place in the statement."""
    rows = (
        pl.DataFrame(bank_flow)
        .filter((pl.col("booked_on") <= sieve.on) & (pl.col("currency").fill_null("CNY") == "CNY"))
        .sort("party_id", "account", "booked_on", "sequence", maintain_order=True, nulls_last=True)
    )
    year = rows.filter(pl.col("booked_on") > add_months(sieve.on, -12))
    return [
        *_balance_breaks(sieve, rows), *_copies_differ(sieve, rows), *_interest_days(sieve, year),
        *_first_digits(sieve, year),        *_repeated(sieve, year),
    ]  # fmt: skip


def _balance_breaks(sieve: Sieve, rows: pl.DataFrame) -> list[Finding]:
    """Balance before + amount = balance after, row by row of an account; a row without a balance is no break."""
    chain = rows.filter(pl.col("balance").is_not_null()).with_columns(
        pl.col("balance").shift().over("party_id", "account").alias("before")
    )
    broken = chain.filter(pl.col("before") + pl.col("amount") != pl.col("balance"))
    findings = []
    for party, breaks in by_party(broken):
        evidence = []
        for one in breaks.head(SHOWN).iter_rows(named=True):
            before, amount, balance = (grouped(one[name]) for name in ("before", "amount", "balance"))
            row = f"{one['booked_on']} #{one['sequence']}"
            evidence.append(Evidence(
                "bank_row", (row,), f"{row}：上一行余额 {before}，发生额 {amount}，本行余额 {balance}",
                f"{row}: {before} before, amount {amount}, balance {balance}",
            ))  # fmt: skip
        findings += sieve.found("balance_break", party, breaks.height, evidence)
    return findings


def _copies_differ(sieve: Sieve, rows: pl.DataFrame) -> list[Finding]:
    """Rows that agree in everything a bank tells them apart by, its own reference among it, but not in the balance.

    Each file alone may be whole: whoever raised the balances of one copy did not know of the other.
    """
    same = ["party_id", "account", "booked_on", "amount", "counterparty", "text", "reference"]
    told = rows.filter(pl.col("balance").is_not_null() & (pl.col("reference").fill_null("") != ""))
    apart = told.with_columns(pl.col("balance").n_unique().over(same).alias("said")).filter(pl.col("said") > 1)
    findings = []
    for party, some in by_party(apart):
        pairs = some.group_by(same[1:], maintain_order=True).agg(pl.col("balance").unique().sort())
        evidence = [
            Evidence("bank_row", (f"{on} {reference}",), f"{on} 流水号 {reference}：余额 {balances}",
                     f"{on}, reference {reference}: balances {balances}")
            for on, reference, several in pairs.select("booked_on", "reference", "balance").head(SHOWN).iter_rows()
            for balances in [" / ".join(grouped(fen) for fen in several)]
        ]  # fmt: skip
        findings += sieve.found("copies_differ", party, pairs.height, evidence)
    return findings


def _interest_days(sieve: Sieve, rows: pl.DataFrame) -> list[Finding]:
    day = pl.col("booked_on")
    off = rows.filter(
        (pl.col("amount") > 0) & pl.col("text").fill_null("").str.contains("结息|利息")
        & ~(day.dt.month().is_in(_QUARTERS) & day.dt.day().is_in(_DAYS))
    )  # fmt: skip
    findings = []
    for party, some in by_party(off):
        evidence = [
            Evidence("bank_row", (f"{on} #{place}",), f"{on} 入账利息 {grouped(fen)} 元", f"{grouped(fen)} 元 on {on}")
            for on, place, fen in some.select("booked_on", "sequence", "amount").head(SHOWN).iter_rows()
        ]
        findings += sieve.found("interest_days", party, some.height, evidence)
    return findings


def _first_digits(sieve: Sieve, rows: pl.DataFrame) -> list[Finding]:
    """Mean distance from Benford's law, where chi-square says that chance alone does not explain it.

    Amounts around one usual size do not follow that law either and are honest: digits are measured against the nearer
    of it and of a bell of sizes with the same middle and width. Invented amounts have neither.
    """
    findings = []
    digits = rows.filter(pl.col("amount") != 0).with_columns(
        pl.col("amount").abs().cast(pl.String).str.slice(0, 1).cast(pl.Int64).alias("digit")
    )
    for party, some in by_party(digits):
        many = some.height
        if many < sieve.number("digits.fewest"):
            continue
        seen = np.bincount(some["digit"].to_numpy(), minlength=10)[1:10]
        sizes = np.log10(some["amount"].abs().cast(pl.Float64).to_numpy())
        laws = (_BENFORD, _bell(float(sizes.mean()), max(float(sizes.std()), 0.05)))
        distance, law = min(((float(np.abs(seen / many - law).mean()), law) for law in laws), key=lambda one: one[0])
        square = float(((seen - many * law) ** 2 / (many * law)).sum())
        if _chance(square) >= sieve.number("digits.chance"):
            continue
        shares = listed([f"{digit}: {share:.1%}" for digit, share in enumerate(seen / many, start=1)], 9)
        words = Evidence(
            "bank_rows", (f"{many}",), f"{many} 笔首位数字：{shares}", f"first digits of {many} amounts: {shares}"
        )
        findings += sieve.found("first_digits", party, distance, [words])
    return findings


def _repeated(sieve: Sieve, rows: pl.DataFrame) -> list[Finding]:
    """Rows whose amount occurs elsewhere in the statement to the 分, round sums aside."""
    odd = rows.filter(pl.col("amount").abs() % 10_000 != 0)
    times = odd.with_columns(pl.len().over("party_id", "amount").alias("times"))
    findings = []
    for party, some in by_party(times):
        if some.height < sieve.number("repeated.fewest"):
            continue
        again = some.filter(pl.col("times") > 1).unique("amount").sort("times", "amount", descending=True)
        share = float((some["times"] > 1).mean())  # type: ignore[arg-type]
        evidence = [
            Evidence("amount", (grouped(fen),), f"{grouped(fen)} 元出现 {times} 次", f"{grouped(fen)} 元 {times} times")
            for fen, times in again.select("amount", "times").head(SHOWN).iter_rows()
        ]
        findings += sieve.found("repeated_amounts", party, share, evidence)
    return findings


def _bell(middle: float, width: float) -> NDArray[np.float64]:
    """Shares of the first digits 1 to 9 of sizes whose logarithm (base 10) is a bell around the middle."""
    edges = np.concatenate([decade + np.log10(np.arange(1, 10)) for decade in range(-1, 20)])
    below = np.array([0.5 * (1 + math.erf((edge - middle) / (width * math.sqrt(2)))) for edge in edges])
    shares = np.diff(np.append(below, 1.0)).reshape(-1, 9).sum(axis=0)
    shares = np.maximum(shares, 1e-6)
    law: NDArray[np.float64] = shares / shares.sum()
    return law


def _chance(square: float) -> float:
    """How often chance alone is as far off, by the chi-squared distribution of eight degrees (nine digits)."""
    half = square / 2
    return math.exp(-half) * (1 + half + half**2 / 2 + half**3 / 6)
