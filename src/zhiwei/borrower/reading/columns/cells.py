"""Columns of text -> days, times and whole minor units, a column at a time; what is not understood becomes null.

Strict on purpose: "1,5" is no amount where the decimal point is a point, and 31/12 is no date where months come first.
Whoever calls says which of the readings holds; guessing is done elsewhere and shown to people.
"""

import re
from functools import lru_cache

import polars as pl

from zhiwei.values import EARLIEST, BadInput

LARGEST = 10**15  # minor units; as zhiwei.values.money has it
LATEST_YEAR = 9000
UNITS = {"元": 0, "千元": 3, "万元": 4, "亿元": 8, "分": None, "unit": 0, "thousand": 3, "minor": None}
"""Powers of ten over the currency's unit (元, or unit for the like of another currency); 分 is the minor unit."""
MINOR_DIGITS = {
    **dict.fromkeys(("JPY", "KRW", "VND", "CLP", "ISK", "UGX", "XAF", "XOF", "XPF", "PYG", "RWF", "GNF", "KMF"), 0),
    **dict.fromkeys(("KWD", "BHD", "OMR", "JOD", "TND", "IQD", "LYD"), 3),
}
"""Decimals of a currency (ISO 4217, M+); every other has two."""

_MONTHS = {
    1: "jan january januar janvier janv januari ene enero gen gennaio jaan styczeń stycznia sty leden ledna янв января",
    2: "feb february februar février févr fevrier fév februari febrero febbraio fev fevereiro lut luty lutego фев",
    3: "mar march mär märz maerz mrz mars maart mrt marzo março marco marzec marca мар марта",
    4: "apr april avr avril abr abril aprile kwi kwiecień kwietnia апр апреля",
    5: "may mai mei mayo maggio mag maio maj maja мая май",
    6: "jun june juni juin junio giugno giu junho cze czerwiec czerwca июн июня",
    7: "jul july juli juil juillet julio luglio lug julho lip lipiec lipca июл июля",
    8: "aug august août aout augustus ago agosto augusti sie sierpień sierpnia авг августа",
    9: "sep sept september septembre septiembre set settembre setembro wrz wrzesień września сен сентября",
    10: "oct october okt oktober octobre octubre ott ottobre out outubro paź październik października окт октября",
    11: "nov november novembre noviembre novembro lis listopad listopada ноя ноября",
    12: "dec december dez dezember déc décembre dic diciembre dicembre desember dezembro gru grudnia дек декабря",
}
MONTHS = {word: month for month, words in _MONTHS.items() for word in words.split()}
_TOKENS = {
    "YYYY": r"(?P<y>\d{4})", "YY": r"(?P<y>\d{2})", "MON": r"(?P<n>\p{L}+)\.?", "MM": r"(?P<m>\d{1,2})",
    "DD": r"(?P<d>\d{1,2})", "ERA": r"(?P<g>[HR平令])[成和]?\.?\s?(?P<y>\d{1,2}|元)", "BE": r"(?P<y>2[45]\d{2})",
    "ROC": r"(?:中[華华])?(?:民[國国]\s?)?(?P<y>[01]\d{2})",
}  # fmt: skip
_ERAS = {"平": 1988, "H": 1988, "令": 2018, "R": 2018}  # the year before the first
_YEARS = {"ROC": 1911, "BE": -543}
SERIAL = "EXCEL"
_FIRST_SERIAL, _LAST_SERIAL = 32_874, 73_050  # 1990 to 2099
_TIME = (
    r"(?:[\sT,]*(?P<h>\d{1,2})[:时點点.](?P<i>\d{2})(?:[:分.](?P<s>\d{2})(?:[.,]\d+)?)?秒?\s?(?P<p>[AaPp]\.?[Mm]\.?)?"
    r"(?:\s?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?|[\sT]?(?P<h2>\d{2})(?P<i2>\d{2})(?P<s2>\d{2}))?"
)
_SIGNS = r"[-−–—]"
_CURRENCY = r"(?:\p{Sc}|[A-Z]{1,3}\$|[A-Z]{3}|元|圆|人民币|人民幣|Kč|kr|zł|Ft|Fr|руб|lei|TL|kn|лв|Rs|S/)\.?"


def plain(cells: pl.Series) -> pl.Series:
    """Full-width digits and signs as ordinary ones, blanks of all kinds as one space."""
    return cells.str.normalize("NFKC").str.replace_all(r"[\s\x{200b}\x{200e}\x{200f}]+", " ").str.strip_chars()


@lru_cache(maxsize=256)
def date_pattern(form: str) -> str:
    """Regular expression of a date format such as YYYY-MM-DD, DD.MM.YY or DD MON YYYY, with or without a time after it.

    For YYYY may stand ERA (Japan: R6, 令和6年), ROC (Taiwan: 113) or BE (Thailand: 2567); EXCEL is a spreadsheet's day
    number. BadInput where the format does not name year, month and day once each.
    """
    if form == SERIAL:
        return r"^\d{5}(?:\.\d+)?$"
    parts = re.split(r"(YYYY|YY|MON|MM|DD|ERA|ROC|BE)", form)
    tokens = [part for part in parts if part in _TOKENS]
    if (
        sorted("Y" if token in ("ERA", "ROC", "BE") else token[0] for token in tokens) != ["D", "M", "Y"]
        or len(form) > 40
    ):
        raise BadInput("bad_mapping", f"date format {form!r}", hint="write it as YYYY-MM-DD, DD.MM.YY or DD MON YYYY")
    pieces = [_TOKENS.get(part) or re.escape(part).replace("\\ ", r"\s").replace(r"\.\s", r"\.\s?") for part in parts]
    together = "".join(parts[1::2]) == form  # 20240301: nothing between, so each part has its full length
    body = "".join(pieces).replace("{1,2}", "{2}") if together else "".join(pieces)
    return f"^(?:\\p{{L}}{{2,4}}[.,]*\\s)?{body}{_TIME}$"


def times(cells: pl.Series, forms: list[str]) -> pl.Series:
    """Datetimes (μs, no zone) of texts in the first of `forms` that fits; midnight where no time is written."""
    text = plain(cells)
    found = pl.Series("t", [None] * text.len(), dtype=pl.Datetime("us"))
    for form in forms:
        if found.null_count() == 0:
            break
        found = found.zip_with(found.is_not_null(), _times(text, form))
    return found.rename(cells.name)


def _times(text: pl.Series, form: str) -> pl.Series:
    if form == SERIAL:
        return _serials(text)
    parts = text.str.extract_groups(date_pattern(form)).struct.unnest()
    if "g" in parts.columns:
        parts = parts.with_columns(pl.col("y").replace("元", "1"))
    number = {name: parts[name].cast(pl.Int32, strict=False) for name in ("y", "d", "h", "i", "s", "h2", "i2", "s2")}
    if "m" in parts.columns:
        month = parts["m"].cast(pl.Int32, strict=False)
    else:
        month = parts["n"].str.to_lowercase().replace_strict(MONTHS, default=None, return_dtype=pl.Int32)
    later = parts["p"].str.to_lowercase().str.starts_with("p").fill_null(False)
    frame = pl.DataFrame([month.rename("m"), later.rename("later"), *(s.rename(name) for name, s in number.items())])
    frame = frame.with_columns(_year(parts, form).alias("y"))
    year = pl.col("y")
    hour = pl.coalesce("h", "h2", pl.lit(0))
    noon = (
        pl.when(parts["p"].is_not_null() & (hour == 12)).then(0).otherwise(hour) + pl.col("later").cast(pl.Int32) * 12
    )
    pieces = [
        year.cast(pl.String).str.zfill(4), pl.col("m").cast(pl.String).str.zfill(2),
        pl.col("d").cast(pl.String).str.zfill(2), noon.cast(pl.String).str.zfill(2),
        pl.coalesce("i", "i2", pl.lit(0)).cast(pl.String).str.zfill(2),
        pl.coalesce("s", "s2", pl.lit(0)).cast(pl.String).str.zfill(2),
    ]  # fmt: skip
    stamp = pl.concat_str(pieces, separator=" ").str.to_datetime("%Y %m %d %H %M %S", strict=False, time_unit="us")
    inside = stamp.dt.year().is_between(EARLIEST.year, LATEST_YEAR - 1)
    return frame.select(pl.when(inside).then(stamp).alias("t")).to_series()


def _year(parts: pl.DataFrame, form: str) -> pl.Series:
    """Years as the calendar of this format counts them -> years of the common one."""
    year = parts["y"].cast(pl.Int32, strict=False)
    if "g" in parts.columns:
        return year + parts["g"].replace_strict(_ERAS, default=None, return_dtype=pl.Int32)
    for token, before in _YEARS.items():
        if token in form:
            return year + before
    if "YYYY" in form:
        return year
    return year + year.to_frame().select(pl.when(pl.col("y") < 70).then(2000).otherwise(1900)).to_series()


def _serials(text: pl.Series) -> pl.Series:
    """Day numbers of a spreadsheet, whole or with the time of day as a fraction, to the second."""
    days = text.str.extract(r"^(\d{5}(?:\.\d+)?)$", 1).cast(pl.Float64, strict=False)
    seconds = (days.set(~days.is_between(_FIRST_SERIAL, _LAST_SERIAL).fill_null(False), None) * 86_400).round(0)
    start = pl.lit("1899-12-30").str.to_datetime("%Y-%m-%d", time_unit="us")
    frame = pl.DataFrame([seconds.cast(pl.Int64, strict=False).rename("s")])
    return frame.select((start + pl.duration(seconds=pl.col("s"))).alias("t")).to_series()


def clock(cells: pl.Series) -> pl.Series:
    """Seconds of the day of "15:30", "15:30:05", "153005" or a date with a time; null where no time is written."""
    text = plain(cells)
    parts = text.str.extract_groups(
        r"(?:^|[\sT])(\d{1,2})[:时](\d{2})(?:[:分](\d{2}))?|(?:^|[\sT]|^\d{8})(\d{2})(\d{2})(\d{2})$"
    ).struct.unnest()
    hour, minute, second, *solid = (
        parts[column].cast(pl.Int32, strict=False).rename(column) for column in parts.columns
    )
    frame = pl.DataFrame([s.rename(f"p{place}") for place, s in enumerate((hour, minute, second, *solid))])
    hours, minutes = pl.coalesce("p0", "p3"), pl.coalesce("p1", "p4")
    seconds = pl.coalesce("p2", "p5", pl.lit(0))
    fits = hours.is_between(0, 23) & minutes.is_between(0, 59) & seconds.is_between(0, 59)
    return frame.select(pl.when(fits).then(hours * 3600 + minutes * 60 + seconds)).to_series().rename(cells.name)


def amounts(cells: pl.Series, decimal: str = ".", unit: str = "元", currency: pl.Series | str = "CNY") -> pl.Series:
    """Whole minor units (Int64) of amounts as people write them: 1,234.50  -¥12  (3.00)  1'000,5-  € 7,--  10.00 Dr.

    Null where it is no amount, has more decimals than its currency, is above LARGEST, or groups digits oddly.
    """
    digits = pl.Series("e", [MINOR_DIGITS.get(currency, 2)]) if isinstance(currency, str) else _digits(currency)
    power = UNITS[unit]
    frame = pl.DataFrame([_bare(plain(cells), decimal).rename("text")]).with_columns(
        digits.new_from_index(0, cells.len()).alias("e") if isinstance(currency, str) else digits.alias("e")
    )
    frame = frame.with_columns((pl.col("e") + power if power is not None else pl.lit(0)).cast(pl.Int32).alias("e"))
    parts = frame.with_columns(
        pl.col("text").str.extract_groups(r"^(?P<sign>-?)(?P<whole>\d*)(?:\.(?P<part>\d*))?$").alias("g")
    ).unnest("g")
    part = pl.col("part").fill_null("")
    scale = pl.lit(10, dtype=pl.Int64).pow(pl.col("e"))
    whole = pl.col("whole").replace("", "0").cast(pl.Int64, strict=False)
    fraction = part.str.slice(0, 10).str.pad_end(10, "0").cast(pl.Int64)
    step = pl.lit(10, dtype=pl.Int64).pow(10 - pl.col("e"))
    exact = (fraction % step == 0) & ~part.str.slice(10).str.contains("[1-9]")
    fits = exact & (whole <= pl.lit(LARGEST, dtype=pl.Int64) // scale) & (pl.col("whole").fill_null("") + part != "")
    minor = pl.when(fits & (whole * scale + fraction // step <= LARGEST)).then(whole * scale + fraction // step)
    return parts.select(pl.when(pl.col("sign") == "-").then(-minor).otherwise(minor)).to_series().rename(cells.name)


def _digits(currency: pl.Series) -> pl.Series:
    return currency.replace_strict(MINOR_DIGITS, default=2, return_dtype=pl.Int64).fill_null(2)


def _bare(text: pl.Series, decimal: str) -> pl.Series:
    """-1234.5 of what people write, null where it is something else."""
    text = text.str.replace(r"([.,])[-−–—]{1,2}$", "${1}00")  # 7,-- and 7.-
    debit = text.str.contains(r"(?i)\d\s?dr\.?$").fill_null(False)
    text = text.str.replace(r"(?i)(\d)\s?[cd]r\.?$", "$1")
    text = text.str.replace(f"^({_SIGNS}|\\+|\\()?\\s?{_CURRENCY}\\s?", "$1").str.replace(
        f"\\s?{_CURRENCY}(\\)|{_SIGNS})?$", "$1"
    )
    text = text.str.replace_all(r"['’`´]", " ").str.strip_chars()
    minus = text.str.contains(rf"^{_SIGNS}|{_SIGNS}$|^\(.*\)$").fill_null(False) ^ debit
    body = text.str.replace(rf"^(?:{_SIGNS}|\+|\()\s?", "").str.replace(rf"\s?(?:{_SIGNS}|\+|\))$", "")
    group, point = ("[. ]", ",") if decimal == "," else ("[, ]", r"\.")
    shape = rf"^(?:\d{{1,3}}(?:{group}\d{{2,4}})*{group}\d{{3,4}}|\d+)?(?:{point}\d*)?$"
    body = body.set(~body.str.contains(shape).fill_null(False) | ~body.str.contains(r"\d").fill_null(False), None)
    body = body.str.replace_all(group, "").str.replace(point, ".")
    return body.zip_with(~minus, "-" + body)


def numbers(cells: pl.Series, decimal: str = ".") -> pl.Series:
    """Float64 of plain numbers and of shares in percent (12.5% is 0.125); null where it is none."""
    text = plain(cells)
    percent = text.str.ends_with("%").fill_null(False)
    value = _bare(text.str.strip_chars_end("% "), decimal).cast(pl.Float64, strict=False)
    return value.zip_with(~percent, value / 100).rename(cells.name)
