"""Records in bulk: COPY in, COPY out, Arrow on this side; a row that is known is not stored again."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from zhiwei.borrower import INVOICES
from zhiwei.borrower.delivery import Delivery
from zhiwei.store.received import Counterparties, Deliveries
from zhiwei.store.table import Store
from zhiwei.values import lazy

CHUNK = 50_000  # rows a statement: bounds memory and gives progress
FEW = 2_000  # names that are opened sooner than all parties are looked up
_SOLD = "direction = 'sale' and status = 'valid' and occurrence = 1 and issue_date > %s and issue_date <= %s"
_NAMES = [name if name != "counterparty" else "counterparty_id" for name in INVOICES.names]
_COLUMNS = ", ".join(_NAMES)
_WHOLE = {  # what a row of invoices is as whole numbers; the texts of a party come as one
    "length": "octet_length(invoice_no)", "sale": "(direction = 'sale')::int", "void": "(status = 'void')::int",
    "day": "issue_date - date '1970-01-01'", "counterparty": "counterparty_id", "amount": "amount", "tax": "tax",
    "total": "total", "occurrence": "occurrence",
}  # fmt: skip
_ARRAYS = ", ".join(f"array_agg(({number})::bigint)" for number in _WHOLE.values())


def _key(counterparty: str) -> str:
    """What makes two rows the same; of a counterparty its number, which nobody can guess a name from."""
    seen = [f"i.{name}" if name in INVOICES.names else counterparty for name in _NAMES if name != "party_id"]
    return f"md5(concat_ws(chr(31), {', '.join(f'{name}::text' for name in seen)}))::uuid"


class Records(Store):
    @lazy
    def counterparties(self) -> Counterparties:
        return Counterparties(self.connection, self.tenant, self._vault)

    @lazy
    def deliveries(self) -> Deliveries:
        return Deliveries(self.connection, self.tenant, self._vault)

    def add(self, delivery: Delivery, delivery_id: str, folder: str) -> Iterator[tuple[int, int]]:
        """Store a delivery chunk by chunk; yields (rows of the chunk, how many of them were new)."""
        origin = (folder, delivery.file)
        self.deliveries.add(delivery_id, delivery.source, origin, delivery.sha256, delivery.invoices.num_rows)
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
        table = self._numbered(pl.DataFrame(delivery.invoices)).sort("party_id", "issue_date", maintain_order=True)
        for start in range(0, table.height, CHUNK):
            chunk = table.slice(start, CHUNK)
            yield chunk.height, self._add_chunk(chunk, delivery_id)

    def _numbered(self, rows: pl.DataFrame) -> pl.DataFrame:
        """With the number of each counterparty in the place of its name."""
        numbers = self.counterparties.numbers(rows["counterparty"].unique().drop_nulls().to_list())
        number = pl.col("counterparty").replace_strict(numbers, default=None, return_dtype=pl.Int64)
        return rows.with_columns(number.alias("counterparty_id")).select(_NAMES)

    def _add_chunk(self, rows: pl.DataFrame, delivery_id: str) -> int:
        self.connection.execute("truncate staged")
        into = f"copy staged ({_COLUMNS}) from stdin (format csv)"
        with self.connection.cursor() as cursor, cursor.copy(into) as copy:
            copy.write(rows.write_csv(include_header=False).encode())
        return self.run(
            f"""insert into invoice (tenant_id, record_key, delivery_id, {_COLUMNS})
                select %s, {_key("i.counterparty_id")}, %s, {_COLUMNS} from staged i
                on conflict do nothing""",
            self.tenant, delivery_id,
        )  # fmt: skip

    def invoices(self, parties: Sequence[str], since: date, until: date) -> pa.Table:
        """Invoices of these parties issued in the closed range, as `borrower.INVOICES`."""
        # Rows that come one by one, as of a copy, cost more than all that is done with them.
        found = self.arrays(
            f"""select party_id, convert_to(string_agg(invoice_no, ''), 'UTF8'), {_ARRAYS} from invoice
                where party_id = any(%s) and issue_date between %s and %s group by party_id""",
            list(parties), since, until,
        )  # fmt: skip
        if not found:
            return INVOICES.empty_table()
        whose, texts, *arrays = zip(*found, strict=True)
        numbers = {name: np.concatenate(several) for name, several in zip(_WHOLE, arrays, strict=True)}
        ends = np.cumsum(np.append(0, numbers["length"])).astype(np.int32)
        every = pa.StringArray.from_buffers(int(len(ends) - 1), pa.py_buffer(ends), pa.py_buffer(b"".join(texts)))
        party = np.repeat(np.arange(len(whose)), [len(several) for several in arrays[0]])
        columns = {
            "party_id": pa.array(whose, pa.string()).take(pa.array(party)),
            "direction": pa.array(["purchase", "sale"]).take(pa.array(numbers["sale"])),
            "invoice_no": every,
            "issue_date": pa.array(numbers["day"].astype(np.int32)).cast(pa.date32()),
            "counterparty": self._names(numbers["counterparty"]),
            **{name: pa.array(numbers[name]) for name in ("amount", "tax", "total")},
            "status": pa.array(["valid", "void"]).take(pa.array(numbers["void"])),
            "occurrence": pa.array(numbers["occurrence"].astype(np.int16)),
        }
        return pa.Table.from_arrays([columns[name] for name in INVOICES.names], schema=INVOICES)

    def _names(self, numbers: NDArray[np.int64]) -> pa.Array:
        """The name of each number."""
        known, place = np.unique(numbers, return_inverse=True)
        names = self.counterparties.names(known.tolist())
        return pa.array([names[number] for number in known.tolist()], pa.string()).take(pa.array(place))

    def sales(self, sellers: Sequence[str], since: date, until: date) -> list[tuple[str, str, int]]:
        """(seller, buyer, 分) of sales in (since, until]; what went to buyers who are no parties has buyer ''."""
        found = self.rows(
            f"""select party_id, counterparty_id, sum(amount)::bigint from invoice i
                where {_SOLD} and party_id = any(%s) group by 1, 2""", since, until, list(sellers),
        )  # fmt: skip
        parties = self._parties({number for _, number, _ in found})
        sums: Counter[tuple[str, str]] = Counter()
        for seller, number, amount in found:
            sums[seller, parties.get(number, "")] += amount
        return [(seller, buyer, amount) for (seller, buyer), amount in sorted(sums.items())]

    def sold_to(self, buyers: Sequence[str], since: date, until: date) -> list[tuple[str, str, int]]:
        """(seller, buyer, 分) of all sales in (since, until] to these, where they come to more than nothing."""
        named = {number: buyer for buyer, number in self.counterparties.known(buyers).items()}
        found = self.rows(
            f"""select party_id, counterparty_id, sum(amount)::bigint from invoice i
                where {_SOLD} and counterparty_id = any(%s) group by 1, 2 having sum(amount) > 0""",
            since, until, list(named),
        )  # fmt: skip
        return [(seller, named[number], amount) for seller, number, amount in found]

    def _parties(self, numbers: Collection[int]) -> dict[int, str]:
        """Number -> party, of counterparties that are parties: a few are opened, for many every party is looked up."""
        if len(numbers) > FEW:
            every = self.counterparties.known(party for (party,) in self.rows("select party_id from party"))
            return {number: party for party, number in every.items()}
        names = self.counterparties.names(list(numbers))
        asked = sorted(set(names.values()))
        known = {party for (party,) in self.rows("select party_id from party where party_id = any(%s)", asked)}
        return {number: name for number, name in names.items() if name in known}

    def take_over(self, most: int) -> int:
        """Seal counterparties of `most` invoices that an earlier version stored in plain; counts them, 0 when none is
        left. It can stop anywhere; who else takes over waits for its turn.
        """
        self.counterparties.alone()
        found = self.rows(
            """select party_id, record_key, counterparty from invoice where counterparty is not null
               order by party_id limit %s""", most,
        )  # fmt: skip
        numbers = self.counterparties.numbers({name for _, _, name in found}) if found else {}
        return self.run_rows(
            f"""update invoice i set counterparty = null, counterparty_id = n.counterparty_id,
                       record_key = {_key("n.counterparty_id")}
                from unnest(%s::text[], %s::uuid[], %s::bigint[]) n (party_id, record_key, counterparty_id)
                where i.party_id = n.party_id and i.record_key = n.record_key""",
            [(party, key, numbers[name]) for party, key, name in found],
        )

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
        return self.deliveries.folders(source)
