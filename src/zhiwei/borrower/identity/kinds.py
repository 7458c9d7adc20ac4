"""Kinds of party, from companies to farm households: what each can show, and the path by which it proves who it is.

The path is a table of ours: law asks for the identity of a customer and of those behind it, and leaves to the lender
what shows that somebody without a licence really trades or farms.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from zhiwei.borrower.identity.forms import Identifier


class PartyKind(StrEnum):
    """Whoever may borrow for a business."""

    COMPANY = "company"
    SOLE_TRADER = "sole_trader"
    SELF_EMPLOYED = "self_employed"
    COOPERATIVE = "cooperative"
    RURAL_COLLECTIVE = "rural_collective"
    FARM_ORDINARY = "farm_ordinary"
    FARM_PROFESSIONAL = "farm_professional"
    FARM_FAMILY = "farm_family"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an identity path, done when one of `any_of` was proved.

    `any_of` are kinds of identifier or of evidence; `proof` says against what: registry | id_face (card, live face and
    the police's copy) | carrier (number and name agree) | bank (account and name agree) | document | visit.
    """

    name: str
    zh: str
    en: str
    any_of: tuple[str, ...]
    proof: str


@dataclass(frozen=True, slots=True)
class Path:
    """A kind of party with its identifiers and its steps. `scope`: the policy limit its loans fall under, enterprise
    (小微企业) or farm (农户).
    """

    kind: PartyKind
    zh: str
    en: str
    registered: bool
    scope: str
    identifiers: tuple[str, ...]
    steps: tuple[Step, ...]


_LICENCE = Step("licence", "营业执照核验", "Licence checked with the registry", ("uscc",), "registry")
_HEAD = Step("head", "法定代表人实名", "Legal representative proved in person", ("id_card",), "id_face")
_OPERATOR = Step("operator", "经营者实名", "Operator proved in person", ("id_card",), "id_face")
_PERSON = Step("person", "本人实名", "Person proved", ("id_card",), "id_face")
_PHONE = Step("phone", "手机号实名一致", "Mobile number in the person's name", ("mobile",), "carrier")
_COMPANY_ACCOUNT = Step("account", "对公账户同名", "Account in the organisation's name", ("account",), "bank")
_OWN_ACCOUNT = Step("account", "本人账户同名", "Account in the person's name", ("bank_card", "account"), "bank")
_TRADE = Step(
    "trade", "经营事实", "Shown to trade: shop, stall, vehicle or tax",
    ("merchant_no", "platform_shop", "stall_lease", "plate", "taxpayer_no"), "document",
)  # fmt: skip
_LAND = Step(
    "land", "土地或养殖事实", "Shown to farm: land, animals or the village's word",
    ("land_contract", "livestock_record", "village_statement"), "document",
)  # fmt: skip
_SCALE = Step(
    "scale", "规模认定", "Scale shown: land transferred, herd, or recognised by the township",
    ("land_transfer", "livestock_record", "township_recognition"), "document",
)  # fmt: skip
_FARM_CODE = Step(
    "farm",
    "家庭农场身份",
    "In the register of family farms, or with a licence",
    ("family_farm_code", "uscc"),
    "registry",
)
_MEMBERS = Step("members", "成员与决议", "Members and their resolution", ("members_resolution",), "document")
_VISIT = Step("visit", "上门核实", "Seen at its place", ("visit_report",), "visit")

_ORGANISATION_IDS = ("uscc", "organisation_code", "taxpayer_no", "account", "mobile")
_PERSON_IDS = ("id_card", "mobile", "bank_card")

PATHS = {
    path.kind: path
    for path in (
        Path(
            PartyKind.COMPANY, "企业", "Company", True, "enterprise", (*_ORGANISATION_IDS, "id_card"),
            (_LICENCE, _HEAD, _PHONE, _COMPANY_ACCOUNT),
        ),
        Path(
            PartyKind.SOLE_TRADER, "个体工商户", "Sole trader", True, "enterprise",
            ("uscc", "taxpayer_no", *_PERSON_IDS, "account", "merchant_no"),
            (_LICENCE, _OPERATOR, _PHONE, _OWN_ACCOUNT),
        ),
        Path(
            PartyKind.SELF_EMPLOYED, "自营劳动者", "Self-employed without registration", False, "enterprise",
            (*_PERSON_IDS, "taxpayer_no", "merchant_no", "plate", "vin"), (_PERSON, _PHONE, _OWN_ACCOUNT, _TRADE),
        ),
        Path(
            PartyKind.COOPERATIVE, "农民专业合作社", "Farmers' cooperative", True, "enterprise",
            (*_ORGANISATION_IDS, "id_card"), (_LICENCE, _HEAD, _PHONE, _COMPANY_ACCOUNT, _MEMBERS),
        ),
        Path(
            PartyKind.RURAL_COLLECTIVE, "农村集体经济组织", "Rural collective", True, "enterprise",
            (*_ORGANISATION_IDS, "id_card"), (_LICENCE, _HEAD, _PHONE, _COMPANY_ACCOUNT, _MEMBERS),
        ),
        Path(
            PartyKind.FARM_ORDINARY, "普通农户", "Ordinary farm household", False, "farm",
            (*_PERSON_IDS, "land_contract", "meter_account"), (_PERSON, _PHONE, _OWN_ACCOUNT, _LAND, _VISIT),
        ),
        Path(
            PartyKind.FARM_PROFESSIONAL, "专业大户", "Professional farm household", False, "farm",
            (*_PERSON_IDS, "land_contract", "meter_account"), (_PERSON, _PHONE, _OWN_ACCOUNT, _LAND, _SCALE, _VISIT),
        ),
        Path(
            PartyKind.FARM_FAMILY, "家庭农场", "Family farm", False, "farm",
            ("family_farm_code", "uscc", "taxpayer_no", *_PERSON_IDS, "account", "land_contract", "meter_account"),
            (_FARM_CODE, _OPERATOR, _PHONE, _OWN_ACCOUNT, _LAND),
        ),
    )
}  # fmt: skip
"""Every kind of party; a family farm may be registered and need not be."""

EVIDENCE = frozenset(
    ("platform_shop", "stall_lease", "livestock_record", "village_statement", "land_transfer",
     "township_recognition", "members_resolution", "visit_report")
)  # fmt: skip
"""What a step may ask for that is no identifier."""

_BY_CATEGORY = {
    ("9", "1"): PartyKind.COMPANY,
    ("9", "2"): PartyKind.SOLE_TRADER,
    ("9", "3"): PartyKind.COOPERATIVE,
    ("N", "1"): PartyKind.RURAL_COLLECTIVE,
    ("N", "2"): PartyKind.RURAL_COLLECTIVE,
    ("N", "3"): PartyKind.RURAL_COLLECTIVE,
}


def identity_path(kind: PartyKind) -> tuple[Step, ...]:
    """The steps by which a party of this kind proves who it is, in the order in which one asks for them."""
    return PATHS[kind].steps


def missing_steps(kind: PartyKind, proved: Iterable[str]) -> tuple[Step, ...]:
    """Steps of the path that none of the proved kinds of identifier or evidence fulfils."""
    have = frozenset(proved)
    return tuple(step for step in PATHS[kind].steps if have.isdisjoint(step.any_of))


def kind_of_uscc(uscc: Identifier) -> PartyKind | None:
    """The kind of party that a USCC (or a taxpayer number that is one) says; None for those that are no borrowers.

    A family farm with a licence is registered as sole trader or company: its USCC alone does not say so.
    """
    return _BY_CATEGORY.get((str(uscc.facts.get("registrar")), str(uscc.facts.get("category"))))
