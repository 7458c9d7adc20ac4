"""Spans of days -> how much of a window they speak for, how long ago the latest was, and the longest gap between."""

import numpy as np
from numpy.typing import NDArray

from zhiwei.borrower.quality.policy import Speech
from zhiwei.borrower.quality.spans import Bools, Ints, Spans, Window

Floats = NDArray[np.float64]
_NEVER = -(2**40)


def coverage(spans: Spans, window: Window, speech: Speech, known: Bools) -> Floats:
    """Share of the window's months or days that spans speak for, NaN for parties not `known`."""
    merged = spans.merged().within(window)
    spoken = _spoken(merged, window, speech, len(known))
    return np.where(known, spoken / _size(window, speech), np.nan)


def freshness(spans: Spans, today: int, parties: int) -> Floats:
    """Days since the latest day spoken for, NaN where there is none."""
    latest = np.full(parties, _NEVER, dtype=np.int64)
    past = spans.first <= today
    np.maximum.at(latest, spans.who[past], np.minimum(spans.last[past], today))
    return np.where(latest == _NEVER, np.nan, today - latest)


def longest_gap(spans: Spans, window: Window, known: Bools) -> Floats:
    """Most days in a row of the window that no span speaks for, those before the first and after the last too."""
    merged, everyone = spans.merged().within(window), np.flatnonzero(known)
    who = np.concatenate([merged.who, everyone, everyone])
    first = np.concatenate([merged.first, np.full(len(everyone), window.start), np.full(len(everyone), window.end + 1)])
    last = np.concatenate([merged.last, np.full(len(everyone), window.start), np.full(len(everyone), window.end + 1)])
    order = np.lexsort((first, who))
    who, gaps = who[order], first[order][1:] - last[order][:-1] - 1
    longest = np.zeros(len(known))
    same = who[1:] == who[:-1]
    np.maximum.at(longest, who[1:][same], gaps[same])
    return np.where(known, longest, np.nan)


def _size(window: Window, speech: Speech) -> int:
    return window.end - window.start if speech.grain == "day" else window.months


def _spoken(merged: Spans, window: Window, speech: Speech, size: int) -> Ints:
    """Days, or months of which any day, that spans speak for, by `who`; they neither overlap nor touch."""
    if speech.grain == "day":
        return np.bincount(merged.who, merged.last - merged.first + 1, size).astype(np.int64)
    first, last = (np.searchsorted(window.edges[::-1], day, side="left") for day in (merged.first, merged.last))
    again = np.zeros(len(first), dtype=np.int64)  # two spans in one month count it once
    again[1:] = (first[1:] == last[:-1]) & (merged.who[1:] == merged.who[:-1])
    return np.bincount(merged.who, last - first + 1 - again, size).astype(np.int64)


def by_part(spans: Spans, window: Window, speech: Speech, known: Bools) -> dict[str, Floats]:
    """`parts`: feeds that speak for a day of the window, `thinnest_part`: the coverage of the least of them."""
    nothing = np.full(len(known), np.nan)
    if not speech.part:
        return {"parts": nothing, "thinnest_part": nothing}
    merged = spans.by_part().within(window)
    places = np.unique(merged.who)
    whose = np.zeros(places.max(initial=-1) + 1, dtype=np.int64)
    whose[spans.part[spans.part <= places.max(initial=-1)]] = spans.who[spans.part <= places.max(initial=-1)]
    spoken = _spoken(merged, window, speech, len(whose))[places]
    least = np.full(len(known), np.inf)
    np.minimum.at(least, whose[places], spoken / _size(window, speech))
    many = np.bincount(whose[places], minlength=len(known)).astype(np.float64)
    return {"parts": np.where(known, many, np.nan), "thinnest_part": np.where(np.isinf(least), np.nan, least)}
