"""A money journey reads all it needs before it acts and writes all of it at the end: two round trips for any batch."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import psycopg

from zhiwei.journeys.ports import Changes, Loan, Opened, Overtaken, Payout
from zhiwei.loans import Line
from zhiwei.loans.events import Event
from zhiwei.store.ledger import TAKEN, answered
from zhiwei.store.money.lines import LINE, PAYOUT
from zhiwei.store.money.loans import EVENT, LOAN, read_event, read_loan
from zhiwei.store.money.writing import statement
from zhiwei.store.table import Store

# The day of a line's bucket is held (shared) before the line is locked: the close takes them in the same order.
_LOCK = f"""with held as materialized (
              select line_id, hold_day(bucket) as closed
              from (select line_id, bucket from line where line_id = any(%s) order by bucket) ordered)
            select closed, {LINE} from line join held using (line_id) order by line_id for update of line"""

_PAYOUTS = f"""select {PAYOUT}, (select max(e.value_date) from event e where e.tenant_id = payout.tenant_id
                                 and e.line_id = payout.line_id) from payout where payout_id = any(%s)"""


class Desk(Store):
    def open(
        self, keys: Sequence[tuple[str, str]], lines: Sequence[str], *, payouts: Sequence[str] = (), loans: bool = False
    ) -> Opened:
        """Lock lines, hold their days open, and look what (key, request hash) was answered before; `loans` with events.

        A line that is not there is absent. All questions are sent together; each sees what was there when the one
        before it was answered, so nothing read here is older than the locks.
        """
        names = list(lines)
        locked = self.ask(_LOCK, names)
        taken = self.ask(TAKEN, [key for key, _ in keys]) if keys else ()
        ordered = self.ask(_PAYOUTS, list(payouts)) if payouts else ()
        if loans:
            stored = self.ask(f"select {LOAN} from loan where line_id = any(%s) order by loan_id", names)
            happened = self.ask(f"select {EVENT} from event where line_id = any(%s)", names)
        known = [(Line(*row), closed) for closed, *row in locked]
        opened = Opened(
            answered(keys, taken), {line.line_id: line for line, _ in known},
            {line.bucket: closed for line, closed in known},
        )  # fmt: skip
        for *row, latest in ordered:
            payout = opened.payouts[row[0]] = Payout(*row)
            if latest:
                opened.latest[payout.line] = latest
        if loans:
            opened.loans.update(_by_line(map(read_loan, stored)))
            events: defaultdict[str, list[Event]] = defaultdict(list)
            for line, *row in happened:
                events[line].append(read_event(*row))
            opened.events.update(events)
        return opened

    def write(self, changes: Changes) -> None:
        """All of it in one statement; nothing where nothing changed.

        Raises Overtaken where another transaction answered one of the keys, of a request about other lines, first.
        """
        sql, values = statement(self.tenant, changes)
        if not sql:
            return
        kept = psycopg.RawCursor(self.connection).execute(sql, values)
        if changes.answers and kept.fetchone() != (len(changes.answers),):
            raise Overtaken


def _by_line(loans: Any) -> dict[str, dict[str, Loan]]:
    found: defaultdict[str, dict[str, Loan]] = defaultdict(dict)
    for loan in loans:
        found[loan.line][loan.loan_id] = loan
    return found
