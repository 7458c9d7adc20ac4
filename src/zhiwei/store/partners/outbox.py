"""What happened, written where it happened and given to whom it concerns.

A transaction that ends late is not passed over: what waits is found by being there, not by its number, and the numbers
that clients read on by are given under one lock, so that a greater one is never seen before a smaller one.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from zhiwei.journeys.partners.telling import Told
from zhiwei.store.table import Store
from zhiwei.values.happenings import KINDS, Happening

EVENT = {
    "event_id": "text", "type": "text", "party_id": "text", "line_id": "text", "data": "text", "business_date": "date",
}  # fmt: skip
# What nobody could be told of does not wait. Nothing here is shared by two transactions but the two sequences.
QUEUED = """insert into outbox_waiting (tenant_id, event_id, number)
            select tenant_id, event_id, number from told where exists (select from client)"""
_TELL = f"""with told as (
              insert into outbox_event (tenant_id, {", ".join(EVENT)})
              select %s, {", ".join(EVENT)} from json_to_recordset(%s::json)
                n ({", ".join(f"{name} {kind}" for name, kind in EVENT.items())})
              on conflict do nothing returning tenant_id, event_id, number),
            queued as ({QUEUED})
            select count(*) from told"""

# What an event is told by: its line, what of its party it is about (a consent, a decision ...), or the party alone.
# Two clients may hold one party, and neither is to hear what the other brought or was answered.
_TOLD_BY = """
cross join lateral (
  select case when e.line_id <> '' then 'line' else coalesce(%(about)s::jsonb ->> e.type, 'party') end) k (kind)
cross join lateral (
  select case k.kind when 'line' then e.line_id when 'party' then e.party_id
                     else e.data::jsonb ->> k.kind end) t (id)"""

# A webhook is told while it and its client are active. With some events a party or a line begins, or they are about
# something that somebody is given a moment later: they wait for a minute until somebody is.
_FAN_OUT = f"""
with taken as (
  delete from outbox_waiting
  where number = any(array(
    select number from outbox_waiting w
    where not exists (
      select from outbox_event e {_TOLD_BY}
      where e.event_id = w.event_id and e.type = any(%(begins)s)
        and e.recorded_at > clock_timestamp() - interval '1 minute'
        and not exists (select from client_holding h where h.kind = k.kind and h.id = t.id))
    order by number limit %(most)s))
  returning event_id, number),
concerned as (
  select taken.number as place, e.event_id, e.type, e.recorded_at, h.client_id,
         coalesce(nullif(e.line_id, ''), e.party_id) as lane
  from taken join outbox_event e on e.event_id = taken.event_id {_TOLD_BY}
  join client_holding h on h.kind = k.kind and h.id = t.id
  where h.recorded_at <= e.recorded_at or e.type = any(%(begins)s)),
fed as (
  insert into client_event (tenant_id, client_id, event_id)
  select %(tenant)s, client_id, event_id from concerned order by place, client_id
  on conflict do nothing returning number, client_id, event_id),
sent as (
  insert into webhook_delivery (tenant_id, webhook_id, event_id, lane, due_at)
  select %(tenant)s, w.webhook_id, c.event_id, c.lane, c.recorded_at
  from fed join concerned c on c.event_id = fed.event_id and c.client_id = fed.client_id
  join webhook w on w.client_id = fed.client_id
  join lateral (select status, types from webhook_terms t where t.webhook_id = w.webhook_id
                order by t.number desc limit 1) t on t.status = 'active'
  join lateral (select status from client_terms a where a.client_id = w.client_id
                order by a.number desc limit 1) a on a.status = 'active'
  where t.types = '{{}}' or c.type = any(t.types)
  order by c.place, w.webhook_id)
select count(*) from taken"""


class Outbox(Store):
    """See `journeys.partners.telling.Outbox`."""

    def tell(self, happenings: Iterable[Happening]) -> int:
        rows = list(map(event_row, happenings))
        if not rows:
            return 0
        row = self.row(_TELL, self.tenant, json.dumps(rows, ensure_ascii=False))
        assert row is not None
        return int(row[0])

    def fan_out(self, most: int) -> int:
        if self.row("select from outbox_waiting limit 1") is None:
            return 0
        self.in_order()
        said = {
            "tenant": self.tenant, "most": most, "about": json.dumps(_ABOUT),
            "begins": [kind.type for kind in KINDS.values() if kind.begins or kind.about],
        }  # fmt: skip
        row = self.connection.execute(_FAN_OUT, said).fetchone()
        assert row is not None
        return int(row[0])

    def in_order(self) -> None:
        """Until this transaction ends no other gives numbers to what clients and webhooks are told."""
        self.run("select pg_advisory_xact_lock(hashtextextended(%s, 12))", self.tenant)

    def of_client(self, client: str, after: int, most: int, types: Sequence[str] = ()) -> list[Told]:
        rows = self.rows(
            f"""select c.number, {TOLD} from client_event c join outbox_event e on e.event_id = c.event_id
                where c.client_id = %s and c.number > %s and (%s::text[] = '{{}}' or e.type = any(%s))
                order by c.number limit %s""", client, after, list(types), list(types), most,
        )  # fmt: skip
        return [told(*row) for row in rows]


_ABOUT = {kind.type: kind.about for kind in KINDS.values() if kind.about}
TOLD = "e.event_id, e.type, e.party_id, e.line_id, e.business_date, e.recorded_at, e.data"


def told(number: int, *row: Any) -> Told:
    event, type, party, line, on, at, data = row
    return Told(number, event, type, party, line, on, at, json.loads(data))


_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # plain values: as canonical, unsorted


def event_row(one: Happening) -> dict[str, Any]:
    return {
        "event_id": one.event_id, "type": one.type, "party_id": one.party, "line_id": one.line,
        "data": _text(one.data), "business_date": one.on.isoformat(),
    }  # fmt: skip
