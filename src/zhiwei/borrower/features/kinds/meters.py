"""Utility meters -> what a business uses, how steadily, and whether its bills are paid. Usage is kWh or m3, money 元.

The facts of a utility are NaN for a party of whom none of its readings is there.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa

from zhiwei.borrower.features.facts import Group
from zhiwei.borrower.features.windows import (
    MONTH,
    Bools,
    Floats,
    Ints,
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

FACTS: Group["Meters"] = Group("meters")

GRACE = 30  # days after a reading, until which its bill is not late
_DIAL = 10  # thousandths of a unit that a dial may be off by rounding


class Meters(Rows):
    """Readings; usage in whole thousandths of its unit, so that sums are exact."""

    kind = "meters"

    @lazy
    def milli(self) -> Floats:
        return np.rint(self.fen("usage") * 1000)

    @lazy
    def utility(self) -> dict[str, Bools]:
        return {name: self.equals("utility", name) for name in ("power", "water", "gas")}

    @lazy
    def tells(self) -> dict[str, Bools]:
        """Utility -> parties of whom there is a usage of it."""
        return {name: self.count(rows & self.has("usage")) > 0 for name, rows in self.utility.items()}

    def used(self, utility: str) -> Floats:
        """Usage by party and month, NaN for a party of whom there is none."""
        usage = self.months_of(self.utility[utility], self.milli)
        usage[~self.tells[utility]] = np.nan
        return usage

    @lazy
    def power(self) -> Floats:
        return self.used("power")

    @lazy
    def meter(self) -> Ints:
        """A number for each meter of each utility of each party."""
        code = self.codes("meter")[0]
        place = self.utility["water"] + 2 * self.utility["gas"]
        return (self.who * 3 + place) * (code.width + 1) + code.code + 1

    @lazy
    def order(self) -> Ints:
        """Rows by meter and day."""
        return np.lexsort((self.fen("reading"), self.fen("arrears"), self.day, self.meter))


def meters(rows: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact of meters, each one float64 per party in the order given; NaN where it cannot be said."""
    seen = Meters(rows, parties, as_of)
    return FACTS.compute(seen, seen.known)


@FACTS.gives("""
    power_months_observed | 用电可观察月数 | Months since the first reading of power | months | - | practice | all
    power_usage_{3,12}m | 近{n}月用电量 | Power used, {n} months | kWh | - | 4
    power_growth_{3,6,12}m | 近{n}月用电增长率 | Growth of {n}-month power on that before | share | - | 4
    power_variation_12m | 月用电变异系数 | Coefficient of variation of monthly power | ratio | + | practice
    power_slope_12m | 近12月用电月趋势 | Least-squares change a month over the mean | share | - | practice
    power_season_24m | 用电季节重复度 | Correlation of monthly power with the year before | ratio | - | practice
    power_peak_share_12m | 近12月最高月用电占比 | Largest month, share of power, 12 months | share | + | practice
    power_idle_months_12m | 近12月无用电月数 | Months without power used, of the last 12 | months | + | practice
    power_idle_run_12m | 最长连续无用电月数 | Longest run of months without power used | months | + | practice
    power_price_12m | 平均电价 | Power bills over power used, 12 months | 元/kWh | . | practice
    water_usage_12m | 近12月用水量 | Water used, 12 months | m3 | - | 4
    water_growth_12m | 近12月用水增长率 | Growth of 12-month water on the 12 before | share | - | 4
    gas_usage_12m | 近12月用气量 | Gas used, 12 months | m3 | - | 4
    gas_growth_12m | 近12月用气增长率 | Growth of 12-month gas on the 12 before | share | - | 4
""")
def _usage(rows: Meters) -> dict[str, Floats]:
    power, water, gas = rows.power, rows.used("water"), rows.used("gas")
    tells = rows.tells["power"]
    idle = power[:, :12] <= 0
    whole = over(power, 0, 12)
    billed = rows.total(rows.utility["power"] & rows.year, "amount")
    return {
        "power_months_observed": (rows.today - rows.first_day(rows.utility["power"])) / MONTH,
        **{f"power_usage_{n}m": over(power, 0, n) / 1000 for n in (3, 12)},
        **{f"power_growth_{n}m": growth(power, n, rows.reach) for n in (3, 6, 12)},
        "power_variation_12m": variation(power),
        "power_slope_12m": slope(power),
        "power_season_24m": season(power, rows.reach),
        "power_peak_share_12m": peak(power),
        "power_idle_months_12m": np.where(tells, idle.sum(axis=1), np.nan),
        "power_idle_run_12m": np.where(tells, longest_run(idle), np.nan),
        "power_price_12m": ratio(10 * billed, whole),  # 分 a thousandth -> 元 a unit
        "water_usage_12m": over(water, 0, 12) / 1000,
        "water_growth_12m": growth(water, 12, rows.reach),
        "gas_usage_12m": over(gas, 0, 12) / 1000,
        "gas_growth_12m": growth(gas, 12, rows.reach),
    }


@FACTS.gives("""
    days_since_reading | 距最近抄表天数 | Days since the latest reading | days | + | practice | now
    utility_bills_12m | 近12月水电气费 | Bills of all utilities, 12 months | 元 | - | 4
    utility_arrears | 水电气欠费 | Arrears on the latest reading of each meter | 元 | + | 4 | now
    utility_unpaid_bills_12m | 近12月逾期未缴账单数 | Bills of over 30 days not paid, 12 months | count | + | practice?
    utility_payment_days_12m | 平均缴费天数 | Mean days from reading to payment, 12 months | days | + | practice
    utility_late_share_12m | 逾30日缴费占比 | Bills paid after over 30 days or not at all, share | share | + | practice?
    staff_reading_share_12m | 人工抄表占比 | Readings taken by staff, share, 12 months | share | . | practice
    meter_breaks_12m | 近12月读数不连续次数 | Readings that do not follow on the last | count | + | practice
    meters_12m | 近12月表数 | Meters with a reading, 12 months | count | . | practice
""")
def _bills(rows: Meters) -> dict[str, Floats]:
    year, paid = rows.year, rows.days("paid_on")
    billed = year & (rows.fen("amount") > 0)
    due = billed & (rows.day < rows.today - GRACE)
    unpaid = due & np.isnan(paid)
    late = due & ~(paid - rows.day <= GRACE)
    order, meter = rows.order, rows.meter[rows.order]
    last = order[np.append(meter[1:] != meter[:-1], True)[: len(order)]]
    newest = np.zeros(rows.size, dtype=bool)
    newest[last] = True
    tells = rows.came("paid_on")
    read = np.unique(rows.meter[year])
    width = rows.codes("meter")[0].width + 1
    return {
        "days_since_reading": rows.today - rows.last_day(),
        "utility_bills_12m": rows.total(year, "amount") / 100,
        "utility_arrears": rows.total(newest, "arrears") / 100,
        "utility_unpaid_bills_12m": np.where(tells, rows.count(unpaid), np.nan),
        "utility_payment_days_12m": rows.mean(billed, paid - rows.day),
        "utility_late_share_12m": np.where(tells, ratio(rows.count(late), rows.count(due)), np.nan),
        "staff_reading_share_12m": np.where(
            rows.said("reader"), ratio(rows.count(year & rows.equals("reader", "staff")), rows.count(year)), np.nan
        ),
        "meter_breaks_12m": np.where(rows.said("reading"), _breaks(rows), np.nan),
        "meters_12m": np.bincount(read // width // 3, minlength=rows.parties).astype(np.float64),
    }


def _breaks(rows: Meters) -> Floats:
    """Usage that is not what the dial moved: of a dial that began anew, or that nobody read, it cannot be told."""
    read = rows.has("reading") & rows.has("usage") & ~rows.equals("event", "estimated")
    order = rows.order[read[rows.order]]
    anew = rows.has("event")[order]
    meter, dial = rows.meter[order], np.rint(rows.fen("reading")[order] * 1000)
    broken = np.zeros(len(order), dtype=bool)
    off = np.abs(dial[1:] - dial[:-1] - rows.milli[order][1:]) > _DIAL
    broken[1:] = (meter[1:] == meter[:-1]) & off & ~anew[1:] & rows.year[order][1:]
    return np.bincount(rows.who[order][broken], minlength=rows.parties).astype(np.float64)
