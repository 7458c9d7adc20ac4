"""Balances on any day, summed from postings when somebody asks: no balance row is written, so none is waited for.

Decided: days are business dates, those on which we wrote the entry, so that what was read of a closed day never
changes; a backdated entry shows in the day that knew of it, with its value date beside.
"""

from datetime import date

from zhiwei.reports.books import Posted, Turnover
from zhiwei.store.table import Store
from zhiwei.values import Refusal

MOST_LINES = 100_000


class GeneralLedger(Store):
    def turnovers(self, until: date, since: date | None = None) -> list[Turnover]:
        """By currency, account and funder at the end of `until`; turnover from `since` on, else from the beginning."""
        rows = self.connection.execute(
            b"""select e.currency, p.account, p.funder,
                      coalesce(sum(p.amount) filter (where e.business_date < %(since)s), 0)::bigint,
                      coalesce(sum(p.amount) filter (where p.amount > 0 and e.business_date >= %(since)s), 0)::bigint,
                      coalesce(-sum(p.amount) filter (where p.amount < 0 and e.business_date >= %(since)s), 0)::bigint
               from journal_posting p join journal_entry e using (tenant_id, entry_id)
               where e.business_date <= %(until)s group by 1, 2, 3 order by 1, 2, 3""",
            {"since": since or date.min, "until": until},
        )
        return [Turnover(*row) for row in rows]

    def account(self, account: str, currency: str, since: date, until: date) -> tuple[int, list[Posted]]:
        """(balance before `since`, the postings from `since` to `until` in order). Refusal where they are too many."""
        row = self.row(
            """select coalesce(sum(p.amount), 0)::bigint
               from journal_posting p join journal_entry e using (tenant_id, entry_id)
               where p.account = %s and e.currency = %s and e.business_date < %s""",
            account, currency, since,
        )  # fmt: skip
        posted = self.rows(
            """select e.business_date, e.value_date, e.entry_id, e.kind, e.line_id, e.loan_id, p.funder, p.amount
               from journal_posting p join journal_entry e using (tenant_id, entry_id)
               where p.account = %s and e.currency = %s and e.business_date between %s and %s
               order by e.business_date, e.recorded_at, e.entry_id collate "C", p.number limit %s""",
            account, currency, since, until, MOST_LINES + 1,
        )  # fmt: skip
        if len(posted) > MOST_LINES:
            raise Refusal("too_many_rows", f"more than {MOST_LINES:,} postings to {account}", hint="ask for fewer days")
        return (row[0] if row else 0), [Posted(*found) for found in posted]
