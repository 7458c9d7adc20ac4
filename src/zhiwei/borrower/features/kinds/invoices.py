"""Invoices -> the operating picture: any number of businesses in, one row per business out.

Amounts are 元 before tax, net of red invoices; void invoices count only in void shares and as records (observation,
coverage); repeated rows (occurrence > 1) count nowhere. What cannot be said is NaN, not 0. What a red invoice takes
back is gone to the last 分.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from zhiwei.borrower.features.amounts import first_digit_distance, repeated_share, round_share
from zhiwei.borrower.features.facts import Fact, Group
from zhiwei.borrower.features.partners import Trade
from zhiwei.borrower.features.windows import (
    MONTH,
    Bools,
    Floats,
    Rows,
    growth,
    longest_run,
    over,
    peak,
    ratio,
    season,
    slope,
    variation,
)
from zhiwei.values import lazy

CORE: Group["Invoices"] = Group("invoices")
MORE: Group["Invoices"] = Group("invoices")


class Invoices(Rows):
    """Invoices of both directions, each once."""

    kind = "invoices"

    def kept(self, table: pa.Table) -> Bools:
        return table["occurrence"].to_numpy() == 1

    def believed(self, fact: Fact, values: Floats) -> Floats:
        """Of a party without an invoice both sides must have been asked for: facts are of sales and of purchases."""
        if not self.empty.any():
            return values
        both = [self.told.speaks_for(fact.window, (side, "")) for side in ("sale", "purchase")]
        return np.where(self.empty & ~(both[0] & both[1]), np.nan, values)

    @lazy
    def sale(self) -> Bools:
        return self.equals("direction", "sale")

    @lazy
    def valid(self) -> Bools:
        return self.equals("status", "valid")

    @lazy
    def sold(self) -> Bools:
        return self.sale & self.valid

    @lazy
    def bought(self) -> Bools:
        return ~self.sale & self.valid

    @lazy
    def blue(self) -> Bools:
        """Valid sales that are not red."""
        return self.sold & (self.amount > 0)

    @lazy
    def amount(self) -> Floats:
        return self.fen("amount")

    @lazy
    def sales(self) -> Floats:
        return self.monthly(self.sold, "amount")

    @lazy
    def purchases(self) -> Floats:
        return self.monthly(self.bought, "amount")

    @lazy
    def issued_months(self) -> Floats:
        return self.months_of(self.sale)

    @lazy
    def void_months(self) -> Floats:
        return self.months_of(self.sale & ~self.valid)

    @lazy
    def red_months(self) -> Floats:
        return self.months_of(self.sold & (self.amount < 0))

    @lazy
    def blue_months(self) -> Floats:
        return self.months_of(self.blue)

    def trade(self, where: Bools) -> Trade:
        return Trade(self, where, self.codes("counterparty")[0], self.amount)

    @lazy
    def customers(self) -> Trade:
        return self.trade(self.sold & self.year)

    @lazy
    def suppliers(self) -> Trade:
        return self.trade(self.bought & self.year)


def picture(invoices: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """The facts decisions on invoices stand on, by name, each one float64 per party in the order given; NaN = missing.

    `invoices`: Arrow table of `records.INVOICES`, in any order. Rows of other parties are not looked at.
    """
    rows = Invoices(invoices, parties, as_of)
    return CORE.compute(rows, rows.known)


def invoices(rows: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact of invoices: those of `picture`, and more levels, trends, signs of forgery and partners."""
    seen = Invoices(rows, parties, as_of)
    return CORE.compute(seen, seen.known) | MORE.compute(seen, seen.known)


@CORE.gives("""
    months_observed | 可观察月数 | Months since the first record | months | - | 2.3 | all
    days_since_record | 距最近一张发票天数 | Days since the latest record | days | + | 2.3 | now
    coverage_12m | 近12月数据覆盖率 | Share of the last 12 months with any record | share | - | practice
    sales_total | 累计开票销售额(不含税) | Sales invoiced in all, net of red, before tax | 元 | - | 2.3 | all
    sales_12m | 近12月开票销售额(不含税) | Sales invoiced in 12 months, net of red | 元 | - | 2.3
    sales_growth_12m | 近12月销售增长率 | Growth of 12-month sales on the 12 months before | share | - | 2.3
    sales_growth_6m | 近6月销售环比增长率 | Growth of 6-month sales on the 6 months before | share | - | 2.3
    sales_variation_12m | 月销售额变异系数 | Coefficient of variation of monthly sales, 12 months | ratio | + | practice
    active_months_12m | 近12月有开票月数 | Months with sales, of the last 12 | months | - | 2.3
    days_since_sale | 距最近一次开票天数 | Days since the latest sales invoice | days | + | 2.3 | now
    longest_gap_12m | 近12月最大连续未开票天数 | Longest run of days without a sales invoice, ends in | days | + | 2.3
    void_share_12m | 近12月作废发票占比 | Void sales invoices, share of all, 12 months | share | + | 2.1
    red_share_12m | 近12月红字发票占比 | Red sales invoices, share of valid ones, 12 months | share | + | 2.1
    void_share_total | 累计作废发票占比 | Void sales invoices, share of all, whole history | share | + | 2.1 | all
    customers_12m | 近12月客户数 | Customers, 12 months | count | - | 2.3
    suppliers_12m | 近12月供应商数 | Suppliers, 12 months | count | - | 2.3
    top_customer_share_12m | 第一大客户占比 | Largest customer, share of sales, 12 months | share | + | 2.3
    top5_customer_share_12m | 前五大客户占比 | Five largest customers, share of sales, 12 months | share | + | 2.3
    top_supplier_share_12m | 第一大供应商占比 | Largest supplier, share of purchases, 12 months | share | + | 2.3
    purchases_12m | 近12月进项金额 | Purchases invoiced in 12 months, net of red | 元 | . | 2.3
    purchase_ratio_12m | 进销比 | Purchases over sales, 12 months | ratio | . | 8
    invoices_12m | 近12月销项发票张数 | Valid sales invoices, 12 months | count | - | 2.3
    mutual_share_12m | 互为客商销售占比 | Sales to parties that are suppliers too, share, 12 months | share | + | 8
""")
def _core(rows: Invoices) -> dict[str, Floats]:
    sales, purchases = over(rows.sales, 0, 12), over(rows.purchases, 0, 12)
    customers, suppliers = rows.customers, rows.suppliers
    voids, reds = over(rows.void_months, 0, 12), over(rows.red_months, 0, 12)
    issued = over(rows.issued_months, 0, 12)
    return {
        "months_observed": (rows.today - rows.observed_since()) / MONTH,
        "days_since_record": rows.today - rows.last_day(),
        "sales_total": rows.sales.sum(axis=1) / 100,
        "sales_12m": sales / 100,
        "purchases_12m": purchases / 100,
        "purchase_ratio_12m": ratio(purchases, sales),
        "sales_growth_12m": ratio(sales, over(rows.sales, 12, 24)) - 1,
        "sales_growth_6m": ratio(over(rows.sales, 0, 6), over(rows.sales, 6, 12)) - 1,
        "invoices_12m": over(rows.blue_months, 0, 12),
        "coverage_12m": (rows.months_of(np.ones(rows.size, dtype=bool))[:, :12] > 0).mean(axis=1),
        "active_months_12m": (rows.sales[:, :12] > 0).sum(axis=1).astype(np.float64),
        "sales_variation_12m": variation(rows.sales),
        "days_since_sale": rows.today - rows.last_day(rows.blue),
        "longest_gap_12m": rows.longest_gap(rows.blue & rows.year),
        "void_share_12m": ratio(voids, issued),
        "void_share_total": ratio(rows.void_months.sum(axis=1), rows.issued_months.sum(axis=1)),
        "red_share_12m": ratio(reds, issued - voids),
        "customers_12m": customers.count(),
        "suppliers_12m": suppliers.count(),
        "top_customer_share_12m": customers.top(1),
        "top5_customer_share_12m": customers.top(5),
        "top_supplier_share_12m": suppliers.top(1),
        "mutual_share_12m": customers.share(customers.among(suppliers)),
    }


# A circle of invoices runs through the records of many parties: credit.antifraud finds it, and here is its name.
CORE.declares("loop_share_12m | 闭环开票占比 | Sales inside circles of invoices, share, 12 months | share | + | 8")


@MORE.gives("""
    sales_{1,3,6,24}m | 近{n}月开票销售额(不含税) | Sales invoiced in {n} months, net of red | 元 | - | 2.3
    purchases_{3,6,24}m | 近{n}月进项金额 | Purchases invoiced in {n} months, net of red | 元 | . | 2.3
    invoices_{1,3,6}m | 近{n}月销项发票张数 | Valid sales invoices, {n} months | count | - | 2.3
    sales_growth_3m | 近3月销售环比增长率 | Growth of 3-month sales on the 3 months before | share | - | 2.3
    purchases_growth_{6,12}m | 近{n}月进项增长率 | Growth of {n}-month purchases on those before | share | . | practice
    average_invoice_12m | 近12月平均单张开票额 | Mean valid sales invoice, 12 months | 元 | . | practice
    largest_invoice_share_12m | 近12月最大单张发票占比 | Largest invoice, share of those not red | share | + | practice
    output_tax_12m | 近12月销项税额 | VAT on sales invoices, 12 months | 元 | - | 2.3
    input_tax_12m | 近12月进项税额 | VAT on purchase invoices, 12 months | 元 | . | 2.3
    invoiced_vat_burden_12m | 近12月发票口径税负率 | Output less input VAT over sales, 12 months | ratio | . | 2.3?
""")
def _levels(rows: Invoices) -> dict[str, Floats]:
    sales = over(rows.sales, 0, 12)
    largest = rows.largest(rows.blue & rows.year, rows.amount)
    output, paid = rows.total(rows.sold & rows.year, "tax"), rows.total(rows.bought & rows.year, "tax")
    return {
        **{f"sales_{n}m": over(rows.sales, 0, n) / 100 for n in (1, 3, 6, 24)},
        **{f"purchases_{n}m": over(rows.purchases, 0, n) / 100 for n in (3, 6, 24)},
        **{f"invoices_{n}m": over(rows.blue_months, 0, n) for n in (1, 3, 6)},
        **{f"purchases_growth_{n}m": growth(rows.purchases, n, rows.reach) for n in (6, 12)},
        "sales_growth_3m": growth(rows.sales, 3, rows.reach),
        "average_invoice_12m": ratio(rows.sums(rows.blue & rows.year, rows.amount), over(rows.blue_months, 0, 12))
        / 100,
        "largest_invoice_share_12m": ratio(largest, rows.sums(rows.blue & rows.year, rows.amount)),
        "output_tax_12m": output / 100,
        "input_tax_12m": paid / 100,
        "invoiced_vat_burden_12m": ratio(output - paid, sales),
    }


@MORE.gives("""
    sales_slope_12m | 近12月销售月趋势 | Least-squares change a month over the mean | share | - | practice
    sales_season_24m | 销售季节重复度 | Correlation of monthly sales with the year before | ratio | - | practice
    sales_peak_share_12m | 近12月最高月销售占比 | Largest month, share of sales, 12 months | share | + | practice
    sales_latest_share_12m | 最近一月销售占比 | Latest month, share of sales, 12 months | share | + | 8?
    purchases_variation_12m | 月进项额变异系数 | Coefficient of variation of monthly purchases | ratio | + | practice
    gap_months_12m | 近12月断票月数(不含2月) | Months without sales, February aside, 12 months | months | + | 2.3
    gap_months_run_12m | 近12月最长连续断票月数 | Longest run of months without sales, 12 months | months | + | 2.3
    longest_gap_6m | 近6月最大连续未开票天数 | Longest run of days without a sale, ends in | days | + | 2.3
    sold_45d | 近45日是否开票 | 1 where anything was invoiced in 45 days | flag | - | 2.3
    invoice_days_12m | 近12月开票天数 | Days with a sales invoice, 12 months | days | - | practice
    holiday_invoice_share_12m | 近12月节假日开票占比 | Sales invoices on days off, share, 12 months | share | + | 8?
    month_end_share_12m | 近12月月末三日开票占比 | Sales of the last 3 days of months, share | share | + | practice?
""")
def _rhythm(rows: Invoices) -> dict[str, Floats]:
    monthly, blue = rows.sales, rows.blue & rows.year
    none = monthly[:, :12] <= 0
    days = rows.day.astype("datetime64[D]")
    month_end = (days + 3).astype("datetime64[M]") != days.astype("datetime64[M]")
    # a trailing month is February's where its middle is
    middle = (rows.edges[:12] - 15).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    return {
        "sales_slope_12m": slope(monthly),
        "sales_season_24m": season(monthly, rows.reach),
        "sales_peak_share_12m": peak(monthly),
        "sales_latest_share_12m": ratio(monthly[:, 0], over(monthly, 0, 12)),
        "purchases_variation_12m": variation(rows.purchases),
        "gap_months_12m": none[:, middle != 1].sum(axis=1).astype(np.float64),
        "gap_months_run_12m": longest_run(none),
        "longest_gap_6m": rows.longest_gap(blue & rows.within(0, 6), 6),
        "sold_45d": (rows.today - rows.last_day(rows.blue) < 45).astype(np.float64),
        "invoice_days_12m": rows.busy_days(blue),
        "holiday_invoice_share_12m": ratio(rows.count(blue & rows.closed), rows.count(blue)),
        "month_end_share_12m": ratio(rows.sums(blue & month_end, rows.amount), rows.sums(blue, rows.amount)),
    }


@MORE.gives("""
    void_share_3m | 近3月作废发票占比 | Void sales invoices, share of all, 3 months | share | + | 2.1
    red_share_3m | 近3月红字发票占比 | Red sales invoices, share of valid ones, 3 months | share | + | 2.1
    void_amount_share_12m | 近12月作废金额占比 | Void sales, share of amounts issued, 12 months | share | + | 2.3
    red_amount_share_12m | 近12月红冲金额占比 | Red sales, share of amounts not red, 12 months | share | + | 2.3
    void_tax_12m | 近12月作废税额 | VAT on void sales invoices, 12 months | 元 | + | 8
    near_largest_share_12m | 近12月近顶额发票占比 | Invoices of 90 % of the largest and up, share | share | + | 8?
    round_invoice_share_12m | 近12月整千元发票占比 | Invoices of whole thousands, share, 12 months | share | + | 8?
    repeated_invoice_share_12m | 近12月同额发票占比 | Invoices of an amount seen twice, share | share | + | 8?
    invoice_digit_distance_12m | 开票额首位数偏离度 | Mean distance of first digits from Benford's law | share | + | 8?
""")
def _forgery(rows: Invoices) -> dict[str, Floats]:
    void, blue = rows.sale & ~rows.valid & rows.year, rows.blue & rows.year
    voided, issued = rows.sums(void, np.abs(rows.amount)), rows.sums(blue, rows.amount)
    red = rows.sums(rows.sold & rows.year & (rows.amount < 0), -rows.amount)
    largest = rows.largest(blue, rows.amount)
    return {
        "void_share_3m": ratio(over(rows.void_months, 0, 3), over(rows.issued_months, 0, 3)),
        "red_share_3m": ratio(over(rows.red_months, 0, 3), over(rows.issued_months - rows.void_months, 0, 3)),
        "void_amount_share_12m": ratio(voided, voided + issued),
        "red_amount_share_12m": ratio(red, issued),
        "void_tax_12m": rows.total(void, "tax") / 100,
        "near_largest_share_12m": ratio(
            rows.count(blue & (rows.amount * 10 >= largest[rows.who] * 9)), rows.count(blue)
        ),
        "round_invoice_share_12m": round_share(rows, blue, rows.amount),
        "repeated_invoice_share_12m": repeated_share(rows, blue, rows.amount),
        "invoice_digit_distance_12m": first_digit_distance(rows, blue, rows.amount),
    }


@MORE.gives("""
    top10_customer_share_12m | 前十大客户占比 | Ten largest customers, share of sales, 12 months | share | + | 2.3
    top{5,10}_supplier_share_12m | 前{n}大供应商占比 | {n} largest suppliers, share of purchases | share | + | 2.3
    customer_hhi_12m | 客户集中度(HHI) | Herfindahl index of customers, 12 months | ratio | + | 2.3
    supplier_hhi_12m | 供应商集中度(HHI) | Herfindahl index of suppliers, 12 months | ratio | + | 2.3
    customers_3m | 近3月客户数 | Customers, 3 months | count | - | 2.3
    suppliers_3m | 近3月供应商数 | Suppliers, 3 months | count | - | practice
    new_customers_12m | 近12月新增客户数 | Customers of 12 months, not of the 12 before | count | . | practice
    lost_customers_12m | 近12月流失客户数 | Customers of the 12 months before, none since | count | + | practice
    kept_customer_share_12m | 老客户销售占比 | Sales to customers of the year before, share | share | - | practice
    new_suppliers_12m | 近12月新增供应商数 | Suppliers of 12 months, not of the 12 before | count | . | practice
    lost_suppliers_12m | 近12月流失供应商数 | Suppliers of the 12 months before, none since | count | + | practice
    kept_supplier_share_12m | 老供应商采购占比 | Purchases from suppliers of the year before | share | - | practice
    shared_partners_12m | 互为客商家数 | Customers who are suppliers too, 12 months | count | + | 8
    mutual_purchase_share_12m | 互为客商采购占比 | Purchases from parties that are customers too, share | share | + | 8
""")
def _partners(rows: Invoices) -> dict[str, Floats]:
    customers, suppliers = rows.customers, rows.suppliers
    sold_to, bought_from = rows.trade(rows.sold & rows.within(12, 24)), rows.trade(rows.bought & rows.within(12, 24))

    def since(values: Floats) -> Floats:
        return np.where(rows.reach >= 12, values, np.nan)  # nobody is new to a party without a past

    return {
        "top10_customer_share_12m": customers.top(10),
        "top5_supplier_share_12m": suppliers.top(5),
        "top10_supplier_share_12m": suppliers.top(10),
        "customer_hhi_12m": customers.hhi(),
        "supplier_hhi_12m": suppliers.hhi(),
        "customers_3m": rows.trade(rows.sold & rows.within(0, 3)).count(),
        "suppliers_3m": rows.trade(rows.bought & rows.within(0, 3)).count(),
        "new_customers_12m": since(customers.count() - customers.count(customers.active_among(sold_to))),
        "lost_customers_12m": since(sold_to.count() - sold_to.count(sold_to.active_among(customers))),
        "kept_customer_share_12m": since(customers.share(customers.active_among(sold_to))),
        "new_suppliers_12m": since(suppliers.count() - suppliers.count(suppliers.active_among(bought_from))),
        "lost_suppliers_12m": since(bought_from.count() - bought_from.count(bought_from.active_among(suppliers))),
        "kept_supplier_share_12m": since(suppliers.share(suppliers.active_among(bought_from))),
        "shared_partners_12m": customers.count(customers.active_among(suppliers)),
        "mutual_purchase_share_12m": suppliers.share(suppliers.among(customers)),
    }
