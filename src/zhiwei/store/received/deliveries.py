"""Deliveries: which file came from where, by its hash. The names of files and folders are sealed: people put names and
account numbers into them.
"""

import json

from zhiwei.store.table import Store
from zhiwei.values import canonical

ORIGIN = "delivery.origin"  # the folder and the file's name


class Deliveries(Store):
    def add(self, delivery_id: str, source: str, origin: tuple[str, str], sha256: str, rows: int) -> bool:
        """Whether it is new. `origin`: folder, file."""
        new = self.run(
            """insert into delivery (tenant_id, delivery_id, source, origin_sealed, sha256, row_count)
               values (%s, %s, %s, %s, %s, %s) on conflict do nothing""",
            self.tenant, delivery_id, source, self.vault.seal(canonical(origin), ORIGIN), sha256, rows,
        )  # fmt: skip
        return bool(new)

    def folders(self, source: str) -> list[str]:
        """Folders that deliveries of a source came from, latest first."""
        found = self.rows("select origin_sealed from delivery where source = %s order by recorded_at desc", source)
        return list(dict.fromkeys(folder for folder, _ in self.origins([sealed for (sealed,) in found])))

    def origins(self, sealed: list[str]) -> list[tuple[str, str]]:
        """(folder, file) of each."""
        return [tuple(json.loads(text)) for text in self.vault.open_all(sealed, ORIGIN)]

    def take_over(self, most: int) -> int:
        """Seal what an earlier version stored in plain, `most` at a time; counts them, 0 when none is left."""
        found = self.rows(
            """select delivery_id, folder, file from delivery where file is not null limit %s
               for update skip locked""", most,
        )  # fmt: skip
        return self._seal([(name, canonical([folder, file])) for name, folder, file in found])

    def reseal(self, most: int) -> int:
        """After a rotation: bring `most` to the newest key; counts them, 0 when none is left."""
        found = self.rows(
            """select delivery_id, origin_sealed from delivery where origin_sealed not like %s || '%%' limit %s
               for update skip locked""", self.vault.prefix, most,
        )  # fmt: skip
        opened = self.vault.open_all([sealed for _, sealed in found], ORIGIN)
        return self._seal(list(zip([name for name, _ in found], opened, strict=True)))

    def _seal(self, origins: list[tuple[str, str]]) -> int:
        sealed = self.vault.seal_all([origin for _, origin in origins], ORIGIN)
        return self.run_rows(
            """update delivery d set folder = null, file = null, origin_sealed = s.sealed
               from unnest(%s::text[], %s::text[]) s (delivery_id, sealed) where d.delivery_id = s.delivery_id""",
            list(zip([name for name, _ in origins], sealed, strict=True)),
        )
