"""Where in a sheet the table is: its header, its columns, and rows that are no records.

Told by shape, not by language: under a header of words stand dates and numbers. Words (total, 合计, page ...) decide
only which of the odd rows are named as what.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

_HEAD = 80  # rows among which the header is looked for
_BODY = 25  # rows below it that show what its columns hold
_SAMPLE = 400
_LONGEST_LABEL = 80
_CORE = 0.8  # a column of values: so many of its cells are filled, and so many of these are values
_DATE = r"^(?:\d{4}[-/.年]?\s?\d{1,2}[-/.月]?\s?\d{1,2}|\d{1,2}[-/. ]\s?(?:\d{1,2}|\p{L}{3,9}\.?)[-/. ,]+\d{2,4})"
TOTAL = (
    r"(?i)^(?:(?:本页|本月|本期|本年|当页|借方|贷方|收入|支出|交易)*(?:合\s*[计計]|总\s*[计额]|小\s*[计計]|累\s*计|總計)"
    r"|(?:grand |sub)?-?totals?\b|sum\b|summe\b|gesamt|zwischensumme|totaal|totale\b|suma\b|sumas\b|somme\b|soma\b"
    r"|итого|всего|razem|celkem|spolu|összesen|toplam|yhteensä|summa\b|ukupno)"
)
_PAGE = (
    r"(?i)^(?:第\s*\d+\s*页|共\s*\d+\s*页|page\b|seite\b|pagina\b|página\b|страница|打印|制表|end of|fin de|ende\b"
    r"|-+$|=+$)"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Places are counted from 0. `header`..`last_header`: its rows, None where the file has none; `columns`: places of
    the columns in use, named `names`; `left_out`: rows below the header that are no records, and why.
    """

    header: int | None = None
    last_header: int = -1
    columns: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    left_out: list[tuple[int, str]] = field(default_factory=list)
    score: float = 0.0


def layout_of(frame: pl.DataFrame) -> Layout:
    """Layout of a frame of tidy text cells (null where empty), one row per row of the file."""
    if not frame.width or not frame.height:
        return Layout()
    head = [list(row) for row in frame.head(_HEAD + _BODY).iter_rows()]
    found = _header(head)
    if found is None:
        names = _names([None] * frame.width)
        first, last, score = None, -1, 0.0
    else:
        first, last, texts, score = found
        names = _names(texts)
    body = frame.slice(last + 1)
    filled = [body[column].count() > 0 for column in body.columns]
    named = [found is not None and bool(found[2][place]) for place in range(frame.width)]
    columns = [place for place in range(frame.width) if filled[place] or named[place]]
    out = _left_out(body, found[2] if found else [], last + 1)
    return Layout(first, last, columns, [names[place] for place in columns], out, score)


def is_value(cell: str | None) -> bool:
    """Mostly digits: a date, an amount, a number. Never a label."""
    if not cell:
        return False
    digits = sum(char.isdigit() for char in cell)
    return digits >= 1 and digits >= 0.4 * len(cell.replace(" ", ""))


def _is_label(cell: str | None) -> bool:
    return cell is not None and len(cell) <= _LONGEST_LABEL and any(char.isalpha() for char in cell)


def _header(head: list[list[str | None]]) -> tuple[int, int, list[str | None], float] | None:
    """(first row, last row, text per column, score) of the header."""
    width = len(head[0])
    values = [[is_value(cell) for cell in row] for row in head]
    labels = [
        [_is_label(cell) and not value for cell, value in zip(row, flags, strict=True)]
        for row, flags in zip(head, values, strict=True)
    ]
    scores = {
        row: 3.0 * _contrast(head, values, labels, row) + sum(labels[row])
        for row in range(min(len(head), _HEAD))
        if sum(labels[row]) >= min(2, width) and not any(values[row])
    }
    if not scores:
        return None
    first = max(scores, key=lambda row: (scores[row], -row))
    if scores[first] <= sum(labels[first]) and _records_above(values, first):
        return None
    score, texts, last = scores[first], list(head[first]), first
    if first and _completes(head[first - 1], labels[first - 1], values[first - 1], texts):
        texts = _joined(head[first - 1], texts)
        first -= 1
    below = last + 1
    if below < len(head) - 1 and not any(values[below]) and sum(labels[below]) >= 2:
        if _completes(head[below], labels[below], values[below], texts):
            texts = _joined(texts, head[below])
            last = below
        elif score > sum(labels[last]) + 3 and sum(labels[below]) >= 0.6 * sum(labels[last]):
            last = below  # the same header once more, in another language or with its units
    return first, last, texts, score


def _contrast(head: list[list[str | None]], values: list[list[bool]], labels: list[list[bool]], row: int) -> int:
    """Columns where a label of this row stands over values."""
    below = list(_block(head, row + 1))
    count = 0
    for column, label in enumerate(labels[row]):
        cells = [values[place][column] for place in below if head[place][column]] if label else []
        count += bool(cells) and sum(cells) >= 0.6 * len(cells) and len(cells) * 5 >= len(below)
    return count


def _block(head: list[list[str | None]], start: int) -> Iterator[int]:
    """Places of the rows from `start` up to a blank row; one blank row may follow the header or its first row."""
    count = 0
    for place in range(start, len(head)):
        if not any(head[place]) and count >= 2:
            return
        if any(any(char.isalnum() for char in cell) for cell in head[place] if cell) and count < _BODY:
            count += 1
            yield place


def _records_above(values: list[list[bool]], row: int) -> bool:
    return sum(sum(flags) >= 2 for flags in values[:row]) >= 2


def _completes(other: list[str | None], labels: list[bool], values: list[bool], texts: list[str | None]) -> bool:
    """Is `other` the second line of a header with merged cells: does it name what `texts` leaves unnamed?"""
    if any(values) or sum(labels) < 2:
        return False
    return any(label and not text for label, text in zip(labels, texts, strict=True)) and len(texts) > 2


def _joined(upper: list[str | None], lower: list[str | None]) -> list[str | None]:
    """One text per column; a label above several columns goes in front of each of theirs."""
    texts: list[str | None] = []
    group: str | None = None
    for over, under in zip(upper, lower, strict=True):
        group = over if over and under else (None if over else group)
        texts.append(f"{group} {under}" if group and under and group != under else under or over)
    return texts


def _names(texts: list[str | None]) -> list[str]:
    """Unique names: "Betrag", "Betrag (2)"; a column without one is "column C", as a spreadsheet calls it."""
    names: list[str] = []
    for place, text in enumerate(texts):
        plain = " ".join(text.split()) if text else f"column {_letter(place)}"
        name, number = plain, 1
        while name in names:
            number += 1
            name = f"{plain} ({number})"
        names.append(name)
    return names


def _letter(place: int) -> str:
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def _left_out(body: pl.DataFrame, header: list[str | None], start: int) -> list[tuple[int, str]]:
    """Rows of the body that are headers of a next page, totals or lines about the page; numbered from `start`."""
    if not body.height:
        return []
    columns, cells = body.columns, pl.all()
    filled = body.select(pl.sum_horizontal(cells.is_not_null().cast(pl.Int32))).to_series()
    said = {
        name: body.select(pl.any_horizontal(cells.str.contains(pattern)).fill_null(False)).to_series()
        for name, pattern in (("total", TOTAL), ("page", _PAGE), ("word", r"[\p{L}\d]"))
    }
    typical = int(filled.filter(filled > 0).median() or 0)  # type: ignore[arg-type]
    thin = filled * 2 <= typical
    ruled = ~said["word"] & (filled > 0)
    gap = (filled == 0).arg_true()
    block = int(gap[0]) if gap.len() and gap[0] >= 2 else body.height  # what follows a gap may be another table
    records = (filled > 0) & ~thin & ~said["total"] & ~said["page"] & ~ruled
    core, day = _core(body.head(block).filter(records.head(block)).head(_SAMPLE))
    typical = int(filled.head(block).filter(records.head(block)).median() or typical)  # type: ignore[arg-type]
    nowhere = pl.Series([False], dtype=pl.Boolean).new_from_index(0, body.height)
    dated = body[columns[day]].str.contains(_DATE).fill_null(False) if day is not None else nowhere
    why = pl.Series("why", [None] * body.height, dtype=pl.String)
    same = [(pl.col(column) == text).fill_null(False) for column, text in zip(columns, header, strict=False) if text]
    if len(same) >= 2:
        again = body.select(pl.sum_horizontal(flag.cast(pl.Int32) for flag in same)).to_series()
        why = _set(why, again >= max(2, int(0.8 * len(same))), "header repeated")
    why = _set(why, ruled, "a line drawn")
    why = _set(why, said["total"] & ~dated & ((filled < typical) | (day is not None)), "total")
    why = _set(why, said["page"] & ~dated & thin, "line about the page")
    values = pl.sum_horizontal(pl.col(columns[place]).is_not_null().cast(pl.Int32) for place in core) if core else None
    weak = body.select(values).to_series() * 2 < len(core) if values is not None else thin
    full = (filled >= typical) if day is not None else (~weak & ~thin)
    strong = ((dated | full) & (filled > 0) & why.is_null()).arg_true()
    if strong.len():  # below the last record nothing is one
        places = pl.Series(range(body.height), dtype=pl.Int64)
        why = _set(why, (places > int(strong[-1])) & (filled > 0), "below the table")
    return [(start + int(place), str(why[int(place)])) for place in why.is_not_null().arg_true()]


def _set(why: pl.Series, where: pl.Series, text: str) -> pl.Series:
    return why.zip_with(~(where & why.is_null()), pl.Series([text], dtype=pl.String).new_from_index(0, why.len()))


def _core(sample: pl.DataFrame) -> tuple[list[int], int | None]:
    """Places of the columns that hold a value in nearly every row, and of the first that holds dates."""
    core: list[int] = []
    day: int | None = None
    for place, column in enumerate(sample.columns):
        cells = sample[column].drop_nulls().to_list()
        if len(cells) < _CORE * sample.height or not cells:
            continue
        if sum(map(is_value, cells)) >= _CORE * len(cells):
            core.append(place)
        if day is None and sample[column].drop_nulls().str.contains(_DATE).sum() >= _CORE * len(cells):
            day = place
    return core, day
