"""Tables compare decimals of six places, held as whole micro-units: equal on every machine, one row or a million."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

MICRO = 10**6
LARGEST = 2**62
_EXACT = 10**12  # far below where a float skips whole numbers


def micro(value: Decimal | int | float | str) -> int:
    """Whole micro-units, half up at the sixth place. ValueError where it is no finite number or too large."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _EXACT and value == int(value):
        return int(value) * MICRO  # most facts are whole: the same, without a detour by text
    try:
        scaled = Decimal(str(value)).scaleb(6).to_integral_value(ROUND_HALF_UP)
        whole = int(scaled)
    except (InvalidOperation, OverflowError, ValueError):
        raise ValueError(f"not a number: {value!r}") from None
    if abs(whole) > LARGEST:
        raise ValueError(f"number too large for a table: {value!r}")
    return whole


def unscaled(whole: int) -> Decimal:
    return Decimal(whole).scaleb(-6)


def text(whole: int) -> str:
    """Shortest plain decimal: 1500000 -> '1.5'. By digits: a decision that explains itself writes dozens of them."""
    digits = str(whole)
    if whole < MICRO:  # negative, or with zeros before its digits
        sign, digits = ("-" if whole < 0 else ""), str(abs(whole)).rjust(7, "0")
        digits = sign + digits
    decimals = digits[-6:].rstrip("0")
    return f"{digits[:-6]}.{decimals}" if decimals else digits[:-6]
