"""What stands sealed, by the keys that sealed it: counted, checked, and brought to the newest key.

Batches of records and the parts that files cover are counted and not resealed: their tables are append-only, so a key
lives as long as what it sealed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zhiwei.store.batches import PART
from zhiwei.store.books.reconciliation import FACTS, FILE, Reconciliation
from zhiwei.store.parties.known import NAME, Parties
from zhiwei.store.parties.relations import VALUE, Relations
from zhiwei.store.partners.webhooks import SECRET, Webhooks
from zhiwei.store.received import counterparties
from zhiwei.store.received.counterparties import Counterparties, exactly
from zhiwei.store.received.deliveries import ORIGIN, Deliveries
from zhiwei.store.secrets import CannotOpen
from zhiwei.store.table import Store

CHUNK = 5_000  # values read at a time


@dataclass(frozen=True, slots=True)
class _Column:
    """A sealed column: `what` it is counted as, its context, where it stands and what a row is called; its keyed hash,
    of `hashed` of the value, where it has one; the column in which earlier versions left it `plain`.
    """

    what: str
    context: str
    table: str
    key: str
    sealed: str
    called: str
    plain: str = ""
    index: str = ""
    hashed: Callable[[str], str] = str
    resealed: bool = True
    binary: bool = False

    @property
    def head(self) -> str:
        """Long enough for version, cipher and key."""
        part = f"substring({self.sealed} from 1 for 40)"
        return f"encode({part}, 'escape')" if self.binary else part

    @property
    def there(self) -> str:
        return f"from {self.table} where {self.sealed} is not null"


_COLUMNS = (
    _Column("names", NAME, "party", "party_id", "name_sealed", "name of", "name", "name_index"),
    _Column(
        "identifiers", VALUE, "party_identifier", "identifier_id", "value_sealed", "identifier", index="value_index"
    ),
    _Column(
        "counterparties", counterparties.NAME, "counterparty", "counterparty_id::text", "name_sealed",
        "name of counterparty", index="name_index", hashed=exactly,
    ),
    _Column("files", ORIGIN, "delivery", "delivery_id", "origin_sealed", "file of", "file"),
    _Column("files", FILE, "bank_file", "sha256", "file_sealed", "name of bank file", "file"),
    _Column("differences", FACTS, "difference", "difference_id", "facts_sealed", "facts of", "facts", binary=True),
    _Column("webhooks", SECRET, "webhook_secret", "number::text", "secret_sealed", "secret of webhook"),
    _Column("covers", PART, "record_cover", "cover_id", "part_sealed", "part of", resealed=False),
    _Column("batches", "", "record_batch", "batch_id", "body", "batch", resealed=False, binary=True),
)  # fmt: skip


class Sealed(Store):
    def counted(self) -> list[tuple[str, str, str, int]]:
        """(names | identifiers | counterparties | files | ..., as `_COLUMNS` calls them; cipher, key id, how many)."""
        found: dict[tuple[str, str, str], int] = {}
        for column in _COLUMNS:
            rows = self.rows(
                f"""select split_part(head, '.', 2), split_part(head, '.', 3), count(*)
                    from (select {column.head} head {column.there}) h group by 1, 2 order by 1, 2"""
            )
            for cipher, key, count in rows:
                found[column.what, cipher, key] = found.get((column.what, cipher, key), 0) + count
        return [(*which, count) for which, count in found.items()]

    def newest(self) -> str:
        return self.vault.prefix.split(".")[2]

    def left(self) -> int:
        return sum(
            self.rows(f"select count(*) {column.there} and {column.head} not like %s || '%%'", self.vault.prefix)[0][0]
            for column in _COLUMNS
            if column.resealed
        )

    def reseal(self, most: int) -> int:
        stores = (Parties, Relations, Counterparties, Deliveries, Reconciliation, Webhooks)
        every = (kind(self.connection, self.tenant, self._vault).reseal(most) for kind in stores)
        return next((count for count in every if count), 0)

    def check(self) -> Iterator[tuple[str, bool]]:
        """Nothing where the database was opened without keys: then nothing can be said."""
        if self._vault is None:
            return
        for column in _COLUMNS:
            if column.resealed:
                yield from self._opens(column)
            if column.plain:
                plain = self.rows(f"select {column.key} from {column.table} where {column.sealed} is null order by 1")
                yield from ((f"{column.called} {key} in plain", False) for (key,) in plain)
        known = set(self.vault.key_ids)
        for what, cipher, key_id, _ in self.counted():
            yield f"{what} under {cipher} key {key_id}", key_id in known

    def _opens(self, column: _Column) -> Iterator[tuple[str, bool]]:
        last = ""
        while rows := self.rows(
            f"""select {column.key}, {column.sealed}, {column.index or "''"} {column.there} and {column.key} > %s
                order by 1 limit {CHUNK}""", last,
        ):  # fmt: skip
            last = rows[-1][0]
            for key, sealed, index in rows:
                yield f"{column.called} {key}", self._right(column, sealed, index)

    def _right(self, column: _Column, sealed: str | bytes, index: str) -> bool:
        try:
            if isinstance(sealed, bytes):
                return bool(self.vault.open_bytes(sealed, column.context))
            plain = self.vault.open(sealed, column.context)
        except CannotOpen:
            return False
        return not column.index or index in self.vault.indexes(column.hashed(plain), column.context)
