"""Numbers on documents: invoices, electronic bills, customs declarations."""

import re
from datetime import date

from zhiwei.borrower.identity.codes import lists
from zhiwei.borrower.identity.forms import Identifier, day_of, normal
from zhiwei.values import BadInput

_FIRST_E_INVOICES = 21  # December 2021
_LAST_CODES = 2035  # nobody prints invoices with a code any more by then
_BILLS = {
    "1": ("banker", "ecds"), "2": ("commercial", "ecds"), "5": ("banker", "2022"), "6": ("commercial", "2022"),
}  # fmt: skip
_SUB_BILLS = re.compile(r"([0-9]{1,12})[,~至]([0-9]{1,12})")


def read_e_invoice(text: str) -> Identifier:
    """数电票 number, 20 digits without a code: year 2, province 2, channel 1, sequence 15. It has no check digit.

    Facts: year, province, channel. A province outside GB/T 2260 is a warning: cities with a plan of their own
    (计划单列市) are said to have codes of their own.
    """
    number = normal(text)
    if not re.fullmatch(r"[0-9]{20}", number) or int(number[:2]) < _FIRST_E_INVOICES:
        raise BadInput("bad_e_invoice", "the number of a 数电票 has 20 digits and starts with its year, 21 or later")
    warnings = () if number[2:4] in lists().provinces else ("unknown_place",)
    facts: dict[str, str | int | date] = {"year": 2000 + int(number[:2]), "province": number[2:4], "channel": number[4]}
    return Identifier("e_invoice", number, facts, warnings)


def read_invoice(text: str, code: str = "") -> Identifier:
    """An invoice with 发票代码 (10 or 12 digits) and 发票号码 (8), given apart or as one string of 18 or 20 digits.

    Facts: code, number, province, year. Value: code and number as one. They have no check digit.
    """
    digits = normal(code) + normal(text)
    if not re.fullmatch(r"[0-9]{18}|[0-9]{20}", digits) or (code and len(normal(code)) not in (10, 12)):
        raise BadInput("bad_invoice", "an invoice has a code of 10 or 12 digits and a number of 8")
    head, number = digits[:-8], digits[-8:]
    place = head[1:] if len(head) == 12 else head  # the first of 12 digits says which tax bureau
    if len(head) == 12 and head[0] not in "012":
        raise BadInput("bad_invoice", "a 发票代码 of 12 digits starts with 0, 1 or 2")
    year = 2000 + int(place[4:6])
    warnings = [] if place[:2] in lists().provinces else ["unknown_place"]
    if year > _LAST_CODES:
        warnings.append("odd_year")
    facts: dict[str, str | int | date] = {"code": head, "number": number, "province": place[:2], "year": year}
    return Identifier("invoice", digits, facts, tuple(warnings))


def read_bill(text: str, sub_bills: str = "") -> Identifier:
    """电子商业汇票, 30 digits: type, bank 12, day 8, sequence 8, check digit; in the new system with its 子票区间.

    Facts: type (banker 银承 | commercial 商承), system (ecds | 2022), bank, registered_on; and of sub-bills
    `sub_bills` ("1,100") and `amount` in 分, as each stands for 0.01 元 ("0": not to be split). Unsure: types 5 and 6.
    The rule of the check digit is not published, so it is not checked (warning unchecked).
    """
    number = normal(text)
    day = day_of(number[13:21]) if re.fullmatch(r"[0-9]{30}", number) else None
    if day is None or number[0] not in _BILLS:
        raise BadInput(
            "bad_bill", "an electronic bill has 30 digits: type 1 2 5 6, bank 12, day 8, sequence 8, check 1"
        )
    kind, system = _BILLS[number[0]]
    facts: dict[str, str | int | date] = {
        "type": kind, "system": system, "bank": number[1:13], "registered_on": day,
    }  # fmt: skip
    if sub_bills:
        facts |= _sub_bills(sub_bills, system)
    return Identifier("bill", number, facts, ("unchecked",) if system == "ecds" else ("unchecked", "unsure_form"))


def _sub_bills(text: str, system: str) -> dict[str, str | int | date]:
    spread = normal(re.sub(r"[-－—–]", ",", text))
    if spread == "0" and system != "ecds":
        return {"sub_bills": "0"}
    found = _SUB_BILLS.fullmatch(spread)
    if system == "ecds" or found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise BadInput("bad_sub_bills", "a 子票区间 is first,last of a bill of the new system, or 0", hint="1,100000")
    first, last = int(found[1]), int(found[2])
    return {"sub_bills": f"{first},{last}", "amount": last - first + 1}


def read_declaration(text: str) -> Identifier:
    """报关单 number, 18 digits: customs 4, year 4, 1 for import or 0 for export, sequence 9. No check digit."""
    number = normal(text)
    if not re.fullmatch(r"[0-9]{4}(19|20)[0-9]{2}[01][0-9]{9}", number):
        raise BadInput(
            "bad_declaration", "a 报关单 has 18 digits: customs 4, year 4, 1 or 0 for import or export, then 9"
        )
    direction = "import" if number[8] == "1" else "export"
    return Identifier("declaration", number, {"customs": number[:4], "year": int(number[4:8]), "direction": direction})
