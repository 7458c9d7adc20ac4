"""The chain of balances: each is the one before plus what moved. It also tells which end of a file is older."""

from collections import Counter

import polars as pl

BALANCE_ONLY = (
    r"(?i)期初|期末|上期|承前|余额结转|结转余额|上页|opening|closing|brought forward|carried forward|begin|start"
    r"|anfang|endsaldo|schluss|vorig|nieuw|inicial|final|anterior|précédent|initial|iniziale|finale|počáteční|początk"
    r"|^\s*(?:saldo|solde|kontostand|sold|zůstatek|bakiye|остаток|сальдо)\b|devreden|devir|前残|繰越|이월|承上|nyitó|záró"
)
"""Words of a row that states a balance and moves nothing."""
PUT_IN_ORDER = "rows of a day put in the order of their balances"


def holds(frame: pl.DataFrame, backwards: bool = False) -> tuple[int, int]:
    """(links that hold, links) of columns amount and balance, account by account; null cells make no link."""
    links = link(frame.reverse() if backwards else frame)
    return int(links.sum()), links.len() - links.null_count()


def link(frame: pl.DataFrame) -> pl.Series:
    """For each row: does its balance follow from the one before in its account? Null for a first row or a null cell."""
    before = pl.col("balance").shift(1)
    if "account" in frame.columns:
        before = before.over("account")
    return frame.select((before + pl.col("amount") == pl.col("balance")).alias("link")).to_series()


def newest_first(frame: pl.DataFrame, day: str) -> bool:
    """Do the rows run backwards in time? By the days where all run one way, else by the balances where they say."""
    if frame.height < 2:
        return False
    step = frame[day].cast(pl.Int64).diff() if day in frame.columns else pl.Series([0])
    up, down = int((step > 0).sum()), int((step < 0).sum())
    if bool(up) != bool(down):
        return bool(down)
    if {"amount", "balance"} <= set(frame.columns):
        forwards, backwards = holds(frame)[0], holds(frame, backwards=True)[0]
        if forwards != backwards:
            return backwards > forwards
    return down > up


def days_in_order(frame: pl.DataFrame, day: str) -> tuple[pl.DataFrame, int]:
    """The same rows, oldest first; those of a day in the one order in which each balance follows from the one before,
    where the order of the file breaks the chain and that one does not. Other days stay as they are. And how many rows
    stand elsewhere now.
    """
    if not {"amount", "balance", day} <= set(frame.columns):
        return frame, 0
    keys = [name for name in ("party_id", "account") if name in frame.columns]
    rows = frame.select(
        pl.struct([*keys, day]).rank("dense").alias("group"), link(frame).alias("link"),
        (pl.col("balance") - pl.col("amount")).alias("before"), pl.col("balance").alias("after"),
    ).with_row_index("place")  # fmt: skip
    broken = rows.filter(~pl.col("link"))["group"].unique()
    some = rows.filter(pl.col("group").is_in(broken.implode()) & (pl.len().over("group") > 1))
    places = list(range(frame.height))
    for (_,), group in some.group_by("group", maintain_order=True):
        mine = group["place"].to_list()
        found = _walk(list(zip(group["before"].to_list(), group["after"].to_list(), strict=True)))
        for place, nth in zip(mine, found, strict=True):
            places[place] = mine[nth]
    moved = sum(place != now for place, now in enumerate(places))
    return (frame[places], moved) if moved else (frame, 0)


def _walk(steps: list[tuple[int | None, int | None]]) -> list[int]:
    """The order in which every step begins where the one before ended; as they stand where there is none, or several
    beginnings.
    """
    as_is = list(range(len(steps)))
    begins: dict[int | None, list[int]] = {}
    for place, (before, _) in enumerate(steps):
        begins.setdefault(before, []).append(place)
    ends = Counter(after for _, after in steps)
    starts = [before for before, places in begins.items() if len(places) > ends[before]]
    if len(starts) != 1 or None in begins or None in ends:
        return as_is
    at, found = starts[0], list[int]()
    while begins.get(at):
        found.append(begins[at].pop(0))
        at = steps[found[-1]][1]
    return found if len(found) == len(steps) else as_is
