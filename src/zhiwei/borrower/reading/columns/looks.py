"""What a column looks like by its cells alone: dates and in which format, amounts and with which decimal point."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from zhiwei.borrower.reading.columns import cells as understood
from zhiwei.borrower.reading.columns.cells import SERIAL, date_pattern

ENOUGH = 0.9  # of a column's filled cells
MOST_DATES = 20_000  # different dates looked at
LATEST = 2150  # a year after it is of another calendar
_SAMPLE = 3_000  # cells of a column looked at
_SHAPES = 40  # different cells whose shape is looked at
_FEW = 5  # different days run one way by chance
_SPAN = 8  # so many times longer is the time that a wrong order of year, month and day makes of a statement
FORMATS = (
    "YYYY-MM-DD", "YYYY/MM/DD", "YYYY.MM.DD", "YYYY MM DD", "YYYYMMDD", "YYYY年MM月DD日",
    "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "DD MM YYYY", "MM.DD.YYYY",
    "DD.MM.YY", "DD/MM/YY", "MM/DD/YY", "DD-MM-YY", "MM-DD-YY", "DDMMYYYY", "MMDDYYYY",
    "DD MON YYYY", "DD-MON-YYYY", "DD-MON-YY", "DD/MON/YYYY", "DD MON YY", "DD. MON YYYY", "DDMONYYYY", "DDMONYY",
    "DD.MON.YYYY", "DD de MON de YYYY", "MON DD, YYYY", "MON DD YYYY", "YYYY-MON-DD", "YYYY년 MM월 DD일",
    "YY-MM-DD", "YY/MM/DD", "YY.MM.DD", "YYMMDD", "DDMMYY", "MMDDYY",
    "ERA.MM.DD", "ERA/MM/DD", "ERA-MM-DD", "ERA年MM月DD日", "ROC/MM/DD", "ROC.MM.DD", "ROC-MM-DD", "ROC年MM月DD日",
    "DD/MM/BE", "DD-MM-BE", "DD.MM.BE", "DD MON BE", "BE-MM-DD", "BE/MM/DD",
)  # fmt: skip
"""In the order in which they are preferred where several fit equally well."""
NAMED = ("ROCMMDD", SERIAL)
"""Only where the header says that these numbers are days."""


@dataclass(frozen=True, slots=True)
class Dates:
    """`share` of the filled cells that are dates in `forms`; `swapped`: other orders of day, month and year that fit
    the first of them as well, empty where the file itself decides; `why` says by what it did.
    """

    share: float
    forms: tuple[str, ...] = ()
    swapped: tuple[str, ...] = ()
    timed: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """The order of day, month and year that a column speaks for, the others that it leaves open, and why."""

    form: str
    others: tuple[str, ...]
    why: str = ""


def dates_of(column: pl.Series, among: Sequence[str] = FORMATS) -> Dates:
    """The formats that the column's dates are in."""
    sample = column.drop_nulls().head(_SAMPLE)
    if not sample.len() or sample.str.contains(r"\d").sum() < ENOUGH * sample.len():
        return Dates(0.0)
    left, forms = sample.unique(maintain_order=True), list[str]()
    while left.len() and len(forms) < 3:
        text = understood.plain(left.gather_every(max(1, left.len() // _SHAPES))).to_list()
        shaped = [form for form in among if form not in forms and any(map(_shape(form).search, text))]
        fits = {form: _likely(left, form).count() for form in shaped}
        best = max(fits, key=lambda form: fits[form], default="")
        if not best or not fits[best]:
            break
        forms.append(best)
        left = left.filter(_likely(left, best).is_null())
        if not len(forms) - 1 and left.len() > 0.5 * sample.n_unique():
            break  # a column of dates is mostly in one format
    if not forms:
        return Dates(0.0)
    share = understood.times(sample, forms).count() / sample.len()
    if share < ENOUGH:
        return Dates(share)
    order = order_of(column, forms[0], among)
    forms[0] = order.form
    clock = sample.str.contains(r"\d[ T]+\d{1,2}[:时]\d{2}|\d[ T]\d{6}$|^\d{14}$").sum() * 2 > sample.len()
    timed = clock and not sample.str.contains(r"[ T]0?0:00(?::00(?:\.0+)?)?$").all()  # midnight is how a day is kept
    return Dates(share, tuple(dict.fromkeys(forms)), order.others, timed, order.why)


@lru_cache(maxsize=256)
def _shape(form: str) -> re.Pattern[str]:
    return re.compile(date_pattern(form).replace(r"\p{L}", r"[^\W\d_]"))


def _likely(cells: pl.Series, form: str) -> pl.Series:
    """Days of the common calendar that somebody living may have written."""
    stamps = understood.times(cells, [form])
    return stamps.set((stamps.dt.year() > LATEST).fill_null(False), None)


def orders(form: str) -> tuple[str, ...]:
    """The formats of the same shape that differ only in the order of day, month and year, this one among them."""
    if "MON" in form or not re.fullmatch(r"(DD|MM|YYYY|YY)(\W?)(DD|MM|YYYY|YY)\2(DD|MM|YYYY|YY)", form):
        return (form,)
    mark, year = re.sub(r"[DMY]", "", form)[:1], "YYYY" if "YYYY" in form else "YY"
    if year == "YYYY":  # a year of four digits shows itself; where it stands first, months come next
        ways = [("DD", "MM", year), ("MM", "DD", year)] if not form.startswith("Y") else [(year, "MM", "DD")]
    else:
        ways = [("DD", "MM", year), ("MM", "DD", year), (year, "MM", "DD")]
    dots = [mark.join(way) for way in ways if mark != "." or way[0] != "MM"]  # nobody puts months first before dots
    return tuple(dots) if form in dots else (form, *dots)


def order_of(column: pl.Series, form: str, among: Sequence[str] = FORMATS) -> Order:
    """Decided by days above the 12th, else by which order makes the days run one way, else by how far apart they are;
    else open, and then first the usual one.
    """
    ways = [way for way in orders(form) if way in among or way == form]
    if len(ways) == 1:
        return Order(form, ())
    days = column.drop_nulls().unique(maintain_order=True).head(MOST_DATES)
    found = {way: _likely(days, way) for way in ways}
    most = max(stamps.count() for stamps in found.values())
    fit = [way for way in ways if found[way].count() == most]
    if len(fit) == 1:
        rest = [way for way in ways if way not in fit]
        lost = min(most - found[way].count() for way in rest)
        return Order(fit[0], (), f"read as {fit[0]}: {lost:,} different days could not be {' or '.join(rest)}")
    turns = {way: _disorder(found[way]) for way in fit}
    still = [way for way in fit if turns[way] == 0]
    if len(still) == 1 and most >= _FEW and min(turns[way] for way in fit if way not in still) * 10 >= min(most, 20):
        return Order(still[0], (), f"read as {still[0]}: only so do the days run one way through the file")
    spans = {way: _span(found[way]) for way in fit}
    near = min(fit, key=lambda way: spans[way])
    years = {way: way.index("YY") for way in fit}
    apart = [way for way in fit if years[way] != years[near] and spans[way] > _SPAN * max(spans[near], 31)]
    fit = [way for way in fit if way not in apart]
    if len(fit) == 1:
        return Order(fit[0], (), f"read as {fit[0]}: as {' or '.join(apart)} the days would be years apart")
    return Order(fit[0], tuple(fit[1:]))


def _disorder(stamps: pl.Series) -> int:
    """How often a run of dates turns against its own direction."""
    micro = stamps.drop_nulls().diff().dt.total_microseconds()
    return min(int((micro < 0).sum()), int((micro > 0).sum()))


def _span(stamps: pl.Series) -> int:
    first, last = stamps.min(), stamps.max()
    return (last - first).days if first is not None and last is not None else 0  # type: ignore[operator, union-attr]


_DECIDES = {
    ".": r"\d\.\d{1,2}(?:\D*$)|,\d{3}\.\d|\d,\d{2,3},\d{3}\b|\d\.\d{4,}",
    ",": r"\d,\d{1,2}(?:\D*$)|\.\d{3},\d|\d\.\d{3}\.\d{3}|\d,\d{4,}",
}
_ONE_GROUP = r"^\D*[1-9]\d{0,2}([.,])\d{3}\D*$"  # 1.250 or 1,250: thousands, or three decimals


def decimal_of(columns: Sequence[pl.Series]) -> str:
    """ "." or ",", by which more cells of these columns are amounts. Three digits behind a single mark are thousands,
    where no cell says otherwise: money has two decimals nearly everywhere.
    """
    seen = {".": 0, ",": 0}
    groups = {".": 0, ",": 0}
    for column in columns:
        sample = column.drop_nulls().head(_SAMPLE)
        marked = sample.filter(sample.str.contains(r"\d[.,]\d"))
        for mark, decides in _DECIDES.items():
            sure = marked.filter(marked.str.contains(decides))
            seen[mark] += understood.amounts(sure, mark).count()
            other = "," if mark == "." else "."
            one = marked.str.extract(_ONE_GROUP, 1) == mark
            groups[other] += int(one.sum())
    if seen["."] != seen[","]:
        return "," if seen[","] > seen["."] else "."
    return "," if groups[","] > groups["."] else "."


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


def counted(sample: pl.Series) -> bool:
    """1, 2, 3, ...: the numbers of the rows?"""
    whole = sample.str.extract(r"^(\d{1,9})$", 1).cast(pl.Int64, strict=False)
    if whole.null_count() or whole.len() < 2:
        return False
    step = whole.diff().drop_nulls()
    return bool((step == 1).all() or (step == -1).all())
