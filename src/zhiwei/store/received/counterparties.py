"""Counterparties of invoices: each name is sealed once, and rows hold its number.

A name is found by a keyed hash of exactly how it was written, so that equal numbers are equal names and nothing else:
facts that count and compare counterparties stay as they were. After a rotation of keys names are resealed and their
hashes made anew, here alone; no invoice changes.
"""

from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256

from zhiwei.store.table import SealedText, Store

NAME = "counterparty.name"


class Counterparties(Store):
    def alone(self) -> None:
        """Who else makes numbers or changes hashes waits until this transaction ends: a name has one number."""
        self.run("select pg_advisory_xact_lock(hashtextextended(%s, 5))", self.tenant)

    def numbers(self, names: Collection[str]) -> dict[str, int]:
        """Name -> its number, made for names that are new."""
        self.alone()
        found = self.known(names)
        missing = [name for name in names if name not in found]
        indexes = self.vault.index_all(map(exactly, missing), NAME)
        made = self.rows(
            """insert into counterparty (tenant_id, name_sealed, name_index)
               select %s, * from unnest(%s::text[], %s::text[]) returning name_index, counterparty_id""",
            self.tenant, self.vault.seal_all(missing, NAME), indexes,
        )  # fmt: skip
        of = dict(zip(indexes, missing, strict=True))
        return found | {of[index]: number for index, number in made}

    def known(self, names: Iterable[str]) -> dict[str, int]:
        """Name -> its number, of those that have one, whichever key they were hashed with."""
        of = {index: name for name in names for index in self.vault.indexes(exactly(name), NAME)}
        found = self.rows("select name_index, counterparty_id from counterparty where name_index = any(%s)", list(of))
        return {of[index]: number for index, number in found}

    def names(self, numbers: Sequence[int]) -> dict[int, str]:
        found = self.rows(
            "select counterparty_id, name_sealed from counterparty where counterparty_id = any(%s)", list(numbers)
        )
        opened = self.vault.open_all([sealed for _, sealed in found], NAME)
        return dict(zip([number for number, _ in found], opened, strict=True))

    def reseal(self, most: int) -> int:
        self.alone()
        column = SealedText(NAME, "counterparty", "counterparty_id", "name_sealed", "name_index", exactly, "bigint")
        return self.reseal_text(column, most)


def exactly(name: str) -> str:
    """A text that is equal only where names are equal to the letter: an index disregards width, case and spaces."""
    return sha256(name.encode()).hexdigest()
