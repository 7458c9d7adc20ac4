"""Calls to outside companies, as they went out and as they ended; none of it can be changed later."""

from collections.abc import Sequence

from zhiwei.journeys.providers import Asking, Counted, Ended, Failing
from zhiwei.store.table import Store


class Pulls(Store):
    def begin(self, asking: Asking) -> str:
        """-> the call's id."""
        row = self.row(
            """insert into pull_asked (tenant_id, key, source, party_id, kinds, consents, person, instead_of)
               values (%s, %s, %s, %s, %s, %s, %s, %s) returning pull_id""",
            self.tenant, asking.key, asking.source, asking.party, list(asking.kinds), list(asking.consents),
            asking.person, asking.instead_of,
        )  # fmt: skip
        assert row is not None
        return str(row[0])

    def end(self, ended: Ended) -> None:
        self.run(
            """insert into pull (tenant_id, pull_id, source, party_id, kinds, asked_at, answered_at, outcome, cost,
                                 tries, delivery_id, error)
               values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, nullif(%s, ''), %s)""",
            self.tenant, ended.pull_id, ended.source, ended.party, list(ended.kinds), ended.asked_at,
            ended.answered_at, ended.outcome, ended.cost, ended.tries, ended.delivery, ended.error,
        )  # fmt: skip

    def spent(self, party: str, consents: Sequence[str], key: str) -> set[str]:
        """Which of these, each for one delivery only, were used: something came under it, or was answered or is asked.

        A call under `key` does not count, so that it can be made again. Until this transaction ends nobody else uses
        one of them.
        """
        for consent in sorted(consents):
            self.run("select pg_advisory_xact_lock(hashtextextended(%s, 5))", f"{self.tenant}:{consent}")
        found = self.rows(
            """select c from unnest(%s::text[]) c
               where exists (select from record_batch b where b.consent_id = c)
                  or exists (select from pull_asked a left join pull p on p.pull_id = a.pull_id
                             where a.party_id = %s and c = any(a.consents) and a.key <> %s
                               and coalesce(p.outcome, '') not in ('failed', 'refused'))""",
            sorted(consents), party, key,
        )  # fmt: skip
        return {row[0] for row in found}

    def failing(self, source: str) -> Failing:
        row = self.row(
            """select sum(tries)::int, extract(epoch from clock_timestamp() - max(answered_at))::float8 from pull
               where source = %s and error = 'outage'
                 and number > coalesce((select max(number) from pull
                                        where source = %s and error not in ('outage', 'left_alone')), 0)""",
            source, source,
        )  # fmt: skip
        return Failing(row[0], row[1]) if row and row[0] else Failing()

    def counted(self) -> list[Counted]:
        """By source."""
        found = self.rows(
            """select a.source, count(*), count(*) filter (where p.outcome = 'hit'),
                      count(*) filter (where p.outcome = 'empty'), count(*) filter (where p.outcome = 'failed'),
                      count(*) filter (where p.outcome = 'refused'), count(*) filter (where p.outcome is null),
                      coalesce(sum(p.tries), 0)::bigint, coalesce(sum(p.cost), 0)::bigint,
                      (percentile_cont(0.5) within group (order by extract(epoch from p.answered_at - p.asked_at))
                         filter (where p.tries > 0) * 1000)::float8,
                      coalesce((array_agg(p.error order by p.number desc)
                                filter (where p.outcome in ('failed', 'refused')))[1], ''),
                      count(*) filter (where a.instead_of <> '')
               from pull_asked a left join pull p on p.pull_id = a.pull_id group by a.source order by a.source"""
        )
        return [Counted(*row) for row in found]
