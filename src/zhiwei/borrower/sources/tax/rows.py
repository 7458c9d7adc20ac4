"""The forms of returns and ratings, and what becomes of their rows: one per class of tax and period."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from zhiwei.borrower.reading.forms import Form, Gathered, Row, below_zero
from zhiwei.borrower.reading.readers import day, money, one_of, text
from zhiwei.borrower.sources.tax.periods import Period, period_of

MONEY = ("sales", "payable", "paid", "arrears", "late_fee")
LETTERS = {f"{letter}{suffix}": letter for letter in "ABMCD" for suffix in ("", "级")}
"""纳税信用等级: A from 90 points, B from 70, M new or without revenue, C from 40, D below or at once."""
FIRST_YEAR = 2003  # of the first 纳税信用等级评定管理 (from memory); the letter M came in 2018
LAST_YEAR = 2999

_CLASSES = (
    ("vat", ("增值税",)),
    ("cit", ("企业所得税",)),
    ("iit", ("个人所得税",)),
    ("surcharge", ("城市维护建设税", "城建税", "教育费附加", "地方教育附加", "附加税", "附加")),
)
_CODES = {"vat": "vat", "cit": "cit", "iit": "iit", "surcharge": "surcharge", "other": "other"}


def tax_class(written: str) -> str:
    """Class of a tax by its code or its Chinese name; what is none of the four named ones is other."""
    if written.lower() in _CODES:
        return _CODES[written.lower()]
    return next((code for code, names in _CLASSES if any(name in written for name in names)), "other")


def _period(value: Any) -> Period:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**6:
        value = str(value)  # 2026 and 202603 as JSON numbers
    return period_of(text(value))


def _year(value: Any) -> int:
    written = value.strip().removesuffix("年度").removesuffix("年") if isinstance(value, str) else value
    if isinstance(written, str) and written.isascii() and written.isdigit() and len(written) == 4:
        written = int(written)
    if isinstance(written, bool) or not isinstance(written, int) or not FIRST_YEAR <= written <= LAST_YEAR:
        raise ValueError(f"expected a year from {FIRST_YEAR} on, such as 2025")
    return written


def _wrong_return(row: Row) -> Iterator[tuple[str, str]]:
    yield from below_zero(row, "arrears", "late_fee")
    ends = (row["period_start"], row["period_end"])
    if row["period"] is None and None in ends:
        yield "period_start" if ends[0] is None else "period_end", "missing: a return has a period or both of its ends"
    elif row["period"] is not None and any(
        end not in (None, whole) for end, whole in zip(ends, row["period"], strict=True)
    ):
        yield "period", "differs from period_start and period_end"
    elif None not in ends and ends[1] < ends[0]:
        yield "period_end", f"expected a day not before period_start, {ends[0]}"
    if max(filter(None, (ends[1], row["period"] and row["period"][1])), default=row["filed_on"]).year > LAST_YEAR:
        yield "period_end", f"expected a day up to the year {LAST_YEAR}"


def _wrong_rating(row: Row) -> Iterator[tuple[str, str]]:
    if row["published_on"] is not None and row["published_on"].year < row["year"]:
        yield "published_on", f"expected a day after the year {row['year']} began"


RETURNS = Form(
    "tax_returns",
    "returns",
    {
        "tax": text, "period": _period, "period_start": day, "period_end": day, "filed_on": day, "sales": money,
        "payable": money, "paid": money, "arrears": money, "late_fee": money,
    },
    needed=("tax", "filed_on"),
    aside=("period",),
    feed=("tax",),
    wrong=_wrong_return,
)  # fmt: skip
RATINGS = Form(
    "tax_ratings",
    "ratings",
    {"year": _year, "rating": one_of(LETTERS), "published_on": day},
    needed=("year", "rating"),
    wrong=_wrong_rating,
)


def classed(found: Gathered) -> None:
    """Periods as their ends; of a return filed twice the later one; taxes of one class and period as one row."""
    latest: dict[tuple[str, str, date, date], list[tuple[str, Row]]] = {}
    for place, row in found.rows["tax_returns"]:
        if row["period"] is not None:
            row["period_start"], row["period_end"] = row["period"]
        row["period"] = None
        item, row["tax"] = row["tax"], tax_class(row["tax"])
        # of VAT and 企业所得税 there is one return a period, of the others there may be several
        name = row["tax"] if row["tax"] in ("vat", "cit") or item in (row["tax"], "个人所得税") else item
        same = latest.setdefault((row["tax"], name, row["period_start"], row["period_end"]), [])
        if same and same[0][1]["filed_on"] != row["filed_on"]:
            found.warnings["a return filed again: the later filing counts"] += 1
            if same[0][1]["filed_on"] < row["filed_on"]:
                same[:] = [(place, row)]
        else:
            same.append((place, row))
    groups: dict[tuple[str, date, date], list[list[tuple[str, Row]]]] = {}
    for (tax, _, first, last), rows in latest.items():
        groups.setdefault((tax, first, last), []).append(rows)
    found.rows["tax_returns"] = [one for items in groups.values() for one in _together(items, found)]


def _together(items: list[list[tuple[str, Row]]], found: Gathered) -> list[tuple[str, Row]]:
    """Rows of one class and period, a list for each tax of it. Repeats of one tax stay: the form judges them."""
    if len(items) == 1:
        return items[0]
    firsts = []
    for rows in items:
        firsts.append(rows[0])
        for place, row in rows[1:]:
            if row == rows[0][1]:
                found.warnings["repeated row left out"] += 1
            else:
                found.problem(place, "tax", row["tax"], f"the same return as {rows[0][0]} with other amounts")
    found.warnings["taxes of one class and period: added up"] += 1
    whole = dict(firsts[0][1])
    for column in MONEY:
        said = [row[column] for _, row in firsts if row[column] is not None]
        # surcharges are computed on one base, so that their sales are not added
        whole[column] = (max(said) if column == "sales" else sum(said)) if said else None
    whole["filed_on"] = max(row["filed_on"] for _, row in firsts)
    return [(firsts[0][0], whole)]


def dated(found: Gathered) -> None:
    """A rating without a day counts from 30 April after its year: the tax office publishes in April."""
    for _, row in found.rows["tax_ratings"]:
        if row["published_on"] is None:
            row["published_on"] = date(row["year"] + 1, 4, 30)
            found.warnings["a rating without a day: taken as published on 30 April after its year"] += 1
