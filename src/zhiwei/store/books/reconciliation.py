"""The bank's files, what of them is one thing with the book, and the queue of what is not."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from zhiwei.journeys.bookkeeping import OpenDifference, Work
from zhiwei.ledger.reconcile import WINDOW, BankRow, BookItem, Difference, Result, Statement
from zhiwei.store.parties import NAME
from zhiwei.store.table import Store
from zhiwei.values import CURRENCY, canonical, fen

FACTS = "difference.facts"  # names, accounts and words of a bank's rows
FILE = "bank_file.file"  # people put names and accounts into the names of files

# What moved the account by one transfer: paid payouts, and payments, refunds and sales that nothing reversed.
_MOVEMENTS = """
with movement as (
  select payout_id as item_id, line_id, value_date, -amount as amount, coalesce(bank_ref, '') as reference
  from payout where status = 'paid'
  union all
  select event_id, line_id, value_date,
         case kind when 'refund' then -amount when 'transfer' then (body::jsonb ->> 'price')::bigint else amount end,
         coalesce(body::jsonb ->> 'reference', '')
  from event e
  where kind in ('payment', 'refund', 'transfer')
    and not exists (select from event r where r.line_id = e.line_id and r.kind = 'reversal'
                    and r.body::jsonb ->> 'of' = e.event_id)
)
select m.item_id, m.value_date, m.amount, m.reference, party.name_sealed, m.line_id
from movement m join line using (line_id) join party using (tenant_id, party_id)
where m.value_date between %s and %s and m.amount <> 0
  and not exists (select from bank_match b where b.item_id = m.item_id)
  and exists (select from journal_entry e join journal_posting p using (tenant_id, entry_id)
              where e.line_id = m.line_id and p.account = %s)
"""


class Reconciliation(Store):
    def knows(self, sha256: str) -> bool:
        return self.row("select 1 from bank_file where sha256 = %s", sha256) is not None

    def work(self, account: str, statement: Statement) -> Work:
        """What to reconcile now: rows and movements not matched before, with what is still open from earlier files.

        What a person has resolved does not come again. Nobody else reconciles until this transaction ends.
        """
        self.run("select pg_advisory_xact_lock(hashtextextended(%s, 3))", self.tenant)
        first, last = statement.since, statement.until
        known = self.row("select min(first_on), max(last_on) from bank_file where account = %s", account)
        if known and known[0]:
            first, last = min(first, known[0]), max(last, known[1])
        rows = {row.row_id: row for row in statement.rows}
        still_open = set()
        for facts in self._open(account):
            again = [_row(found) for found in facts["bank"]]
            rows.update((row.row_id, row) for row in again)
            still_open |= {row.row_id for row in again} | {found["item_id"] for found in facts["book"]}
        window = timedelta(days=WINDOW)
        items = self._items(account, first - window, last + window)
        done = self._done(rows, [item.item_id for item in items]) - still_open
        rest = [row for row in rows.values() if row.row_id not in done]
        used = self.rows(
            "select currency, reference from bank_match where reference <> '' and reference = any(%s)",
            [row.reference for row in rest] + [item.reference for item in items],
        )
        return Work(rest, [item for item in items if item.item_id not in done], first, last, {(c, r) for c, r in used})

    def _open(self, account: str) -> list[dict[str, Any]]:
        found = self.rows(
            """select facts_sealed from difference d join bank_file f using (tenant_id, sha256)
               where d.state = 'open' and f.account = %s""",
            account,
        )
        return [self._opened(sealed) for (sealed,) in found]

    def _opened(self, sealed: bytes) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self.vault.open_bytes(sealed, FACTS))
        return facts

    def _items(self, account: str, first: date, last: date) -> list[BookItem]:
        found = self.rows(_MOVEMENTS, first, last, account)
        sealed = list({row[4] for row in found})
        names = dict(zip(sealed, self.vault.open_all(sealed, NAME), strict=True)) if sealed else {}
        return [
            BookItem(item_id, on, amount, CURRENCY, reference, names[name], line)
            for item_id, on, amount, reference, name, line in found
        ]

    def _done(self, row_ids: Iterable[str], item_ids: Iterable[str]) -> set[str]:
        """Rows matched before, and rows and movements of differences that somebody resolved."""
        wanted = list(row_ids)
        matched = self.rows("select row_id from bank_match where row_id = any(%s)", wanted)
        resolved = self.rows(
            """select r from difference, unnest(row_ids) r where state = 'resolved' and r = any(%s)
               union all
               select i from difference, unnest(item_ids) i where state = 'resolved' and i = any(%s)""",
            wanted, list(item_ids),
        )  # fmt: skip
        return {found for (found,) in (*matched, *resolved)}

    def keep(self, account: str, statement: Statement, result: Result, person: str) -> tuple[int, int]:
        """File, matches and differences; open differences that the result no longer has are resolved by it.

        -> (differences that are new, differences that were resolved).
        """
        self.run(
            """insert into bank_file (tenant_id, sha256, file_sealed, account, first_on, last_on, row_count, person)
               values (%s, %s, %s, %s, %s, %s, %s, %s)""",
            self.tenant, statement.sha256, self.vault.seal(statement.name, FILE), account, statement.since,
            statement.until, len(statement.rows), person,
        )  # fmt: skip
        self.run(
            """insert into bank_match (tenant_id, sha256, row_id, item_id, found_by, currency, reference)
               select %s, %s, * from unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])""",
            self.tenant, statement.sha256, *_columns([
                (pair.row.row_id, pair.item.item_id, pair.found_by, pair.row.currency, pair.row.reference)
                for pair in result.pairs
            ], 5),
        )  # fmt: skip
        new = self._queue(result.differences, statement.sha256)
        explained = self.run(
            """update difference d set state = 'resolved', resolved_by = 'reconciliation', resolved_at = now(),
                      because = 'explained by ' || %s
               from bank_file f where f.tenant_id = d.tenant_id and f.sha256 = d.sha256 and f.account = %s
                and d.state = 'open' and d.difference_id <> all(%s)""",
            f"the file {statement.sha256[:12]}", account, [d.difference_id for d in result.differences],
        )  # fmt: skip
        return new, explained

    def _queue(self, differences: Iterable[Difference], sha256: str) -> int:
        return self.run_many(
            """insert into difference (tenant_id, sha256, difference_id, kind, facts_sealed, row_ids, item_ids)
               values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
            [
                (
                    self.tenant, sha256, one.difference_id, one.kind,
                    self.vault.seal_bytes(canonical(one.facts).encode(), FACTS), [row.row_id for row in one.rows],
                    [item.item_id for item in one.items],
                )
                for one in differences
            ],
        )  # fmt: skip

    def queue(self) -> list[OpenDifference]:
        """The open differences, oldest first."""
        rows = self.rows(
            """select difference_id, kind, facts_sealed, file_sealed, d.recorded_at::date
               from difference d join bank_file using (tenant_id, sha256)
               where state = 'open' order by d.recorded_at, difference_id"""
        )
        names = {row[3] for row in rows}
        files = dict(zip(names, self.vault.open_all(names, FILE), strict=True))
        return [
            OpenDifference(name, kind, self._opened(sealed), files[file], since)
            for name, kind, sealed, file, since in rows
        ]

    def resolve(self, difference_id: str, person: str, because: str) -> bool:
        """Whether there was such an open difference; it is resolved with the person's reason, once and for good."""
        return bool(self.run(
            """update difference set state = 'resolved', resolved_by = %s, because = %s, resolved_at = now()
               where difference_id = %s and state = 'open'""",
            person, because, difference_id,
        ))  # fmt: skip

    def take_over(self, most: int) -> int:
        """Seal facts and names of files that an earlier version stored in plain, `most` at a time; counts them, 0 when
        none is left.
        """
        facts = self.rows(
            "select difference_id, facts from difference where facts is not null limit %s for update skip locked", most
        )
        files = self.rows(
            "select sha256, file from bank_file where file is not null limit %s for update skip locked", most
        )
        return self._seal([(name, plain.encode()) for name, plain in facts]) + self._seal_names(files)

    def reseal(self, most: int) -> int:
        """After a rotation: bring `most` of each to the newest key; counts them, 0 when none is left."""
        facts = self.rows(
            """select difference_id, facts_sealed from difference
               where position(%s in facts_sealed) <> 1 limit %s for update skip locked""",
            self.vault.prefix.encode(), most,
        )  # fmt: skip
        files = self.rows(
            """select sha256, file_sealed from bank_file where file_sealed not like %s || '%%' limit %s
               for update skip locked""", self.vault.prefix, most,
        )  # fmt: skip
        names = self.vault.open_all([sealed for _, sealed in files], FILE)
        return self._seal([(name, self.vault.open_bytes(sealed, FACTS)) for name, sealed in facts]) + self._seal_names(
            list(zip([sha256 for sha256, _ in files], names, strict=True))
        )

    def _seal_names(self, files: list[tuple[str, str]]) -> int:
        sealed = self.vault.seal_all([name for _, name in files], FILE)
        return self.run_rows(
            """update bank_file f set file = null, file_sealed = s.sealed
               from unnest(%s::text[], %s::text[]) s (sha256, sealed) where f.sha256 = s.sha256""",
            list(zip([sha256 for sha256, _ in files], sealed, strict=True)),
        )

    def _seal(self, facts: Iterable[tuple[str, bytes]]) -> int:
        return self.run_rows(
            """update difference d set facts = null, facts_sealed = s.sealed
               from unnest(%s::text[], %s::bytea[]) s (difference_id, sealed)
               where d.difference_id = s.difference_id""",
            [(name, self.vault.seal_bytes(plain, FACTS)) for name, plain in facts],
        )


def _row(facts: dict[str, Any]) -> BankRow:
    return BankRow(
        date.fromisoformat(facts["on"]), fen(facts["amount"]), facts["currency"], facts["reference"],
        facts["counterparty"], facts["text"], facts["occurrence"], facts["line"],
    )  # fmt: skip


def _columns(rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    return [[row[place] for row in rows] for place in range(width)]
