"""Whose money: a programme's funders and their shares of every draw."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Funder:
    """`share` is a decimal fraction of each draw. `kind` is bank, partner_bank, trust, ..."""

    funder_id: str
    name: str
    kind: str
    share: Decimal


@dataclass(frozen=True, slots=True)
class Programme:
    """Funders in order; the first leads, and the cent that does not divide is the lead's."""

    funders: tuple[Funder, ...]

    def __post_init__(self) -> None:
        if sum(funder.share for funder in self.funders) != 1:
            raise ValueError("funders' shares must add to exactly 1")
        if any(funder.share < 0 for funder in self.funders):
            raise ValueError("a funder's share is not negative")
        if len({funder.funder_id for funder in self.funders}) != len(self.funders):
            raise ValueError("each funder is named once")

    @property
    def shares(self) -> tuple[Decimal, ...]:
        return tuple(funder.share for funder in self.funders)
