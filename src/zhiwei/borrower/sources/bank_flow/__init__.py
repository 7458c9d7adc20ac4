"""Bank statements: camt.053, MT940, and the CSV or xlsx of any bank through a mapping, given, shipped or guessed.

Checked before anybody counts on them: opening + movements = closing, every balance follows from the one before, no row
stands twice. What fails is counted in `warnings`, and `facts["breaks"]` says where; judging it is the affair of
antifraud.
"""

import re
from dataclasses import replace
from functools import cache
from importlib import resources

import polars as pl

from zhiwei.borrower.reading import Parsed
from zhiwei.borrower.reading.columns.guess import account_in
from zhiwei.borrower.reading.grid import Grid, grid_of
from zhiwei.borrower.reading.mapping import Mapping, guess
from zhiwei.borrower.reading.mapping import read as read_mapped
from zhiwei.borrower.sources.bank_flow.camt import read_camt
from zhiwei.borrower.sources.bank_flow.mt940 import is_mt940, read_mt940
from zhiwei.borrower.sources.bank_flow.statement import KIND, Statement, check, facts_of
from zhiwei.values import BadInput

__all__ = ["KINDS", "default_mapping", "read"]

KINDS = (KIND,)
GIVEN: dict[str, tuple[str, ...]] = {"currency": ()}


def read(content: bytes, name: str, party: str, mapping: Mapping | None = None, currency: str = "") -> Parsed:
    """Rows of records.BANK_FLOW, oldest first, with what the statement says of itself in `facts` (opening and closing
    in minor units). `currency`: that of a table which names none; it is null without. BadInput where the file is no
    statement.
    """
    if currency and not re.fullmatch("[A-Z]{3}", currency):
        raise BadInput("bad_currency", f"{currency!r} is no currency", hint="three letters of ISO 4217, such as USD")
    head = content[:2000].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \r\n\t")
    if mapping is None and head.startswith(b"<"):
        return read_camt(content, name, party)
    if mapping is None and is_mt940(content):
        return read_mt940(content, name, party)
    if head[:200].startswith((b"OFXHEADER", b"!Type:")):
        raise BadInput("unknown_format", f"{name} is OFX or QIF", hint="ask the bank for CSV, camt.053 or MT940")
    grid = grid_of(content, name)
    if mapping:
        return _checked(grid, read_mapped(grid, _in(currency, mapping, grid), party))
    return _checked(grid, _unmapped(grid, party, currency))


def default_mapping() -> Mapping:
    """The one shipped with this source."""
    return Mapping.from_toml(resources.files(__package__).joinpath("mapping.toml").read_text("utf-8"))


def _in(currency: str, mapping: Mapping, grid: Grid) -> Mapping:
    """With the currency that a person gave, where no column of the file names one."""
    if not currency or set(mapping.columns.get("currency", ())) & set(grid.header):
        return mapping
    return replace(mapping, constants=mapping.constants | {"currency": currency})


def _unmapped(grid: Grid, party: str, currency: str) -> Parsed:
    """By the shipped mapping where the file has its columns and all rows are understood with it, else by a guess."""
    shipped = default_mapping()
    needed = [*(shipped.columns[name] for name in shipped.needed), (shipped.sign.direction,)]
    guessed = cache(lambda: _in(currency, guess(grid, KIND), grid))
    if not all(set(headers) & set(grid.header) for headers in needed):
        return read_mapped(grid, guessed(), party)
    account = account_in(text.replace(" | ", " ") for _, text in grid.above)
    if account and not set(shipped.columns["account"]) & set(grid.header):
        shipped = replace(shipped, constants=shipped.constants | {"account": account})
    try:
        found = read_mapped(grid, shipped, party)
    except BadInput:
        return read_mapped(grid, guessed(), party)
    if found.problems:
        try:
            other = read_mapped(grid, guessed(), party)
        except BadInput:
            return found
        return other if other.rows() > found.rows() else found
    return found


def _checked(grid: Grid, found: Parsed) -> Parsed:
    frame = pl.from_arrow(found.tables[KIND])
    assert isinstance(frame, pl.DataFrame)
    statements = [_summed(rows) for rows in frame.partition_by("account", "currency", maintain_order=True)]
    facts = found.facts | facts_of(statements) | {"balances": "by the rows"}
    if frame.height and frame["account"].null_count():
        found.warnings["rows without an account: neither a column nor a title names it"] = frame["account"].null_count()
    check(found.tables[KIND], found.warnings, facts)
    return Parsed(found.tables, found.problems, found.warnings, facts)


def _summed(rows: pl.DataFrame) -> Statement:
    """The ends of the rows of one account and currency."""
    first, last = rows.row(0, named=True), rows.row(-1, named=True)
    opening = None if first["balance"] is None else first["balance"] - first["amount"]
    days = rows["booked_on"]
    return Statement(first["account"], first["currency"], opening, last["balance"], days.min(), days.max())  # type: ignore[arg-type]
