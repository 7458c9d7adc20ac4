"""What one can hold besides numbers with rules: names, phones, addresses, devices, and papers that show something."""

import re
import unicodedata
from dataclasses import dataclass, field

from zhiwei.borrower.identity import (
    IDENTIFIERS,
    PATHS,
    PartyKind,
    Step,
    identity_path,
    is_valid,
    mask,
    normal,
    read,
    read_mobile,
)
from zhiwei.borrower.relations import PERSON
from zhiwei.values import BadInput

LONGEST_NAME = 200
DOCUMENTS = ("e_invoice", "invoice", "bill", "declaration")
"""Identifiers of a paper; nobody is known by them."""
ONE_NUMBER = {
    "uscc": ("taxpayer_no",), "id_card": ("taxpayer_no",), "taxpayer_no": ("uscc", "id_card"),
    "bank_card": ("account",), "account": ("bank_card",),
}  # fmt: skip
"""Kinds under which one and the same number may have been told."""


@dataclass(frozen=True, slots=True)
class Particular:
    """A kind without rules of its own: any text of at most `longest` characters."""

    name: str
    zh: str
    en: str
    longest: int


PARTICULARS = {
    one.name: one
    for one in (
        Particular("company_name", "企业名称", "Name of a business", LONGEST_NAME),
        Particular("person_name", "姓名", "Name of a person", 100),
        Particular("phone", "电话", "Telephone", 40),
        Particular("address", "地址", "Address", 300),
        Particular("device", "设备", "Device or its fingerprint", 200),
        Particular("platform_shop", "网店", "Shop on a platform", 200),
        Particular("stall_lease", "摊位租约", "Lease of a stall", 200),
        Particular("livestock_record", "养殖档案", "Record of animals", 200),
        Particular("village_statement", "村委会证明", "Word of the village", 200),
        Particular("land_transfer", "土地流转合同", "Transfer of land", 200),
        Particular("township_recognition", "乡镇认定", "Recognised by the township", 200),
        Particular("members_resolution", "成员决议", "Resolution of members", 200),
        Particular("visit_report", "上门报告", "Report of a visit", 200),
    )
}
HOLDABLE = (*(kind for kind in IDENTIFIERS if kind not in DOCUMENTS), *PARTICULARS)
"""All kinds that a party can hold."""


@dataclass(frozen=True, slots=True)
class Read:
    """A kind and its one written form; `warnings` are codes of what is odd and no error."""

    kind: str
    value: str = field(repr=False)
    warnings: tuple[str, ...] = ()


def read_particular(kind: str, text: str) -> Read:
    """An identifier or a particular. BadInput says what is wrong with it and never repeats it.

    A mobile number given as phone is a mobile: who shares it is found under one kind.
    """
    if kind not in HOLDABLE:
        raise BadInput("unknown_identifier", f"no party is known by {kind!r}", hint=", ".join(HOLDABLE))
    if kind in IDENTIFIERS:
        found = read(kind, text)
        return Read(kind, found.value, found.warnings)
    value = plain_text(kind, text, PARTICULARS[kind].longest)
    if kind != "phone":
        return Read(kind, value)
    if is_valid("mobile", value):
        return Read("mobile", read_mobile(value).value)
    digits = re.sub(r"^(?:\+86|0086|86(?=0))", "", re.sub(r"[()（）]", "", normal(value)))
    if not re.fullmatch(r"[0-9]{5,20}", digits):
        raise BadInput("bad_phone", "a telephone has 5 to 20 digits", hint="without extension")
    return Read("phone", digits)


def plain_text(what: str, text: str, longest: int) -> str:
    """Text on one line, without spaces around it. BadInput where nothing is left, or too much."""
    value = re.sub(r"\s+", " ", text).strip()
    if not value or len(value) > longest:
        raise BadInput(f"bad_{what}", f"{what} has 1 to {longest} characters, not {len(value)}")
    if any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in value):
        raise BadInput(f"bad_{what}", f"{what} holds characters that are no text")
    return value


def steps_of(kind: str | None) -> tuple[Step, ...]:
    """The identity path of a kind of party; a mere person proves itself and its phone, who has no kind nothing yet."""
    if kind == PERSON:
        return tuple(step for step in identity_path(PartyKind.SELF_EMPLOYED) if step.name in ("person", "phone"))
    return identity_path(PartyKind(kind)) if kind else ()


def name_kind(kind: str | None) -> str:
    """Is the name of such a party a business's, which is public, or somebody's own?"""
    registered = kind is not None and kind != PERSON and PATHS[PartyKind(kind)].registered
    return "company_name" if registered else "person_name"


def shown_name(party: str, kind: str | None, name: str) -> str:
    """A name as lists show it; one that is just the party's id is shown as it is."""
    return name if name == party else mask(name_kind(kind), name)
