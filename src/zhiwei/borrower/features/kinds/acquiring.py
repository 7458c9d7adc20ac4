"""Card and QR takings -> what customers pay at the counter, and who pays too often to be one. Money is 元."""

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

FACTS: Group["Acquiring"] = Group("acquiring")


class Acquiring(Rows):
    """Payments and refunds of terminals."""

    kind = "acquiring"

    @lazy
    def amount(self) -> Floats:
        return self.fen("amount")

    @lazy
    def paid(self) -> Bools:
        return self.amount > 0

    @lazy
    def refunded(self) -> Bools:
        return self.amount < 0

    @lazy
    def takings(self) -> Floats:
        return self.months_of(self.paid, self.amount)

    @lazy
    def refunds(self) -> Floats:
        return self.months_of(self.refunded, -self.amount)

    @lazy
    def second(self) -> Floats:
        """Second of the day."""
        return self.seconds("paid_at") % 86_400

    @lazy
    def payers(self) -> Trade:
        return Trade(self, self.paid & self.year, self.codes("payer")[0], self.amount)


def acquiring(rows: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact of takings, each one float64 per party in the order given; NaN where it cannot be said."""
    seen = Acquiring(rows, parties, as_of)
    return FACTS.compute(seen, seen.known)


@FACTS.gives("""
    takings_months_observed | 收单可观察月数 | Months since the first taking | months | - | 2.4 | all
    days_since_taking | 距最近一笔收单天数 | Days since the latest taking | days | + | practice | now
    takings_{1,3,6,12,24}m | 近{n}月收单金额 | Takings, {n} months, before refunds | 元 | - | 2.4
    takings_rows_{3,12}m | 近{n}月收单笔数 | Payments taken, {n} months | count | - | 4
    takings_growth_{3,6,12}m | 近{n}月收单增长率 | Growth of {n}-month takings on those before | share | - | practice
    average_taking_12m | 近12月笔均收单 | Mean payment taken, 12 months | 元 | . | practice
    largest_taking_share_12m | 近12月最大单笔收单占比 | Largest payment, share of takings | share | + | practice
    takings_fee_rate_12m | 收单手续费率 | Fees over takings less refunds, 12 months | share | . | practice
    terminals_3m | 近3月使用终端数 | Terminals used, 3 months | count | . | 4
    card_share_12m | 刷卡占比 | Takings by card, share of all, 12 months | share | . | practice
""")
def _levels(rows: Acquiring) -> dict[str, Floats]:
    takings, year = rows.takings, rows.paid & rows.year
    whole, many = over(takings, 0, 12), over(rows.months_of(rows.paid), 0, 12)
    terminal = rows.codes("terminal")[0]
    used = np.unique((rows.who * terminal.width + terminal.code)[rows.paid & rows.within(0, 3) & (terminal.code >= 0)])
    terminals = np.bincount(used // terminal.width, minlength=rows.parties).astype(np.float64)
    card = rows.sums(year & rows.equals("channel", "card"), rows.amount)
    return {
        "takings_months_observed": (rows.today - rows.observed_since()) / MONTH,
        "days_since_taking": rows.today - rows.last_day(rows.paid),
        **{f"takings_{n}m": over(takings, 0, n) / 100 for n in (1, 3, 6, 12, 24)},
        **{f"takings_rows_{n}m": rows.count(rows.paid & rows.within(0, n)) for n in (3, 12)},
        **{f"takings_growth_{n}m": growth(takings, n, rows.reach) for n in (3, 6, 12)},
        "average_taking_12m": ratio(whole, many) / 100,
        "largest_taking_share_12m": ratio(rows.largest(year, rows.amount), whole),
        "takings_fee_rate_12m": ratio(rows.total(rows.year, "fee"), whole - over(rows.refunds, 0, 12)),
        "terminals_3m": np.where(rows.said("terminal"), terminals, np.nan),
        "card_share_12m": np.where(rows.said("channel"), ratio(card, whole), np.nan),
    }


@FACTS.gives("""
    takings_variation_12m | 月收单变异系数 | Coefficient of variation of monthly takings | ratio | + | practice
    takings_slope_12m | 近12月收单月趋势 | Least-squares change a month over the mean | share | - | practice
    takings_season_24m | 收单季节重复度 | Correlation of monthly takings with the year before | ratio | - | practice
    takings_peak_share_12m | 近12月最高月收单占比 | Largest month, share of takings, 12 months | share | + | practice
    takings_latest_share_12m | 最近一月收单占比 | Latest month, share of takings, 12 months | share | + | 8?
    takings_idle_run_12m | 近12月最长连续无收单月数 | Longest run of months without takings | months | + | practice
    takings_days_12m | 近12月收单天数 | Days with a taking, 12 months | days | - | practice
    takings_longest_gap_12m | 近12月最长无收单天数 | Longest run of days without a taking, ends in | days | + | practice
    takings_holiday_share_12m | 节假日收单占比 | Takings on days off, share, 12 months | share | . | practice
""")
def _rhythm(rows: Acquiring) -> dict[str, Floats]:
    return rhythm("takings", rows, rows.takings, rows.paid & rows.year, rows.amount)


@FACTS.gives("""
    takings_refund_share_{1,12}m | 近{n}月退款金额占比 | Refunds, share of takings, {n} months | share | + | 8
    takings_refund_rows_share_12m | 近12月退款笔数占比 | Refunds, share of rows, 12 months | share | + | 8
    takings_night_share_12m | 夜间收单笔数占比 | Payments between 22:00 and 06:00, share of rows | share | + | 8?
    takings_peak_hour_share_12m | 最集中一小时笔数占比 | Payments in the busiest hour, share | share | + | practice
    takings_round_share_12m | 整千元收单笔数占比 | Payments of whole thousands, share of rows | share | + | 8?
    takings_repeated_share_12m | 同额收单占比 | Payments of an amount seen twice, share of rows | share | + | 8?
    takings_payers_12m | 近12月付款人数 | Different payers, 12 months | count | - | practice
    takings_top{1,10}_payer_share_12m | 前{n}大付款人占比 | {n} largest payers, share of takings | share | + | 8?
    takings_payer_hhi_12m | 付款人集中度(HHI) | Herfindahl index of payers, 12 months | ratio | + | practice
    takings_same_day_payer_share_12m | 同卡同日重复占比 | Payments by a payer seen twice that day, share | share | + | 8
    takings_new_payer_share_12m | 新付款人金额占比 | Takings from payers new in 12 months, share | share | . | practice
""")
def _arranged(rows: Acquiring) -> dict[str, Floats]:
    takings, refunds, year = rows.takings, rows.refunds, rows.paid & rows.year
    many, payer = rows.count(year), rows.codes("payer")[0]
    hours = np.bincount(rows.who[year] * 24 + rows.second[year].astype(np.int64) // 3600, minlength=rows.parties * 24)
    before = Trade(rows, rows.paid & rows.within(12, 24), payer, rows.amount)
    named = year & (payer.code >= 0)
    by_payer = {
        "takings_payers_12m": rows.payers.count(),
        **{f"takings_top{n}_payer_share_12m": rows.payers.top(n) for n in (1, 10)},
        "takings_payer_hhi_12m": rows.payers.hhi(),
        "takings_same_day_payer_share_12m": ratio(repeats(rows, named, payer, rows.day), rows.count(named)),
        "takings_new_payer_share_12m": np.where(
            rows.reach >= 12, rows.payers.share(~rows.payers.active_among(before)), np.nan
        ),
    }
    return {
        **{f"takings_refund_share_{n}m": ratio(over(refunds, 0, n), over(takings, 0, n)) for n in (1, 12)},
        "takings_refund_rows_share_12m": ratio(rows.count(rows.refunded & rows.year), rows.count(rows.year)),
        "takings_night_share_12m": ratio(rows.count(year & at_night(rows.second)), many),
        "takings_peak_hour_share_12m": ratio(hours.reshape(rows.parties, 24).max(axis=1), many),
        "takings_round_share_12m": round_share(rows, year, rows.amount),
        "takings_repeated_share_12m": repeated_share(rows, year, rows.amount),
        **{name: np.where(rows.said("payer"), values, np.nan) for name, values in by_payer.items()},
    }
