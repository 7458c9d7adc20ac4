"""Who a business is: its identifiers, its kind, its size, how they are shown, and which parties may be one."""

from zhiwei.borrower.identity.codes import Industry, Region, read_industry, read_mcc, read_region, section_of
from zhiwei.borrower.identity.documents import (
    read_bill,
    read_declaration,
    read_e_invoice,
    read_invoice,
)
from zhiwei.borrower.identity.forms import Identifier, luhn, normal
from zhiwei.borrower.identity.holdings import (
    read_account,
    read_bank_card,
    read_land_contract,
    read_merchant_no,
    read_meter_account,
    read_plate,
    read_vin,
)
from zhiwei.borrower.identity.identifiers import IDENTIFIERS, IdentifierKind, identify, is_valid, read
from zhiwei.borrower.identity.kinds import (
    PATHS,
    PartyKind,
    Path,
    Step,
    identity_path,
    kind_of_uscc,
    missing_steps,
)
from zhiwei.borrower.identity.likeness import Likeness, compared, same_parties
from zhiwei.borrower.identity.masks import mask, masked_cell, masked_numbers, masked_text
from zhiwei.borrower.identity.organisations import (
    read_family_farm_code,
    read_organisation_code,
    read_taxpayer_no,
    read_uscc,
)
from zhiwei.borrower.identity.people import age, read_id_card, read_mobile
from zhiwei.borrower.identity.size import SizeClass, size_class, year_of

__all__ = [
    "IDENTIFIERS", "PATHS", "Identifier", "IdentifierKind", "Industry", "Likeness", "PartyKind", "Path", "Region",
    "SizeClass", "Step", "age", "compared", "identify", "identity_path", "is_valid", "kind_of_uscc", "luhn", "mask",
    "masked_cell", "masked_numbers", "masked_text", "missing_steps", "normal", "read", "read_account", "read_bank_card",
    "read_bill", "read_declaration", "read_e_invoice", "read_family_farm_code", "read_id_card", "read_industry",
    "read_invoice", "read_land_contract", "read_mcc", "read_merchant_no", "read_meter_account", "read_mobile",
    "read_organisation_code", "read_plate", "read_region", "read_taxpayer_no", "read_uscc", "read_vin", "same_parties",
    "section_of", "size_class", "year_of",
]  # fmt: skip
