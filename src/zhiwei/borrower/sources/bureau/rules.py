"""What lenders make of a credit report: pure functions on strings of months and on queries.

A string of months is as in `records.BUREAU_ACCOUNTS`: one letter a month, the oldest first, the last one the report's
month. Marks of certainty: S = looked up in secondary sources (good for practice, no law), M = from memory, sure;
M? = from memory, unsure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from zhiwei.values import add_months

WINDOW = 24  # months in which 连三累六 is looked for
RUN, COUNT, LEVEL = 3, 6, 3


@dataclass(frozen=True, slots=True)
class Letter:
    """What a month's letter says. `level`: 1 to 7 where the month ended overdue, by 30 days each; else 0."""

    zh: str
    en: str
    level: int
    mark: str


LETTERS = {
    "N": Letter("正常", "paid as agreed", 0, "S"),
    "*": Letter("当月无需还款或未使用", "nothing due, or not used", 0, "S"),
    "#": Letter("情况未知", "not known", 0, "S"),
    "/": Letter("未开立", "account not open", 0, "S"),
    "A": Letter("当月无账单", "no bill this month", 0, "S"),
    "M": Letter("当月逾期当月还清", "overdue and cleared within the month", 0, "S"),
    "1": Letter("逾期1-30天", "1-30 days overdue", 1, "S"),
    "2": Letter("逾期31-60天", "31-60 days overdue", 2, "S"),
    "3": Letter("逾期61-90天", "61-90 days overdue", 3, "S"),
    "4": Letter("逾期91-120天", "91-120 days overdue", 4, "S"),
    "5": Letter("逾期121-150天", "121-150 days overdue", 5, "S"),
    "6": Letter("逾期151-180天", "151-180 days overdue", 6, "S"),
    "7": Letter("逾期180天以上", "more than 180 days overdue", 7, "S"),
    "D": Letter("担保人代还", "a guarantor paid", 0, "S"),
    "Z": Letter("以资抵债", "settled with goods", 0, "S"),
    "B": Letter("呆账", "bad debt", 0, "S"),
    "G": Letter("结束（非正常）", "ended, and not as agreed", 0, "S"),
    "C": Letter("结清", "settled", 0, "S"),
}
ENDED_BADLY = frozenset("DZBG")
"""Never counted in runs of overdue months, as the formula of 连三累六 has digits alone; a rule of their own."""

CLASSES = {
    "normal": "normal", "special_mention": "special_mention", "substandard": "substandard", "doubtful": "doubtful",
    "loss": "loss",
    "正常": "normal", "关注": "special_mention", "次级": "substandard", "可疑": "doubtful", "损失": "loss",
}  # fmt: skip
"""How the five classes are written -> their names, from the best to the worst."""
_BY_WORST = tuple(dict.fromkeys(CLASSES.values()))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a report was queried. `hard`: True where credit was asked for; None where nobody said."""

    zh: str
    hard: bool | None
    mark: str


QUERY_REASONS = {
    "loan": Reason("贷款审批", True, "S, M"),
    "card": Reason("信用卡审批", True, "S, M"),
    "guarantee": Reason("担保资格审查", True, "S, M"),
    "before_guarantee": Reason("保前审查", True, "S, M"),
    "financing": Reason("融资审批", True, "S, M"),
    "standing": Reason("资信审查", True, "S, M"),
    "post_loan": Reason("贷后管理", False, "S, M"),
    "post_guarantee": Reason("保后管理", False, "S, M"),
    "self": Reason("本人查询", False, "S, M"),
    "dispute": Reason("异议查询", False, "S, M"),
    "real_name": Reason("实名审查", False, "S, M"),
    "other": Reason("其他", None, "M?"),
}
REASONS = {name: name for name in QUERY_REASONS} | {reason.zh: name for name, reason in QUERY_REASONS.items()}
HARD = frozenset(name for name, reason in QUERY_REASONS.items() if reason.hard is True)
SOFT = frozenset(name for name, reason in QUERY_REASONS.items() if reason.hard is False)


@dataclass(frozen=True, slots=True)
class Overdue:
    """Of the last 24 months of one account: `run` the longest row of overdue months, `count` of them all, `high`
    whether one reached 61 days, `hit` 连三累六.
    """

    run: int
    count: int
    high: bool
    hit: bool


def is_overdue(letter: str) -> bool:
    return level(letter) > 0


def level(letter: str) -> int:
    """0 to 7; ValueError where the letter is none of the bureau's."""
    try:
        return LETTERS[letter].level
    except KeyError:
        raise ValueError(f"no letter of the bureau: {letter!r}") from None


def overdue(months: str) -> Overdue:
    """连三累六 of one account: three overdue months in a row, or six in all, or one at 61 days (which is three)."""
    levels = [level(letter) for letter in months][-WINDOW:]
    longest = run = 0
    for one in levels:
        run = run + 1 if one else 0
        longest = max(longest, run)
    count, high = sum(map(bool, levels)), max(levels, default=0) >= LEVEL
    return Overdue(longest, count, high, longest >= RUN or count >= COUNT or high)


def months_since_overdue(months: str) -> int | None:
    """Months from the last overdue one to the report's, 0 where that is overdue itself; None where none is."""
    return next((ago for ago, letter in enumerate(reversed(months)) if is_overdue(letter)), None)


def ended_badly(months: str) -> bool:
    """Did a guarantor pay, were goods taken, was it written off or ended otherwise, in any month shown?"""
    return not ENDED_BADLY.isdisjoint(months)


def worst_class(classes: Iterable[str | None]) -> str | None:
    """The worst of the five classes; None where no account has one, ValueError where one is none of them."""
    found = [name for name in classes if name is not None]
    strange = next((name for name in found if name not in _BY_WORST), None)
    if strange is not None:
        raise ValueError(f"none of the five classes: {strange!r}")
    return max(found, key=_BY_WORST.index, default=None)


@dataclass(frozen=True, slots=True)
class Queries:
    """How often others asked: for credit (`hard`), for else (`soft`), and for what nobody said (`other`)."""

    hard: int
    soft: int
    other: int


def queries(asked: Iterable[tuple[date, str, str]], as_of: date, months: int) -> Queries:
    """Queries (day, lender, reason) within (as_of - months, as_of], later ones not looked at.

    The same lender on the same day counts once as hard and once as soft [M?]: a form sent twice is one application.
    ValueError where a reason is none of QUERY_REASONS.
    """
    first = add_months(as_of, -months)
    distinct = {(on, lender, _is_hard(reason)) for on, lender, reason in asked if first < on <= as_of}
    hard, soft, other = (sum(found is kind for *_, found in distinct) for kind in (True, False, None))
    return Queries(hard, soft, other)


def _is_hard(reason: str) -> bool | None:
    try:
        return QUERY_REASONS[reason].hard
    except KeyError:
        raise ValueError(f"no reason of a query: {reason!r}") from None
