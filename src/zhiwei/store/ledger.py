"""The journal, the closed days, and the steps that make a journey happen once; none of it can be changed later."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from zhiwei.ledger.journal import Entry, Posting, check
from zhiwei.store.table import Store
from zhiwei.values import DAY, Actor, Refusal, canonical


class Journal(Store):
    def write(self, entries: Iterable[Entry], business_date: date) -> int:
        """Append entries: two statements for any number of them, so that the balance check sees whole entries."""
        heads, postings = [], []
        for entry in entries:
            check(entry)
            heads.append(
                (entry.entry_id, entry.number, entry.kind, entry.line, entry.loan, entry.value_date, entry.currency)
            )
            postings += [(entry.entry_id, n, p.account, p.funder, p.amount) for n, p in enumerate(entry.postings)]
        if heads:
            self.run(
                """insert into journal_entry
                     (tenant_id, entry_id, number, kind, line_id, loan_id, value_date, currency, business_date)
                   select %s, *, %s
                   from unnest(%s::text[], %s::int[], %s::text[], %s::text[], %s::text[], %s::date[], %s::text[])""",
                self.tenant, business_date, *map(list, zip(*heads, strict=True)),
            )  # fmt: skip
            self.run(
                """insert into journal_posting (tenant_id, entry_id, number, account, funder, amount)
                   select %s, * from unnest(%s::text[], %s::smallint[], %s::text[], %s::text[], %s::bigint[])""",
                self.tenant, *map(list, zip(*postings, strict=True)),
            )  # fmt: skip
        return len(heads)

    def entries(self, *, line: str | None = None) -> Iterator[Entry]:
        """Entries in order of value date and recording, of one line or of all."""
        rows = self.rows(
            """select e.entry_id, e.number, e.kind, e.line_id, e.loan_id, e.value_date, e.currency,
                      array_agg(p.account order by p.number), array_agg(p.funder order by p.number),
                      array_agg(p.amount order by p.number)
               from journal_entry e join journal_posting p using (tenant_id, entry_id)
               where %s::text is null or e.line_id = %s
               group by e.tenant_id, e.entry_id
               order by e.value_date, e.recorded_at, e.loan_id = '', e.loan_id, e.number""",
            line, line,
        )  # fmt: skip
        for entry_id, number, kind, line_id, loan, value_date, currency, *columns in rows:
            postings = tuple(Posting(*posting) for posting in zip(*columns, strict=True))
            yield Entry(entry_id, number, kind, line_id, loan, value_date, postings, currency)

    def sums(self) -> Iterator[tuple[str, str, int]]:
        """(entry, funder, Σ amount) by the database's own arithmetic; every sum should be zero."""
        rows = self.rows("select entry_id, funder, sum(amount)::bigint from journal_posting group by 1, 2")
        yield from ((entry, funder, int(total)) for entry, funder, total in rows)

    def totals(self) -> list[tuple[str, str, int]]:
        """(account, funder, balance)."""
        rows = self.rows("select account, funder, sum(amount)::bigint from journal_posting group by 1, 2 order by 1, 2")
        return [(account, funder, int(total)) for account, funder, total in rows]

    def of_funder(self, funder: str) -> list[tuple[date, str, str, int]]:
        """(value date, kind, account, Σ amount) of a funder's own book, day by day."""
        rows = self.rows(
            """select e.value_date, e.kind, p.account, sum(p.amount)::bigint
               from journal_posting p join journal_entry e using (tenant_id, entry_id)
               where p.funder = %s group by 1, 2, 3 order by 1, 2, 3""", funder,
        )  # fmt: skip
        return [(on, kind, account, int(total)) for on, kind, account, total in rows]


class Days(Store):
    def hold(self) -> None:
        """Let no day be closed until this transaction ends; any number of transactions may hold at once."""
        self.run("select pg_advisory_xact_lock_shared(hashtextextended(%s, 1))", self.tenant)

    def seize(self) -> None:
        """Wait until nobody holds, and let nobody, until this transaction ends: for closing a day."""
        self.run("select pg_advisory_xact_lock(hashtextextended(%s, 1))", self.tenant)

    def last_closed(self) -> date | None:
        row = self.row("select max(business_date) from business_day")
        return row[0] if row else None

    def close(self, on: date, loans_touched: int) -> None:
        self.run(
            "insert into business_day (tenant_id, business_date, loans_touched) values (%s, %s, %s)",
            self.tenant, on, loans_touched,
        )  # fmt: skip

    def gaps(self) -> list[tuple[str, bool]]:
        """Each closed day, and whether the day before it is closed too (or it is the first)."""
        closed = [row[0] for row in self.rows("select business_date from business_day order by 1")]
        known = set(closed)
        return [(str(day), day == closed[0] or day - DAY in known) for day in closed]

    def latest_event(self, line: str) -> date | None:
        """Value date of the latest draw or payment of a line."""
        row = self.row(
            """select max(value_date) from (
                 select value_date from payout where line_id = %s
                 union all
                 select p.value_date from payment p join loan l using (tenant_id, loan_id) where l.line_id = %s
                 union all
                 select value_date from journal_entry where line_id = %s and kind = 'overpaid') events""",
            line, line, line,
        )  # fmt: skip
        return row[0] if row else None


class Steps(Store):
    def claim(self, key: str, verb: str, request_hash: str) -> dict[str, Any] | None:
        """Take a key for this transaction; -> the answer it was given before, or None when it is new.

        Of two at once the second waits here for the first to end. Refusal where the key asked for something else.
        """
        taken = self.run(
            "insert into step (tenant_id, key, verb, request_hash) values (%s, %s, %s, %s) on conflict do nothing",
            self.tenant, key, verb, request_hash,
        )  # fmt: skip
        if taken:
            return None
        row = self.row("select request_hash, result from step where key = %s", key)
        if row is None or row[0] != request_hash:
            raise Refusal(
                "key_reused", f"key {key.partition(':')[2]!r} was already used for another request",
                hint="use a new key for a new request; repeat a request with its own key",
            )  # fmt: skip
        return dict(json.loads(row[1])) if row[1] else {}

    def finish(self, key: str, result: Mapping[str, Any]) -> None:
        self.run("update step set result = %s where key = %s", canonical(dict(result)), key)

    def audit(self, by: Actor, verb: str, request: str) -> None:
        self.run(
            "insert into audit (tenant_id, person, role, verb, request) values (%s, %s, %s, %s, %s)",
            self.tenant, by.person, by.role, verb, request,
        )  # fmt: skip
