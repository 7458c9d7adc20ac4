"""Tax returns and ratings -> what was declared, paid and owed, how punctually, and what the tax office thinks.

A return counts by the end of its period, once it is filed; one of a quarter covers three months. Windows are whole
calendar months, this one aside, as periods are. Money is 元.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa

from zhiwei.borrower.features.facts import Group
from zhiwei.borrower.features.told import ordinal
from zhiwei.borrower.features.windows import (
    MONTH,
    MONTHS,
    Bools,
    Floats,
    Ints,
    Rows,
    growth,
    longest_run,
    over,
    ratio,
    slope,
    variation,
)
from zhiwei.values import DAY, is_business_day, lazy

RETURNS: Group["Returns"] = Group("tax_returns")
RATINGS: Group["Ratings"] = Group("tax_ratings")

GRADES = {"A": 5.0, "B": 4.0, "M": 3.0, "C": 2.0, "D": 1.0}


class Returns(Rows):
    """Returns filed by the as-of date; `month` is the calendar month of the period's end, 0 the one before today's."""

    kind = "tax_returns"

    @lazy
    def ended(self) -> Ints:
        """Last day of each return's period; the day of filing where it is not given or later."""
        end = self.days("period_end")
        return np.where(np.isnan(end), self.day, end).astype(np.int64)

    @lazy
    def month(self) -> Ints:
        # periods end with calendar months; the one before this month is the latest that can have been filed
        ended = self.ended.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        back = (self.as_of.year - 1970) * 12 + self.as_of.month - 2 - ended
        return np.clip(back, 0, MONTHS)

    @lazy
    def vat(self) -> Bools:
        return self.equals("tax", "vat")

    @lazy
    def cit(self) -> Bools:
        return self.equals("tax", "cit")

    @lazy
    def all(self) -> Bools:
        return np.ones(self.size, dtype=bool)

    @lazy
    def sales(self) -> Floats:
        return self.monthly(self.vat, "sales")

    @lazy
    def paid(self) -> Floats:
        return self.monthly(self.all, "paid")

    @lazy
    def length(self) -> Ints:
        """Months that each return covers, 1 to 12."""
        start = self.days("period_start")
        days = self.ended - np.where(np.isnan(start), self.ended, start)
        return np.clip(np.rint((days + 1) / MONTH), 1, 12).astype(np.int64)

    def covered(self, where: Bools) -> Bools:
        """(parties, 12): trailing months that returns chosen cover, all months of their periods."""
        length = self.length[where]
        who, last = np.repeat(self.who[where], length), np.repeat(self.month[where], length)
        back = np.arange(len(who)) - np.repeat(np.cumsum(length) - length, length)
        month = last + back
        near = month < 12
        hits = np.bincount(who[near] * 12 + month[near], minlength=self.parties * 12)
        return hits.reshape(self.parties, 12) > 0


class Ratings(Rows):
    """Yearly ratings of tax credit, once published."""

    kind = "tax_ratings"

    @lazy
    def points(self) -> Floats:
        points = np.full(self.size, np.nan)
        for letter, value in GRADES.items():
            points[self.equals("rating", letter)] = value
        return points


def tax_returns(rows: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact of tax returns, each one float64 per party in the order given; NaN where it cannot be said."""
    seen = Returns(rows, parties, as_of)
    return RETURNS.compute(seen, seen.known)


def tax_ratings(rows: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact of tax ratings, each one float64 per party in the order given; NaN where it cannot be said."""
    seen = Ratings(rows, parties, as_of)
    return RATINGS.compute(seen, seen.known)


@RETURNS.gives("""
    tax_months_observed | 纳税可观察月数 | Months since the end of the first period returned | months | - | 2.4 | all
    days_since_return | 距最近一次申报天数 | Days since the latest return was filed | days | + | practice | now
    vat_sales_{3,12,24}m | 近{n}月增值税申报销售额 | Sales on VAT returns, {n} months | 元 | - | 2.3
    vat_sales_growth_{6,12}m | 近{n}月申报销售增长率 | Growth of {n}-month declared sales | share | - | 2.3
    vat_sales_variation_12m | 月申报销售变异系数 | Coefficient of variation of declared sales | ratio | + | practice
    vat_sales_slope_12m | 近12月申报销售月趋势 | Least-squares change a month over the mean | share | - | practice
    vat_payable_12m | 近12月增值税应纳额 | VAT payable, 12 months | 元 | - | 2.3
    vat_burden_12m | 增值税税负率 | VAT payable over declared sales, 12 months | ratio | . | 2.3
    tax_paid_{12,24}m | 近{n}月完税总额 | All taxes paid, {n} months | 元 | - | 2.3
    tax_paid_yearly_24m | 近两年年均纳税 | Taxes paid a year, mean of two | 元 | - | 2.4
    vat_paid_12m | 近12月已缴增值税 | VAT paid, 12 months | 元 | - | 2.4
    cit_paid_12m | 近12月已缴企业所得税 | Corporate income tax paid, 12 months | 元 | - | 2.4
    tax_paid_growth_12m | 近12月纳税增长率 | Growth of 12-month taxes on the 12 before | share | - | 2.4
    tax_unpaid_share_12m | 近12月未缴占比 | Payable and not paid, share of payable, 12 months | share | + | practice
    tax_lump_share_3m | 最近三月纳税占全年 | Taxes paid in 3 months, share of 12 months | share | + | 8?
    vat_cit_gap_12m | 增值税与所得税收入差异 | Difference of sales on VAT and income tax returns | share | + | 8
""")
def _levels(rows: Returns) -> dict[str, Floats]:
    sales, paid, year = rows.sales, rows.paid, rows.year
    payable = rows.total(rows.vat & year, "payable")
    due, settled = rows.total(year, "payable"), rows.total(year, "paid")
    declared = over(sales, 0, 12)
    income = np.where(rows.count(rows.cit & year) > 0, rows.total(rows.cit & year, "sales"), np.nan)
    earliest = np.full(rows.parties, np.inf)
    np.minimum.at(earliest, rows.who, rows.ended)
    return {
        "tax_months_observed": (rows.today - earliest) / MONTH,
        "days_since_return": rows.today - rows.last_day(),
        **{f"vat_sales_{n}m": over(sales, 0, n) / 100 for n in (3, 12, 24)},
        **{f"vat_sales_growth_{n}m": growth(sales, n, rows.reach) for n in (6, 12)},
        "vat_sales_variation_12m": variation(sales),
        "vat_sales_slope_12m": slope(sales),
        "vat_payable_12m": payable / 100,
        "vat_burden_12m": ratio(payable, declared),
        "tax_paid_12m": settled / 100,
        "tax_paid_24m": over(paid, 0, 24) / 100,
        "tax_paid_yearly_24m": np.where(rows.reach >= 23, over(paid, 0, 24) / 200, np.nan),
        "vat_paid_12m": rows.total(rows.vat & year, "paid") / 100,
        "cit_paid_12m": rows.total(rows.cit & year, "paid") / 100,
        "tax_paid_growth_12m": growth(paid, 12, rows.reach),
        "tax_unpaid_share_12m": ratio(due - settled, due),
        "tax_lump_share_3m": ratio(over(paid, 0, 3), settled),
        "vat_cit_gap_12m": ratio(np.abs(declared - income), declared),
    }


@RETURNS.gives("""
    zero_return_months_12m | 近12月零申报月数 | Months of VAT returns without sales, of 12 | months | + | 2.3
    zero_return_run_12m | 近12月最长连续零申报月数 | Longest run of VAT returns without sales | months | + | 2.3
    nil_payable_months_12m | 近12月增值税应纳为零月数 | Months of VAT returns with nothing payable | months | + | 2.3
    nil_payable_run_12m | 最长连续应纳为零月数 | Longest run with nothing payable | months | + | 2.3
    unfiled_months_12m | 近12月未申报月数 | Months that no VAT return covers, the latest aside | months | + | practice
    late_returns_12m | 近12月逾期申报次数 | Returns filed after their deadline, 12 months | count | + | 2.3?
    tax_arrears | 当前欠税余额 | Arrears of all returns, as delivered | 元 | + | 2.3 | now
    arrears_returns_12m | 近12月欠税次数 | Returns with arrears, 12 months | count | + | 2.3
    late_fees_{3,12}m | 近{n}月滞纳金金额 | Late fees, {n} months | 元 | + | 2.3
    late_fee_count_{3,12}m | 近{n}月滞纳金次数 | Returns with a late fee, {n} months | count | + | 2.3
""")
def _discipline(rows: Returns) -> dict[str, Floats]:
    declared = rows.has("sales") & rows.vat
    busy = rows.covered(declared & (rows.fen("sales") > 0))
    idle = rows.covered(declared & (rows.fen("sales") == 0)) & ~busy
    taxed = rows.covered(rows.vat & rows.has("payable") & (rows.fen("payable") > 0))
    nil = rows.covered(rows.vat & rows.has("payable") & (rows.fen("payable") <= 0)) & ~taxed
    filed = rows.covered(rows.vat)
    files_vat = rows.count(rows.vat) > 0
    owed, fees = rows.fen("arrears") > 0, rows.fen("late_fee") > 0

    def counted(where: Bools, name: str) -> Floats:
        return np.where(rows.said(name), rows.count(where), np.nan)

    def of_vat(values: Floats) -> Floats:
        return np.where(files_vat, values, np.nan)

    return {
        "zero_return_months_12m": of_vat(idle.sum(axis=1)),
        "zero_return_run_12m": of_vat(longest_run(idle)),
        "nil_payable_months_12m": of_vat(nil.sum(axis=1)),
        "nil_payable_run_12m": of_vat(longest_run(nil)),
        # that of the month before may not be due yet
        "unfiled_months_12m": of_vat((~filed[:, 1:]).sum(axis=1)),
        "late_returns_12m": rows.count(rows.year & (rows.day > _due(rows))),
        "tax_arrears": rows.total(rows.all, "arrears") / 100,
        "arrears_returns_12m": counted(owed & rows.year, "arrears"),
        **{f"late_fees_{n}m": rows.total(rows.within(0, n), "late_fee") / 100 for n in (3, 12)},
        **{f"late_fee_count_{n}m": counted(fees & rows.within(0, n), "late_fee") for n in (3, 12)},
    }


def _due(rows: Returns) -> Ints:
    """Deadline of each return; a year's income tax has five months. Notices that move one deadline are not known."""
    month = rows.ended.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    several, inverse = np.unique(month, return_inverse=True)
    due = np.array([deadline(int(one)) for one in several], dtype=np.int64)[inverse]
    return np.where(rows.length == 12, rows.ended + 151, due)


@RATINGS.gives("""
    tax_rating | 纳税信用等级(A=5,B=4,M=3,C=2,D=1) | Latest tax credit rating, as points | grade | - | 2.3 | now
    tax_rating_worst_36m | 近三年最低纳税信用等级 | Lowest rating of 3 years | grade | - | practice
    tax_rating_change | 纳税信用等级变动 | Latest rating less the one before | grade | - | practice | now
    tax_rating_age_days | 等级公布天数 | Days since the latest rating | days | . | practice | now
    tax_ratings_d_36m | 近三年D级次数 | Ratings D, 3 years | count | + | 2.3
""")
def _ratings(rows: Ratings) -> dict[str, Floats]:
    points, graded = rows.points, ~np.isnan(rows.points)
    latest = rows.latest(graded, points)
    last = rows.last_day(graded)
    earlier = graded & (rows.day < last[rows.who])
    recent = graded & (rows.month < MONTHS)
    worst = np.full(rows.parties, np.inf)
    np.minimum.at(worst, rows.who[recent], points[recent])
    return {
        "tax_rating": latest,
        "tax_rating_worst_36m": np.where(np.isinf(worst), np.nan, worst),
        "tax_rating_change": latest - rows.latest(earlier, points),
        "tax_rating_age_days": rows.today - last,
        "tax_ratings_d_36m": rows.count(recent & (points == 1)),
    }


@cache
def deadline(month: int) -> int:
    """Last day to file for the month numbered year * 12 + month - 1: the 15th of the next, or the next working day."""
    year, index = divmod(month + 1, 12)
    day = date(year, index + 1, 15)
    while not is_business_day("china", day):
        day += DAY
    return ordinal(day)
