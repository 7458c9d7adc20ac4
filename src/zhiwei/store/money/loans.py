"""Loans and their events. Events are appended; what is derived from them is kept beside, as columns for the close."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhiwei.journeys.ports import Book, Loan, Received
from zhiwei.loans.accrual import COUNTS, ROUNDINGS, Growth, Growths, Running
from zhiwei.loans.events import Event, Payment, event_of
from zhiwei.loans.terms import LoanTerms
from zhiwei.store.table import Store
from zhiwei.values import from_plain

LOAN = """loan_id, line_id, party_id, product_id, product_hash, sub_limit, terms, principal, book, posted, late,
           oldest_due, class, next_on, as_of, off_balance, billed, run_since, run_whole, run_part, run_slope, run_cap,
           penal, day_count, rounding"""
EVENT = "line_id, kind, event_id, value_date, loan_id, amount, body"
_EPOCH = date(2000, 1, 1).toordinal()  # PostgreSQL's day 0


class Loans(Store):
    def get(self, loan_id: str) -> Loan | None:
        found = self._loans("loan_id = %s", loan_id)
        return found[0] if found else None

    def of_lines(self, line_ids: Sequence[str]) -> list[Loan]:
        return self._loans("line_id = any(%s)", list(line_ids))

    def lines_awaiting(self, on: date | None, first: int, last: int) -> list[str]:
        """Lines of some buckets with a loan that the close of this day must look at; without a day, any open loan."""
        rows = self.rows(
            """select distinct line_id from loan
               where next_on <= coalesce(%s, 'infinity'::date) and bucket between %s and %s order by line_id""",
            on, first, last,
        )  # fmt: skip
        return [row[0] for row in rows]

    def count(self) -> int:
        """Loans with something to come, about."""
        row = self.row("select count(*) from loan where next_on is not null")
        return int(row[0]) if row else 0

    def all(self) -> list[Loan]:
        return self._loans("true")

    def by_class(self) -> list[tuple[str, str, str, int]]:
        """(product, version, five-category class, principal on the books) of every loan that has any."""
        rows = self.rows(
            "select product_id, product_hash, class, sum(book)::bigint from loan where book > 0 group by 1, 2, 3"
        )
        return [(product, hashed, klass, int(total)) for product, hashed, klass, total in rows]

    def _loans(self, condition: str, *values: object) -> list[Loan]:
        return [
            read_loan(row) for row in self.rows(f"select {LOAN} from loan where {condition} order by loan_id", *values)
        ]

    # --- events -------------------------------------------------------------------------------------------------------

    def events(self, line_ids: Sequence[str]) -> dict[str, list[Event]]:
        """Each line's events, in no order that means anything."""
        found: defaultdict[str, list[Event]] = defaultdict(list)
        rows = self.rows(
            f"select {EVENT} from event where line_id = any(%s)",
            list(line_ids),
        )
        for line, *row in rows:
            found[line].append(read_event(*row))
        return found

    def event(self, event_id: str) -> tuple[str, Event] | None:
        """(line, event) of an id."""
        row = self.row(f"select {EVENT} from event where event_id = %s", event_id)
        return (row[0], read_event(*row[1:])) if row else None

    def payments(self, line_id: str, skip: int, most: int) -> list[Received]:
        """What was repaid on a line, in the order in which it was heard of."""
        return self._received("line_id = %s order by recorded_at, event_id offset %s limit %s", line_id, skip, most)

    def payment(self, event_id: str) -> Received | None:
        found = self._received("event_id = %s", event_id)
        return found[0] if found else None

    def _received(self, condition: str, *values: object) -> list[Received]:
        rows = self.rows(
            f"""select line_id, kind, event_id, value_date, loan_id, amount, body,
                       exists (select from event r where r.line_id = event.line_id and r.kind = 'reversal'
                               and r.body::json ->> 'of' = event.event_id)
                from event where kind = 'payment' and {condition}""", *values,
        )  # fmt: skip
        return [Received(line, read_event(*row), reversed_) for line, *row, reversed_ in rows]  # type: ignore[arg-type]

    # --- the book as columns ------------------------------------------------------------------------------------------

    def books(self, on: date, first: int, last: int) -> Iterator[Book]:
        """Every loan of some buckets that lived through the night before `on` untouched, as columns.

        Grouped by what they share: product version, day count, rounding, and whether they are off the balance sheet.
        The rows are read once, with their group as a number beside them; late claims come apart.
        """
        versions = {
            code: (product, hashed)
            for code, product, hashed in self.rows(
                "select hashtextextended(product_id, hashtextextended(hash, 0)), product_id, hash from product_version"
            )
        }
        where, values = "bucket between %s and %s and as_of < %s", (first, last, on)
        found = self.columns(
            f"""select {_GROUP}, (penal <> '{{}}')::int::bigint, {_GROWS} from loan
                where {where} and (run_slope <> 0 or penal <> '{{}}')""", 10, *values,
        )  # fmt: skip
        late = self.columns(
            f"""select {_GROUP}, 1::bigint, {_GROWS}, n, g.since, g.whole, g.part, g.slope, g.less
                from (select row_number() over () as n, * from loan where {where} and penal <> '{{}}') late
                cross join lateral (
                  select penal[i] as since, penal[i + 1] as whole, penal[i + 2] as part, penal[i + 3] as slope,
                         penal[i + 4] as less
                  from generate_series(1, cardinality(penal), 5) i) g""", 16, *values,
        ) if found[:, 2].any() else np.zeros((0, 16), dtype=np.int64)  # fmt: skip
        plain = found[found[:, 2] == 0]
        groups = np.unique(np.concatenate([plain[:, :2], late[:, :2]]), axis=0)
        for version, shared in groups.tolist():
            yield _book(versions[version], shared, *(_of(rows, version, shared) for rows in (plain, late)))


_GROUP = """hashtextextended(product_id, hashtextextended(product_hash, 0)),
            (day_count * 64 + rounding * 2 + off_balance::int)::bigint"""
_GROWS = """(as_of - '2000-01-01'::date)::bigint, billed, (run_since - '2000-01-01'::date)::bigint, run_whole, run_part,
            run_slope, run_cap"""


def _of(rows: NDArray[Any], version: int, shared: int) -> NDArray[Any]:
    """A group's rows, without the columns that name the group."""
    return rows[(rows[:, 0] == version) & (rows[:, 1] == shared), 3:]


def _book(version: tuple[str, str], shared: int, plain: NDArray[Any], penal: NDArray[Any]) -> Book:
    """Rows of loans without and with late claims as one set of columns, late claims beside them."""
    _, where, late_of = np.unique(penal[:, 7], return_index=True, return_inverse=True)
    loans = np.concatenate([plain[:, :7], penal[where, :7]])
    return Book(
        *version, COUNTS[shared // 64], ROUNDINGS[shared % 64 // 2], bool(shared % 2),
        as_of=loans[:, 0] + _EPOCH,
        billed=loans[:, 1],
        interest=Growths(
            loans[:, 2] + _EPOCH, loans[:, 3], loans[:, 4], loans[:, 5], np.zeros(len(loans), dtype=np.int64),
            loans[:, 6],
        ),
        penal=Growths(
            penal[:, 8], penal[:, 9], penal[:, 10], penal[:, 11], penal[:, 12],
            np.full(len(penal), 2**62, dtype=np.int64),
        ),
        penal_of=len(plain) + late_of,
    )  # fmt: skip


def read_loan(row: tuple[Any, ...]) -> Loan:
    (loan_id, line, party, product, hashed, sub_limit, terms, principal, book, posted, late, oldest, klass, next_on,
     as_of, off, billed, since, whole, part, slope, cap, penal, count, rounding) = row  # fmt: skip
    days, rounds = COUNTS[count], ROUNDINGS[rounding]
    den = days.denominator * 10**8
    grown = tuple(
        Growth(date.fromordinal(penal[i]), penal[i + 1] * den + penal[i + 2], penal[i + 3], penal[i + 4])
        for i in range(0, len(penal), 5)
    )
    run = Running(as_of, off, billed, Growth(since, whole * den + part, slope, 0, cap), grown, days, rounds)
    return Loan(
        loan_id, line, party, product, hashed, sub_limit, from_plain(LoanTerms, json.loads(terms)), principal, book,
        posted, late, oldest, klass, next_on, run, known=True,
    )  # fmt: skip


def read_event(kind: str, event_id: str, value_date: date, loan: str, amount: int, details: str) -> Event:
    if kind == "payment" and details.count(":") == 1:  # the amount alone, as nearly all are
        return Payment(event_id, value_date, loan, amount)
    return event_of(kind, event_id, value_date, loan, json.loads(details))
