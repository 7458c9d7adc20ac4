"""Identifiers of organisations: 统一社会信用代码, 组织机构代码, 纳税人识别号, and the code of a family farm."""

import re

from zhiwei.borrower.identity.codes import NATIONWIDE, lists
from zhiwei.borrower.identity.forms import USCC_ALPHABET, Identifier, normal, organisation_digit, uscc_digit
from zhiwei.borrower.identity.people import read_id_card
from zhiwei.values import BadInput

_USCC = re.compile(f"[{USCC_ALPHABET}]{{2}}[0-9]{{6}}[{USCC_ALPHABET}]{{10}}")
_ORGANISATION = re.compile(r"[0-9A-Z]{8}[0-9X]")


def read_uscc(text: str) -> Identifier:
    """统一社会信用代码, 18 characters (GB 32100-2015): its own check digit and that of the 组织机构代码 inside it.

    Facts: registrar, category (and their names), region, province, organisation_code. An unknown registrar, category
    or province is a warning: these lists grow.
    """
    code = normal(text)
    if not _USCC.fullmatch(code):
        raise BadInput(
            "bad_uscc",
            "a 统一社会信用代码 has 18 characters, digits and capitals without I O S V Z, and digits in places 3 to 8",
            hint="copy it from the business licence",
        )
    if uscc_digit(code[:17]) != code[17]:
        raise BadInput("bad_uscc_digit", "the last character does not fit the other 17: one is wrong", hint=_AGAIN)
    if organisation_digit(code[8:16]) != code[16]:
        raise BadInput(
            "bad_uscc_organisation",
            "places 9 to 17 are an 组织机构代码, and its own check digit does not fit",
            hint="ask the registry: such a code is damaged in two places or made up",
        )
    facts: dict[str, str] = {"registrar": code[0], "category": code[1], "region": code[2:8]}
    facts["organisation_code"] = code[8:17]
    warnings = []
    name, categories = lists().registrars.get(code[0], ("", {}))
    if code[1] in categories:
        facts |= {"registrar_zh": name, "category_zh": categories[code[1]]}
    else:
        warnings.append("unknown_category")
    if code[2:4] in lists().provinces:
        facts["province"] = code[2:4]
    elif code[2:4] != NATIONWIDE:
        warnings.append("unknown_place")
    return Identifier("uscc", code, facts, tuple(warnings))


def read_organisation_code(text: str) -> Identifier:
    """组织机构代码, 9 characters (GB 11714), the last one a check digit."""
    code = normal(text)
    if not _ORGANISATION.fullmatch(code):
        raise BadInput("bad_organisation_code", "an 组织机构代码 has 8 digits or capitals and a check digit 0-9 or X")
    if organisation_digit(code[:8]) != code[8]:
        raise BadInput("bad_organisation_digit", "the check digit does not fit the other 8 characters", hint=_AGAIN)
    return Identifier("organisation_code", code)


def read_taxpayer_no(text: str) -> Identifier:
    """纳税人识别号: a USCC since 三证合一, an identity number for whoever has no licence, or a legacy number.

    Fact `form`: uscc | person | person_20 (identity number and two digits) | organisation_15 (region and 组织机构代码)
    | bureau_15 | old_person_17 | old_person_20. The last four have no check that all of them keep, so they carry the
    warning legacy (and unchecked where nothing was checked).
    """
    code = normal(text)
    if len(code) == 18:
        return _taxpayer_18(code)
    if len(code) == 20 and re.fullmatch(r"[0-9]{17}[0-9X][0-9]{2}", code):
        return _taxpayer_20(code)
    if len(code) == 15 and re.fullmatch(r"[0-9]{6}[0-9A-Z]{8}[0-9X]", code):
        if organisation_digit(code[6:14]) == code[14]:
            facts = {"form": "organisation_15", "region": code[:6], "organisation_code": code[6:]}
            return Identifier("taxpayer_no", code, facts, ("legacy",))
        if code.isdigit():  # also what a tax bureau numbered by itself, and identity numbers of the old form
            return Identifier("taxpayer_no", code, {"form": "bureau_15", "region": code[:6]}, _UNCHECKED)
    if re.fullmatch(r"[0-9]{15}[0-9A-Z]{2}", code):
        return Identifier("taxpayer_no", code, {"form": "old_person_17", "region": code[:6]}, _UNCHECKED)
    raise BadInput(
        "bad_taxpayer_no",
        "a 纳税人识别号 has 18 characters (USCC or identity number), or 15, 17 or 20 where it is an old one",
        hint="ask for the 18 characters on the business licence or the identity card",
    )


def _taxpayer_18(code: str) -> Identifier:
    for form, read in (("uscc", read_uscc), ("person", read_id_card)):
        try:
            found = read(code)
        except BadInput:
            continue
        return Identifier("taxpayer_no", code, {"form": form, **found.facts}, found.warnings)
    raise BadInput(
        "bad_taxpayer_no", "18 characters that are neither a 统一社会信用代码 nor an identity number", hint=_AGAIN
    )


def _taxpayer_20(code: str) -> Identifier:
    try:
        found = read_id_card(code[:18])
    except BadInput:
        if not re.fullmatch(r"[0-9]{15}00000", code):  # the old 15 digits filled up
            raise
        return Identifier("taxpayer_no", code, {"form": "old_person_20", "region": code[:6]}, _UNCHECKED)
    return Identifier("taxpayer_no", code, {"form": "person_20", **found.facts}, found.warnings)


def read_family_farm_code(text: str) -> Identifier:
    """家庭农场 “一码通” (农业农村部, 2023): 18 characters made after the USCC. Unsure: whether its check digit is the
    USCC's is not published where we looked, so nothing but the form is checked.
    """
    code = normal(text)
    if not re.fullmatch(f"[{USCC_ALPHABET}]{{18}}", code) or code.isalpha():
        raise BadInput("bad_family_farm_code", "the code of a family farm has 18 digits and capitals without I O S V Z")
    return Identifier("family_farm_code", code, {}, ("unchecked", "unsure_form"))


_AGAIN = "read it again from the document"
_UNCHECKED = ("legacy", "unchecked")
