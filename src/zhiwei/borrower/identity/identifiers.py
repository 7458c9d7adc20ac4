"""All kinds of identifier: read one of a known kind, or ask which kinds a string can be."""

from collections.abc import Callable
from dataclasses import dataclass

from zhiwei.borrower.identity import documents, holdings, organisations, people
from zhiwei.borrower.identity.forms import Identifier
from zhiwei.values import BadInput

LONGEST = 100  # characters of any identifier as written


@dataclass(frozen=True, slots=True)
class IdentifierKind:
    """`checked`: any one wrong digit is noticed. `strong`: it names one party and no other, for as long as it lives.
    `personal`: lists and logs show it masked. `free`: almost any string has its form, so `identify` names it only where
    nothing else fits.
    """

    name: str
    zh: str
    en: str
    read: Callable[[str], Identifier]
    checked: bool = False
    strong: bool = False
    personal: bool = False
    free: bool = False


IDENTIFIERS = {
    kind.name: kind
    for kind in (
        IdentifierKind("uscc", "统一社会信用代码", "Unified social credit code", organisations.read_uscc, True, True),
        IdentifierKind("id_card", "公民身份号码", "Identity number", people.read_id_card, True, True, True),
        IdentifierKind(
            "organisation_code", "组织机构代码", "Organisation code", organisations.read_organisation_code, True, True
        ),
        IdentifierKind("vin", "车辆识别代号", "Vehicle identification number", holdings.read_vin, True),
        IdentifierKind("bank_card", "银行卡号", "Bank card", holdings.read_bank_card, True, True, True),
        IdentifierKind(
            "taxpayer_no", "纳税人识别号", "Taxpayer number", organisations.read_taxpayer_no, False, True, True
        ),
        IdentifierKind("mobile", "手机号码", "Mobile number", people.read_mobile, personal=True),
        IdentifierKind("plate", "机动车号牌", "Number plate", holdings.read_plate, personal=True),
        IdentifierKind("e_invoice", "数电票号码", "Number of a digital invoice", documents.read_e_invoice),
        IdentifierKind("invoice", "发票代码与号码", "Code and number of an invoice", documents.read_invoice),
        IdentifierKind("bill", "电子商业汇票号码", "Number of an electronic bill", documents.read_bill),
        IdentifierKind("declaration", "报关单号", "Customs declaration", documents.read_declaration),
        IdentifierKind(
            "family_farm_code", "家庭农场一码通", "Code of a family farm", organisations.read_family_farm_code,
            strong=True,
        ),
        IdentifierKind("merchant_no", "商户号", "Merchant number", holdings.read_merchant_no, free=True),
        IdentifierKind("account", "银行账号", "Bank account", holdings.read_account, strong=True, personal=True),
        IdentifierKind("meter_account", "户号", "Account with a utility", holdings.read_meter_account, free=True),
        IdentifierKind("land_contract", "承包经营权证号", "Land contract", holdings.read_land_contract, free=True),
    )
}  # fmt: skip
"""By name; those that check most come first."""


def read(kind: str, text: str) -> Identifier:
    """The identifier in `text`. BadInput says what is wrong with it, and never repeats it: it may be personal."""
    if kind not in IDENTIFIERS:
        raise BadInput("unknown_identifier", f"no identifier is called {kind!r}", hint=", ".join(IDENTIFIERS))
    if len(text) > LONGEST:
        raise BadInput(f"bad_{kind}", f"{len(text)} characters, an identifier has at most {LONGEST}")
    return IDENTIFIERS[kind].read(text)


def is_valid(kind: str, text: str) -> bool:
    """Can `text` be read as this kind?"""
    try:
        read(kind, text)
    except BadInput:
        return False
    return True


def identify(text: str) -> tuple[Identifier, ...]:
    """Everything that `text` can be, those first that a check digit confirms; empty where it is nothing known."""
    found = []
    for kind in IDENTIFIERS:
        try:
            found.append(read(kind, text))
        except BadInput:
            continue
    telling = [identifier for identifier in found if not IDENTIFIERS[identifier.kind].free]
    return tuple(telling or found)
