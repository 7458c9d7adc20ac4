"""False and circular invoicing: circles, both ways of trade, voids and reds, suppliers that ran away, declarations."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from zhiwei.credit.antifraud.circles import find_circles
from zhiwei.credit.antifraud.columns import Bools, Columns, Ints, following, grouped_by, ordinal
from zhiwei.credit.antifraud.findings import Evidence, Finding, listed
from zhiwei.credit.antifraud.policy import Sieve
from zhiwei.values import add_months, grouped

FEN = 100  # in a 元
_NOTHING: Ints = np.zeros(0, dtype=np.int64)
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


def valid_of(invoices: Columns, sieve: Sieve, direction: str) -> Ints:
    """Invoices of the trailing 12 months that count, one row each."""
    return _year(invoices, sieve, _counting(invoices, direction))


def _counting(invoices: Columns, direction: str) -> Bools:
    return _once(invoices, direction) & invoices.equals("status", "valid")


def _once(invoices: Columns, direction: str) -> Bools:
    first: Bools = invoices.whole("occurrence") == 1
    return invoices.equals("direction", direction) & first


def _year(invoices: Columns, sieve: Sieve, which: Bools) -> Ints:
    day = invoices.days("issue_date")
    return np.flatnonzero(which & (day > ordinal(add_months(sieve.on, -12))) & (day <= ordinal(sieve.on)))


def _traded(invoices: Columns, rows: Ints) -> dict[str, dict[str | None, int]]:
    """Party -> 分 with each counterparty; who trades with nobody is not there."""
    width = len(invoices.words("counterparty")) + 1
    pairs, place = np.unique(
        invoices.codes("party_id")[rows] * width + invoices.codes("counterparty")[rows] + 1, return_inverse=True
    )
    fen = np.bincount(place, invoices.whole("amount")[rows], len(pairs)).astype(np.int64)
    parties, others = invoices.words("party_id"), [None, *invoices.words("counterparty")]
    found: dict[str, dict[str | None, int]] = {}
    for pair, amount in zip(pairs.tolist(), fen.tolist(), strict=True):
        found.setdefault(parties[pair // width], {})[others[pair % width]] = amount
    return found


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
    sieve: Sieve, invoices: Columns, rings: Iterable[Ring], parties: Collection[str]
) -> list[Finding]:
    """Share of a party's sales that stands in circles; evidence: each circle, its amounts, the party's invoices."""
    mine: dict[str, list[Ring]] = {}
    for ring in rings:
        for party in ring.parties:
            mine.setdefault(party, []).append(ring)
    sold = dict(invoices.by_party(valid_of(invoices, sieve, "sale"))) if mine else {}
    findings = []
    for party, circles in mine.items():
        rows = sold.get(party)
        if party not in parties or rows is None or (total := int(invoices.whole("amount")[rows].sum())) <= 0:
            continue
        steps = {_step(ring, party) for ring in circles}
        share = sum(amount for _, amount in steps) / total
        shown = sorted(circles, key=lambda ring: (-_step(ring, party)[1], ring.parties))
        most = int(sieve.number("circle.evidence"))
        findings += sieve.found(
            "circular_invoicing", party, share, [_circle(invoices, rows, party, ring) for ring in shown[:most]]
        )
    return findings


def _step(ring: Ring, party: str) -> tuple[str, int]:
    """Whom the party bills in a circle, and what."""
    place = ring.parties.index(party)
    return ring.parties[(place + 1) % len(ring.parties)], ring.amounts[place]


def _circle(invoices: Columns, sold: Ints, party: str, ring: Ring) -> Evidence:
    buyer, amount = _step(ring, party)
    numbers = _numbers(invoices, sold[invoices.equals("counterparty", buyer)[sold]], "amount")
    amounts = " / ".join(grouped(fen) for fen in ring.amounts)
    return Evidence(
        "invoice", numbers,
        f"{ring}，金额 {amounts} 元；开给{buyer} {grouped(amount)} 元，发票 {listed(numbers)}",
        f"{ring}, {amounts} 元; {grouped(amount)} 元 billed to {buyer}, invoices {listed(numbers)}",
    )  # fmt: skip


def _numbers(invoices: Columns, rows: Ints, by: str) -> tuple[str, ...]:
    """Numbers of invoices, the largest first."""
    order = np.argsort(-invoices.whole(by)[rows], kind="stable")
    return tuple(str(number) for (number,) in invoices.values(rows[order], "invoice_no"))


def mutual_trade(sieve: Sieve, invoices: Columns) -> list[Finding]:
    """Share of sales to those it also buys from."""
    bought = _traded(invoices, valid_of(invoices, sieve, "purchase"))
    findings = []
    for party, sold in _traded(invoices, valid_of(invoices, sieve, "sale")).items():
        suppliers, total = bought.get(party, {}), sum(sold.values())
        both = [(out, other, suppliers[other]) for other, out in sold.items()
                if other is not None and out > 0 and suppliers.get(other, 0) > 0]  # fmt: skip
        both.sort(key=lambda one: one[0], reverse=True)
        evidence = [
            Evidence("party", (str(other),), f"与{other}：销 {grouped(out)} 元，购 {grouped(back)} 元",
                     f"{other}: sold {grouped(out)} 元, bought {grouped(back)} 元")
            for out, other, back in both[:5]
        ]  # fmt: skip
        share = float(sum(out for out, *_ in both)) / total if total > 0 else 0
        findings += sieve.found("mutual_trade", party, share, evidence)
    return findings


def void_and_red(sieve: Sieve, invoices: Columns) -> list[Finding]:
    """Void and red sales invoices as a share of all of them, of who issued enough."""
    undone = invoices.equals("status", "void") | (invoices.whole("amount") < 0)
    findings = []
    for party, rows in invoices.by_party(_year(invoices, sieve, _once(invoices, "sale"))):
        many, gone = len(rows), rows[undone[rows]]
        if many < sieve.number("void.fewest") or not sieve.checks["void_and_red"].met(len(gone) / many):
            continue
        numbers = _numbers(invoices, gone, "amount")
        words = Evidence(
            "invoice", numbers, f"{many} 张销项发票中 {len(gone)} 张作废或红冲：{listed(numbers)}",
            f"{len(gone)} of {many} sales invoices are void or red: {listed(numbers)}",
        )  # fmt: skip
        findings += sieve.found("void_and_red", party, len(gone) / many, [words])
    return findings


def void_tax(sieve: Sieve, invoices: Columns) -> list[Finding]:
    """Tax on void sales invoices as a share of the tax on all of 12 months; small sums are left alone."""
    tax, void = invoices.whole("tax"), invoices.equals("status", "void")
    findings = []
    for party, rows in invoices.by_party(_year(invoices, sieve, _once(invoices, "sale") & (tax > 0))):
        gone = rows[void[rows]]
        amount, total = int(tax[gone].sum()), int(tax[rows].sum())
        if amount <= sieve.number("void.tax") * FEN:
            continue
        numbers = _numbers(invoices, gone, "tax")
        words = Evidence(
            "invoice", numbers, f"作废税额 {grouped(amount)} 元，全部 {grouped(total)} 元：{listed(numbers)}",
            f"{grouped(amount)} 元 of tax voided, of {grouped(total)} 元: {listed(numbers)}",
        )  # fmt: skip
        findings += sieve.found("void_tax", party, amount / total, [words])
    return findings


def top_face_amounts(sieve: Sieve, invoices: Columns) -> list[Finding]:
    """Share of 12 months' sales on invoices near their face limit: the smallest usual one that holds the largest."""
    amount = invoices.whole("amount")
    sold = valid_of(invoices, sieve, "sale")
    findings = []
    for party, rows in invoices.by_party(sold[amount[sold] > 0]):
        limit = next((one for one in FACE_LIMITS if one >= amount[rows].max()), None)
        if limit is None or len(rows) < sieve.number("void.fewest"):
            continue
        near = rows[amount[rows] >= limit * sieve.number("face.share")]
        if len(near) < sieve.number("face.fewest"):
            continue
        numbers = _numbers(invoices, near, "amount")
        words = Evidence(
            "invoice", numbers, f"限额 {grouped(limit)} 元，{len(near)} 张在其九成以上：{listed(numbers)}",
            f"{len(near)} invoices at nine tenths of the limit {grouped(limit)} 元 and more: {listed(numbers)}",
        )  # fmt: skip
        share = int(amount[near].sum()) / int(amount[rows].sum())
        findings += sieve.found("top_face_amounts", party, share, [words])
    return findings


def young_sales(sieve: Sieve, invoices: Columns, registry: Columns) -> list[Finding]:
    """What a firm that was established lately has invoiced since, in 元."""
    earliest = add_months(sieve.on, -int(sieve.number("young.months")))
    born: dict[str, date] = {}
    for party, what, on in registry.every("party_id", "what", "on"):
        if what == "established" and on:
            born[party] = min(on, born.get(party, on))
    young = {party: on for party, on in born.items() if earliest < on <= sieve.on}
    sold = dict(invoices.by_party(valid_of(invoices, sieve, "sale"))) if young else {}
    findings = []
    for party, on in young.items():
        rows = sold.get(party, _NOTHING)
        since = rows[invoices.days("issue_date")[rows] >= ordinal(on)]
        if not len(since):
            continue
        fen = int(invoices.whole("amount")[since].sum())
        words = Evidence("established", (str(on),), f"{on} 成立，已开票 {grouped(fen)} 元",
                         f"established on {on}, {grouped(fen)} 元 invoiced since")  # fmt: skip
        findings += sieve.found("young_sales", party, fen / FEN, [words])
    return findings


def abnormal_suppliers(sieve: Sieve, invoices: Columns, bad: Mapping[str, str]) -> list[Finding]:
    """Purchases from parties that are marked (party -> why), as a share of purchases; small sums are left alone."""
    if not bad:
        return []
    findings = []
    for party, bought in _traded(invoices, valid_of(invoices, sieve, "purchase")).items():
        marked = sorted(((fen, other) for other, fen in bought.items() if other in bad), key=lambda one: -one[0])
        amount, total = sum(fen for fen, _ in marked), sum(bought.values())
        if amount <= sieve.number("abnormal.amount") * FEN or total <= 0:
            continue
        evidence = [
            Evidence("party", (str(other),), f"{other}（{bad[str(other)]}）进项 {grouped(fen)} 元",
                     f"{grouped(fen)} 元 bought from {other} ({bad[str(other)]})")
            for fen, other in marked[:5]
        ]  # fmt: skip
        findings += sieve.found("abnormal_suppliers", party, amount / total, evidence)
    return findings


def declared_gap(sieve: Sieve, invoices: Columns, returns: Columns) -> list[Finding]:
    """Sales declared for VAT against sales invoiced, over the periods of the last 12 months that were declared."""
    since = add_months(sieve.on, -12)
    vat = [one for one in _declared(sieve, returns) if one.tax == "vat" and one.start > since]
    sold = dict(invoices.by_party(np.flatnonzero(_counting(invoices, "sale")))) if vat else {}
    findings = []
    for party, some in grouped_by(following(vat, 1)).items():
        first, last = some[0].start, max(one.end for one in some)
        declared, rows = sum(one.sales for one in some), sold.get(party, _NOTHING)
        day = invoices.days("issue_date")[rows]
        invoiced = int(invoices.whole("amount")[rows[(day >= ordinal(first)) & (day <= ordinal(last))]].sum())
        gap = abs(declared - invoiced) / max(declared, invoiced, 1)
        words = Evidence(
            "tax_return", tuple(str(one.start) for one in some),
            f"{first} 至 {last}：申报 {grouped(declared)} 元，开票 {grouped(invoiced)} 元",
            f"{first} to {last}: declared {grouped(declared)} 元, invoiced {grouped(invoiced)} 元",
        )  # fmt: skip
        findings += sieve.found("declared_gap", party, gap, [words])
    return findings


class Declared(NamedTuple):
    """A return that declares sales."""

    party: str
    start: date
    end: date
    tax: str
    sales: int


def _declared(sieve: Sieve, returns: Columns) -> list[Declared]:
    """Those filed by the day, of a period that is known."""
    told = returns.every("party_id", "period_start", "period_end", "tax", "sales", "filed_on")
    return [Declared(*row[:5]) for row in told if None not in row[1:3] and row[4] is not None
            and row[5] and row[5] <= sieve.on]  # fmt: skip


def vat_cit_gap(sieve: Sieve, returns: Columns) -> list[Finding]:
    """Sales declared for VAT against those for income tax, over the longest period of the last 12 months that has both.

    Income tax is declared for the year to date, so that a longer period holds the shorter ones.
    """
    begun, ended = add_months(sieve.on, -24), add_months(sieve.on, -12)
    year = [one for one in _declared(sieve, returns) if one.start > begun and one.end > ended]
    findings = []
    for party, told in grouped_by(following(year, 1, 2)).items():
        income = [one for one in told if one.tax == "cit"]
        for one in sorted(income, key=lambda one: (one.start - one.end, one.end)):
            inside = [other for other in told
                      if other.tax == "vat" and other.start >= one.start and other.end <= one.end]  # fmt: skip
            if sum((other.end - other.start).days + 1 for other in inside) != (one.end - one.start).days + 1:
                continue
            declared = sum(other.sales for other in inside)
            words = Evidence(
                "tax_return", (str(one.start), str(one.end)),
                f"{one.start} 至 {one.end}：增值税 {grouped(declared)} 元，所得税 {grouped(one.sales)} 元",
                f"{one.start} to {one.end}: {grouped(declared)} 元 for VAT, {grouped(one.sales)} 元 for income tax",
            )  # fmt: skip
            gap = abs(declared - one.sales) / max(declared, one.sales, 1)
            findings += sieve.found("vat_cit_gap", party, gap, [words])
            break
    return findings


def energy_gap(sieve: Sieve, invoices: Columns, meters: Columns) -> list[Finding]:
    """Growth of sales over growth of power used, half a year against the half before, where sales grew much at all.

    Of a firm that opened in the earlier half nothing is said: its sales grow from nothing, and its lights burn at once.
    """
    months = int(sieve.number("energy.months"))
    middle, first = add_months(sieve.on, -months), add_months(sieve.on, -2 * months)
    days = (ordinal(first), ordinal(middle), ordinal(sieve.on))
    power = np.flatnonzero(meters.equals("utility", "power") & (meters.real("usage") > 0))
    used = _growth(meters, power, ("read_on", "usage"), days, add_months(first, 2))
    sold = _growth(
        invoices, valid_of(invoices, sieve, "sale") if used else _NOTHING, ("issue_date", "amount"), days,
        add_months(first, 2),
    )  # fmt: skip
    findings = []
    for party, grown in sold.items():
        if party not in used or grown < sieve.number("energy.growth"):
            continue
        words = Evidence(
            "meters", (str(first), str(middle), str(sieve.on)),
            f"{middle} 前后各 {months} 个月：开票 {grown:.2f} 倍，用电 {used[party]:.2f} 倍",
            f"{months} months before and after {middle}: sales times {grown:.2f}, power times {used[party]:.2f}",
        )  # fmt: skip
        findings += sieve.found("energy_gap", party, grown / used[party], [words])
    return findings


def _growth(
    seen: Columns, rows: Ints, names: tuple[str, str], days: tuple[int, int, int], begun: date
) -> dict[str, float]:
    """Party -> the sum after the middle day over that before it, of parties with some of both that began in time."""
    first, middle, last = days
    day, value = seen.days(names[0]), seen.real(names[1])
    found = {}
    for party, some in seen.by_party(rows[(day[rows] > first) & (day[rows] <= last)]):
        early = some[day[some] <= middle]
        late = some[day[some] > middle]
        before, after = float(np.nansum(value[early])), float(np.nansum(value[late]))
        if before > 0 and after > 0 and len(early) > 2 and len(late) > 2 and day[some].min() <= ordinal(begun):
            found[party] = after / before
    return found


def sales_edges(invoices: Columns, sieve: Sieve) -> list[tuple[str, str, int]]:
    """(seller, buyer, 分) of the window of circles, as the sellers' own invoices say."""
    since = sieve.on - timedelta(days=int(sieve.number("circle.days")))
    sold = valid_of(invoices, sieve, "sale")
    sold = sold[invoices.days("issue_date")[sold] > ordinal(since)]
    return [(seller, buyer or "", fen)
            for seller, bought in sorted(_traded(invoices, sold).items()) for buyer, fen in bought.items()]  # fmt: skip
