"""Money is a whole number of minor units (分) with a currency; nothing posted is ever a float.

In the kernel an amount is a plain `int` of minor units and the currency is said once, by the line or the ledger
entry that holds it. Decimal appears only at the doors, where people read and write 元.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction

MINOR_PER_UNIT = 100
CURRENCY = "CNY"
_AMOUNT = re.compile(r"[+-]?[0-9][0-9,]*(\.[0-9]{1,2}0*)?")
MOST_DIGITS = 40
LARGEST = 10**15  # 10 万亿 元: larger input is a typing error, and 64-bit sums of a million of them would overflow


def fen(yuan: str | int | Decimal) -> int:
    """Minor units of an amount in 元. ValueError where it is no number, has more than two decimals or is absurd."""
    written = str(yuan).strip()
    if not _AMOUNT.fullmatch(written):
        raise ValueError(f"not an amount in 元 with at most two decimals: {yuan!r}")
    minor = int(Decimal(written.replace(",", "")) * MINOR_PER_UNIT) if len(written) < MOST_DIGITS else LARGEST + 1
    if abs(minor) > LARGEST:
        raise ValueError(f"amount out of reason: {yuan!r}")
    return minor


def yuan(minor: int) -> str:
    """Plain decimal string of 元, two places: 123456 -> '1234.56'."""
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), MINOR_PER_UNIT)
    return f"{sign}{whole}.{part:02d}"


def grouped(minor: int) -> str:
    """For people: thousands separators and two places: 123456789 -> '1,234,567.89'."""
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), MINOR_PER_UNIT)
    return f"{sign}{whole:,}.{part:02d}"


def half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator to the nearest whole number, halves away from zero (not banker's rounding)."""
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    numerator, denominator = abs(numerator), abs(denominator)
    return sign * ((2 * numerator + denominator) // (2 * denominator))


class Rounding(StrEnum):
    """How a product rounds money to the 分: halves away from zero, halves to even, towards zero, away from zero."""

    HALF_UP = "half-up"
    HALF_EVEN = "half-even"
    DOWN = "down"
    UP = "up"

    def divide(self, numerator: int, denominator: int) -> int:
        """numerator / denominator as a whole number, by this rounding."""
        if self is Rounding.HALF_UP:
            return half_up(numerator, denominator)
        sign = -1 if (numerator < 0) != (denominator < 0) else 1
        whole, part = divmod(abs(numerator), abs(denominator))
        if self is Rounding.UP:
            return sign * (whole + (part > 0))
        if self is Rounding.HALF_EVEN:
            return sign * (whole + (2 * part > abs(denominator) or (2 * part == abs(denominator) and whole % 2 == 1)))
        return sign * whole


def split(total: int, weights: Sequence[Decimal | int]) -> list[int]:
    """Parts in proportion to `weights` that sum to `total` exactly, each within one minor unit of its share.

    Every part is rounded towards zero, then the units left over go to the largest remainders, the earlier part first:
    the cent that does not divide has one known home. Parts depend on `total` alone, and -total splits as total.
    """
    if not weights or any(weight < 0 for weight in weights) or sum(weights) <= 0:
        raise ValueError("weights must be non-negative and not all zero")
    shares = [Fraction(weight) for weight in weights]
    whole, sign = sum(shares), -1 if total < 0 else 1
    exact = [abs(total) * share / whole for share in shares]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])  # stable: earlier first
    for place in by_remainder[: abs(total) - sum(parts)]:
        parts[place] += 1
    return [sign * part for part in parts]


def as_rate(text: str | Decimal) -> Decimal:
    """A yearly rate as Decimal, six places at most. ValueError outside [0, 1]: 8 % is 0.08, never 8."""
    try:
        rate = Decimal(str(text))
    except InvalidOperation:
        raise ValueError(f"not a rate: {text!r}") from None
    if not rate.is_finite() or not 0 <= rate <= 1 or rate != rate.quantize(Decimal("0.000001")):
        raise ValueError(f"a yearly rate is a decimal between 0 and 1 with at most six places: {text!r}")
    return rate


def quantized(value: Decimal, places: str) -> Decimal:
    """Half-up at the given places ('0.0001'); the one named rounding of rates and probabilities."""
    return value.quantize(Decimal(places), rounding=ROUND_HALF_UP)
