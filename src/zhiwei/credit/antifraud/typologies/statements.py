"""Forged bank statements: balances that do not follow, interest on odd days, digits and amounts nobody's life makes."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhiwei.credit.antifraud.columns import Columns, Ints, ordinal
from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import add_months, grouped

_BENFORD = np.log10(1 + 1 / np.arange(1, 10))
_POWERS = 10 ** np.arange(19)
_SAME = ("account", "amount", "counterparty", "text")
_QUARTERS, _DAYS = (3, 6, 9, 12), (20, 21, 22)


@dataclass(frozen=True, slots=True)
class Statement:
    """Rows in 元 by party, account, day and place in the statement; `year`: those of the last 12 months."""

    seen: Columns
    rows: Ints
    year: Ints

    def number(self, name: str, rows: Ints) -> Ints:
        return self.seen.whole(name)[rows]


def forged_statements(sieve: Sieve, bank_flow: Columns) -> list[Finding]:
    """All checks on statements; rows are in the order of their day and their place in the statement."""
    day, yuan = bank_flow.days("booked_on"), bank_flow.equals("currency", "CNY") | ~bank_flow.said("currency")
    place = np.where(bank_flow.said("sequence"), bank_flow.whole("sequence"), 2**40)
    order = np.lexsort((place, day, bank_flow.ranks("account"), bank_flow.ranks("party_id")))
    rows = order[((day <= ordinal(sieve.on)) & yuan)[order]]
    told = Statement(bank_flow, rows, rows[day[rows] > ordinal(add_months(sieve.on, -12))])
    return [
        *_balance_breaks(sieve, told), *_copies_differ(sieve, told), *_interest_days(sieve, told),
        *_first_digits(sieve, told), *_repeated(sieve, told),
    ]  # fmt: skip


def _balance_breaks(sieve: Sieve, told: Statement) -> list[Finding]:
    """Balance before + amount = balance after, row by row of an account; a row without a balance is no break."""
    seen = told.seen
    chain = told.rows[seen.said("balance")[told.rows]]
    one, other = chain[:-1], chain[1:]
    follows = seen.said("amount")[other]
    for name in ("party_id", "account"):
        follows &= seen.codes(name)[one] == seen.codes(name)[other]
    broken = follows & (told.number("balance", one) + told.number("amount", other) != told.number("balance", other))
    before = dict(zip(other[broken].tolist(), told.number("balance", one)[broken].tolist(), strict=True))
    findings = []
    for party, breaks in seen.by_party(other[broken]):
        evidence = []
        shown = breaks[:SHOWN]
        for row, (on, place, fen, left) in zip(
            shown.tolist(), seen.values(shown, "booked_on", "sequence", "amount", "balance"), strict=True
        ):
            earlier, amount, balance = grouped(before[row]), grouped(fen), grouped(left)
            evidence.append(Evidence(
                "bank_row", (f"{on} #{place}",),
                f"{on} #{place}：上一行余额 {earlier}，发生额 {amount}，本行余额 {balance}",
                f"{on} #{place}: {earlier} before, amount {amount}, balance {balance}",
            ))  # fmt: skip
        findings += sieve.found("balance_break", party, len(breaks), evidence)
    return findings


def _copies_differ(sieve: Sieve, told: Statement) -> list[Finding]:
    """Rows that agree in everything a bank tells them apart by, its own reference among it, but not in the balance.

    Each file alone may be whole: whoever raised the balances of one copy did not know of the other.
    """
    seen = told.seen
    numbered = told.rows[(seen.said("balance") & seen.named("reference"))[told.rows]]
    reference = seen.codes("reference")[numbered]
    twice = numbered[np.bincount(reference, minlength=1)[reference] > 1]  # of one alone there is no other copy
    findings = []
    for party, rows in seen.by_party(twice):
        balances: dict[tuple[Any, ...], set[int]] = {}
        for *same, balance in seen.values(rows, "booked_on", "reference", *_SAME, "balance"):
            balances.setdefault(tuple(same), set()).add(balance)
        apart = [(same, sorted(several)) for same, several in balances.items() if len(several) > 1]
        evidence = [
            Evidence("bank_row", (f"{on} {reference}",), f"{on} 流水号 {reference}：余额 {words}",
                     f"{on}, reference {reference}: balances {words}")
            for (on, reference, *_), several in apart[:SHOWN]
            for words in [" / ".join(grouped(fen) for fen in several)]
        ]  # fmt: skip
        findings += sieve.found("copies_differ", party, len(apart), evidence)
    return findings


def _interest_days(sieve: Sieve, told: Statement) -> list[Finding]:
    interest = told.seen.holds("text", "结息|利息") & (told.seen.whole("amount") > 0)
    findings = []
    for party, some in told.seen.by_party(told.year[interest[told.year]]):
        rows = told.seen.values(some, "booked_on", "sequence", "amount")
        off = [row for row in rows if row[0].month not in _QUARTERS or row[0].day not in _DAYS]
        evidence = [
            Evidence("bank_row", (f"{on} #{place}",), f"{on} 入账利息 {grouped(fen)} 元", f"{grouped(fen)} 元 on {on}")
            for on, place, fen in off[:SHOWN]
        ]
        findings += sieve.found("interest_days", party, len(off), evidence)
    return findings


def _first_digits(sieve: Sieve, told: Statement) -> list[Finding]:
    """Mean distance from Benford's law, where chi-square says that chance alone does not explain it.

    Amounts around one usual size do not follow that law either and are honest: digits are measured against the nearer
    of it and of a bell of sizes with the same middle and width. Invented amounts have neither.
    """
    findings = []
    for party, rows in told.seen.by_party(told.year[told.number("amount", told.year) != 0]):
        many = len(rows)
        if many < sieve.number("digits.fewest"):
            continue
        amounts = np.abs(told.number("amount", rows))
        digit = amounts // _POWERS[np.searchsorted(_POWERS, amounts, side="right") - 1]
        seen = np.bincount(digit, minlength=10)[1:10]
        sizes = np.log10(amounts.astype(np.float64))
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


def _repeated(sieve: Sieve, told: Statement) -> list[Finding]:
    """Rows whose amount occurs elsewhere in the statement to the 分, round sums aside."""
    findings = []
    for party, rows in told.seen.by_party(told.year[told.number("amount", told.year) % 10_000 != 0]):
        if len(rows) < sieve.number("repeated.fewest"):
            continue
        amounts, times = np.unique(told.number("amount", rows), return_counts=True)
        again = sorted(zip(times[times > 1].tolist(), amounts[times > 1].tolist(), strict=True), reverse=True)
        evidence = [
            Evidence("amount", (grouped(fen),), f"{grouped(fen)} 元出现 {many} 次", f"{grouped(fen)} 元 {many} times")
            for many, fen in again[:SHOWN]
        ]
        findings += sieve.found("repeated_amounts", party, sum(many for many, _ in again) / len(rows), evidence)
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
