"""False and circular invoicing: circles, both ways of trade, voids and reds, suppliers that ran away, declarations."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl
import pyarrow as pa

from zhiwei.credit.antifraud.circles import find_circles
from zhiwei.credit.antifraud.findings import Evidence, Finding, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import add_months, grouped

FEN = 100  # in a 元


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
    for (party,), rows in both.sort("amount", descending=True).group_by("party_id", maintain_order=True):
        evidence = [
            Evidence("party", (other,), f"与{other}：销 {grouped(out)} 元，购 {grouped(back)} 元",
                     f"{other}: sold {grouped(out)} 元, bought {grouped(back)} 元")
            for other, out, back in rows.select("counterparty", "amount", "bought").head(5).iter_rows()
        ]  # fmt: skip
        total = totals[str(party)]
        findings += sieve.found(
            "mutual_trade", str(party), float(rows["amount"].sum()) / total if total > 0 else 0, evidence
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


def abnormal_suppliers(sieve: Sieve, invoices: pa.Table, bad: Mapping[str, str]) -> list[Finding]:
    """Purchases from parties that are marked (party -> why), as a share of purchases; small sums are left alone."""
    bought = valid_of(invoices, sieve, "purchase").group_by("party_id", "counterparty").agg(pl.col("amount").sum())
    totals: dict[str, int] = dict(bought.group_by("party_id").agg(pl.col("amount").sum()).iter_rows())
    marked = bought.filter(pl.col("counterparty").is_in(list(bad))).sort("amount", descending=True)
    findings = []
    for (party,), rows in marked.group_by("party_id", maintain_order=True):
        amount, total = int(rows["amount"].sum()), totals[str(party)]
        if amount <= sieve.number("abnormal.amount") * FEN or total <= 0:
            continue
        evidence = [
            Evidence("party", (other,), f"{other}（{bad[other]}）进项 {grouped(fen)} 元",
                     f"{grouped(fen)} 元 bought from {other} ({bad[other]})")
            for other, fen in rows.select("counterparty", "amount").head(5).iter_rows()
        ]  # fmt: skip
        findings += sieve.found("abnormal_suppliers", str(party), amount / total, evidence)
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
    for (party,), rows in vat.sort("period_start").group_by("party_id", maintain_order=True):
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
        findings += sieve.found("declared_gap", str(party), gap, [words])
    return findings


def sales_edges(invoices: pa.Table, sieve: Sieve) -> list[tuple[str, str, int]]:
    """(seller, buyer, 分) of the window of circles, as the sellers' own invoices say."""
    since = sieve.on - timedelta(days=int(sieve.number("circle.days")))
    sold = valid_of(invoices, sieve, "sale").filter(pl.col("issue_date") > since)
    return list(sold.group_by("party_id", "counterparty").agg(pl.col("amount").sum()).sort("party_id").iter_rows())
