"""What stands sealed, by the keys that sealed it: counted, checked, and brought to the newest key.

Batches of records are counted and not resealed: their table is append-only, so a key lives as long as what it sealed.
"""

from collections.abc import Iterator

from zhiwei.store.parties.known import NAME, Parties
from zhiwei.store.parties.relations import VALUE, Relations
from zhiwei.store.secrets import CannotOpen
from zhiwei.store.table import Store

CHUNK = 5_000  # values read at a time
# (what, the column's context, table, id, sealed, index, what a row is called)
_COLUMNS = (
    ("names", NAME, "party", "party_id", "name_sealed", "name_index", "name of"),
    ("identifiers", VALUE, "party_identifier", "identifier_id", "value_sealed", "value_index", "identifier"),
)
_HEADS = {  # what -> a query of the beginnings of all sealed values
    **{what: f"select {sealed} head from {table} where {sealed} is not null"
       for what, _, table, _, sealed, _, _ in _COLUMNS},
    "batches": "select encode(substring(body from 1 for 40), 'escape') head from record_batch",
}  # fmt: skip


class Sealed(Store):
    def counted(self) -> list[tuple[str, str, str, int]]:
        """(names | identifiers | batches, cipher, key id, how many)."""
        found = []
        for what, heads in _HEADS.items():
            rows = self.rows(
                f"""select split_part(head, '.', 2), split_part(head, '.', 3), count(*)
                    from ({heads}) h group by 1, 2 order by 1, 2"""
            )
            found += [(what, *row) for row in rows]
        return found

    def newest(self) -> str:
        return self.vault.prefix.split(".")[2]

    def left(self) -> int:
        return sum(
            self.rows(
                f"select count(*) from {table} where {sealed} is not null and {sealed} not like %s || '%%'",
                self.vault.prefix,
            )[0][0]
            for _, _, table, _, sealed, _, _ in _COLUMNS
        )

    def reseal(self, most: int) -> int:
        parties = Parties(self.connection, self.tenant, self._vault).reseal(most)
        return parties or Relations(self.connection, self.tenant, self._vault).reseal(most)

    def check(self) -> Iterator[tuple[str, bool]]:
        """Nothing where the database was opened without keys: then nothing can be said."""
        if self._vault is None:
            return
        for what, context, table, key, sealed, index, called in _COLUMNS:
            last = ""
            while rows := self.rows(
                f"""select {key}, {sealed}, {index} from {table} where {key} > %s and {sealed} is not null
                    order by {key} limit {CHUNK}""", last,
            ):  # fmt: skip
                last = rows[-1][0]
                for name, text, hashed in rows:
                    yield f"{called} {name}", self._right(context, text, hashed)
            if what == "names":
                plain = self.rows(f"select {key} from {table} where {sealed} is null order by {key}")
                yield from ((f"{called} {name} in plain", False) for (name,) in plain)
        known = set(self.vault.key_ids)
        for what, cipher, key_id, _ in self.counted():
            yield f"{what} under {cipher} key {key_id}", key_id in known

    def _right(self, context: str, sealed: str, hashed: str) -> bool:
        try:
            return hashed in self.vault.indexes(self.vault.open(sealed, context), context)
        except CannotOpen:
            return False
