"""Numbers of what a party holds: cards, accounts, meters, terminals, land, vehicles."""

import re
from functools import cache

from zhiwei.borrower.identity.codes import lists
from zhiwei.borrower.identity.forms import Identifier, luhn, normal, vin_digit
from zhiwei.values import BadInput

_SERIAL = "A-HJ-NP-Z0-9"  # no I and no O after the first letter
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")


def read_bank_card(text: str) -> Identifier:
    """A bank card: 13 to 19 digits with a Luhn digit. Company accounts and some passbooks have none: see read_account.

    Facts: scheme unionpay where it starts with 62.
    """
    number = normal(text)
    if not re.fullmatch(r"[0-9]{13,19}", number) or len(set(number)) == 1:
        raise BadInput("bad_bank_card", "a bank card has 13 to 19 digits", hint="a company's account is no card")
    if not luhn(number):
        raise BadInput(
            "bad_card_digit",
            "the last digit of the card does not fit the others",
            hint="read it again; accounts of companies and passbooks are read as accounts",
        )
    return Identifier("bank_card", number, {"scheme": "unionpay"} if number.startswith("62") else {})


def read_account(text: str) -> Identifier:
    """An account that is no card (对公账号, passbook): 6 to 32 digits, without any check."""
    return _free("account", text, r"[0-9]{6,32}", "an account has 6 to 32 digits")


def read_meter_account(text: str) -> Identifier:
    """户号 of a power, water or gas supplier: 4 to 20 digits, some with capitals before; without any check."""
    return _free("meter_account", text, r"[A-Z]{0,4}[0-9]{4,20}", "a 户号 has 4 to 20 digits")


def read_merchant_no(text: str) -> Identifier:
    """商户号 of an acquirer: 15 digits or capitals; without any check."""
    return _free("merchant_no", text, r"[0-9A-Z]{15}", "a 商户号 has 15 digits or capitals")


def read_land_contract(text: str) -> Identifier:
    """Number of a land contract or its certificate (承包经营权). Unsure: its form differs by place; 6 to 30 signs."""
    return _free("land_contract", text, r"[0-9A-Z/()字第号\u4e00-\u9fff]{6,40}", "a contract number has 6 to 40 signs")


def _free(kind: str, text: str, form: str, message: str) -> Identifier:
    value = normal(text)
    if not re.fullmatch(form, value) or not re.search(r"[1-9]", value):
        raise BadInput(f"bad_{kind}", message)
    return Identifier(kind, value, {}, ("unchecked",))


def read_vin(text: str) -> Identifier:
    """VIN, 17 characters without I, O, Q (GB 16735), the ninth a check digit. Facts: maker (first three).

    A digit put for another is noticed; a letter put for a sign of the same value (1, A, J) is not. Vehicles that were
    imported from where the check digit is not law may fail it.
    """
    code = normal(text)
    if not _VIN.fullmatch(code):
        raise BadInput("bad_vin", "a VIN has 17 digits and capitals without I, O and Q", hint="see the driving licence")
    if vin_digit(code) != code[8]:
        raise BadInput(
            "bad_vin_digit", "place 9 does not fit the others", hint="read it again; some imported vehicles fail it"
        )
    return Identifier("vin", code, {"maker": code[:3]})


@cache
def _plates() -> dict[str, str]:
    return {province.short: province.code for province in lists().provinces.values() if province.short}


@cache
def _plate_form() -> re.Pattern[str]:
    places = "".join(_plates())
    usual = rf"[A-HJ-Z][{_SERIAL}]{{4}}[{_SERIAL}学警港澳挂领]"
    small, large = rf"[A-HJ-Z][A-HJK][{_SERIAL}][0-9]{{4}}", r"[A-HJ-Z][0-9]{5}[A-HJK]"
    return re.compile(f"([{places}])(?:({usual})|({small})|({large}))")


def read_plate(text: str) -> Identifier:
    """A number plate of the mainland: province, letter and 5 signs, or 6 for new energy. No check digit.

    Facts: province, use (ordinary | new_energy | trailer | learner | police | cross_border | consulate). Plates of
    embassies and of the army are not read.
    """
    plate = re.sub(r"[·•.]", "", normal(text))
    found = _plate_form().fullmatch(plate)
    if not found:
        raise BadInput("bad_plate", "a plate is 京A12345, or 京AD12345 for new energy", hint="province, letter, 5 or 6")
    uses = {
        "学": "learner",
        "警": "police",
        "港": "cross_border",
        "澳": "cross_border",
        "挂": "trailer",
        "领": "consulate",
    }
    use = uses.get(plate[-1], "ordinary") if found[2] else "new_energy"
    return Identifier("plate", plate, {"province": _plates()[plate[0]], "use": use})
