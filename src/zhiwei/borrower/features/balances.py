"""Balances of accounts -> one balance of a party over time: steps, each standing until the next."""

import numpy as np
import pyarrow.compute as pc

from zhiwei.borrower.features.windows import Bools, Floats, Ints, Rows, ratio
from zhiwei.values import lazy

_DAYS = 20  # bits of a day in a key


class Balances:
    """The sum over a party's accounts at the end of each day with a row; rows without a balance are left out.

    Before its first row an account stands at what that row says it was; a party's time begins with its first row.
    `breaks`: rows of the last 12 months whose balance is not the one before plus their amount, per party.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        chosen = np.flatnonzero(rows.has("balance"))
        code, unit = rows.codes("account", "counterparty_account")[0], rows.codes("currency")[0]
        # an account may hold several currencies, each with a balance of its own; what is not said is CNY
        other = np.where(unit.code == pc.index(unit.words, "CNY").as_py(), -1, unit.code)
        account = (rows.who * (code.width + 1) + code.code + 1) * (unit.width + 1) + other + 1
        order = chosen[_order(rows, account, chosen)]
        account, who, day = account[order], rows.who[order], rows.day[order]
        balance, amount = rows.fen("balance")[order].astype(np.int64), rows.fen("amount")[order].astype(np.int64)
        starts = np.ones(len(order), dtype=bool)
        starts[1:] = account[1:] != account[:-1]
        broken = ~starts & rows.year[order]
        # as the bank wrote them: what is converted is rounded, and breaks nothing
        stated, moved = rows.raw("balance")[order], rows.raw("amount")[order]
        broken[1:] &= stated[:-1] + moved[1:] != stated[1:]
        self.breaks: Floats = np.bincount(who[broken], minlength=rows.parties).astype(np.float64)
        opening = np.bincount(who[starts], (balance - amount)[starts], rows.parties).astype(np.int64)
        # what the account changed by since the row before: its first row brings its amount over the opening balance
        change = np.where(starts, amount, np.diff(balance, prepend=0))
        keys, inverse = np.unique((who << _DAYS) + day, return_inverse=True)
        steps = np.cumsum(np.bincount(inverse, change, len(keys)).astype(np.int64))
        self.who: Ints = keys >> _DAYS
        self.day: Ints = keys - (self.who << _DAYS)
        first = np.searchsorted(self.who, self.who, side="left")
        before = np.where(first > 0, steps[np.maximum(first - 1, 0)], 0) if len(steps) else steps
        self.fen: Floats = (opening[self.who] + steps - before).astype(np.float64)
        last = np.append(self.who[1:] != self.who[:-1], True)[: len(self.who)]
        self.until: Ints = np.where(last, rows.today + 1, np.append(self.day[1:], 0)[: len(self.day)])
        self._last: Bools = last

    @lazy
    def known(self) -> Bools:
        return np.bincount(self.who, minlength=self.rows.parties) > 0

    def now(self) -> Floats:
        """The latest balance, NaN where none is known."""
        found = np.full(self.rows.parties, np.nan)
        found[self.who[self._last]] = self.fen[self._last]
        return found

    def lowest(self, months: int) -> Floats:
        """Smallest end-of-day balance of the window, NaN where none is known."""
        held = self._days(months) > 0
        found = np.full(self.rows.parties, np.inf)
        np.minimum.at(found, self.who[held], self.fen[held])
        return np.where(np.isinf(found), np.nan, found)

    def mean(self, months: int) -> Floats:
        """Mean end-of-day balance over the days of the window that are known."""
        days = self._days(months)
        return ratio(self._sum(self.fen * days), self._sum(days))

    def days_below(self, fen: int, months: int) -> Floats:
        """Days of the window that ended with less than `fen`."""
        return np.where(self.known, self._sum(self._days(months) * (self.fen < fen)), np.nan)

    def _days(self, months: int) -> Floats:
        start = np.maximum(self.day, self.rows.edges[months] + 1)
        return np.maximum(self.until - start, 0).astype(np.float64)

    def _sum(self, weights: Floats) -> Floats:
        return np.bincount(self.who, weights, self.rows.parties).astype(np.float64)


def _order(rows: Rows, account: Ints, chosen: Ints) -> Ints:
    """Order of the rows chosen by account, day and place in the statement, whatever order they came in."""
    keys = ((account << _DAYS) + rows.day)[chosen]
    place = rows.fen("sequence")[chosen]
    order = np.lexsort((place, keys))
    tied = (np.diff(keys[order]) == 0) & (np.diff(place[order]) == 0)
    if tied.any():  # two rows in one place: nothing says which was first, so the amounts do
        order = np.lexsort((rows.fen("balance")[chosen], rows.fen("amount")[chosen], place, keys))
    return order
