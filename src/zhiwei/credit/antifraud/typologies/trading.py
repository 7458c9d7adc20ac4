"""Wash trading: orders and takings by a few hands, of round amounts, signed for at once; money that comes to leave."""

from collections.abc import Iterable

import numpy as np

from zhiwei.credit.antifraud.columns import Bools, Columns, Ints, ordinal
from zhiwei.credit.antifraud.findings import SHOWN, Evidence, Finding, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import add_months, grouped

FEN = 100


def wash_orders(sieve: Sieve, orders: Columns) -> list[Finding]:
    """Checks on orders of 12 months, of who had enough of them."""
    findings = []
    for party, rows in orders.by_party(_year(sieve, orders, "ordered_at")):
        if len(rows) >= sieve.number("wash.fewest"):
            findings += _shares(sieve, party, orders, rows)
    return findings


def _year(sieve: Sieve, seen: Columns, time: str) -> Ints:
    """Rows of 12 months with an amount, in the order of their time."""
    day, at = seen.days(time), seen.whole(time)
    chosen = (day > ordinal(add_months(sieve.on, -12))) & (day <= ordinal(sieve.on)) & (seen.whole("amount") > 0)
    order = np.argsort(at, kind="stable")
    return order[chosen[order]]


def _most(seen: Columns, rows: Ints, name: str) -> list[tuple[str, int, int]]:
    """(who, how often, 分) of all that a column names in these rows."""
    rows = rows[seen.said(name)[rows]]
    who, whose = np.unique(seen.codes(name)[rows], return_inverse=True)
    times = np.bincount(whose, minlength=len(who))
    fen = np.bincount(whose, seen.whole("amount")[rows], len(who)).astype(np.int64)
    words = seen.words(name)
    return list(zip([words[one] for one in who.tolist()], times.tolist(), fen.tolist(), strict=True))


def _shares(sieve: Sieve, party: str, orders: Columns, rows: Ints) -> list[Finding]:
    buyers = sorted(_most(orders, rows, "buyer"), key=lambda one: (one[1], one[0]), reverse=True)
    top = buyers[: int(sieve.number("wash.top"))]
    told = _largest(("buyer", "买家"), ("orders", "单"), top)
    found = []
    if len(buyers) > len(top):  # of ten customers in all, ten are not a sign of anything
        found += sieve.found("wash_top_buyers", party, sum(times for _, times, _ in top) / len(rows), told)
    step = int(sieve.number("wash.round") * FEN)
    found += _share(sieve, "wash_round_amounts", party, orders, rows, orders.whole("amount")[rows] % step == 0)
    sent = rows[(orders.said("signed_at") & orders.said("shipped_at"))[rows]]
    taken = orders.whole("signed_at")[sent] - orders.whole("ordered_at")[sent]
    if len(sent) >= sieve.number("wash.fewest"):
        found += _share(sieve, "wash_signing", party, orders, sent, taken < 60 * sieve.number("wash.minutes"))
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


def wash_takings(sieve: Sieve, acquiring: Columns) -> list[Finding]:
    """Checks on card and QR takings of 12 months, of who had enough of them."""
    step, findings = int(sieve.number("wash.round") * FEN), list[Finding]()
    for party, rows in acquiring.by_party(_year(sieve, acquiring, "paid_at")):
        if len(rows) < sieve.number("pos.fewest"):
            continue
        payers = sorted(_most(acquiring, rows, "payer"), key=lambda one: (one[2], one[0]), reverse=True)
        top = payers[: int(sieve.number("wash.top"))]
        told = _largest(("payer", "付款人"), ("takings", "笔"), top)
        amounts = acquiring.whole("amount")[rows]
        if len(payers) > len(top):
            share = float(sum(fen for *_, fen in top)) / float(amounts.sum())
            findings += sieve.found("pos_top_payers", party, share, told[:SHOWN])
        some = rows[amounts % step == 0]
        numbers = tuple(str(one) for (one,) in acquiring.values(some, "reference"))
        words = Evidence(
            "taking", numbers, f"{len(rows)} 笔中 {len(some)} 笔整数：{listed(numbers)}",
            f"{len(some)} of {len(rows)} takings are round: {listed(numbers)}",
        )  # fmt: skip
        findings += sieve.found("pos_round_amounts", party, len(some) / len(rows), [words])
    return findings


def _share(sieve: Sieve, check: str, party: str, orders: Columns, rows: Ints, which: Bools) -> list[Finding]:
    numbers = tuple(str(one) for (one,) in orders.values(rows[which], "order_no"))
    words = Evidence(
        "order", numbers, f"{len(rows)} 单中 {len(numbers)} 单：{listed(numbers)}",
        f"{len(numbers)} of {len(rows)} orders: {listed(numbers)}",
    )  # fmt: skip
    return sieve.found(check, party, len(numbers) / max(len(rows), 1), [words])


def round_trips(sieve: Sieve, bank_flow: Columns) -> list[Finding]:
    """Money in that goes back to whom it came from within days, as a share of money in over 12 months."""
    day, amount = bank_flow.days("booked_on"), bank_flow.whole("amount")
    year = (day > ordinal(add_months(sieve.on, -12))) & (day <= ordinal(sieve.on)) & bank_flow.named("counterparty")
    into, out = np.flatnonzero(year & (amount > 0)), np.flatnonzero(year & (amount < 0))
    come, gone = _with_one(bank_flow, into, out)
    near = (day[gone] >= day[come]) & (day[gone] <= day[come] + int(sieve.number("trip.days")))
    near &= np.abs(amount[come] + amount[gone]) <= amount[come] * sieve.number("trip.likeness")
    trips = _each_once(come[near], gone[near])
    back = dict(zip(*(side.tolist() for side in trips), strict=True))
    totals = {party: int(amount[rows].sum()) for party, rows in bank_flow.by_party(into)}
    findings = []
    for party, rows in bank_flow.by_party(trips[0]):
        shown = rows[np.argsort(-amount[rows], kind="stable")][:SHOWN]
        returned = np.array([back[row] for row in shown.tolist()], dtype=np.int64)
        evidence = [
            Evidence("bank_row", (f"{on} #{place}", f"{then} #{back_place}"),
                     f"{other}：{on} 入 {grouped(fen)} 元，{then} 出 {grouped(-less)} 元",
                     f"{other}: {grouped(fen)} 元 in on {on}, {grouped(-less)} 元 out on {then}")
            for (other, on, place, fen), (then, back_place, less) in zip(
                bank_flow.values(shown, "counterparty", "booked_on", "sequence", "amount"),
                bank_flow.values(returned, "booked_on", "sequence", "amount"), strict=True,
            )
        ]  # fmt: skip
        findings += sieve.found("wash_round_trip", party, float(amount[rows].sum()) / totals[party], evidence)
    return findings


def _with_one(bank_flow: Columns, into: Ints, out: Ints) -> tuple[Ints, Ints]:
    """Every pair of a row in and a row out with one counterparty of one party, in the order of the rows."""
    width = len(bank_flow.words("counterparty")) + 1
    whose = bank_flow.codes("party_id") * width + bank_flow.codes("counterparty")
    out = out[np.argsort(whose[out], kind="stable")]
    first, last = (np.searchsorted(whose[out], whose[into], side=side) for side in ("left", "right"))
    many = last - first
    before = np.cumsum(many) - many
    return np.repeat(into, many), out[np.arange(many.sum()) + np.repeat(first - before, many)]


def _each_once(come: Ints, gone: Ints) -> tuple[Ints, Ints]:
    """Of these pairs the first of each row in, and of those the first of each row out."""
    for side in (0, 1):
        chosen = np.sort(np.unique((come, gone)[side], return_index=True)[1])
        come, gone = come[chosen], gone[chosen]
    return come, gone
