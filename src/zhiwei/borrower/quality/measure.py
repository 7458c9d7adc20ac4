"""Quality of records, for each party and kind: coverage, freshness, gaps, internal agreement, and a score of the three.

    score = (a * coverage + b * freshness score + c * agreement) / (a + b + c)

with the weights of thresholds.toml, over those of the three that are known: what is not known has no weight, and is
never taken as zero. The freshness score is 1 up to `fresh_days` of the kind and falls evenly to 0 at `stale_days`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from zhiwei.borrower.covers import seen_covers
from zhiwei.borrower.quality.coverage import Floats, by_part, coverage, freshness, longest_gap
from zhiwei.borrower.quality.internal import Tried, joined, tried
from zhiwei.borrower.quality.policy import Speech, speeches, threshold
from zhiwei.borrower.quality.spans import Bools, Spans, ordinal, parts, seen, spans_of, statement, window_of
from zhiwei.borrower.records import KINDS
from zhiwei.values import add_months

_WHOLE = ("rows", "freshness_days", "longest_gap_days", "parts", "foreign", "tried", "held")


@dataclass(frozen=True, slots=True)
class Quality:
    """What one kind of record of one party is worth over `months` to a day; None is not known, never zero.

    `coverage`: share of the window's months (or days, or 1 for a report) that records can speak for; `freshness_days`:
    days since the latest day spoken for; `longest_gap_days`: most days in a row, both ends of the window included,
    that nothing speaks for; `parts`: feeds (accounts, meters, platforms) and `thinnest_part`: the least coverage among
    them; `agreement`: `held` of `tried` checks; `weakest_check` holds least often, and `weakest_share` says how often;
    `foreign`: rows in another currency than CNY, for which facts in 元 cannot be said without a rate.
    """

    party: str
    kind: str
    months: int
    rows: int
    coverage: float | None
    freshness_days: int | None
    longest_gap_days: int | None
    parts: int | None
    thinnest_part: float | None
    tried: int
    held: int
    agreement: float | None
    weakest_check: str | None
    weakest_share: float | None
    freshness_score: float | None
    score: float | None
    foreign: int = 0


@dataclass(frozen=True)
class Qualities:
    """`table`: a row for each party and kind, in the order of the parties asked for and of `KINDS`, columns as
    `Quality`, null where not known. `checks`: how often each check holds; `worst`: where it fails most, at most five
    places of each; both by party and kind, without what was never tried.
    """

    as_of: date
    months: int
    table: pl.DataFrame
    checks: pl.DataFrame
    worst: pl.DataFrame

    @cached_property
    def _places(self) -> dict[str, int]:
        return {party: place for place, party in enumerate(self.table["party"].gather_every(len(KINDS)))}

    def of(self, party: str) -> tuple[Quality, ...]:
        """The kinds of one party, in the order of `KINDS`. KeyError where it was not asked for."""
        rows = self.table.slice(self._places[party] * len(KINDS), len(KINDS))
        return tuple(Quality(**row) for row in rows.iter_rows(named=True))


def quality(
    tables: Mapping[str, pa.Table],
    parties: Sequence[str],
    as_of: date,
    months: int = 12,
    covered: pa.Table | None = None,
) -> Qualities:
    """Quality of every kind of record of these parties on a day; rows of others, and later ones, are not looked at.

    `tables`: kind -> rows of that kind's schema, in any order. `covered`: what files say they speak for, as
    `covers.COVERED`; a kind that may come without rows (courts) is then known by it alone. ValueError where a kind is
    unknown, a party is named twice or `months` is below one.
    """
    if unknown := sorted(set(tables) - set(KINDS)):
        raise ValueError(f"no kind of record: {', '.join(unknown)}")
    if len(set(parties)) < len(parties) or months < 1:
        raise ValueError("each party is named once, and months are one or more")
    frames, findings = list[pl.DataFrame](), list[Tried]()
    for kind in KINDS:
        rows = _rows(tables.get(kind), kind, parties, as_of)
        told = seen_covers(covered, kind, parties, as_of)
        frame, finding = _kind(kind, rows, told, (len(parties), as_of, months))
        frames.append(frame)
        findings.append(finding)
    found = joined(findings)
    order = np.arange(len(parties) * len(KINDS)).reshape(len(KINDS), len(parties)).T.ravel()
    table = _named(pl.concat(frames)[order], parties).select(*Quality.__dataclass_fields__)
    return Qualities(as_of, months, table, _named(found.counts, parties), _named(found.worst, parties))


def _rows(table: pa.Table | None, kind: str, parties: Sequence[str], as_of: date) -> pl.DataFrame:
    some = KINDS[kind].schema.empty_table() if table is None else table
    rows = parts(seen(some, KINDS[kind].day, parties, as_of), speeches()[kind])
    return statement(rows) if speeches()[kind].speaks == "chain" else rows


def _named(frame: pl.DataFrame, parties: Sequence[str]) -> pl.DataFrame:
    """With the party's name first, instead of its place."""
    names = pl.Series("party", list(parties), pl.String).gather(frame["_who"])
    return frame.select(names, pl.exclude("_who"))


def _kind(
    kind: str, rows: pl.DataFrame, told: pl.DataFrame, asked: tuple[int, date, int]
) -> tuple[pl.DataFrame, Tried]:
    """A row for each party; `asked`: how many parties, the day and the months."""
    parties, as_of, months = asked
    start = ordinal(add_months(as_of, -months))
    some = not rows.is_empty() or not told.is_empty()
    finding = tried(kind, rows, start, as_of) if some else joined([])
    recent = rows.filter(pl.col("_day") > start)["_who"].to_numpy()
    measured = _spoken_for(rows, told, speeches()[kind], asked) if some else _unknown(parties)
    counts = {name: finding.counts[name].to_numpy() for name in ("_who", "tried", "held")}
    measured |= agreement(counts, parties)
    measured |= _score(measured, speeches()[kind], as_of)
    measured["rows"] = np.bincount(recent, minlength=parties).astype(np.float64)
    abroad = rows.filter((pl.col("_day") > start) & _is_foreign(kind))["_who"].to_numpy()
    measured["foreign"] = np.bincount(abroad, minlength=parties).astype(np.float64)
    frame = pl.DataFrame(measured).with_columns(pl.all().fill_nan(None)).with_columns(
        pl.col(_WHOLE).cast(pl.Int64),
        _who=pl.int_range(parties, dtype=pl.Int64),
        kind=pl.lit(kind),
        months=pl.lit(months, pl.Int64),
    )  # fmt: skip
    return frame.join(_weakest(finding.counts), on="_who", how="left", maintain_order="left"), finding


def _is_foreign(kind: str) -> pl.Expr:
    named = "currency" in KINDS[kind].schema.names
    return (pl.col("currency") != "CNY").fill_null(False) if named else pl.lit(False)


def _unknown(parties: int) -> dict[str, Floats]:
    names = ("coverage", "freshness_days", "longest_gap_days", "parts", "thinnest_part")
    return {name: np.full(parties, np.nan) for name in names}


def _spoken_for(
    rows: pl.DataFrame, told: pl.DataFrame, speech: Speech, asked: tuple[int, date, int]
) -> dict[str, Floats]:
    parties, as_of, months = asked
    dated, known = dated_and_known(rows, told, speech, parties)
    found = _unknown(parties) | covered_and_fresh(dated, known, speech, asked)
    if speech.grain == "report":
        return found
    window = window_of(speech, as_of, months)
    return found | {"longest_gap_days": longest_gap(dated, window, known), **by_part(dated, window, speech, known)}


def dated_and_known(
    rows: pl.DataFrame, told: pl.DataFrame, speech: Speech, parties: int, *, by_part: bool = True
) -> tuple[Spans, Bools]:
    """The days that are spoken for, and the parties of whom anything is said."""
    known = np.zeros(parties, dtype=bool)
    for frame in (rows, told):
        known[frame["_who"].to_numpy()] = True
    # an event says nothing of the day on which somebody last looked: only a report's day does
    dated = rows.clear() if speech.speaks == "events" else rows
    return spans_of(dated, told, speech, by_part=by_part), known


def covered_and_fresh(dated: Spans, known: Bools, speech: Speech, asked: tuple[int, date, int]) -> dict[str, Floats]:
    """`coverage` and `freshness_days` of spans, a value for each party."""
    parties, as_of, months = asked
    found = {"freshness_days": freshness(dated, ordinal(as_of), parties)}
    if speech.grain == "report":
        return found | {"coverage": np.where(known, 1.0, np.nan)}
    return found | {"coverage": coverage(dated, window_of(speech, as_of, months), speech, known)}


def agreement(counts: Mapping[str, NDArray[np.int64]], parties: int) -> dict[str, Floats]:
    """`tried`, `held` and their ratio, a value for each party; `counts` has the first two, by `_who`."""
    many, held = (np.bincount(counts["_who"], counts[name], parties).astype(np.float64) for name in ("tried", "held"))
    return {"tried": many, "held": held, "agreement": _ratio(held, many)}


def _weakest(counts: pl.DataFrame) -> pl.DataFrame:
    share = pl.col("held") / pl.col("tried")
    lowest = counts.with_columns(weakest_share=share).sort("_who", "weakest_share", "check")
    return lowest.unique("_who", keep="first", maintain_order=True).select(
        "_who", "weakest_share", weakest_check="check"
    )


def _score(measured: Mapping[str, Floats], speech: Speech, as_of: date) -> dict[str, Floats]:
    aged = (speech.stale_days - measured["freshness_days"]) / (speech.stale_days - speech.fresh_days)
    fresh = np.clip(aged, 0.0, 1.0)
    whole, weights = np.zeros(len(fresh)), np.zeros(len(fresh))
    for name, part in (("coverage", measured["coverage"]), ("freshness", fresh), ("agreement", measured["agreement"])):
        weight = np.where(np.isnan(part), 0.0, threshold(f"score.{name}", as_of))
        whole, weights = whole + weight * np.nan_to_num(part), weights + weight
    return {"freshness_score": fresh, "score": _ratio(whole, weights)}


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
