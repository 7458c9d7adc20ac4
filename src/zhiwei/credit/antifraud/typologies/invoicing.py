"""False and circular invoicing: circles, both ways of trade, voids and reds, suppliers that ran away, declarations."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
import pyarrow as pa

from zhiwei.credit.antifraud.circles import find_circles
from zhiwei.credit.antifraud.findings import Evidence, Finding, by_party, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import add_months, grouped

FEN = 100  # in a 元
FACE_LIMITS = tuple(10**digits - 1 for digits in (6, 7, 8, 9))
"""分: of paper and tax-disk invoices (千元版 9,999.99, 万元版 99,999.99, 十万元版, 百万元版), before tax."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Sales around: `parties[k]` bills `amounts[k]` 分 to the next one, the last bills the first."""

    parties: tuple[str, ...]
    amounts: tuple[int, ...]

    @property
    def first(self) -> str:
        """Whom the first one bills: itself, in a circle of one."""
        return self.parties[1 % len(self.parties)]

    def __str__(self) -> str:
        return " → ".join((*self.parties, self.parties[0]))


def valid_of(invoices: pa.Table, sieve: Sieve, direction: str) -> pl.DataFrame:
    """Invoices of the trailing 12 months that count, one row each."""
    return pl.DataFrame(invoices).filter(
        (pl.col("direction") == direction) & (pl.col("status") == "valid") & (pl.col("occurrence") == 1)
        & (pl.col("issue_date") > add_months(sieve.on, -12)) & (pl.col("issue_date") <= sieve.on)
    )  # fmt: skip


def rings_of(sales: Sequence[tuple[str, str, int]]) -> list[Ring]:
    """Circles of like amounts among (seller, buyer, 分): one edge a pair."""
    kept = [edge for edge in sales if edge[2] > 0 and edge[1]]
    names = sorted({name for edge in kept for name in edge[:2]})
    place = {name: number for number, name in enumerate(names)}
    seller = np.array([place[edge[0]] for edge in kept], dtype=np.int64)
    buyer = np.array([place[edge[1]] for edge in kept], dtype=np.int64)
    found = find_circles(seller, buyer, np.array([edge[2] for edge in kept], dtype=np.int64)).found
    return [Ring(tuple(names[node] for node in one.parties), one.amounts) for one in found]


def circular_invoicing(
    sieve: Sieve, invoices: pa.Table, rings: Iterable[Ring], parties: Collection[str]
) -> list[Finding]:
    """Share of a party's sales that stands in circles; evidence: each circle, its amounts, the party's invoices."""
    sold = valid_of(invoices, sieve, "sale").filter(pl.col("party_id").is_in(list(parties)))
    totals: dict[str, int] = dict(sold.group_by("party_id").agg(pl.col("amount").sum()).iter_rows())
    mine: dict[str, list[Ring]] = {}
    for ring in rings:
        for party in ring.parties:
            mine.setdefault(party, []).append(ring)
    findings = []
    for party, circles in mine.items():
        if party not in parties or totals.get(party, 0) <= 0:
            continue
        steps = {_step(ring, party) for ring in circles}
        share = sum(amount for _, amount in steps) / totals[party]
        shown = sorted(circles, key=lambda ring: (-_step(ring, party)[1], ring.parties))
        most = int(sieve.number("circle.evidence"))
        findings += sieve.found(
            "circular_invoicing", party, share, [_circle(sold, party, ring) for ring in shown[:most]]
        )
    return findings


def _step(ring: Ring, party: str) -> tuple[str, int]:
    """Whom the party bills in a circle, and what."""
    place = ring.parties.index(party)
    return ring.parties[(place + 1) % len(ring.parties)], ring.amounts[place]


def _circle(sold: pl.DataFrame, party: str, ring: Ring) -> Evidence:
    buyer, amount = _step(ring, party)
    rows = sold.filter((pl.col("party_id") == party) & (pl.col("counterparty") == buyer)).sort(
        "amount", descending=True
    )
    numbers = tuple(rows["invoice_no"].to_list())
    amounts = " / ".join(grouped(fen) for fen in ring.amounts)
    return Evidence(
        "invoice", numbers,
        f"{ring}，金额 {amounts} 元；开给{buyer} {grouped(amount)} 元，发票 {listed(numbers)}",
        f"{ring}, {amounts} 元; {grouped(amount)} 元 billed to {buyer}, invoices {listed(numbers)}",
    )  # fmt: skip


def mutual_trade(sieve: Sieve, invoices: pa.Table) -> list[Finding]:
    """Share of sales to those it also buys from."""
    sold = valid_of(invoices, sieve, "sale").group_by("party_id", "counterparty").agg(pl.col("amount").sum())
    bought = (
        valid_of(invoices, sieve, "purchase")
        .group_by("party_id", "counterparty")
        .agg(pl.col("amount").sum().alias("bought"))
    )
    both = sold.join(bought, on=["party_id", "counterparty"], how="inner").filter(
        (pl.col("amount") > 0) & (pl.col("bought") > 0)
    )
    totals: dict[str, int] = dict(sold.group_by("party_id").agg(pl.col("amount").sum()).iter_rows())
    findings = []
    for party, rows in by_party(both.sort("amount", descending=True)):
        evidence = [
            Evidence("party", (other,), f"与{other}：销 {grouped(out)} 元，购 {grouped(back)} 元",
                     f"{other}: sold {grouped(out)} 元, bought {grouped(back)} 元")
            for other, out, back in rows.select("counterparty", "amount", "bought").head(5).iter_rows()
        ]  # fmt: skip
        total = totals[party]
        findings += sieve.found(
            "mutual_trade", party, float(rows["amount"].sum()) / total if total > 0 else 0, evidence
        )
    return findings


def void_and_red(sieve: Sieve, invoices: pa.Table) -> list[Finding]:
    """Void and red sales invoices as a share of all of them, of who issued enough."""
    year = pl.DataFrame(invoices).filter(
        (pl.col("direction") == "sale") & (pl.col("occurrence") == 1)
        & (pl.col("issue_date") > add_months(sieve.on, -12)) & (pl.col("issue_date") <= sieve.on)
    )  # fmt: skip
    undone = (pl.col("status") == "void") | (pl.col("amount") < 0)
    shares = year.group_by("party_id").agg(pl.len().alias("many"), undone.sum().alias("undone"))
    findings = []
    for party, many, some in shares.filter(pl.col("many") >= sieve.number("void.fewest")).sort("party_id").iter_rows():
        if not sieve.checks["void_and_red"].met(some / many):
            continue
        rows = year.filter((pl.col("party_id") == party) & undone).sort("amount", descending=True)
        numbers = tuple(rows["invoice_no"].to_list())
        words = Evidence(
            "invoice", numbers, f"{many} 张销项发票中 {some} 张作废或红冲：{listed(numbers)}",
            f"{some} of {many} sales invoices are void or red: {listed(numbers)}",
        )  # fmt: skip
        findings += sieve.found("void_and_red", party, some / many, [words])
    return findings


def void_tax(sieve: Sieve, invoices: pa.Table) -> list[Finding]:
    """Tax on void sales invoices as a share of the tax on all of 12 months; small sums are left alone."""
    day, void = pl.col("issue_date"), pl.col("status") == "void"
    year = pl.DataFrame(invoices).filter(
        (pl.col("direction") == "sale") & (pl.col("occurrence") == 1) & (pl.col("tax") > 0)
        & (day > add_months(sieve.on, -12)) & (day <= sieve.on)
    )  # fmt: skip
    findings = []
    for party, rows in by_party(year):
        gone = rows.filter(void).sort("tax", descending=True)
        amount, total = int(gone["tax"].sum()), int(rows["tax"].sum())
        if amount <= sieve.number("void.tax") * FEN:
            continue
        numbers = tuple(gone["invoice_no"].to_list())
        words = Evidence(
            "invoice", numbers, f"作废税额 {grouped(amount)} 元，全部 {grouped(total)} 元：{listed(numbers)}",
            f"{grouped(amount)} 元 of tax voided, of {grouped(total)} 元: {listed(numbers)}",
        )  # fmt: skip
        findings += sieve.found("void_tax", party, amount / total, [words])
    return findings


def top_face_amounts(sieve: Sieve, invoices: pa.Table) -> list[Finding]:
    """Share of 12 months' sales on invoices near their face limit: the smallest usual one that holds the largest."""
    findings = []
    sold = valid_of(invoices, sieve, "sale").filter(pl.col("amount") > 0)
    for party, rows in by_party(sold):
        limit = next((one for one in FACE_LIMITS if one >= max(rows["amount"].to_list())), None)
        if limit is None or rows.height < sieve.number("void.fewest"):
            continue
        near = rows.filter(pl.col("amount") >= limit * sieve.number("face.share")).sort("amount", descending=True)
        if near.height < sieve.number("face.fewest"):
            continue
        numbers = tuple(near["invoice_no"].to_list())
        words = Evidence(
            "invoice", numbers, f"限额 {grouped(limit)} 元，{near.height} 张在其九成以上：{listed(numbers)}",
            f"{near.height} invoices at nine tenths of the limit {grouped(limit)} 元 and more: {listed(numbers)}",
        )  # fmt: skip
        share = int(near["amount"].sum()) / int(rows["amount"].sum())
        findings += sieve.found("top_face_amounts", party, share, [words])
    return findings


def young_sales(sieve: Sieve, invoices: pa.Table, registry: pa.Table) -> list[Finding]:
    """What a firm that was established lately has invoiced since, in 元."""
    born = pl.DataFrame(registry).filter(pl.col("what") == "established").group_by("party_id").agg(pl.col("on").min())
    young = born.filter(
        (pl.col("on") > add_months(sieve.on, -int(sieve.number("young.months")))) & (pl.col("on") <= sieve.on)
    )
    if young.is_empty():
        return []
    since = valid_of(invoices, sieve, "sale").join(young, on="party_id").filter(pl.col("issue_date") >= pl.col("on"))
    sold = since.group_by("party_id", "on").agg(pl.col("amount").sum()).sort("party_id")
    findings = []
    for party, on, fen in sold.iter_rows():
        words = Evidence("established", (str(on),), f"{on} 成立，已开票 {grouped(fen)} 元",
                         f"established on {on}, {grouped(fen)} 元 invoiced since")  # fmt: skip
        findings += sieve.found("young_sales", party, fen / FEN, [words])
    return findings


def abnormal_suppliers(sieve: Sieve, invoices: pa.Table, bad: Mapping[str, str]) -> list[Finding]:
    """Purchases from parties that are marked (party -> why), as a share of purchases; small sums are left alone."""
    if not bad:
        return []
    bought = valid_of(invoices, sieve, "purchase").group_by("party_id", "counterparty").agg(pl.col("amount").sum())
    totals: dict[str, int] = dict(bought.group_by("party_id").agg(pl.col("amount").sum()).iter_rows())
    marked = bought.filter(pl.col("counterparty").is_in(list(bad))).sort("amount", descending=True)
    findings = []
    for party, rows in by_party(marked):
        amount, total = int(rows["amount"].sum()), totals[party]
        if amount <= sieve.number("abnormal.amount") * FEN or total <= 0:
            continue
        evidence = [
            Evidence("party", (other,), f"{other}（{bad[other]}）进项 {grouped(fen)} 元",
                     f"{grouped(fen)} 元 bought from {other} ({bad[other]})")
            for other, fen in rows.select("counterparty", "amount").head(5).iter_rows()
        ]  # fmt: skip
        findings += sieve.found("abnormal_suppliers", party, amount / total, evidence)
    return findings


def declared_gap(sieve: Sieve, invoices: pa.Table, returns: pa.Table) -> list[Finding]:
    """Sales declared for VAT against sales invoiced, over the periods of the last 12 months that were declared."""
    vat = pl.DataFrame(returns).filter(
        (pl.col("tax") == "vat") & (pl.col("period_start") > add_months(sieve.on, -12)) & pl.col("sales").is_not_null()
        & (pl.col("filed_on") <= sieve.on)
    )  # fmt: skip
    sold = pl.DataFrame(invoices).filter(
        (pl.col("direction") == "sale") & (pl.col("status") == "valid") & (pl.col("occurrence") == 1)
    )
    findings = []
    for party, rows in by_party(vat.sort("period_start")):
        first, last = min(rows["period_start"].to_list()), max(rows["period_end"].to_list())
        declared = int(rows["sales"].sum())
        day = pl.col("issue_date")
        invoiced = int(sold.filter((pl.col("party_id") == party) & day.is_between(first, last))["amount"].sum())
        gap = abs(declared - invoiced) / max(declared, invoiced, 1)
        words = Evidence(
            "tax_return", tuple(str(day) for day in rows["period_start"].to_list()),
            f"{first} 至 {last}：申报 {grouped(declared)} 元，开票 {grouped(invoiced)} 元",
            f"{first} to {last}: declared {grouped(declared)} 元, invoiced {grouped(invoiced)} 元",
        )  # fmt: skip
        findings += sieve.found("declared_gap", party, gap, [words])
    return findings


def vat_cit_gap(sieve: Sieve, returns: pa.Table) -> list[Finding]:
    """Sales declared for VAT against those for income tax, over the longest period of the last 12 months that has both.

    Income tax is declared for the year to date, so that a longer period holds the shorter ones.
    """
    year = pl.DataFrame(returns).filter(
        (pl.col("period_start") > add_months(sieve.on, -24)) & (pl.col("period_end") > add_months(sieve.on, -12))
        & pl.col("sales").is_not_null() & (pl.col("filed_on") <= sieve.on)
    )  # fmt: skip
    findings = []
    for party, rows in by_party(year.sort("period_start", "period_end")):
        told = rows.select("tax", "period_start", "period_end", "sales").rows()
        income = [one[1:] for one in told if one[0] == "cit"]
        for first, last, sales in sorted(income, key=lambda one: (one[0] - one[1], one[1])):
            inside = [one for one in told if one[0] == "vat" and one[1] >= first and one[2] <= last]
            if sum((end - start).days + 1 for _, start, end, _ in inside) != (last - first).days + 1:
                continue
            declared = sum(one[3] for one in inside)
            words = Evidence(
                "tax_return", (str(first), str(last)),
                f"{first} 至 {last}：增值税 {grouped(declared)} 元，所得税 {grouped(sales)} 元",
                f"{first} to {last}: {grouped(declared)} 元 for VAT, {grouped(sales)} 元 for income tax",
            )  # fmt: skip
            gap = abs(declared - sales) / max(declared, sales, 1)
            findings += sieve.found("vat_cit_gap", party, gap, [words])
            break
    return findings


def energy_gap(sieve: Sieve, invoices: pa.Table, meters: pa.Table) -> list[Finding]:
    """Growth of sales over growth of power used, half a year against the half before, where sales grew much at all.

    Of a firm that opened in the earlier half nothing is said: its sales grow from nothing, and its lights burn at once.
    """
    months = int(sieve.number("energy.months"))
    middle, first = add_months(sieve.on, -months), add_months(sieve.on, -2 * months)
    power = pl.DataFrame(meters).filter((pl.col("utility") == "power") & (pl.col("usage") > 0))
    used = _halves(power.rename({"read_on": "_day", "usage": "_value"}), (first, middle, sieve.on))
    if used.is_empty():
        return []
    sold = _halves(
        valid_of(invoices, sieve, "sale").rename({"issue_date": "_day", "amount": "_value"}), (first, middle, sieve.on)
    )
    findings = []
    for party, before, after, units_before, units_after in sold.join(used, on="party_id", suffix="_used").iter_rows():
        grown, more = after / before, units_after / units_before
        if grown < sieve.number("energy.growth"):
            continue
        words = Evidence(
            "meters", (str(first), str(middle), str(sieve.on)),
            f"{middle} 前后各 {months} 个月：开票 {grown:.2f} 倍，用电 {more:.2f} 倍",
            f"{months} months before and after {middle}: sales times {grown:.2f}, power times {more:.2f}",
        )  # fmt: skip
        findings += sieve.found("energy_gap", party, grown / more, [words])
    return findings


def _halves(rows: pl.DataFrame, days: tuple[date, date, date]) -> pl.DataFrame:
    """(party_id, before, after): sums on either side of the middle day, of parties with some of both."""
    first, middle, last = days
    day, value = pl.col("_day"), pl.col("_value")
    sums = rows.filter((day > first) & (day <= last)).group_by("party_id").agg(
        value.filter(day <= middle).sum().alias("before"), value.filter(day > middle).sum().alias("after"),
        (day <= middle).sum().alias("_early"), (day > middle).sum().alias("_late"), day.min().alias("_first"),
    )  # fmt: skip
    both = sums.filter(
        (pl.col("before") > 0) & (pl.col("after") > 0) & (pl.col("_early") > 2) & (pl.col("_late") > 2)
        & (pl.col("_first") <= add_months(first, 2))
    )  # fmt: skip
    return both.select("party_id", "before", "after").sort("party_id")


def sales_edges(invoices: pa.Table, sieve: Sieve) -> list[tuple[str, str, int]]:
    """(seller, buyer, 分) of the window of circles, as the sellers' own invoices say."""
    since = sieve.on - timedelta(days=int(sieve.number("circle.days")))
    sold = valid_of(invoices, sieve, "sale").filter(pl.col("issue_date") > since)
    return list(sold.group_by("party_id", "counterparty").agg(pl.col("amount").sum()).sort("party_id").iter_rows())
