"""What a planted way of cheating is: the check that should find it, and what is done to the papers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from zhiwei.economy.paper import Papers

STRENGTHS = ("weak", "medium", "strong")
Dice = np.random.Generator


@dataclass(frozen=True, slots=True)
class Plant:
    """`work(papers, members, strength 0..2, dice)` does it to so many members at once; `check` should find them."""

    check: str
    members: Sequence[int]
    work: Callable[[Papers, Sequence[str], int, Dice], None]

    def into(self, papers: Papers, who: Sequence[str], strength: int, dice: Dice) -> list[str]:
        """Plant it among these parties, group by group; -> who was planted."""
        size = self.members[strength]
        groups = [who[start : start + size] for start in range(0, len(who) - size + 1, size)]
        for group in groups:
            self.work(papers, group, strength, dice)
        return [party for group in groups for party in group]
