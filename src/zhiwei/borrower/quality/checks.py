"""What must hold within the records of one kind: checks as expressions over a row, and over the row before it.

`holds` is null where a row cannot be tried (something is not said); `off` is by how much it fails, in `unit`. A check
never says why: a meter that runs back may have been replaced unsaid, a chain may break where a page is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from zhiwei.borrower.quality.policy import threshold
from zhiwei.borrower.quality.spans import followed, statement

Prepare = Callable[[pl.DataFrame, date], pl.DataFrame]
_RATINGS = ("A", "B", "M", "C", "D")


@dataclass(frozen=True, slots=True)
class Check:
    """`source`: chapter of the domain sheet or `practice`; `sure` False where sound records may fail it."""

    name: str
    zh: str
    en: str
    holds: pl.Expr
    off: pl.Expr
    unit: str = "fen"
    source: str = "practice"
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of a kind; `place` are the columns that say where a row is, `prepare` what looks at other rows."""

    place: tuple[str, ...]
    every: Callable[[date], tuple[Check, ...]]
    prepare: Prepare = lambda frame, as_of: frame


def _within(column: str, most: pl.Expr, zh: str, en: str, *, below: bool = False, sure: bool = True) -> Check:
    """Between zero and `most`, or with `below` between it and its opposite."""
    value, least = pl.col(column), -most if below else pl.lit(0)
    off = pl.max_horizontal(least - value, value - most)
    holds = pl.when(most.is_not_null()).then(value.is_between(least, most))
    return Check(f"{column}_bounds", zh, en, holds, off, sure=sure)


def _positive(column: str) -> pl.Expr:
    """The column, or zero where it is below; null stays null, which bounds nothing."""
    return pl.col(column).clip(lower_bound=0)


def _ordered(name: str, zh: str, en: str, earlier: str, later: str) -> Check:
    first, second = (pl.col(column).cast(pl.Date) for column in (earlier, later))
    return Check(name, zh, en, first <= second, (first - second).dt.total_days(), "days")


def _once(zh: str, en: str) -> Check:
    return Check("once", zh, en, pl.col("_times") == 1, pl.col("_times") - 1, "rows", sure=False)


def _repeats(*columns: str) -> Prepare:
    """`_times`: how often the columns of a row occur with the party; null where one of them is not said."""
    said = pl.all_horizontal(pl.col(name).is_not_null() for name in columns)
    return lambda frame, as_of: frame.with_columns(_times=pl.when(said).then(pl.len().over("_who", *columns)))


def _invoices(as_of: date) -> tuple[Check, ...]:
    rounding, rate = threshold("check.rounding", as_of), threshold("check.highest_vat_rate", as_of)
    wrong = (pl.col("amount") + pl.col("tax") - pl.col("total")).abs()
    most = pl.col("amount").abs() * rate + rounding
    same_side = pl.col("tax").sign() * pl.col("amount").sign() >= 0
    over = pl.when(same_side).then(pl.col("tax").abs() - most).otherwise(pl.col("tax").abs())
    return (
        Check("arithmetic", "价税合计等于金额加税额", "Amount and tax add up to the total", wrong <= rounding, wrong,
            source="2.1"),
        Check("tax_bounds", "税额不超过最高税率", "Tax is of the amount's sign and within the highest rate",
            over <= 0, over, source="2.1"),
        Check("once", "发票不重复", "An invoice comes once",
            pl.col("occurrence") == 1, pl.col("occurrence") - 1, "rows", source="2.1"),
    )  # fmt: skip


def _tax_returns(as_of: date) -> tuple[Check, ...]:
    back = pl.col("_reached") - pl.col("_begins") + 1
    return (
        _ordered("period", "所属期起不晚于止", "A period ends after it begins", "period_start", "period_end"),
        _ordered("filed_after", "申报在所属期之后", "A return is filed after its period", "period_end", "filed_on"),
        Check("no_overlap", "同税种所属期不重叠", "Periods of one tax do not overlap",
            back <= 0, back, "days", sure=False),
        _within("arrears", _positive("payable"), "欠税不超过应纳税额", "Arrears are within the tax payable"),
    )  # fmt: skip


def _periods(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """`_begins`, and `_reached`: the latest day that earlier periods of the same tax reach."""
    begins, ends = (pl.col(name).cast(pl.Int32).cast(pl.Int64) for name in ("period_start", "period_end"))
    # monthly and quarterly returns never share a year's return: those of a whole year are a settlement of their own
    yearly = (ends - begins > 300).fill_null(False).alias("_yearly")
    reached = ends.cum_max().shift(1).over("_who", "tax", yearly)
    return frame.sort("_who", "tax", "period_start", "period_end").with_columns(_begins=begins, _reached=reached)


def _ratings(as_of: date) -> tuple[Check, ...]:
    year = pl.col("published_on").dt.year() - pl.col("year")
    return (
        Check("letter", "等级为A/B/M/C/D", "A rating is A, B, M, C or D",
            pl.col("rating").is_in(_RATINGS), pl.lit(1), "rows", source="2.3"),
        Check("published_after", "次年公布", "A year is rated after it ended", year >= 1, 1 - year, "years"),
        _once("一年一级", "A year has one rating"),
    )  # fmt: skip


def _bank_flow(as_of: date) -> tuple[Check, ...]:
    off = pl.col("_off").abs()
    zh, en = "余额连续", "A balance is the one before plus the amount"
    return (Check("chain", zh, en, off == 0, off, source="8"),)


def _acquiring(as_of: date) -> tuple[Check, ...]:
    return (
        _within("fee", pl.col("amount").abs(), "手续费不超过交易额", "A fee is within the amount", below=True),
        _once("交易不重复", "A payment comes once"),
    )  # fmt: skip


def _orders(as_of: date) -> tuple[Check, ...]:
    paid = _positive("amount")
    return (
        _ordered("shipped_after", "先下单后发货", "Shipped after ordered", "ordered_at", "shipped_at"),
        _ordered("signed_after", "先发货后签收", "Signed after shipped", "shipped_at", "signed_at"),
        _within("refund", paid, "退款不超过订单额", "A refund is within the amount"),
        _within("fee", paid, "平台费不超过订单额", "A fee is within the amount", below=True),
        _once("订单不重复", "An order comes once"),
    )


def _procurement(as_of: date) -> tuple[Check, ...]:
    return (
        _within("rejected", _positive("amount"), "拒收不超过金额", "What was rejected is within the amount"),
        _ordered("due_after", "到期不早于单据日", "Due after it is dated", "dated_on", "due_on"),
        _once("单据不重复", "A document comes once"),
    )  # fmt: skip


def _meters(as_of: date) -> tuple[Check, ...]:
    moved, allowed = pl.col("_moved"), threshold("check.meter_rounding", as_of)
    # a large meter counts through a transformer: usage is then a whole multiple of what the dial moved
    times = pl.max_horizontal((pl.col("usage") / moved).round(), pl.lit(1.0))
    wrong = (pl.col("usage") - times * moved).abs()
    tried = pl.when((moved > 0) & pl.col("usage").is_not_null())
    fits = tried.then(wrong <= pl.max_horizontal(pl.lit(allowed), pl.col("usage").abs() / 100))
    return (
        Check("never_back", "表数不倒走", "A meter never runs back", moved >= 0, -moved, "units", "8"),
        Check("usage", "用量等于表数之差", "Usage is what the dial moved", fits, wrong, "units", "4", sure=False),
    )


def _dials(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """`_moved`: by how much a dial stands above the latest reading of an earlier day, which is the highest of it.

    Of a dial that began anew nothing can be said, and an estimated reading is no dial's.
    """
    read = pl.col("reading").is_finite() & (pl.col("event") != "estimated").fill_null(True)
    said = followed(frame.filter(read), ("reading", "usage"))
    before = pl.when(pl.col("_same")).then(pl.col("reading").shift(1))
    earlier = pl.when(pl.col("_same")).then(pl.col("_day").shift(1)) < pl.col("_day")
    return said.with_columns(_moved=pl.when(earlier & pl.col("event").is_null()).then(pl.col("reading") - before))


def _registry(as_of: date) -> tuple[Check, ...]:
    over = pl.col("_held") - 1_000_000
    return (
        _ordered("until_after", "止日不早于起日", "An entry ends after it begins", "on", "until"),
        Check("shares", "现有股东持股合计不超过100%", "Shares of today's holders are not above one",
            over <= 100, over, "millionths", sure=False),
    )  # fmt: skip


def _holdings(frame: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """`_held`: the sum of shares of today's holders in millionths, on the row of the latest of them."""
    holder = (pl.col("what") == "shareholder") & (pl.col("until").is_null() | (pl.col("until") > as_of))
    # whole millionths: no order of rows changes their sum
    share = (pl.col("share").fill_nan(None) * 1_000_000).round().cast(pl.Int64, strict=False)
    rows = frame.with_columns(_share=pl.when(holder).then(share)).sort("_who", "_day", "value", "_share")
    rows = rows.with_row_index("_row")
    newest = rows.filter(pl.col("_share").is_not_null()).unique(["_who", "value"], keep="last", maintain_order=True)
    held = newest.group_by("_who").agg(_held=pl.col("_share").sum(), _row=pl.col("_row").max())
    return rows.join(held.drop("_who"), on="_row", how="left")


def _courts(as_of: date) -> tuple[Check, ...]:
    return (
        _ordered("closed_after", "结案不早于立案", "Closed after it was filed", "filed_on", "closed_on"),
        _once("案号不重复", "A case comes once"),
    )


def _bureau_accounts(as_of: date) -> tuple[Check, ...]:
    letter = pl.col("months").str.slice(-1)
    late = letter.is_in(list("1234567"))
    tried = pl.when((late | letter.is_in(list("N*C"))) & pl.col("overdue").is_not_null())
    return (
        _ordered("due_after", "到期不早于开立", "Due after it was opened", "opened_on", "due_on"),
        _ordered("reported_after", "报告不早于开立", "Reported after it was opened", "opened_on", "report_on"),
        _within("overdue", _positive("balance"), "逾期额不超过余额", "Overdue is within the balance", sure=False),
        Check("latest_month", "最近月状态与逾期额一致", "The latest month's letter and what is overdue say the same",
            tried.then(late == (pl.col("overdue") > 0)), pl.col("overdue").abs(), source="3.1", sure=False),
        _once("账户在一份报告中不重复", "An account comes once in a report"),
    )  # fmt: skip


def _bureau_queries(as_of: date) -> tuple[Check, ...]:
    return (_ordered("reported_after", "报告不早于查询", "Reported after the query", "queried_on", "report_on"),)


def _property(as_of: date) -> tuple[Check, ...]:
    built = pl.col("said_on").dt.year() - pl.col("built_year")
    maximum = pl.col("first_lien_maximum")
    return (
        Check("built_before", "建成不晚于陈述", "Built before it is spoken of", built >= 0, -built, "years"),
        _within("first_lien_balance", maximum, "在先债权余额不超过最高额", "A lien's balance is within its maximum",
            sure=False),
        _once("同一产权证同日不重复", "A title is spoken of once a day"),
    )  # fmt: skip


def _pledges(as_of: date) -> tuple[Check, ...]:
    return (
        _ordered("released_after", "注销不早于登记", "Released after it was registered", "registered_on",
            "released_on"),
    )  # fmt: skip


def _identity(as_of: date) -> tuple[Check, ...]:
    place = pl.col("latitude").is_between(-90, 90) & pl.col("longitude").is_between(-180, 180)
    return (
        Check("on_earth", "经纬度在地球上", "A place lies on earth", place, pl.lit(1), "rows"),
        _once("核验编号不重复", "An event comes once"),
    )


CHECKS = {
    "invoices": Checks(("direction", "invoice_no", "issue_date"), _invoices),
    "tax_returns": Checks(("tax", "period_start", "period_end"), _tax_returns, _periods),
    "tax_ratings": Checks(("year", "rating"), _ratings, _repeats("year")),
    "bank_flow": Checks(
        ("account", "booked_on", "sequence", "reference"), _bank_flow, lambda frame, as_of: statement(frame)
    ),
    "acquiring": Checks(
        ("merchant", "paid_at", "reference"), _acquiring, _repeats("merchant", "reference", "paid_at", "amount")
    ),
    "orders": Checks(("platform", "order_no"), _orders, _repeats("platform", "order_no")),
    "procurement": Checks(
        ("role", "document", "document_no"), _procurement, _repeats("role", "document", "document_no")
    ),
    "meters": Checks(("utility", "meter", "read_on"), _meters, _dials),
    "registry": Checks(("what", "on", "value"), _registry, _holdings),
    "courts": Checks(("what", "case_no"), _courts, _repeats("subject", "what", "case_no")),
    "bureau_accounts": Checks(
        ("report_on", "account"), _bureau_accounts, _repeats("subject", "report_on", "account")
    ),
    "bureau_queries": Checks(("report_on", "queried_on", "lender"), _bureau_queries),
    "property": Checks(("title_no", "said_on"), _property, _repeats("title_no", "said_on")),
    "pledges": Checks(("pledge_id", "registered_on"), _pledges),
    "identity": Checks(("event_id", "what"), _identity, _repeats("event_id", "what")),
}  # fmt: skip
"""The checks of every kind of record."""
