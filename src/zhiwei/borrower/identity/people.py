"""Identifiers of people: 公民身份号码 with residence permits, and mobile numbers."""

import re
from datetime import date

from zhiwei.borrower.identity.codes import lists
from zhiwei.borrower.identity.forms import WIDE, Identifier, day_of, normal, person_digit
from zhiwei.values import BadInput

_ID_CARD = re.compile(r"[0-9]{17}[0-9X]")
_MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")
VIRTUAL = ("162", "165", "167", "170", "171")
"""Prefixes of carriers without a network of their own: more fraud, no proof of it."""


def read_id_card(text: str, on: date | None = None) -> Identifier:
    """公民身份号码, 18 characters (GB 11643-1999). Facts: region, born_on, sex (male | female), holder, province.

    holder: citizen | 香港 | 澳门 | 台湾 (residence permits, regions 810000, 820000, 830000) | foreign (permanent
    residents' card of 2023, which starts with 9; unsure). An unknown place is a warning. `on`: a day by which the
    holder must have been born. BadInput old_id_card for the 15 digits of before 1999, which no bank may take.
    """
    code = normal(text)
    if re.fullmatch(r"[0-9]{15}", code):
        raise BadInput(
            "old_id_card", "15 digits are the old form, out of use since 2013", hint="ask for the card with 18"
        )
    if not _ID_CARD.fullmatch(code):
        raise BadInput("bad_id_card", "an identity number has 17 digits and a last digit or X")
    if person_digit(code[:17]) != code[17]:
        raise BadInput(
            "bad_id_digit", "the last character does not fit the other 17: one is wrong", hint="read the card again"
        )
    born = day_of(code[6:14])
    if born is None or born.year < 1800 or (on is not None and born > on):
        raise BadInput("bad_birth_date", "places 7 to 14 are no day on which its holder can have been born")
    facts: dict[str, str | int | date] = {"region": code[:6], "born_on": born, "holder": "citizen"}
    facts["sex"] = "male" if int(code[16]) % 2 else "female"
    warnings = ["before_1900"] if born.year < 1900 else []
    if code[:6] in lists().residence:
        facts["holder"] = lists().residence[code[:6]]
    elif code[0] == "9":
        facts["holder"] = "foreign"
        warnings.append("unsure_form")
    elif code[:2] in lists().provinces:
        facts["province"] = code[:2]
    else:
        warnings.append("unknown_place")
    return Identifier("id_card", code, facts, tuple(warnings))


def age(born_on: date, on: date) -> int:
    """Full years; somebody born on 29 February has a birthday on 1 March of other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def read_mobile(text: str) -> Identifier:
    """A mobile number of the mainland, 11 digits, without its +86. Warning virtual_carrier."""
    found = _MOBILE.fullmatch(re.sub(r"[()]", "", normal(text.translate(WIDE))))
    if not found:
        raise BadInput("bad_mobile", "a mobile number has 11 digits and starts with 13 to 19", hint="without area code")
    warnings = ("virtual_carrier",) if found[1][:3] in VIRTUAL else ()
    return Identifier("mobile", found[1], {}, warnings)
