"""zhiwei schedule: the repayment plan of a loan from its terms alone; it needs no database."""

import csv
import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from zhiwei.commands.show import Json, amount, day, err, out, print_json, print_table
from zhiwei.loans.rates import cost_of
from zhiwei.loans.schedule import Row, plan
from zhiwei.loans.terms import METHODS, MONTHLY, Every, Interest, Repayment, Unit
from zhiwei.values import (
    CALENDARS,
    BadInput,
    DayCount,
    Rounding,
    alarm,
    as_rate,
    fen,
    grouped,
    half_up,
    quantized,
    yuan,
)

COLUMNS = ("n", "due_date", "principal", "interest", "fee", "payment", "balance")
WORDS = {
    "principal": "principal 本金", "interest": "interest 利息", "fee": "fee 费用", "payment": "payment 应还",
    "balance": "balance 余额",
}  # fmt: skip
STANDARD_OUTPUT = "-"
HINT = "instalments need --periods, revolving --matures, seasonal --season; --help explains every term"
IN_MONTHS = ("annuity", "equal-principal", "balloon")  # instalments cost a month a twelfth of a year unless told else


class FileMayFollow(TyperCommand):
    """`--csv` with no file after it means the standard output."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        for place in [place for place, word in enumerate(args) if word == "--csv"]:
            if args[place + 1 : place + 2] == [] or args[place + 1].startswith("--"):
                args[place] = f"--csv={STANDARD_OUTPUT}"
        return super().parse_args(ctx, args)


def _parsed(parse: Callable[[str], Any], **told: Any) -> Any:
    """An option whose text `parse` understands; its ValueError says what is wrong."""

    def read(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None

    return typer.Option(parser=read, **told)


def _one_of(words: Sequence[str], **told: Any) -> Any:
    def known(text: str) -> str:
        if text not in words:
            raise ValueError(f"{text!r} is none of {', '.join(words)}")
        return text

    return _parsed(known, metavar="|".join(words), **told)


def _rate(text: str) -> Decimal:
    """A share of one: 0.06 or 6%."""
    number = text.removesuffix("%")
    if number == text or not number.replace(".", "", 1).isdecimal():
        return as_rate(text)
    return as_rate(Decimal(number) / 100)


def _fee(text: str) -> tuple[Decimal, int]:
    """A share of the principal and 分: with % or below 1 it is a share, else 元."""
    if text.endswith("%") or text.startswith("0."):
        return _rate(text), 0
    return Decimal(0), _positive(text)


def _positive(text: str) -> int:
    if fen(text) < 0:
        raise ValueError(f"an amount is not negative: {text}")
    return fen(text)


def _season(text: str) -> tuple[date, Decimal]:
    when, _, share = text.partition("=")
    if not share:
        raise ValueError(f"{text!r} is no season; write DATE=SHARE, such as 2024-10-31=0.4")
    return day(when), _rate(share)


Principal = Annotated[int, typer.Option(parser=amount, metavar="AMOUNT", help="Amount lent in 元. 本金")]
Yearly = Annotated[Decimal, _parsed(_rate, metavar="RATE", help="Rate per year: 0.06 or 6% are the same. 年利率")]
Method = Annotated[
    str,
    _one_of(
        METHODS,
        help="等额本息, 等额本金, 先息后本, 到期一次还本付息, 随借随还, 按季节还本, 气球贷.",
    ),
]
Periods = Annotated[int | None, typer.Option(help="Number of periods; for bullet and revolving, until maturity. 期数")]
Frequency = Annotated[Any, _parsed(Every.parse, metavar="EVERY", help="Length of a period: 1m, 3m, 2w, 30d. 周期")]
From = Annotated[
    date | None, typer.Option("--from", parser=day, metavar="DATE", help="Day lent; default today. 放款日")
]
FirstDue = Annotated[date | None, typer.Option(parser=day, metavar="DATE", help="First due date, if odd. 首期还款日")]
DueDay = Annotated[
    int,
    typer.Option(
        help="Day of the month, its last where it lacks that day; revolving without one pays at the end. 还款日"
    ),
]
Count = Annotated[
    str,
    _one_of(
        ("auto", *DayCount),
        help="Day count 计息基础; auto: whole months for monthly instalments, act/360 for days.",
    ),
]
Months = Annotated[bool | None, typer.Option(help="A whole month costs rate / 12, whatever its days. 按月计息")]
Round = Annotated[Rounding, typer.Option("--round", help="How amounts are rounded to the 分. 取整")]
Grace = Annotated[int, typer.Option(help="First periods in which only interest falls due. 宽限期")]
Balloon = Annotated[int, _parsed(_positive, metavar="AMOUNT", help="Principal left to the last row. 尾款")]
Seasons = Annotated[
    list[Any] | None,
    _parsed(_season, metavar="DATE=SHARE", help="When which share of the principal falls due; several times. 还本计划"),
]
Matures = Annotated[date | None, typer.Option(parser=day, metavar="DATE", help="Of bullet and revolving. 到期日")]
Calendar = Annotated[str, _one_of(CALENDARS, help="Holidays that move a due date to the next business day. 节假日顺延")]
Fee = Annotated[
    Any, _parsed(_fee, metavar="FEE", help="Up front: 300 is 元, 0.03 or 3% a share of the principal. 前期费用")
]
FeeEach = Annotated[Any, _parsed(_fee, metavar="FEE", help="With each row, written likewise. 每期费用")]
Csv = Annotated[str | None, typer.Option("--csv", metavar="[FILE]", help="Write CSV to a file, or print it.")]
Xlsx = Annotated[Path | None, typer.Option(metavar="FILE", help="Write an Excel workbook.")]


def schedule(
    principal: Principal,
    rate: Yearly,
    method: Method = "annuity",
    periods: Periods = None,
    every: Frequency = str(MONTHLY),
    start: From = None,
    first_due: FirstDue = None,
    due_day: DueDay = 0,
    day_count: Count = "auto",
    full_months: Months = None,
    rounding: Round = Rounding.HALF_UP,
    grace: Grace = 0,
    balloon: Balloon = 0,
    season: Seasons = None,
    matures: Matures = None,
    calendar: Calendar = "none",
    fee: Fee = None,
    fee_each: FeeEach = None,
    as_json: Json = False,
    csv_file: Csv = None,
    xlsx: Xlsx = None,
) -> None:
    """The repayment plan of a loan: rows, totals and what it costs a year. 还款计划

    zhiwei schedule --principal 120000 --rate 0.06 --periods 12 --from 2024-01-01

    --json prints one array, amounts as decimal strings of 元. A fee up front is row 0, on the day of lending.
    """
    start = start or datetime.now(UTC).astimezone().date()
    if full_months is None:
        full_months = day_count == "auto" and method in IN_MONTHS and every.unit is Unit.MONTH
    counted = DayCount.ACT_360 if day_count == "auto" else DayCount(day_count)
    seasons = tuple(sorted(season or ()))
    try:
        if balloon > principal:
            raise ValueError("a balloon is part of the principal")
        if method == "bullet" and matures:
            periods, first_due, matures = 1, matures, None
        if method == "revolving" and periods and not matures:
            periods, matures = 0, every.after(start, periods)
        repayment = Repayment(method, periods or len(seasons), every, first_due, due_day, grace, balloon, seasons)
        interest = Interest(rate, counted, full_months, rounding, calendar)
        rows = plan(principal, start, repayment, interest, matures)
    except (ValueError, OverflowError) as error:
        raise BadInput("bad_terms", str(error), hint=HINT) from None
    rows = _with_fees(rows, principal, _charged(fee, principal), _charged(fee_each, principal))
    if warning := alarm(calendar, start, rows[-1].due_on):
        err.print(f"[yellow]calendar[/]: {warning}")
    if csv_file:
        _write_csv(rows, csv_file)
    if xlsx:
        _write_xlsx(rows, xlsx)
    if as_json:
        print_json([_plain(row) for row in rows])
    elif not (csv_file or xlsx):
        _show(rows, _cost(rows, principal, every))


def _charged(fee: tuple[Decimal, int] | None, principal: int) -> int:
    share, flat = fee or (Decimal(0), 0)
    numerator, denominator = share.as_integer_ratio()
    return half_up(principal * numerator, denominator) + flat


def _with_fees(rows: Sequence[Row], principal: int, ahead: int, each: int) -> tuple[Row, ...]:
    """What is charged up front is a row of its own: nobody may take it for part of the first payment."""
    start = rows[0].starts_on
    first = (Row(0, start, start, 0, 0, principal, False, ahead),) if ahead else ()
    return (*first, *(replace(row, fee=each) for row in rows))


def _cost(rows: Sequence[Row], principal: int, every: Every) -> str:
    """What the loan costs a year, with all fees."""
    try:
        rate, way = cost_of(rows, principal, every)
    except BadInput as unknown:
        return unknown.message
    simple, compound = (quantized(100 * share, "0.0001") for share in (rate.simple, rate.compound))
    return f"{simple} % 单利 simple ({way}), {compound} % 复利 compounded"


def _plain(row: Row) -> dict[str, Any]:
    figures = {name: yuan(getattr(row, name)) for name in COLUMNS[2:]}
    return {"n": row.n, "due_date": row.due_on.isoformat(), **figures}


def _show(rows: Sequence[Row], cost: str) -> None:
    names = [name for name in COLUMNS[2:] if name != "fee" or any(row.fee for row in rows)]
    shown = [[row.n, row.due_on, *(grouped(getattr(row, name)) for name in names)] for row in rows]
    totals = [grouped(sum(getattr(row, name) for row in rows)) for name in names[:-1]]
    print_table(
        "", ["n 期", "due 还款日", *(WORDS[name] for name in names)], [*shown, ["", "total 合计", *totals, ""]],
        right=[0, *range(2, 2 + len(names))],
    )  # fmt: skip
    out.print(f"年化成本 annualised cost: {cost}")


def _write_csv(rows: Sequence[Row], file: str) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_plain(row) for row in rows)
    if file == STANDARD_OUTPUT:
        sys.stdout.write(text.getvalue())
    else:
        Path(file).write_text(text.getvalue(), encoding="utf-8")


def _write_xlsx(rows: Sequence[Row], file: Path) -> None:
    """Dates as dates and amounts as numbers, with totals that Excel adds up itself."""
    import polars

    money = COLUMNS[2:]
    table = polars.DataFrame([_plain(row) for row in rows]).with_columns(
        polars.col("due_date").str.to_date(), polars.col(money).cast(polars.Decimal(18, 2))
    )
    book = io.BytesIO()
    table.write_excel(
        book, "schedule", column_formats=dict.fromkeys(money, "#,##0.00"), column_totals=money[:-1], autofit=True
    )
    file.write_bytes(book.getvalue())
