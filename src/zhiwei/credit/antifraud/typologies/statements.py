"""Forged bank statements: balances that do not follow, interest on odd days, digits and amounts nobody's life makes."""

import math

import numpy as np
import polars as pl
import pyarrow as pa

from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding, listed
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
        *_balance_breaks(sieve, rows), *_interest_days(sieve, year), *_first_digits(sieve, year),
        *_repeated(sieve, year),
    ]  # fmt: skip


def _balance_breaks(sieve: Sieve, rows: pl.DataFrame) -> list[Finding]:
    """Balance before + amount = balance after, row by row of an account; a row without a balance is no break."""
    chain = rows.filter(pl.col("balance").is_not_null()).with_columns(
        pl.col("balance").shift().over("party_id", "account").alias("before")
    )
    broken = chain.filter(pl.col("before") + pl.col("amount") != pl.col("balance"))
    findings = []
    for (party,), breaks in broken.group_by("party_id", maintain_order=True):
        evidence = []
        for one in breaks.head(SHOWN).iter_rows(named=True):
            before, amount, balance = (grouped(one[name]) for name in ("before", "amount", "balance"))
            row = f"{one['booked_on']} #{one['sequence']}"
            evidence.append(Evidence(
                "bank_row", (row,), f"{row}：上一行余额 {before}，发生额 {amount}，本行余额 {balance}",
                f"{row}: {before} before, amount {amount}, balance {balance}",
            ))  # fmt: skip
        findings += sieve.found("balance_break", str(party), breaks.height, evidence)
    return findings


def _interest_days(sieve: Sieve, rows: pl.DataFrame) -> list[Finding]:
    day = pl.col("booked_on")
    off = rows.filter(
        (pl.col("amount") > 0) & pl.col("text").fill_null("").str.contains("结息|利息")
        & ~(day.dt.month().is_in(_QUARTERS) & day.dt.day().is_in(_DAYS))
    )  # fmt: skip
    findings = []
    for (party,), some in off.group_by("party_id", maintain_order=True):
        evidence = [
            Evidence("bank_row", (f"{on} #{place}",), f"{on} 入账利息 {grouped(fen)} 元", f"{grouped(fen)} 元 on {on}")
            for on, place, fen in some.select("booked_on", "sequence", "amount").head(SHOWN).iter_rows()
        ]
        findings += sieve.found("interest_days", str(party), some.height, evidence)
    return findings


def _first_digits(sieve: Sieve, rows: pl.DataFrame) -> list[Finding]:
    """Mean distance from Benford's law, where chi-square says that chance alone does not explain it."""
    findings = []
    digits = rows.filter(pl.col("amount") != 0).with_columns(
        pl.col("amount").abs().cast(pl.String).str.slice(0, 1).cast(pl.Int64).alias("digit")
    )
    for (party,), some in digits.group_by("party_id", maintain_order=True):
        many = some.height
        if many < sieve.number("digits.fewest"):
            continue
        seen = np.bincount(some["digit"].to_numpy(), minlength=10)[1:10]
        distance = float(np.abs(seen / many - _BENFORD).mean())
        square = float(((seen - many * _BENFORD) ** 2 / (many * _BENFORD)).sum())
        if _chance(square) >= sieve.number("digits.chance"):
            continue
        shares = listed([f"{digit}: {share:.1%}" for digit, share in enumerate(seen / many, start=1)], 9)
        words = Evidence(
            "bank_rows", (f"{many}",), f"{many} 笔首位数字：{shares}", f"first digits of {many} amounts: {shares}"
        )
        findings += sieve.found("first_digits", str(party), distance, [words])
    return findings


def _repeated(sieve: Sieve, rows: pl.DataFrame) -> list[Finding]:
    """Rows whose amount occurs elsewhere in the statement to the 分, round sums aside."""
    odd = rows.filter(pl.col("amount").abs() % 10_000 != 0)
    times = odd.with_columns(pl.len().over("party_id", "amount").alias("times"))
    findings = []
    for (party,), some in times.group_by("party_id", maintain_order=True):
        if some.height < sieve.number("repeated.fewest"):
            continue
        again = some.filter(pl.col("times") > 1).unique("amount").sort("times", "amount", descending=True)
        share = float((some["times"] > 1).mean())  # type: ignore[arg-type]
        evidence = [
            Evidence("amount", (grouped(fen),), f"{grouped(fen)} 元出现 {times} 次", f"{grouped(fen)} 元 {times} times")
            for fen, times in again.select("amount", "times").head(SHOWN).iter_rows()
        ]
        findings += sieve.found("repeated_amounts", str(party), share, evidence)
    return findings


def _chance(square: float) -> float:
    """How often chance alone is as far off, by the chi-squared distribution of eight degrees (nine digits)."""
    half = square / 2
    return math.exp(-half) * (1 + half + half**2 / 2 + half**3 / 6)
