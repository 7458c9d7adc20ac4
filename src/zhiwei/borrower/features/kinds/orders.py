"""Online and delivery orders -> sales, buyers, and how orders are shipped, signed for and taken back. Money is 元.

A cancelled order is no sale. A refund has no day of its own: it counts with its order, as delivered.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from zhiwei.borrower.features.amounts import repeated_share, round_share
from zhiwei.borrower.features.facts import Group
from zhiwei.borrower.features.partners import Trade, repeats
from zhiwei.borrower.features.rhythm import rhythm
from zhiwei.borrower.features.windows import (
    MONTH,
    Bools,
    Floats,
    Rows,
    at_night,
    growth,
    over,
    ratio,
)
from zhiwei.values import lazy

FACTS: Group["Orders"] = Group("orders")

LATE_SHIPPING, FAST_SIGNING = 48 * 3600, 2 * 3600  # seconds
UNSHIPPED, UNSIGNED = 7, 15  # days after which it should have happened


class Orders(Rows):
    """Orders of platforms."""

    kind = "orders"

    @lazy
    def amount(self) -> Floats:
        return self.fen("amount")

    @lazy
    def cancelled(self) -> Bools:
        return self.equals("status", "cancelled")

    @lazy
    def live(self) -> Bools:
        return ~self.cancelled

    @lazy
    def sales(self) -> Floats:
        return self.months_of(self.live, self.amount)

    @lazy
    def buyers(self) -> Trade:
        return Trade(self, self.live & self.year, self.codes("buyer")[0], self.amount)

    @lazy
    def ordered(self) -> Floats:
        return self.seconds("ordered_at")

    @lazy
    def shipped(self) -> Floats:
        return self.seconds("shipped_at")

    @lazy
    def signed(self) -> Floats:
        return self.seconds("signed_at")


def orders(rows: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact of orders, each one float64 per party in the order given; NaN where it cannot be said."""
    seen = Orders(rows, parties, as_of)
    return FACTS.compute(seen, seen.known)


@FACTS.gives("""
    orders_months_observed | 订单可观察月数 | Months since the first order | months | - | practice | all
    days_since_order | 距最近一单天数 | Days since the latest order | days | + | practice | now
    order_sales_{1,3,6,12}m | 近{n}月订单金额 | Amount of orders not cancelled, {n} months | 元 | - | 4
    order_net_sales_12m | 近12月订单净额 | Orders less refunds, 12 months | 元 | - | 4
    orders_{3,12}m | 近{n}月订单数 | Orders not cancelled, {n} months | count | - | 4
    order_growth_{3,6,12}m | 近{n}月订单增长率 | Growth of {n}-month orders on those before | share | - | practice
    average_order_12m | 近12月客单价 | Mean order, 12 months | 元 | . | practice
    platform_fee_rate_12m | 平台扣点率 | What platforms kept, share of orders, 12 months | share | . | practice
    platforms_12m | 近12月平台数 | Platforms with an order, 12 months | count | - | practice
    top_platform_share_12m | 最大平台占比 | Largest platform, share of orders, 12 months | share | + | practice
""")
def _levels(rows: Orders) -> dict[str, Floats]:
    year, sales = rows.live & rows.year, rows.sales
    whole, many = over(sales, 0, 12), rows.count(year)
    platforms = Trade(rows, year, rows.codes("platform")[0], rows.amount)
    return {
        "orders_months_observed": (rows.today - rows.observed_since()) / MONTH,
        "days_since_order": rows.today - rows.last_day(rows.live),
        **{f"order_sales_{n}m": over(sales, 0, n) / 100 for n in (1, 3, 6, 12)},
        "order_net_sales_12m": (whole - rows.total(year, "refund")) / 100,
        "orders_3m": rows.count(rows.live & rows.within(0, 3)),
        "orders_12m": many,
        **{f"order_growth_{n}m": growth(sales, n, rows.reach) for n in (3, 6, 12)},
        "average_order_12m": ratio(whole, many) / 100,
        "platform_fee_rate_12m": ratio(rows.total(year, "fee"), whole),
        "platforms_12m": platforms.count(),
        "top_platform_share_12m": platforms.top(1),
    }


@FACTS.gives("""
    order_variation_12m | 月订单额变异系数 | Coefficient of variation of monthly orders | ratio | + | practice
    order_slope_12m | 近12月订单月趋势 | Least-squares change a month over the mean | share | - | practice
    order_season_24m | 订单季节重复度 | Correlation of monthly orders with the year before | ratio | - | practice
    order_peak_share_12m | 近12月最高月订单占比 | Largest month, share of orders, 12 months | share | + | practice
    order_latest_share_12m | 最近一月订单占比 | Latest month, share of orders, 12 months | share | + | 8?
    order_idle_run_12m | 近12月最长连续无单月数 | Longest run of months without orders | months | + | practice
    order_days_12m | 近12月有单天数 | Days with an order, 12 months | days | - | practice
    order_longest_gap_12m | 近12月最长无单天数 | Longest run of days without an order, ends in | days | + | practice
    order_holiday_share_12m | 节假日订单占比 | Orders on days off, share, 12 months | share | . | practice
""")
def _rhythm(rows: Orders) -> dict[str, Floats]:
    return rhythm("order", rows, rows.sales, rows.live & rows.year, rows.amount)


@FACTS.gives("""
    order_refund_share_{3,12}m | 近{n}月退款金额占比 | Refunds, share of orders, {n} months | share | + | 8
    refunded_orders_share_12m | 近12月有退款订单占比 | Orders with a refund, share of orders | share | + | 8
    cancelled_orders_share_12m | 近12月取消订单占比 | Cancelled orders, share of all | share | + | practice
    ship_delay_12m | 平均发货时长 | Mean hours from order to shipping, 12 months | hours | + | 8
    sign_delay_12m | 平均签收时长 | Mean hours from shipping to signing, 12 months | hours | . | 8
    late_ship_share_12m | 超48小时发货占比 | Orders shipped after 48 hours, share of shipped | share | + | practice?
    fast_sign_share_12m | 两小时内签收占比 | Orders signed for within 2 hours of shipping, share | share | + | 8?
    unshipped_share_12m | 逾七日未发货占比 | Orders of over 7 days never shipped, share | share | + | practice?
    unsigned_share_12m | 逾十五日未签收占比 | Orders shipped over 15 days ago and not signed for | share | + | practice?
""")
def _fulfilment(rows: Orders) -> dict[str, Floats]:
    year = rows.live & rows.year
    refunds, money = rows.monthly(rows.live, "refund"), rows.sales
    to_ship, to_sign = rows.shipped - rows.ordered, rows.signed - rows.shipped
    sent, taken, many = year & ~np.isnan(to_ship), year & ~np.isnan(to_sign), rows.count(year)
    due = year & (rows.day < rows.today - UNSHIPPED)
    overdue = year & (rows.shipped // 86_400 < rows.today - UNSIGNED)
    shipping = {
        "ship_delay_12m": rows.mean(year, to_ship) / 3600,
        "late_ship_share_12m": ratio(rows.count(sent & (to_ship > LATE_SHIPPING)), rows.count(sent)),
        "unshipped_share_12m": ratio(rows.count(due & np.isnan(rows.shipped)), rows.count(due)),
    }
    signing = {
        "sign_delay_12m": rows.mean(year, to_sign) / 3600,
        "fast_sign_share_12m": ratio(rows.count(taken & (to_sign < FAST_SIGNING)), rows.count(taken)),
        "unsigned_share_12m": ratio(rows.count(overdue & np.isnan(rows.signed)), rows.count(overdue)),
    }
    refunded = ratio(rows.count(year & (rows.fen("refund") > 0)), many)
    return {
        **{f"order_refund_share_{n}m": ratio(over(refunds, 0, n), over(money, 0, n)) for n in (3, 12)},
        "refunded_orders_share_12m": np.where(rows.said("refund"), refunded, np.nan),
        "cancelled_orders_share_12m": ratio(rows.count(rows.cancelled & rows.year), rows.count(rows.year)),
        **{name: np.where(rows.came("shipped_at"), values, np.nan) for name, values in shipping.items()},
        **{name: np.where(rows.came("signed_at"), values, np.nan) for name, values in signing.items()},
    }


@FACTS.gives("""
    buyers_12m | 近12月买家数 | Different buyers, 12 months | count | - | practice
    repeat_buyer_share_12m | 回头客占比 | Buyers with two orders and more, share of buyers | share | . | practice
    repeat_sales_share_12m | 回头客金额占比 | Orders of buyers with two and more, share | share | . | practice
    top{1,10}_buyer_share_12m | 前{n}大买家占比 | {n} largest buyers, share of orders, 12 months | share | + | 8?
    buyer_hhi_12m | 买家集中度(HHI) | Herfindahl index of buyers, 12 months | ratio | + | practice
    new_buyer_share_12m | 新买家金额占比 | Orders of buyers not of the year before, share | share | . | practice
    same_day_buyer_share_12m | 同买家同日重复下单占比 | Orders of a buyer with another that day, share | share | + | 8
    order_night_share_12m | 夜间下单占比 | Orders between 22:00 and 06:00, share | share | . | 8?
    order_round_share_12m | 整千元订单占比 | Orders of whole thousands, share | share | + | 8?
    order_repeated_share_12m | 同额订单占比 | Orders of an amount seen twice, share | share | . | 8?
""")
def _buyers(rows: Orders) -> dict[str, Floats]:
    year, buyer, buyers = rows.live & rows.year, rows.codes("buyer")[0], rows.buyers
    many = rows.count(year)
    before = Trade(rows, rows.live & rows.within(12, 24), buyer, rows.amount)
    times = Trade(rows, year, buyer, np.ones(rows.size))
    again = np.isin(buyers.pair, times.pair[times.fen > 1])
    named = year & (buyer.code >= 0)
    by_buyer = {
        "buyers_12m": times.count(),
        "repeat_buyer_share_12m": ratio(times.count(times.fen > 1), times.count()),
        "repeat_sales_share_12m": buyers.share(again),
        **{f"top{n}_buyer_share_12m": buyers.top(n) for n in (1, 10)},
        "buyer_hhi_12m": buyers.hhi(),
        "new_buyer_share_12m": np.where(rows.reach >= 12, buyers.share(~buyers.active_among(before)), np.nan),
        "same_day_buyer_share_12m": ratio(repeats(rows, named, buyer, rows.day), rows.count(named)),
    }
    return {name: np.where(rows.said("buyer"), values, np.nan) for name, values in by_buyer.items()} | {
        "order_night_share_12m": ratio(rows.count(year & at_night(rows.ordered % 86_400)), many),
        "order_round_share_12m": round_share(rows, year, rows.amount),
        "order_repeated_share_12m": repeated_share(rows, year, rows.amount),
    }
