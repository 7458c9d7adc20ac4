"""Records of any kind as they came: a compressed Arrow file for each party, kind and delivery, never changed.

A row is not a row of the database: nothing asks for one. What is asked is "all of this party until a day", and that is
read as columns. Corrections are later batches; what was known at an hour is what had been received by then.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
from pyarrow import ipc

from zhiwei.journeys.filing import Batch, Filed
from zhiwei.store.received import Deliveries
from zhiwei.store.table import Store

BODY = "record_batch.body"  # names, accounts and phones of third parties are in there: all of it is sealed
_OPTIONS = ipc.IpcWriteOptions(compression="zstd")


class Batches(Store):
    @cached_property
    def deliveries(self) -> Deliveries:
        return Deliveries(self.connection, self.tenant, self._vault)

    def deliver(self, delivery_id: str, source: str, file: str, sha256: str, rows: int) -> bool:
        """Whether the delivery is new."""
        return self.deliveries.add(delivery_id, source, ("", file), sha256, rows)

    def add(self, batches: Iterable[Batch]) -> None:
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

    def of(
        self, parties: Sequence[str], kinds: Sequence[str], until: date, known_at: datetime | None
    ) -> dict[str, list[pa.Table]]:
        """Kind -> batches in the order in which they came, of parties whose consent still stands."""
        found = self.connection.cursor(binary=True).execute(
            b"""select kind, body from record_batch b
                where party_id = any(%s) and kind = any(%s) and first_day <= %s
                  and received_at <= coalesce(%s, 'infinity'::timestamptz)
                  and not exists (select from consent_withdrawal w
                                  where w.tenant_id = b.tenant_id and w.consent_id = b.consent_id)
                order by number""",
            [list(parties), list(kinds), until, known_at],
        )
        tables: defaultdict[str, list[pa.Table]] = defaultdict(list)
        for kind, body in found:
            opened = self.vault.open_bytes(bytes(body), BODY)
            tables[kind].append(ipc.open_stream(pa.BufferReader(opened)).read_all())
        return tables

    def filed(self, party: str) -> list[Filed]:
        rows = self.rows(
            """select b.batch_id, b.party_id, b.kind, d.source, d.origin_sealed, b.consent_id, b.row_count, b.first_day,
                      b.last_day, b.received_at, w.delete_by
               from record_batch b join delivery d using (tenant_id, delivery_id)
               left join consent_withdrawal w on w.tenant_id = b.tenant_id and w.consent_id = b.consent_id
               where b.party_id = %s order by b.number""", party,
        )  # fmt: skip
        origins = self.deliveries.origins([row[4] for row in rows])
        return [Filed(*(*row[:4], file, *row[5:])) for row, (_, file) in zip(rows, origins, strict=True)]

    def forget(self, on: date) -> int:
        """Delete what withdrawn consents brought and whose day has come; -> batches deleted."""
        return self.run(
            """delete from record_batch b using consent_withdrawal w
               where w.tenant_id = b.tenant_id and w.consent_id = b.consent_id and w.delete_by <= %s""", on,
        )  # fmt: skip

    def withdraw(self, row: Mapping[str, Any]) -> None:
        self.run(
            """insert into consent_withdrawal (tenant_id, consent_id, withdrawn_on, delete_by, because, person)
               values (%s, %s, %s, %s, %s, %s) on conflict do nothing""",
            self.tenant, row["consent"], row["on"], row["delete_by"], row["because"], row["person"],
        )  # fmt: skip


def _packed(rows: pa.Table) -> bytes:
    into = io.BytesIO()
    with ipc.new_stream(into, rows.schema, options=_OPTIONS) as writer:
        writer.write_table(rows)
    return into.getvalue()
