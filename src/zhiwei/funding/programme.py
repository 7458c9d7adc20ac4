"""Whose money: a programme's funders and their shares of every draw."""

from dataclasses import dataclass, field
from decimal import Decimal
from math import lcm

import numpy as np
from numpy.typing import NDArray


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
    weights: tuple[int, ...] = field(init=False, repr=False, compare=False)  # the shares as whole numbers

    def __post_init__(self) -> None:
        if sum(funder.share for funder in self.funders) != 1:
            raise ValueError("funders' shares must add to exactly 1")
        if any(funder.share < 0 for funder in self.funders):
            raise ValueError("a funder's share is not negative")
        if len({funder.funder_id for funder in self.funders}) != len(self.funders):
            raise ValueError("each funder is named once")
        whole = lcm(*(funder.share.as_integer_ratio()[1] for funder in self.funders))
        object.__setattr__(self, "weights", tuple(int(funder.share * whole) for funder in self.funders))

    def parts(self, amount: int) -> list[int]:
        """Each funder's part of a running amount: `values.split` by their shares, in whole numbers for speed."""
        if len(self.weights) == 1:
            return [amount]
        size, whole = abs(amount), sum(self.weights)
        parts, rests = [], []
        for weight in self.weights:
            part, rest = divmod(size * weight, whole)
            parts.append(part)
            rests.append(rest)
        if left := size - sum(parts):
            for place in sorted(range(len(parts)), key=lambda place: -rests[place])[:left]:
                parts[place] += 1
        return parts if amount >= 0 else [-part for part in parts]

    def columns(self, amounts: NDArray[np.int64]) -> NDArray[np.int64]:
        """`parts` of many amounts that are not negative, one row each."""
        weights, whole = np.array(self.weights, dtype=np.int64), sum(self.weights)
        high, low = np.divmod(amounts, whole)  # so that the products below fit 64 bits
        parts = high[:, None] * weights + low[:, None] * weights // whole
        rests = low[:, None] * weights % whole
        rank = np.argsort(np.argsort(-rests, axis=1, kind="stable"), axis=1)
        parts += rank < (amounts - parts.sum(axis=1))[:, None]
        return parts

    @property
    def shares(self) -> tuple[Decimal, ...]:
        return tuple(funder.share for funder in self.funders)
