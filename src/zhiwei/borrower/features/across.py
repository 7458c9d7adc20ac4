"""Agreement between sources: the same business seen in invoices, declarations, bank, takings, orders and on the meter.

A fact of two sources is NaN for a party of whom one of them has no row. Sales are compared with tax where the other
side is money (bank, takings, orders), and before tax where it is a declaration.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhiwei.borrower.features.facts import Fact, Group
from zhiwei.borrower.features.kinds import see
from zhiwei.borrower.features.partners import Trade
from zhiwei.borrower.features.windows import (
    MONTH,
    MONTHS,
    Bools,
    Codes,
    Floats,
    Rows,
    correlation,
    growth,
    over,
    ratio,
)
from zhiwei.values import lazy

FACTS: Group["Sources"] = Group("across")
COMPARED = (
    "invoices", "tax_returns", "bank_flow", "acquiring", "orders", "procurement", "meters", "registry",
    "bureau_accounts",
)  # fmt: skip
"""Kinds between which facts are made: any of them may be what a fact of this chapter is made of."""


class Sources:
    """All that is seen of the parties, by kind of record; a source that is not there speaks NaN."""

    def __init__(self, views: Mapping[str, Rows], parties: int) -> None:
        self.views: Mapping[str, Any] = views
        self.parties = parties

    @lazy
    def known(self) -> Bools:
        """Parties of whom any source has a row."""
        found = np.zeros(self.parties, dtype=bool)
        for view in self.views.values():
            found |= view.known
        return found

    def reach(self, *kinds: str) -> Floats:
        """How far back all of the kinds reach, -1 where one does not speak."""
        nothing = np.full(self.parties, -1.0)
        return np.minimum.reduce([self.views[kind].reach if kind in self.views else nothing for kind in kinds])

    def monthly(self, kind: str, make) -> Floats:
        """(parties, months) of a view, NaN for parties of whom it has no row."""
        if kind not in self.views:
            return np.full((self.parties, MONTHS + 1), np.nan)
        view = self.views[kind]
        return np.where(view.known[:, None] & ~view.unknown_months, make(view), np.nan)

    def value(self, kind: str, make) -> Floats:
        """A figure of a view, NaN for parties of whom it has no row."""
        return np.where(self.views[kind].known, make(self.views[kind]), np.nan) if kind in self.views else self.nothing

    def believed(self, fact: Fact, values: Floats) -> Floats:
        """As they are: what each view does not know is NaN already."""
        return values

    @lazy
    def nothing(self) -> Floats:
        return np.full(self.parties, np.nan)

    @lazy
    def invoiced(self) -> Floats:
        """Sales before tax."""
        return self.monthly("invoices", lambda view: view.sales)

    @lazy
    def billed(self) -> Floats:
        """Sales with tax."""
        return self.monthly("invoices", lambda view: view.monthly(view.sold, "total"))

    @lazy
    def banked(self) -> Floats:
        return self.monthly("bank_flow", lambda view: view.money_in)

    @lazy
    def taken(self) -> Floats:
        return self.monthly("acquiring", lambda view: view.takings - view.refunds)

    @lazy
    def ordered(self) -> Floats:
        return self.monthly("orders", lambda view: view.sales)

    @lazy
    def declared(self) -> Floats:
        return self.monthly("tax_returns", lambda view: view.sales)

    @lazy
    def power(self) -> Floats:
        return self.monthly("meters", lambda view: view.power)


def across(tables: Mapping[str, pa.Table], parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact between sources, each one float64 per party in the order given; tables by kind of record."""
    sources = Sources(see(tables, parties, as_of), len(parties))
    return FACTS.compute(sources, sources.known)


def _year(monthly: Floats) -> Floats:
    return over(monthly, 0, 12)


def _gap(one: Floats, other: Floats) -> Floats:
    """Difference as a share of the larger."""
    return ratio(np.abs(one - other), np.maximum(one, other))


@FACTS.gives("""
    bank_sales_ratio_12m | 流入与开票比 | Money in over sales invoiced with tax, 12 months | ratio | . | 9.2
    bank_sales_gap_12m | 流入与开票差异 | Difference of money in and sales over the larger | share | + | 9.2
    bank_sales_correlation_12m | 流入与开票月相关 | Correlation of monthly money in and sales | ratio | - | practice
    bank_sales_growth_gap_12m | 流入与开票增长差 | Growth of money in less that of sales | share | . | practice
    bank_sales_months_12m | 流入与开票同有同无月数 | Months with both or neither of the two | months | - | practice
    vat_invoice_gap_12m | 申报与开票差异 | Difference of declared and invoiced sales over the larger | share | + | 8
    takings_bank_ratio_12m | 收单与流入比 | Takings over money in, 12 months | ratio | . | practice
    takings_sales_ratio_12m | 收单与开票比 | Takings over sales invoiced with tax, 12 months | ratio | . | practice
    takings_bank_correlation_12m | 收单与流入月相关 | Correlation of monthly takings and money in | ratio | - | practice
    order_bank_ratio_12m | 订单与流入比 | Orders over money in, 12 months | ratio | . | practice
    order_sales_ratio_12m | 订单与开票比 | Orders over sales invoiced with tax, 12 months | ratio | . | practice
    order_takings_ratio_12m | 订单与收单比 | Orders over takings, 12 months | ratio | . | practice
    order_bank_correlation_12m | 订单与流入月相关 | Correlation of monthly orders and money in | ratio | - | practice
    supply_sales_ratio_12m | 供货与开票比 | Invoices to buyers in procurement over sales invoiced | ratio | . | practice
    sales_sources_12m | 有销售的来源数 | Sources that show sales, 12 months | count | - | practice
    sales_confirmed_12m | 各来源最低销售额 | Smallest yearly sales among sources that show any | 元 | - | practice
    sales_spread_12m | 各来源销售离散度 | Largest less smallest of those, share of the largest | share | + | 9.2?
""")
def _sales(seen: Sources) -> dict[str, Floats]:
    billed, banked, taken, ordered = (_year(m) for m in (seen.billed, seen.banked, seen.taken, seen.ordered))
    grown = growth(seen.banked, 12, seen.reach("bank_flow", "invoices"))
    both = (seen.banked > 0) == (seen.billed > 0)
    there = ~np.isnan(banked) & ~np.isnan(billed)
    supplied = seen.value("procurement", lambda v: v.sums(v.supplier & v.invoice & v.year, v.amount))
    every = np.stack([billed, banked, taken, ordered, _year(seen.declared)])
    shown = np.where(every > 0, every, np.nan)
    least, most = np.fmin.reduce(shown), np.fmax.reduce(shown)
    several = (~np.isnan(shown)).sum(axis=0)
    return {
        "bank_sales_ratio_12m": ratio(banked, billed),
        "bank_sales_gap_12m": _gap(banked, billed),
        "bank_sales_correlation_12m": correlation(seen.banked[:, :12], seen.billed[:, :12]),
        "bank_sales_growth_gap_12m": grown - growth(seen.invoiced, 12, seen.reach("bank_flow", "invoices")),
        "bank_sales_months_12m": np.where(there, both[:, :12].sum(axis=1), np.nan),
        "vat_invoice_gap_12m": _gap(_year(seen.declared), _year(seen.invoiced)),
        "takings_bank_ratio_12m": ratio(taken, banked),
        "takings_sales_ratio_12m": ratio(taken, billed),
        "takings_bank_correlation_12m": correlation(seen.taken[:, :12], seen.banked[:, :12]),
        "order_bank_ratio_12m": ratio(ordered, banked),
        "order_sales_ratio_12m": ratio(ordered, billed),
        "order_takings_ratio_12m": ratio(ordered, taken),
        "order_bank_correlation_12m": correlation(seen.ordered[:, :12], seen.banked[:, :12]),
        "supply_sales_ratio_12m": ratio(supplied, billed),
        "sales_sources_12m": several.astype(np.float64),
        "sales_confirmed_12m": least / 100,
        "sales_spread_12m": np.where(several > 1, ratio(most - least, most), np.nan),
    }


@FACTS.gives("""
    power_per_sales_12m | 每万元销售用电 | Power used for 10,000 元 of sales invoiced | kWh | . | 4
    power_sales_growth_gap_{3,12}m | 用电与开票增长差 | Growth of power less growth of sales, {n} months | share | - | 4
    power_sales_correlation_12m | 用电与开票月相关 | Correlation of monthly power and sales, 12 months | ratio | - | 4
    power_takings_growth_gap_12m | 用电与收单增长差 | Growth of power less growth of takings, 12 months | share | - | 4
    power_orders_growth_gap_12m | 用电与订单增长差 | Growth of power less growth of orders, 12 months | share | - | 4
    sales_without_power_12m | 无用电而开票月数 | Months with sales invoiced and no power used | months | + | 8
    utility_sales_share_12m | 水电气费占销售 | Utility bills over sales invoiced, 12 months | share | . | practice
""")
def _power(seen: Sources) -> dict[str, Floats]:
    power, sales = seen.power, seen.invoiced

    def gap(other: Floats, kind: str, months: int) -> Floats:
        reach = seen.reach("meters", kind)
        return growth(power, months, reach) - growth(other, months, reach)

    idle = ((power <= 0) & (sales > 0))[:, :12].sum(axis=1)
    bills = seen.value("meters", lambda view: view.total(view.year, "amount"))
    return {
        # thousandths of a kWh over 分 -> kWh over 10,000 元
        "power_per_sales_12m": ratio(1000 * _year(power), _year(sales)),
        **{f"power_sales_growth_gap_{n}m": gap(sales, "invoices", n) for n in (3, 12)},
        "power_sales_correlation_12m": correlation(power[:, :12], sales[:, :12]),
        "power_takings_growth_gap_12m": gap(seen.taken, "acquiring", 12),
        "power_orders_growth_gap_12m": gap(seen.ordered, "orders", 12),
        "sales_without_power_12m": np.where(np.isnan(_year(power)) | np.isnan(_year(sales)), np.nan, idle),
        "utility_sales_share_12m": ratio(bills, _year(sales)),
    }


@FACTS.gives("""
    paying_customer_share_12m | 有回款客户销售占比 | Sales to customers that also paid by bank, share | share | - | 8
    paid_supplier_share_12m | 有付款供应商采购占比 | Purchases from suppliers also paid by bank, share | share | - | 8
    tax_sales_ratio_12m | 纳税与开票比 | All taxes paid over sales invoiced, 12 months | ratio | . | practice
    wages_per_insured_12m | 人均代发工资 | Wages by bank for each insured staff, 12 months | 元 | . | 4
    sales_per_insured_12m | 人均开票销售 | Sales invoiced for each insured staff, 12 months | 元 | . | 4
    sales_per_age_month_12m | 开票与成立月数比 | Sales of 12 months for each month since foundation | 元 | + | 8?
    sales_capital_ratio_12m | 开票与实缴资本比 | Sales invoiced over paid-in capital | ratio | . | practice
    debt_sales_ratio_12m | 负债与开票比 | Debts in the bureau over sales invoiced | ratio | + | 8
    debt_inflow_ratio_12m | 负债与流入比 | Debts in the bureau over money in | ratio | + | 8
    guarantee_capital_ratio | 担保与实缴资本比 | Balance guaranteed over paid-in capital | ratio | + | 8? | now
    balance_debt_ratio | 存款与负债比 | Balance of all accounts over debts in the bureau | ratio | - | practice | now
""")
def _strength(seen: Sources) -> dict[str, Floats]:
    sales = _year(seen.invoiced)
    firm = _registry(seen)
    debts = seen.value("bureau_accounts", lambda view: view.total(view.debt, "balance"))
    guaranteed = seen.value("bureau_accounts", lambda view: view.total(view.guarantee, "balance"))
    taxes = seen.value("tax_returns", lambda view: view.total(view.year, "paid"))
    wages = seen.value("bank_flow", _wages)
    standing = seen.value("bank_flow", lambda view: view.balances.now())
    return {
        "paying_customer_share_12m": _settled(seen, "customers", "payers"),
        "paid_supplier_share_12m": _settled(seen, "suppliers", "payees"),
        "tax_sales_ratio_12m": ratio(taxes, sales),
        "wages_per_insured_12m": ratio(wages, firm["insured"]) / 100,
        "sales_per_insured_12m": ratio(sales, firm["insured"]) / 100,
        "sales_per_age_month_12m": ratio(sales, firm["age"]) / 100,
        "sales_capital_ratio_12m": ratio(sales, firm["paid_in"]),
        "debt_sales_ratio_12m": ratio(debts, sales),
        "debt_inflow_ratio_12m": ratio(debts, _year(seen.banked)),
        "guarantee_capital_ratio": ratio(guaranteed, firm["paid_in"]),
        "balance_debt_ratio": ratio(standing, debts),
    }


def _registry(seen: Sources) -> dict[str, Floats]:
    return {
        "insured": seen.value("registry", lambda view: view.latest(view.what("insured"), view.insured)),
        "paid_in": seen.value("registry", lambda view: view.newest("paid_in", view.money)),
        "age": seen.value("registry", lambda view: (view.today - view.first_day(view.what("established"))) / MONTH),
    }


def _wages(view: Any) -> Floats:
    return np.where(view.said("text"), view.sums(view.paid_wages, -view.amount), np.nan)


def _settled(seen: Sources, trade: str, moved: str) -> Floats:
    """Share of a trade on invoices with partners whose name is on the bank's side too."""
    if "invoices" not in seen.views or "bank_flow" not in seen.views:
        return seen.nothing
    invoices, bank = seen.views["invoices"], seen.views["bank_flow"]
    mine, theirs = invoices.codes("counterparty")[0], bank.codes("counterparty")[0]
    place = pc.index_in(mine.words, value_set=theirs.words).fill_null(-1).to_numpy(zero_copy_only=False)
    # names that only invoices have come after those of the bank, so that all stay apart
    width = theirs.width + mine.width
    alone = theirs.width + np.arange(len(place))
    common = np.append(np.where(place >= 0, place, alone), -1)
    rows = (invoices.sold if trade == "customers" else invoices.bought) & invoices.year
    there = bank.inward if moved == "payers" else bank.outward
    traded = Trade(invoices, rows, Codes(common[mine.code], mine.words, width), invoices.amount)
    settled = Trade(bank, there & bank.year, Codes(theirs.code, theirs.words, width), np.abs(bank.amount))
    known = bank.said("counterparty") & invoices.known
    return np.where(known, traded.share(traded.active_among(settled)), np.nan)
