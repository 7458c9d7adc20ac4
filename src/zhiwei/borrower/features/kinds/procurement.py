"""Procurement documents -> what a supplier delivers and is owed, and how a buyer pays. Money is 元.

The facts of a side are NaN for a party of which there is no document on that side. What is paid after the as-of date
is not paid.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from zhiwei.borrower.features.facts import Group
from zhiwei.borrower.features.partners import Trade
from zhiwei.borrower.features.windows import (
    MONTH,
    Bools,
    Floats,
    Rows,
    growth,
    longest_run,
    over,
    ratio,
    slope,
    variation,
)
from zhiwei.values import lazy

FACTS: Group["Procurement"] = Group("procurement")


class Procurement(Rows):
    """Orders, receipts and invoices between the party and its buyers or suppliers."""

    kind = "procurement"

    @lazy
    def amount(self) -> Floats:
        return self.fen("amount")

    @lazy
    def supplier(self) -> Bools:
        return self.equals("role", "supplier")

    @lazy
    def buyer(self) -> Bools:
        return self.equals("role", "buyer")

    @lazy
    def order(self) -> Bools:
        return self.equals("document", "order")

    @lazy
    def receipt(self) -> Bools:
        return self.equals("document", "receipt")

    @lazy
    def invoice(self) -> Bools:
        return self.equals("document", "invoice")

    @lazy
    def paid(self) -> Floats:
        return self.days("paid_on")

    @lazy
    def due(self) -> Floats:
        """Days on which invoices fall due, also those to come."""
        return self.promised("due_on")

    @lazy
    def matched(self) -> Bools:
        """Rows whose order number has both an order and a receipt of the same side: the three-way match."""
        code = self.codes("order_no")[0]
        keys = np.where(code.code >= 0, (self.who * 2 + self.buyer) * code.width + code.code, -1)
        return (keys >= 0) & np.isin(keys, keys[self.order]) & np.isin(keys, keys[self.receipt])

    def trade(self, where: Bools) -> Trade:
        return Trade(self, where, self.codes("counterparty")[0], self.amount)


def procurement(rows: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact of procurement, each one float64 per party in the order given; NaN where it cannot be said."""
    seen = Procurement(rows, parties, as_of)
    return FACTS.compute(seen, seen.known)


@FACTS.gives("""
    supply_months_observed | 供货可观察月数 | Months since the first document as supplier | months | - | practice | all
    supply_orders_{3,12}m | 近{n}月接单金额 | Orders received, {n} months | 元 | - | 4
    supply_growth_{6,12}m | 近{n}月接单增长率 | Growth of {n}-month orders on those before | share | - | practice
    supply_variation_12m | 月接单额变异系数 | Coefficient of variation of monthly orders | ratio | + | practice
    supply_slope_12m | 近12月接单月趋势 | Least-squares change a month over the mean | share | - | practice
    supply_idle_run_12m | 最长连续无接单月数 | Longest run of months without orders | months | + | practice
    supply_received_12m | 近12月收货金额 | Goods received by buyers, 12 months | 元 | - | 4
    supply_invoiced_12m | 近12月供货开票金额 | Invoices to buyers, 12 months | 元 | - | 4
    supply_fulfilment_12m | 订单履约率 | Goods received over orders, 12 months | ratio | - | practice
    supply_acceptance_12m | 验收合格率 | Goods not rejected, share of received, 12 months | share | - | 4
    supply_matched_share_12m | 三单匹配率 | Invoices with an order and a receipt, share | share | - | 4
    supply_buyers_12m | 近12月买方数 | Buyers with an order, 12 months | count | - | practice
    supply_top1_buyer_share_12m | 第一大买方占比 | Largest buyer, share of orders, 12 months | share | + | practice
    supply_buyer_hhi_12m | 买方集中度(HHI) | Herfindahl index of buyers, 12 months | ratio | + | 2.3
""")
def _supplying(rows: Procurement) -> dict[str, Floats]:
    side, year = rows.supplier, rows.year & rows.supplier
    ordered = rows.months_of(side & rows.order, rows.amount)
    buyers = rows.trade(year & rows.order)
    received = rows.sums(year & rows.receipt, rows.amount)
    invoiced = rows.sums(year & rows.invoice, rows.amount)
    found = {
        "supply_months_observed": (rows.today - rows.first_day(side)) / MONTH,
        **{f"supply_orders_{n}m": over(ordered, 0, n) / 100 for n in (3, 12)},
        **{f"supply_growth_{n}m": growth(ordered, n, rows.reach) for n in (6, 12)},
        "supply_variation_12m": variation(ordered),
        "supply_slope_12m": slope(ordered),
        "supply_idle_run_12m": longest_run(ordered[:, :12] <= 0),
        "supply_received_12m": received / 100,
        "supply_invoiced_12m": invoiced / 100,
        "supply_fulfilment_12m": ratio(received, over(ordered, 0, 12)),
        "supply_acceptance_12m": 1 - ratio(rows.total(year & rows.receipt, "rejected"), received),
        "supply_matched_share_12m": ratio(rows.sums(year & rows.invoice & rows.matched, rows.amount), invoiced),
        "supply_buyers_12m": buyers.count(),
        "supply_top1_buyer_share_12m": buyers.top(1),
        "supply_buyer_hhi_12m": buyers.hhi(),
    }
    return _of_side(rows, side, found)


@FACTS.gives("""
    supply_receivable | 应收余额 | Invoices to buyers not paid yet | 元 | . | practice | now
    supply_overdue | 逾期应收 | Invoices to buyers past their due day and not paid | 元 | + | practice | now
    supply_overdue_share | 逾期应收占比 | Overdue, share of receivables | share | + | practice | now
    supply_collection_days_12m | 平均回款天数 | Mean days from invoice to payment by buyers | days | + | practice
    supply_on_time_share_12m | 买方按期付款占比 | Invoices buyers paid in time, share of due | share | - | practice
    buy_invoiced_12m | 近12月采购发票金额 | Invoices of suppliers, 12 months | 元 | . | 4
    buy_suppliers_12m | 近12月采购供应商数 | Suppliers with an invoice, 12 months | count | . | practice
    buy_top1_supplier_share_12m | 采购第一大供应商占比 | Largest supplier, share of invoices | share | + | practice
    buy_supplier_hhi_12m | 采购供应商集中度(HHI) | Herfindahl index of suppliers, 12 months | ratio | + | 2.3
    buy_rejected_share_12m | 采购拒收占比 | Goods rejected, share of received, 12 months | share | . | practice
    buy_payable | 应付余额 | Invoices of suppliers not paid yet | 元 | . | practice | now
    buy_overdue | 逾期应付 | Invoices of suppliers past their due day and not paid | 元 | + | practice | now
    buy_overdue_share | 逾期应付占比 | Overdue, share of payables | share | + | practice | now
    buy_payment_days_12m | 平均付款天数 | Mean days from invoice to payment of suppliers | days | + | practice
    buy_on_time_share_12m | 按期付款占比 | Invoices paid in time, share of those due | share | - | practice
""")
def _settling(rows: Procurement) -> dict[str, Floats]:
    year = rows.year & rows.buyer
    suppliers = rows.trade(year & rows.invoice)
    received = rows.sums(year & rows.receipt, rows.amount)
    owed, owing = _settled(rows, rows.supplier), _settled(rows, rows.buyer)
    bought = {
        "buy_invoiced_12m": rows.sums(year & rows.invoice, rows.amount) / 100,
        "buy_suppliers_12m": suppliers.count(),
        "buy_top1_supplier_share_12m": suppliers.top(1),
        "buy_supplier_hhi_12m": suppliers.hhi(),
        "buy_rejected_share_12m": ratio(rows.total(year & rows.receipt, "rejected"), received),
        "buy_payable": owing["open"],
        "buy_overdue": owing["overdue"],
        "buy_overdue_share": owing["overdue_share"],
        "buy_payment_days_12m": owing["days"],
        "buy_on_time_share_12m": owing["on_time"],
    }
    sold = {
        "supply_receivable": owed["open"],
        "supply_overdue": owed["overdue"],
        "supply_overdue_share": owed["overdue_share"],
        "supply_collection_days_12m": owed["days"],
        "supply_on_time_share_12m": owed["on_time"],
    }
    return _of_side(rows, rows.supplier, sold) | _of_side(rows, rows.buyer, bought)


def _settled(rows: Procurement, side: Bools) -> dict[str, Floats]:
    """How invoices of a side are paid; NaN where no invoice of the side was ever seen paid or due."""
    invoice = side & rows.invoice
    unpaid = invoice & np.isnan(rows.paid)
    late = unpaid & (rows.due < rows.today)
    tells_paid = rows.count(invoice & ~np.isnan(rows.paid)) > 0
    tells_due = rows.count(invoice & ~np.isnan(rows.due)) > 0
    whole, overdue = rows.sums(unpaid, rows.amount), rows.sums(late, rows.amount)
    was_due = invoice & rows.year & ((rows.due < rows.today) | (rows.paid <= rows.due))
    return {
        "open": np.where(tells_paid, whole / 100, np.nan),
        "overdue": np.where(tells_paid & tells_due, overdue / 100, np.nan),
        "overdue_share": np.where(tells_paid & tells_due, ratio(overdue, whole), np.nan),
        "days": rows.mean(invoice & rows.year, rows.paid - rows.day),
        "on_time": ratio(rows.count(was_due & (rows.paid <= rows.due)), rows.count(was_due)),
    }


def _of_side(rows: Procurement, side: Bools, found: dict[str, Floats]) -> dict[str, Floats]:
    there = rows.count(side) > 0
    return {name: np.where(there, values, np.nan) for name, values in found.items()}
