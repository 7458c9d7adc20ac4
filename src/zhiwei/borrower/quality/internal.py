"""Checks tried on rows: how often each holds for a party, and the places where it fails worst."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from zhiwei.borrower.quality.checks import CHECKS, Check

WORST = 5  # places of a check that are shown

TRIED = {
    "_who": pl.Int64, "kind": pl.String, "check": pl.String, "tried": pl.Int64, "held": pl.Int64, "zh": pl.String,
    "en": pl.String, "source": pl.String, "sure": pl.Boolean,
}  # fmt: skip
PLACES = {
    "_who": pl.Int64, "kind": pl.String, "check": pl.String, "day": pl.Date, "place": pl.String, "off": pl.Float64,
    "unit": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tried:
    """`counts` has the columns TRIED, `worst` those of PLACES: at most WORST of each check of each party."""

    counts: pl.DataFrame
    worst: pl.DataFrame


def tried(kind: str, frame: pl.DataFrame, start: int, as_of: date) -> Tried:
    """The checks of a kind on rows after day `start`; rows before it are looked at only for what they lead to."""
    checks = CHECKS[kind].every(as_of)
    judged = (
        CHECKS[kind]
        .prepare(frame, as_of)
        .filter(pl.col("_day") > start)
        .select(
            "_who",
            _at=pl.from_epoch("_day", time_unit="d"),
            _place=pl.concat_str(
                [pl.col(name).cast(pl.String).fill_null("") for name in CHECKS[kind].place], separator=" / "
            ),
            **{f"holds.{check.name}": check.holds for check in checks},
            **{f"off.{check.name}": check.off.cast(pl.Float64) for check in checks},
        )
    )
    found = [_one(kind, check, judged) for check in checks]
    return joined(found)


def counted(kind: str, frame: pl.DataFrame, start: int, as_of: date) -> dict[str, NDArray[np.int64]]:
    """`_who` of each of these rows, how many checks were `tried` on it and how many `held`, without anything else."""
    found = CHECKS[kind].prepare(frame, as_of).select("_who", "_day", *_counting(kind, as_of))
    recent = found["_day"].to_numpy() > start
    return {name: found[name].to_numpy()[recent] for name in ("_who", "tried", "held")}


@lru_cache(maxsize=256)
def _counting(kind: str, as_of: date) -> tuple[pl.Expr, pl.Expr]:
    """Expressions once made serve every party of the day."""
    holds = [check.holds for check in CHECKS[kind].every(as_of)]
    tried = pl.sum_horizontal(one.is_not_null().cast(pl.Int64) for one in holds)
    return tried.alias("tried"), pl.sum_horizontal(one.cast(pl.Int64) for one in holds).alias("held")


def joined(found: Sequence[Tried]) -> Tried:
    """Findings of several checks or kinds as one."""
    counts = pl.concat([pl.DataFrame(schema=TRIED), *(each.counts for each in found)])
    worst = pl.concat([pl.DataFrame(schema=PLACES), *(each.worst for each in found)])
    return Tried(counts, worst)


def _one(kind: str, check: Check, judged: pl.DataFrame) -> Tried:
    holds = pl.col(f"holds.{check.name}")
    counts = judged.filter(holds.is_not_null()).group_by("_who").agg(
        tried=pl.len().cast(pl.Int64), held=holds.sum().cast(pl.Int64)
    )  # fmt: skip
    named = {"kind": pl.lit(kind), "check": pl.lit(check.name)}
    words = {"zh": pl.lit(check.zh), "en": pl.lit(check.en), "source": pl.lit(check.source), "sure": pl.lit(check.sure)}
    off = f"off.{check.name}"
    worst = (
        judged.filter(~holds)
        .sort("_who", off, "_at", "_place", descending=[False, True, False, False], nulls_last=True)
        .group_by("_who", maintain_order=True)
        .head(WORST)
    )
    return Tried(
        counts.sort("_who").with_columns(**named, **words).select(*TRIED),
        worst.with_columns(**named, day="_at", place="_place", off=off, unit=pl.lit(check.unit)).select(*PLACES),
    )
