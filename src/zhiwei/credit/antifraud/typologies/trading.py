"""Wash trading: orders and takings by a few hands, of round amounts, signed for at once; money that comes to leave."""

from collections.abc import Iterable
from datetime import timedelta

import polars as pl
import pyarrow as pa

from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding, by_party, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import add_months, grouped

FEN = 100


def wash_orders(sieve: Sieve, orders: pa.Table) -> list[Finding]:
    """Checks on orders of 12 months, of who had enough of them."""
    at = pl.col("ordered_at").dt.date()
    year = pl.DataFrame(orders).filter((at > add_months(sieve.on, -12)) & (at <= sieve.on) & (pl.col("amount") > 0))
    findings = []
    for party, rows in by_party(year.sort("party_id", "ordered_at")):
        if rows.height >= sieve.number("wash.fewest"):
            findings += _shares(sieve, party, rows)
    return findings


def _shares(sieve: Sieve, party: str, rows: pl.DataFrame) -> list[Finding]:
    many = rows.height
    buyers = rows.filter(pl.col("buyer").is_not_null()).group_by("buyer").agg(
        pl.len().alias("times"), pl.col("amount").sum()
    ).sort("times", "buyer", descending=True)  # fmt: skip
    top = buyers.head(int(sieve.number("wash.top")))
    told = _largest(("buyer", "买家"), ("orders", "单"), top.iter_rows())
    found = []
    if buyers.height > top.height:  # of ten customers in all, ten are not a sign of anything
        found += sieve.found("wash_top_buyers", party, float(top["times"].sum()) / many, told)
    step = int(sieve.number("wash.round") * FEN)
    found += _share(sieve, "wash_round_amounts", party, rows, rows.filter(pl.col("amount") % step == 0))
    quick = timedelta(minutes=sieve.number("wash.minutes"))
    sent = rows.filter(pl.col("signed_at").is_not_null() & pl.col("shipped_at").is_not_null())
    hasty = sent.filter(pl.col("signed_at") - pl.col("ordered_at") < quick)
    if sent.height >= sieve.number("wash.fewest"):
        found += _share(sieve, "wash_signing", party, sent, hasty)
    return found


def _largest(
    who: tuple[str, str], what: tuple[str, str], top: Iterable[tuple[str, int, int]]
) -> list[Evidence]:  # fmt: skip
    """Who (name, how often, 分) the most came from; words as (English, 中文)."""
    return [
        Evidence(who[0], (name,), f"{who[1]} {name[:8]}：{times} {what[1]}，{grouped(fen)} 元",
                 f"{who[0]} {name[:8]}: {times} {what[0]}, {grouped(fen)} 元")
        for name, times, fen in top
    ]  # fmt: skip


def wash_takings(sieve: Sieve, acquiring: pa.Table) -> list[Finding]:
    """Checks on card and QR takings of 12 months, of who had enough of them."""
    at = pl.col("paid_at").dt.date()
    year = pl.DataFrame(acquiring).filter((at > add_months(sieve.on, -12)) & (at <= sieve.on) & (pl.col("amount") > 0))
    step, findings = int(sieve.number("wash.round") * FEN), list[Finding]()
    for party, rows in by_party(year.sort("party_id", "paid_at")):
        if rows.height < sieve.number("pos.fewest"):
            continue
        payers = rows.filter(pl.col("payer").is_not_null()).group_by("payer").agg(
            pl.len().alias("times"), pl.col("amount").sum()
        ).sort("amount", "payer", descending=True)  # fmt: skip
        top = payers.head(int(sieve.number("wash.top")))
        told = _largest(("payer", "付款人"), ("takings", "笔"), top.iter_rows())
        if payers.height > top.height:
            share = float(top["amount"].sum()) / float(rows["amount"].sum())
            findings += sieve.found("pos_top_payers", party, share, told[:SHOWN])
        some = rows.filter(pl.col("amount") % step == 0)
        numbers = tuple(map(str, some["reference"].to_list()))
        words = Evidence(
            "taking", numbers, f"{rows.height} 笔中 {some.height} 笔整数：{listed(numbers)}",
            f"{some.height} of {rows.height} takings are round: {listed(numbers)}",
        )  # fmt: skip
        findings += sieve.found("pos_round_amounts", party, some.height / rows.height, [words])
    return findings


def _share(sieve: Sieve, check: str, party: str, rows: pl.DataFrame, some: pl.DataFrame) -> list[Finding]:
    numbers = tuple(map(str, some["order_no"].to_list()))
    words = Evidence(
        "order", numbers, f"{rows.height} 单中 {some.height} 单：{listed(numbers)}",
        f"{some.height} of {rows.height} orders: {listed(numbers)}",
    )  # fmt: skip
    return sieve.found(check, party, some.height / max(rows.height, 1), [words])


def round_trips(sieve: Sieve, bank_flow: pa.Table) -> list[Finding]:
    """Money in that goes back to whom it came from within days, as a share of money in over 12 months."""
    day = pl.col("booked_on")
    rows = pl.DataFrame(bank_flow).filter(
        (day > add_months(sieve.on, -12)) & (day <= sieve.on) & (pl.col("counterparty").fill_null("") != "")
    ).with_row_index("row")  # fmt: skip
    into, out = rows.filter(pl.col("amount") > 0), rows.filter(pl.col("amount") < 0)
    near = into.join(out, on=["party_id", "counterparty"], suffix="_out").filter(
        (pl.col("booked_on_out") >= day)
        & (pl.col("booked_on_out") <= day + pl.duration(days=int(sieve.number("trip.days"))))
        & ((pl.col("amount") + pl.col("amount_out")).abs() <= pl.col("amount") * sieve.number("trip.likeness"))
    ).unique("row", keep="first", maintain_order=True).unique("row_out", keep="first", maintain_order=True)  # fmt: skip
    totals: dict[str, int] = dict(into.group_by("party_id").agg(pl.col("amount").sum()).iter_rows())
    findings = []
    for party, trips in by_party(near.sort("party_id", "amount", descending=[False, True])):
        evidence = [
            Evidence("bank_row", (f"{on} #{place}", f"{then} #{back_place}"),
                     f"{other}：{on} 入 {grouped(fen)} 元，{then} 出 {grouped(-back)} 元",
                     f"{other}: {grouped(fen)} 元 in on {on}, {grouped(-back)} 元 out on {then}")
            for other, on, place, fen, then, back_place, back in trips.select(
                "counterparty", "booked_on", "sequence", "amount", "booked_on_out", "sequence_out", "amount_out"
            ).head(SHOWN).iter_rows()
        ]  # fmt: skip
        findings += sieve.found("wash_round_trip", party, float(trips["amount"].sum()) / totals[party], evidence)
    return findings
