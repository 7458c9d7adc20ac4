"""Webhooks: their terms only grow, a delivery is one worker's at a time, and its attempts are kept."""

from datetime import datetime, timedelta

from zhiwei.journeys.partners.telling import ACTIVE, Claimed, Delivery, Outcome, Webhook
from zhiwei.store.partners.outbox import TOLD, Outbox, told
from zhiwei.store.table import Store
from zhiwei.values.secrets import Secret

SECRET = "webhook_secret.secret"
_WEBHOOK = """select w.webhook_id, w.client_id, t.url, t.types, t.description, t.status, t.because, w.recorded_at
              from webhook w join lateral (select * from webhook_terms t where t.webhook_id = w.webhook_id
                                           order by t.number desc limit 1) t on true"""

# The head of a lane: nothing before it waits. Numbers are given in order, so that nothing comes before it later.
_CLAIM = """
with head as (
  select d.number from webhook_delivery d join webhook w on w.webhook_id = d.webhook_id
  where d.status = 'waiting' and d.due_at <= %(now)s and d.leased_until <= %(now)s
    and not exists (select from webhook_delivery b where b.webhook_id = d.webhook_id and b.lane = d.lane
                    and b.status = 'waiting' and b.number < d.number)
    and (select a.status from client_terms a where a.client_id = w.client_id
         order by a.number desc limit 1) = 'active'
  order by d.due_at, d.number limit 1 for update of d skip locked)
update webhook_delivery d
set attempts = d.attempts + 1, leased_until = %(until)s, begun_at = coalesce(d.begun_at, %(now)s)
from head where d.number = head.number
returning d.number, d.attempts, d.begun_at, d.webhook_id, d.event_id"""


class Webhooks(Store):
    """See `journeys.partners.telling.Webhooks`."""

    def add(self, webhook: Webhook, person: str) -> bool:
        new = self.run(
            """insert into webhook (tenant_id, webhook_id, client_id, person) values (%s, %s, %s, %s)
               on conflict do nothing""",
            self.tenant, webhook.webhook, webhook.client, person,
        )  # fmt: skip
        if new:
            self.set(webhook, person)
        return bool(new)

    def set(self, webhook: Webhook, person: str) -> None:
        Outbox(self.connection, self.tenant).in_order()  # nothing is given to it meanwhile
        self.run(
            """insert into webhook_terms (tenant_id, webhook_id, url, types, description, status, because, person)
               values (%s, %s, %s, %s, %s, %s, %s, %s)""",
            self.tenant, webhook.webhook, webhook.url, list(webhook.types), webhook.description, webhook.status,
            webhook.because, person,
        )  # fmt: skip
        if webhook.status != ACTIVE:
            self.run(
                """update webhook_delivery set status = 'given_up', settled_at = clock_timestamp()
                   where webhook_id = %s and status = 'waiting'""", webhook.webhook,
            )  # fmt: skip

    def get(self, webhook: str) -> Webhook | None:
        row = self.row(f"{_WEBHOOK} where w.webhook_id = %s", webhook)
        return _webhook(*row) if row else None

    def of_client(self, client: str) -> list[Webhook]:
        rows = self.rows(
            f"{_WEBHOOK} where %s in ('', w.client_id) order by w.recorded_at, w.webhook_id", client
        )  # fmt: skip
        return [_webhook(*row) for row in rows]

    def add_secret(self, webhook: str, secret: Secret, overlap: timedelta) -> None:
        sealed = self.vault.seal(secret.reveal().hex(), SECRET)
        self.run(
            """insert into webhook_secret (tenant_id, webhook_id, secret_sealed, before_until)
               values (%s, %s, %s, clock_timestamp() + %s)""", self.tenant, webhook, sealed, overlap,
        )  # fmt: skip

    def secrets(self, webhook: str, at: datetime | None = None) -> list[Secret]:
        rows = self.rows(
            """select secret_sealed from (
                 select secret_sealed, number, lead(before_until) over (order by number) as until
                 from webhook_secret where webhook_id = %s) s
               where until is null or until > coalesce(%s, clock_timestamp()) order by number desc""", webhook, at,
        )  # fmt: skip
        return [Secret(bytes.fromhex(plain)) for plain in self.vault.open_all([row[0] for row in rows], SECRET)]

    def reseal(self, most: int) -> int:
        """After a rotation of the tenant's keys: bring `most` secrets to the newest; counts them."""
        found = self.rows(
            """select number, secret_sealed from webhook_secret where secret_sealed not like %s || '%%' limit %s
               for update skip locked""", self.vault.prefix, most,
        )  # fmt: skip
        sealed = self.vault.reseal_all([sealed for _, sealed in found], SECRET)
        rows: list[tuple[object, ...]] = list(zip([number for number, _ in found], sealed, strict=True))
        return self.run_rows(
            """update webhook_secret w set secret_sealed = s.sealed
               from unnest(%s::bigint[], %s::text[]) s (number, sealed) where w.number = s.number""", rows,
        )  # fmt: skip

    # --- deliveries ---------------------------------------------------------------------------------------------------

    def deliveries(self, webhook: str, before: int, most: int, status: str = "") -> list[Delivery]:
        rows = self.rows(
            """select d.number, d.webhook_id, d.event_id, e.type, d.status, d.attempts, d.due_at, d.settled_at,
                      a.answer, coalesce(a.error, '')
               from webhook_delivery d join outbox_event e on e.event_id = d.event_id
               left join lateral (select answer, error from webhook_attempt a where a.delivery = d.number
                                  order by a.attempt desc limit 1) a on true
               where d.webhook_id = %s and d.number < %s and (%s = '' or d.status = %s)
               order by d.number desc limit %s""", webhook, before, status, status, most,
        )  # fmt: skip
        return [Delivery(*row) for row in rows]

    def replay(self, webhook: Webhook, event: str, since: datetime | None, delivered_too: bool) -> int:
        """What the client was told: one event, or all of the webhook's types since a time, in the same order."""
        Outbox(self.connection, self.tenant).in_order()
        said = {
            "webhook": webhook.webhook, "client": webhook.client, "event": event, "since": since,
            "types": list(webhook.types), "too": delivered_too,
        }  # fmt: skip
        return self.connection.execute(
            """insert into webhook_delivery (tenant_id, webhook_id, event_id, lane, due_at)
               select c.tenant_id, %(webhook)s, c.event_id, coalesce(nullif(e.line_id, ''), e.party_id), e.recorded_at
               from client_event c join outbox_event e on e.event_id = c.event_id
               where c.client_id = %(client)s and (%(event)s = '' or c.event_id = %(event)s)
                 and (%(since)s::timestamptz is null or e.recorded_at >= %(since)s)
                 and (%(event)s <> '' or %(types)s::text[] = '{}' or e.type = any(%(types)s))
                 and not exists (select from webhook_delivery d
                                 where d.webhook_id = %(webhook)s and d.event_id = c.event_id
                                   and (d.status = 'waiting' or d.status = 'delivered' and not %(too)s))
               order by c.number""", said,
        ).rowcount  # fmt: skip

    def claim(self, now: datetime, until: datetime) -> Claimed | None:
        row = self.connection.execute(_CLAIM, {"now": now, "until": until}).fetchone()
        if row is None:
            return None
        number, attempt, begun_at, webhook, event = row
        found, happened = self.get(webhook), self.row(f"select {TOLD} from outbox_event e where event_id = %s", event)
        assert found is not None
        assert happened is not None
        return Claimed(number, attempt, begun_at, found, told(number, *happened), tuple(self.secrets(webhook, now)))

    def record(self, claimed: Claimed, outcome: Outcome) -> bool:
        answer, settled = outcome.answer, None if outcome.status == "waiting" else outcome.at
        self.run(
            """insert into webhook_attempt (tenant_id, delivery, attempt, sent_at, answer, error, milliseconds)
               values (%s, %s, %s, %s, %s, %s, %s)""",
            self.tenant, claimed.number, claimed.attempt, outcome.at, answer.status, answer.error, answer.milliseconds,
        )  # fmt: skip
        return bool(
            self.run(
                """update webhook_delivery
                   set status = %s, due_at = %s, settled_at = %s, leased_until = 'epoch'
                   where number = %s and attempts = %s and status = 'waiting'""",
                outcome.status, outcome.due_at, settled, claimed.number, claimed.attempt,
            )
        )  # fmt: skip

    def delivered_since(self, webhook: str, since: datetime) -> bool:
        found = self.row(
            """select from webhook_delivery where webhook_id = %s and status = 'delivered' and settled_at >= %s
               limit 1""", webhook, since,
        )  # fmt: skip
        return found is not None


def _webhook(webhook, client, url, types, *more):
    return Webhook(webhook, client, url, tuple(types), *more)
