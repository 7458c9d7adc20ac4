"""One invoice as its file words it, and the words of invoices as values: money, days, rates, tax numbers."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from zhiwei.values import EARLIEST, fen

LONGEST_NAME = 200
LONGEST_NUMBER = 64
STARS = frozenset({"", "*", "**", "***", "免税", "不征税", "-", "--"})
"""How a tax that is not there is written."""

SUM = "\n"
"""Between the terms of an amount that a file gives in parts; no text of a file has it once it is clean."""

LONGEST_VALUE = 100  # characters of a number
_DAY = re.compile(r"([0-9]{4})(?:[-/.]|年)?([0-9]{1,2})(?:[-/.]|月)?([0-9]{1,2})日?(?:T?[0-9]{1,2}[:时].*)?")
_PACKED = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{6})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\ufeff]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of goods, in the file's words; empty where the file says nothing."""

    quantity: str = ""
    price: str = ""
    amount: str = ""
    rate: str = ""
    tax: str = ""


@dataclass(slots=True)
class Invoice:
    """What a file says of one invoice, word for word; `rows` makes values of it.

    `place` names the file. `trust` orders sources of the same invoice: 3 data meant for machines, 2 the marks of an
    OFD, 1 the text of its page, 0 what an OFD says of itself.
    """

    place: str
    number: str = ""
    code: str = ""
    issued: str = ""
    seller_no: str = ""
    seller: str = ""
    buyer_no: str = ""
    buyer: str = ""
    amount: str = ""  # before tax
    tax: str = ""
    other: str = ""  # part of the total that is neither: the funds on an air itinerary
    total: str = ""
    words: str = ""  # the total in Chinese capitals
    red: str = ""  # Y where the file marks it red
    red_of: str = ""  # number of the blue invoice that it takes back
    void: str = ""  # Y where the file marks it void
    trust: int = 3
    lines: list[Line] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)  # what was odd while reading, in the words of warnings


def clean(text: str | None) -> str:
    """As written, without control characters, runs of space as one."""
    return " ".join(_CONTROL.sub(" ", text or "").split())


def narrow(text: str) -> str:
    """Full-width digits, signs and brackets as plain ones, no space: for what is a value and no name."""
    return "".join(unicodedata.normalize("NFKC", _CONTROL.sub("", text)).split())


def money(text: str) -> int:
    """分 of `¥1,234.50`, `-¥150.00` or `￥ 0.5`. ValueError where it is no amount."""
    return fen(narrow(text).replace("−", "-").replace("¥", "").replace("元", ""))


def day(text: str) -> date:
    """`2026-03-18`, `2026/3/18`, `20260318`, `20260318160542` or `2026年03月18日`, with or without a time of day."""
    plain = narrow(text)
    found = _PACKED.fullmatch(plain) or _DAY.fullmatch(plain)
    if not found:
        raise ValueError(f"not a day: {text[:60]!r}")
    value = date(*map(int, found.groups()))
    if value < EARLIEST:
        raise ValueError(f"before {EARLIEST}: {text[:60]!r}")
    return value


def rate(text: str) -> Decimal | None:
    """Share of a tax rate; None where there is none (免税, 不征税, `***`, empty).

    Written `0.06`, `0.060000`, `6%` or `6`: no rate is 100 % or more, so a number from 1 up is in percent.
    """
    plain = narrow(text[:LONGEST_VALUE])
    percent = plain.endswith("%")
    try:
        value = Decimal(plain.removesuffix("%"))
    except InvalidOperation:
        if plain in STARS:
            return None
        raise ValueError(f"not a rate: {text[:60]!r}") from None
    if value.is_finite():
        value = value / 100 if percent or value >= 1 else value
    if not value.is_finite() or not 0 <= value < 1:
        raise ValueError(f"not a rate: {text[:60]!r}")
    return value


def number(text: str) -> Decimal | None:
    """A quantity or a price; None where it says nothing a machine can use."""
    try:
        value = Decimal(narrow(text[:LONGEST_VALUE]).replace(",", "").replace("¥", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value.adjusted()) < 20 else None


def tax_number(text: str) -> str:
    """In capitals and without spaces, so that two spellings of one number are equal."""
    return narrow(text).upper()


def digits(text: str) -> str:
    """An invoice's number or code without the spaces that pages put into it."""
    return narrow(text)
