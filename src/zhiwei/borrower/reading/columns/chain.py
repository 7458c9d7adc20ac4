"""The chain of balances: each is the one before plus what moved. It also tells which end of a file is older."""

import polars as pl

BALANCE_ONLY = (
    r"(?i)期初|期末|上期|承前|余额结转|结转余额|上页|opening|closing|brought forward|carried forward|begin|start"
    r"|anfang|endsaldo|schluss|vorig|nieuw|inicial|final|anterior|précédent|initial|iniziale|finale|počáteční|początk"
    r"|^\s*(?:saldo|solde|kontostand|sold|zůstatek|bakiye|остаток|сальдо)\b|devreden|devir|前残|繰越|이월|承上|nyitó|záró"
)
"""Words of a row that states a balance and moves nothing."""


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
    """Do the rows run backwards in time? By the balances where they say, else by the days."""
    if frame.height < 2:
        return False
    if {"amount", "balance"} <= set(frame.columns):
        forwards, backwards = holds(frame)[0], holds(frame, backwards=True)[0]
        if forwards != backwards:
            return backwards > forwards
    if day not in frame.columns:
        return False
    step = frame[day].cast(pl.Int64).diff()
    return int((step < 0).sum()) > int((step > 0).sum())
