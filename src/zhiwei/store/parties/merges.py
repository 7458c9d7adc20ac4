"""Which parties are one, were once thought so, or were found to be two. Merging changes no row of either party."""

from collections.abc import Sequence

from zhiwei.borrower.relations import Merge
from zhiwei.borrower.sameness import Rejection
from zhiwei.store.table import Store
from zhiwei.values import lazy

_MERGES = """select m.merge_id, kept, gone, m.because, proposed_by, approved_by, merged_at, undone_at, u.person,
                    u.because
             from party_merge m left join party_merge_undone u on u.merge_id = m.merge_id"""


class Merges(Store):
    def lock(self) -> None:
        """Until this transaction ends nobody else of the tenant says who is who, and nobody relies on it (`hold`)."""
        self._told.clear()
        self.run("select pg_advisory_xact_lock(hashtextextended(%s, 5))", self.tenant)

    def hold(self) -> None:
        """Who is who stays as it is until this transaction ends."""
        self._told.clear()
        self.run("select pg_advisory_xact_lock_shared(hashtextextended(%s, 5))", self.tenant)

    def add(self, merge_id: str, kept: str, gone: str, because: str, persons: tuple[str, str]) -> None:
        """`persons`: who proposed it and who approved it."""
        self._told.clear()
        self.run(
            """insert into party_merge (tenant_id, merge_id, kept, gone, because, proposed_by, approved_by)
               values (%s, %s, %s, %s, %s, %s, %s)""", self.tenant, merge_id, kept, gone, because, *persons,
        )  # fmt: skip

    def undo(self, merge_id: str, because: str, person: str) -> bool:
        self._told.clear()
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

    def around(self, parties: Sequence[str]) -> list[Merge]:
        """Of these parties, and of whoever was ever merged with one of them, and so on; undone ones among them.

        Who asks again in this unit of work is told the same, until it says or locks who is who.
        """
        key = frozenset(parties)
        if key not in self._told:
            self._told[key] = self._around(parties)
        return self._told[key]

    @lazy
    def _told(self) -> dict[frozenset[str], list[Merge]]:
        return {}

    def _around(self, parties: Sequence[str]) -> list[Merge]:
        found: dict[str, tuple[object, ...]] = {}
        asked, new = set(parties), list(parties)
        while new:
            rows = self.rows(f"{_MERGES} where kept = any(%s) or gone = any(%s) order by number", new, new)
            found.update((row[0], row) for row in rows)
            new = sorted({party for row in rows for party in row[1:3]} - asked)
            asked.update(new)
        return [Merge(*row) for row in found.values()]  # type: ignore[arg-type]

    def reject(self, rejection: Rejection) -> None:
        """Its hour is the database's."""
        self.run(
            """insert into party_merge_rejected
                 (tenant_id, rejection_id, one_party, other_party, because, person, proposal_id, known, against)
               values (%s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            self.tenant, rejection.rejection_id, rejection.one, rejection.other, rejection.because, rejection.person,
            rejection.proposal, sorted(rejection.known), sorted(rejection.against),
        )  # fmt: skip

    def rejections(self, proposal: str | None = None) -> list[Rejection]:
        """Of all pairs or of one proposal, in the order in which they were said."""
        found = self.rows(
            """select rejection_id, one_party, other_party, because, person, proposal_id, known, against, rejected_at
               from party_merge_rejected where %s::text is null or proposal_id = %s
               order by rejected_at, rejection_id""", proposal, proposal,
        )  # fmt: skip
        rejections = []
        for row in found:
            rejection_id, one, other, because, person, asked, known, against, at = row
            known, against = frozenset(known), frozenset(against)
            rejections.append(Rejection(rejection_id, one, other, because, person, asked, known, against, at))
        return rejections
