"""Applications and what they came with. Things are kept as hashes alone, which no rotation of keys changes."""

from collections.abc import Iterable, Sequence
from datetime import date

from zhiwei.journeys.network import Application
from zhiwei.store.table import Store

CONTEXT = "application.thing"


class Applications(Store):
    def tokens(self, things: Sequence[tuple[str, str]]) -> list[str]:
        """Of each (kind, value): equal where both are."""
        return [self.vault.fingerprint(f"{kind}\n{value}", CONTEXT) for kind, value in things]

    def add(self, applications: Iterable[Application], person: str) -> int:
        """Counts those that were new; what is known stays as it is."""
        known = list(applications)
        new = self.run_many(
            """insert into application (tenant_id, application_id, party_id, product_id, applied_on, channel, person)
               values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
            [
                (self.tenant, one.application_id, one.party, one.product, one.on, one.channel, person)
                for one in known
            ],
        )  # fmt: skip
        self.run_many(
            """insert into application_trace (tenant_id, application_id, kind, token) values (%s, %s, %s, %s)
               on conflict do nothing""",
            [(self.tenant, one.application_id, kind, token) for one in known for kind, token in one.traces],
        )
        return new

    def known(self, applications: Sequence[str]) -> dict[str, Application]:
        found = self.rows(
            """select application_id, party_id, product_id, applied_on, channel from application
               where application_id = any(%s)""", list(applications),
        )  # fmt: skip
        return {name: Application(name, party, product, on, channel, ()) for name, party, product, on, channel in found}

    def told(self, parties: Sequence[str], product: str, on: date) -> set[str]:
        """Which of these have applied for the product on the day."""
        found = self.rows(
            """select distinct party_id from application
               where party_id = any(%s) and product_id = %s and applied_on = %s""", list(parties), product, on,
        )  # fmt: skip
        return {row[0] for row in found}

    def around(
        self, parties: Sequence[str], since: date, on: date
    ) -> list[tuple[str, str, date, str | None, str | None]]:
        """(application, party, day, kind, token) of all that these applied for, and of others by the same things.

        An application that came with nothing has one row, of no kind.
        """
        return self.rows(
            """with mine as (
                 select application_id from application where party_id = any(%s) and applied_on between %s and %s
               ), shared as (
                 select distinct other.application_id, t.kind, t.token
                 from mine cross join lateral (
                   select kind, token from application_trace where application_id = mine.application_id offset 0
                 ) t cross join lateral (
                   select application_id from application_trace where token = t.token and kind = t.kind offset 0
                 ) other  -- by index, row by row: a plan for many reads everybody's
               )
               select a.application_id, a.party_id, a.applied_on, s.kind, s.token
               from (select application_id, null as kind, null as token from mine
                     where not exists (select from application_trace t where t.application_id = mine.application_id)
                     union all select * from shared) s
               cross join lateral (
                 select application_id, party_id, applied_on from application
                 where application_id = s.application_id and applied_on between %s and %s offset 0
               ) a order by a.applied_on, a.application_id, s.kind, s.token""",
            list(parties), since, on, since, on,
        )  # fmt: skip
