"""Bank statements -> cash: what comes in and goes out, what stands in the accounts, and what looks arranged.

Transfers between accounts of the same party are neither money in nor money out. Money is 元: rows in another currency
are converted where somebody gives a rate; else no fact whose window they lie in can be said.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhiwei.borrower.features.amounts import first_digit_distance, repeated_share, round_share
from zhiwei.borrower.features.balances import Balances
from zhiwei.borrower.features.facts import Fact, Group
from zhiwei.borrower.features.partners import Trade
from zhiwei.borrower.features.rhythm import gathered
from zhiwei.borrower.features.told import start_of
from zhiwei.borrower.features.windows import (
    MONTH,
    Bools,
    Floats,
    Rows,
    at_night,
    day_of_month,
    growth,
    longest_run,
    over,
    peak,
    ratio,
    season,
    slope,
    variation,
)
from zhiwei.borrower.reading.columns.cells import MINOR_DIGITS
from zhiwei.values import lazy

FACTS: Group["BankFlow"] = Group("bank_flow")

RATE, MONEY = "rate", ("amount", "balance")
LOW = 100_000  # 分: an account with less than a thousand 元 is taken as empty
WAGES, LOANS, INTEREST, CASH = "工资|代发|薪", "贷款|放款|借款|还款|还贷", "结息|利息", "现金|存现|取现|ATM"


class BankFlow(Rows):
    """Rows of statements in CNY, and those that have a rate; see `priced`."""

    kind = "bank_flow"

    def kept(self, table: pa.Table) -> Bools:
        return _in_yuan(table)

    def fen(self, name: str) -> Floats:
        if name not in MONEY or RATE not in self._table.column_names:
            return super().fen(name)
        return self._once(("priced", name), lambda: np.rint(self.raw(name) * self.real(RATE)))

    @lazy
    def abroad(self) -> "Abroad":
        return Abroad(self._table.filter(pa.array(~_in_yuan(self._table))), self._names, self.as_of)

    def believed(self, fact: Fact, values: Floats) -> Floats:
        """As of any kind; and NaN where what is in another currency is missing from it."""
        told = super().believed(fact, values)
        if not self.abroad.size:
            return told
        start = -np.inf if fact.window in ("all", "now") else start_of(fact.window, self.as_of)
        return np.where(self.abroad.last_day() > start, np.nan, told)

    @lazy
    def unknown_months(self) -> Bools:
        return super().unknown_months | (self.abroad.months_of(np.ones(self.abroad.size, dtype=bool)) > 0)

    @lazy
    def amount(self) -> Floats:
        return self.fen("amount")

    @lazy
    def own(self) -> Bools:
        """Transfers to and from another account of the party."""
        mine, theirs = self.codes("account", "counterparty_account")
        accounts = np.unique((self.who * mine.width + mine.code)[mine.code >= 0])  # one that is not said is nobody's
        return (theirs.code >= 0) & np.isin(self.who * mine.width + theirs.code, accounts)

    @lazy
    def inward(self) -> Bools:
        return (self.amount > 0) & ~self.own

    @lazy
    def outward(self) -> Bools:
        return (self.amount < 0) & ~self.own

    @lazy
    def money_in(self) -> Floats:
        return self.months_of(self.inward, self.amount)

    @lazy
    def money_out(self) -> Floats:
        return self.months_of(self.outward, -self.amount)

    @lazy
    def payers(self) -> Trade:
        return Trade(self, self.inward & self.year, self.codes("counterparty")[0], self.amount)

    @lazy
    def payees(self) -> Trade:
        return Trade(self, self.outward & self.year, self.codes("counterparty")[0], -self.amount)

    @lazy
    def balances(self) -> Balances:
        return Balances(self)

    @lazy
    def paid_wages(self) -> Bools:
        return self.outward & self.year & self.spoken[WAGES]

    @lazy
    def spoken(self) -> dict[str, Bools]:
        """Pattern -> rows whose text has it; one pass over all, the patterns over the few that have any."""
        text = self.words("text")
        patterns = (WAGES, LOANS, INTEREST, CASH)
        some = pc.match_substring_regex(text, "|".join(patterns)).fill_null(False)
        at = np.flatnonzero(some.to_numpy(zero_copy_only=False))
        few, found = text.take(pa.array(at)), {}
        for pattern in patterns:
            rows = np.zeros(self.size, dtype=bool)
            rows[at] = pc.match_substring_regex(few, pattern).to_numpy(zero_copy_only=False)
            found[pattern] = rows
        return found


class Abroad(Rows):
    """Rows in a currency without a rate: what they are worth in 元 nobody knows."""

    kind = "bank_flow"


def priced(tables: Mapping[str, pa.Table], rates: Mapping[str, float]) -> Mapping[str, pa.Table]:
    """Tables with a column RATE in the statements: 分 for a minor unit of a row's currency, null where none is given.

    `rates`: 元 for a unit. One rate for all days: whoever gives it chooses the day that it is of.
    """
    if not rates or "bank_flow" not in tables:
        return tables
    rows = tables["bank_flow"]
    fen = {code: rate * 100 / 10 ** MINOR_DIGITS.get(code, 2) for code, rate in {**rates, "CNY": 1.0}.items()}
    place = pc.index_in(rows["currency"].fill_null("CNY"), value_set=pa.array(list(fen)))
    return {**tables, "bank_flow": rows.append_column(RATE, pa.array(list(fen.values())).take(place.combine_chunks()))}


def _in_yuan(table: pa.Table) -> Bools:
    if RATE in table.column_names:
        return table[RATE].is_valid().to_numpy().astype(bool)
    return pc.equal(table["currency"], "CNY").fill_null(True).to_numpy().astype(bool)


def bank_flow(rows: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact of bank statements, each one float64 per party in the order given; NaN where it cannot be said."""
    seen = BankFlow(rows, parties, as_of)
    return FACTS.compute(seen, seen.known)


@FACTS.gives("""
    bank_months_observed | 流水可观察月数 | Months since the first row of a statement | months | - | practice | all
    days_since_bank_row | 距最近一笔流水天数 | Days since the latest row of a statement | days | + | practice | now
    bank_in_{1,3,6,12}m | 近{n}月流入金额 | Money in, {n} months | 元 | - | 4
    bank_out_{1,3,6,12}m | 近{n}月流出金额 | Money out, {n} months | 元 | . | 4
    bank_net_{3,6,12}m | 近{n}月净流入 | Money in less money out, {n} months | 元 | - | 4
    bank_in_growth_{3,6,12}m | 近{n}月流入增长率 | Growth of {n}-month money in on that before | share | - | practice
    bank_out_growth_12m | 近12月流出增长率 | Growth of 12-month money out on that before | share | . | practice
    bank_out_ratio_12m | 近12月流出流入比 | Money out over money in, 12 months | ratio | + | practice
    bank_rows_12m | 近12月流水笔数 | Rows of statements, 12 months | count | - | practice
    bank_accounts_12m | 近12月有流水账户数 | Accounts with a row, 12 months | count | . | practice
    bank_average_in_12m | 近12月笔均流入 | Mean payment in, 12 months | 元 | . | practice
    bank_largest_in_share_12m | 近12月最大单笔流入占比 | Largest payment in, share of all in | share | + | practice
""")
def _levels(rows: BankFlow) -> dict[str, Floats]:
    money_in, money_out, year = rows.money_in, rows.money_out, rows.inward & rows.year
    code = rows.codes("account", "counterparty_account")[0]
    accounts = np.unique((rows.who * code.width + code.code)[rows.year & (code.code >= 0)])
    count = rows.count(year)
    whole = over(money_in, 0, 12)
    return {
        "bank_months_observed": (rows.today - rows.observed_since()) / MONTH,
        "days_since_bank_row": rows.today - rows.last_day(),
        **{f"bank_in_{n}m": over(money_in, 0, n) / 100 for n in (1, 3, 6, 12)},
        **{f"bank_out_{n}m": over(money_out, 0, n) / 100 for n in (1, 3, 6, 12)},
        **{f"bank_net_{n}m": (over(money_in, 0, n) - over(money_out, 0, n)) / 100 for n in (3, 6, 12)},
        **{f"bank_in_growth_{n}m": growth(money_in, n, rows.reach) for n in (3, 6, 12)},
        "bank_out_growth_12m": growth(money_out, 12, rows.reach),
        "bank_out_ratio_12m": ratio(over(money_out, 0, 12), whole),
        "bank_rows_12m": rows.count(rows.year),
        "bank_accounts_12m": np.bincount(accounts // code.width, minlength=rows.parties).astype(np.float64),
        "bank_average_in_12m": ratio(whole, count) / 100,
        "bank_largest_in_share_12m": ratio(rows.largest(year, rows.amount), whole),
    }


@FACTS.gives("""
    bank_in_variation_12m | 月流入变异系数 | Coefficient of variation of monthly money in | ratio | + | practice
    bank_out_variation_12m | 月流出变异系数 | Coefficient of variation of monthly money out | ratio | + | practice
    bank_in_slope_12m | 近12月流入月趋势 | Least-squares change a month over the mean | share | - | practice
    bank_in_season_24m | 流入季节重复度 | Correlation of monthly money in with the year before | ratio | - | practice
    bank_in_peak_share_12m | 近12月最高月流入占比 | Largest month, share of money in, 12 months | share | + | practice
    bank_in_latest_share_12m | 最近一月流入占比 | Latest month, share of money in, 12 months | share | + | 8?
    bank_idle_months_12m | 近12月无流入月数 | Months without money in, of the last 12 | months | + | practice
    bank_idle_run_12m | 近12月最长连续无流入月数 | Longest run of months without money in | months | + | practice
    bank_short_months_12m | 近12月净流出月数 | Months with more out than in, of the last 12 | months | + | practice
    bank_longest_gap_12m | 近12月最长无流入天数 | Longest run of days without money in, ends in | days | + | practice
    bank_days_12m | 近12月有流水天数 | Days with a row, 12 months | days | - | practice
""")
def _rhythm(rows: BankFlow) -> dict[str, Floats]:
    money_in = rows.money_in
    idle = money_in[:, :12] <= 0
    return {
        "bank_in_variation_12m": variation(money_in),
        "bank_out_variation_12m": variation(rows.money_out),
        "bank_in_slope_12m": slope(money_in),
        "bank_in_season_24m": season(money_in, rows.reach),
        "bank_in_peak_share_12m": peak(money_in),
        "bank_in_latest_share_12m": ratio(money_in[:, 0], over(money_in, 0, 12)),
        "bank_idle_months_12m": idle.sum(axis=1).astype(np.float64),
        "bank_idle_run_12m": longest_run(idle),
        "bank_short_months_12m": (rows.money_out > money_in)[:, :12].sum(axis=1).astype(np.float64),
        "bank_longest_gap_12m": rows.longest_gap(rows.inward & rows.year),
        "bank_days_12m": rows.busy_days(rows.year),
    }


@FACTS.gives("""
    bank_balance | 当前余额 | Balance of all accounts, latest | 元 | - | 4 | now
    bank_balance_lowest_{3,12}m | 近{n}月最低日终余额 | Smallest end-of-day balance, {n} months | 元 | - | practice
    bank_balance_mean_{3,12}m | 近{n}月日均余额 | Mean end-of-day balance, {n} months | 元 | - | practice
    bank_low_days_12m | 近12月日终余额不足千元天数 | Days that ended with less than 1,000 元 | days | + | practice?
    bank_cover_days_12m | 日均余额可支付天数 | Mean balance over mean daily money out, 12 months | days | - | practice
    bank_chain_breaks_12m | 近12月余额不连续笔数 | Rows whose balance does not follow on the last | count | + | 8
""")
def _standing(rows: BankFlow) -> dict[str, Floats]:
    balances = rows.balances
    mean = balances.mean(12)
    return {
        "bank_balance": balances.now() / 100,
        **{f"bank_balance_lowest_{n}m": balances.lowest(n) / 100 for n in (3, 12)},
        "bank_balance_mean_3m": balances.mean(3) / 100,
        "bank_balance_mean_12m": mean / 100,
        "bank_low_days_12m": balances.days_below(LOW, 12),
        "bank_cover_days_12m": ratio(mean * (rows.today - rows.edges[12]), over(rows.money_out, 0, 12)),
        "bank_chain_breaks_12m": np.where(balances.known, balances.breaks, np.nan),
    }


@FACTS.gives("""
    bank_payers_12m | 近12月付款方数 | Parties that paid in, 12 months | count | - | practice
    bank_payees_12m | 近12月收款方数 | Parties paid out to, 12 months | count | . | practice
    bank_top{1,5,10}_payer_share_12m | 前{n}大付款方占比 | {n} largest payers, share of money in | share | + | practice
    bank_payer_hhi_12m | 付款方集中度(HHI) | Herfindahl index of payers, 12 months | ratio | + | 2.3
    bank_top1_payee_share_12m | 第一大收款方占比 | Largest payee, share of money out, 12 months | share | + | practice
    bank_new_payer_share_12m | 新付款方流入占比 | Money from payers not of the year before, share | share | . | practice
    bank_round_trip_share_12m | 对敲资金占比 | Money in that goes out to the same party, share | share | + | 8?
    bank_own_share_12m | 本人账户互转占比 | Transfers between own accounts, share of all moved | share | + | practice
""")
def _partners(rows: BankFlow) -> dict[str, Floats]:
    payers, payees = rows.payers, rows.payees
    before = Trade(rows, rows.inward & rows.within(12, 24), rows.codes("counterparty")[0], rows.amount)
    moved = np.abs(rows.amount)
    named = rows.said("counterparty")
    found = {
        "bank_payers_12m": payers.count(),
        "bank_payees_12m": payees.count(),
        **{f"bank_top{n}_payer_share_12m": payers.top(n) for n in (1, 5, 10)},
        "bank_payer_hhi_12m": payers.hhi(),
        "bank_top1_payee_share_12m": payees.top(1),
        "bank_new_payer_share_12m": np.where(rows.reach >= 12, payers.share(~payers.active_among(before)), np.nan),
        "bank_round_trip_share_12m": ratio(payers.back(payees), payers.whole),
    }
    own = ratio(rows.sums(rows.own & rows.year, moved), rows.sums(rows.year, moved))
    return {name: np.where(named, values, np.nan) for name, values in found.items()} | {
        "bank_own_share_12m": np.where(rows.said("counterparty_account"), own, np.nan)
    }


@FACTS.gives("""
    bank_round_in_share_12m | 近12月整千元流入笔数占比 | Payments in of whole thousands, share | share | + | 8?
    bank_round_out_share_12m | 近12月整千元流出笔数占比 | Payments out of whole thousands, share | share | + | 8?
    bank_repeated_share_12m | 近12月同额流入占比 | Payments in of an amount seen twice, share | share | + | 8?
    bank_same_day_share_12m | 当日进出占比 | Money in that goes out the same day, share | share | + | 8
    bank_night_share_12m | 夜间交易笔数占比 | Rows between 22:00 and 06:00, share of those with a time | share | + | 8?
    bank_holiday_share_12m | 节假日流入占比 | Money in on days off, share, 12 months | share | . | 8?
    bank_digit_distance_12m | 流水首位数偏离度 | Mean distance of first digits from Benford's law | share | + | 8
""")
def _arranged(rows: BankFlow) -> dict[str, Floats]:
    into, out = rows.inward & rows.year, rows.outward & rows.year
    timed = rows.has("second") & rows.year
    return {
        "bank_round_in_share_12m": round_share(rows, into, rows.amount),
        "bank_round_out_share_12m": round_share(rows, out, rows.amount),
        "bank_repeated_share_12m": repeated_share(rows, into, rows.amount),
        "bank_same_day_share_12m": ratio(_same_day(rows), rows.sums(into, rows.amount)),
        "bank_night_share_12m": ratio(rows.count(timed & at_night(rows.fen("second"))), rows.count(timed)),
        "bank_holiday_share_12m": ratio(rows.sums(into & rows.closed, rows.amount), rows.sums(into, rows.amount)),
        "bank_digit_distance_12m": first_digit_distance(rows, rows.year & ~rows.own, rows.amount),
    }


def _same_day(rows: BankFlow) -> Floats:
    """Over days of the last 12 months, the smaller of money in and money out, per party."""
    moved = (rows.inward | rows.outward) & rows.year
    keys, inverse = np.unique((rows.who << 20)[moved] + rows.day[moved], return_inverse=True)
    amount = rows.amount[moved]
    come, gone = (np.bincount(inverse, np.maximum(side, 0), len(keys)) for side in (amount, -amount))
    return np.bincount(keys >> 20, np.minimum(come, gone), rows.parties).astype(np.float64)


@FACTS.gives("""
    bank_wages_12m | 近12月代发工资金额 | Wages paid out, 12 months | 元 | - | 4
    bank_wage_months_12m | 近12月发薪月数 | Months with wages paid out, of the last 12 | months | - | practice
    bank_payday_regularity_12m | 发薪日规律度 | How close paydays lie in the month, 1 = one day | ratio | - | practice
    bank_loans_in_12m | 近12月贷款类流入 | Money in that speaks of a loan, 12 months | 元 | + | practice?
    bank_loans_out_12m | 近12月还款类流出 | Money out that speaks of a loan or interest | 元 | + | practice?
    bank_debt_service_share_12m | 还款占流入比 | Loan repayments and interest out over money in | ratio | + | practice?
    bank_free_12m | 近12月还贷后净现金 | Money in other than loans, less all money out, 12 months | 元 | - | 9.1
    bank_free_season_12m | 旺季可积累净现金 | Most such cash gathered in months on end, of 12 | 元 | - | 9.1?
    bank_cash_share_12m | 现金存入占比 | Cash paid in, share of money in, 12 months | share | + | practice?
    bank_interest_off_days_12m | 非季度结息日利息笔数 | Interest not on days 20-22 of a quarter's end | count | + | 8
""")
def _spoken(rows: BankFlow) -> dict[str, Floats]:
    into, out, says = rows.inward & rows.year, rows.outward & rows.year, rows.spoken
    wages, debt = rows.paid_wages, out & (says[LOANS] | says[INTEREST])
    month = rows.day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    on_time = (month % 3 == 2) & (np.abs(day_of_month(rows.day) - 20) <= 1)
    gone, money_in = -rows.amount, over(rows.money_in, 0, 12)
    lent = rows.months_of(rows.inward & says[LOANS], rows.amount)
    free = (rows.money_in - lent - rows.money_out)[:, :12]  # what debts cost is among the money out
    found = {
        "bank_wages_12m": rows.sums(wages, gone) / 100,
        "bank_wage_months_12m": (rows.months_of(wages)[:, :12] > 0).sum(axis=1).astype(np.float64),
        "bank_payday_regularity_12m": _regularity(rows, wages),
        "bank_loans_in_12m": rows.sums(into & says[LOANS], rows.amount) / 100,
        "bank_loans_out_12m": rows.sums(debt, gone) / 100,
        "bank_debt_service_share_12m": ratio(rows.sums(debt, gone), money_in),
        "bank_free_12m": free.sum(axis=1) / 100,
        "bank_free_season_12m": gathered(free) / 100,
        "bank_cash_share_12m": ratio(rows.sums(into & says[CASH], rows.amount), money_in),
        "bank_interest_off_days_12m": rows.count(into & says[INTEREST] & ~on_time),
    }
    return {name: np.where(rows.said("text"), values, np.nan) for name, values in found.items()}


def _regularity(rows: BankFlow, where: Bools) -> Floats:
    """Length of the mean of paydays as points on a circle of 31 days; NaN for fewer than three days."""
    keys = np.unique(((rows.who << 20) + rows.day)[where])
    who = keys >> 20
    counts = np.bincount(who * 31 + day_of_month(keys - (who << 20)), minlength=rows.parties * 31)
    counts = counts.reshape(rows.parties, 31).astype(np.float64)
    angle = 2 * np.pi * np.arange(31) / 31
    length = np.hypot((counts * np.cos(angle)).sum(axis=1), (counts * np.sin(angle)).sum(axis=1))
    many = counts.sum(axis=1)
    return np.where(many >= 3, length / np.maximum(many, 1), np.nan)
