"""Records of any kind as they came: a compressed Arrow file for each party, kind and delivery, never changed.

A row is not a row of the database: nothing asks for one. What is asked is "all of this party until a day", and that is
read as columns. Corrections are later batches; what was known at an hour is what had been received by then. The same
holds of what files cover: of one file that came twice the latest word on its days counts.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from pyarrow import ipc

from zhiwei.borrower.collateral.things import things_of
from zhiwei.borrower.covers import Cover
from zhiwei.borrower.records import conformed
from zhiwei.journeys.filing import Batch, Covering, Filed, FiledCover
from zhiwei.store.received import Deliveries
from zhiwei.store.table import Store
from zhiwei.values import lazy

PART = "record_cover.part"
THING = "pledged_thing.thing_index"
BODY = "record_batch.body"  # names, accounts and phones of third parties are in there: all of it is sealed
_LITTLE = 2**16  # bytes of rows: up to here opening what is packed tightly takes longer than all that is done with it
_ALONE = ipc.IpcReadOptions(use_threads=False)  # columns of one party are small: handing them out takes longer


class Batches(Store):
    @lazy
    def deliveries(self) -> Deliveries:
        return Deliveries(self.connection, self.tenant, self._vault)

    def standing(self, delivery_id: str) -> bool | None:
        """Does all of a delivery stand, its consents not withdrawn? None where it never came."""
        row = self.row(
            """select d.row_count = (select coalesce(sum(b.row_count), 0) from record_batch b
                                     where b.delivery_id = d.delivery_id and not exists (
                                       select from consent_withdrawal w where w.consent_id = b.consent_id))
                 and not exists (select from record_cover c join consent_withdrawal w on w.consent_id = c.consent_id
                                 where c.delivery_id = d.delivery_id)
                 and (d.row_count > 0 or exists (select from record_cover c where c.delivery_id = d.delivery_id))
               from delivery d where d.delivery_id = %s""", delivery_id,
        )  # fmt: skip
        return None if row is None else bool(row[0])

    def deliver(self, delivery_id: str, source: str, file: str, sha256: str, rows: int) -> bool:
        """Whether the delivery is new."""
        return self.deliveries.add(delivery_id, source, ("", file), sha256, rows)

    def add(self, batches: Iterable[Batch]) -> None:
        batches = list(batches)
        self.run_many(
            """insert into record_batch (tenant_id, batch_id, party_id, kind, delivery_id, consent_id, first_day,
                                         last_day, row_count, body)
               values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
            [
                (
                    self.tenant, one.batch_id, one.party, one.kind, one.delivery, one.consent, one.first_day,
                    one.last_day, one.rows.num_rows,
                    self.vault.seal_bytes(_packed(one.rows), BODY),
                )
                for one in batches
            ],
        )  # fmt: skip

        for one in batches:
            if one.kind == "pledges":
                things = sorted(frozenset[str]().union(*things_of(one.rows)))
                self.run(
                    """insert into pledged_thing (tenant_id, batch_id, thing_index)
                       select distinct %s, %s, unnest(%s::text[]) on conflict do nothing""",
                    self.tenant, one.batch_id, self.vault.index_all(things, THING),
                )  # fmt: skip

    def pledgors(self, things: Sequence[str]) -> list[str]:
        indexes = [index for thing in things for index in self.vault.indexes(thing, THING)]
        found = self.rows(
            """select distinct b.party_id from pledged_thing t join record_batch b using (tenant_id, batch_id)
               where t.thing_index = any(%s)
                 and not exists (select from consent_withdrawal w
                                 where w.tenant_id = b.tenant_id and w.consent_id = b.consent_id)
               order by 1""", indexes,
        )  # fmt: skip
        return [party for (party,) in found]

    def of(
        self, parties: Sequence[str], kinds: Sequence[str], until: date, known_at: datetime | None
    ) -> dict[str, list[pa.Table]]:
        """Kind -> batches in the order in which they came, of parties whose consent still stands: of a file that came
        again, as it was read last.
        """
        found = self.connection.cursor(binary=True).execute(
            b"""select kind, body from (
                  select kind, body, first_day, number, delivery_id, last_value(delivery_id) over (
                    partition by party_id, kind, source, sha256 order by number
                    rows between unbounded preceding and unbounded following) as latest
                  from record_batch b join delivery d using (tenant_id, delivery_id)
                  where party_id = any(%s) and kind = any(%s)
                    and received_at <= coalesce(%s, 'infinity'::timestamptz)
                    and not exists (select from consent_withdrawal w
                                    where w.tenant_id = b.tenant_id and w.consent_id = b.consent_id)) as standing
                where delivery_id = latest and first_day <= %s
                order by number""",
            [list(parties), list(kinds), known_at, until],
        )
        tables: defaultdict[str, list[pa.Table]] = defaultdict(list)
        for kind, body in found:
            opened = self.vault.open_bytes(bytes(body), BODY)
            tables[kind].append(conformed(kind, ipc.open_stream(opened, options=_ALONE).read_all()))
        return tables

    def add_covers(self, covers: Iterable[Covering]) -> None:
        self.run_many(
            """insert into record_cover (tenant_id, cover_id, party_id, kind, part_sealed, delivery_id, consent_id,
                                         first_day, last_day)
               values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
            [
                (
                    self.tenant, one.cover_id, one.cover.party, one.cover.kind,
                    self.vault.seal(one.cover.part, PART) if one.cover.part else None,
                    one.delivery, one.consent, one.cover.first, one.cover.last,
                )
                for one in covers
            ],
        )  # fmt: skip

    def covered(self, parties: Sequence[str], kinds: Sequence[str], known_at: datetime | None) -> list[Cover]:
        """What files of parties whose consent still stands speak for: of a file that came again, what it said last."""
        rows = self.rows(
            """select c.kind, c.party_id, c.first_day, c.last_day, c.part_sealed, c.delivery_id, d.source || d.sha256
               from record_cover c join delivery d using (tenant_id, delivery_id)
               where c.party_id = any(%s) and c.kind = any(%s)
                 and c.received_at <= coalesce(%s, 'infinity'::timestamptz)
                 and not exists (select from consent_withdrawal w
                                 where w.tenant_id = c.tenant_id and w.consent_id = c.consent_id)
               order by c.number""", list(parties), list(kinds), known_at,
        )  # fmt: skip
        latest = {(kind, party, file): delivery for kind, party, _, _, _, delivery, file in rows}
        return [
            Cover(kind, party, first, last, self.vault.open(part, PART) if part else "")
            for kind, party, first, last, part, delivery, file in rows
            if latest[kind, party, file] == delivery
        ]

    def filed(self, party: str) -> list[Filed]:
        return self._filed("b.party_id", party)

    def filed_covers(self, party: str) -> list[FiledCover]:
        return self._filed_covers("c.party_id", party)

    def of_delivery(self, delivery: str) -> tuple[list[Filed], list[FiledCover]]:
        return self._filed("b.delivery_id", delivery), self._filed_covers("c.delivery_id", delivery)

    def _filed(self, by: str, value: str) -> list[Filed]:
        rows = self.rows(
            f"""select b.batch_id, b.party_id, b.kind, d.source, d.origin_sealed, b.consent_id, b.row_count,
                       b.first_day, b.last_day, b.received_at, w.delete_by
                from record_batch b join delivery d using (tenant_id, delivery_id)
                left join consent_withdrawal w on w.tenant_id = b.tenant_id and w.consent_id = b.consent_id
                where {by} = %s order by b.number""", value,
        )  # fmt: skip
        origins = self.deliveries.origins([row[4] for row in rows])
        return [Filed(*(*row[:4], file, *row[5:])) for row, (_, file) in zip(rows, origins, strict=True)]

    def _filed_covers(self, by: str, value: str) -> list[FiledCover]:
        rows = self.rows(
            f"""select c.cover_id, c.party_id, c.kind, d.source, d.origin_sealed, c.consent_id, c.first_day, c.last_day,
                       c.received_at, w.delete_by
                from record_cover c join delivery d using (tenant_id, delivery_id)
                left join consent_withdrawal w on w.tenant_id = c.tenant_id and w.consent_id = c.consent_id
                where {by} = %s order by c.number""", value,
        )  # fmt: skip
        origins = self.deliveries.origins([row[4] for row in rows])
        return [FiledCover(*(*row[:4], file, *row[5:])) for row, (_, file) in zip(rows, origins, strict=True)]

    def forget(self, on: date) -> tuple[int, int]:
        """Delete what withdrawn consents brought and whose day has come; -> batches and covers deleted."""
        batches = self.run(
            """delete from record_batch b using consent_withdrawal w
               where w.tenant_id = b.tenant_id and w.consent_id = b.consent_id and w.delete_by <= %s""", on,
        )  # fmt: skip
        covers = self.run(
            """delete from record_cover c using consent_withdrawal w
               where w.tenant_id = c.tenant_id and w.consent_id = c.consent_id and w.delete_by <= %s""", on,
        )  # fmt: skip
        return batches, covers

    def withdraw(self, row: Mapping[str, Any]) -> None:
        self.run(
            """insert into consent_withdrawal (tenant_id, consent_id, withdrawn_on, delete_by, because, person)
               values (%s, %s, %s, %s, %s, %s) on conflict do nothing""",
            self.tenant, row["consent"], row["on"], row["delete_by"], row["because"], row["person"],
        )  # fmt: skip


def _packed(rows: pa.Table) -> bytes:
    into = io.BytesIO()
    options = ipc.IpcWriteOptions(compression="zstd" if rows.nbytes > _LITTLE else "lz4")
    with ipc.new_stream(into, rows.schema, options=options) as writer:
        writer.write_table(rows)
    return into.getvalue()
