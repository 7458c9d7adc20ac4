"""Canonical typed records as Arrow tables; every source lands here and every feature starts here.

Money is whole 分 of CNY unless a column `currency` says otherwise; dates are days, times are seconds without a zone
(China's). A null is "the source does not say", never zero.
"""

from dataclasses import dataclass

import pyarrow as pa

_TEXT, _DAY, _TIME, _FEN, _REAL = pa.string(), pa.date32(), pa.timestamp("s"), pa.int64(), pa.float64()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record. `day`: the column before which nothing of a row was known to anyone (features never look past
    it); `key`: what makes two rows the same record, so that a later delivery of it is a correction; a bank does not
    correct its rows, so there all that identifies a row is key, and overlapping statements fit together.
    """

    name: str
    zh: str
    en: str
    schema: pa.Schema
    day: str
    key: tuple[str, ...]


INVOICES = pa.schema(
    [
        ("party_id", _TEXT),
        ("direction", _TEXT),  # sale (销项) | purchase (进项)
        ("invoice_no", _TEXT),  # no key: sources repeat it
        ("issue_date", _DAY),
        ("counterparty", _TEXT),
        ("amount", _FEN),  # before tax; negative = red invoice (负数发票)
        ("tax", _FEN),
        ("total", _FEN),
        ("status", _TEXT),  # valid (有效发票) | void (作废发票)
        ("occurrence", pa.int16()),  # 1 for the first of rows that agree in everything above, then 2, 3, ...
    ]
)
"""One row as the source delivered it. Repeats are kept and numbered, never dropped; features count the first only."""

TAX_RETURNS = pa.schema(
    [
        ("party_id", _TEXT),
        ("tax", _TEXT),  # vat (增值税) | cit (企业所得税) | iit (个人所得税) | surcharge (附加) | other
        ("period_start", _DAY),
        ("period_end", _DAY),
        ("filed_on", _DAY),
        ("sales", _FEN),  # taxable sales declared
        ("payable", _FEN),
        ("paid", _FEN),
        ("arrears", _FEN),  # 欠税余额 of this return on the day it was delivered
        ("late_fee", _FEN),  # 滞纳金
    ]
)
TAX_RATINGS = pa.schema(
    [("party_id", _TEXT), ("year", pa.int16()), ("rating", _TEXT), ("published_on", _DAY)]  # A | B | M | C | D
)
BANK_FLOW = pa.schema(
    [
        ("party_id", _TEXT),
        ("account", _TEXT),
        ("booked_on", _DAY),
        ("sequence", pa.int32()),  # place in its statement, from 1: rows of a day have an order
        ("second", pa.int32()),  # of the day, where the bank says
        ("amount", _FEN),  # in is positive, out is negative; minor units of `currency`
        ("balance", _FEN),  # after this row
        ("currency", _TEXT),
        ("counterparty", _TEXT),
        ("counterparty_account", _TEXT),
        ("text", _TEXT),
        ("reference", _TEXT),
    ]
)
ACQUIRING = pa.schema(
    [
        ("party_id", _TEXT),
        ("merchant", _TEXT),
        ("terminal", _TEXT),
        ("paid_at", _TIME),
        ("amount", _FEN),  # a refund is negative
        ("fee", _FEN),
        ("payer", _TEXT),  # a token of the card or wallet, never its number
        ("channel", _TEXT),  # card | wechat | alipay | unionpay | other
        ("reference", _TEXT),
    ]
)
ORDERS = pa.schema(
    [
        ("party_id", _TEXT),
        ("platform", _TEXT),
        ("order_no", _TEXT),
        ("ordered_at", _TIME),
        ("shipped_at", _TIME),
        ("signed_at", _TIME),
        ("buyer", _TEXT),  # a token
        ("amount", _FEN),  # what the buyer paid
        ("refund", _FEN),
        ("fee", _FEN),  # what the platform kept
        ("status", _TEXT),  # paid | shipped | signed | refunded | cancelled
    ]
)
PROCUREMENT = pa.schema(
    [
        ("party_id", _TEXT),
        ("role", _TEXT),  # supplier | buyer: which side the party is
        ("document", _TEXT),  # order | receipt | invoice
        ("document_no", _TEXT),
        ("order_no", _TEXT),
        ("counterparty", _TEXT),
        ("dated_on", _DAY),
        ("due_on", _DAY),
        ("paid_on", _DAY),
        ("amount", _FEN),
        ("rejected", _FEN),  # of the amount, what was not accepted
    ]
)
METERS = pa.schema(
    [
        ("party_id", _TEXT),
        ("utility", _TEXT),  # power | water | gas
        ("meter", _TEXT),  # 户号
        ("read_on", _DAY),
        ("reading", _REAL),  # the dial, in `unit`
        ("usage", _REAL),  # since the reading before
        ("unit", _TEXT),  # kWh | m3
        ("amount", _FEN),
        ("paid_on", _DAY),
        ("arrears", _FEN),
        ("reader", _TEXT),  # feed | staff
        # installed | replaced | reset | rolled_over: the dial begins anew; estimated: nobody read it
        ("event", _TEXT),
    ]
)
REGISTRY = pa.schema(
    [
        ("party_id", _TEXT),
        ("on", _DAY),
        ("what", _TEXT),
        # established | status | capital | paid_in | legal_representative | shareholder | address | scope | abnormal
        # | serious | pledge | freeze | insured (headcount of the annual report)
        # | directorship (an office of the legal representative in another firm)
        ("value", _TEXT),
        ("amount", _FEN),
        ("share", _REAL),
        ("until", _DAY),
    ]
)
COURTS = pa.schema(
    [
        ("party_id", _TEXT),
        ("subject", _TEXT),  # firm | owner
        # dishonest 失信 | executed 被执行 | restricted 限高 | ended 终本 | plaintiff | defendant | bankruptcy
        ("what", _TEXT),
        ("case_no", _TEXT),
        ("court", _TEXT),
        ("filed_on", _DAY),
        ("closed_on", _DAY),
        ("amount", _FEN),
    ]
)
BUREAU_ACCOUNTS = pa.schema(
    [
        ("party_id", _TEXT),
        ("subject", _TEXT),  # firm | owner
        ("report_on", _DAY),
        ("account", _TEXT),
        ("lender", _TEXT),
        ("kind", _TEXT),  # loan | card | line | guarantee
        ("opened_on", _DAY),
        ("due_on", _DAY),
        ("limit", _FEN),
        ("balance", _FEN),
        ("overdue", _FEN),
        ("class", _TEXT),  # normal | special_mention | substandard | doubtful | loss
        ("months", _TEXT),  # a status a month, oldest first, in the bureau's letters; the last is the report's month
    ]
)
BUREAU_QUERIES = pa.schema(
    [
        ("party_id", _TEXT),
        ("subject", _TEXT),
        ("report_on", _DAY),
        ("queried_on", _DAY),
        ("lender", _TEXT),
        ("reason", _TEXT),  # loan | card | guarantee | before_guarantee | financing | standing | post_loan | self | ...
    ]
)
PROPERTY = pa.schema(
    [
        ("party_id", _TEXT),
        ("title_no", _TEXT),  # 不动产权证号
        ("said_on", _DAY),  # a valuation, a search of the register, a consent: the day it was said
        ("city", pa.int32()),  # six digits of GB/T 2260, of the county where the source says so
        ("use", _TEXT),  # residential | shop | office | other
        ("area", _REAL),  # m², 建筑面积
        ("built_year", pa.int16()),
        ("purchase_price", _FEN),
        ("appraisal_1", _FEN),
        ("appraisal_2", _FEN),
        ("appraisal_3", _FEN),
        ("first_lien_balance", _FEN),  # owed under mortgages that go before ours; 0 says that there is none
        ("first_lien_maximum", _FEN),  # registered maximum of a 最高额抵押; null where there is no such lien
        ("seized", _TEXT),  # no | seized 查封 | restricted 限售
        ("co_owners_consent", _TEXT),  # sole | given | refused; null: nobody was asked
        ("mortgage_registered_on", _DAY),  # our own mortgage
    ]
)
"""A row for each property and each day on which something was said of it; what a row does not say is as it was."""

PLEDGES = pa.schema(
    [
        ("party_id", _TEXT),  # who pledged
        ("pledge_id", _TEXT),  # 登记证明编号: one registration may have many rows, one for each thing
        ("lender", _TEXT),
        ("registered_on", _DAY),
        ("invoice_no", _TEXT),
        ("vin", _TEXT),
        ("receipt_no", _TEXT),  # 仓单号
        ("debtor", _TEXT),
        ("contract", _TEXT),
        ("amount", _FEN),
        ("dated_on", _DAY),
        ("released_on", _DAY),
    ]
)
PLEDGED_THINGS = ("invoice_no", "vin", "receipt_no")
"""The columns that number one thing, whoever pledges it to whom."""
IDENTITY = pa.schema(
    [
        ("party_id", _TEXT),
        ("event_id", _TEXT),  # the provider's own number of it
        ("checked_at", _TIME),
        ("what", _TEXT),  # liveness | face | document | phone | sim | device | list | bureau | account | place
        ("outcome", _TEXT),  # passed | failed | unclear; of a place nothing is said
        ("score", _REAL),  # 0 to 1, higher is more surely the person
        ("detail", _TEXT),  # which list, which sign: a code, nobody's number
        ("latitude", _REAL),  # WGS-84
        ("longitude", _REAL),
    ]
)
"""What outside companies said when somebody was verified: face against document, phone against name, lists, devices."""

KINDS = {
    kind.name: kind
    for kind in (
        Kind("invoices", "增值税发票", "VAT invoices", INVOICES, "issue_date",
            ("direction", "invoice_no", "issue_date", "counterparty", "amount", "occurrence"),
        ),
        Kind("tax_returns", "纳税申报", "Tax returns", TAX_RETURNS, "filed_on", ("tax", "period_start", "period_end")),
        Kind("tax_ratings", "纳税信用等级", "Tax credit ratings", TAX_RATINGS, "published_on", ("year",)),
        Kind("bank_flow", "银行流水", "Bank statements", BANK_FLOW, "booked_on",
            ("account", "booked_on", "amount", "balance", "counterparty", "text", "reference"),
        ),
        Kind(
            "acquiring", "收单流水", "Card and QR takings", ACQUIRING, "paid_at",
            ("merchant", "reference", "paid_at", "amount"),
        ),
        Kind("orders", "电商与外卖订单", "Online and delivery orders", ORDERS, "ordered_at", ("platform", "order_no")),
        Kind("procurement", "采购单据", "Procurement", PROCUREMENT, "dated_on", ("role", "document", "document_no")),
        Kind("meters", "水电气表", "Utility meters", METERS, "read_on", ("utility", "meter", "read_on")),
        Kind("registry", "工商登记", "Business registry", REGISTRY, "on", ("what", "on", "value")),
        Kind("courts", "司法", "Courts", COURTS, "filed_on", ("what", "case_no")),
        Kind("bureau_accounts", "征信账户", "Bureau accounts", BUREAU_ACCOUNTS, "report_on", ("report_on", "account")),
        Kind(
            "bureau_queries", "征信查询", "Bureau queries", BUREAU_QUERIES, "report_on",
            ("report_on", "queried_on", "lender", "reason"),
        ),
        Kind("property", "房产", "Property", PROPERTY, "said_on", ("title_no", "said_on")),
        Kind(
            "pledges", "动产融资登记", "Pledges of movables", PLEDGES, "registered_on", ("pledge_id", *PLEDGED_THINGS)
        ),
        Kind("identity", "身份核验", "Identity checks", IDENTITY, "checked_at", ("event_id", "what")),
    )
}  # fmt: skip
"""Every kind of record; each table has `party_id` first."""


def conformed(kind: str, rows: pa.Table) -> pa.Table:
    """Rows kept by an earlier version with the columns of this one: what was not asked for then is null."""
    schema = KINDS[kind].schema
    if rows.schema == schema:
        return rows
    named = set(rows.schema.names)
    columns = [rows[field.name].cast(field.type) if field.name in named else pa.nulls(rows.num_rows, field.type)
               for field in schema]  # fmt: skip
    return pa.Table.from_arrays(columns, schema=schema)
