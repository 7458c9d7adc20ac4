"""Which parties are one: merges that held at an hour, and what follows from them. No record of a party is touched.

Merges make trees: whoever is gone is another, who may later be gone as well, so that a chain ends in one party. What
was undone never was, from then on; what one thought at an hour before stays as one thought it then.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from zhiwei.borrower.relations import Merge
from zhiwei.values import BadInput, Breach, Refusal


@dataclass(frozen=True, slots=True)
class Rejection:
    """Somebody looked at two parties and found that they are two. `one` < `other`.

    `known`: ids of what was known of both, so that anything else is new. `against`: what spoke against them being one.
    """

    rejection_id: str
    one: str
    other: str
    because: str
    person: str
    proposal: str
    known: frozenset[str]
    against: frozenset[str]
    rejected_at: datetime | None = None


class Sameness:
    """Parties and who they are, by the merges in force: now, or at an hour (with its time zone)."""

    def __init__(self, merges: Iterable[Merge], known_at: datetime | None = None) -> None:
        if known_at is not None and known_at.tzinfo is None:
            raise BadInput("no_time_zone", f"{known_at} is an hour of no place", hint="such as 2024-03-01T12:00+08:00")
        self._kept: dict[str, Merge] = {}
        for merge in merges:
            if in_force(merge, known_at):
                if merge.gone in self._kept:
                    raise Breach(f"{merge.gone} is merged twice: {self._kept[merge.gone].merge_id}, {merge.merge_id}")
                self._kept[merge.gone] = merge
        self._one = {gone: self._end(gone) for gone in self._kept}
        self._members: defaultdict[str, list[str]] = defaultdict(list)
        for gone in sorted(self._one, key=lambda party: (len(party), party)):
            self._members[self._one[gone]].append(gone)

    def one(self, party: str) -> str:
        """The party that this one is; itself where it was not merged into another."""
        return self._one.get(party, party)

    def gone(self) -> dict[str, str]:
        """Every party that was merged into another -> the one that it is."""
        return dict(self._one)

    def members(self, party: str) -> list[str]:
        """Everybody who is one with this party, whichever of them is named: first the one kept, then E2 before E10."""
        one = self.one(party)
        return [one, *self._members.get(one, ())]

    def check(self, kept: str, gone: str) -> None:
        """BadInput or Refusal unless `gone` may become `kept`: each of them stands for itself, and they are two."""
        if kept == gone:
            raise BadInput("same_party", f"{kept} cannot be merged into itself", hint="name two parties")
        if self.one(kept) == self.one(gone):  # a cycle would close here as well
            raise Refusal("already_one", f"{kept} and {gone} are one already: {self.one(kept)}")
        for party in (kept, gone):
            if party in self._kept:
                merge = self._kept[party]
                raise Refusal(
                    "party_gone", f"{party} is {merge.kept} since {merge.merged_at:%Y-%m-%d} ({merge.merge_id})",
                    hint=f"name {self.one(party)}, or undo that merge first",
                )  # fmt: skip

    def _end(self, party: str) -> str:
        seen = {party}
        while party in self._kept:
            party = self._kept[party].kept
            if party in seen:
                raise Breach(f"merges go in a circle: {', '.join(sorted(seen))}")
            seen.add(party)
        return party


def in_force(merge: Merge, known_at: datetime | None = None) -> bool:
    """Whether a merge holds now, or held at an hour: from its own moment on, until the moment of its undoing."""
    if known_at is None:
        return merge.undone_at is None
    return merge.merged_at <= known_at and (merge.undone_at is None or known_at < merge.undone_at)
