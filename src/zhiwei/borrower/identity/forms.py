"""What all identifiers have in common: their written form, their check digits, and what reading one gives."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_PERSON_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", "012345678912345678123457923456789", strict=True))

# Full-width letters, digits and signs -> plain ones. Not Unicode's NFKC, which would read ² as 2 and ① as 1.
WIDE = {wide: chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
_LOWER = {ord(low): low.upper() for low in "abcdefghijklmnopqrstuvwxyz"}
_DASHES = r"\-\u00ad\u2010-\u2015\u2212"
_SPACES = r" \t\r\n\u00a0\u2000-\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
SPACES_AND_DASHES = f"[{_SPACES}{_DASHES}]+"
"""A pattern that Python and Polars read alike."""
_SPACES_AND_DASHES = re.compile(SPACES_AND_DASHES)


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier that was read. `value` is its one written form; `facts` are what it says of itself (region, birth
    date, year); `warnings` are codes of what is odd and no error.
    """

    kind: str
    value: str
    facts: Mapping[str, str | int | date] = field(default_factory=dict, hash=False)
    warnings: tuple[str, ...] = ()


def normal(text: str) -> str:
    """The one written form: full-width to plain, letters to capitals, without spaces and hyphens. Nothing else."""
    return _SPACES_AND_DASHES.sub("", text.translate(WIDE)).translate(_LOWER)


def uscc_digit(body: str) -> str:
    """The last character of a 统一社会信用代码 by its first 17 (GB 32100-2015). ValueError off its alphabet."""
    return USCC_ALPHABET[-_weighted([USCC_ALPHABET.index(char) for char in body], _USCC_WEIGHTS) % 31]


def organisation_digit(body: str) -> str:
    """The last character of an 组织机构代码 by its first 8 (GB 11714). ValueError where one is not 0-9 or A-Z."""
    check = -_weighted([int(char, 36) for char in body], _ORGANISATION_WEIGHTS) % 11
    return "X" if check == 10 else str(check)


def person_digit(body: str) -> str:
    """The last character of an identity number by its first 17 digits (GB 11643-1999)."""
    return "10X98765432"[_weighted([int(char) for char in body], _PERSON_WEIGHTS) % 11]


def vin_digit(vin: str) -> str:
    """The ninth character of a VIN by the other sixteen (GB 16735). KeyError for I, O, Q."""
    check = _weighted([int(_VIN_VALUES[char]) for char in vin], _VIN_WEIGHTS) % 11
    return "X" if check == 10 else str(check)


def luhn(number: str) -> bool:
    """Do the digits of `number` pass the check of card numbers (ISO/IEC 7812-1)?"""
    digits = [int(char) for char in number if char in "0123456789"]
    doubled = [2 * digit - 9 * (digit > 4) for digit in digits[-2::-2]]
    return bool(digits) and (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def day_of(digits: str) -> date | None:
    """YYYYMMDD -> a day, None where the calendar has none."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _weighted(values: Sequence[int], weights: Sequence[int]) -> int:
    return sum(value * weight for value, weight in zip(values, weights, strict=True))
