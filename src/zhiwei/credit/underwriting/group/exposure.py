"""What we have at stake already with a party, beside it, and behind its guarantees: facts that our own book tells.

What is at stake by a line is `Line.exposure`. A guarantee says no amount here, so all that the other owes us counts.
Who is both in the group and guaranteed counts in both facts, and a product that adds the two counts it twice.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from zhiwei.borrower.features.facts import Fact, Group, Seeing
from zhiwei.loans import Line

_BOOK: Group[Seeing] = Group("book")
_BOOK.declares("""
exposure_own | 本产品现有额度 | At stake by lines of the same product | 元 | . | practice | now
exposure_party | 在本行其他产品的敞口 | At stake by the party's lines of other products | 元 | + | practice | now
exposure_group | 关联方在本行的敞口 | At stake by all lines of others under the same control | 元 | + | practice | now
exposure_guaranteed | 对外担保对应的本行敞口 | At stake by all lines of those it guarantees | 元 | + | practice | now
joint_share | 联保额度折扣 | Share of its limit that likeness in its group leaves | ratio | - | practice | now
""")
BOOK: dict[str, Fact] = _BOOK.facts
"""Facts of our own book."""
JOINT_SHARE = "joint_share"
"""Of BOOK: 1 for who answers for nobody that answers for it; missing where such a group cannot be judged yet."""
EXPOSURES = tuple(name for name in BOOK if name != JOINT_SHARE)
"""Of BOOK: 0 where there is nothing. Only the group's is missing where it is too large to be seen."""


@dataclass(frozen=True, slots=True)
class Ties:
    """Ids of parties: `members` are one with it, itself among them; `group` are tied to it by control and are others.

    `group` is None where it was cut at a limit. `guaranteed` are others that it guarantees. Whoever is one with any of
    them is among them.
    """

    members: frozenset[str]
    group: frozenset[str] | None
    guaranteed: frozenset[str]

    @property
    def everybody(self) -> frozenset[str]:
        return self.members | (self.group or frozenset()) | self.guaranteed


def exposures(ties: Ties, product: str, lines: Iterable[Line], on: date) -> dict[str, int | None]:
    """The facts in 分, each line counted once in each; lines of anybody else say nothing."""
    known = list(lines)

    def stake(parties: Collection[str]) -> int:
        return sum(line.exposure(on) for line in known if line.party in parties)

    own = sum(line.exposure(on) for line in known if line.party in ties.members and line.product == product)
    return {
        "exposure_own": own,
        "exposure_party": stake(ties.members) - own,
        "exposure_group": None if ties.group is None else stake(ties.group - ties.members),
        "exposure_guaranteed": stake(ties.guaranteed - ties.members),
    }
