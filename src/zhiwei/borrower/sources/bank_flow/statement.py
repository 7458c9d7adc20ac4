"""One account's statement as its file tells it, and what has to be true of it before anybody believes it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
import pyarrow as pa

from zhiwei.borrower.covers import Cover, part_of
from zhiwei.borrower.reading import Parsed, Problem, table_of
from zhiwei.values import DAY

KIND = "bank_flow"
LONGEST_TEXT = 2_000  # characters kept of a text
MOST_PLACES = 20  # of breaks named in the facts


@dataclass(slots=True)
class Statement:
    """`rows`: of records.BANK_FLOW without party and sequence, oldest first; opening and closing in minor units.

    `start` and `end`: of its period, or the days of its balances where it names none (`by_balances`).
    """

    account: str | None
    currency: str | None
    opening: int | None = None
    closing: int | None = None
    start: date | None = None
    end: date | None = None
    by_balances: bool = False
    rows: list[dict[str, Any]] = field(default_factory=list)

    def total(self) -> int:
        return sum(row["amount"] for row in self.rows)

    def period(self) -> tuple[date, date] | None:
        """The days that the statement says it is of, all of them; None where it does not say.

        An opening balance may be of the evening before: its day is one of them only where something was booked on it.
        """
        if self.start is None or self.end is None or self.start > self.end:
            return None
        evening = self.by_balances and self.start < self.end
        if evening and not any(row["booked_on"] <= self.start for row in self.rows):
            return self.start + DAY, self.end
        return self.start, self.end

    def adds_up(self) -> bool | None:
        """Is opening + everything that moved = closing? None where one of the two is not said."""
        if self.opening is None or self.closing is None:
            return None
        return self.opening + self.total() == self.closing


def parsed(statements: Sequence[Statement], party: str, problems: list[Problem], warnings: Counter[str]) -> Parsed:
    """Statements of a file as one table, checked. Pages of one account (in their order) are numbered on."""
    rows: list[dict[str, Any]] = []
    numbers: Counter[str | None] = Counter()
    last: dict[tuple[str | None, str | None], int | None] = {}
    for statement in statements:
        which = (statement.account, statement.currency)
        if last.get(which) is not None and statement.opening is not None and last[which] != statement.opening:
            warnings["opening balance differs from the closing balance before it"] += 1
        last[which] = statement.closing
        adds_up = statement.adds_up()
        if adds_up is False:
            warnings["opening balance + movements differ from the closing balance"] += 1
        balance = statement.opening if adds_up else None
        for row in statement.rows:
            numbers[statement.account] += 1
            balance = balance + row["amount"] if balance is not None else None
            stated = row.get("balance")
            row |= {name: text[:LONGEST_TEXT] for name, text in row.items() if isinstance(text, str)}
            rows.append(row | {
                "party_id": party, "account": statement.account, "currency": row.get("currency") or statement.currency,
                "sequence": numbers[statement.account], "balance": balance if stated is None else stated,
            })  # fmt: skip
    table = table_of(KIND, rows)
    facts = facts_of(statements) | {"rows": str(table.num_rows), "balances": "by the statement"}
    check(table, warnings, facts)
    return Parsed({KIND: table}, problems, warnings, facts, list(_covered(statements, party)))


def _covered(statements: Iterable[Statement], party: str) -> Iterator[Cover]:
    for statement in statements:
        period = statement.period()
        if period is not None:
            part = part_of({"account": statement.account, "currency": statement.currency}, ("account", "currency"))
            yield Cover(KIND, party, *period, part)


def facts_of(statements: Iterable[Statement]) -> dict[str, str]:
    """account, currency, opening, closing (minor units), from, to; of several accounts each fact has the account's
    name behind it, and `accounts` names them all.
    """
    by_account: dict[str, dict[str, str]] = {}
    for statement in statements:
        found = by_account.setdefault(statement.account or "", {})
        days = [row["booked_on"] for row in statement.rows]
        start, end = statement.start or min(days, default=None), statement.end or max(days, default=None)
        new = {
            "currency": statement.currency or "", "opening": _said(statement.opening),
            "closing": _said(statement.closing), "from": _said(start), "to": _said(end),
        }  # fmt: skip
        for key, text in new.items():
            if text and (key in ("closing", "to") or not found.get(key)):
                found[key] = text
    if len(by_account) == 1:
        account, facts = next(iter(by_account.items()))
        return {"account": account, **facts} if account else facts
    facts = {f"{key} {account}": text for account, found in by_account.items() for key, text in found.items()}
    return facts | {"accounts": ", ".join(sorted(by_account))}


def _said(value: object) -> str:
    return "" if value is None else str(value)


def check(table: pa.Table, warnings: Counter[str], facts: dict[str, str]) -> None:
    """Count breaks of the chain of balances, and rows that repeat another, and name where the breaks are."""
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    if not frame.height:
        return
    frame = frame.sort("account", "sequence", maintain_order=True)
    before = pl.col("balance").shift(1).over("account", "currency")
    broken = frame.filter((before + pl.col("amount") != pl.col("balance")).fill_null(False))
    if broken.height:
        warnings["balance does not follow from the one before"] = broken.height
        places = broken.head(MOST_PLACES).select("booked_on", "sequence").iter_rows()
        facts["breaks"] = ", ".join(f"{day} row {sequence} of the account" for day, sequence in places)
    same = [name for name in table.schema.names if name not in ("sequence", "party_id")]
    repeats = frame.height - frame.select(same).unique().height
    if repeats:
        warnings["rows that repeat another in everything"] = repeats
