"""Credit bureau reports -> debts, how they were paid month by month, and who asked. Money is 元.

Of each subject (firm, owner) the latest report known counts; facts are of both together unless named for one. A report
without an account is one as well: then there is none. Of days after the report nothing is known. A month string is in
the bureau's letters, oldest first, its last letter the report's month.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from zhiwei.borrower.features.facts import Fact, Group
from zhiwei.borrower.features.told import ordinal, start_of
from zhiwei.borrower.features.windows import MONTH, Bools, Floats, Ints, Rows, longest_run, ratio
from zhiwei.values import add_months, lazy

ACCOUNTS: Group["Accounts"] = Group("bureau_accounts")
QUERIES: Group["Queries"] = Group("bureau_queries")

RUN, COUNT, WORST = 3, 6, 3  # 连三累六: months overdue in a row, months overdue in all, the status that alone is three
CLASSES = {"normal": 1.0, "special_mention": 2.0, "substandard": 3.0, "doubtful": 4.0, "loss": 5.0}
HARD = ("loan", "card", "guarantee", "before_guarantee", "financing", "standing")
_MONTHS = 60


class _Report(Rows):
    """Rows of the latest report of each subject."""

    @lazy
    def owner(self) -> Bools:
        return self.equals("subject", "owner")

    @lazy
    def newest(self) -> Ints:
        """The day of the latest report by party and subject (firm, owner), -1 where there is none."""
        newest = np.full(self.parties * 2, -1, dtype=np.int64)
        np.maximum.at(newest, self.who * 2 + self.owner, self.day)
        np.maximum.at(newest, self.told.who * 2 + self.told.of(("owner",)), self.told.last)
        return newest.reshape(self.parties, 2)

    @lazy
    def current(self) -> Bools:
        return self.day == self.newest[self.who, self.owner.astype(np.int64)]

    @lazy
    def clean(self) -> Bools:
        """Parties whose latest reports have no row at all."""
        return self.told.has & (self.count(self.current) == 0)

    def said(self, name: str) -> Bools:
        return super().said(name) | self.clean

    def believed(self, fact: Fact, values: Floats) -> Floats:
        """NaN where no report of the subject came, or none since the window began, or an empty one that looked back
        on less than it.
        """
        newest = self.newest[:, 1] if fact.name.startswith("owner_") else self.newest.max(axis=1)
        if fact.window in ("all", "now"):
            return np.where(newest < 0, np.nan, values)
        start = start_of(fact.window, self.as_of)
        found = np.where(newest <= start, np.nan, values)
        if not self.clean.any():
            return found
        short = (self.told.reach()[0] > start + 1) & self.clean
        return np.where(short & ~(values > 0), np.nan, found)


class Accounts(_Report):
    """Accounts of reports."""

    kind = "bureau_accounts"

    @lazy
    def debt(self) -> Bools:
        """What the subject owes itself: not what it guarantees for others."""
        return self.current & ~self.guarantee

    @lazy
    def guarantee(self) -> Bools:
        return self.current & self.equals("kind", "guarantee")

    @lazy
    def balance(self) -> Floats:
        return self.fen("balance")

    @lazy
    def statuses(self) -> NDArray[np.uint8]:
        """(rows, 60) letters of the last months, newest first; 0 where a string does not reach."""
        return month_letters(self.words("months"))

    @lazy
    def overdue(self) -> NDArray[np.uint8]:
        """(rows, 60) months overdue by each status, 1 to 7; 0 for every other letter."""
        letters = self.statuses
        return np.where((letters >= ord("1")) & (letters <= ord("7")), letters - ord("0"), 0).astype(np.uint8)

    @lazy
    def tells(self) -> Bools:
        """Parties with a month string in a current report, or without an account."""
        return (self.count(self.current & self.has("months")) > 0) | self.clean

    def worst(self, where: Bools, values: Floats) -> Floats:
        """Largest value over the accounts chosen, NaN where there is no month string."""
        return np.where(self.tells, self.largest(where, values), np.nan)


class Queries(_Report):
    """Queries of reports, one a lender and day: that others are repeats of the same application is practice, unsure."""

    kind = "bureau_queries"

    @lazy
    def asked(self) -> Floats:
        return self.days("queried_on")

    @lazy
    def hard(self) -> Bools:
        return self.equals("reason", *HARD)

    def since(self, months: int) -> Bools:
        return self.current & (self.asked > self.edges[months])

    def times(self, where: Bools) -> Floats:
        """Different days and lenders of each subject, per party."""
        lender = self.codes("lender")[0]
        subject = (self.who * 2 + self.owner)[where]
        keys = ((subject * (lender.width + 1) + lender.code[where] + 1) << 20) + self.asked[where].astype(np.int64)
        found = np.unique(keys)
        return np.bincount((found >> 20) // (lender.width + 1) // 2, minlength=self.parties).astype(np.float64)

    def lenders(self, where: Bools) -> Floats:
        return _different(self, where)


def bureau_accounts(rows: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact of bureau accounts, each one float64 per party in the order given; NaN where it cannot be said."""
    seen = Accounts(rows, parties, as_of)
    return ACCOUNTS.compute(seen, seen.known)


def bureau_queries(rows: pa.Table, parties: Sequence[str], as_of: date) -> dict[str, Floats]:
    """Every fact of bureau queries, each one float64 per party in the order given; NaN where it cannot be said."""
    seen = Queries(rows, parties, as_of)
    return QUERIES.compute(seen, seen.known)


def month_letters(strings: pa.Array) -> NDArray[np.uint8]:
    """(strings, 60) letters of month strings, newest first, 0 where a string does not reach; letters are ASCII."""
    strings = strings.fill_null("")
    lengths = pc.binary_length(strings).to_numpy(zero_copy_only=False).astype(np.int64)
    joined = pc.binary_join(pa.ListArray.from_arrays([0, len(strings)], strings.cast(pa.binary())), b"")
    letters = np.frombuffer(joined[0].as_buffer(), dtype=np.uint8)
    at = np.cumsum(lengths)[:, None] - 1 - np.arange(_MONTHS)
    there = np.arange(_MONTHS) < lengths[:, None]
    return np.where(there, letters[np.where(there, at, 0)] if len(letters) else 0, 0).astype(np.uint8)


def _different(rows: _Report, where: Bools) -> Floats:
    """Different lenders, per party."""
    lender = rows.codes("lender")[0]
    where = where & (lender.code >= 0)
    found = np.unique(rows.who[where] * lender.width + lender.code[where])
    return np.bincount(found // lender.width, minlength=rows.parties).astype(np.float64)


@ACCOUNTS.gives("""
    bureau_report_days | 征信报告天数 | Days since the latest report | days | . | practice | now
    debt_balance | 负债余额 | Balance of loans, cards and lines | 元 | + | 3.2 | now
    loan_balance | 贷款余额 | Balance of loans | 元 | + | 3.2 | now
    owner_debt_balance | 法定代表人负债余额 | Balance of the owner's loans, cards and lines | 元 | + | 2.4 | now
    credit_limit | 授信总额 | Limits of loans, cards and lines | 元 | . | 3.2 | now
    open_accounts | 未结清账户数 | Accounts with a balance | count | + | 3.2 | now
    lenders | 未结清机构数 | Lenders with a balance | count | + | 3.2 | now
    owner_lenders | 法定代表人未结清机构数 | Lenders with a balance of the owner | count | + | 3.2 | now
    card_use | 信用卡使用率 | Balance over limit of cards | share | + | 3.2 | now
    line_use | 循环额度使用率 | Balance over limit of lines | share | + | 3.2 | now
    guarantees | 对外担保笔数 | Guarantees for others with a balance | count | + | 3.2 | now
    guarantee_balance | 对外担保余额 | Balance guaranteed for others | 元 | + | 3.2 | now
    guarantee_share | 担保与负债比 | Balance guaranteed over own debts | ratio | + | practice | now
    new_loans_{3,6,12}m | 近{n}月新增贷款笔数 | Loans opened, {n} months | count | + | 8
    months_since_loan | 距最近一笔贷款月数 | Months since the latest loan was opened | months | . | 3.2 | now
    due_within_3m | 三月内到期余额 | Balance that falls due in the 3 months to come | 元 | + | 3.2
    due_within_share_3m | 三月内到期占比 | Balance due in the 3 months to come, share of debts | share | + | 3.2
""")
def _debts(rows: Accounts) -> dict[str, Floats]:
    debt, owed = rows.debt, rows.balance > 0
    loan, card, line = (rows.current & rows.equals("kind", kind) for kind in ("loan", "card", "line"))
    whole, guaranteed = rows.total(debt, "balance"), rows.total(rows.guarantee, "balance")
    opened = np.where(loan, rows.days("opened_on"), np.nan)
    newest = np.full(rows.parties, -np.inf)
    np.fmax.at(newest, rows.who, opened)
    soon = ordinal(add_months(rows.as_of, 3))
    due = rows.total(debt & owed & (rows.promised("due_on") <= soon), "balance")
    return {
        "bureau_report_days": rows.today - rows.newest.max(axis=1).astype(np.float64),
        "debt_balance": whole / 100,
        "loan_balance": rows.total(loan, "balance") / 100,
        "owner_debt_balance": rows.total(debt & rows.owner, "balance") / 100,
        "credit_limit": rows.total(debt, "limit") / 100,
        "open_accounts": rows.count(debt & owed),
        "lenders": _different(rows, debt & owed),
        "owner_lenders": _different(rows, debt & owed & rows.owner),
        "card_use": ratio(rows.total(card, "balance"), rows.total(card, "limit")),
        "line_use": ratio(rows.total(line, "balance"), rows.total(line, "limit")),
        "guarantees": rows.count(rows.guarantee & owed),
        "guarantee_balance": guaranteed / 100,
        "guarantee_share": ratio(guaranteed, whole),
        **{f"new_loans_{n}m": rows.count(opened > rows.edges[n]) for n in (3, 6, 12)},
        "months_since_loan": np.where(np.isinf(newest), np.nan, (rows.today - newest) / MONTH),
        "due_within_3m": due / 100,
        "due_within_share_3m": ratio(due, whole),
    }


@ACCOUNTS.gives("""
    overdue_run_24m | 近24月最长连续逾期月数 | Longest run of months overdue of an account, 24 months | months | + | 3.2
    overdue_count_24m | 近24月单账户累计逾期月数 | Months overdue of the worst account, 24 months | months | + | 3.2
    overdue_worst_24m | 近24月最差逾期状态 | Worst month status, 1 to 7, 24 months | status | + | 3.2
    overdue_rule_24m | 连三累六 | 1 where an account was 3 in a row, 6 in all or 3 deep | flag | + | 3.2
    overdue_accounts_24m | 近24月有逾期账户数 | Accounts with a month overdue, 24 months | count | + | 3.2
    overdue_months_{12,60}m | 近{n}月累计逾期月数 | Months overdue of all accounts, {n} months | months | + | 3.2
    overdue_deep_24m | 近24月M2以上月数 | Months over 30 days overdue of all accounts, 24 months | months | + | 3.2
    months_since_overdue | 距最近一次逾期月数 | Months since an account was overdue | months | - | practice | now
    overdue_now | 当前逾期金额 | Overdue today | 元 | + | 3.2 | now
    overdue_accounts_now | 当前逾期账户数 | Accounts overdue today | count | + | 3.2 | now
    compensated_60m | 呆账代偿抵债账户数 | Accounts ever written off, paid by a guarantor or in kind | count | + | 3.2
    worst_class | 最差五级分类(1正常-5损失) | Worst class of debts, 1 normal to 5 loss | class | + | 3.2 | now
    special_balance | 关注类余额 | Balance of class special mention | 元 | + | 3.2 | now
    bad_balance | 不良类余额 | Balance of classes substandard and below | 元 | + | 3.2 | now
    guarantee_bad_balance | 对外担保不良余额 | Guaranteed balance of classes below normal | 元 | + | 3.2 | now
    owner_overdue_run_24m | 法定代表人最长连续逾期月数 | Longest run of months overdue of the owner | months | + | 3.2
    owner_overdue_count_24m | 法定代表人累计逾期月数 | Months overdue of the owner's worst account | months | + | 3.2
""")
def _payment(rows: Accounts) -> dict[str, Floats]:
    late, debt = rows.overdue, rows.debt
    two_years = late[:, :24]
    run, count = longest_run(two_years > 0), (two_years > 0).sum(axis=1).astype(np.float64)
    worst = two_years.max(axis=1).astype(np.float64)
    rule = ((run >= RUN) | (count >= COUNT) | (worst >= WORST)).astype(np.float64)
    months = {n: (late[:, :n] > 0).sum(axis=1).astype(np.float64) for n in (12, 60)}
    given_up = np.isin(rows.statuses, np.frombuffer(b"BDZG", dtype=np.uint8)).any(axis=1)
    first = np.where(late.any(axis=1) & debt, (late > 0).argmax(axis=1), _MONTHS)
    nearest = np.full(rows.parties, _MONTHS, dtype=np.int64)
    np.minimum.at(nearest, rows.who, first)
    classes, owed = np.zeros(rows.size), rows.balance > 0
    for word, value in CLASSES.items():
        classes[rows.equals("class", word)] = value
    told, owner = rows.tells, debt & rows.owner
    classed = (rows.count(rows.current & (classes > 0)) > 0) | rows.clean
    sums = {
        "special_balance": rows.sums(debt & (classes == 2), rows.balance) / 100,
        "bad_balance": rows.sums(debt & (classes > 2), rows.balance) / 100,
        "guarantee_bad_balance": rows.sums(rows.guarantee & (classes > 1), rows.balance) / 100,
    }
    worst_class = rows.largest(debt & owed, classes)
    return {
        "overdue_run_24m": rows.worst(debt, run),
        "overdue_count_24m": rows.worst(debt, count),
        "overdue_worst_24m": rows.worst(debt, worst),
        "overdue_rule_24m": rows.worst(debt, rule),
        "overdue_accounts_24m": np.where(told, rows.count(debt & (count > 0)), np.nan),
        **{f"overdue_months_{n}m": np.where(told, rows.sums(debt, months[n]), np.nan) for n in (12, 60)},
        "overdue_deep_24m": np.where(told, rows.sums(debt, (two_years > 1).sum(axis=1).astype(np.float64)), np.nan),
        "months_since_overdue": np.where(nearest < _MONTHS, nearest, np.nan),
        "overdue_now": rows.total(debt, "overdue") / 100,
        "overdue_accounts_now": np.where(rows.said("overdue"), rows.count(debt & (rows.fen("overdue") > 0)), np.nan),
        "compensated_60m": np.where(told, rows.count(debt & given_up), np.nan),
        "worst_class": np.where(worst_class > 0, worst_class, np.nan),
        **{name: np.where(classed, values, np.nan) for name, values in sums.items()},
        "owner_overdue_run_24m": rows.worst(owner, run),
        "owner_overdue_count_24m": rows.worst(owner, count),
    }


@QUERIES.gives("""
    hard_queries_{1,3,6,12}m | 近{n}月硬查询次数 | Hard queries, one a lender and day, {n} months | count | + | 3.2?
    owner_hard_queries_{1,3,6}m | 法定代表人近{n}月硬查询次数 | Hard queries of the owner, {n} months | count | + | 3.2?
    loan_queries_3m | 近3月贷款审批查询次数 | Queries for a loan, 3 months | count | + | 3.2
    card_queries_3m | 近3月信用卡审批查询次数 | Queries for a card, 3 months | count | + | 3.2
    guarantee_queries_6m | 近6月担保类查询次数 | Queries for a guarantee, 6 months | count | + | 3.2
    query_lenders_{3,6}m | 近{n}月硬查询机构数 | Lenders that asked for credit, {n} months | count | + | 3.2
    self_queries_3m | 近3月本人查询次数 | Queries by the subject, 3 months | count | + | practice?
    post_loan_queries_12m | 近12月贷后管理查询次数 | Queries of lenders after lending, 12 months | count | . | 3.2
    hard_query_burst_3m | 最近一月硬查询占三月比 | Queries for credit of a month, share of 3 months | share | + | 8?
    days_since_hard_query | 距最近硬查询天数 | Days since the latest query for credit | days | - | practice | now
""")
def _queries(rows: Queries) -> dict[str, Floats]:
    hard = {n: rows.hard & rows.since(n) for n in (1, 3, 6, 12)}
    times = {n: rows.times(where) for n, where in hard.items()}
    newest = np.full(rows.parties, -np.inf)
    asked = np.where(rows.hard & rows.current, rows.asked, np.nan)
    np.fmax.at(newest, rows.who, asked)
    guarantee = rows.equals("reason", "guarantee", "before_guarantee")
    return {
        **{f"hard_queries_{n}m": many for n, many in times.items()},
        **{f"owner_hard_queries_{n}m": rows.times(hard[n] & rows.owner) for n in (1, 3, 6)},
        "loan_queries_3m": rows.times(rows.equals("reason", "loan") & rows.since(3)),
        "card_queries_3m": rows.times(rows.equals("reason", "card") & rows.since(3)),
        "guarantee_queries_6m": rows.times(guarantee & rows.since(6)),
        **{f"query_lenders_{n}m": rows.lenders(hard[n]) for n in (3, 6)},
        "self_queries_3m": rows.times(rows.equals("reason", "self") & rows.since(3)),
        "post_loan_queries_12m": rows.times(rows.equals("reason", "post_loan") & rows.since(12)),
        "hard_query_burst_3m": ratio(times[1], times[3]),
        "days_since_hard_query": np.where(np.isinf(newest), np.nan, rows.today - newest),
    }
