"""What a column looks like by its cells alone: dates and in which format, amounts and with which decimal point."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from zhiwei.borrower.reading.columns import cells as understood
from zhiwei.borrower.reading.columns.cells import date_pattern

ENOUGH = 0.9  # of a column's filled cells
MOST_DATES = 20_000  # different dates looked at
_SAMPLE = 3_000  # cells of a column looked at
FORMATS = (
    "YYYY-MM-DD", "YYYY/MM/DD", "YYYY.MM.DD", "YYYY MM DD", "YYYYMMDD", "YYYY年MM月DD日",
    "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "DD MM YYYY", "MM.DD.YYYY",
    "DD.MM.YY", "DD/MM/YY", "MM/DD/YY", "DD-MM-YY", "MM-DD-YY", "DDMMYYYY", "MMDDYYYY",
    "DD MON YYYY", "DD-MON-YYYY", "DD-MON-YY", "DD/MON/YYYY", "DD MON YY", "DD. MON YYYY", "DDMONYYYY", "DDMONYY",
    "DD.MON.YYYY", "DD de MON de YYYY", "MON DD, YYYY", "MON DD YYYY", "YYYY-MON-DD",
    "YY-MM-DD", "YY/MM/DD", "YY.MM.DD", "YYMMDD",
)  # fmt: skip
"""In the order in which they are preferred where several fit equally well."""


@dataclass(frozen=True, slots=True)
class Dates:
    """`share` of the filled cells that are dates in `forms`; `swapped`: forms with day and month exchanged that fit as
    well, empty where the file itself decides between the two.
    """

    share: float
    forms: tuple[str, ...] = ()
    swapped: tuple[str, ...] = ()
    timed: bool = False


def dates_of(column: pl.Series) -> Dates:
    """The formats that the column's dates are in."""
    sample = column.drop_nulls().head(_SAMPLE)
    if not sample.len() or sample.str.contains(r"\d").sum() < ENOUGH * sample.len():
        return Dates(0.0)
    left, forms = sample.unique(maintain_order=True), list[str]()
    while left.len() and len(forms) < 3:
        text = understood.plain(left)
        shaped = [form for form in FORMATS if form not in forms and text.str.contains(date_pattern(form)).any()]
        fits = {form: understood.times(left, [form]).count() for form in shaped}
        best = max(fits, key=lambda form: fits[form], default="")
        if not best or not fits[best]:
            break
        forms.append(best)
        left = left.filter(understood.times(left, [best]).is_null())
        if not len(forms) - 1 and left.len() > 0.5 * sample.n_unique():
            break  # a column of dates is mostly in one format
    if not forms:
        return Dates(0.0)
    share = understood.times(sample, forms).count() / sample.len()
    if share < ENOUGH:
        return Dates(share)
    forms[0], other = day_or_month(column, forms[0])
    timed = bool(sample.str.contains(r"\d[ T]+\d{1,2}[:时]\d{2}|\d[ T]\d{6}$|^\d{14}$").sum() * 2 > sample.len())
    return Dates(share, tuple(forms), (other,) if other else (), timed)


def exchanged(form: str) -> str | None:
    """The format with day and month exchanged; None where a year comes first, or dots, after which nobody does that."""
    if "MON" in form or "." in form or form.startswith("YY"):
        return None
    return re.sub("DD|MM", lambda part: "MM" if part[0] == "DD" else "DD", form)


def day_or_month(column: pl.Series, form: str) -> tuple[str, str]:
    """(the format of the two that the column's own days speak for, the other one where they leave it open)."""
    other = exchanged(form)
    if other is None:
        return form, ""
    days = column.drop_nulls().unique(maintain_order=True).head(MOST_DATES)
    counts = [understood.times(days, [way]).count() for way in (form, other)]
    if counts[0] != counts[1]:
        return (form, "") if counts[0] > counts[1] else (other, "")
    steps = [_disorder(understood.times(days, [way])) for way in (form, other)]
    if steps[0] != steps[1]:
        return (form, "") if steps[0] < steps[1] else (other, "")
    return (form, other) if form.index("DD") < form.index("MM") else (other, form)  # most of the world


def _disorder(stamps: pl.Series) -> int:
    """How often a run of dates turns against its own direction."""
    step = stamps.drop_nulls().diff()
    micro = step.dt.total_microseconds()
    return min(int((micro < 0).sum()), int((micro > 0).sum()))


def decimal_of(columns: Sequence[pl.Series]) -> str:
    """ "." or ",", by which more cells of these columns are amounts."""
    point = comma = 0
    for column in columns:
        sample = column.drop_nulls().head(_SAMPLE)
        marked = sample.filter(sample.str.contains(r"\d[.,]\d"))
        point += understood.amounts(marked, ".").count()
        comma += understood.amounts(marked, ",").count()
    return "," if comma > point else "."


def amount_share(column: pl.Series, decimal: str) -> float:
    """Share of the filled cells that are amounts and could be money; long digit strings (accounts, ids) are none."""
    sample = column.drop_nulls().head(_SAMPLE)
    if not sample.len():
        return 0.0
    like_ids = sample.str.contains(r"^\d{11,}$|^0\d+$").sum()
    if like_ids * 2 > sample.len():
        return 0.0
    dashes = sample.str.contains(r"^[-–—/]+$")
    filled = sample.filter(~dashes)
    return understood.amounts(filled, decimal).count() / filled.len() if filled.len() else 0.0
