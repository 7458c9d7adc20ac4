"""Seals of closed days, computed by the database in one statement; `ledger.seal` says of which bytes."""

from collections.abc import Iterator
from datetime import date

from zhiwei.ledger.seal import Recorded, Seal, seal
from zhiwei.store.table import Store

# %(tenant)s, %(previous)s (hex or ''), %(since)s (date or null, exclusive), %(until)s (date) -> entries, sha256 in hex.
# Postings are looked up entry by entry: how many there are of a day nobody knows before.
SEAL = r"""
with covered as (
  select tenant_id, entry_id, recorded_at,
         array[entry_id, number::text, kind, line_id, loan_id, product_id, to_char(value_date, 'YYYY-MM-DD'),
               to_char(business_date, 'YYYY-MM-DD'), currency, coalesce(reverses, ''),
               (extract(epoch from recorded_at) * 1000000)::bigint::text] as head
  from journal_entry
  where tenant_id = %(tenant)s and business_date <= %(until)s
    and (%(since)s::date is null or business_date > %(since)s)
), digests as (
  select recorded_at, entry_id,
         sha256((select string_agg(convert_to(field, 'UTF8') || '\x00', ''::bytea order by place)
                 from unnest(head || legs.postings) with ordinality as fields (field, place))
                || coalesce(legs.fields, ''::bytea)) as digest
  from covered c cross join lateral (
    select count(*)::text as postings,
           string_agg(convert_to(p.number::text, 'UTF8') || '\x00' || convert_to(p.account, 'UTF8') || '\x00'
                      || convert_to(p.funder, 'UTF8') || '\x00' || convert_to(p.amount::text, 'UTF8') || '\x00',
                      ''::bytea order by p.number) as fields
    from journal_posting p where p.tenant_id = c.tenant_id and p.entry_id = c.entry_id) legs
)
select count(*)::integer,
       encode(sha256(convert_to(%(tenant)s, 'UTF8') || '\x00' || convert_to(%(previous)s, 'UTF8') || '\x00'
                     || convert_to(to_char(%(until)s::date, 'YYYY-MM-DD'), 'UTF8') || '\x00'
                     || convert_to(count(*)::text, 'UTF8') || '\x00'
                     || coalesce(string_agg(digest, ''::bytea order by recorded_at, entry_id collate "C"), ''::bytea)),
              'hex')
from digests
"""


class Seals(Store):
    def seal(self, on: date) -> Seal:
        """Seal a day that is being closed: every entry since the last seal, in the transaction that closes it."""
        last = self.last()
        fresh = self._computed(on, last.sha256 if last else "", last.on if last else None)
        self.run(
            """insert into seal (tenant_id, business_date, previous, entries, sha256) values (%s, %s, %s, %s, %s)""",
            self.tenant, fresh.on, fresh.previous, fresh.entries, fresh.sha256,
        )  # fmt: skip
        return fresh

    def last(self) -> Seal | None:
        row = self.row("select business_date, previous, entries, sha256 from seal order by business_date desc limit 1")
        return Seal(*row) if row else None

    def all(self) -> list[Seal]:
        return [
            Seal(*row)
            for row in self.rows("select business_date, previous, entries, sha256 from seal order by business_date")
        ]

    def check(self) -> Iterator[tuple[str, bool]]:
        """Each closed day since the first seal: that it has one, that it links to the one before, that it still fits.

        A seal is recomputed, by the other of the two ways, from the kept seal before it: only the days that were
        tampered with are named.
        """
        kept = {found.on: found for found in self.all()}
        previous: Seal | None = None
        first = min(kept, default=date.max)
        for (on,) in self.rows("select business_date from business_day where business_date >= %s order by 1", first):
            found = kept.pop(on, None)
            if found is None:
                yield f"{on} has no seal", False
                continue
            linked = found.previous == (previous.sha256 if previous else "")
            entries = self.recorded(previous.on if previous else None, on)
            yield str(on), linked and found == seal(self.tenant, found.previous, on, entries)
            previous = found

    def recorded(self, since: date | None, until: date) -> Iterator[Recorded]:
        """The entries that a seal covers, for whoever computes it without the database."""
        rows = self.rows(
            """select e.entry_id, e.number, e.kind, e.line_id, e.loan_id, e.value_date, e.business_date, e.currency,
                      e.recorded_at, e.product_id, coalesce(e.reverses, ''), array_agg(p.number order by p.number),
                      array_agg(p.account order by p.number), array_agg(p.funder order by p.number),
                      array_agg(p.amount order by p.number)
               from journal_entry e join journal_posting p using (tenant_id, entry_id)
               where e.business_date <= %s and (%s::date is null or e.business_date > %s)
               group by e.tenant_id, e.entry_id""",
            until, since, since,
        )  # fmt: skip
        for entry, number, kind, line, loan, value, business, currency, at, product, reverses, *columns in rows:
            postings = tuple(zip(*columns, strict=True))
            yield Recorded(entry, number, kind, line, loan, value, business, currency, at, postings, product, reverses)

    def _computed(self, on: date, previous: str, since: date | None) -> Seal:
        values = {"tenant": self.tenant, "previous": previous, "since": since, "until": on}
        row = self.connection.execute(SEAL.encode(), values).fetchone()
        if row is None:  # an aggregate without groups always gives a row
            raise RuntimeError("the seal's query gave no row")
        return Seal(on, previous, row[0], row[1])
