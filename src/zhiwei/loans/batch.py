"""Level-payment plans by the hundred thousand: the same fen as `plan`, row for row, over arrays.

Every division is one of integers, so nothing depends on the machine's floating point. The level payment alone is first
guessed: the exact factor of a rate and a term, rounded once to a double, times the principal is off by less than
2**-52 of itself, and a guess that near to half a fen is computed again in whole numbers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from zhiwei.loans.schedule import instalment
from zhiwei.loans.terms import MOST_PERIODS
from zhiwei.values import half_up
from zhiwei.values.money import LARGEST

MICRO = 10**6
MONTHS = 12 * MICRO  # a rate in millionths over this is the rate of a month
MOST_CELLS = 5 * 10**7  # rows of all plans together: 1.2 GB
BLOCK = 4096  # plans worked on at a time, so that a row of them stays in the processor's cache

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Annuities:
    """`payment` per plan; the other arrays are plans x rows of the longest, zero past a plan's end. All in 分."""

    payment: Ints
    principal: Ints
    interest: Ints
    balance: Ints


def annuities(principal: ArrayLike, annual_rate: ArrayLike, periods: ArrayLike) -> Annuities:
    """Monthly level payments, interest of whole months (rate / 12), half-up: what `plan` gives for each element.

    Arrays of whole numbers, or one number for all: `principal` in 分 up to LARGEST, `annual_rate` in millionths of a
    year up to 1,000,000, `periods` up to MOST_PERIODS. ValueError for anything else.
    """
    lent, rate, terms = np.broadcast_arrays(
        _whole("principal", principal, 0, LARGEST),
        _whole("annual_rate", annual_rate, 0, MICRO),
        _whole("periods", periods, 1, MOST_PERIODS),
    )
    longest = int(terms.max(initial=0))
    if lent.ndim != 1 or lent.size * longest > MOST_CELLS:
        raise ValueError(f"arrays have one dimension, and plans at most {MOST_CELLS:,} rows together; split the batch")
    payment = _payments(lent, rate, terms)
    cells = np.zeros((3, longest, lent.size), np.int64)
    for start in range(0, lent.size, BLOCK):
        block = slice(start, start + BLOCK)
        _fill(cells[:, :, block], lent[block], rate[block], terms[block], payment[block])
    return Annuities(payment, *(table.T for table in cells))


def _fill(cells: Ints, lent: Ints, rate: Ints, terms: Ints, payment: Ints) -> None:
    """The rows of some plans, one row of all of them at a time."""
    balance = lent.copy()
    for row, (principal, interest, left) in enumerate(zip(*cells, strict=True)):
        months = balance // MONTHS  # taken out first, so that no product outgrows 64 bits
        np.add(months * rate, ((balance - months * MONTHS) * rate + MONTHS // 2) // MONTHS, out=interest)
        np.subtract(payment, interest, out=principal)
        np.clip(principal, 0, balance, out=principal)
        np.copyto(principal, balance, where=terms == row + 1)
        np.subtract(balance, principal, out=balance)
        left[:] = balance


def _payments(lent: Ints, rate: Ints, terms: Ints) -> Ints:
    """The level payments, each the exact quotient rounded half-up."""
    kinds, kind = np.unique(rate * (MOST_PERIODS + 1) + terms, return_inverse=True)
    exact = [
        instalment(1, [each_rate] * periods, MONTHS)
        for each_rate, periods in (divmod(key, MOST_PERIODS + 1) for key in kinds.tolist())
    ]
    factors = np.array([top / bottom for top, bottom in exact])  # Python rounds this division correctly
    guess = lent * factors[kind]
    whole = np.floor(guess)
    part = guess - whole
    payment: Ints = (whole + (part >= 0.5)).astype(np.int64)
    for place in np.flatnonzero(np.abs(part - 0.5) <= guess * 2.0**-51):
        top, bottom = exact[kind[place]]
        payment[place] = half_up(int(lent[place]) * top, bottom)
    return payment


def _whole(name: str, values: ArrayLike, least: int, most: int) -> Ints:
    array = np.atleast_1d(np.asarray(values))
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} holds {array.dtype}, not whole numbers")
    outside = np.flatnonzero((array < least) | (array > most))
    if outside.size:
        raise ValueError(f"{name}[{outside[0]}] is {array.flat[outside[0]]}, outside {least:,} to {most:,}")
    return array.astype(np.int64)
