"""Records in bulk: COPY in, COPY out, Arrow on this side; a row that is known is not stored again."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import polars as pl
import pyarrow as pa

from zhiwei.borrower import INVOICES
from zhiwei.borrower.delivery import Delivery
from zhiwei.store.table import Store

CHUNK = 50_000  # rows a statement: bounds memory and gives progress
_COLUMNS = ", ".join(INVOICES.names)
_SEEN = ", ".join(f"{name}::text" for name in INVOICES.names if name != "party_id")


class Records(Store):
    def add(self, delivery: Delivery, delivery_id: str, folder: str) -> Iterator[tuple[int, int]]:
        """Store a delivery chunk by chunk; yields (rows of the chunk, how many of them were new)."""
        self.run(
            """insert into delivery (tenant_id, delivery_id, source, file, folder, sha256, row_count)
               values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
            self.tenant, delivery_id, delivery.source, delivery.file, folder, delivery.sha256,
            delivery.invoices.num_rows,
        )  # fmt: skip
        self.run_many(
            """insert into label (tenant_id, party_id, name, value) values (%s, %s, %s, %s)
               on conflict (tenant_id, party_id, name) do update set value = excluded.value
               where label.value <> excluded.value""",
            [(self.tenant, label.party, label.name, label.value) for label in delivery.labels],
        )
        self.connection.execute(
            f"create temp table if not exists staged on commit drop as select {_COLUMNS} from invoice with no data"
        )
        # Sorted by party, so that one party's rows lie together on disk and are read together.
        table = pl.DataFrame(delivery.invoices).sort("party_id", "issue_date", maintain_order=True)
        for start in range(0, table.height, CHUNK):
            chunk = table.slice(start, CHUNK)
            yield chunk.height, self._add_chunk(chunk, delivery_id)

    def _add_chunk(self, rows: pl.DataFrame, delivery_id: str) -> int:
        self.connection.execute("truncate staged")
        into = f"copy staged ({_COLUMNS}) from stdin (format csv)"
        with self.connection.cursor() as cursor, cursor.copy(into) as copy:
            copy.write(rows.write_csv(include_header=False).encode())
        return self.run(
            f"""insert into invoice (tenant_id, record_key, delivery_id, {_COLUMNS})
                select %s, md5(concat_ws(chr(31), {_SEEN}))::uuid, %s, {_COLUMNS} from staged
                on conflict do nothing""",
            self.tenant, delivery_id,
        )  # fmt: skip

    def invoices(self, parties: Sequence[str], since: date, until: date) -> pa.Table:
        """Invoices of these parties issued in the closed range, as `borrower.INVOICES`."""
        buffer = io.BytesIO()
        query = f"""copy (select {_COLUMNS} from invoice
                    where party_id = any(%s) and issue_date between %s and %s) to stdout (format csv)"""
        with self.connection.cursor() as cursor, cursor.copy(query, (list(parties), since, until)) as copy:
            for block in copy:
                buffer.write(block)
        if not buffer.tell():
            return INVOICES.empty_table()
        buffer.seek(0)
        schema = pl.DataFrame(INVOICES.empty_table()).schema
        return pl.read_csv(buffer, has_header=False, schema=schema).to_arrow().cast(INVOICES)

    def sales(self, since: date, until: date) -> list[tuple[str, str, int]]:
        """(seller, buyer, 分) of sales in (since, until]; what went to buyers who are no parties has buyer ''."""
        found = self.rows(
            """select i.party_id, coalesce(p.party_id, ''), sum(i.amount)::bigint
               from invoice i left join party p on p.party_id = i.counterparty
               where i.direction = 'sale' and i.status = 'valid' and i.occurrence = 1
                 and i.issue_date > %s and i.issue_date <= %s
               group by 1, 2 order by 1, 2""",
            since, until,
        )  # fmt: skip
        return [(seller, buyer, int(amount)) for seller, buyer, amount in found]

    def latest(self, parties: Sequence[str]) -> date | None:
        """Issue date of the latest invoice of these parties."""
        row = self.row("select max(issue_date) from invoice where party_id = any(%s)", list(parties))
        return row[0] if row else None

    def labels(self, name: str) -> dict[str, str]:
        return dict(self.rows("select party_id, value from label where name = %s", name))

    def add_demand(self, source: str, curve: Iterable[tuple[str, Mapping[str, str]]]) -> int:
        return self.run_many(
            """insert into demand_point (tenant_id, source, grade, annual_rate, churn) values (%s, %s, %s, %s, %s)
               on conflict do nothing""",
            [(self.tenant, source, grade, rate, churn) for rate, grades in curve for grade, churn in grades.items()],
        )

    def demand(self, source: str) -> list[tuple[str, str, str]]:
        """(annual rate, grade, churn) as decimal text, by rate."""
        return self.rows(
            """select annual_rate::text, grade, churn::text from demand_point where source = %s
               order by annual_rate, grade""", source,
        )  # fmt: skip

    def folders(self, source: str) -> list[str]:
        """Folders that deliveries of a source came from, latest first."""
        found = self.rows("select folder from delivery where source = %s order by recorded_at desc", source)
        return list(dict.fromkeys(row[0] for row in found))
