"""Codes of places, trades and merchants, by their form: GB/T 2260, GB/T 4754-2017, MCC. Lists are in codes.toml.

Only the first two digits of a place or a trade are looked up: counties and classes are renamed every year, and a list
of them would refuse what is right.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from zhiwei.borrower.identity.forms import normal
from zhiwei.tables import Document
from zhiwei.tables.shipped import shipped
from zhiwei.values import BadInput

NATIONWIDE = "10"  # registered with the national registrar itself; used in USCCs, not in GB/T 2260
_INDUSTRY = re.compile(r"([A-T]?)([0-9]{2,4})?")


@dataclass(frozen=True, slots=True)
class Province:
    """`short` is the character on number plates; None where plates have none."""

    code: str
    zh: str
    en: str
    short: str | None


@dataclass(frozen=True, slots=True)
class Section:
    """门类 of GB/T 4754-2017, with the numbers of its first and last division (大类)."""

    code: str
    zh: str
    en: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Region:
    """`level` is province, city or county; `province` is None where the first two digits are not known."""

    code: str
    level: str
    province: Province | None


@dataclass(frozen=True, slots=True)
class Industry:
    """`code` is letter and digits, as far as said; `level` is section, division, group or class (门大中小类)."""

    code: str
    level: str
    section: Section

    @property
    def digits(self) -> str:
        return self.code[1:]


@dataclass(frozen=True, slots=True)
class Lists:
    """What codes.toml says. `registrars`: first character of a USCC -> (name, second character -> category)."""

    provinces: Mapping[str, Province]
    residence: Mapping[str, str]
    sections: tuple[Section, ...]
    registrars: Mapping[str, tuple[str, Mapping[str, str]]]


@cache
def lists() -> Lists:
    return shipped("zhiwei.borrower.identity", "codes.toml", _read)


def _read(name: str, content: str, problems: list[Any]) -> Lists:
    document = Document(name, content, problems)
    provinces = (Province(row["code"], row["zh"], row["en"], row.get("short")) for row in document.tables("province"))
    return Lists(
        provinces={province.code: province for province in provinces},
        residence=dict(document.table("residence")),
        sections=tuple(Section(**row) for row in document.tables("section")),
        registrars={row["code"]: (row["zh"], row["categories"]) for row in document.tables("registrar")},
    )


def read_region(text: str) -> Region:
    """A code of GB/T 2260 by its form; an unknown province is no error, six wrong digits are (BadInput)."""
    code = normal(text)
    if not re.fullmatch(r"[0-9]{6}", code) or code[:2] == "00" or (code[2:4] == "00" and code[4:] != "00"):
        raise BadInput("bad_region", "a region is six digits of GB/T 2260, such as 330106", hint="look it up again")
    level = "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"
    return Region(code, level, lists().provinces.get(code[:2]))


def section_of(division: int) -> Section | None:
    """The section of a division 1..97 of GB/T 4754-2017."""
    return next((section for section in lists().sections if section.first <= division <= section.last), None)


def read_industry(text: str) -> Industry:
    """A code of GB/T 4754-2017, with or without its letter: C, 13, C13, 131, C1311. BadInput where it is none."""
    code = normal(text)
    found = _INDUSTRY.fullmatch(code)
    letter, digits = (found[1], found[2] or "") if found else ("", "")
    if digits:
        section = section_of(int(digits[:2]))
    else:
        section = next((each for each in lists().sections if each.code == letter), None)
    if section is None:
        raise BadInput("bad_industry", "an industry is a code of GB/T 4754-2017, such as F, 51, F51 or F5112")
    if letter not in ("", section.code):
        raise BadInput("bad_industry", f"division {digits[:2]} is in section {section.code}, not {letter}")
    return Industry(section.code + digits, ("section", "", "division", "group", "class")[len(digits)], section)


def read_mcc(text: str) -> str:
    """A merchant category code (GB/T 20548, ISO 18245) by its form: four digits, not 0000."""
    code = normal(text)
    if not re.fullmatch(r"[0-9]{4}", code) or code == "0000":
        raise BadInput("bad_mcc", "a merchant category code is four digits, such as 5411")
    return code
