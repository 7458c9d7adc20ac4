"""Which parties are one, and were once thought so. Merging changes no row of either party."""

from zhiwei.borrower.relations import Merge
from zhiwei.store.table import Store

_MERGES = """select m.merge_id, kept, gone, m.because, proposed_by, approved_by, merged_at, undone_at
             from party_merge m left join party_merge_undone u on u.merge_id = m.merge_id"""


class Merges(Store):
    def add(self, merge: Merge) -> bool:
        return bool(
            self.run(
                """insert into party_merge (tenant_id, merge_id, kept, gone, because, proposed_by, approved_by)
                   values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing""",
                self.tenant, merge.merge_id, merge.kept, merge.gone, merge.because, merge.proposed_by,
                merge.approved_by,
            )
        )  # fmt: skip

    def undo(self, merge_id: str, because: str, person: str) -> bool:
        return bool(
            self.run(
                """insert into party_merge_undone (tenant_id, merge_id, because, person) values (%s, %s, %s, %s)
                   on conflict do nothing""", self.tenant, merge_id, because, person,
            )
        )  # fmt: skip

    def get(self, merge_id: str) -> Merge | None:
        found = self.row(f"{_MERGES} where m.merge_id = %s", merge_id)
        return Merge(*found) if found else None

    def all(self, party: str | None = None) -> list[Merge]:
        """Of all parties or of one, undone ones among them, in the order in which they happened."""
        found = self.rows(
            f"{_MERGES} where %s::text is null or kept = %s or gone = %s order by number", party, party, party
        )
        return [Merge(*row) for row in found]
