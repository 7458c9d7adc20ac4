"""A money journey reads all it needs before it acts and writes all of it at the end; a few statements for any batch."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from zhiwei.journeys.ports import Changes, Loan, Opened, Payout
from zhiwei.loans import Line
from zhiwei.loans.events import Event
from zhiwei.store.ledger import CLAIM, CLOSED_TO, reused
from zhiwei.store.money.lines import LINE, PAYOUT
from zhiwei.store.money.loans import EVENT, LOAN, read_event, read_loan
from zhiwei.store.money.writing import statement
from zhiwei.store.table import Store
from zhiwei.values import Refusal

# The day of a line's bucket is held (shared) before the line is locked: the close takes them in the same order.
_LOCK = f"""with held as materialized (
              select line_id, pg_advisory_xact_lock_shared(hashtextextended(%s, 1) + bucket)
              from (select line_id, bucket from line where line_id = any(%s) order by bucket) ordered)
            select {LINE} from line join held using (line_id) order by line_id for update of line"""

_PAYOUTS = f"""select {PAYOUT}, (select max(e.value_date) from event e where e.tenant_id = payout.tenant_id
                                 and e.line_id = payout.line_id) from payout where payout_id = any(%s)"""


class Desk(Store):
    def open(
        self, claims: Sequence[tuple[str, str, str]], lines: Sequence[str], *, payouts: Sequence[str] = (),
        loans: bool = False,
    ) -> Opened:  # fmt: skip
        """Claim keys, lock lines and hold their days open; `loans` with their loans and events.

        A line that is not there is absent. Of two that claim a key at once the second waits here for the first to end.
        """
        names = list(lines)
        taken = (
            {row[0] for row in self.rows(CLAIM, self.tenant, *map(list, zip(*claims, strict=True)))}
            if claims
            else set()
        )
        opened = Opened(
            self._earlier(claims, taken),
            {row[0]: Line(*row) for row in self.rows(_LOCK, self.tenant, names)},
            dict(self.rows(CLOSED_TO, names)),
        )
        if payouts:
            for *row, latest in self.rows(_PAYOUTS, list(payouts)):
                payout = opened.payouts[row[0]] = Payout(*row)
                if latest:
                    opened.latest[payout.line] = latest
        if loans:
            rows = self.rows(f"select {LOAN} from loan where line_id = any(%s) order by loan_id", names)
            opened.loans.update(_by_line(map(read_loan, rows)))
            events: defaultdict[str, list[Event]] = defaultdict(list)
            for line, *row in self.rows(f"select {EVENT} from event where line_id = any(%s)", names):
                events[line].append(read_event(*row))
            opened.events.update(events)
        return opened

    def write(self, changes: Changes) -> None:
        """All of it in one statement; nothing where nothing changed."""
        sql, values = statement(self.tenant, changes)
        if sql:
            self.run(sql, *values)

    def _earlier(self, claims: Sequence[tuple[str, str, str]], fresh: set[str]) -> dict[str, dict[str, Any] | Refusal]:
        asked = {key: request_hash for key, _, request_hash in claims if key not in fresh}
        if not asked:
            return {}
        rows = self.rows("select key, request_hash, result from step where key = any(%s)", list(asked))
        return {key: json.loads(result) if result and kept == asked[key] else reused(key) for key, kept, result in rows}


def _by_line(loans: Any) -> dict[str, dict[str, Loan]]:
    found: defaultdict[str, dict[str, Loan]] = defaultdict(dict)
    for loan in loans:
        found[loan.line][loan.loan_id] = loan
    return found
