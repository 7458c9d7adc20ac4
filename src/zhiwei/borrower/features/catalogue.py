"""The dictionary of facts that tables may use: name, words in both languages, unit."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    zh: str
    en: str
    unit: str


_FACTS = [
    ("months_observed", "可观察月数", "Months since the first record", "months"),
    ("days_since_record", "距最近一张发票天数", "Days since the latest record", "days"),
    ("coverage_12m", "近12月数据覆盖率", "Share of the last 12 months with any record", "share"),
    ("sales_total", "累计开票销售额(不含税)", "Sales invoiced in all, net of red, before tax", "元"),
    ("sales_12m", "近12月开票销售额(不含税)", "Sales invoiced in 12 months, net of red", "元"),
    ("sales_growth_12m", "近12月销售增长率", "Growth of 12-month sales on the 12 months before", "share"),
    ("sales_growth_6m", "近6月销售环比增长率", "Growth of 6-month sales on the 6 months before", "share"),
    ("sales_variation_12m", "月销售额变异系数", "Coefficient of variation of monthly sales, 12 months", "ratio"),
    ("active_months_12m", "近12月有开票月数", "Months with sales, of the last 12", "months"),
    ("days_since_sale", "距最近一次开票天数", "Days since the latest sales invoice", "days"),
    (
        "longest_gap_12m",
        "近12月最大连续未开票天数",
        "Longest run of days without a sales invoice, ends included",
        "days",
    ),
    ("void_share_12m", "近12月作废发票占比", "Void sales invoices, share of all, 12 months", "share"),
    ("red_share_12m", "近12月红字发票占比", "Red sales invoices, share of valid ones, 12 months", "share"),
    ("void_share_total", "累计作废发票占比", "Void sales invoices, share of all, whole history", "share"),
    ("customers_12m", "近12月客户数", "Customers, 12 months", "count"),
    ("suppliers_12m", "近12月供应商数", "Suppliers, 12 months", "count"),
    ("top_customer_share_12m", "第一大客户占比", "Largest customer, share of sales, 12 months", "share"),
    ("top5_customer_share_12m", "前五大客户占比", "Five largest customers, share of sales, 12 months", "share"),
    ("top_supplier_share_12m", "第一大供应商占比", "Largest supplier, share of purchases, 12 months", "share"),
    ("purchases_12m", "近12月进项金额", "Purchases invoiced in 12 months, net of red", "元"),
    ("purchase_ratio_12m", "进销比", "Purchases over sales, 12 months", "ratio"),
    ("invoices_12m", "近12月销项发票张数", "Valid sales invoices, 12 months", "count"),
    ("mutual_share_12m", "互为客商销售占比", "Sales to parties that are suppliers too, share, 12 months", "share"),
    ("loop_share_12m", "闭环开票占比", "Sales inside circles of invoices, share, 12 months", "share"),
]

CANNOT_SHOW = {
    # Customers and suppliers carry codes of two lists, and none of them is a firm of the data: no circle can be seen.
    "cumcm2020c": ("mutual_share_12m", "loop_share_12m"),
}
"""source -> facts that its records can never show: they are missing there, not zero."""

CATALOGUE = {name: Fact(name, zh, en, unit) for name, zh, en, unit in _FACTS}
