"""Reconciliation: rows of the bank's statement against movements of the book's cash, deterministic and in whole 分.

Decided: a bank's reference that both sides name pairs them, whatever the dates; without one, equal amounts pair where
each has no other candidate, nearest dates first, equal names before others. Two references that differ never pair: a
match must not hide a difference. What could pair in several ways is for a person. Not chosen: pairing of sums (one row
against several movements), which finds a sum for almost anything.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any, Generic, TypeVar

from zhiwei.values import identifier, yuan

WINDOW = 3  # days that a transfer may take, weekends included


class Kind(StrEnum):
    ONLY_IN_BANK = "only_in_bank"
    ONLY_IN_BOOK = "only_in_book"
    AMOUNT_DIFFERS = "amount_differs"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class BankRow:
    """A row of a statement: `amount` in 分, in is positive, out negative. `line` is its line in the file.

    `row_id` follows from content (`occurrence` numbers equal rows of one file), so an overlapping file brings it again.
    """

    on: date
    amount: int
    currency: str
    reference: str
    counterparty: str
    text: str
    occurrence: int = 1
    line: int = field(default=0, compare=False)
    row_id: str = field(init=False)

    def __post_init__(self) -> None:
        content = (self.on, self.amount, self.currency, self.reference, self.counterparty, self.text, self.occurrence)
        object.__setattr__(self, "row_id", identifier("bank", *content))


@dataclass(frozen=True, slots=True)
class Statement:
    """A bank's file: the `sha256` of its bytes knows it again; `since` and `until` are its first and last day."""

    name: str
    sha256: str
    rows: tuple[BankRow, ...]

    def __post_init__(self) -> None:
        if not self.rows:
            raise ValueError("a statement without rows names no days")

    @property
    def since(self) -> date:
        return min(row.on for row in self.rows)

    @property
    def until(self) -> date:
        return max(row.on for row in self.rows)


@dataclass(frozen=True, slots=True)
class BookItem:
    """What one transaction of the book did to cash: a payout (negative) or a payment; '' where a thing is unknown."""

    item_id: str
    on: date
    amount: int
    currency: str
    reference: str = ""
    counterparty: str = ""
    of: str = ""  # the line


@dataclass(frozen=True, slots=True)
class Pair:
    row: BankRow
    item: BookItem
    found_by: str  # reference | amount


@dataclass(frozen=True, slots=True)
class Difference:
    """What does not agree. Its id follows from what is in it, so the same file twice queues nothing new."""

    kind: Kind
    rows: tuple[BankRow, ...]
    items: tuple[BookItem, ...]

    @property
    def difference_id(self) -> str:
        rows, items = (sorted(row.row_id for row in self.rows), sorted(item.item_id for item in self.items))
        return identifier("dif", self.kind, rows, items)

    @property
    def facts(self) -> dict[str, Any]:
        """Plain JSON values; amounts are signed decimal strings of 元."""
        return {
            "bank": [
                {
                    "row_id": row.row_id, "on": row.on.isoformat(), "amount": yuan(row.amount),
                    "currency": row.currency, "reference": row.reference, "counterparty": row.counterparty,
                    "text": row.text, "occurrence": row.occurrence, "line": row.line,
                }
                for row in self.rows
            ],
            "book": [
                {
                    "item_id": item.item_id, "on": item.on.isoformat(), "amount": yuan(item.amount),
                    "currency": item.currency, "reference": item.reference, "counterparty": item.counterparty,
                    "of": item.of,
                }
                for item in self.items
            ],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """All in order of date and id. `waiting`: movements that the bank may still show within the window."""

    pairs: tuple[Pair, ...]
    differences: tuple[Difference, ...]
    waiting: tuple[BookItem, ...]


Thing = TypeVar("Thing", BankRow, BookItem)
Rows = list[BankRow]
Items = list[BookItem]
Reference = tuple[str, str]  # currency, and the bank's number of a transfer


def reconcile(
    rows: Iterable[BankRow], items: Iterable[BookItem], *, since: date, until: date, used: Collection[Reference] = ()
) -> Result:
    """Rows and movements not matched before; `since` is the first day ever reconciled, `until` the statement's last.

    Movements before `since` are not asked for, but take a row that comes late for them. `used`: references that were
    matched before; whatever comes under them again is the bank's or the book's alone. ValueError for anything twice.
    """
    rows = sorted(rows, key=lambda row: (row.on, row.row_id))
    items = sorted(items, key=lambda item: (item.on, item.item_id))
    if len({row.row_id for row in rows}) < len(rows) or len({item.item_id for item in items}) < len(items):
        raise ValueError("a row or a movement is there twice")
    pairs, differences, rows, items = _by_reference(rows, items, set(used))
    for named in (True, False):
        found, rows, items = _by_amount(rows, items, named=named)
        pairs += found
    unclear, rows, items = _ambiguous(rows, items)
    differences += unclear
    differences += [Difference(Kind.ONLY_IN_BANK, (row,), ()) for row in rows]
    shown = until - timedelta(days=WINDOW)  # up to here the bank has shown what it will
    differences += [Difference(Kind.ONLY_IN_BOOK, (), (item,)) for item in items if since <= item.on <= shown]
    waiting = [item for item in items if item.on > shown]
    pairs.sort(key=lambda pair: (pair.row.on, pair.row.row_id))
    return Result(tuple(pairs), tuple(sorted(differences, key=_place)), tuple(waiting))


def _place(difference: Difference) -> tuple[date, str]:
    dates = [row.on for row in difference.rows] + [item.on for item in difference.items]
    return min(dates), difference.difference_id


def _by_reference(rows: Rows, items: Items, used: set[Reference]) -> tuple[list[Pair], list[Difference], Rows, Items]:
    """Pairs and unequal amounts under one reference; a row too many under it is the bank's alone, whatever else fits.

    -> pairs, differences, and what no reference of the other side names.
    """
    named_rows, named_items = _named(rows), _named(items)
    both = (named_rows.keys() & named_items.keys()) | used
    pairs: list[Pair] = []
    differences: list[Difference] = []
    for name in both:
        left_rows, left_items = [], list(named_items.get(name, ()))
        for row in named_rows.get(name, ()):
            same = next((item for item in left_items if item.amount == row.amount), None)
            if same:
                pairs.append(Pair(row, same, "reference"))
                left_items.remove(same)
            else:
                left_rows.append(row)
        many = min(len(left_rows), len(left_items))
        for row, item in zip(left_rows[:many], left_items[:many], strict=True):
            differences.append(Difference(Kind.AMOUNT_DIFFERS, (row,), (item,)))
        differences += [Difference(Kind.ONLY_IN_BANK, (row,), ()) for row in left_rows[many:]]
        differences += [Difference(Kind.ONLY_IN_BOOK, (), (item,)) for item in left_items[many:]]
    rest = [row for row in rows if (row.currency, row.reference) not in both]
    return pairs, differences, rest, [item for item in items if (item.currency, item.reference) not in both]


def _named(things: Iterable[Thing]) -> dict[Reference, list[Thing]]:
    groups: dict[Reference, list[Thing]] = {}
    for thing in things:
        if thing.reference:
            groups.setdefault((thing.currency, thing.reference), []).append(thing)
    return groups


def _by_amount(rows: Rows, items: Items, *, named: bool) -> tuple[list[Pair], Rows, Items]:
    """Pairs that have no other candidate, among the same day first, then one day apart, and so on.

    `named`: only where both sides name the same counterparty.
    """
    pairs: list[Pair] = []
    for days in range(WINDOW + 1):
        open_rows, open_items = _Open(rows, named), _Open(items, named)
        fresh = []
        for row in rows:
            item = open_items.only(row, days)
            if item and open_rows.only(item, days) is row:
                fresh.append(Pair(row, item, "amount"))
        pairs += fresh
        taken_rows, taken_items = {p.row.row_id for p in fresh}, {p.item.item_id for p in fresh}
        rows = [row for row in rows if row.row_id not in taken_rows]
        items = [item for item in items if item.item_id not in taken_items]
    return pairs, rows, items


def _ambiguous(rows: Rows, items: Items) -> tuple[list[Difference], Rows, Items]:
    """Rows and movements of one amount that could pair in several ways, as one difference; and what cannot pair."""
    open_rows, open_items = _Open(rows, False), _Open(items, False)
    unclear: dict[tuple[str, int], list[tuple[date, BankRow | BookItem]]] = {}
    rest_rows, rest_items = [], []
    for row in rows:
        if open_items.any(row, WINDOW):
            unclear.setdefault((row.currency, row.amount), []).append((row.on, row))
        else:
            rest_rows.append(row)
    for item in items:
        if open_rows.any(item, WINDOW):
            unclear.setdefault((item.currency, item.amount), []).append((item.on, item))
        else:
            rest_items.append(item)
    differences = []
    for things in unclear.values():
        for group in _close(sorted(things, key=lambda thing: thing[0])):
            of_bank = tuple(thing for thing in group if isinstance(thing, BankRow))
            of_book = tuple(thing for thing in group if isinstance(thing, BookItem))
            differences.append(Difference(Kind.AMBIGUOUS, of_bank, of_book))
    return differences, rest_rows, rest_items


def _close(things: Sequence[tuple[date, Any]]) -> Iterator[list[Any]]:
    """Things in order of date, parted where more than the window lies between two of them."""
    group: list[Any] = []
    for place, (on, thing) in enumerate(things):
        if place and (on - things[place - 1][0]).days > WINDOW:
            yield group
            group = []
        group.append(thing)
    yield group


def _on(thing: BankRow | BookItem) -> date:
    return thing.on


class _Open(Generic[Thing]):
    """What is still open on one side, by amount and (where `named`) counterparty, each in order of date."""

    def __init__(self, things: Iterable[Thing], named: bool) -> None:
        self._by_name: bool = named
        self._groups: dict[tuple[str, int, str, bool], list[Thing]] = {}
        for thing in things:
            if thing.counterparty or not named:
                self._groups.setdefault(self._key(thing, thing.reference != ""), []).append(thing)

    def only(self, other: BankRow | BookItem, days: int) -> Thing | None:
        """The one candidate for a thing of the other side, or None where there is none or more than one."""
        found = list(islice(self._candidates(other, days), 2))
        return found[0] if len(found) == 1 else None

    def any(self, other: BankRow | BookItem, days: int) -> bool:
        return next(self._candidates(other, days), None) is not None

    def _candidates(self, other: BankRow | BookItem, days: int) -> Iterator[Thing]:
        for referenced in (False,) if other.reference else (False, True):  # else one reference would have paired them
            group = self._groups.get(self._key(other, referenced), [])
            first = bisect_left(group, other.on - timedelta(days=days), key=_on)
            for place in range(first, len(group)):
                if (group[place].on - other.on).days > days:
                    break
                yield group[place]

    def _key(self, thing: BankRow | BookItem, referenced: bool) -> tuple[str, int, str, bool]:
        return thing.currency, thing.amount, thing.counterparty if self._by_name else "", referenced
