"""Arithmetic of micro-units over arrays: the same whole numbers as one by one, or OverflowError, never something near.

Python's integers have no end and int64's have. Where a product or quotient may not fit, these functions say so before
they calculate, and the caller goes row by row.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhiwei.tables.scale import LARGEST, MICRO

Numbers = NDArray[Any]  # int64; Python's own integers (dtype object) where a result does not fit


def _reach(values: Numbers) -> int:
    """The largest distance from zero."""
    return max(int(values.max()), -int(values.min())) if values.size else 0


def _guard(largest: int) -> None:
    if largest > LARGEST:
        raise OverflowError("a value does not fit into 64 bits")


def plus(left: Numbers, right: Numbers) -> Numbers:
    _guard(_reach(left) + _reach(right))
    found: Numbers = left + right
    return found


def minus(left: Numbers, right: Numbers) -> Numbers:
    _guard(_reach(left) + _reach(right))
    found: Numbers = left - right
    return found


def times(left: Numbers, right: Numbers) -> Numbers:
    """Half away from zero at the sixth place. Factors are taken apart where their product would not fit."""
    together = _reach(left) * _reach(right)
    _guard(together // MICRO + 1)
    above, below = np.abs(left), np.abs(right)
    if together <= LARGEST:
        size: Numbers = (above * below + MICRO // 2) // MICRO
    else:
        (high, low), (upper, lower) = np.divmod(above, MICRO), np.divmod(below, MICRO)
        size = high * upper * MICRO + high * lower + low * upper + (low * lower + MICRO // 2) // MICRO
    return np.where((left < 0) == (right < 0), size, -size)


def divided(left: Numbers, right: Numbers) -> Numbers:
    """Half away from zero at the sixth place, by long division in two steps of three places; `right` has no zero."""
    above, below = np.abs(left), np.abs(right)
    whole, rest = np.divmod(above, below)
    _guard((_reach(whole) + 1) * MICRO)
    _guard(_reach(below) * 1000)
    thousandths, rest = np.divmod(rest * 1000, below)
    size: Numbers = whole * MICRO + thousandths * 1000 + (rest * 1000 + below // 2) // below
    return np.where((left < 0) == (right < 0), size, -size)


OPERATIONS: dict[str, Callable[[Numbers, Numbers], Numbers]] = {
    "+": plus, "-": minus, "*": times, "/": divided, "min": np.minimum, "max": np.maximum,
}  # fmt: skip
